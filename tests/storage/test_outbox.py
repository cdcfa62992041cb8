"""What waits to leave: in which order, how often, and never two at once."""

from datetime import timedelta

import pytest

from approvals.effects import Effect
from approvals.proposal import Status
from approvals.services.erasures import Erasing
from tests.making import START
from tests.storage.town import ALICE, BOB, CAROL, CLAIMANT, key_of, stand, submission


@pytest.fixture
def outbox(store):
    return store.outbox


async def completed(outbox, clock, busy=()):
    """Leases and settles all that is due; gives what it was."""
    out = []
    while delivery := await outbox.lease(clock.now(), 60, busy):
        out.append(delivery)
        await outbox.complete(delivery)
    return out


async def test_a_submission_wants_one_card_a_channel_and_no_thread_line(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission(2500))
    out = await completed(outbox, clock)
    assert [(each.kind, each.subject, each.channel) for each in out] == [
        (Effect.card, made.id, "C0FINANCE"),
        (Effect.card, made.id, "C0SUPPORT"),
    ]


async def test_a_proposal_without_channels_leaves_nothing_to_deliver(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission(5))
    await lifecycle.claim(made.id, "support-bot", made.digest, CLAIMANT)
    assert await outbox.lease(clock.now(), 60) is None
    assert await outbox.next_due() is None


