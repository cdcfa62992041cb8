"""Keys about time: steps that come too late, office hours that are empty, time zones that do not exist."""

from difflib import get_close_matches
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from approvals.hours import Hours, enough
from policy.file.durations import duration_text
from policy.file.faults import UnplacedFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policy.file.faults import Path
    from policy.file.rule_keys import HoursEntry
    from policy.file.rulebook import Rulebook, RuleEntry


def faults(book: "Rulebook") -> "Iterator[UnplacedFault]":
    """What keeps the program from starting, rule by rule."""
    for index, rule in book.rules.items():
        path = ("rules", index)
        expires_in = _expires_in(book, rule)
        yield from _too_late(path, rule, expires_in)
        if rule.hours is not None:
            yield from _hours((*path, "hours"), rule.hours)
            yield from _too_few((*path, "hours"), rule.hours, expires_in, rule.max_expires_in)
            if rule.hours.outside == "escalate" and rule.escalate is None:
                remedy = "Say whom: escalate: {after: 20m, to: …}; or write outside: extend."
                yield UnplacedFault(
                    path=(*path, "hours", "outside"),
                    message="escalates, but the rule does not say to whom",
                    remedy=remedy,
                )


def _expires_in(book: "Rulebook", rule: "RuleEntry") -> int | None:
    """How long people have under this rule alone; None beside a fault."""
    default = None if book.defaults is None else book.defaults.expires_in
    return rule.expires_in or default


def _too_late(path: "Path", rule: "RuleEntry", expires_in: int | None) -> "Iterator[UnplacedFault]":
    if expires_in is None:
        return
    late = (
        f"comes when it has expired, after {duration_text(expires_in)} of its hours, by which this runs too"
        if rule.hours is not None and rule.hours.outside == "extend"
        else f"comes when it has expired, after {duration_text(expires_in)}"
    )
    for place, after in enumerate(rule.remind or []):
        if after >= expires_in:
            yield UnplacedFault(path=(*path, "remind", place), message=late, remedy=_EARLIER)
    if rule.escalate is not None and rule.escalate.after >= expires_in:
        yield UnplacedFault(path=(*path, "escalate", "after"), message=late, remedy=_EARLIER)
    if rule.max_expires_in is not None and rule.max_expires_in <= expires_in:
        message = f"gives no more than the {duration_text(expires_in)} that people have anyway"
        yield UnplacedFault(
            path=(*path, "max_expires_in"), message=message, remedy="Write more than expires_in, or leave it out."
        )


_OF_THE_MACHINE = frozenset({"localtime", "Factory", "posixrules"})
"""Files beside the zones that are none of the database."""
_EARLIER = "Choose an earlier moment, or a longer expires_in; the default's counts where the rule has none."


def _hours(path: "Path", hours: "HoursEntry") -> "Iterator[UnplacedFault]":
    if hours.start >= hours.end:
        remedy = "Hours are of one day: write from before to; 24:00 is the end of the day."
        yield UnplacedFault(path=(*path, "to"), message="is not after from", remedy=remedy)
    if hours.tz in _OF_THE_MACHINE:
        message = f"{hours.tz} is another zone on each machine"
        yield UnplacedFault(path=(*path, "tz"), message=message, remedy="Write where people are: Europe/Berlin.")
        return
    try:
        ZoneInfo(hours.tz)
    except (ZoneInfoNotFoundError, OSError):
        yield _unknown((*path, "tz"), hours.tz)


def _too_few(
    path: "Path", hours: "HoursEntry", expires_in: int | None, max_expires_in: int | None
) -> "Iterator[UnplacedFault]":
    """Where only time inside counts, hours so short that what they are to measure would have no end in sight."""
    if hours.outside != "extend" or hours.start >= hours.end:
        return
    for key, seconds in (("expires_in", expires_in), ("max_expires_in", max_expires_in)):
        if seconds is not None and not enough(hours_of(hours), seconds):
            yield UnplacedFault(
                path=path,
                message=f"do not hold the {duration_text(seconds)} of {key} within a year",
                remedy="Write longer hours, or a shorter time; the default's counts where the rule has none.",
            )
            return


def hours_of(entry: "HoursEntry") -> Hours:
    """The entry as a gate has it."""
    return Hours(
        tz=entry.tz,
        days=tuple(sorted(entry.days)),
        start=entry.start,
        end=entry.end,
        extend=entry.outside == "extend",
    )


def _unknown(path: "Path", zone: str) -> UnplacedFault:
    known = available_timezones()
    if not known:
        message = f"{zone!r} cannot be looked up: this machine has no time zone data"
        return UnplacedFault(
            path=path, message=message, remedy="Install the system's tzdata package, or `pip install tzdata`."
        )
    near = get_close_matches(zone, known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else "Write a name of the IANA database, such as Europe/Berlin."
    return UnplacedFault(path=path, message=f"there is no time zone {zone!r}", remedy=remedy)
