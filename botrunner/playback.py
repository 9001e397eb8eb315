"""How much of the bot's speech has left the loudspeaker.

Most voices say when a text was spoken to its end and not where in it they are, so the sound itself is counted: as it is
made, before the transport, and as it has been played, after it. How long a text is whose sound is still being made
is told by the texts before it.
"""

from __future__ import annotations

from pipecat.frames.frames import (
    Frame,
    OutputAudioRawFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.processors.filters.function_filter import FunctionFilter

#: Bytes of UTF-8 a second, which hardly a voice goes below: signs that take more of them take more time as well.
SLOWEST = 10.0


class Playback:
    """Put `before` just before the transport's output, and `after` just behind it."""

    def __init__(self) -> None:
        self._made: dict[str | None, float] = {}
        self._texts: dict[str | None, int] = {}
        self._complete: set[str | None] = set()
        self._paces: list[float] = []
        self._playing: str | None = None
        self._played = 0.0

    def before(self) -> FunctionFilter:
        async def count(frame: Frame) -> bool:
            match frame:
                case TTSAudioRawFrame():
                    self._made[frame.context_id] = self._made.get(frame.context_id, 0.0) + _seconds(frame)
                case TTSTextFrame():
                    self._texts[frame.context_id] = self._texts.get(frame.context_id, 0) + _size(frame.text)
                case TTSStoppedFrame():
                    self._note_complete(frame.context_id)
            return True

        return FunctionFilter(count, enable_direct_mode=True)

    def after(self) -> FunctionFilter:
        async def count(frame: Frame) -> bool:
            if isinstance(frame, TTSStartedFrame):
                self._made.pop(self._playing, None)
                self._complete.discard(self._playing)
                self._playing, self._played = frame.context_id, 0.0
            elif isinstance(frame, TTSAudioRawFrame):
                self._played += _seconds(frame)
            return True

        return FunctionFilter(count, enable_direct_mode=True)

    def heard_of(self, text: str) -> str:
        """The words of `text`, the one being spoken, that have been heard in full as far as its length tells.

        Rather a word too few: while its sound is being made a text counts as spoken at the slowest pace there was.
        """
        words, whole = text.split(), self._made.get(self._playing, 0.0)
        if self._playing not in self._complete:
            whole = max(whole, _size(text) / min(self._paces, default=SLOWEST))
        return " ".join(words[: int(len(words) * min(1.0, self._played / whole))]) if whole else ""

    def _note_complete(self, context_id: str | None) -> None:
        self._complete.add(context_id)
        size, seconds = self._texts.pop(context_id, 0), self._made.get(context_id, 0.0)
        if size and seconds:
            self._paces.append(size / seconds)


def _seconds(frame: OutputAudioRawFrame) -> float:
    return frame.num_frames / frame.sample_rate


def _size(text: str) -> int:
    return len(text.encode())
