"""How long somebody means, by the clock on their own wall, on days when the clocks change too."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.listeners.delegate import BadDuration, ZoneUnknown, end_of

BERLIN = "Europe/Berlin"
FRIDAY = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
"""A quarter past eleven in Berlin."""


def utc(said, zone=BERLIN, now=FRIDAY):
    return f"{end_of(said, zone, now):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ("until today", "2026-11-20 22:59"),
        ("until tomorrow", "2026-11-21 22:59"),
        ("until friday", "2026-11-20 22:59"),
        ("until thursday", "2026-11-26 22:59"),
        ("until Mon", "2026-11-23 22:59"),
        ("until tues", "2026-11-24 22:59"),
        ("until 2026-12-24", "2026-12-24 22:59"),
        ("until 18:00", "2026-11-20 17:00"),
        ("until 9:30", "2026-11-20 08:30"),
        ("until tomorrow 9:30", "2026-11-21 08:30"),
        ("until friday at 18:00", "2026-11-20 17:00"),
        ("until 2026-12-24 12:00", "2026-12-24 11:00"),
        (" UNTIL   Friday ", "2026-11-20 22:59"),
        ("for 3d", "2026-11-23 10:15"),
        ("for 4h", "2026-11-20 14:15"),
        ("for 30 minutes", "2026-11-20 10:45"),
        ("for 1 week", "2026-11-27 10:15"),
    ],
)
def test_words_name_a_moment(said, ends):
    assert utc(said) == ends


@pytest.mark.parametrize(
    "said",
    [
        "",
        "until",
        "until at",
        "friday",
        "until someday",
        "until mo",
        "until t",
        "until 25:00",
        "until 18:60",
        "until 2026-02-30",
        "until 2026-12-24 99:99",
        "until 9999-12-31 23:59 or so",
        "for ever",
        "for d",
        "for -3d",
        "for 3.5d",
        "for 3x",
        "for \uff13d",
        "for 12345d",
        "until friday 18",
        "until friday; for 3d",
        "until next friday",
    ],
)
def test_what_is_not_understood_is_not_guessed(said):
    with pytest.raises(BadDuration):
        end_of(said, BERLIN, FRIDAY)


def test_a_date_beyond_the_calendar_is_not_understood():
    with pytest.raises(BadDuration):
        end_of("until 9999-12-31", "America/New_York", FRIDAY)


@given(st.text(max_size=40), st.sampled_from(["", "until ", "for "]))
def test_no_text_breaks_it(text, start):
    with suppress(BadDuration):
        assert end_of(start + text, BERLIN, FRIDAY).tzinfo is UTC


def test_a_time_that_has_passed_today_is_given_as_it_is():
    assert utc("until 11:15") == "2026-11-20 10:15"
    assert utc("until 8:00") == "2026-11-20 07:00"


@pytest.mark.parametrize("said", ["until friday 11:00", "until fri at 0:00", "until today 11:00", "until 11:15"])
def test_a_weekday_is_never_silently_the_one_of_next_week(said):
    """Who mistypes an hour would lend their place for a week: it has passed, and that is what they are told."""
    assert FRIDAY - timedelta(hours=12) < end_of(said, BERLIN, FRIDAY) <= FRIDAY


def test_a_day_is_ahead_to_its_last_second():
    last = datetime(2026, 11, 20, 22, 59, 58, tzinfo=UTC)
    for said in ("until today", "until friday", "until 2026-11-20"):
        assert end_of(said, BERLIN, last) == last + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("said", "zone", "now"),
    [
        ("until 2026-03-28", "America/Nuuk", (2026, 3, 28)),  # its last hour is left out
        ("until 2026-10-24", "America/Nuuk", (2026, 10, 24)),  # its last hour comes twice
        ("until saturday", "Asia/Beirut", (2026, 10, 24)),
        ("until saturday", "Asia/Beirut", (2026, 3, 28)),  # the first hour of the next day is left out
        ("until sunday", "America/Havana", (2026, 11, 1)),
        ("until sunday", "Australia/Lord_Howe", (2026, 4, 5)),
        ("until sunday", BERLIN, (2026, 3, 29)),
        ("until sunday", BERLIN, (2026, 10, 25)),
        ("until today", "Asia/Kolkata", (2026, 10, 25)),
    ],
)
def test_the_end_of_a_day_is_the_last_second_in_which_the_clock_shows_it(said, zone, now):
    tz = ZoneInfo(zone)
    ends = end_of(said, zone, datetime(*now, 12, tzinfo=tz))
    shown = [(ends + timedelta(seconds=seconds)).astimezone(tz).date() for seconds in range(-1, 7300)]
    assert shown[0] == shown[1] == date(*now)
    assert date(*now) not in shown[2:]


def test_the_day_is_that_of_the_persons_own_zone():
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert utc("until today", BERLIN, late) == "2026-11-21 22:59"
    assert utc("until today", "America/New_York", late) == "2026-11-21 04:59"
    assert utc("until saturday", "Asia/Tokyo", late) == "2026-11-21 14:59"


def test_a_local_time_stays_local_across_a_change_of_the_clocks():
    before = datetime(2026, 10, 23, 10, 0, tzinfo=UTC)
    assert utc("until saturday 18:00", now=before) == "2026-10-24 16:00"
    assert utc("until sunday 18:00", now=before) == "2026-10-25 17:00"
    spring = datetime(2026, 3, 27, 10, 0, tzinfo=UTC)
    assert utc("until sunday 18:00", now=spring) == "2026-03-29 16:00"
    assert utc("until 2026-03-28", now=spring) == "2026-03-28 22:59"
    assert utc("until 2026-03-29", now=spring) == "2026-03-29 21:59"


def test_a_duration_is_plain_time_across_a_change_of_the_clocks():
    before = datetime(2026, 10, 24, 10, 0, tzinfo=UTC)
    assert end_of("for 1d", BERLIN, before) - before == timedelta(hours=24)


def test_a_time_that_is_left_out_is_the_one_as_much_later_and_of_one_that_comes_twice_the_first_counts():
    assert utc("until 2026-03-29 02:30", now=datetime(2026, 3, 28, 10, tzinfo=UTC)) == "2026-03-29 01:30"
    assert utc("until 2026-10-25 02:30", now=datetime(2026, 10, 24, 10, tzinfo=UTC)) == "2026-10-25 00:30"


@pytest.mark.parametrize("zone", [None, "", "Middle/Earth", "../../etc/passwd", "\x00", "Europe"])
def test_without_a_zone_only_durations_can_be_told(zone):
    with pytest.raises(ZoneUnknown):
        end_of("until friday", zone, FRIDAY)
    assert end_of("for 4h", zone, FRIDAY) == FRIDAY + timedelta(hours=4)
