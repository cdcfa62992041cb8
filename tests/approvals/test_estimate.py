"""Wilson's interval against figures that are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.lists.stats import interval

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
