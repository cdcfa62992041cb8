"""Office hours: whether a moment lies inside, and when so many seconds inside are over. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST = 400
"""Days to look ahead; whoever is never there within them is asked by the plain clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When people are there. Local times of day, by the clock on the wall of `tz`."""

    tz: str
    """A name of the IANA time zone database."""
    days: tuple[int, ...]
    """0 is Monday; sorted."""
    start: int
    """Minutes after midnight."""
    end: int
    """Minutes after midnight, after `start`; 1440 is the end of the day."""
    extend: bool
    """Whether only time inside counts; if not, a proposal from outside is escalated at once."""


def inside(hours: Hours, at: datetime) -> bool:
    """Whether people are there at that moment."""
    local = at.astimezone(ZoneInfo(hours.tz))
    return any(begin <= at < end for begin, end in _windows(hours, local.date(), 1))


def over(hours: Hours, begin: datetime, seconds: int) -> datetime:
    """The moment at which `seconds` of time inside have passed since `begin`, in UTC."""
    left = timedelta(seconds=seconds)
    local = begin.astimezone(ZoneInfo(hours.tz))
    for opens, closes in _windows(hours, local.date(), LONGEST):
        here = max(opens, begin)
        if closes <= here:
            continue
        if here + left <= closes:
            return here + left
        left -= closes - here
    return begin + timedelta(seconds=seconds)


def _windows(hours: Hours, first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
    for number in range(days):
        day = first + timedelta(days=number)
        if day.weekday() in hours.days:
            yield _moment(hours, day, hours.start), _moment(hours, day, hours.end)


def _moment(hours: Hours, day: date, minutes: int) -> datetime:
    """A time of day in UTC; one that the clocks skip is read as before they jumped, as zoneinfo has it."""
    midnight = datetime.combine(day, time(), ZoneInfo(hours.tz))
    wall = midnight + timedelta(minutes=minutes)  # within one zone, adding moves the hands on the wall
    return wall.astimezone(UTC)
