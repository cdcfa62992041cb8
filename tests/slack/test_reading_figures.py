"""Reading figures on a phone: a few short lines of one's own, and of each reviewer for who leads the role."""

from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.oversight import ONCE, Oversight
from bot.slack.blockkit.text import words_of
from bot.slack.lists.query import ListQuery
from bot.slack.lists.reading import own_reading, reading_lines, reading_of_role
from bot.slack.lists.stats import stats
from storage import Stats
from tests.laws import examples
from tests.slack.hostile import MARK, markup, texts
from tests.slack.limits import message_faults, sdk_accepts

QUERY = ListQuery(kind="stats", days=30)
TIRED = Oversight(
    name="U0ALICE",
    counts={
        ("agreed", 1): (38, 0),
        ("changed", 1): (2, 0),
        ("refused", 31): (3, 0),
        ("details", 1): (9, 0),
        ("retracted", 0): (1, 0),
        ("read_1", 96): (40, 40 * 115),
        ("read_31", 8): (30, 30 * 10),
        ("second", 0): (20, 0),
        ("disagreed", 0): (1, 0),
        ("failed_later", 0): (2, 0),
        ("undone_later", 0): (1, 0),
    },
)
kinds = st.sampled_from(
    ["agreed", "changed", "refused", "details", "looked", "read_1", "read_31", "second", "retracted"]
)
numbers = st.tuples(st.integers(0, 10**9), st.integers(0, 10**15))
people = st.builds(
    Oversight,
    name=st.sampled_from(["U0ALICE", "U0BOB"]),
    counts=st.dictionaries(st.tuples(kinds, st.sampled_from([1, 31, ONCE])), numbers, max_size=6),
)


def test_all_that_is_known_of_somebody_is_five_short_lines():
    assert reading_lines(TIRED) == [
        "43 decisions: 38 approved, 2 edited, 3 rejected, 9 after Details and 1 taken back",
        "seen for 0.9 times the reading time in the median, 30 of 70 for less than half of it",
        "for less than half of it: 0% of the first 10 in an hour, 100% from the 31st on",
        "said something else than who decided before: 1 of 20",
        "of the approved, later 2 failed and 1 revoked",
    ]


def test_what_is_not_known_is_said_and_what_did_not_happen_is_not():
    assert reading_lines(Oversight(counts={("refused", 1): (1, 0)})) == [
        "1 decision: 1 rejected",
        "how long they had the cards before them is not known",
    ]


def test_who_decided_nothing_reads_nothing_of_it():
    assert own_reading(None) == own_reading(Oversight(counts={("waits", 0): (3, 0)})) == []


def test_ones_own_says_who_else_sees_it_and_stands_above_the_rest():
    blocks, _ = stats([Stats(action="refund.create", sampled=3)], QUERY, [], own_reading(TIRED))
    words = words_of(blocks)
    assert words.index("How you decided") < words.index("refund.create")
    assert "Only you see it, and who leads your role." in words
    empty, _ = stats([], QUERY, [], own_reading(TIRED))
    assert "How you decided" in words_of(empty)


def test_of_a_large_role_those_with_the_most_are_shown_and_the_others_counted():
    many = [Oversight(name=f"U0{number}", counts={("agreed", 1): (9, 0)}) for number in range(15)]
    words = words_of(reading_of_role("support", many))
    assert "… and 3 more" in words
    assert "<@U011>" in words
    assert "<@U012>" not in words
    assert "nobody decided for this role" in words_of(reading_of_role("support", []))


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(people, max_size=20), texts)
def test_it_keeps_slacks_limits_and_nothing_foreign_is_markup(found, role):
    blocks, text = stats([], QUERY, [], [*own_reading(TIRED), *reading_of_role(role + MARK, found)])
    assert message_faults(blocks, text) == []
    assert sdk_accepts(blocks)
    assert not [each for each in markup(blocks) if MARK in each]
