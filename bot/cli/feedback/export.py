"""Feedback export, `signoff feedback export`: the cases of a period, printed or in a file, in the order of decision."""

import os
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

from approvals.ports import StoreBusy
from bot.cli.console import terminal_safe
from bot.cli.feedback.case import case_of
from bot.cli.feedback.datasets import FORMATS
from bot.clock import SystemClock
from bot.keys import KeyFault, seal_keys, seeds_for
from storage import WHOLE, StoreFault, database_file, open_store

if TYPE_CHECKING:
    from bot.audit_export import Period
    from bot.settings import StoreSettings
    from storage import SqlStore


class NoFeedback(Exception):
    """Why nothing could be exported, in sentences."""


@dataclass(slots=True, kw_only=True)
class FeedbackSummary:
    """What was exported."""

    kinds: "Counter[str]" = field(default_factory=Counter)
    decided: int = 0
    """How many proposals were decided in the period."""
    erased: int = 0
    left_out: int = 0
    """Cases that the form has no place for."""
    which: str = ""
    """What those are."""
    redacted: int = 0
    damaged: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For people."""
        cases = sum(self.kinds.values())
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.kinds.items()))
        hidden = f", {self.redacted:,} with something redacted" if self.redacted else ""
        many = "1 case" if cases == 1 else f"{cases:,} cases"
        said = [f"{many}, of {self.decided:,} decided in the period{hidden}: {kinds or 'none'}."]
        if self.left_out:
            said.append(f"{self.left_out:,} {self.which}: left out.")
        if self.erased:
            said.append(f"{self.erased:,} erased since: nothing of it is here.")
        said += [f"Left out, because it is not as it was written: {terminal_safe(each)}" for each in self.damaged]
        return said


async def export(settings: "StoreSettings", period: "Period", form: str, output: Path | None) -> FeedbackSummary:
    """Writes them; raises NoFeedback. A file gets its name once it is whole, and only its owner may read it."""
    key = settings.signoff_signing_key
    try:
        database = database_file(settings.signoff_database_url)
        if database is not None and not database.exists():
            raise NoFeedback(f"There is no database at {database}; SIGNOFF_DATABASE_URL names it.")
        keys = seal_keys(seeds_for(database, key.get_secret_value() if key else None))
        if output is None:
            return await _write(settings, keys, period, form, sys.stdout)
        making = output.with_name(f"{output.name}.part")
        making.unlink(missing_ok=True)
        try:
            descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                summary = await _write(settings, keys, period, form, file)
                file.flush()
                os.fsync(file.fileno())
            making.rename(output)
        finally:
            with suppress(OSError):
                making.unlink(missing_ok=True)
    except (KeyFault, StoreFault, StoreBusy) as fault:
        raise NoFeedback(str(fault)) from None
    except OSError as error:
        raise NoFeedback(f"{error.filename or output} cannot be used: {error.strerror or error}.") from None
    return summary


async def _write(
    settings: "StoreSettings", keys: tuple[bytes, ...], period: "Period", form: str, to: IO[str]
) -> FeedbackSummary:
    clock = SystemClock()
    async with open_store(settings.signoff_database_url, seal_key=keys, clock=clock, patience=WHOLE) as store:
        since, until = period.millis(clock.now())
        return await _cases(store, since, until, form, to)


async def _cases(store: "SqlStore", since: int, until: int, form: str, to: IO[str]) -> FeedbackSummary:
    made, begun = FORMATS[form], False
    summary = FeedbackSummary(which=made.left_out)
    screen = Console(stderr=True)
    to.write(made.head)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("proposals", total=await store.feedback.count(since, until))
        async for page in store.feedback.resolved(since, until):
            for proposal in page.proposals:
                summary.decided += 1
                summary.erased += proposal.erased_at is not None
                if (case := case_of(proposal)) is None:
                    continue
                line = made.line(case)
                if line is None:
                    summary.left_out += 1
                    continue
                summary.kinds[case["kind"]] += 1
                summary.redacted += case["redacted"]
                to.write((made.between if begun else "") + line)
                begun = True
            summary.damaged += page.damaged
            progress.advance(task, len(page.proposals) + len(page.damaged))
    to.write((made.tail if begun else "") + made.end)
    to.flush()
    return summary
