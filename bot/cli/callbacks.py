"""Callback commands, `signoff callbacks`: lists what was not delivered, from the database, and requeues it."""

from typing import TYPE_CHECKING, TypeVar

from approvals.events import instant
from approvals.ports import StoreBusy
from bot.cli.console import terminal_safe
from bot.clock import SystemClock
from bot.keys import KeyFault, seal_keys, seeds_for
from storage import StoreFault, database_file, open_store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.settings import StoreSettings
    from storage import Kept, SqlStore

T = TypeVar("T")
MOST_LISTED = 1000


class Unread(Exception):
    """The database cannot be used; a sentence."""


async def undelivered(settings: "StoreSettings", *, everything: bool) -> list["Kept"]:
    """What has not been told; with `told`, the newest of all. Raises Unread."""
    return await _asked(settings, lambda store: store.callbacks.listed(MOST_LISTED, everything=everything))


async def retried(settings: "StoreSettings", event: str | None) -> list[str]:
    """Begins anew with one, or all that were given up; their ids. Raises Unread."""
    return await _asked(settings, lambda store: store.callbacks.retry(event, SystemClock().now()))


def as_json(kept: "Kept") -> dict[str, str | int | None]:
    """A callback for programs."""
    return {
        "id": kept.id,
        "proposal": kept.proposal_id,
        "agent": kept.agent,
        "url": kept.url,
        "type": kept.agent_event.type,
        "time": instant(kept.at),
        "state": kept.state,
        "attempts": kept.attempts,
        "next_attempt": instant(kept.due_at) if kept.state == "waiting" else None,
        "why": kept.why,
    }


def callback_line(kept: "Kept") -> str:
    """A callback for people."""
    after = f"next at {instant(kept.due_at)}" if kept.state == "waiting" else ""
    said = [kept.why or "", after]
    rest = "; ".join(each for each in said if each)
    return (
        f"{kept.id}  {kept.state}  {kept.agent_event}  {kept.proposal_id}  {kept.agent}  {terminal_safe(kept.url)}  "
        f"{kept.attempts} attempt{'' if kept.attempts == 1 else 's'}{f': {rest}' if rest else ''}"
    )


async def _asked(settings: "StoreSettings", ask: "Callable[[SqlStore], Awaitable[T]]") -> T:
    signing_key = settings.signoff_signing_key
    try:
        database = database_file(settings.signoff_database_url)
        if database is not None and not database.exists():
            raise Unread(f"There is no database at {database}; SIGNOFF_DATABASE_URL names it.")
        seeds = seeds_for(database, signing_key.get_secret_value() if signing_key else None)
        async with open_store(settings.signoff_database_url, seal_key=seal_keys(seeds), clock=SystemClock()) as store:
            return await ask(store)
    except (KeyFault, StoreFault, StoreBusy) as fault:
        raise Unread(str(fault)) from None
    except OSError as error:
        raise Unread(f"{error.filename or database} cannot be read: {error.strerror or error}.") from None
