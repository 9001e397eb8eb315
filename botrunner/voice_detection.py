"""Hearing at once that the candidate speaks, so that talking over the bot stops it, and when the voice pauses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams, VADState

#: Four of Silero's 32 ms. Pipecat's 200 ms are six.
START_SECONDS = 0.13
#: Silence that is a lull: two of Silero's 32 ms. After six the voice counts as stopped.
LULL_WINDOWS = 2
LULL_SECONDS = 0.064


@runtime_checkable
class LullListener(Protocol):
    """Is told when a voice has been quiet for LULL_SECONDS, which may be a breath or the end of a turn."""

    async def note_lull(self) -> None: ...

    async def note_voice(self) -> None:
        """It was a breath."""


class PromptVADAnalyzer(SileroVADAnalyzer):
    """Silero's voice detection, with the loudness it asks for measured as it is.

    Pipecat smooths the loudness of the last 400 ms once more, and the smoothed value takes some 200 ms to rise out of
    silence: a voice that Silero is sure of still counts as none. How loud a voice must be stays as it was, and so
    does the silence that ends it.
    """

    def __init__(self) -> None:
        super().__init__(params=VADParams(start_secs=START_SECONDS))
        self.listeners: Sequence[LullListener] = ()
        self._in_lull = False

    async def analyze_audio(self, buffer: bytes) -> VADState:
        state = await super().analyze_audio(buffer)
        if self._in_lull:
            self._in_lull = state is VADState.STOPPING
            if state is VADState.SPEAKING:
                for listener in self.listeners:
                    await listener.note_voice()
        elif state is VADState.STOPPING and self._vad_stopping_count >= LULL_WINDOWS:
            self._in_lull = True
            for listener in self.listeners:
                await listener.note_lull()
        return state

    def _get_smoothed_volume(self, audio: bytes) -> float:
        self._volume_tracker.update(audio, self.sample_rate)
        return self._volume_tracker.volume
