"""What must leave the process after what happened."""

from approvals import moves
from approvals.effects import EFFECTS, Effect, effects
from approvals.events import Reminded, Submitted
from tests.approvals.standing import ALICE, NONCE, after, pending, submission


def test_a_submission_wants_a_card_and_no_line_of_history():
    assert effects(submission()) == {Effect.card}


def test_nothing_that_happened_wants_nothing():
    assert effects([]) == frozenset()


def test_several_events_want_together_what_each_of_them_wants():
    assert effects([*submission(), *moves.approve(pending(), ALICE, NONCE, after(10))]) == {Effect.card, Effect.thread}


def test_whatever_happens_after_the_submission_shows_in_the_thread_and_if_it_changes_the_card_there_too():
    for event, wanted in EFFECTS.items():
        if event is not Submitted:
            assert set(wanted) == {Effect.thread} | ({Effect.card} if event is not Reminded else set())
