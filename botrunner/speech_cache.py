"""Synthesised audio of fixed texts, kept in memory and on disk."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import tempfile
import time
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

MEMORY_BYTES = 16 * 1024 * 1024
DISK_BYTES = 256 * 1024 * 1024
#: The directory is looked through after so much more of its size was written, one part in so many.
TRIM_SHARE = 32
#: An unfinished file older than this was left by a process that died.
UNFINISHED_SECONDS = 3600.0


def speech_key(*, provider: str, voice: str, language: str, text: str) -> str:
    """The name of one synthesis. Spacing in the text makes no difference."""
    parts = json.dumps([provider, voice, language, " ".join(text.split())])
    return hashlib.sha256(parts.encode()).hexdigest()


class SpeechCache:
    """Least recently used audio goes first, at `memory_bytes` in this process and `disk_bytes` in `directory`.

    Several processes may share a directory: files appear whole or not at all. A file that cannot be read
    or written is a miss, never an error.
    """

    def __init__(
        self, directory: Path | None, *, memory_bytes: int = MEMORY_BYTES, disk_bytes: int = DISK_BYTES
    ) -> None:
        self._directory = directory
        self._memory_bytes = memory_bytes
        self._disk_bytes = disk_bytes
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._memory_used = 0
        self._untrimmed = disk_bytes  # how much the directory holds already is not known
        #: Keys whose audio somebody in this process is fetching.
        self.making: set[str] = set()

    async def get(self, key: str) -> bytes | None:
        if (audio := self._memory.get(key)) is not None:
            self._memory.move_to_end(key)
            return audio
        audio = await asyncio.to_thread(self._read, key)
        if audio is not None:
            self._remember(key, audio)
        return audio

    async def put(self, key: str, audio: bytes) -> None:
        self._remember(key, audio)
        await asyncio.to_thread(self._write, key, audio)

    def _remember(self, key: str, audio: bytes) -> None:
        self._memory_used += len(audio) - len(self._memory.pop(key, b""))
        self._memory[key] = audio
        while self._memory_used > self._memory_bytes:
            _, dropped = self._memory.popitem(last=False)
            self._memory_used -= len(dropped)

    def _read(self, key: str) -> bytes | None:
        if self._directory is None:
            return None
        path = self._directory / f"{key}.mp3"
        with suppress(OSError):
            audio = path.read_bytes()
            os.utime(path)
            return audio or None
        return None

    def _write(self, key: str, audio: bytes) -> None:
        if self._directory is None:
            return
        with suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._directory, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(audio)
                os.replace(name, self._directory / f"{key}.mp3")
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
            # Looking at every file is too much for every file that is written.
            self._untrimmed += len(audio)
            if self._untrimmed > self._disk_bytes // TRIM_SHARE:
                self._untrimmed = 0
                self._trim(self._directory)

    def _trim(self, directory: Path) -> None:
        """Delete the files not used for longest until what is left fits, and those a dead process left."""
        for path in directory.glob("*.part"):
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - UNFINISHED_SECONDS:
                    path.unlink()
        files = []
        for path in directory.glob("*.mp3"):
            with suppress(OSError):
                files.append((path.stat(), path))
        used = sum(status.st_size for status, _ in files)
        for status, path in sorted(files, key=lambda file: file[0].st_mtime):
            if used <= self._disk_bytes:
                return
            path.unlink(missing_ok=True)
            used -= status.st_size
