"""Relocation command, `signoff migrate FROM TO`: a store copied to another database, with its log whole."""

import time
from typing import TYPE_CHECKING

from approvals.ports import StoreBusy
from bot.cli.console import terminal_safe
from bot.clock import SystemClock
from bot.keys import KeyFault, seal_keys, seeds_for
from storage import StoreFault, database_file, relocate

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import StoreSettings


OFTEN = 5.0
"""Seconds after which it is said once more how far a long table is."""


class Progress:
    """How far it is: a line for each table once it is all there, and for a long one now and then before."""

    def __init__(self, said: "Callable[[str], None]", now: "Callable[[], float]" = time.monotonic) -> None:
        self._said = said
        self._now = now
        self._of = ""
        self._count = 0
        self._last = now()

    def __call__(self, of: str, count: int) -> None:
        """So many are done by now."""
        if of != self._of:
            self.end()
        elif self._now() - self._last >= OFTEN:
            self._said(f"{of}: {count:,} so far")
            self._last = self._now()
        self._of, self._count = of, count

    def end(self) -> None:
        """The last one is all there."""
        if self._of:
            self._said(f"{self._of}: {self._count:,}")
        self._of, self._last = "", self._now()


class NotCopied(Exception):
    """Nothing was copied; the message says why."""


async def copy_store(
    settings: "StoreSettings", source: str, target: str, said: "Callable[[str], None]"
) -> dict[str, int]:
    """Rows by table. Raises NotCopied."""
    signing_key = settings.signoff_signing_key
    progress = Progress(said)
    try:
        if database_file(source) == database_file(target) and source == target:
            raise NotCopied("Both addresses are the same database.")
        path = database_file(source)
        if path is not None and not path.exists():
            raise NotCopied(f"There is no database at {path}.")
        seeds = seeds_for(path, signing_key.get_secret_value() if signing_key else None)
        counts = await relocate(source, target, seal_keys(seeds), SystemClock(), progress)
    except (KeyFault, StoreFault, StoreBusy) as fault:
        raise NotCopied(terminal_safe(str(fault))) from None
    progress.end()
    return counts


def left_to_do(source: str, target: str) -> list[str]:
    """What a person does next."""
    path, there = database_file(source), database_file(target)
    key = "the SIGNOFF_SIGNING_KEY that it had"
    if path is not None and path.with_name(f"{path.name}.key").exists():
        key = f"what stands in {path.name}.key"
    if there is None:
        key = f"set SIGNOFF_SIGNING_KEY to {key}, on every machine"
    else:
        key = f"keep {key} as {there.name}.key beside it, or in SIGNOFF_SIGNING_KEY"
    return [
        f"1. {key[0].upper()}{key[1:]}: the log is sealed with it.",
        "2. Set SIGNOFF_DATABASE_URL to the new address, and start the bot.",
        "3. Keep the old database out of reach of any bot: what one wrote there now would be missing here.",
    ]
