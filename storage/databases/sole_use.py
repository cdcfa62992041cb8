"""Sole use of a database file: a lock beside it, held by the bot that runs, which the kernel lets go when it dies.

Who waits in one process does not hear what another one writes into the file, so a second bot there would answer late.
"""

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from storage.engine.errors import DatabaseInUse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def sole_use(path: "Path | None") -> "Iterator[None]":
    """While the block lasts, no other bot begins on the file. Raises DatabaseInUse.

    A database on a server, None, is for any number. Commands that look at the file beside the bot ask for no lock.
    """
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(f"{path.name}.lock")
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatabaseInUse(
                f"Another bot uses {path}{_by(descriptor)}. Stop it first, or name another file in "
                "SIGNOFF_DATABASE_URL. Several bots on one database take PostgreSQL: docs/how-to/run-several.md."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        yield
    finally:
        # It is not deleted: whoever opened it meanwhile would hold the lock on a file that nobody else finds.
        os.close(descriptor)


def _by(descriptor: int) -> str:
    """Who holds the lock, where it has said so."""
    number = ""
    with suppress(OSError, ValueError):
        number = str(int(os.pread(descriptor, 20, 0)))
    return f" (process {number})" if number else ""