async def test_only_the_newest_state_of_a_card_waits(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    out = await completed(outbox, clock)
    assert [each.kind for each in out] == [Effect.card, Effect.thread]


async def test_thread_lines_that_wait_are_joined_in_order_and_told_once(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    first = (await completed(outbox, clock))[1]
    assert [line.tag for line in first.lines] == ["proposal:decided", "proposal:approved"]
    assert first.lines[0].actor.id == ALICE.user
    assert first.lines[0].actor.proof == ALICE.proof
    await lifecycle.claim(made.id, "support-bot", made.digest, CLAIMANT)
    second = (await completed(outbox, clock))[1]
    assert [line.tag for line in second.lines] == ["proposal:claimed"]


async def test_refusals_and_posts_are_no_thread_lines(lifecycle, store, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await stand(store, key_of(made.id), "1.1")
    await lifecycle.reject(made.id, ALICE, "No.", made.nonce)
    (_, thread) = await completed(outbox, clock)
    assert [line.tag for line in thread.lines] == ["proposal:decided", "proposal:rejected"]


async def test_a_channel_that_an_edit_adds_is_told_the_whole_history(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await completed(outbox, clock)
    await lifecycle.edit(made.id, ALICE, {"amount": 5000}, made.nonce)
    out = await completed(outbox, clock)
    added = next(each for each in out if each.channel == "C0FINANCE" and each.kind is Effect.thread)
    assert [line.tag for line in added.lines] == ["proposal:edited", "proposal:decided"]


async def test_one_delivery_of_a_proposal_and_channel_is_leased_at_a_time(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    card = await outbox.lease(clock.now(), 60)
    await lifecycle.approve(made.id, ALICE, made.nonce)
    assert await outbox.lease(clock.now(), 60) is None
    await outbox.complete(card)
    assert (await outbox.lease(clock.now(), 60)).kind is Effect.card
    assert await outbox.lease(clock.now(), 60) is None


async def test_a_card_waits_while_the_thread_of_its_proposal_and_channel_is_out(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await outbox.complete(await outbox.lease(clock.now(), 60))
    thread = await outbox.lease(clock.now(), 60)
    assert thread.kind is Effect.thread
    await lifecycle.revoke(made.id, ALICE, "Wait.", made.nonce)
    assert await outbox.lease(clock.now(), 60) is None
    assert await outbox.next_due() == clock.now() + timedelta(seconds=60)
    await outbox.complete(thread)
    assert (await outbox.lease(clock.now(), 60)).kind is Effect.card


@pytest.mark.parametrize("end", ["complete", "postpone", "dead_letter"])
async def test_what_was_sent_under_a_lease_that_was_given_again_is_followed_by_the_newest(
    lifecycle, outbox, clock, end
):
    made, _ = await lifecycle.submit(submission())
    late = await outbox.lease(clock.now(), 60)
    clock.forward(61)
    await completed(outbox, clock)
    ends = {
        "complete": lambda: outbox.complete(late),
        "postpone": lambda: outbox.postpone(late, clock.now(), "late", failed=True),
        "dead_letter": lambda: outbox.dead_letter(late, "late", tell="C0OPS"),
    }
    await ends[end]()
    assert [(each.kind, each.subject) for each in await completed(outbox, clock)] == [(Effect.card, made.id)]


async def test_a_line_that_was_sent_late_is_not_sent_once_more(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await outbox.complete(await outbox.lease(clock.now(), 60))
    late = await outbox.lease(clock.now(), 60)
    clock.forward(61)
    await completed(outbox, clock)
    await outbox.complete(late)
    assert await completed(outbox, clock) == []


async def test_a_card_goes_when_the_lease_of_the_thread_before_it_has_run_out(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await outbox.complete(await outbox.lease(clock.now(), 60))
    await outbox.lease(clock.now(), 60)
    await lifecycle.revoke(made.id, ALICE, "Wait.", made.nonce)
    clock.at = await outbox.next_due()
    out = await completed(outbox, clock)
    assert [each.kind for each in out] == [Effect.card, Effect.thread]
    assert [line.tag for line in out[1].lines][-1] == "proposal:revoked"
    assert await outbox.next_due() is None


async def test_a_thread_whose_lease_ran_out_is_not_due_while_the_card_is_out(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await completed(outbox, clock)
    made = await lifecycle.approve(made.id, ALICE, made.nonce)
    await outbox.complete(await outbox.lease(clock.now(), 60))
    thread = await outbox.lease(clock.now(), 60)
    assert thread.kind is Effect.thread
    await lifecycle.claim(made.id, "support-bot", made.digest, CLAIMANT)
    clock.forward(60)
    card = await outbox.lease(clock.now(), 60)
    assert card.kind is Effect.card
    assert await outbox.lease(clock.now(), 60) is None
    assert await outbox.next_due() == clock.now() + timedelta(seconds=60), "else the courier would ask again and again"


async def test_the_card_goes_before_the_thread(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await completed(outbox, clock)
    await lifecycle.approve(made.id, ALICE, made.nonce)
    card = await outbox.lease(clock.now(), 60)
    await outbox.postpone(card, clock.now() + timedelta(seconds=30), "rate limited", failed=False)
    assert await outbox.lease(clock.now(), 60) is None
    assert await outbox.next_due() == clock.now() + timedelta(seconds=30)
    clock.forward(seconds=30)
    assert [each.kind for each in await completed(outbox, clock)] == [Effect.card, Effect.thread]


async def test_what_is_wanted_while_it_is_out_stays_due_after_settling(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    card = await outbox.lease(clock.now(), 60)
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await outbox.complete(card)
    again = await outbox.lease(clock.now(), 60)
    assert again.kind is Effect.card
    assert again.version > card.version


async def test_lines_told_after_the_lease_began_wait_for_the_next(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await outbox.complete(await outbox.lease(clock.now(), 60))
    thread = await outbox.lease(clock.now(), 60)
    await lifecycle.claim(made.id, "support-bot", made.digest, CLAIMANT)
    await outbox.complete(thread)
    (_, later) = await completed(outbox, clock)
    assert [line.tag for line in later.lines] == ["proposal:claimed"]


async def test_a_lease_ends_by_itself_and_then_settles_nothing(lifecycle, outbox, clock):
    await lifecycle.submit(submission())
    lost = await outbox.lease(clock.now(), 60)
    clock.forward(seconds=59)
    assert await outbox.lease(clock.now(), 60) is None
    assert await outbox.next_due() == START + timedelta(seconds=60)
    clock.forward(seconds=1)
    again = await outbox.lease(clock.now(), 60)
    await outbox.complete(lost)
    await outbox.postpone(lost, clock.now(), "late", failed=True)
    await outbox.dead_letter(lost, "late", tell="C0OPS")
    assert await outbox.lease(clock.now(), 60) is None
    await outbox.complete(again)
    (last,) = await completed(outbox, clock)
    assert last.version > again.version
    assert await outbox.next_due() is None


async def test_cards_of_what_is_pending_come_first_and_the_soonest_deadline_before_others(lifecycle, outbox, clock):
    done, _ = await lifecycle.submit(submission())
    late, _ = await lifecycle.submit(submission(expires_in=3000))
    soon, _ = await lifecycle.submit(submission(expires_in=600))
    await lifecycle.reject(done.id, ALICE, "No.", done.nonce)
    out = await completed(outbox, clock)
    assert [each.subject for each in out] == [soon.id, late.id, done.id, done.id]


async def test_busy_channels_are_left_alone_and_do_not_wake_the_courier(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission(2500))
    assert (await outbox.lease(clock.now(), 60, {"C0FINANCE"})).channel == "C0SUPPORT"
    assert await outbox.lease(clock.now(), 60, {"C0FINANCE", "C0SUPPORT"}) is None
    assert await outbox.next_due({"C0FINANCE", "C0SUPPORT"}) is None
    assert await outbox.next_due({"C0SUPPORT"}) == made.created_at


async def test_only_failures_count_as_attempts(lifecycle, outbox, clock):
    await lifecycle.submit(submission())
    for failed, attempts in ((True, 0), (False, 1), (True, 1), (False, 2)):
        delivery = await outbox.lease(clock.now(), 60)
        assert delivery.attempts == attempts
        await outbox.postpone(delivery, clock.now(), "why", failed=failed)


async def test_a_change_does_not_jump_a_rate_limit(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await outbox.postpone(await outbox.lease(clock.now(), 60), clock.now() + timedelta(seconds=30), "429", failed=False)
    await lifecycle.approve(made.id, ALICE, made.nonce)
    assert await outbox.lease(clock.now(), 60) is None


async def test_giving_up_tells_the_operators_and_holds_back_the_thread(lifecycle, store, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    card = await outbox.lease(clock.now(), 60)
    await outbox.dead_letter(card, "channel_not_found", tell="C0OPS")
    (dead_letter,) = await store.reads.dead_letters()
    assert (dead_letter.proposal_id, dead_letter.channel, dead_letter.kind, dead_letter.why) == (
        made.id,
        "C0SUPPORT",
        Effect.card,
        "channel_not_found",
    )
    (alert,) = await completed(outbox, clock)
    assert (alert.kind, alert.channel, alert.why) == (Effect.alert, "C0OPS", "card to C0SUPPORT: channel_not_found")
    assert await outbox.next_due() is None


async def test_what_was_given_up_is_due_again_when_requeued(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await outbox.dead_letter(await outbox.lease(clock.now(), 60), "channel_not_found", tell=None)
    assert await outbox.requeue() == 1
    assert [each.subject for each in await completed(outbox, clock)] == [made.id]


async def test_what_was_given_up_in_one_channel_is_requeued_without_that_of_another(lifecycle, outbox, clock):
    await lifecycle.submit(submission(2500))
    for _ in range(2):
        await outbox.dead_letter(await outbox.lease(clock.now(), 60), "not_in_channel", tell=None)
    assert await outbox.requeue("C0NOWHERE") == 0
    assert await outbox.requeue("C0FINANCE") == 1
    assert [each.channel for each in await completed(outbox, clock)] == ["C0FINANCE"]


async def test_what_is_given_up_again_for_the_same_reason_is_told_once_and_for_another_again(lifecycle, outbox, clock):
    async def given_up(why):
        """What the operators are told of it, the cause being this one."""
        await outbox.dead_letter(await outbox.lease(clock.now(), 60), why, tell="C0OPS")
        return [each.why for each in await completed(outbox, clock)]

    await lifecycle.submit(submission())
    assert await given_up("not_in_channel") == ["card to C0SUPPORT: not_in_channel"]
    for _ in range(2):
        await outbox.requeue()
        assert await given_up("not_in_channel") == []
    await outbox.requeue()
    assert await given_up("is_archived") == ["card to C0SUPPORT: is_archived"]


async def test_what_was_tried_in_vain_for_a_reason_and_is_given_up_for_it_is_told(lifecycle, outbox, clock):
    await lifecycle.submit(submission())
    await outbox.postpone(await outbox.lease(clock.now(), 60), clock.now(), "no answer", failed=True)
    await outbox.dead_letter(await outbox.lease(clock.now(), 60), "no answer", tell="C0OPS")
    (alert,) = await completed(outbox, clock)
    assert alert.why == "card to C0SUPPORT: no answer"


async def test_what_was_given_up_is_due_again_when_it_is_wanted_again(lifecycle, store, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await outbox.dead_letter(await outbox.lease(clock.now(), 60), "channel_not_found", tell=None)
    await store.messages.enqueue(key_of(made.id))
    again = await outbox.lease(clock.now(), 60)
    assert (again.subject, again.attempts) == (made.id, 0)
    assert await store.reads.dead_letters() == []


async def test_two_troubles_of_one_proposal_are_told_in_one_alert(lifecycle, outbox, clock):
    await lifecycle.submit(submission(2500))
    for _ in range(2):
        await outbox.dead_letter(await outbox.lease(clock.now(), 60), "channel_not_found", tell="C0OPS")
    (alert,) = await completed(outbox, clock)
    assert alert.why == "card to C0FINANCE: channel_not_found; card to C0SUPPORT: channel_not_found"


async def test_a_delivery_given_up_while_it_was_wanted_again_stays_due(lifecycle, store, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    card = await outbox.lease(clock.now(), 60)
    await lifecycle.approve(made.id, BOB, made.nonce)
    await outbox.dead_letter(card, "channel_not_found", tell="C0OPS")
    assert await store.reads.dead_letters() == []
    assert (await outbox.lease(clock.now(), 60)).kind is Effect.card


async def test_nothing_is_wanted_for_a_change_that_was_refused(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await completed(outbox, clock)
    with pytest.raises(Exception, match="support"):
        await lifecycle.approve(made.id, CAROL, made.nonce)
    assert (await lifecycle.get(made.id, "support-bot")).status is Status.pending
    assert await outbox.next_due() is None


async def test_who_is_called_in_gets_a_card_in_their_channel_with_the_history_so_far(lifecycle, outbox, clock):
    made, _ = await lifecycle.submit(submission())
    await completed(outbox, clock)
    await lifecycle.hand_over(made.id, ALICE, "lead", made.nonce)
    out = {(each.kind, each.channel): each for each in await completed(outbox, clock)}
    assert set(out) == {(kind, channel) for kind in (Effect.card, Effect.thread) for channel in ("C0LEAD", "C0SUPPORT")}
    for channel in ("C0LEAD", "C0SUPPORT"):
        assert [line.tag for line in out[Effect.thread, channel].lines] == ["proposal:escalated"]


async def test_a_reminder_is_a_line_and_no_new_card(lifecycle, outbox, clock, policy):
    policy.changes = {"remind": (600,)}
    await lifecycle.submit(submission())
    await completed(outbox, clock)
    clock.forward(600)
    await lifecycle.sweep()
    (only,) = await completed(outbox, clock)
    assert (only.kind, [line.tag for line in only.lines]) == (Effect.thread, ["proposal:reminded"])


async def test_what_is_watched_gets_its_card_though_it_waits_for_nobody(lifecycle, outbox, clock, policy):
    policy.watched = 50
    await lifecycle.submit(submission(100))
    assert [(each.kind, each.channel) for each in await completed(outbox, clock)] == [
        (Effect.card, "C0SUPPORT"),
        (Effect.thread, "C0SUPPORT"),
    ]


async def test_a_card_of_what_was_erased_that_slack_does_not_take_is_counted_and_calls_nobody(
    lifecycle, store, outbox, clock
):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.reject(made.id, ALICE, "Never.", made.nonce)
    await completed(outbox, clock)
    await Erasing(store, clock).erase(made.id, "alex", "asked for")
    while (found := await outbox.lease(clock.now(), 60)) is not None:
        assert found.kind is not Effect.alert, "the operators are called for each of thousands"
        await outbox.dead_letter(found, "is_archived", tell="C0OPS")
    assert {each.proposal_id for each in await store.reads.dead_letters()} == {made.id}
