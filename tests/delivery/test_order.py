"""In which order things leave, and how many at once."""

from approvals.effects import Effect
from delivery.courier import CONCURRENCY
from tests.storage.town import ALICE, BOB, CAROL, CLAIMANT, submission


async def test_the_card_of_a_proposal_leaves_before_its_thread(lifecycle, courier, receiver):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await courier.drain()
    assert receiver.seen() == [("card", "C0SUPPORT"), ("thread", "C0SUPPORT")]


async def test_only_the_newest_state_leaves_and_the_waiting_lines_leave_joined(lifecycle, courier, receiver):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await lifecycle.claim(made.id, "support-bot", made.digest, CLAIMANT)
    await courier.drain()
    assert receiver.seen() == [("card", "C0SUPPORT"), ("thread", "C0SUPPORT")]
    assert [line.tag for line in receiver.taken[1].lines] == [
        "proposal:decided",
        "proposal:approved",
        "proposal:claimed",
    ]


async def test_what_changes_while_its_card_is_under_way_is_sent_once_more_and_never_side_by_side(
    lifecycle, courier, receiver, running
):
    gate = receiver.hold("C0SUPPORT")
    made, _ = await lifecycle.submit(submission())
    await receiver.until(lambda: receiver.under_way)
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await lifecycle.claim(made.id, "support-bot", made.digest, CLAIMANT)
    assert [each.kind for each in receiver.under_way] == [Effect.card]
    gate.set()
    await receiver.until(lambda: len(receiver.taken) == 3)
    assert [each.kind for each in receiver.taken] == [Effect.card, Effect.card, Effect.thread]
    assert receiver.taken[1].version > receiver.taken[0].version


async def test_cards_of_what_is_pending_go_before_news_of_what_is_decided(lifecycle, courier, receiver, clock):
    decided, _ = await lifecycle.submit(submission())
    await lifecycle.approve(decided.id, ALICE, decided.nonce)
    clock.forward(seconds=1)
    late, _ = await lifecycle.submit(submission())
    soon, _ = await lifecycle.submit(submission(expires_in=60))
    await courier.drain()
    assert [(each.subject, str(each.kind)) for each in receiver.taken] == [
        (soon.id, "card"),
        (late.id, "card"),
        (decided.id, "card"),
        (decided.id, "thread"),
    ]


async def test_a_channel_gets_one_delivery_at_a_time_whatever_the_proposal(lifecycle, courier, receiver, running):
    gate = receiver.hold("C0SUPPORT")
    await lifecycle.submit(submission())
    await receiver.until(lambda: receiver.under_way)
    await lifecycle.submit(submission())
    second, _ = await lifecycle.submit(submission(2500))
    await receiver.until(lambda: receiver.seen() == [("card", "C0FINANCE")])
    assert [each.channel for each in receiver.under_way] == ["C0SUPPORT"]
    gate.set()
    await receiver.until(lambda: len(receiver.taken) == 4)
    assert second.id in {each.subject for each in receiver.taken}


async def test_a_channel_that_hangs_holds_up_no_other(lifecycle, courier, receiver, running):
    gate = receiver.hold("C0SUPPORT")
    made, _ = await lifecycle.submit(submission(2500))
    await receiver.until(lambda: receiver.seen() == [("card", "C0FINANCE")])
    await lifecycle.approve(made.id, CAROL, made.nonce)
    await receiver.until(lambda: len(receiver.taken) == 3)
    assert receiver.seen() == [("card", "C0FINANCE"), ("card", "C0FINANCE"), ("thread", "C0FINANCE")]
    gate.set()


async def test_no_more_channels_are_served_at_once_than_there_are_lanes(lifecycle, policy, courier, receiver, running):
    channels = tuple(f"C0ROOM{number:02d}" for number in range(CONCURRENCY + 3))
    policy.changes = {"channels": channels}
    gates = [receiver.hold(channel) for channel in channels]
    await lifecycle.submit(submission())
    await receiver.until(lambda: len(receiver.under_way) == CONCURRENCY)
    for gate in gates:
        gate.set()
    await receiver.until(lambda: len(receiver.taken) == len(channels))
    assert receiver.most_at_once == CONCURRENCY


async def test_both_deciders_of_a_gate_of_two_are_told_of_in_one_line_each(lifecycle, courier, receiver):
    made, _ = await lifecycle.submit(submission(2500))
    await lifecycle.approve(made.id, CAROL, made.nonce)
    await lifecycle.approve(made.id, BOB, made.nonce)
    await courier.drain()
    threads = [each for each in receiver.taken if each.kind is Effect.thread]
    assert sorted(each.channel for each in threads) == ["C0FINANCE", "C0SUPPORT"]
    assert all([line.actor.id for line in each.lines] == [CAROL.user, BOB.user, BOB.user] for each in threads)
