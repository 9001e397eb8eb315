from __future__ import annotations

import os
import subprocess
import sys
import time
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


WRITER = """
import asyncio, sys
from pathlib import Path
from botrunner.speech_cache import SpeechCache

async def write() -> None:
    for number in range(60):
        cache = SpeechCache(Path(sys.argv[1]), disk_bytes=20_000)  # nothing in memory
        key = f"key{number % 30}"
        await cache.put(key, key.encode() * 200)
        read = await cache.get(f"key{(number * 7) % 30}")
        assert read is None or read == f"key{(number * 7) % 30}".encode() * 200, read

asyncio.run(write())
"""


def test_two_processes_share_a_directory_and_its_bound(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)]) for _ in range(2)]
    assert [writer.wait() for writer in writers] == [0, 0]
    files = list(tmp_path.iterdir())
    assert {path.suffix for path in files} == {".mp3"}
    assert 0 < sum(path.stat().st_size for path in files) <= 20_000
    assert all(path.read_bytes() == path.stem.encode() * 200 for path in files)


async def test_what_a_dead_process_left_unfinished_goes(tmp_path: Path) -> None:
    left, under_way = tmp_path / "left.part", tmp_path / "under-way.part"
    left.write_bytes(b"half")
    under_way.write_bytes(b"half")
    yesterday = time.time() - 86_400
    os.utime(left, (yesterday, yesterday))
    await SpeechCache(tmp_path).put("key", b"audio")
    assert sorted(os.listdir(tmp_path)) == ["key.mp3", "under-way.part"]
