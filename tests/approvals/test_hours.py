"""Office hours by the clock on the wall, also on the days on which it jumps."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.hours import LONGEST, Hours, inside, over

WEEK = (0, 1, 2, 3, 4)
DAILY = tuple(range(7))
HOUR = 3600


def hours(start=9 * 60, end=17 * 60, days=WEEK, tz="Europe/Berlin", *, extend=True):
    return Hours(tz=tz, days=days, start=start, end=end, extend=extend)


def utc(*moment):
    return datetime(*moment, tzinfo=UTC)


@pytest.mark.parametrize(("at", "there"), [
    (utc(2026, 11, 20, 7, 59, 59), False), (utc(2026, 11, 20, 8), True), (utc(2026, 11, 20, 15, 59, 59), True),
    (utc(2026, 11, 20, 16), False), (utc(2026, 11, 21, 10), False), (utc(2026, 11, 22, 10), False),
    (utc(2026, 7, 20, 7), True), (utc(2026, 7, 20, 15), False),
])  # fmt: skip
def test_people_are_there_from_the_first_minute_to_before_the_last(at, there):
    assert inside(hours(), at) is there


def test_the_day_is_the_one_on_the_wall_and_not_the_one_in_utc():
    tokyo = hours(start=0, end=60, days=(0,), tz="Asia/Tokyo")
    assert inside(tokyo, utc(2026, 11, 22, 15, 30))  # a Sunday in UTC, half past midnight on Monday in Tokyo
    assert not inside(tokyo, utc(2026, 11, 23, 15, 30))


def test_a_day_may_last_until_midnight():
    assert inside(hours(start=0, end=1440), utc(2026, 11, 20, 22, 59, 59))
    assert not inside(hours(start=0, end=1440), utc(2026, 11, 20, 23))


@pytest.mark.parametrize(("begin", "seconds", "ends"), [
    (utc(2026, 11, 20, 10), HOUR, utc(2026, 11, 20, 11)),
    (utc(2026, 11, 20, 15), HOUR, utc(2026, 11, 20, 16)),  # to the very end of the day, not to the next
    (utc(2026, 11, 20, 15, 30), HOUR, utc(2026, 11, 23, 8, 30)),  # over the weekend
    (utc(2026, 11, 20, 3), HOUR, utc(2026, 11, 20, 9)),  # before they come
    (utc(2026, 11, 21, 12), HOUR, utc(2026, 11, 23, 9)),  # on a Saturday
    (utc(2026, 11, 20, 10), 20 * HOUR, utc(2026, 11, 24, 14)),
])  # fmt: skip
def test_only_the_time_in_which_people_are_there_counts(begin, seconds, ends):
    assert over(hours(), begin, seconds) == ends


def test_the_night_in_which_the_clocks_go_forward_has_an_hour_less():
    night = hours(start=0, end=6 * 60, days=DAILY)
    begin = utc(2026, 3, 28, 23)  # midnight on Sunday, 29 March, in Berlin; at two the clock shows three
    assert over(night, begin, 5 * HOUR) == utc(2026, 3, 29, 4)
    assert over(night, begin, 5 * HOUR + 1) == utc(2026, 3, 29, 22, 0, 1)


def test_the_night_in_which_the_clocks_go_back_has_an_hour_more():
    night = hours(start=0, end=6 * 60, days=DAILY)
    begin = utc(2026, 10, 24, 22)  # midnight on Sunday, 25 October, in Berlin; at three the clock shows two
    assert over(night, begin, 7 * HOUR) == utc(2026, 10, 25, 5)
    assert over(night, begin, 7 * HOUR + 1) == utc(2026, 10, 25, 23, 0, 1)


def test_a_working_day_after_the_clocks_changed_begins_by_the_clock_on_the_wall():
    assert over(hours(), utc(2026, 3, 27, 15, 30), HOUR) == utc(2026, 3, 30, 7, 30)
    assert over(hours(), utc(2026, 10, 23, 14, 30), HOUR) == utc(2026, 10, 26, 8, 30)


@pytest.mark.parametrize(("start", "end"), [(150, 165), (150, 180), (130, 140)])
def test_hours_that_the_clock_skips_count_for_nothing_wrong(start, end):
    skipped = hours(start=start, end=end, days=DAILY)
    ends = over(skipped, utc(2026, 3, 28, 23), 60)
    assert utc(2026, 3, 29, 1) <= ends <= utc(2026, 3, 31)
    assert inside(skipped, ends - timedelta(seconds=1))


def test_a_leap_day_is_a_day():
    assert over(hours(), utc(2028, 2, 28, 15, 30), HOUR) == utc(2028, 2, 29, 8, 30)
    assert over(hours(), utc(2027, 2, 26, 15, 30), HOUR) == utc(2027, 3, 1, 8, 30)
    assert inside(hours(), utc(2028, 2, 29, 12))


def test_whoever_is_never_there_is_asked_by_the_plain_clock():
    assert over(hours(days=()), utc(2026, 11, 20, 10), HOUR) == utc(2026, 11, 20, 11)


def test_who_is_hardly_ever_there_is_asked_by_the_plain_clock():
    minute = hours(start=0, end=1, days=(0,))
    seconds = LONGEST * 60
    assert over(minute, utc(2026, 11, 20, 10), seconds) == utc(2026, 11, 20, 10) + timedelta(seconds=seconds)


@given(
    st.integers(0, 6 * 365 * 24 * HOUR).map(lambda seconds: utc(2024, 1, 1) + timedelta(seconds=seconds)),
    st.integers(1, 200_000),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda pair: pair[1] - pair[0] >= 120),
)
def test_it_is_over_no_sooner_than_by_the_plain_clock_and_while_people_are_there(begin, seconds, tz, span):
    there = hours(start=span[0], end=span[1], tz=tz)
    ends = over(there, begin, seconds)
    assert ends >= begin + timedelta(seconds=seconds)
    assert inside(there, ends - timedelta(seconds=1))
    assert over(there, begin, seconds + 1) > ends
