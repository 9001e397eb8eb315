from __future__ import annotations

import os
from pathlib import Path

from botrunner.speech_cache import SpeechCache, speech_key


def test_the_key_tells_provider_voice_language_and_text_apart_and_not_spacing() -> None:
    base = {"provider": "google", "voice": "", "language": "en", "text": "Hello there"}
    keys = {speech_key(**{**base, field: "other"}) for field in base} | {speech_key(**base)}
    assert len(keys) == 5
    assert speech_key(**{**base, "text": " Hello\n there "}) == speech_key(**base)


async def test_what_was_put_is_found_by_another_process(tmp_path: Path) -> None:
    await SpeechCache(tmp_path).put("a", b"audio")
    assert await SpeechCache(tmp_path).get("a") == b"audio"
    assert os.listdir(tmp_path) == ["a.mp3"]


async def test_memory_drops_what_was_not_used_for_longest() -> None:
    cache = SpeechCache(None, memory_bytes=20)
    await cache.put("a", b"x" * 10)
    await cache.put("b", b"y" * 10)
    await cache.get("a")
    await cache.put("c", b"z" * 10)
    assert [await cache.get(key) for key in "abc"] == [b"x" * 10, None, b"z" * 10]


async def test_disk_drops_what_was_not_used_for_longest(tmp_path: Path) -> None:
    for age, key in enumerate("cba"):
        await SpeechCache(tmp_path).put(key, b"x" * 10)
        os.utime(tmp_path / f"{key}.mp3", (1000 - age, 1000 - age))
    await SpeechCache(tmp_path, disk_bytes=30).put("d", b"x" * 10)
    assert sorted(os.listdir(tmp_path)) == ["b.mp3", "c.mp3", "d.mp3"]


async def test_a_directory_that_cannot_be_used_is_only_a_miss(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = SpeechCache(tmp_path / "file")
    await cache.put("a", b"audio")
    assert await cache.get("a") == b"audio"
    assert await SpeechCache(tmp_path / "file").get("a") is None
