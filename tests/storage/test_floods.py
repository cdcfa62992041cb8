"""Who is on a summary: beyond ten cards that wait to be posted, and nobody else's card waits behind a flood."""

import asyncio
from datetime import timedelta

import pytest

from approvals.card_sharing import FLOOD, LULL
from approvals.effects import Effect
from approvals.gate import Batch
from approvals.lifecycle import Lifecycle
from storage import MessageKind, open_store
from storage.messages.floods import GROWN, LONG
from tests.databases import KEY
from tests.making import Ids, Lots
from tests.storage.town import ALICE, key_of, stand, submission

HERE, THERE = "C0SUPPORT", "C0FINANCE"


async def made(lifecycle, count=1, amount=250, **fields):
    return [(await lifecycle.submit(submission(amount, **fields)))[0].id for _ in range(count)]


async def leads(store, clock, ids, channel=HERE):
    found = [await store.floods.of(each, channel, clock.now()) for each in ids]
    return [None if each is None else each.lead for each in found]


async def posted(store, clock, proposal_id, channel=HERE):
    """As the sender does it: the card stands."""
    on = await store.floods.of(proposal_id, channel, clock.now())
    kind = MessageKind.card if on is None else MessageKind.flood
    await stand(store, key_of(proposal_id, channel, kind), f"1.{proposal_id}")


async def sent(store, clock, most=1000):
    """What goes out, in its order, as cards that stand."""
    found = []
    while len(found) < most and (delivery := await store.outbox.lease(clock.now(), 60)) is not None:
        found.append((delivery.kind, delivery.subject))
        if delivery.kind is Effect.card:
            await posted(store, clock, delivery.subject, delivery.channel)
        await store.outbox.complete(delivery)
    return found


async def decided(store, lifecycle, proposal_id, who=ALICE):
    found = await store.find(proposal_id)
    await lifecycle.approve(found.id, who, found.nonce)


async def test_the_tenth_has_a_card_of_its_own_and_the_eleventh_begins_the_summary(store, lifecycle, clock):
    own, more = await made(lifecycle, FLOOD), await made(lifecycle, 3)
    assert await leads(store, clock, own) == [None] * FLOOD
    assert await leads(store, clock, more) == [more[0]] * 3
    flood = await store.floods.of(more[2], HERE, clock.now())
    assert (flood.kinds, flood.count, flood.agent) == ((("refund.create", 3),), 3, "support-bot")


async def test_while_a_flood_goes_on_nobody_counts_the_cards_before_it(store, lifecycle, clock):
    await made(lifecycle, FLOOD + 1)

    async def backlog(after):
        now = clock.now() + after
        return (await store.transact(lambda tx: tx.traffic("support-bot", HERE, now))).backlog

    assert [await backlog(after) for after in (timedelta(0), LULL, LULL + timedelta(seconds=1))] == [0, 0, FLOOD]


async def test_another_agent_and_another_channel_are_not_concerned(store, lifecycle, clock):
    await made(lifecycle, FLOOD)
    (other,) = await made(lifecycle, agent="other-bot")
    (both,) = await made(lifecycle, amount=2500)
    assert await leads(store, clock, [other]) == [None]
    assert await leads(store, clock, [both]) == [both]
    assert await leads(store, clock, [both], THERE) == [None]


async def test_cards_that_are_out_and_proposals_that_are_over_do_not_count(store, lifecycle, clock):
    own = await made(lifecycle, FLOOD)
    assert len(await sent(store, clock, 1)) == 1
    (after_one,) = await made(lifecycle)
    assert await leads(store, clock, [after_one]) == [None]
    await decided(store, lifecycle, own[-1])
    (after_two,) = await made(lifecycle)
    assert await leads(store, clock, [after_two]) == [None]
    (full,) = await made(lifecycle)
    assert await leads(store, clock, [full]) == [full]


async def test_what_runs_without_waiting_does_not_join(store, lifecycle, policy, clock):
    await made(lifecycle, FLOOD)
    policy.watched = 50
    (watched,) = await made(lifecycle, amount=60)
    assert await leads(store, clock, [watched]) == [None]


