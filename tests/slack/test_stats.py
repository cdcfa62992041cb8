"""Figures on a phone: a few short lines by action and role, the limits kept, nothing said that is not known."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.blockkit.text import words_of
from bot.slack.lists.pages import pages_around
from bot.slack.lists.query import ListQuery
from bot.slack.lists.stats import NOTHING, PAGE_SIZE, asked_of, not_yours, stats
from storage import RoleStats, Stats
from tests.slack.hostile import MARK, markup, texts
from tests.slack.limits import message_faults, sdk_accepts

QUERY = ListQuery(kind="stats", days=30)
count = st.integers(0, 10**6)
asked = st.builds(
    RoleStats,
    role=texts.map(lambda text: text + MARK) | st.sampled_from(["", "support"]),
    asked=count,
    waits=count,
    untouched=count,
    edited=count,
    rejected=count,
    revoked=count,
    expired=count,
    otherwise=count,
    median=st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=999)),
    rushed=count,
)
figures = st.builds(
    Stats,
    action=st.sampled_from(["a" * 100, "crm.update", f"{MARK}<!channel>"]),
    asked=st.lists(asked, max_size=7).map(tuple),
    sampled=st.just(10**6),
    judged=st.sampled_from([0, 10**5]),
    not_fine=st.just(0),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(figures, max_size=PAGE_SIZE), st.integers(0, 3), st.booleans())
def test_a_page_of_figures_keeps_slacks_limits(found, page, more):
    query = ListQuery(kind="stats", days=3650, page=page, agent="⟨" * 100, role="r" * 100)
    blocks, text = stats(found, query, pages_around(query, more=more))
    assert message_faults(blocks, text) == []
    assert sdk_accepts(blocks)
    assert not [each for each in markup(blocks) if MARK in each]


@pytest.mark.parametrize(
    ("given_", "lines"),
    [
        (
            RoleStats(
                role="support",
                asked=9,
                waits=1,
                untouched=2,
                edited=1,
                rejected=1,
                revoked=1,
                expired=2,
                otherwise=1,
                median=timedelta(minutes=12, seconds=5),
                rushed=3,
            ),
            [
                "support: 9 asked, 1 waits",
                "2 approved untouched, 1 edited, 1 rejected, 2 expired, 1 revoked and 1 ended otherwise",
                "median wait 12 minutes · 3 rushed",
            ],
        ),
        (RoleStats(role="", asked=2, waits=2), ["what you own: 2 asked, 2 wait"]),
        (
            RoleStats(role="support", asked=1, untouched=1, median=timedelta(seconds=59)),
            ["support: 1 asked", "1 approved untouched", "median wait less than a minute"],
        ),
    ],
)
def test_a_role_has_at_most_three_lines(given_, lines):
    assert asked_of(given_) == lines


def test_what_is_shown_is_explained_and_nothing_else():
    told = Stats(action="refund.create", asked=(RoleStats(role="support", asked=1, untouched=1),))
    words = words_of(stats([told], QUERY, [])[0])
    assert "the median" in words
    assert "Wilson" not in words
    assert "Rushed are" not in words
    assert "Only: the last 30 days" in words
    sampled = words_of(stats([Stats(action="x", sampled=3)], QUERY, [])[0])
    assert "Wilson" in sampled
    assert "the median" not in sampled


def test_roles_beyond_a_few_are_counted_and_how_to_see_them_is_said():
    many = Stats(action="x", asked=tuple(RoleStats(role=f"role{number}", asked=1) for number in range(7)))
    assert "… and 3 more: /approvals stats role NAME" in words_of(stats([many], QUERY, [])[0])
    assert "more:" not in words_of(stats([Stats(action="x", asked=many.asked[:4])], QUERY, [])[0])


def test_where_there_is_nothing_that_is_said_and_what_to_try():
    assert NOTHING in words_of(stats([], QUERY, [])[0])
    assert "empty now" in words_of(stats([], ListQuery(kind="stats", days=30, page=2), [])[0])


def test_a_role_that_is_not_ones_own_and_one_that_is_not_there_sound_the_same():
    assert not_yours("finance").replace("finance", "R") == not_yours("nothing").replace("nothing", "R")
    assert "<" not in not_yours("<!channel>")
