"""What must leave the process after what happened."""

from approvals import moves
from approvals.effects import FOLLOWS, Effect, effects
from approvals.events import Erased, Lapsed, Planted, Rejected, Reminded, Submitted
from approvals.proposal import Status
from approvals.states import TRANSITIONS
from tests.approvals.situations import ALICE, NONCE, after, pending, submission


def test_a_submission_wants_a_card_and_no_line_of_history():
    assert effects(submission()) == {Effect.card}


def test_nothing_that_happened_wants_nothing():
    assert effects([]) == frozenset()


def test_several_events_want_together_what_each_of_them_wants():
    assert effects([*submission(), *moves.approve(pending(), ALICE, NONCE, after(10))]) == {Effect.card, Effect.thread}


def test_whatever_happens_after_the_submission_shows_in_the_thread_and_if_it_changes_the_card_there_too():
    for event, follows in FOLLOWS.items():
        if event not in (Submitted, Planted):
            # That something was erased stands on the card: a line would call people to what is not there any more.
            assert (follows.thread, follows.card) == (event is not Erased, event is not Reminded)


def test_a_deadline_shuts_out_whatever_is_done_to_what_waits_for_people_or_its_claim_but_not_what_time_does():
    waiting = {event for status in (Status.pending, Status.approved) for event in TRANSITIONS[status]}
    assert {event for event, follows in FOLLOWS.items() if follows.punctual} == waiting - {Rejected, Lapsed}


def test_what_may_have_somebody_called_is_never_left_to_a_list_and_all_that_is_has_a_line():
    assert not [event for event, follows in FOLLOWS.items() if follows.quiet and follows.calls]
    assert all(follows.thread for follows in FOLLOWS.values() if follows.quiet or follows.calls)
