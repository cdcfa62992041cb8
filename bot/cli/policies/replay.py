"""Past proposals for `signoff policy replay` and `lint`: only read, a page at a time."""

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from bot.cli.console import terminal_safe
from bot.clock import SystemClock
from policy.file.durations import seconds_of
from storage import open_reads

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from approvals.gate import Gate
    from approvals.proposal import Proposal
    from policy.checks.replay import Replay, ReplayDifference

LONGEST = timedelta(days=36_500)
MOST_SHOWN = 200
"""Rows of the table; all are in the JSON."""
WIDTH = 160
"""Columns where no terminal says how many there are."""


class Taking(Protocol):
    """What is done with proposals."""

    def add(self, proposals: "Iterable[Proposal]", damaged: "Iterable[str]" = ()) -> None:
        """Takes some more."""


def moment_before(span: str) -> "datetime":
    """So long ago as `30d` or `12h` says; raises Misshapen."""
    return SystemClock().now() - min(timedelta(seconds=min(seconds_of(span), 10**10)), LONGEST)


async def go_through(url: str, since: "datetime", taking: Taking) -> None:
    """Hands over all that was submitted since a moment, newest first. Raises StoreFault, StoreBusy.

    On a terminal, standard error shows how far it is.
    """
    screen = Console(stderr=True)
    async with open_reads(url) as reads:
        with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
            task = progress.add_task("proposals", total=await reads.count_since(since))
            async for page in reads.since(since):
                taking.add(page.proposals, page.damaged)
                progress.advance(task, len(page.proposals) + len(page.damaged))


async def enrolled_in(url: str) -> list[str]:
    """Who has a second factor. Raises StoreFault, StoreBusy."""
    async with open_reads(url) as reads:
        return await reads.enrolled()


def print_replay(replay: "Replay") -> None:
    """The result for people, on standard output."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False, markup=False, emoji=False)
    shown = replay.differences[:MOST_SHOWN]
    if shown:
        console.print(_table(shown))
    lines = [f"{count:>7}  {change}" for change, count in replay.changes.items()]
    if len(replay.differences) > MOST_SHOWN:
        lines.insert(0, f"… and {len(replay.differences) - MOST_SHOWN} more; --json lists them all.")
    lines += [f"cannot be judged: {terminal_safe(damaged)}" for damaged in replay.damaged]
    if replay.erased:
        lines.append(f"{replay.erased:>7}  erased since, and nothing of them is left to judge")
    stricter = sum(each.stricter for each in replay.differences)
    looked = f"{len(replay.differences)} of {replay.count} proposals since {replay.since:%Y-%m-%d %H:%M} UTC"
    lines.append(f"{replay.file}: {looked} would be judged differently, {stricter} of them more strictly.")
    console.print(Text("\n".join(lines)), soft_wrap=True)


def _table(differences: "Iterable[ReplayDifference]") -> Table:
    table = Table(box=None, pad_edge=False)
    for head in ("proposal", "submitted", "agent", "action", "change", "was", "would be"):
        table.add_column(head, overflow="fold")
    for each in differences:
        now = _asking(each.now) if each.now is not None else f"refused: {each.refused}"
        cells = (each.id, f"{each.at:%Y-%m-%d %H:%M}", each.agent, each.action, each.change, _asking(each.was), now)
        table.add_row(*(Text(terminal_safe(cell)) for cell in cells))
    return table


def _asking(gate: "Gate") -> str:
    if not gate.roles:
        return str(gate.tier)
    each = f", {gate.approvals} of each" if gate.approvals > 1 else ""
    return f"{gate.tier}: {' and '.join(gate.roles)}{each}"
