"""Export command, `signoff audit export`: the entries of a period, printed or in a file, verified on the way."""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.progress import Progress

from approvals.ports import StoreBusy
from bot.audit_export import Exported, ExportPage, Period, export_pages
from bot.clock import SystemClock
from bot.keys import KeyFault, seal_keys, seeds_for
from bot.ocsf import ocsf
from bot.settings import StoreSettings
from bot.slack.cards.redaction import veiled_facts
from bot.worker import Showing
from storage import WHOLE, Broken, Entry, StoreFault, database_file, first_broken, open_store

FORMATS: dict[str, Callable[[Exported], dict[str, Any]]] = {
    "jsonl": Exported.as_stored,
    "ocsf": lambda each: ocsf(each, version("signoff")),
}


class NotExported(Exception):
    """Why nothing could be exported, in sentences."""


@dataclass(slots=True, kw_only=True)
class ExportSummary:
    """What was exported."""

    entries: int = 0
    redacted: int = 0
    read: int = 0
    """Of the log, from its first entry on."""
    sha256: str = ""
    """Of all bytes that were written."""
    broken: Broken | None = None
    """The first entry of the log that does not hold; it was exported all the same."""

    def line(self) -> str:
        """For people."""
        many = "1 entry" if self.entries == 1 else f"{self.entries:,} entries"
        hidden = f", {self.redacted:,} with something redacted" if self.redacted else ""
        return f"{many} of {self.read:,} exported{hidden}. SHA-256 of what was written: {self.sha256}"


async def export(settings: StoreSettings, period: Period, form: str, output: Path | None) -> ExportSummary:
    """Writes them; raises NotExported. A file gets its name once it is whole, and only its owner may read it."""
    key = settings.signoff_signing_key
    try:
        database = database_file(settings.signoff_database_url)
        if database is not None and not database.exists():
            raise NotExported(f"There is no database at {database}; SIGNOFF_DATABASE_URL names it.")
        keys = seal_keys(seeds_for(database, key.get_secret_value() if key else None))
        if output is None:
            return await _write(settings, keys, period, form, sys.stdout.buffer)
        making = output.with_name(f"{output.name}.part")
        making.unlink(missing_ok=True)
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            summary = await _write(settings, keys, period, form, file)
            os.fsync(file.fileno())
        making.rename(output)
    except (KeyFault, StoreFault, StoreBusy) as fault:
        raise NotExported(str(fault)) from None
    except OSError as error:
        raise NotExported(f"{error.filename or output} cannot be used: {error.strerror or error}.") from None
    return summary


async def _write(
    settings: StoreSettings, keys: tuple[bytes, ...], period: Period, form: str, to: IO[bytes]
) -> ExportSummary:
    summary, digest, last = ExportSummary(), hashlib.sha256(), None
    screen = Console(stderr=True)
    async with open_store(settings.signoff_database_url, seal_key=keys, clock=SystemClock(), patience=WHOLE) as store:
        with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
            task = progress.add_task("entries", total=None)
            async for page in export_pages(store, partial(Showing(), veiled_facts), period):
                content = "".join(json.dumps(FORMATS[form](each)) + "\n" for each in page.found).encode()
                to.write(content)
                digest.update(content)
                last = _count(summary, page, keys, last)
                progress.update(task, total=page.head, completed=page.read[-1].seq)
    to.flush()
    summary.sha256 = digest.hexdigest()
    return summary


def _count(summary: ExportSummary, page: ExportPage, keys: tuple[bytes, ...], last: Entry | None) -> Entry:
    """Counts the page, and verifies that it follows from the one before."""
    summary.entries += len(page.found)
    summary.redacted += sum(each.redacted for each in page.found)
    summary.read += len(page.read)
    if summary.broken is None:
        summary.broken = first_broken(page.read, keys, last)
    return page.read[-1]
