"""How long somebody means: `until friday`, `until tomorrow 12:00`, `for 3d`, by the clock on their own wall. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FOR = re.compile(r"for (\d{1,4}) ?(m|min|minutes?|h|hours?|d|days?|w|weeks?)", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_UNTIL = re.compile(r"until(?: (?P<day>[a-z]+|\d{4}-\d\d-\d\d))??(?: (?:at )?(?P<time>\d{1,2}:\d\d))?", re.ASCII)


class Unclear(ValueError):
    """This is no stretch of time that we understand."""


class ZoneUnknown(ValueError):
    """The words mean a local time, and nobody knows where the person is."""


def moment(said: str, zone: str | None, now: datetime) -> datetime:
    """When the stretch of time ends, UTC; it may lie in the past.

    `zone` is a name of the IANA time zone database. A duration is plain time: a day is 24 hours. A local time that a
    change of the clocks leaves out is the one as much later, and of one that it repeats the first counts. A day
    without a time is all of it. A weekday is today or one of the six days after, also where its time has passed: next
    week's is said by its date, for nobody should lend their place for a week by a slip. Raises Unclear, ZoneUnknown.
    """
    words = " ".join(said.lower().split())
    if found := _FOR.fullmatch(words):
        return now + int(found[1]) * _UNITS[found[2][0]]
    found = _UNTIL.fullmatch(words)
    if found is None or not (found["day"] or found["time"]):
        raise Unclear(words)
    try:
        at = time.fromisoformat(found["time"].rjust(5, "0")) if found["time"] else None
        tz = _zone(zone)
        day = _day(found["day"] or "today", now.astimezone(tz).date())
        ends = _end(day, tz) if at is None else datetime.combine(day, at, tz).astimezone(UTC)
    except ZoneUnknown:
        raise
    except (ValueError, OverflowError):
        raise Unclear(words) from None
    return ends


def _end(day: date, tz: ZoneInfo) -> datetime:
    """The last second of a day, whatever the clocks do around midnight."""
    midnight = datetime.combine(day + timedelta(days=1), time(), tz)
    return midnight.astimezone(UTC) - timedelta(seconds=1)


def _zone(zone: str | None) -> ZoneInfo:
    if not zone:
        raise ZoneUnknown
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # not in the database, or no name that could be
        raise ZoneUnknown from None


def _day(word: str, today: date) -> date:
    """The day that a word names; a weekday is today or one of the six days after."""
    if word == "today":
        return today
    if word == "tomorrow":
        return today + timedelta(days=1)
    if word[0].isdigit():
        return date.fromisoformat(word)
    matching = [number for number, name in enumerate(DAYS) if len(word) >= 3 and name.startswith(word)]
    if len(matching) != 1:
        raise Unclear(word)
    return today + timedelta(days=(matching[0] - today.weekday()) % 7)
