"""How much of the bot's speech has left the loudspeaker.

Most voices say when a text was spoken to its end and not where in it they are, so the sound itself is counted: as it is
made, before the transport, and as it has been played, after it.
"""

from __future__ import annotations

from pipecat.frames.frames import Frame, OutputAudioRawFrame, TTSAudioRawFrame, TTSStartedFrame
from pipecat.processors.filters.function_filter import FunctionFilter

#: Signs a second that no voice exceeds: what is still to be made of a text takes at least so long.
FASTEST = 25


class Playback:
    """Put `before` just before the transport's output, and `after` just behind it."""

    def __init__(self) -> None:
        self._made: dict[str | None, float] = {}
        self._playing: str | None = None
        self._played = 0.0

    def before(self) -> FunctionFilter:
        async def count(frame: Frame) -> bool:
            if isinstance(frame, TTSAudioRawFrame):
                self._made[frame.context_id] = self._made.get(frame.context_id, 0.0) + _seconds(frame)
            return True

        return FunctionFilter(count, enable_direct_mode=True)

    def after(self) -> FunctionFilter:
        async def count(frame: Frame) -> bool:
            if isinstance(frame, TTSStartedFrame):
                self._made.pop(self._playing, None)
                self._playing, self._played = frame.context_id, 0.0
            elif isinstance(frame, TTSAudioRawFrame):
                self._played += _seconds(frame)
            return True

        return FunctionFilter(count, enable_direct_mode=True)

    def heard_of(self, text: str) -> str:
        """The words of `text`, the one being spoken, that have been heard in full as far as its length tells."""
        words = text.split()
        whole = max(self._made.get(self._playing, 0.0), len(text) / FASTEST)
        return " ".join(words[: int(len(words) * min(1.0, self._played / whole))]) if words else ""


def _seconds(frame: OutputAudioRawFrame) -> float:
    return frame.num_frames / frame.sample_rate
