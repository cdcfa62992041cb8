"""Figures: what became of what people were asked, by action and role, to those whose it is."""

import statistics
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.decision import Attestation, FirstSeen
from approvals.proposal import Status
from storage import RoleStats
from storage.listing.stats import blocks
from tests.laws import examples
from tests.making import START, make_reviewer
from tests.storage.town import ALICE, BOB, CAROL, by_hand, submission

STRANGER = make_reviewer(user="U0STRANGER", roles=frozenset({"legal"}))
MONTH = timedelta(days=30)


@pytest.fixture
def figures(store, clock):
    async def asked(person, *, since=START, **more):
        found, _ = await store.counting.figures(
            person.user, person.roles, since=since, now=clock.now(), **{"limit": 9, **more}
        )
        return {(each.action, asked.role): asked for each in found for asked in each.asked}

    return asked


async def test_what_was_asked_is_counted_by_how_it_ended(lifecycle, clock, figures):
    made = [(await lifecycle.submit(submission()))[0] for _ in range(8)]
    untouched, claimed, edited, rejected, revoked, withdrawn, expired, waits = made
    clock.forward(minutes=1)
    await lifecycle.approve(untouched.id, ALICE, untouched.nonce)
    clock.forward(minutes=1)
    await lifecycle.approve(claimed.id, ALICE, claimed.nonce)
    await lifecycle.claim(claimed.id, "support-bot", claimed.digest, None)
    await lifecycle.report(claimed.id, "support-bot", Status.failed, None, None)
    clock.forward(minutes=8)
    await lifecycle.edit(edited.id, ALICE, {"amount": 200, "order": "1001"}, edited.nonce)
    clock.forward(minutes=10)
    await lifecycle.reject(rejected.id, BOB, "No.", rejected.nonce)
    await lifecycle.approve(revoked.id, ALICE, revoked.nonce)
    clock.forward(minutes=5)
    await lifecycle.revoke(revoked.id, BOB, "No.", revoked.nonce)
    await lifecycle.withdraw(withdrawn.id, "support-bot", "x")
    clock.at = expired.expires_at - timedelta(seconds=1)
    new, _ = await lifecycle.submit(submission())
    clock.forward(1)
    told = await figures(ALICE)
    assert told == {
        ("refund.create", "support"): RoleStats(
            role="support",
            asked=9,
            waits=1,
            untouched=2,
            edited=1,
            rejected=1,
            revoked=1,
            expired=2,
            otherwise=1,
            median=timedelta(minutes=6),
        )
    }
    assert waits.id != new.id
    await lifecycle.sweep()
    assert await figures(ALICE) == told, "a sweep changes nothing about it"


@pytest.mark.parametrize("waits", [(5,), (5, 7), (9, 1, 4), (1, 2, 3, 1000), (3, 3, 3, 4, 4, 100, 2)])
async def test_the_median_is_exact(lifecycle, clock, figures, waits):
    made = [(await lifecycle.submit(submission()))[0] for _ in waits]
    for seconds, proposal in sorted(zip(waits, made, strict=True), key=lambda pair: pair[0]):
        clock.at = START + timedelta(seconds=seconds)
        await lifecycle.approve(proposal.id, ALICE, proposal.nonce)
    (told,) = (await figures(ALICE)).values()
    assert told.median == timedelta(seconds=statistics.median(waits))


async def test_what_nobody_was_asked_is_not_counted(lifecycle, policy, figures):
    policy.watched = 50
    await lifecycle.submit(submission(10))
    await lifecycle.submit(submission(90))
    assert await figures(ALICE) == {}


async def test_each_role_has_figures_of_its_own_and_sees_no_others(lifecycle, clock, figures):
    await lifecycle.submit(submission())
    both, _ = await lifecycle.submit(submission(2500))
    await lifecycle.approve(both.id, ALICE, both.nonce)
    counted = {
        person.user: {role: each.asked for (_, role), each in (await figures(person)).items()}
        for person in (ALICE, BOB, CAROL, STRANGER)
    }
    assert counted == {
        "U0ALICE": {"support": 2},
        "U0BOB": {"support": 2, "finance": 1},
        "U0CAROL": {"finance": 1},
        "U0STRANGER": {},
    }
    owner = make_reviewer(user="U0OWNER", roles=frozenset())
    assert {role: each.asked for (_, role), each in (await figures(owner)).items()} == {"": 2}
    for person, role in ((ALICE, "finance"), (owner, "support"), (STRANGER, "support"), (CAROL, "")):
        assert await figures(person, role=role) == {}
    assert (await figures(BOB, role="finance"))["refund.create", "finance"].asked == 1


