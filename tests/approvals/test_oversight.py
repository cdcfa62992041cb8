"""Oversight figures: what the counts say of how people decide, and when they say nothing."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from approvals.estimate import Share
from approvals.oversight import ONCE, Figure, Habit, Oversight, Spread, moment


def reader(early, late=None, decisions=40):
    """A reviewer whose decisions took so many 128ths of the reading time, early and late in a streak."""
    late = early if late is None else late
    return Oversight(
        name="U0ALICE",
        counts={
            ("read_1", early): (decisions, early * decisions),
            ("read_31", late): (decisions, late * decisions),
            ("agreed", 1): (decisions, 0),
            ("refused", 31): (3, 0),
            ("details", 31): (2, 0),
            ("agreed", 101): (1, 0),
        },
    )


def test_proposals_and_decisions_are_counted_apart():
    of = Oversight(
        counts={
            ("waits", 0): (1, 0),
            ("untouched", 0): (6, 0),
            ("edited", 0): (2, 0),
            ("rejected", 0): (1, 0),
            ("expired", 0): (4, 0),
            ("agreed", 1): (8, 0),
            ("changed", 11): (2, 0),
            ("second", 0): (5, 0),
            ("disagreed", 0): (1, 0),
            ("judged", 0): (30, 0),
            ("not_fine", 0): (1, 0),
            ("wait", 4096): (1, 5000),
            ("wait", 8192): (3, 30_000),
            ("looked", 2048): (2, 4400),
        }
    )
    assert (of.asked, of.answered, of.decisions) == (14, 9, 10)
    assert of.untouched == Share(6, 9)
    assert of.disagreed == Share(1, 5)
    assert of.error == Share(1, 30)
    assert dict(of.more_to_judge) == {0.05: 80, 0.01: 533}
    assert (moment(of.wait, 0.5), moment(of.wait, 0.9)) == (timedelta(seconds=10), timedelta(seconds=10))
    assert moment(of.looked, 0.5) == timedelta(seconds=2.2)
    assert moment(of.spread("read_1"), 0.5) is None
    assert of.number(Figure.failed) == 0


def test_each_streak_has_its_decisions_and_says_where_it_ends():
    first, second, third, last = reader(ONCE).streaks
    assert [(each.begins, each.ends) for each in (first, second, third, last)] == [
        (1, 10),
        (11, 30),
        (31, 100),
        (101, None),
    ]
    assert [each.decisions for each in (first, second, third, last)] == [40, 0, 3, 1]
    assert (third.details, third.verdicts[Figure.refused], third.read.count) == (2, 3, 40)


def test_how_cards_are_looked_at_is_told_by_the_time_alone():
    assert reader(2 * ONCE).habit is Habit.reads
    assert reader(ONCE // 2).habit is Habit.skims
    assert reader(ONCE // 8).habit is Habit.clicks
    assert reader(ONCE // 8).unread == Share(80, 80)
    assert reader(2 * ONCE, ONCE // 4).habit is Habit.tires


def test_with_too_little_to_go_by_nothing_is_said():
    assert Oversight().habit is None
    assert reader(ONCE // 8, decisions=9).habit is None
    assert not reader(2 * ONCE, ONCE // 4, decisions=19).tires
    few = reader(2 * ONCE, ONCE // 4, decisions=20)
    assert few.tires
    assert not reader(ONCE // 4).tires


def test_who_reads_slowly_late_is_not_told_to_be_tired():
    assert not reader(ONCE // 4, 2 * ONCE).tires


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=60), st.floats(0, 1))
def test_a_quantile_has_so_many_below_it_as_steps_can_tell(numbers, share):
    steps = {}
    for each in numbers:
        count, total = steps.get(each // 16, (0, 0))
        steps[each // 16] = (count + 1, total + each)
    spread = Spread(tuple((step * 16, *steps[step]) for step in sorted(steps)))
    found = spread.quantile(share)
    assert min(numbers) <= found <= max(numbers)
    assert sum(each // 16 < found // 16 for each in numbers) <= share * len(numbers) + 1e-9


@given(st.dictionaries(st.integers(0, 9), st.integers(1, 9)), st.dictionaries(st.integers(0, 9), st.integers(1, 9)))
def test_two_spreads_hold_the_numbers_of_both(one, other):
    one, other = (Spread(tuple((at, each[at], at * each[at]) for at in sorted(each))) for each in (one, other))
    both = one.and_also(other)
    assert both.count == one.count + other.count
    assert both == other.and_also(one)
    assert all(both.below(at).hits == one.below(at).hits + other.below(at).hits for at in range(11))


def test_nothing_has_no_quantile():
    assert Spread().quantile(0.5) is None
