"""Suggest command, `signoff policy suggest`: reads the past a page at a time, and says what it bears a change of."""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import Progress

from approvals.events import instant
from bot.cli.console import terminal_safe
from bot.suggestions import go_through
from storage import open_reads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from policy.checks.suggestion import Suggestion
    from policy.suggest import Suggesting


class NotWritten(Exception):
    """Why no file was written, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """What came of it."""

    suggesting: "Suggesting"
    since: "datetime"
    found: "list[Suggestion]"
    reasons: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "file": str(self.suggesting.file),
            "since": instant(self.since),
            "proposals": self.suggesting.count,
            "erased": self.suggesting.erased,
            "damaged": self.suggesting.damaged,
            "suggestions": [each.as_json() for each in self.found],
            "nothing_for": self.reasons,
        }

    def lines(self) -> list[str]:
        """For people."""
        count = self.suggesting.count
        said = [f"{self.suggesting.file}, held against {count:,} proposals since {self.since:%Y-%m-%d %H:%M} UTC."]
        for each in self.found:
            said += ["", f"{each.rule}: {each.kind}", f"  {terminal_safe(each.what)}"]
            said += [f"  - {terminal_safe(why)}" for why in each.why]
            if each.edit is not None:
                changes = ", ".join(f"{change} {many:,}" for change, many in each.replay.items()) or "none"
                said.append(f"  - replayed, of these proposals would be judged otherwise: {changes}")
            if each.diff is not None:
                said += ["", *(terminal_safe(line) for line in each.diff.splitlines())]
        if self.reasons:
            said += ["", "Nothing is suggested for:"]
            said += [f"  {terminal_safe(rule)}: {terminal_safe(why)}" for rule, why in self.reasons.items()]
        said += [f"cannot be read: {terminal_safe(each)}" for each in self.suggesting.damaged]
        if not self.found:
            said += ["", "The past bears no change of this policy."]
        return [*said, "", "Nothing was changed: read each diff, and try it with signoff policy replay."]


async def read_past(url: str, since: "datetime", suggesting: "Suggesting") -> None:
    """Hands over all that was submitted since a moment, and shows how far it is. Raises StoreFault, StoreBusy."""
    screen = Console(stderr=True)
    async with open_reads(url) as reads:
        with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
            task = progress.add_task("proposals", total=await reads.count_since(since))
            await go_through(reads, since, suggesting, lambda count: progress.advance(task, count))


def write(suggesting: "Suggesting", rules: "Sequence[str] | None", to: "Path") -> list[str]:
    """Writes the changes, or those of some rules, into a new file that the same people may read; of which rules.

    Raises NotWritten, Unwritable.
    """
    content, taken = suggesting.combination(rules)
    if not taken:
        raise NotWritten(f"{to} was not written: there is no change to write.")
    if to.absolute().parent != suggesting.file.absolute().parent:
        raise NotWritten(f"{to} would not stand beside {suggesting.file}, where the schemas are that it names.")
    try:
        mode = suggesting.file.stat().st_mode & 0o777
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise NotWritten(f"{to} is there already. Name a new file: nothing is overwritten.") from None
    except OSError as error:
        raise NotWritten(f"{to} cannot be written: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        with suppress(OSError):
            to.unlink()
        raise NotWritten(f"{to} cannot be written: {error.strerror}.") from None
    return [each.rule for each in taken]


def of(suggesting: "Suggesting", since: "datetime", rules: "Sequence[str]") -> Suggested:
    """What was found, of some rules or of all."""
    found = [each for each in suggesting.suggestions() if not rules or each.rule in rules]
    reasons = {rule: why for rule, why in suggesting.reasons().items() if not rules or rule in rules}
    return Suggested(suggesting=suggesting, since=since, found=found, reasons=reasons)
