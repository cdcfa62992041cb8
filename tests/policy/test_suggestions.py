"""The law of suggestions: nothing loosens with few decisions, or where the error is not shown to be small."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.estimate import Share, interval
from policy.checks.suggestion import Bounds, Opinions, against_blocking, against_loosening, percent, share_text
from tests.laws import examples

COUNTS = st.integers(0, 2000)


@st.composite
def opinions(draw):
    """Whatever people may have said of some proposals."""
    made = Opinions(
        untouched=draw(COUNTS),
        rushed=draw(COUNTS),
        changed=draw(st.integers(0, 60)),
        rejected=draw(st.integers(0, 60)),
        expired=draw(st.integers(0, 60)),
    )
    made.asked = made.approved + made.rejected + made.expired
    made.wrong = draw(st.integers(0, min(made.approved, 40)))
    made.judged = draw(COUNTS)
    made.not_fine = draw(st.integers(0, min(made.judged, 40)))
    return made


@settings(max_examples=examples(2000))
@given(opinions(), st.integers(50, 500), st.sampled_from([0.005, 0.02, 0.1]))
def test_nothing_loosens_with_few_decisions_or_with_an_error_above_the_bound(opinions, decisions, error):
    bounds = Bounds(decisions=decisions, error=error)
    if against_loosening(opinions, bounds) is not None:
        return
    assert opinions.untouched >= decisions
    assert opinions.untouched >= 0.98 * (opinions.untouched + opinions.changed + opinions.rejected + opinions.expired)
    assert interval(opinions.wrong, opinions.approved)[1] <= error
    assert opinions.judged == 0 or interval(opinions.not_fine, opinions.judged)[1] <= error


@settings(max_examples=examples(500))
@given(opinions())
def test_one_more_that_went_wrong_never_loosens(opinions):
    if against_loosening(opinions, Bounds()) is None:
        return
    opinions.wrong = min(opinions.wrong + 1, opinions.approved)
    assert against_loosening(opinions, Bounds()) is not None


@settings(max_examples=examples(500))
@given(opinions())
def test_nothing_is_blocked_that_anybody_approved(opinions):
    if against_blocking(opinions, Bounds()) is None:
        assert opinions.approved == 0
        assert opinions.rejected >= 20


def test_the_law_would_be_seen_to_break():
    """Both ends of the rule are reached, so that the law says something."""
    enough = Opinions(asked=400, untouched=400)
    assert against_loosening(enough, Bounds()) is None
    assert against_loosening(Opinions(asked=199, untouched=199), Bounds()) == (
        "1 more approvals that were read are needed before anything loosens"
    )
    assert "of its approvals" in against_loosening(Opinions(asked=400, untouched=400, wrong=9), Bounds())
    assert "more without one" not in against_loosening(
        Opinions(asked=9**7, untouched=9**7, wrong=9**7), Bounds(error=0.0001)
    )
    assert against_blocking(Opinions(asked=20, rejected=20), Bounds()) is None
    assert against_blocking(Opinions(asked=21, rejected=20, untouched=1), Bounds()) == "people approved 1 of it"
    assert "1 more rejections" in against_blocking(Opinions(asked=19, rejected=19), Bounds())


@pytest.mark.parametrize(("share", "said"), [(0.98, "98 %"), (1.0, "100 %"), (0.0123, "1.2 %"), (0.0, "0 %")])
def test_a_share_is_told_as_people_read_it(share, said):
    assert percent(share) == said


def test_of_nothing_anything_may_be():
    assert share_text(Share(0, 0)) == "0 of 0 (0 % to 100 %)"
    assert Opinions().share_rejected == Share(0, 0)
