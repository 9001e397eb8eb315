"""Every RTVI message the bot sends to the candidate passes here, once, whatever the transport."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipecat.frames.frames import LLMTextFrame
from pipecat.observers.base_observer import FramePushed
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.processors.frameworks.rtvi import RTVIObserver, RTVIObserverParams, RTVIProcessor
from pydantic import BaseModel


class RelayedRTVI(RTVIProcessor):
    """The RTVI processor, which hands a copy of each outgoing message to `tap` before it is sent.

    `voice` is the only processor whose text is reported to the client: a model's own text is not
    spoken, so it is not shown either.
    """

    def __init__(self, *, tap: Callable[[dict[str, Any]], object], voice: FrameProcessor) -> None:
        super().__init__()
        self._tap = tap
        self._voice = voice

    def create_rtvi_observer(self, *, params: RTVIObserverParams | None = None, **kwargs: Any) -> RTVIObserver:
        return _PlannedTextObserver(self, voice=self._voice, params=params, **kwargs)

    async def push_transport_message(self, model: BaseModel, exclude_none: bool = True) -> None:
        self._tap(model.model_dump(mode="json", exclude_none=exclude_none))
        await super().push_transport_message(model, exclude_none)


class _PlannedTextObserver(RTVIObserver):
    def __init__(self, rtvi: RTVIProcessor, *, voice: FrameProcessor, **kwargs: Any) -> None:
        super().__init__(rtvi, **kwargs)
        self._voice = voice

    async def on_push_frame(self, data: FramePushed) -> None:
        if isinstance(data.frame, LLMTextFrame) and data.source is not self._voice:
            return
        await super().on_push_frame(data)
