"""Speech for the stand-ins of voices: eSpeak NG as MP3 or PCM, or plain tones where it is missing.

eSpeak NG comes as a shared library in the `espeakng-loader` wheel and is called through its C interface
(`speak_lib.h`). It is neither reentrant nor thread-safe, so one lock guards it.
"""

from __future__ import annotations

import ctypes
import threading
from functools import cache, lru_cache
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

try:
    import espeakng_loader
except ImportError:
    espeakng_loader = None

GOOGLE_SAMPLE_RATE = 24000
GOOGLE_BIT_RATE = 64000
TONE_HZ = (220.0, 262.0, 247.0, 294.0)

_AUDIO_OUTPUT_SYNCHRONOUS = 2
_DONT_EXIT_ON_ERROR = 0x8000
_CHARS_UTF8 = 1
_POSITION_CHARACTER = 1
_ESPEAK_NAMES = {"zh": "cmn", "zh-CN": "cmn", "zh-TW": "cmn", "iw": "he", "no": "nb", "fr-CA": "fr", "pt-PT": "pt-pt"}

Samples = NDArray[np.int16]

_opening = threading.Lock()


class Espeak:
    """eSpeak NG behind its C interface. One instance a process."""

    def __init__(self) -> None:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        library.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
        library.espeak_Synth.argtypes = [
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]
        data_path = str(espeakng_loader.get_data_path()).encode()
        self.sample_rate = library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, data_path, _DONT_EXIT_ON_ERROR)
        if self.sample_rate <= 0:
            raise RuntimeError("eSpeak NG could not be initialised")
        self._library = library
        self._lock = threading.Lock()
        self._remember = lru_cache(maxsize=64)(self._synthesise)
        self._buffer = bytearray()
        prototype = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
        self._callback = prototype(self._take)  # eSpeak keeps the pointer, so it must outlive this call
        library.espeak_SetSynthCallback(self._callback)

    def speak(self, text: str, language: str) -> Samples:
        """Synthesise `text`, with the voice of `language` or an English one where there is none.

        The same text has the same audio each time, as from Google; eSpeak alone breathes differently.
        """
        with self._lock:
            return self._remember(text, language)

    def _synthesise(self, text: str, language: str) -> Samples:
        encoded = text.encode()
        self._buffer.clear()
        names = (_ESPEAK_NAMES.get(language, language), language.split("-")[0], "en")
        next(name for name in names if self._library.espeak_SetVoiceByName(name.encode()) == 0)
        self._library.espeak_Synth(encoded, len(encoded) + 1, 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None)
        return np.frombuffer(bytes(self._buffer), np.int16)

    def _take(self, samples: int | None, count: int, _events: Any) -> int:
        if samples and count > 0:
            self._buffer += ctypes.string_at(samples, 2 * count)
        return 0


def open_espeak() -> Espeak | None:
    """The one eSpeak NG of this process, or None where its wheel is not installed or does not load."""
    with _opening:  # a second initialisation would crash the process
        return _open_once()


@cache
def _open_once() -> Espeak | None:
    if espeakng_loader is None:
        return None
    try:
        return Espeak()
    except (OSError, RuntimeError):
        return None


def voice_name() -> str:
    return "espeak-ng" if open_espeak() else "tones"


@lru_cache(maxsize=512)
def speak_mp3(text: str, language: str) -> bytes:
    """Synthesise `text` as MP3 frames the way Google sends them: 24 kHz mono, no container, no tags."""
    return encode_mp3(*_speak(text, language))


@lru_cache(maxsize=64)
def speak_pcm(text: str, language: str, sample_rate: int) -> bytes:
    """Synthesise `text` as 16-bit mono at `sample_rate`."""
    samples, rate = _speak(text, language)
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = rate
    resampler = av.AudioResampler(format="s16", layout="mono", rate=sample_rate)
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    return b"".join(bytes(part.planes[0])[: part.samples * 2] for part in parts)


def _speak(text: str, language: str) -> tuple[Samples, int]:
    """The samples and their rate."""
    espeak = open_espeak()
    if espeak:
        return espeak.speak(text, language), espeak.sample_rate
    return speak_tones(text), GOOGLE_SAMPLE_RATE


def speak_tones(text: str) -> Samples:
    """One audible tone a word, longer for longer words, at `GOOGLE_SAMPLE_RATE`."""
    pause = np.zeros(int(0.06 * GOOGLE_SAMPLE_RATE), np.int16)
    pieces = []
    for index, word in enumerate(text.split() or [text]):
        seconds = 0.08 + 0.045 * min(len(word), 12)
        times = np.arange(int(seconds * GOOGLE_SAMPLE_RATE)) / GOOGLE_SAMPLE_RATE
        envelope = np.sin(np.pi * times / seconds)
        tone = 9000 * envelope * np.sin(2 * np.pi * TONE_HZ[index % len(TONE_HZ)] * times)
        pieces += [tone.astype(np.int16), pause]
    return np.concatenate(pieces)


def encode_mp3(samples: Samples, sample_rate: int) -> bytes:
    """Encode 16-bit mono samples as MP3 frames; no samples as a tenth of a second of silence."""
    samples = samples if samples.size else np.zeros(sample_rate // 10, np.int16)
    encoder = av.AudioCodecContext.create("libmp3lame", "w")
    encoder.sample_rate = GOOGLE_SAMPLE_RATE
    encoder.layout = "mono"
    encoder.format = "s16p"
    encoder.bit_rate = GOOGLE_BIT_RATE
    encoder.options = {"compression_level": "9"}  # LAME's fastest
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = sample_rate
    resampler = av.AudioResampler(format="s16p", layout="mono", rate=GOOGLE_SAMPLE_RATE, frame_size=576)
    frames = resampler.resample(frame) + resampler.resample(None)
    packets = [packet for part in frames for packet in encoder.encode(part)] + encoder.encode(None)
    return b"".join(bytes(packet) for packet in packets)
