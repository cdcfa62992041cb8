"""Checkpoints: taken when it is time and something was added, signed, appended whole, read back one by one."""

import asyncio
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest

from approvals.digest import canonical
from approvals.lifecycle import Lifecycle
from bot.checkpoints import (
    CHECKPOINT,
    LONGEST,
    Checkpointer,
    CheckpointsRefused,
    NoCheckpoint,
    checkpoint_line,
    checkpoints_file,
    checkpoints_taken,
    read_checkpoints,
    read_line,
)
from bot.signing import Signer
from storage import Checkpoint
from tests.databases import new_store
from tests.making import Clock, Ids, Lots
from tests.storage.town import TablePolicy, submission
from tests.town import OPS, open_town

SIGNER, OTHER = Signer.of([bytes(range(32))]), Signer.of([bytes(32)])
KEYS = SIGNER.public_keys()
TAKEN = Checkpoint(seq=7, head="a" * 64, count=7, at="2026-11-20T10:15:00.000Z")


@pytest.fixture
async def world(tmp_path):
    clock = Clock()
    async with new_store(tmp_path, clock) as store:
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())
        checkpointer = Checkpointer(
            store=store,
            signer=SIGNER,
            clock=clock,
            path=tmp_path / "kept.jsonl",
            channel=None,
            every=timedelta(hours=1),
        )

        async def added():
            await lifecycle.submit(submission(50))

        yield SimpleNamespace(store=store, clock=clock, taking=checkpointer, added=added, path=checkpointer.path)


def kept(world):
    return read_checkpoints(world.path, KEYS)


async def test_one_is_taken_when_it_is_time_and_something_was_added_since(world):
    assert await world.taking.sweep() == 0, "there is no log yet"
    await world.added()
    assert await world.taking.sweep() == 0, "not before it is time"
    world.clock.forward(hours=1)
    assert [await world.taking.sweep(), await world.taking.sweep()] == [1, 0]
    world.clock.forward(hours=1)
    assert await world.taking.sweep() == 0, "nothing was added"
    await world.added()
    world.clock.forward(hours=1)
    assert await world.taking.sweep() == 1
    head = await world.store.audit.head()
    first, newest = kept(world).checkpoints
    assert (newest.seq, newest.count, newest.head) == (head.seq, head.seq, head.hash)
    assert first.seq < newest.seq
    assert newest.at == "2026-11-20T13:15:00.000Z"


async def test_a_clock_that_is_set_back_delays_none(world):
    await world.added()
    assert await world.taking.sweep() == 1
    await world.added()
    world.clock.forward(hours=-5)
    assert await world.taking.sweep() == 1


async def test_half_a_line_that_a_crash_left_is_ended_and_the_next_one_is_whole(world):
    await world.added()
    await world.taking.sweep()
    world.path.write_text(world.path.read_text() + '{"form": 1, "seq"')
    await world.added()
    world.clock.forward(hours=1)
    await world.taking.sweep()
    read = kept(world)
    assert len(read.checkpoints) == 2
    assert read.faults == ("line 2: it is no JSON, perhaps half of a line",)


async def test_a_start_goes_on_after_the_newest_that_is_kept_and_takes_it_not_twice(world):
    await world.added()
    async with checkpoints_taken(settings_of(world), world.store, SIGNER, world.clock) as first:
        assert await first.sweep() == 1
        await world.added()
    async with checkpoints_taken(settings_of(world), world.store, SIGNER, world.clock) as second:
        assert await second.sweep() == 0
    assert len(kept(world).checkpoints) == 2, "one on the way and one at the end"
    assert world.store.damage.rows == {}


async def test_a_log_that_contradicts_the_newest_one_kept_is_damage(world):
    await world.added()
    head = await world.store.audit.head()
    for wrong in (
        Checkpoint(seq=head.seq + 3, head="b" * 64, count=head.seq + 3, at="2026-11-20T10:15:00.000Z"),
        Checkpoint(seq=head.seq, head="b" * 64, count=head.seq, at="2026-11-20T10:15:00.000Z"),
    ):
        world.path.write_text(checkpoint_line(wrong, SIGNER) + "\n")
        await world.taking.begin()
    said = world.store.damage.rows
    assert "so 3 are gone" in said[f"entries {head.seq + 3}"]
    assert "written anew" in said[f"entries {head.seq}"]


