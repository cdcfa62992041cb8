"""Relocation command, `signoff migrate FROM TO`: a store copied to another database, with its log whole."""

from typing import TYPE_CHECKING

from approvals.ports import StoreBusy
from bot.cli.replay import terminal_safe
from bot.clock import SystemClock
from bot.keys import KeyFault, seal_keys, seeds_for
from storage import StoreFault, database_file, relocate

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import StoreSettings


class NotCopied(Exception):
    """Nothing was copied; the message says why."""


async def copy_store(
    settings: "StoreSettings", source: str, target: str, said: "Callable[[str], None]"
) -> dict[str, int]:
    """Rows by table. Raises NotCopied."""
    signing_key = settings.signoff_signing_key
    try:
        if database_file(source) == database_file(target) and source == target:
            raise NotCopied("Both addresses are the same database.")
        path = database_file(source)
        if path is not None and not path.exists():
            raise NotCopied(f"There is no database at {path}.")
        seeds = seeds_for(path, signing_key.get_secret_value() if signing_key else None)
        return await relocate(
            source,
            target,
            seal_keys(seeds),
            SystemClock(),
            lambda table, count: said(f"{table}: {count:,}"),
        )
    except (KeyFault, StoreFault, StoreBusy) as fault:
        raise NotCopied(terminal_safe(str(fault))) from None


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
