"""MP3 to PCM as it arrives, with PyAV."""

from __future__ import annotations

import av
import numpy as np
from av.error import FFmpegError

AUDIBLE = 200
LEAD_SECONDS = 0.01


class Mp3Decoder:
    """Decodes a stream of MP3 frames, cut anywhere, to 16-bit mono PCM at `sample_rate`.

    Blocks for about a millisecond a second of audio. Bytes that are no MP3 are skipped.
    """

    def __init__(self, sample_rate: int) -> None:
        self._decoder = av.AudioCodecContext.create("mp3", "r")
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=sample_rate)

    def decode(self, mp3: bytes) -> bytes:
        """Take more MP3 and return the PCM that is complete by now, which may be none."""
        return self._decode_packets(self._decoder.parse(mp3))

    def finish(self) -> bytes:
        """Return the PCM that was still held back. The decoder is used up then."""
        tail = self._decode_packets([*self._decoder.parse(None), None])
        return tail + _join(self._resampler.resample(None))

    def _decode_packets(self, packets: list[av.Packet] | list[av.Packet | None]) -> bytes:
        pcm = b""
        for packet in packets:
            try:
                frames = self._decoder.decode(packet)
            except FFmpegError:
                continue
            for frame in frames:
                pcm += _join(self._resampler.resample(frame))
        return pcm


class LeadTrimmer:
    """Drops the silence before the first audible sample of an utterance, all but `LEAD_SECONDS`.

    An encoder's delay and a voice's breath add up to a tenth of a second a listener would wait for.
    """

    def __init__(self, sample_rate: int) -> None:
        self._lead = int(LEAD_SECONDS * sample_rate)
        self._kept = np.empty(0, np.int16)
        self._started = False

    def trim(self, pcm: bytes) -> bytes:
        if self._started:
            return pcm
        samples = np.concatenate([self._kept, np.frombuffer(pcm, np.int16)])
        audible = np.abs(samples.astype(np.int32)) > AUDIBLE
        if not audible.any():
            self._kept = samples[-self._lead :]
            return b""
        self._started = True
        return samples[max(0, int(audible.argmax()) - self._lead) :].tobytes()


def _join(frames: list[av.AudioFrame]) -> bytes:
    return b"".join(bytes(frame.planes[0])[: frame.samples * 2] for frame in frames)
