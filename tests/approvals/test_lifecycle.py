"""The verbs over the real store: what is loaded, decided and recorded is one thing, or nothing is."""

import asyncio
from dataclasses import replace

import pytest

from approvals.gate import Tier
from approvals.proposal import Cause, Status
from approvals.refusals import (
    ActionNotAllowed,
    CallbackRefused,
    KeyReused,
    PendingLimit,
    SchemaFailed,
)
from tests.approvals.rules import Rules
from tests.approvals.situations import CLAIMANT
from tests.approvals.verbs import ask_for, tags
from tests.making import make_ask


async def test_a_submission_is_kept_as_it_was_given_back(lifecycle, store):
    proposal, new = await lifecycle.submit(ask_for(amount=250.0, note="ü"))
    assert new
    assert await store.find(proposal.id) == proposal
    assert repr(proposal.action.payload["amount"]) == "250.0"
    assert await tags(store) == ["proposal:submitted"]


async def test_what_the_policy_lets_run_is_approved_at_once(submit):
    proposal = await submit("search.orders")
    assert (proposal.status, proposal.cause, proposal.gate.tier) == (Status.approved, Cause.auto, Tier.auto)


async def test_what_the_policy_blocks_is_answered_and_kept(submit, store):
    proposal = await submit("db.drop")
    assert (proposal.status, proposal.cause) == (Status.rejected, Cause.blocked)
    assert await tags(store) == ["proposal:submitted", "proposal:rejected"]


async def test_what_is_approved_at_once_can_be_claimed_in_the_same_call(submit):
    proposal = await submit("search.orders", claim=True, claimant=CLAIMANT)
    assert (proposal.status, proposal.claimant) == (Status.claimed, CLAIMANT)


async def test_what_waits_is_not_claimed_by_asking_for_it_in_advance(submit):
    assert (await submit(claim=True, claimant=CLAIMANT)).status is Status.pending


async def test_a_retry_gets_the_stored_proposal_and_makes_none(lifecycle, submit, store):
    first = await submit(key="k")
    assert await lifecycle.submit(ask_for(key="k")) == (first, False)
    assert await tags(store) == ["proposal:submitted"]


async def test_a_retry_hears_where_the_proposal_stands_now(lifecycle, submit, clock):
    first = await submit(key="k")
    clock.forward(hours=1)
    again, new = await lifecycle.submit(ask_for(key="k"))
    assert (again.id, again.status, again.cause, new) == (first.id, Status.rejected, Cause.expired, False)


@pytest.mark.parametrize(
    "change", [{"actions": set()}, {"highest": 1}, {"limit": 0}], ids=lambda change: next(iter(change))
)
async def test_a_retry_is_answered_though_the_policy_would_no_longer_take_it(lifecycle, submit, change):
    first = await submit(key="k")
    lifecycle.policy = Rules(**change)
    assert (await lifecycle.submit(ask_for(key="k")))[0].id == first.id


async def test_the_same_key_with_another_body_is_refused(lifecycle, submit):
    await submit(key="k", fingerprint="one")
    with pytest.raises(KeyReused):
        await lifecycle.submit(ask_for(key="k", fingerprint="other"))


async def test_a_key_belongs_to_its_agent(lifecycle, submit):
    first = await submit(key="k")
    other, new = await lifecycle.submit(ask_for(key="k", agent="other-bot"))
    assert new
    assert other.id != first.id


async def test_without_a_key_two_equal_proposals_are_two(submit):
    one, two = await submit(), await submit()
    assert one.id != two.id
    assert one.digest == two.digest


async def test_retries_at_once_make_one_proposal(lifecycle, store):
    made = await asyncio.gather(*(lifecycle.submit(ask_for(key="k")) for _ in range(5)))
    assert len({proposal.id for proposal, _ in made}) == 1
    assert sorted(new for _, new in made) == [False, False, False, False, True]
    assert await tags(store) == ["proposal:submitted"]


async def test_an_action_outside_the_agents_entry_is_refused_and_leaves_nothing(submit, store):
    with pytest.raises(ActionNotAllowed) as refused:
        await submit("mail.send", to="a@example.com")
    assert refused.value.action == "mail.send"
    assert await tags(store) == []


@pytest.mark.parametrize(
    ("url", "named"), [("https://agents.example.com/hooks/1", True), ("https://evil.example/hooks/1", False)]
)
async def test_an_address_that_the_policy_does_not_name_is_refused_and_leaves_nothing(lifecycle, store, url, named):
    asked = replace(ask_for(), ask=make_ask(callback_url=url))
    if named:
        await lifecycle.submit(asked)
    else:
        with pytest.raises(CallbackRefused):
            await lifecycle.submit(asked)
    assert await tags(store) == (["proposal:submitted"] if named else [])


async def test_a_payload_that_fails_its_schema_is_refused_with_its_faults(submit, store):
    with pytest.raises(SchemaFailed) as refused:
        await submit(amount=9999)
    assert [fault.pointer for fault in refused.value.faults] == ["/amount"]
    assert await tags(store) == []


async def test_as_many_may_wait_as_the_policy_says(submit):
    for _ in range(3):
        await submit()
    with pytest.raises(PendingLimit) as refused:
        await submit()
    assert refused.value.limit == 3


async def test_what_does_not_wait_is_not_limited_by_what_does(submit):
    for _ in range(3):
        await submit()
    assert (await submit("search.orders")).status is Status.approved
    assert (await submit("db.drop")).status is Status.rejected


async def test_what_expired_no_longer_waits_though_no_sweep_has_run(submit, clock):
    for _ in range(3):
        await submit()
    clock.forward(hours=1)
    assert (await submit()).status is Status.pending


async def test_the_limit_is_each_agents_own(submit):
    for _ in range(3):
        await submit()
    assert (await submit(agent="other-bot")).status is Status.pending
