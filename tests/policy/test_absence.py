"""What expires because nobody is there: hours for the rule, or another role; and nothing where people might be there."""

from datetime import UTC, datetime, timedelta

import pytest

from policy import check_content
from policy.checks.suggestion import Bounds
from tests.policy.decided import FILE, Drawn

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
BOUNDS = Bounds(decisions=1000)


def lived(past, decide, days=range(14), hours=range(24)):
    """A proposal an hour: decided where somebody is there, else expired."""
    for day in days:
        for hour in hours:
            past.at = MONDAY + timedelta(days=day, hours=hour)
            if decide(past.at):
                past.approved()
            else:
                past.expired()


def found(past):
    return [each for each in past.suggesting(BOUNDS).suggestions() if each.kind == "hours"]


def office(at):
    return at.weekday() < 5 and 8 <= at.hour < 17


def test_what_comes_at_night_and_expires_wants_hours(tmp_path):
    past = Drawn(tmp_path)
    lived(past, lambda at: 8 <= at.hour < 17)
    (hours,) = found(past)
    assert hours.rule == "refunds"
    written = 'hours: {tz: UTC, days: [mon, tue, wed, thu, fri, sat, sun], from: "08:00", to: "17:00", outside: extend}'
    assert f"+    {written}\n" in hours.diff
    assert "between 17:00 and 08:00 UTC" in hours.why[0]
    assert "210 of 210" in hours.why[1]
    assert "0 of 126" in hours.why[2]
    content, _ = past.suggesting(BOUNDS).combination()
    assert check_content(past.path, content).policy is not None


def test_the_days_are_those_on_which_people_decided(tmp_path):
    past = Drawn(tmp_path)
    lived(past, office, hours=range(8, 17), days=[day for day in range(28) if day % 7 < 5])
    lived(past, office, hours=range(18, 24))
    (hours,) = found(past)
    assert "days: [mon, tue, wed, thu, fri]" in hours.diff


@pytest.mark.parametrize(
    ("there", "zone", "begin", "end"),
    [
        (lambda at: at.hour >= 14 or at.hour < 2, "Etc/GMT+2", "12:00", "24:00"),
        (lambda at: at.hour >= 22 or at.hour < 16, "Etc/GMT-8", "06:00", "24:00"),
        (lambda at: at.hour >= 10, "UTC", "10:00", "24:00"),
    ],
)
def test_a_day_beyond_midnight_is_told_by_a_zone_in_which_it_is_one(tmp_path, there, zone, begin, end):
    past = Drawn(tmp_path)
    lived(past, there)
    (hours,) = found(past)
    assert f"tz: {zone}, " in hours.diff
    assert f'from: "{begin}", to: "{end}"' in hours.diff


@pytest.mark.parametrize("keys", ["escalate: {after: 10m, to: support}"])
def test_a_rule_with_an_escalation_wants_another_role(tmp_path, keys):
    past = Drawn(tmp_path, FILE.replace("    role: finance\n", f"    role: finance\n    {keys}\n"))
    lived(past, lambda at: 8 <= at.hour < 17)
    (hours,) = found(past)
    assert (hours.edit, hours.diff) == (None, None)
    assert "another role" in hours.what


def test_where_the_hours_cannot_be_written_it_is_said_without_a_diff(tmp_path):
    past = Drawn(tmp_path, FILE.replace("role: finance\n", "role: finance\n    expires_in: 30d\n"))
    for week in range(0, 28, 7):
        lived(past, lambda at: 8 <= at.hour < 17, days=range(week, week + 1))
    lived(past, lambda _: False, hours=range(18, 24))
    (hours,) = found(past)  # nine hours on Mondays: thirty days of them are more than a year
    assert (hours.edit, hours.diff) == (None, None)
    assert "Give it the hours" in hours.what


@pytest.mark.parametrize(
    "decide",
    [
        lambda at: True,
        lambda at: False,
        lambda at: at.hour % 3 == 0,  # never four hours without a decision
        lambda at: at.day % 2 == 0,  # expires by day as by night
        lambda at: 8 <= at.hour < 17 and at.day % 3 == 0,  # and more of it by day
    ],
)
def test_where_people_might_be_there_nothing_is_suggested(tmp_path, decide):
    past = Drawn(tmp_path)
    lived(past, decide)
    assert found(past) == []


def test_few_that_expired_suggest_nothing(tmp_path):
    past = Drawn(tmp_path)
    lived(past, lambda at: 8 <= at.hour < 17, days=range(1), hours=range(8, 26))
    assert found(past) == []


def test_too_few_by_day_to_tell_it_from_the_night_suggest_nothing(tmp_path):
    past = Drawn(tmp_path)
    lived(past, lambda _: False, days=range(10), hours=[2])
    lived(past, lambda at: at.day == 16, days=range(3), hours=[10])
    assert found(past) == []
    lived(past, lambda _: True, days=range(3, 43), hours=[10])
    assert len(found(past)) == 1
