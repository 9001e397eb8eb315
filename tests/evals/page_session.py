"""An eval session that can also press the buttons of the candidate's page."""

from __future__ import annotations

from typing import Any

import pipecat.processors.frameworks.rtvi.models as RTVI
from pipecat.evals.script_session import EvalScriptSession

from botrunner.contract import ClientMessageType

BUTTONS = {
    "[repeat]": ClientMessageType.REPEAT,
    "[done]": ClientMessageType.DONE,
    "[skip]": ClientMessageType.SKIP,
    "[pause]": ClientMessageType.PAUSE,
    "[resume]": ClientMessageType.RESUME,
    "[leave]": ClientMessageType.LEAVE,
}


class PageSession(EvalScriptSession):
    """A user line such as `[done]` presses that button."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        send_text = self._client.send_text

        async def press_or_send(text: str) -> None:
            if button := BUTTONS.get(text):
                await self._client.send(RTVI.Message(type="client-message", id=text, data={"t": button, "d": None}))
            else:
                await send_text(text)

        self._client.send_text = press_or_send  # type: ignore[method-assign]