async def test_figures_can_be_of_one_agent_and_of_the_last_days(lifecycle, clock, figures):
    await lifecycle.submit(submission())
    clock.forward(days=8)
    await lifecycle.submit(submission(agent="other-bot"))
    assert (await figures(ALICE))["refund.create", "support"].asked == 2
    assert (await figures(ALICE, agent="other-bot"))["refund.create", "support"].asked == 1
    assert (await figures(ALICE, since=clock.now() - timedelta(days=7)))["refund.create", "support"].asked == 1
    assert await figures(ALICE, agent="nobody") == {}


async def test_rushed_decisions_count_in_the_roles_they_count_for(lifecycle, store, clock, figures):
    both, _ = await lifecycle.submit(submission(2500))
    at_once = Attestation(first_seen=FirstSeen(at=clock.now(), words=900))
    await lifecycle.approve(both.id, CAROL, both.nonce, attestation=at_once)
    told = await figures(BOB)
    assert (told["refund.create", "finance"].rushed, told["refund.create", "finance"].waits) == (1, 1)
    await lifecycle.approve(both.id, ALICE, both.nonce)
    told = await figures(BOB)
    assert told["refund.create", "finance"].rushed == 1
    assert told["refund.create", "support"].rushed == 0
    owner = make_reviewer(user="U0OWNER", roles=frozenset())
    assert (await figures(owner))["refund.create", ""].rushed == 1
    assert await store.differences() == []


async def test_a_damaged_gate_takes_away_no_figures_of_others(lifecycle, tmp_path, figures):
    made = [(await lifecycle.submit(submission()))[0] for _ in range(2)]
    with by_hand(tmp_path) as connection:
        connection.execute("UPDATE proposals SET gate = 'no JSON' WHERE id = ?", (made[0].id,))
    assert (await figures(ALICE))["refund.create", "support"].asked == 1


async def test_the_median_is_about_right_where_many_took_about_as_long(lifecycle, clock, figures):
    waits = [number**2 for number in range(10, 40)]
    made = [(await lifecycle.submit(submission()))[0] for _ in waits]
    for seconds, proposal in zip(waits, made, strict=True):
        clock.at = START + timedelta(seconds=seconds)
        await lifecycle.approve(proposal.id, ALICE, proposal.nonce)
    (told,) = (await figures(ALICE)).values()
    assert told.median.total_seconds() == pytest.approx(statistics.median(waits), rel=0.25)


async def test_figures_follow_whatever_becomes_of_a_proposal(lifecycle, store, clock, policy, figures):
    policy.changes = {"undo_window": 60}
    made, _ = await lifecycle.submit(submission())
    clock.forward(1)
    approved = await lifecycle.approve(made.id, ALICE, made.nonce)
    assert (await figures(ALICE))["refund.create", "support"].untouched == 1
    await lifecycle.retract(made.id, ALICE, approved.nonce)
    assert (await figures(ALICE))["refund.create", "support"] == RoleStats(role="support", asked=1, waits=1)
    policy.version, policy.changes = "policy-2", {"roles": ("finance",), "channels": ("C0FINANCE",)}
    await lifecycle.rejudge()
    assert list(await figures(BOB)) == [("refund.create", "finance")]
    assert await store.differences() == []


@given(st.integers(0, 30_000), st.integers(0, 4000))
@settings(max_examples=examples(200), deadline=None)
def test_each_day_that_is_counted_is_in_one_row_and_years_are_few(first, count):
    last = first + count
    found = blocks(first, last)
    days = [day + n for length, start, end in found for day in range(start, end + 1, length) for n in range(length)]
    assert days == list(range(first, last + 1))
    assert all(start % length == 0 for length, start, _ in found)
    assert sum((end - start) // length + 1 for length, start, end in found) <= 2 * 7 + 2 * 7 + count // 64


async def test_figures_of_a_year_are_those_of_its_days(store, lifecycle, clock, figures):
    begun = clock.now()
    for _ in range(40):
        made, _ = await lifecycle.submit(submission())
        await lifecycle.approve(made.id, ALICE, made.nonce)
        clock.forward(days=9)
    asked = ("refund.create", "support")
    assert (await figures(ALICE, since=begun))[asked].asked == 40
    assert (await figures(ALICE, since=begun + timedelta(days=100)))[asked].asked == 28
    assert await store.differences() == []
