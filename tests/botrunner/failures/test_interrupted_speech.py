"""Row 6: the bot is interrupted at ten moments of its speech. What is stored as said is what was heard.

And that an AI is speaking is heard to its end, whatever cut in.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from botrunner.mp3 import LeadTrimmer, Mp3Decoder
from botrunner.sandbox.voice import speak_mp3
from tests.botrunner.conftest import Sandbox, sandbox, sandbox_server
from tests.botrunner.failures.spoken import interview
from tests.botrunner.plans import make_plan, make_question

__all__ = ["sandbox", "sandbox_server"]

PLAN = make_plan(make_question(text="What do you do at work, day after day, and whom do you do it with?")).model_copy(
    update={
        "intro": "Hello, my name is Vera and I ask the questions today.",
        "disclosure": "Before we begin, you should know that I am an AI and no human being.",
    }
)
GREETING = [PLAN.intro, PLAN.disclosure, PLAN.questions[0].text]
#: How far into which of the greeting's texts.
MOMENTS = [(0, 0.32), (0, 0.69), (1, 0.18), (1, 0.37), (1, 0.63), (1, 0.83), (2, 0.12), (2, 0.43), (2, 0.63), (2, 0.9)]
RATE = 24_000


def duration(text: str) -> float:
    decoder = Mp3Decoder(RATE)
    pcm = decoder.decode(speak_mp3(text, "en")) + decoder.finish()
    return len(LeadTrimmer(RATE).trim(pcm)) / 2 / RATE


def allowed(index: int, share: float, *, made: bool) -> list[list[str]]:
    """What may be stored: never more than was heard, and of the text that was cut off at most a word less.

    How long a text is that is still being made is estimated, with care: of such a one fewer words may be stored.
    """
    words = GREETING[index].split()
    most = int(share * len(words))
    heard = {" ".join(words[:count]) for count in range(max(0, most - 1) if made else 0, most + 1)}
    # After the interruption the disclosure is made again where it was cut off, and the question asked again.
    again = GREETING[1 if index < 2 else 2 :]
    return [[*GREETING[:index], *([part] if part else []), *again] for part in heard]


async def test_what_was_not_heard_is_not_stored_as_said(sandbox: Sandbox, tmp_path: Path) -> None:
    seconds = [duration(text) for text in GREETING]

    async def interrupt(index: int, share: float) -> bool:
        async with interview(PLAN, sandbox_url=sandbox.url, cache=str(tmp_path), aloud=True) as talk:
            talk.loudspeaker.stop_at = sum(seconds[:index]) + share * seconds[index]
            await talk.loudspeaker.stopped.wait()
            made = talk.playback._playing in talk.playback._complete
            await talk.say("Sorry?")
            await talk.until(lambda: talk.said()[-1:] == GREETING[-1:])
            stored[index, share] = talk.said()
            return stored[index, share] in allowed(index, share, made=made)

    stored: dict[tuple[int, float], list[str]] = {}
    right = await asyncio.gather(*(interrupt(index, share) for index, share in MOMENTS))
    assert {moment: stored[moment] for moment, holds in zip(MOMENTS, right, strict=True) if not holds} == {}
