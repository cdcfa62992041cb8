"""What a start accepts: our own database, whole; a new one only where there was none."""

import asyncio
import shutil
import signal
import sqlite3
import subprocess
import sys

import pytest

from approvals.events import Refused
from approvals.lifecycle import SYSTEM
from storage import StoreFault, WrongUrl, database_file, open_store
from storage.audit.attest import replayed, without_secret
from storage.json_codec import decode_json
from tests import disk
from tests.databases import KEY
from tests.holding import ticks, under_way
from tests.making import Clock
from tests.storage.town import by_hand, submission

pytestmark = pytest.mark.sqlite

tmp_path = disk.tmp_path


async def opened(url, key=KEY):
    async with open_store(url, key, Clock()) as store:
        return await store.to_rejudge("policy-2")


async def refused(url, match, key=KEY):
    with pytest.raises(StoreFault, match=match):
        await opened(url, key)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///var/signoff.db", "var/signoff.db"),
        ("sqlite:////srv/signoff.db", "/srv/signoff.db"),
        ("sqlite:///a%20b.db", "a b.db"),
    ],
)
def test_a_url_names_a_file(url, path):
    assert str(database_file(url)) == path


@pytest.mark.parametrize(
    "url", ["mysql://x/y", "sqlite://var/x.db", "sqlite:///", "sqlite:///:memory:", "sqlite:///x?mode=ro", "x.db"]
)
def test_a_url_that_names_no_file_is_refused(url):
    with pytest.raises(WrongUrl, match=r"SIGNOFF_DATABASE_URL: .* Write sqlite:///signoff\.db"):
        database_file(url)


async def test_what_was_kept_is_there_after_a_restart(url, lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    assert await opened(url) == [made.id]


async def test_a_folder_that_is_not_there_is_made(tmp_path):
    assert await opened(f"sqlite:///{tmp_path}/a/b/signoff.db") == []


async def test_another_key_is_refused(url, lifecycle):
    await lifecycle.submit(submission())
    await refused(url, "not the key the database was sealed with", bytes(32))


async def test_a_key_of_the_wrong_length_is_refused(url):
    with pytest.raises(ValueError, match="32 bytes"):
        await opened(url, b"short")


async def test_an_empty_file_is_not_taken_for_a_new_database(url, tmp_path):
    (tmp_path / "signoff.db").touch()
    await refused(url, "is empty")


async def test_a_file_that_is_no_database_is_refused(url, tmp_path):
    (tmp_path / "signoff.db").write_bytes(b"hello" * 1000)
    await refused(url, "not a database")


async def test_broken_pages_are_refused(url, tmp_path):
    async with open_store(url, KEY, Clock()):
        pass
    file = tmp_path / "signoff.db"
    content = bytearray(file.read_bytes())
    content[4096 * 2 : 4096 * 4] = b"\xa5" * 8192
    file.write_bytes(content)
    await refused(url, "damaged|malformed")


async def test_a_database_that_is_gone_does_not_come_back_empty(url, tmp_path, clock):
    async with open_store(url, KEY, clock) as store:
        refused_ = Refused(at=clock.now(), verb="approve", slug="unverified", detail="")
        await store.transact(lambda tx: tx.note(None, refused_, SYSTEM))
    (tmp_path / "signoff.db").unlink()
    await refused(url, "is gone, but .*signoff.db.head is still there")
    assert not (tmp_path / "signoff.db").exists()


async def test_a_write_ahead_log_that_is_gone_is_noticed(url, tmp_path, lifecycle, store):
    await lifecycle.submit(submission())
    other = tmp_path / "other"
    other.mkdir()
    for name in ("signoff.db", "signoff.db.head"):  # a copy as after a crash, with the log forgotten
        shutil.copy(tmp_path / name, other / name)
    await refused(f"sqlite:///{other}/signoff.db", "Committed work is missing.*delete .*signoff.db.head")
    shutil.copy(tmp_path / "signoff.db-wal", other / "signoff.db-wal")
    assert len(await opened(f"sqlite:///{other}/signoff.db")) == 1


async def test_whoever_is_answered_finds_noted_how_far_the_log_had_come(tmp_path, lifecycle, store):
    async def noted_after(key):
        proposal, _ = await lifecycle.submit(submission(key=key))
        noted = int((tmp_path / "signoff.db.head").read_text().split()[0])
        return proposal.id, noted

    async with under_way(store, nothing):
        many = [asyncio.create_task(noted_after(f"key-{number}")) for number in range(5)]
        await ticks()
    for proposal_id, noted in await asyncio.gather(*many):
        _, entries = await store.with_entries(proposal_id)
        assert noted >= entries[-1].seq


async def nothing(_tx):
    pass


async def test_an_older_backup_is_noticed_and_accepted_once_the_mark_is_deleted(url, tmp_path, lifecycle, store):
    await lifecycle.submit(submission())
    with by_hand(tmp_path) as source:
        target = sqlite3.connect(tmp_path / "backup.db")
        source.backup(target)
        target.close()
    await lifecycle.submit(submission())
    shutil.copy(tmp_path / "signoff.db.head", tmp_path / "backup.db.head")
    backup = f"sqlite:///{tmp_path}/backup.db"
    await refused(backup, "Committed work is missing")
    (tmp_path / "backup.db.head").unlink()
    assert len(await opened(backup)) == 1


async def test_a_mark_that_a_power_cut_left_unreadable_stops_nobody(url, tmp_path, lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    (tmp_path / "signoff.db.head").write_text("0000")
    assert await opened(url) == [made.id]


async def test_a_crash_while_the_database_was_made_leaves_nothing_in_the_way(url, tmp_path):
    for name in ("signoff.db.making", "signoff.db.making-wal"):
        (tmp_path / name).write_bytes(b"half")
    assert await opened(url) == []


@pytest.mark.parametrize("round_", range(3))
async def test_kill_9_amid_writes_leaves_a_store_that_opens_verifies_and_has_all_that_was_acknowledged(
    tmp_path, url, round_
):
    writer = subprocess.Popen(  # noqa: ASYNC220 its pipe is read line by line, nothing else runs here
        [sys.executable, "-m", "tests.storage.writer", url], stdout=subprocess.PIPE, text=True
    )
    acknowledged = []
    try:
        for line in writer.stdout:
            acknowledged.append(tuple(line.split()))
            if len(acknowledged) == 3 + 17 * round_:
                break
        writer.send_signal(signal.SIGKILL)
        acknowledged += [tuple(line.split()) for line in writer.stdout.read().splitlines() if line.endswith("!")]
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
    async with open_store(url, KEY, Clock()) as store:
        assert await store.audit.verify() is None
        entries = await store.audit.entries(0, 10_000)
        keys = [decode_json(each.facts)["idempotency_key"] for each in entries if each.tag == "proposal:submitted"]
        assert len(keys) == len(set(keys)), "none is there twice"
        assert await store.differences() == []
        for proposal_id, version, _ in acknowledged:
            found = await store.find(proposal_id)
            assert found.version >= int(version)
            assert replayed([entry for entry in entries if entry.proposal_id == proposal_id], KEY) == without_secret(
                found
            )
        assert await store.health() is None
