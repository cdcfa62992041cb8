"""A database from before rows were held against their entries: it is brought up to date, and believed as it was.

`schema_17.sql` is what the last version before that left behind: the world of `tests/threats/rows.py`, dumped.
`schema_17_called_in.sql` is another of that version: proposals for which a role was called in, by a step of the ladder
or because somebody handed them over, when it could still fill any place.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from approvals.digest import canonical, digest
from approvals.past import About, Answer, Question
from approvals.ports import Damaged
from approvals.proposal import Status
from approvals.refusals import Stopped
from tests.storage.town import ALICE, BOB, LEAD, submission
from tests.threats.rows import OPERATOR, World

DUMP = Path(__file__).parent / "schema_17.sql"
CALLED_IN = Path(__file__).parent / "schema_17_called_in.sql"
NAMES = {"waiting": 1, "asked": 2, "edited": 3, "approved": 4, "no": 0x11, "other_no": 0x12, "drawn": 0x13}


@pytest.fixture
def old(tmp_path):
    """The file as the older version left it."""
    return restored(tmp_path, DUMP, NAMES)


@pytest.fixture
def called_in(tmp_path):
    """The other file, two minutes after the ladder's step."""
    world = restored(tmp_path, CALLED_IN, {"stepped": 1, "waiting": 2, "given": 3, "agreed": 4})
    world.clock.forward(minutes=23)
    return world


def restored(folder, dump, names):
    world = World(path=folder / "signoff.db")
    with closing(sqlite3.connect(world.path)) as file:
        file.executescript(dump.read_text(encoding="utf-8"))
        file.execute("PRAGMA user_version = 17")
        for name, number in names.items():
            world.of[name] = f"prp_{number:032x}"
            asked = "SELECT nonce, digest FROM proposals WHERE id = ?"
            world.nonces[name], world.digests[name] = file.execute(asked, [world.of[name]]).fetchone()
    world.ids.proposals, world.ids.nonces, world.ids.delegations = 900, 900, 900
    return world


def question(about, **more):
    return Question(about=about, agent="support-bot", action="refund.create", **more)


async def test_an_older_database_is_brought_up_to_date_and_every_row_is_what_its_entries_tell(old):
    async with old.opened():
        assert await old.store.audit.verify() is None
        assert await old.store.differences() == []
        assert old.store.damage.rows == {}


async def test_what_an_older_database_knows_of_the_past_is_known_still(old):
    payload = {"amount": 295, "order": "1001"}
    again = question(About.repeat, value=digest("refund.create", payload))
    usual = question(About.unusual, field="amount")
    rate = Question(about=About.rate, agent="support-bot", action="*", per=3600)
    value = question(About.first_time, field="order", value=canonical("1001").decode())
    async with old.opened():
        known = await old.store.answers([again, usual, rate, value], old.clock.now())
    assert (known[again].by, known[again].reason) == ("U0ALICE", "Not this.")
    assert known[usual] == Answer(count=12, median=300.0)
    assert known[rate].count == 22
    assert known[value].count > 0


async def test_what_an_older_database_lent_stopped_held_and_approved_goes_on(old):
    async with old.opened():
        assert await old.store.delegations.lenders("U0DAVE", old.clock.now()) == {"U0BOB"}
        with pytest.raises(Stopped):
            await old.lifecycle.submit(submission(5, agent="other-bot"))
        await old.stopping.resume("other-bot", OPERATOR)
        held, _ = await old.lifecycle.submit(submission(290))
        assert held.gate.held.hold == old.of["no"]
        assert (await old.claimed("approved")).status is Status.claimed
        decided = await old.lifecycle.approve(old.of["waiting"], ALICE, old.nonces["waiting"])
        assert decided.status is Status.approved
        assert (await old.lifecycle.submit(submission(250, key="order-1")))[0].status is not Status.pending
        assert await old.store.differences() == []


async def test_a_form_that_an_older_version_opened_is_opened_anew(old):
    async with old.opened():
        assert await old.store.forms.get("frm_1") is None
        assert old.store.damage.rows == {}


async def test_a_hand_that_was_in_an_older_database_is_found_after_the_upgrade(old):
    with closing(sqlite3.connect(old.path)) as file, file:
        file.execute(
            "INSERT INTO delegations VALUES ('dlg_x', 'U0ALICE', 'U0STRAY', 1795169699999, 1795173299999, NULL, NULL)"
        )
        file.execute("UPDATE proposals SET nonce = 'x' WHERE id = ?", [old.of["waiting"]])
        file.execute("DELETE FROM stopped_agents")
    async with old.opened():
        assert await old.store.delegations.lenders("U0STRAY", old.clock.now()) == set()
        with pytest.raises(Damaged):
            await old.lifecycle.approve(old.of["waiting"], ALICE, "x")
        with pytest.raises(Stopped):
            await old.lifecycle.submit(submission(5, agent="other-bot"))
        found = {(each.table, each.id) for each in await old.store.differences()}
    assert found == {("delegations", "dlg_x"), ("proposals", old.of["waiting"]), ("stopped_agents", "other-bot")}


async def test_what_was_called_in_before_places_were_kept_is_no_damage(called_in):
    async with called_in.opened():
        assert await called_in.store.audit.verify() is None
        assert await called_in.store.differences() == []
        called_in.policy.version = "policy-2"
        await called_in.lifecycle.rejudge()
        await called_in.lifecycle.sweep()
        assert await called_in.store.differences() == []
        assert (called_in.lifecycle.damaged, called_in.store.damage.rows) == (set(), {})


async def test_whoever_was_called_in_before_places_were_kept_may_still_fill_any(called_in):
    async with called_in.opened():
        lifecycle, of, nonces = called_in.lifecycle, called_in.of, called_in.nonces
        await lifecycle.rejudge()
        assert (await called_in.claimed("agreed")).status is Status.claimed
        given = await lifecycle.approve(of["given"], LEAD, nonces["given"])
        assert given.status is Status.approved
        assert (await lifecycle.approve(of["stepped"], BOB, nonces["stepped"])).status is Status.approved
        assert (await lifecycle.approve(of["waiting"], LEAD, nonces["waiting"])).status is Status.pending
        assert (await lifecycle.approve(of["waiting"], ALICE, nonces["waiting"])).status is Status.approved
        assert await called_in.store.differences() == []
