"""Who has which effect, in the rows: one at a time whoever writes, none of a drill, and nothing that a hand may change unseen."""

import asyncio
from contextlib import closing
from dataclasses import replace

import pytest

from approvals.proposal import Action, Status
from approvals.refusals import EffectOpen
from approvals.services.erasures import Erasing
from fsck import examine, opened
from tests.databases import KEY, ON_SERVER, hand_at, url_at
from tests.storage.town import ALICE, TablePolicy, submission

EFFECT, OTHER = "e" * 64, "f" * 64


class Named(TablePolicy):
    """One effect for each order, by a digest that can be read."""

    def judge(self, ask, revisions, known, **more):
        gate = super().judge(ask, revisions, known, **more)
        order = str(revisions[-1].payload["order"])
        return replace(gate, effects=(order,), effect_names=(f"refund:{order}",))


def of(order):
    """A submission for another order."""
    return replace(submission(5), action=Action(name="refund.create", payload={"amount": 5, "order": order}))


@pytest.fixture
def policy():
    return Named()


def rows(tmp_path, query="SELECT effect, proposal_id, state FROM effects ORDER BY proposal_id", *changes):
    with closing(hand_at(tmp_path / "signoff.db")) as hand:
        for change in changes:
            hand.execute(change)
        return [tuple(row) for row in hand.execute(query).fetchall()]


async def findings(tmp_path, clock):
    return await asyncio.to_thread(found_by_fsck, tmp_path, clock)  # on a server it runs a loop of its own


def found_by_fsck(tmp_path, clock):
    with opened(url_at(tmp_path / "signoff.db"), None if ON_SERVER else tmp_path / "signoff.db") as source:
        found = examine(source, keys=[KEY], now=int(clock.now().timestamp() * 1000)).findings
    return [each.what for each in found if each.check == "effects"]


async def test_an_effect_goes_with_what_becomes_of_its_proposal(lifecycle, tmp_path):
    first, _ = await lifecycle.submit(submission(5))
    assert rows(tmp_path) == [("1001", first.id, "open")]
    await lifecycle.claim(first.id, "support-bot", first.digest, None)
    await lifecycle.report(first.id, "support-bot", Status.unknown, None, None)
    assert rows(tmp_path) == [("1001", first.id, "open")]
    await lifecycle.report(first.id, "support-bot", Status.succeeded, None, None)
    assert rows(tmp_path) == [("1001", first.id, "succeeded")]
    second, _ = await lifecycle.submit(submission(250))
    assert rows(tmp_path)[1:] == [("1001", second.id, "open")]
    await lifecycle.reject(second.id, ALICE, "No.", second.nonce)
    assert rows(tmp_path) == [("1001", first.id, "succeeded")]


async def test_the_database_refuses_a_second_open_one_whoever_writes_it(lifecycle, tmp_path):
    first, _ = await lifecycle.submit(submission(5))
    second, _ = await lifecycle.submit(of("1002"))
    with pytest.raises(Exception, match=r"(?i)unique"):
        rows(tmp_path, "SELECT 1", f"UPDATE effects SET effect = '1001' WHERE proposal_id = '{second.id}'")
    assert rows(tmp_path) == [("1001", first.id, "open"), ("1002", second.id, "open")]


async def test_verify_and_fsck_name_what_a_hand_took_away_or_added(lifecycle, store, clock, tmp_path):
    first, _ = await lifecycle.submit(submission(5))
    await lifecycle.submit(of("1002"))
    assert (await store.differences(), await findings(tmp_path, clock)) == ([], [])
    rows(tmp_path, "SELECT 1", "DELETE FROM effects WHERE effect = '1001'")
    assert [(each.table, each.id) for each in await store.differences()] == [("effects", first.id)]
    assert await findings(tmp_path, clock) == ["it is approved, and stands to its effect 1001 as nothing"]
    rows(
        tmp_path, "SELECT 1", f"INSERT INTO effects VALUES ('1001', '{first.id}', 'open'), ('x', '{first.id}', 'tried')"
    )
    assert [(each.table, each.id) for each in await store.differences()] == [("effects", first.id)]
    assert await findings(tmp_path, clock) == ["it has the effect x, which it does not name"]


async def test_what_was_claimed_and_has_lost_its_row_claims_nothing_that_another_has_by_now(lifecycle, tmp_path):
    first, _ = await lifecycle.submit(submission(5))
    rows(tmp_path, "SELECT 1", "DELETE FROM effects")
    second, _ = await lifecycle.submit(submission(5))
    with pytest.raises(EffectOpen) as no:
        await lifecycle.claim(first.id, "support-bot", first.digest, None)
    assert no.value.proposal_id == second.id


async def test_erasing_leaves_the_digest_and_no_name(lifecycle, store, clock, tmp_path):
    first, _ = await lifecycle.submit(submission(5))
    assert first.gate.effect_names == ("refund:1001",)
    await lifecycle.claim(first.id, "support-bot", first.digest, None)
    await lifecycle.report(first.id, "support-bot", Status.succeeded, None, None)
    clock.forward(hours=9)
    await Erasing(store=store, clock=clock).erase(first.id, by="alex", why="asked for")
    gate = (await store.find(first.id)).gate
    assert (gate.effects, gate.effect_names) == (("1001",), ())
    assert rows(tmp_path) == [("1001", first.id, "succeeded")]
    assert await store.differences() == []
