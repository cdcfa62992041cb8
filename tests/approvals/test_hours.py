"""Office hours by the clock on the wall, also on the days on which it jumps."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.hours import LONGEST, Hours, enough, inside, open_time_after, soonest_after
from tests.laws import examples

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
    assert open_time_after(hours(), begin, seconds) == ends


def test_the_night_in_which_the_clocks_go_forward_has_an_hour_less():
    night = hours(start=0, end=6 * 60, days=DAILY)
    begin = utc(2026, 3, 28, 23)  # midnight on Sunday, 29 March, in Berlin; at two the clock shows three
    assert open_time_after(night, begin, 5 * HOUR) == utc(2026, 3, 29, 4)
    assert open_time_after(night, begin, 5 * HOUR + 1) == utc(2026, 3, 29, 22, 0, 1)


def test_the_night_in_which_the_clocks_go_back_has_an_hour_more():
    night = hours(start=0, end=6 * 60, days=DAILY)
    begin = utc(2026, 10, 24, 22)  # midnight on Sunday, 25 October, in Berlin; at three the clock shows two
    assert open_time_after(night, begin, 7 * HOUR) == utc(2026, 10, 25, 5)
    assert open_time_after(night, begin, 7 * HOUR + 1) == utc(2026, 10, 25, 23, 0, 1)


def test_a_working_day_after_the_clocks_changed_begins_by_the_clock_on_the_wall():
    assert open_time_after(hours(), utc(2026, 3, 27, 15, 30), HOUR) == utc(2026, 3, 30, 7, 30)
    assert open_time_after(hours(), utc(2026, 10, 23, 14, 30), HOUR) == utc(2026, 10, 26, 8, 30)


@pytest.mark.parametrize(("start", "end"), [(150, 165), (150, 180), (130, 140)])
def test_hours_that_the_clock_skips_count_for_nothing_wrong(start, end):
    skipped = hours(start=start, end=end, days=DAILY)
    ends = open_time_after(skipped, utc(2026, 3, 28, 23), 60)
    assert utc(2026, 3, 29, 1) <= ends <= utc(2026, 3, 31)
    assert inside(skipped, ends - timedelta(seconds=1))


def test_a_leap_day_is_a_day():
    assert open_time_after(hours(), utc(2028, 2, 28, 15, 30), HOUR) == utc(2028, 2, 29, 8, 30)
    assert open_time_after(hours(), utc(2027, 2, 26, 15, 30), HOUR) == utc(2027, 3, 1, 8, 30)
    assert inside(hours(), utc(2028, 2, 29, 12))


def test_whoever_is_never_there_is_asked_by_the_plain_clock():
    assert open_time_after(hours(days=()), utc(2026, 11, 20, 10), HOUR) == utc(2026, 11, 20, 11)


def test_hours_that_are_not_over_within_what_is_looked_at_end_with_the_last_of_them_and_never_sooner_for_more():
    minute, begin = hours(start=0, end=1, days=(0,)), utc(2026, 11, 20, 10)
    most = 57 * 60
    last = open_time_after(minute, begin, most)
    assert begin + timedelta(days=LONGEST - 7) < last <= begin + timedelta(days=LONGEST)
    assert open_time_after(minute, begin, most - 60) == last - timedelta(days=7)
    assert open_time_after(minute, begin, most + 1) == open_time_after(minute, begin, 10 * most) == last


ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "America/Nuuk",  # the clocks change at midnight
    "Asia/Beirut",
    "Australia/Lord_Howe",  # by half an hour
    "Antarctica/Troll",  # by two
    "Africa/Casablanca",
    "Asia/Kolkata",  # never, and half an hour beside the rest
    "Pacific/Chatham",
    "UTC",
]
CHANGES = [utc(2026, 3, 8), utc(2026, 3, 29), utc(2026, 4, 5), utc(2026, 10, 4), utc(2026, 10, 25), utc(2026, 11, 1)]
MINUTE = timedelta(minutes=1)
MOMENTS = st.one_of(
    st.tuples(st.sampled_from(CHANGES), st.integers(-3 * 1440, 1440)).map(lambda each: each[0] + each[1] * MINUTE),
    st.integers(0, 6 * 365 * 1440).map(lambda minutes: utc(2024, 1, 1) + minutes * MINUTE),
)
ANY_HOURS = st.builds(
    lambda span, days, tz: hours(start=span[0], end=span[1], days=days, tz=tz),
    st.one_of(
        st.sampled_from([(0, 1440), (150, 165), (120, 180), (160, 161), (0, 60), (1380, 1440), (540, 1020)]),
        st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda pair: pair[0] < pair[1]),
    ),
    st.sampled_from([WEEK, DAILY, (6,), (5, 6)]),
    st.sampled_from(ZONES),
)


def on_the_wall(there, at):
    """Whether the clock on the wall shows a time of the hours, minute by minute: the slow way to know."""
    wall = at.astimezone(ZoneInfo(there.tz))
    return wall.weekday() in there.days and f"{wall:%H:%M}" in there_shown(there)


@cache
def there_shown(there):
    return {f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(there.start, there.end)}


@given(ANY_HOURS, MOMENTS)
@settings(max_examples=examples(300))
def test_inside_is_what_the_clock_on_the_wall_shows(there, at):
    assert inside(there, at) is on_the_wall(there, at)


@given(ANY_HOURS, MOMENTS, st.integers(1, 600))
@settings(max_examples=examples(300))
def test_it_is_over_when_so_many_minutes_inside_were_counted_one_by_one(there, begin, minutes):
    at, left = begin, minutes
    for _ in range(3 * 1440):
        left -= on_the_wall(there, at)
        at += MINUTE
        if not left:
            assert open_time_after(there, begin, minutes * 60) == at
            return
    assert open_time_after(there, begin, minutes * 60) > at


@pytest.mark.parametrize("milliseconds", [1, 500, 999])
def test_a_change_of_the_clocks_is_found_from_between_two_seconds_too(milliseconds):
    night, odd = hours(start=0, end=180, days=DAILY), timedelta(milliseconds=milliseconds)
    begin = utc(2026, 10, 24, 20) + odd
    assert open_time_after(night, begin, 4 * HOUR) == utc(2026, 10, 25, 2)
    assert open_time_after(night, utc(2026, 10, 25, 0, 59, 59) + odd, HOUR) == utc(2026, 10, 25, 1, 59, 59) + odd


def test_a_time_that_an_autumn_night_has_twice_is_inside_both_times():
    there = hours(start=150, end=165, days=DAILY)
    assert [inside(there, utc(2026, 10, 25, hour, 40)) for hour in (0, 1, 2)] == [True, True, False]
    assert open_time_after(there, utc(2026, 10, 24, 22), 20 * 60) == utc(2026, 10, 25, 1, 35)


@given(ANY_HOURS, MOMENTS, st.integers(1, 200_000))
def test_it_is_over_no_sooner_than_by_the_plain_clock_and_while_people_are_there(there, begin, seconds):
    ends = open_time_after(there, begin, seconds)
    if enough(there, seconds):
        assert ends >= begin + timedelta(seconds=seconds)
        assert open_time_after(there, begin, seconds + 1) > ends
        assert inside(there, ends - timedelta(milliseconds=1))


@given(st.lists(ANY_HOURS, max_size=3).map(tuple), MOMENTS, st.integers(1, 5_000_000), st.integers(0, 5_000_000))
def test_more_time_never_ends_sooner_and_more_hours_never_end_it_later(several, begin, seconds, more):
    ends = soonest_after(several, begin, seconds)
    assert ends <= soonest_after(several, begin, seconds + more)
    assert ends <= soonest_after(several[:1], begin, seconds) if several else ends == begin + timedelta(seconds=seconds)


@given(ANY_HOURS, MOMENTS)
def test_what_a_year_of_hours_holds_is_over_before_nobody_looks_any_further(there, begin):
    year = 52 * len(there.days) * (there.end - there.start) * 60
    assert enough(there, year)
    assert not enough(there, year + 1)
    assert (
        open_time_after(there, begin, year) < open_time_after(there, begin, year + 1) <= begin + timedelta(days=LONGEST)
    )
