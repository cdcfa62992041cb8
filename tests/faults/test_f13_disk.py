"""F13: the database is locked, or the disk full for as long as it takes. Each is answered, nothing is half done, and it
recovers by itself."""

import asyncio
import sqlite3
import time
from contextlib import closing

from tests.faults.injection import SYNCS, WRITES, Fault, injecting
from tests.faults.life import BODY
from tests.faults.premises import premises
from tests.patience import PATIENCE
from tests.tally import injected
from tests.town import SUPPORT

AT_ONCE = 8


async def answers(place, *keys):
    """The status and body of a submission under each key, all at once, and how long the slowest took."""

    async def one(key):
        begun = time.monotonic()
        async with place.agent.post("/v1/proposals", json=BODY, headers={"Idempotency-Key": key}) as answer:
            return answer.status, await answer.json(), time.monotonic() - begun

    found = await asyncio.wait_for(asyncio.gather(*(one(key) for key in keys)), PATIENCE)
    return [(status, body) for status, body, _ in found], max(seconds for *_, seconds in found)


async def refused_then_recovered(place, fault, record_property):
    keys = [f"key-{number}" for number in range(AT_ONCE)]
    before = place.rows("SELECT count(*) FROM entries")
    async with fault:
        found, slowest = await answers(place, *keys)
        assert {status for status, _ in found} == {503}, found
        assert all("again" in str(body) for _, body in found), found
        async with place.agent.get("/healthz") as alive:
            assert alive.status == 200
    assert place.rows("SELECT count(*) FROM entries") == before
    assert place.rows("SELECT count(*) FROM proposals") == [(0,)]
    recovered = False
    async with asyncio.timeout(PATIENCE):
        while not recovered:  # what is under way under the fault ends first
            found, _ = await answers(place, *keys)
            recovered = {status for status, _ in found} <= {200, 201}
    assert place.rows("SELECT count(*) FROM proposals") == [(AT_ONCE,)]
    await place.card(SUPPORT, found[0][1])
    return slowest


class Locked:
    """Another process holds the lock of the file."""

    def __init__(self, path):
        self.path = path

    async def __aenter__(self):
        self.other = sqlite3.connect(self.path, isolation_level=None)
        self.other.execute("BEGIN IMMEDIATE")

    async def __aexit__(self, *_):
        with closing(self.other):
            self.other.execute("ROLLBACK")


async def test_f13_while_the_file_is_locked_each_is_answered_and_then_it_goes_on(place, record_property):
    await place.start()
    slowest = await refused_then_recovered(place, Locked(place.database), record_property)
    injected(record_property, "F13 file locked", "sqlite", AT_ONCE, f"slowest answer {slowest:.1f} s")


async def test_f13_while_the_disk_is_full_each_is_answered_and_then_it_goes_on(tmp_path, record_property):
    async with premises(tmp_path, "http", module="tests.faults.traceable") as place:
        await place.start()
        full = [Fault(call, "error=ENOSPC", "1+") for call in (WRITES, *SYNCS)]
        tracing = injecting(place.bot.child.pid, tmp_path, *full, later=True)
        slowest = await refused_then_recovered(place, tracing, record_property)
    injected(record_property, "F13 disk full", "sqlite", AT_ONCE, f"slowest answer {slowest:.1f} s")
