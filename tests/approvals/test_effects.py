"""What must leave the process after what happened."""

from approvals import moves
from approvals.effects import EFFECTS, Effect, effects
from approvals.events import Submitted
from tests.approvals.standing import ALICE, NONCE, after, pending, submission


def test_a_submission_wants_a_card_and_no_line_of_history():
    assert effects(submission()) == {Effect.card}


def test_nothing_that_happened_wants_nothing():
    assert effects([]) == frozenset()


def test_several_events_want_together_what_each_of_them_wants():
    assert effects([*submission(), *moves.approve(pending(), ALICE, NONCE, after(10))]) == {Effect.card, Effect.thread}


def test_whatever_happens_after_the_submission_shows_on_the_card_and_in_its_thread():
    assert {frozenset(wanted) for event, wanted in EFFECTS.items() if event is not Submitted} == {
        frozenset({Effect.card, Effect.thread})
    }
