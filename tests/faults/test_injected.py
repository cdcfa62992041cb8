"""kill -9, EIO and ENOSPC at the calls of a whole life: what was answered stands, nothing is done twice, fsck is silent.

The life is one proposal's: submitted, decided, claimed, reported, with the courier posting its card and keeping it true.
On a server the bot writes no file; what it sends there is among its sends, and each may meet a broken connection.
"""

import itertools

import pytest

from tests.faults.injection import SYNCS, WRITES, Fault, injecting
from tests.faults.life import Died, Life, held
from tests.faults.premises import premises
from tests.replicas.premises import replicas
from tests.tally import injected

KILL = "signal=KILL"
PLACES = {"sqlite": premises, "postgresql": replicas}
TRACEABLE = "tests.faults.traceable"
LANES = 3
"""By which the calls of one kind are shared out, so that they can be tried side by side."""

SELECTION = [
    *[("sqlite", Fault(WRITES, KILL, when)) for when in (2, 60, 140)],
    *[("sqlite", Fault("fdatasync", KILL, when)) for when in (2, 4)],
    *[("sqlite", Fault("sendto", KILL, when)) for when in (2, 5)],
    ("sqlite", Fault(WRITES, "error=EIO", 40)),
    ("sqlite", Fault(WRITES, "error=ENOSPC", 9)),
    ("sqlite", Fault("fdatasync", "error=EIO", 2)),
    *[("postgresql", Fault("sendto", KILL, when)) for when in (8, 21)],
    ("postgresql", Fault("sendto", "error=ECONNRESET", 12)),
]
EVERY = [
    *[("sqlite", call, KILL) for call in (WRITES, *SYNCS, "sendto")],
    *[("sqlite", call, f"error={error}") for call in (WRITES, *SYNCS) for error in ("EIO", "ENOSPC")],
    ("postgresql", "sendto", KILL),
    ("postgresql", "sendto", "error=ECONNRESET"),
]


async def survived(folder, database, fault):
    """Lives one life through the fault; whether it happened. Raises AssertionError where anything did not hold."""
    async with PLACES[database](folder, "http", module=TRACEABLE) as place:
        await place.start()
        life = Life(place, mortal=fault.effect == KILL)
        async with injecting(place.bot.child.pid, folder, fault) as tracing:
            try:
                await life.lived()
            except Died:
                """As it was meant to be; `held` lives on."""
        happened = tracing.injected()
        if place.bot.child.returncode is not None:
            await place.reads_true()
            await place.kill_and_start()
        await held(life)
    return happened, life.slowest


@pytest.mark.parametrize(("database", "fault"), SELECTION, ids=str)
async def test_a_life_goes_on_after_a_fault_at_some_call(tmp_path, record_property, database, fault):
    happened, slowest = await survived(tmp_path, database, fault)
    assert happened
    injected(
        record_property,
        fault.kind,
        database,
        happened,
        f"slowest answer {slowest:.1f} s" if "error" in fault.effect else "",
    )


@pytest.mark.exhaustive
@pytest.mark.timeout(5400)
@pytest.mark.parametrize("lane", range(LANES))
@pytest.mark.parametrize(("database", "call", "effect"), EVERY, ids=str)
async def test_a_life_goes_on_after_a_fault_at_every_call(tmp_path, record_property, database, call, effect, lane):
    times, slowest = 0, 0.0
    for number in itertools.count(lane + 1, LANES):
        fault = Fault(call, effect, number)
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            happened, answer = await survived(folder, database, fault)
        except BaseException as wrong:
            wrong.add_note(f"{fault} on {database}")
            raise
        if not happened:
            break
        times, slowest = times + happened, max(slowest, answer)
    assert times or call in SYNCS, "no such call was made"  # of two kinds of sync a build of SQLite uses one
    note = f"slowest answer {slowest:.1f} s" if "error" in effect else ""
    injected(record_property, Fault(call, effect, 0).kind, database, times, note)
