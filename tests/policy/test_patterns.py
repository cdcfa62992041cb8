import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.patterns import is_wider, matches, overlap

PATTERNS = st.text("ab.*", max_size=6)
NAMES = st.text("ab.", max_size=6)


def expected(pattern, name):
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) is not None


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("refund.create", "refund.create"),
        ("search.*", "search.web.images"),
        ("db.drop*", "db.drop"),
        ("*", "x"),
        ("a*c*e", "abcde"),
    ],
)
def test_a_star_stands_for_any_run_of_characters_dots_too(pattern, name):
    assert matches(pattern, name)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("refund.create", "refund.created"),
        ("search.*", "search"),
        ("a*b", "ab.c"),
        ("ab*b", "ab"),
        ("a*b*c", "acb"),
        ("a*b*c", "axc"),
        ("A*", "ab"),
    ],
)
def test_what_does_not_fit_does_not_match(pattern, name):
    assert not matches(pattern, name)


@given(PATTERNS, NAMES)
def test_matching_agrees_with_the_regular_expression_it_stands_for(pattern, name):
    assert matches(pattern, name) == expected(pattern, name)


@given(PATTERNS, PATTERNS, NAMES)
def test_a_name_of_two_patterns_shows_that_they_overlap(one, other, name):
    if matches(one, name) and matches(other, name):
        assert overlap(one, other)


def meet(one, other):
    """The same by trying every way, a character at a time."""
    if not one or not other:
        return not (one + other).strip("*")
    if one[0] == "*":
        return meet(one[1:], other) or meet(one, other[1:])
    if other[0] == "*":
        return meet(other, one)
    return one[0] == other[0] and meet(one[1:], other[1:])


@given(PATTERNS, PATTERNS)
def test_overlap_is_what_trying_every_way_finds(one, other):
    assert overlap(one, other) is meet(one, other)


@given(PATTERNS, PATTERNS)
def test_overlap_does_not_depend_on_the_order(one, other):
    assert overlap(one, other) == overlap(other, one)


@given(PATTERNS, PATTERNS, NAMES)
def test_what_a_pattern_covers_it_matches(wide, narrow, name):
    if is_wider(wide, narrow) and matches(narrow, name):
        assert matches(wide, name)


@pytest.mark.parametrize(
    ("one", "other", "met"),
    [
        ("a*", "*b", True),
        ("a.*", "b.*", False),
        ("a", "a*", True),
        ("a*", "a", True),
        ("ab", "a", False),
        ("a", "ab", False),
        ("*a*", "b*b", True),
    ],
)
def test_patterns_overlap_where_one_name_fits_both(one, other, met):
    assert overlap(one, other) is met


def test_many_stars_cost_no_time():
    assert not matches("*a" * 50, "a" * 49 + "b")
    assert not is_wider("*a" * 49 + "*c", "*a" * 49)
