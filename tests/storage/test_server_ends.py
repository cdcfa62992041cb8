"""The server of the tests ends with the process that started it, also where that is killed."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.patience import PATIENCE

pytestmark = pytest.mark.sqlite

BEGUN = "from tests.postgresql import on_server; print(on_server('SHOW data_directory')[0][0][0], flush=True); input()"


def test_a_run_that_is_killed_leaves_no_server_and_no_folder():
    with subprocess.Popen(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {BEGUN}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        folder = Path(run.stdout.readline().strip())
        pid = int((folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        assert runs(pid)
        run.kill()
    until = time.monotonic() + PATIENCE
    while (folder.exists() or runs(pid)) and time.monotonic() < until:
        pass
    assert not folder.exists()
    assert not runs(pid)


def runs(pid):
    """Whether the process is there, and more than what its parent has not asked about yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
