"""F14: the database is broken or gone, or its write-ahead log is. The start is refused, and `signoff fsck` says how far."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from tests import program
from tests.faults.premises import ROOT, NotStarted
from tests.tally import injected
from tests.town import SUPPORT

PAGE = 4096


def last_page(path):
    """Of the log, the page with the newest entries; it is cut in the middle of what it says."""
    content = bytearray(path.read_bytes())
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as file:
        (root,) = file.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'entries'").fetchone()
    while content[(root - 1) * PAGE] == 5:
        root = int.from_bytes(content[(root - 1) * PAGE + 8 : (root - 1) * PAGE + 12])
    content[(root - 1) * PAGE : root * PAGE] = b"\xff" * PAGE
    path.write_bytes(content)


def beside(path, ending):
    return path.with_name(f"{path.name}{ending}")


def header(path):
    path.write_bytes(b"\xff" * 100 + path.read_bytes()[100:])


def cut(path):
    os.truncate(path, path.stat().st_size - 2 * PAGE)


FAULTS = {
    "header overwritten": (header, "not one row of it"),
    "page of the log overwritten": (last_page, "entries can be read up to "),
    "last pages cut off": (cut, "NOT TRUE  file"),
    "emptied": (lambda path: os.truncate(path, 0), "there is nothing to read"),
    "deleted": (lambda path: path.unlink(), "There is no database at"),
}


async def lived(place):
    """A proposal that was decided; the bot is killed, and what it wrote is in the write-ahead log."""
    await place.start()
    proposal = await place.propose()
    await place.click("U0ALICE", SUPPORT, await place.card(SUPPORT, proposal), "approve")
    await place.kill()


async def fsck(place):
    environ = {**place.environ(), "PYTHONPATH": str(ROOT)}
    return await asyncio.to_thread(program.run, ("fsck", "--env-file", os.devnull), env=environ, cwd=ROOT)


@pytest.mark.parametrize("fault", FAULTS)
async def test_f14_a_bot_does_not_start_on_a_broken_file_and_fsck_says_how_far_it_can_be_read(
    place, tmp_path, record_property, fault
):
    await lived(place)
    with closing(sqlite3.connect(place.database)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = tmp_path / "whole.db"
    shutil.copy(place.database, whole)
    damage, says = FAULTS[fault]
    damage(place.database)
    names = sorted(each.name for each in tmp_path.iterdir())
    with pytest.raises(NotStarted, match="backup"):
        await place.start()
    found = await fsck(place)
    assert found.returncode == 1
    assert says in found.stdout
    assert "Traceback" not in found.stdout + found.stderr
    assert place.database.exists() == (fault != "deleted")
    assert {each.name for each in tmp_path.iterdir()} >= set(names) - {"signoff.db-wal", "signoff.db-shm"}
    shutil.copy(whole, place.database)
    for ending in ("-wal", "-shm"):
        beside(place.database, ending).unlink(missing_ok=True)
    await place.start()
    injected(record_property, f"F14 file: {fault}", "sqlite", 1)


async def test_f14_a_lost_write_ahead_log_is_noticed_by_the_start_and_by_fsck(place, tmp_path, record_property):
    await lived(place)
    kept = beside(place.database, "-wal").read_bytes()
    assert kept
    for ending in ("-wal", "-shm"):
        beside(place.database, ending).unlink()
    with pytest.raises(NotStarted, match="Committed work is missing"):
        await place.start()
    found = await fsck(place)
    assert found.returncode == 1
    assert "signoff.db.head noted the entry" in found.stdout
    for ending in ("-wal", "-shm"):
        beside(place.database, ending).unlink(missing_ok=True)
    beside(place.database, "-wal").write_bytes(kept)
    await place.start()
    injected(record_property, "F14 write-ahead log lost", "sqlite", 1)
