"""`signoff audit export`: a file that is whole or not there, a digest of it, and a log that does not hold is a finding."""

import asyncio
import hashlib
import json
import sqlite3
from contextlib import closing

import pytest

from approvals.lifecycle import Lifecycle
from bot.keys import seal_keys, seeds_for
from storage import open_store
from tests.databases import new_database
from tests.making import START, Clock, Ids, Lots
from tests.program import run
from tests.storage.town import TablePolicy, submission

pytestmark = pytest.mark.sqlite


@pytest.fixture
def exported(tmp_path):
    """The command on a log of six entries, of three moments an hour apart."""
    url = new_database(tmp_path / "signoff.db")
    (tmp_path / "signoff.db").rename(tmp_path / "blank")
    seeds = seeds_for(tmp_path / "signoff.db", None)
    (tmp_path / "blank").rename(tmp_path / "signoff.db")
    asyncio.run(_lived(url, seal_keys(seeds)))

    def command(*options):
        words = ("audit", "export", *options)
        return run(words, env={"SIGNOFF_DATABASE_URL": url, "PATH": "/usr/bin:/bin"}, cwd=tmp_path)

    return command


async def _lived(url, keys):
    clock = Clock()
    async with open_store(url, keys, clock) as store:
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())
        for _ in range(3):
            await lifecycle.submit(submission(50))
            clock.forward(hours=1)


def test_it_prints_the_entries_and_says_how_many_and_which_digest(exported):
    finished = exported()
    assert finished.returncode == 0, finished.stderr
    found = [json.loads(line) for line in finished.stdout.splitlines()]
    assert [each["seq"] for each in found] == list(range(1, len(found) + 1))
    assert f"{len(found)} entries of {len(found)} exported" in finished.stderr
    assert hashlib.sha256(finished.stdout.encode()).hexdigest() in finished.stderr


def test_a_file_is_the_same_has_its_name_once_it_is_whole_and_only_its_owner_reads_it(exported, tmp_path):
    printed = exported("--format", "ocsf").stdout
    finished = exported("--format", "ocsf", "--output", "kept.jsonl")
    assert (finished.returncode, finished.stdout) == (0, "")
    kept = tmp_path / "kept.jsonl"
    assert kept.read_text() == printed
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("*.part"))
    assert json.loads(printed.splitlines()[0])["class_uid"] == 6003


def test_two_periods_that_meet_have_every_entry_once(exported):
    middle = "2026-11-20T11:15:00Z"
    assert middle.startswith(f"{START:%Y-%m-%d}")
    first, second = exported("--until", middle).stdout, exported("--since", middle).stdout
    assert first
    assert second
    assert first + second == exported().stdout


def test_a_log_that_does_not_hold_is_exported_and_a_finding(exported, tmp_path):
    with closing(sqlite3.connect(tmp_path / "signoff.db")) as file, file:
        (text,) = file.execute("SELECT sql FROM sqlite_master WHERE name = 'entries_unchanged'").fetchone()
        file.execute("DROP TRIGGER entries_unchanged")
        file.execute("UPDATE entries SET at = at + 1 WHERE seq = 2")
        file.execute(text)
    finished = exported("--since", "2026-11-20T11:00Z")
    assert finished.returncode == 1
    assert finished.stdout
    assert "broken at entry 2" in finished.stderr, "though the entry is not in the period"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--since", "soon"), "--since: name a day"),
        (("--until", "soon"), "--until: name a day"),
        (("--format", "xml"), "--format is one of jsonl, ocsf"),
        (("--output", "none/kept.jsonl"), "cannot be used"),
    ],
)
def test_wrong_use_is_two_and_says_what_is_right(exported, options, told):
    finished = exported(*options)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert told in finished.stderr
