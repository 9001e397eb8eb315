"""`python -m botrunner.sandbox`: serve the sandbox until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib

import uvicorn

from botrunner.sandbox.app import create_app
from botrunner.sandbox.voice import speak_mp3


class SandboxServer(uvicorn.Server):
    """Says where it is, once, when it really answers."""

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await asyncio.to_thread(speak_mp3, "ready", "en")  # loads the voice, so no caller waits for it
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.servers:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            print(f"sandbox ready on http://{host}:{port}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m botrunner.sandbox", description="Local stand-ins for the providers"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090, help="0 lets the system choose")
    parser.add_argument("--runner", help="base URL of a runner whose /start really starts the agents")
    arguments = parser.parse_args()
    config = uvicorn.Config(
        create_app(runner_url=arguments.runner),
        host=arguments.host,
        port=arguments.port,
        log_level="warning",
        ws_ping_interval=None,
        ws_per_message_deflate=False,  # sound does not get smaller, and Deepgram does not offer it
        timeout_graceful_shutdown=1,
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises a SIGINT again once it has stopped
        asyncio.run(SandboxServer(config).serve())


if __name__ == "__main__":
    main()
