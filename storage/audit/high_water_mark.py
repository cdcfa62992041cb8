"""High-water mark: how far the log had come, noted beside the database, so that a lost commit is noticed.

A lost write-ahead log, a restored backup or a log cut at its end all leave a database that is sound in itself. The
mark is written after each commit without waiting for the disk, so after a power cut it may lag behind; it is never
ahead.
"""

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class HighWaterMark(NamedTuple):
    """An entry that was there."""

    seq: int
    hash: str


class HighWaterMarkFile:
    """`<database>.head`: one line of fixed length, overwritten in place."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".head")
        self._descriptor: int | None = None
        self._newest: HighWaterMark | None = None
        """What is to be written yet."""

    def read(self) -> HighWaterMark | None:
        """The mark; None if there is none or a power cut left it unreadable."""
        with suppress(FileNotFoundError, ValueError):
            seq, total = self.path.read_text(encoding="ascii").split()
            return HighWaterMark(int(seq), total)
        return None

    def note(self, mark: HighWaterMark) -> None:
        """Notes the mark, once for all that a commit tells of in one step of the loop, and before anybody hears of it.

        A disk that refuses it makes it lag, nothing more.
        """
        if self._newest is None:
            asyncio.get_running_loop().call_soon(self._write)
        self._newest = mark

    def close(self) -> None:
        """Ends writing."""
        self._write()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _write(self) -> None:
        mark, self._newest = self._newest, None
        if mark is None:
            return
        with suppress(OSError):
            if self._descriptor is None:
                self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
            os.pwrite(self._descriptor, f"{mark.seq:020d} {mark.hash}\n".encode("ascii"), 0)
