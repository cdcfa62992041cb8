"""Wilson's interval against figures that are known, and against chance."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.estimate import Share, interval, more_to_show

KNOWN = [
    (0, 10, 0.0, 0.2775),
    (1, 10, 0.0179, 0.4042),
    (5, 10, 0.2366, 0.7634),
    (10, 10, 0.7225, 1.0),
    (15, 148, 0.0624, 0.1605),
    (0, 1, 0.0, 0.7935),
]
"""Hits, cases, and the ends of the interval as tables of it have them (the one of 148 is Newcombe's, 1998)."""


@pytest.mark.parametrize(("hits", "cases", "low", "high"), KNOWN)
def test_the_interval_is_the_one_in_the_tables(hits, cases, low, high):
    assert interval(hits, cases) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10**6), st.data())
def test_the_interval_holds_the_share_that_was_found_and_lies_within_0_and_1(cases, data):
    hits = data.draw(st.integers(0, cases))
    low, high = interval(hits, cases)
    assert 0 <= low <= hits / cases <= high <= 1


@given(st.integers(0, 50), st.integers(1, 50))
def test_more_cases_of_the_same_share_make_it_narrower(hits, more):
    few, many = interval(hits, 50), interval(hits * (more + 1), 50 * (more + 1))
    assert many[1] - many[0] < few[1] - few[0]


@pytest.mark.parametrize(("hits", "cases"), [(0, 0), (3, 2), (-1, 5)])
def test_what_is_no_share_has_no_interval(hits, cases):
    with pytest.raises(ValueError, match=f"{hits} of {cases} is no share"):
        interval(hits, cases)


def drawn(seed, least, most):
    """A true share, and how often it was found in how many cases that were drawn by chance."""
    chance = random.Random(seed)
    true = least * (most / least) ** chance.random()
    cases = chance.randint(20, 400)
    return true, sum(chance.random() < true for _ in range(cases)), cases


@pytest.mark.parametrize(("least", "most"), [(0.01, 0.99), (0.005, 0.05), (0.05, 0.5), (0.9, 0.999)])
def test_of_a_thousand_draws_94_in_100_have_the_true_share_in_their_interval(least, most):
    held = 0
    for seed in range(1000):
        true, hits, cases = drawn(seed, least, most)
        low, high = interval(hits, cases)
        held += low <= true <= high
    assert held >= 940


def test_what_is_said_to_be_less_than_a_bound_is_so_in_94_of_a_hundred_draws():
    less = 0
    for seed in range(1000):
        true, hits, cases = drawn(seed, 0.005, 0.2)
        less += true <= interval(hits, cases)[1]
    assert less >= 940


@given(st.integers(0, 300), st.integers(0, 20), st.floats(0.001, 0.9))
def test_so_many_more_show_it_and_one_fewer_does_not(fine, hits, below):
    more = more_to_show(hits, hits + fine, below)
    assert more is not None
    if more:
        assert interval(hits, hits + fine + more)[1] < below
    before = hits + fine + more - 1
    assert before < max(hits, 1) or (more == 0) or interval(hits, before)[1] >= below


@pytest.mark.parametrize(
    ("hits", "cases", "below", "more"), [(0, 0, 0.05, 73), (0, 73, 0.05, 0), (0, 72, 0.05, 1), (0, 0, 0.01, 381)]
)
def test_with_none_found_it_takes_as_many_as_the_formula_says(hits, cases, below, more):
    assert more_to_show(hits, cases, below) == more


def test_no_number_shows_what_is_too_little():
    assert more_to_show(10**6, 10**6, 1e-9) is None


@pytest.mark.parametrize("below", [0, 1, -0.1, 1.1])
def test_what_is_no_bound_is_refused(below):
    with pytest.raises(ValueError, match="no bound of a share"):
        more_to_show(0, 0, below)


def test_a_share_of_nothing_may_be_anything_and_is_surely_above_nothing():
    nothing = Share(0, 0)
    assert (nothing.value, nothing.bounds) == (None, (0.0, 1.0))
    assert not nothing.surely_above(Share(0, 100))
    assert Share(50, 100).surely_above(Share(10, 100))
    assert not Share(50, 100).surely_above(Share(45, 100))
    assert Share(1, 2).value == 0.5