@pytest.mark.parametrize("named", ["none/kept.jsonl", "."])
async def test_a_file_that_cannot_be_written_stops_the_start_with_what_to_do(world, tmp_path, named):
    world.taking.path = tmp_path / named
    with pytest.raises(CheckpointsRefused, match="SIGNOFF_CHECKPOINTS names the file"):
        await world.taking.begin()


async def test_a_disk_that_refuses_it_later_is_told_and_tried_again_within_a_minute(world, tmp_path):
    await world.added()
    world.taking.path = tmp_path / "gone" / "kept.jsonl"
    assert await world.taking.sweep() == 0
    assert "no checkpoint of the audit log can be written" in world.taking.trouble
    world.taking.path.parent.mkdir()
    assert await world.taking.sweep() == 0
    world.clock.forward(60)
    assert await world.taking.sweep() == 1
    assert world.taking.trouble is None


def test_a_line_is_read_back_as_it_was_taken():
    assert read_line(checkpoint_line(TAKEN, SIGNER), KEYS) == TAKEN
    both = Signer.of([bytes(32), bytes(range(32))])
    assert read_line(checkpoint_line(TAKEN, SIGNER), both.public_keys()) == TAKEN, "while a key is replaced"


@pytest.mark.parametrize(
    "change",
    [{"seq": 8}, {"head": "c" * 64}, {"count": 8}, {"at": "2027-11-20T10:15:00.000Z"}, {"form": 2}, {"seq": "7"}],
)
def test_whatever_is_changed_in_a_line_it_is_none_any_more(change):
    said = json.loads(checkpoint_line(TAKEN, SIGNER)) | change
    with pytest.raises(NoCheckpoint):
        read_line(json.dumps(said), KEYS)


@pytest.mark.parametrize("line", ["", "[]", "null", "{}", "[" * 3000, '{"form": 1}', "\x00"])
def test_what_is_no_checkpoint_is_refused_whatever_it_is(line):
    with pytest.raises(NoCheckpoint):
        read_line(line, KEYS)


def test_another_key_and_a_signature_of_another_kind_make_none():
    with pytest.raises(NoCheckpoint, match="none of those given"):
        read_line(checkpoint_line(TAKEN, OTHER), KEYS)
    said = json.loads(checkpoint_line(TAKEN, SIGNER))
    body = {name: value for name, value in said.items() if name != "signature"}
    said["signature"] = SIGNER.detached(canonical(body), "signoff-receipt+jws")
    with pytest.raises(NoCheckpoint, match=f"not that of {CHECKPOINT}".replace("+", r"\+")):
        read_line(json.dumps(said), KEYS)


def test_a_file_is_read_in_bounds_and_each_once(tmp_path):
    path = tmp_path / "kept.jsonl"
    line = checkpoint_line(TAKEN, SIGNER)
    path.write_text(f"{line}\n\n{'x' * (3 * LONGEST)}\n{line}\n")
    read = read_checkpoints(path, KEYS)
    assert read.checkpoints == (TAKEN,)
    assert read.faults == ("line 3: it is longer than a checkpoint is",)


def test_they_are_kept_beside_a_file_where_the_setting_says_or_nowhere(tmp_path):
    database = tmp_path / "signoff.db"
    assert checkpoints_file("", database) == tmp_path / "signoff.db.checkpoints"
    assert checkpoints_file("", None) is None
    assert checkpoints_file("off", database) is None
    assert checkpoints_file("/mnt/kept", None).as_posix() == "/mnt/kept"


async def test_each_is_posted_to_the_channel_as_a_line_that_verifies(tmp_path):
    async with open_town(tmp_path) as town:
        async with town.serving(signoff_checkpoints="off", signoff_checkpoints_channel=OPS):
            await town.propose()
            posted = await town.slack.until(
                lambda: [each for each in town.slack.messages(OPS) if "Checkpoint of the audit log" in each["text"]]
            )
            signer = town.bot.checkpoints.signer
            head = await town.bot.store.audit.head()
        line = posted[0]["text"].partition("```")[2].partition("```")[0]
        read = await asyncio.to_thread(read_line, line, signer.public_keys())
        assert 0 < read.seq <= head.seq
        assert not list(town.folder.glob("*.checkpoints"))


def settings_of(world):
    return SimpleNamespace(
        signoff_checkpoints=str(world.path),
        signoff_checkpoints_channel=None,
        signoff_checkpoints_every=3600,
        signoff_database_url="sqlite:///unused.db",
    )