async def test_those_who_share_a_card_count_as_the_one_card_that_they_are(store, lifecycle, policy, clock):
    policy.changes = {"batch": Batch(window=300, most=40)}
    await made(lifecycle, FLOOD + 5)
    policy.changes = {}
    (alone,) = await made(lifecycle)
    assert await leads(store, clock, [alone]) == [None]


async def test_of_all_on_a_flood_one_delivery_waits_and_no_thread_line(store, lifecycle, clock):
    own, more = await made(lifecycle, FLOOD), await made(lifecycle, 5)
    assert await sent(store, clock) == [(Effect.card, each) for each in (more[0], *own)], "it shows the most"
    await decided(store, lifecycle, more[3])
    await decided(store, lifecycle, more[4])
    assert await sent(store, clock) == [(Effect.card, more[0])], "wanted twice, brought up to date once"
    assert (await store.floods.of(more[3], HERE, clock.now())).count == 3


async def test_bringing_it_up_to_date_waits_behind_cards_that_nobody_has_seen(store, lifecycle, clock):
    await made(lifecycle, FLOOD)
    more = await made(lifecycle, 2, expires_in=30)
    await sent(store, clock)
    await decided(store, lifecycle, more[1])
    (other,) = await made(lifecycle, agent="other-bot")
    assert await sent(store, clock) == [(Effect.card, other), (Effect.card, more[0])]


async def test_a_summary_that_nobody_has_seen_goes_before_every_card_also_before_those_of_others(
    store, lifecycle, clock
):
    (other,) = await made(lifecycle, agent="other-bot", expires_in=30)
    own, more = await made(lifecycle, FLOOD, expires_in=60), await made(lifecycle, 3, expires_in=3000)
    assert await sent(store, clock) == [(Effect.card, each) for each in (more[0], other, *own)]


async def test_what_joins_a_summary_that_stands_is_shown_at_most_every_five_seconds_but_before_cards(
    store, lifecycle, clock
):
    await made(lifecycle, FLOOD)
    (first,) = await made(lifecycle)
    await sent(store, clock, 1)
    await made(lifecycle, 2)
    assert len(await sent(store, clock, 1)) == 1
    assert await store.outbox.next_due() == clock.now(), "cards go on"
    clock.forward(GROWN / 1000)
    assert await sent(store, clock, 1) == [(Effect.card, first)]
    await made(lifecycle)
    assert (Effect.card, first) not in await sent(store, clock)
    assert await store.outbox.next_due() == clock.now() + timedelta(milliseconds=GROWN)


async def test_a_decision_does_not_put_off_what_joined(store, lifecycle, clock):
    await made(lifecycle, FLOOD)
    (first,) = await made(lifecycle)
    await sent(store, clock, 1)
    (joins,) = await made(lifecycle)
    await decided(store, lifecycle, first)
    clock.forward(GROWN / 1000)
    assert await sent(store, clock, 1) == [(Effect.card, first)]
    await decided(store, lifecycle, joins)
    assert (await sent(store, clock))[-1] == (Effect.card, first), (
        "of what is decided alone people hear after the cards"
    )


async def test_what_joins_waits_behind_a_card_that_has_waited_long(store, lifecycle, clock):
    (other,), own = await made(lifecycle, agent="other-bot", expires_in=3000), await made(lifecycle, FLOOD)
    (first,) = await made(lifecycle)
    await sent(store, clock, 1)
    clock.forward(LONG / 1000)
    await made(lifecycle)
    *cards, last = [each for _, each in await sent(store, clock)]
    assert (set(cards), last) == ({other, *own}, first)


async def test_an_approval_that_is_taken_back_waits_on_its_summary_again(store, lifecycle, policy, clock):
    policy.changes = {"undo_window": 60}
    await made(lifecycle, FLOOD)
    (on,) = await made(lifecycle)
    await decided(store, lifecycle, on)
    clock.forward(1)
    await lifecycle.retract(on, ALICE, (await store.find(on)).nonce)
    (joins,) = await made(lifecycle)
    assert await leads(store, clock, [joins]) == [on]


