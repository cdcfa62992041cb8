"""Insights in a terminal, `signoff insights`: what became of what people were asked, and how they decided it."""

from datetime import timedelta
from typing import TYPE_CHECKING

from approvals.oversight import ONCE, Figure, Oversight, Spread
from approvals.ports import StoreBusy
from bot.audit_export import moment_named
from bot.cli.console import terminal_safe
from bot.clock import SystemClock
from bot.insights import SUBJECTS, day_of
from bot.keys import KeyFault, seal_keys, seeds_for
from storage import StoreFault, database_file, open_to_read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from approvals.estimate import Share
    from bot.settings import StoreSettings
    from storage import Insight, Queue

_DEFAULT_RULE = "(no rule)"
_LONGEST = timedelta(days=3650)


class Unread(Exception):
    """The database cannot be read; a sentence."""


def insight_lines(insight: "Insight", queue: "Sequence[Queue]", since: "datetime", now: "datetime") -> list[str]:
    """For people, in a terminal."""
    everything = insight.everything
    if not everything.asked and not everything.number(Figure.sampled) and not everything.drills:
        return [f"Since {day_of(since):%Y-%m-%d} nobody was asked anything, and no sample was drawn."]
    lines = [f"Since {day_of(since):%Y-%m-%d}, by the day the proposal came (UTC):", ""]
    lines += _section("Everything", [everything])
    for subject in SUBJECTS:
        lines += _section(subject.capitalize(), getattr(insight, subject))
    lines += [f"... and {count} more {kind}s" for kind, count in insight.left_out.items() if f"{kind}s" in SUBJECTS]
    if queue:
        lines += [
            "Waits now",
            *(
                f"  {terminal_safe(each.role)}: {each.waits}, the oldest for {_span(now - each.oldest)}"
                for each in queue
            ),
        ]
    return lines


def _read_lines(of: Oversight) -> "Iterator[str]":
    """How the decisions were made, a line for each thing that is known of it."""
    if of.decisions:
        yield f"{of.decisions} decisions: " + _listed(
            (of.number(Figure.agreed), "approved"),
            (of.number(Figure.changed), "edited"),
            (of.number(Figure.refused), "rejected"),
            (of.number(Figure.details), "after Details"),
            (of.number(Figure.retracted), "taken back"),
        )
    if (middle := of.read.quantile(0.5)) is not None:
        yield (
            f"seen for {middle / ONCE:.1f} times its reading time in the median; "
            f"{_share_line(of.unread)} in less than half of it"
        )
    late = [each for each in of.streaks if each.read.count]
    if len(late) > 1:
        yield (
            "within an hour: "
            + ", ".join(
                f"{each.begins}{'+' if each.ends is None else f'-{each.ends}'} "
                f"{_share_line(each.read.below(ONCE // 2))}"
                for each in late
            )
            + " in less than half"
        )
    if of.disagreed.cases:
        yield f"the second disagreed with the first in {_share_line(of.disagreed)}"
    later = _listed(
        (of.number(Figure.failed_later), "failed"),
        (of.number(Figure.undone_later), "revoked"),
    )
    if later:
        yield f"after an approval: {later}"


def _sample_line(of: Oversight) -> str | None:
    """What samples say; None where none was drawn."""
    drawn = of.number(Figure.sampled)
    if not drawn:
        return None
    if not of.error.cases:
        return f"samples: {drawn} drawn, none judged"
    more = [f"{count} more to show less than {bound:.0%}" for bound, count in of.more_to_judge if count]
    return f"samples: not fine {_share_line(of.error)}" + (f"; look over {more[0]}" if more else "")


def _share_line(share: "Share") -> str:
    """`3 of 40 (8 %, 3-20 %)`: the range holds the true share with CONFIDENCE."""
    if share.value is None:
        return "0 of 0"
    low, high = share.bounds
    return f"{share.hits} of {share.cases} ({share.value:.0%}, {low:.0%}-{high:.0%})"


def _section(title: str, of: "Sequence[Oversight]") -> list[str]:
    lines = [title]
    for each in of:
        lines.append(f"  {terminal_safe(each.name) or (_DEFAULT_RULE if title == 'Rules' else 'all')}")
        lines += [f"    {line}" for line in _lines(each)]
    return [*lines, ""]


def _lines(of: Oversight) -> "Iterator[str]":
    if of.asked:
        yield f"{of.asked} asked: " + _listed(
            (of.number(Figure.untouched), "approved untouched"),
            (of.number(Figure.edited), "edited"),
            (of.number(Figure.rejected), "rejected"),
            (of.number(Figure.expired), "expired"),
            (of.number(Figure.revoked), "revoked"),
            (of.number(Figure.otherwise), "ended otherwise"),
            (of.number(Figure.waits), "wait"),
        )
    if of.wait.count:
        yield f"decided in {_milliseconds(of.wait, 0.5)} in the median, 90 % within {_milliseconds(of.wait, 0.9)}"
    yield from _read_lines(of)
    if (sampled := _sample_line(of)) is not None:
        yield sampled
    if of.drills:
        ended = _listed((of.number(Figure.unanswered), "unanswered"), (of.number(Figure.broken_off), "broken off"))
        yield f"drills: caught {_share_line(of.caught)}" + (f"; {ended}" if ended else "")


def _listed(*counted: tuple[int, str]) -> str:
    return ", ".join(f"{count} {word}" for count, word in counted if count)


def _milliseconds(spread: Spread, share: float) -> str:
    return _span(timedelta(milliseconds=spread.quantile(share) or 0))


def _span(duration: timedelta) -> str:
    seconds = max(0.0, duration.total_seconds())
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


async def insight_since(
    settings: "StoreSettings", since: str, agent: str | None, role: str | None
) -> "tuple[Insight, list[Queue], datetime, datetime]":
    """The figures since then, what waits, from when, and now. Raises Unread with a sentence, ValueError for no time."""
    now = SystemClock().now()
    begins = max(moment_named(since, now), now - _LONGEST)
    signing_key = settings.signoff_signing_key
    url = settings.signoff_database_url
    try:
        seeds = seeds_for(database_file(url), signing_key.get_secret_value() if signing_key else None)
        async with open_to_read(url, seal_keys(seeds), SystemClock()) as store:
            found = await store.insights.insight(since=begins, now=now, agent=agent, role=role)
            return found, await store.insights.queue(now), begins, now
    except (KeyFault, StoreFault, StoreBusy) as fault:
        raise Unread(str(fault)) from None
