"""The system's Chromium, with a recording for a microphone."""

import shutil
import wave
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Playwright

from botrunner.sandbox.voice import open_espeak


def record_voice(folder: Path) -> Path:
    """A recording of somebody who says a sentence, keeps quiet for a while, and begins again."""
    espeak = open_espeak()
    assert espeak is not None, "the voice of the simulated candidate is missing: run make setup"
    sentence = espeak.speak("I worked with my team, and together we found a good answer to it.", "en")
    pause = np.zeros(4 * espeak.sample_rate, np.int16)
    path = folder / "candidate.wav"
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(espeak.sample_rate)
        recording.writeframes(np.concatenate([sentence, pause]).tobytes())
    return path


def launch_chromium(playwright: Playwright, microphone: Path, *, willing: bool = True) -> Browser:
    """Chromium whose owner allows the microphone, or denies whatever it is asked."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "Chromium is missing: run make chromium"
    return playwright.chromium.launch(
        executable_path=path,
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--use-fake-ui-for-media-stream" if willing else "--deny-permission-prompts",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={microphone}",
            "--autoplay-policy=user-gesture-required",
            # Otherwise the sound of two peers on one machine hides behind mDNS names nobody resolves.
            "--disable-features=WebRtcHideLocalIpsWithMdns",
        ],
    )
