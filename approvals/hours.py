"""Office hours: whether a moment lies inside, and when so many seconds inside are over. Pure.

A time of day is inside when the clock on the wall shows it: twice in a night that has it twice, never in one that
leaves it out.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONGEST = 400
"""Days to look ahead. What is not over within them ends with the last hours of them: too soon, never too late."""
_YEAR = 52
"""Weeks that surely lie whole within those days, whatever the clocks leave out."""
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


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


def soonest_after(several: Collection[Hours], begin: datetime, seconds: int) -> datetime:
    """When so many seconds have passed since `begin` by the one clock of all these hours, in UTC.

    The soonest that any of them gives: nobody's hours postpone what others want. It is the plain clock where there are
    none, or where some do not extend anything.
    """
    if not several or not all(each.extend for each in several):
        return begin + timedelta(seconds=seconds)
    return min(open_time_after(each, begin, seconds) for each in several)


def inside(hours: Hours, at: datetime) -> bool:
    """Whether people are there at that moment."""
    wall = at.astimezone(ZoneInfo(hours.tz))
    return wall.weekday() in hours.days and hours.start <= wall.hour * 60 + wall.minute < hours.end


@lru_cache(maxsize=4096)
def open_time_after(hours: Hours, begin: datetime, seconds: int) -> datetime:
    """The moment at which `seconds` of time inside have passed since `begin`, in UTC.

    Never sooner for more seconds. Whoever is never there is asked by the plain clock.
    """
    left = timedelta(seconds=seconds)
    last = None
    for opens, closes in _windows(hours, begin):
        if opens + left <= closes:
            return opens + left
        left -= closes - opens
        last = closes
    return last or begin + left


def enough(hours: Hours, seconds: int) -> bool:
    """Whether a year of the hours has so many seconds: then they are over within LONGEST days, whenever they begin."""
    return seconds <= _YEAR * len(hours.days) * (hours.end - hours.start) * 60


def _windows(hours: Hours, begin: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The time inside from then on, piece by piece, in UTC."""
    for since, until, offset in _stretches(ZoneInfo(hours.tz), begin):
        wall, last = since + offset, until + offset
        midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0)
        while midnight < last:
            opens = max(wall, midnight + timedelta(minutes=hours.start))
            closes = min(last, midnight + timedelta(minutes=hours.end))
            if midnight.weekday() in hours.days and opens < closes:
                yield opens - offset, closes - offset
            midnight += _DAY


def _stretches(zone: ZoneInfo, begin: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The weeks from then on, in UTC, each with how far the wall is ahead of it; cut where the clocks change.

    No zone changes its clocks and changes them back within a week.
    """
    since, end = begin.astimezone(UTC), begin.astimezone(UTC) + LONGEST * _DAY
    while since < end:
        offset, until = _ahead(zone, since), min(since + 7 * _DAY, end)
        if _ahead(zone, until) != offset:
            until = _change(zone, since, until)
        yield since, until, offset
        since = until


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second between the two at which the clocks change."""
    offset = _ahead(zone, before)
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        before, after = (middle, after) if _ahead(zone, middle) == offset else (before, middle)
    return after


def _ahead(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).replace(tzinfo=UTC) - at