async def test_a_flood_on_which_all_is_decided_or_over_takes_nobody_and_the_next_is_begun(store, lifecycle, clock):
    await made(lifecycle, FLOOD, expires_in=3000)
    (decided_one,) = await made(lifecycle)
    await decided(store, lifecycle, decided_one)
    (late,) = await made(lifecycle, expires_in=30)
    clock.forward(seconds=30)
    await lifecycle.sweep()
    (last,) = await made(lifecycle)
    assert await leads(store, clock, [decided_one, late, last]) == [decided_one, late, last]
    assert (await store.floods.of(late, HERE, clock.now())).soonest is None


async def test_after_a_restart_the_next_joins_the_same_summary(url, clock, policy):
    ids = Ids()

    def served(store):
        return Lifecycle(store=store, policy=policy, clock=clock, ids=ids, randomness=Lots())

    async with open_store(url, KEY, clock) as store:
        await made(served(store), FLOOD)
        (first,) = await made(served(store))
    async with open_store(url, KEY, clock) as store:
        (second,) = await made(served(store))
        assert await leads(store, clock, [second]) == [first]


async def test_of_thirty_at_the_same_time_twenty_are_on_one_summary(store, lifecycle, clock):
    together = await asyncio.gather(*(lifecycle.submit(submission()) for _ in range(30)))
    found = await leads(store, clock, [proposal.id for proposal, _ in together])
    assert found.count(None) == FLOOD
    assert len(set(found) - {None}) == 1


async def test_a_channel_that_an_edit_adds_while_too_many_wait_there_has_it_on_its_summary(store, lifecycle, clock):
    (edited,) = await made(lifecycle)
    await made(lifecycle, FLOOD, amount=2500)
    found = await store.find(edited)
    await lifecycle.edit(edited, ALICE, {"amount": 5000}, found.nonce)
    assert await leads(store, clock, [edited]) == [None]
    assert await leads(store, clock, [edited], THERE) == [edited]


@pytest.mark.parametrize(("who", "roles", "sees"), [("U0ALICE", ["support"], 3), ("U0X", ["finance"], 0)])
async def test_only_who_may_decide_or_owns_finds_what_waits(store, lifecycle, clock, who, roles, sees):
    await made(lifecycle, FLOOD)
    more = await made(lifecycle, 3)
    flood = await store.floods.of(more[0], HERE, clock.now())
    found = await store.floods.waiting(flood, who, roles, now=clock.now(), offset=0, limit=2)
    assert (len(found.proposals), found.total) == (min(sees, 2), sees)


async def test_of_what_comes_later_and_is_more_urgent_one_passes_the_card_of_another_agent(store, lifecycle, clock):
    (patient,) = await made(lifecycle, agent="other-bot", expires_in=3000)
    went = []
    for _ in range(3):
        await made(lifecycle, expires_in=60)  # each more urgent than the one that waits
        went += [proposal_id for _, proposal_id in await sent(store, clock, 1)]
    assert went.index(patient) == 1


async def test_of_several_that_wait_whoever_has_waited_longest_has_every_second_turn(store, lifecycle, policy, clock):
    policy.known |= {"third-bot"}
    await made(lifecycle, 4, expires_in=60)
    patient = [(await made(lifecycle, agent=agent, expires_in=3000))[0] for agent in ("third-bot", "other-bot")]
    await made(lifecycle, 3, agent="other-bot", expires_in=600)
    went = [proposal_id for _, proposal_id in await sent(store, clock)]
    assert [went.index(each) for each in patient] == [1, 3]


async def test_agents_take_turns_so_that_ones_card_does_not_wait_behind_all_that_another_has(store, lifecycle, clock):
    own = await made(lifecycle, FLOOD, expires_in=60)
    (other,) = await made(lifecycle, agent="other-bot", expires_in=3000)
    went = [proposal_id for _, proposal_id in await sent(store, clock)]
    assert went == [own[0], other, *own[1:]]


