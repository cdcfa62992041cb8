"""Where tests keep their files: in memory, but for those of what survives, which are about the disk."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")
ENOUGH = 256 * 2**20
"""Bytes. Containers often have 64 MiB there, which the browser alone fills."""


def stay_in_memory():
    """From here on, temporary files of this process and of those it starts are in memory, where there is enough.

    A commit waits for the disk, and the tests make thousands in databases that nobody reads again.
    """
    if "TMPDIR" not in os.environ and _usable():
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


@pytest.fixture
def tmp_path():
    """A folder on the disk: for whom imports it, in place of pytest's own."""
    lasting = Path("/var/tmp")
    with tempfile.TemporaryDirectory(prefix="signoff-", dir=lasting if lasting.is_dir() else None) as folder:
        yield Path(folder)


def _usable():
    if not os.access(MEMORY, os.W_OK | os.X_OK):
        return False
    return shutil.disk_usage(MEMORY).free >= ENOUGH and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
