"""`python -m tests.botrunner.failures.caller RUNNER_URL`: calls with the job on stdin, and talks until it is killed.

Writes "speaking" once the bot hears its voice.
"""

from __future__ import annotations

import asyncio
import json
import sys

from botrunner.rehearsal.caller import RATE, calling
from botrunner.sandbox.voice import speak_pcm


async def main(runner_url: str) -> None:
    speech = speak_pcm("I have been an engineer at a payments company for nine years now. " * 5, "en", RATE)
    async with calling(runner_url, json.loads(sys.stdin.read())) as caller:
        await caller.wait_for(lambda: any(m["type"] == "bot-started-speaking" for m in caller.messages), within=60)
        caller.microphone.speak(speech)
        await caller.wait_for(lambda: any(m["type"] == "user-started-speaking" for m in caller.messages), within=60)
        print("speaking", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
