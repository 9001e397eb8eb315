"""Noticing that somebody speaks, from the energy of the audio alone."""

from __future__ import annotations

from collections import deque
from enum import Enum

import numpy as np

FRAME_SECONDS = 0.02
ONSET_FRAMES = 3
QUIET_RMS = 250.0
ABOVE_NOISE = 3.0
NOISE_MEMORY_SECONDS = 5.0


class VoiceChange(Enum):
    STARTED = "started"
    STOPPED = "stopped"


class VoiceDetector:
    """Splits 16-bit mono PCM into voiced segments.

    A frame is voiced when its RMS is above `QUIET_RMS` and three times the quietest frame of the last
    five seconds, so a steady hum is noise after a while. Three voiced frames in a row start a segment;
    `silence_seconds` without a voiced one end it.
    """

    def __init__(self, *, sample_rate: int, silence_seconds: float = 0.3) -> None:
        self.speaking = False
        self.position = 0.0
        self._frame_bytes = 2 * int(sample_rate * FRAME_SECONDS)
        self._end_frames = round(silence_seconds / FRAME_SECONDS)
        self._pending = b""
        self._levels = deque([0.0] * int(NOISE_MEMORY_SECONDS / FRAME_SECONDS))
        self._voiced_run = 0
        self._quiet_run = 0

    def push(self, audio: bytes) -> list[VoiceChange]:
        """Take more audio; `position` then is its end in seconds. Returns what changed in it, in order."""
        self._pending += audio
        changes = []
        while len(self._pending) >= self._frame_bytes:
            frame, self._pending = self._pending[: self._frame_bytes], self._pending[self._frame_bytes :]
            self.position += FRAME_SECONDS
            change = self._hear(frame)
            if change:
                changes.append(change)
        return changes

    def end_segment(self) -> None:
        """Take the current segment as over; the next one needs a fresh onset."""
        self.speaking = False
        self._voiced_run = 0

    def _hear(self, frame: bytes) -> VoiceChange | None:
        samples = np.frombuffer(frame, np.int16).astype(np.float64)
        level = float(np.sqrt(np.mean(samples * samples)))
        self._levels.popleft()
        self._levels.append(level)
        voiced = level > max(QUIET_RMS, ABOVE_NOISE * min(self._levels))
        self._voiced_run = self._voiced_run + 1 if voiced else 0
        self._quiet_run = 0 if voiced else self._quiet_run + 1
        if not self.speaking and self._voiced_run >= ONSET_FRAMES:
            self.speaking = True
            return VoiceChange.STARTED
        if self.speaking and self._quiet_run >= self._end_frames:
            self.speaking = False
            return VoiceChange.STOPPED
        return None