async def test_where_two_have_many_their_cards_alternate_and_each_keeps_its_own_order(store, lifecycle, clock):
    one = await made(lifecycle, 3, expires_in=60)
    other = await made(lifecycle, 3, agent="other-bot", expires_in=3000)
    went = [proposal_id for _, proposal_id in await sent(store, clock)]
    assert went == [each for pair in zip(one, other, strict=True) for each in pair]


async def test_what_cannot_go_yet_keeps_nobody_waiting(store, lifecycle, clock):
    own = await made(lifecycle, 3, expires_in=60)
    await sent(store, clock, 1)
    (other,) = await made(lifecycle, agent="other-bot", expires_in=3000)
    held = await store.outbox.lease(clock.now(), 60)
    assert held.subject == other
    await store.outbox.postpone(held, clock.now() + timedelta(seconds=30), "Slack says so", failed=False)
    assert [proposal_id for _, proposal_id in await sent(store, clock)] == own[1:]
    clock.forward(seconds=30)
    assert [proposal_id for _, proposal_id in await sent(store, clock)] == [other]


async def test_as_long_as_they_keep_coming_the_next_joins_though_the_cards_are_out(store, lifecycle, clock):
    await made(lifecycle, FLOOD)
    (first,) = await made(lifecycle)
    await sent(store, clock)
    for _ in range(3):
        clock.forward(seconds=10)
        (steady,) = await made(lifecycle)
        assert await leads(store, clock, [steady]) == [first]
    clock.forward(seconds=10, milliseconds=1)
    (after,) = await made(lifecycle)
    assert await leads(store, clock, [after]) == [None]


async def test_what_would_open_a_card_to_share_joins_and_what_follows_on_an_open_one_does_not(
    store, lifecycle, policy, clock
):
    batch = {"batch": Batch(window=300, most=3)}
    policy.changes = batch
    (opens,) = await made(lifecycle)
    policy.changes = {}
    await made(lifecycle, FLOOD - 1)
    policy.changes = batch
    shares = await made(lifecycle, 2)
    joins = await made(lifecycle, 2)
    assert await leads(store, clock, [opens, *shares]) == [None] * 3
    assert await leads(store, clock, joins) == [joins[0]] * 2
    assert (await store.batches.of(opens, HERE)).proposals[0].id == opens
    assert [await store.batches.of(each, HERE) for each in joins] == [None, None]


async def test_a_reminder_of_one_on_a_flood_falls_due_there(store, lifecycle, policy, clock):
    policy.changes = {"remind": (60,)}
    own, (on,) = await made(lifecycle, FLOOD), await made(lifecycle)
    await sent(store, clock)
    clock.forward(seconds=60)
    await lifecycle.sweep()
    flood = await store.floods.of(on, HERE, clock.now())
    assert flood.reminder_at == clock.now()
    assert flood.reminded_at is None
    assert await store.floods.of(own[0], HERE, clock.now()) is None
    assert (Effect.card, on) in await sent(store, clock), "whoever brings it up to date reminds"
    await store.floods.reminded(flood, clock.now())
    assert (await store.floods.of(on, HERE, clock.now())).reminded_at == clock.now()


async def test_the_lead_of_a_batch_that_joins_a_flood_elsewhere_leaves_each_other_one_a_card_of_its_own(
    store, lifecycle, policy, clock
):
    policy.changes = {"batch": Batch(window=300, most=3)}
    lead, other = await made(lifecycle, 2)
    await sent(store, clock)
    policy.changes = {"roles": ("finance",), "channels": (THERE,)}
    await made(lifecycle, FLOOD)
    found = await store.find(lead)
    await lifecycle.hand_over(lead, ALICE, "finance", found.nonce)
    assert await leads(store, clock, [lead], THERE) == [lead]
    assert await store.batches.of(other, HERE) is None
    assert (Effect.card, other) in await sent(store, clock)
