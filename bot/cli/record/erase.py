"""Erase command, `signoff erase`: what agents and people wrote goes, by id, person or age; what happened stays."""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from approvals.events import instant
from approvals.moves import StillNeeded
from approvals.ports import Damaged, StoreBusy
from approvals.refusals import NotFound
from approvals.services.erasures import Erasing
from bot.cli.console import terminal_safe
from bot.clock import SystemClock
from bot.keys import KeyFault, seal_keys, seeds_for
from storage import StoreFault, database_file, open_store, scrub

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from approvals.proposal import Proposal
    from bot.settings import StoreSettings
    from storage import SqlStore
    from storage.erasure import MessageLeft

LISTED = 20
"""So many proposals are shown before the question; JSON has them all."""
BEFORE = "it was erased before"
_AGE = re.compile(r"([1-9][0-9]{0,5})([hd])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}


class NotErased(Exception):
    """Nothing can be erased; a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be erased: one of these four."""

    ids: "Sequence[str]" = ()
    person: str | None = None
    written_by: str | None = None
    older_than: str | None = None

    def __post_init__(self) -> None:
        if sum(map(bool, (self.ids, self.person, self.written_by, self.older_than))) != 1:
            raise NotErased("Say what to erase: ids of proposals, or --person, or --written-by, or --older-than.")

    @property
    def age(self) -> timedelta:
        """How old what is to be erased is at least. Raises NotErased."""
        found = _AGE.fullmatch(self.older_than or "")
        if found is None:
            raise NotErased(f"--older-than {self.older_than} is no time. Write 90d for days or 12h for hours.")
        return int(found[1]) * _UNITS[found[2]]


@dataclass(slots=True, kw_only=True)
class Erased:
    """What came of it, or would."""

    proposals: "list[Proposal]" = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    """What is not erased, and why."""
    also_written: tuple[str, ...] = ()
    """What of a person stands elsewhere: proposals on which they wrote something as a reviewer."""
    done: bool = False
    left: "set[MessageLeft]" = field(default_factory=set)
    """Messages in Slack that show it still."""
    scrubbed: bool = True
    """Whether nothing of it is left in the database's own log of changes."""

    def lines(self) -> list[str]:
        """For people."""
        verb = "Erased" if self.done else "Would erase"
        count = len(self.proposals)
        said = [f"{verb} what was written of {count} proposal{'' if count == 1 else 's'}:"] if count else []
        said += [_line(each) for each in self.proposals[:LISTED]]
        said += [f"  … and {count - LISTED} more"] if count > LISTED else []
        said += [f"Not {proposal_id}: {why}." for proposal_id, why in self.kept[:LISTED]]
        said += [f"… and {len(self.kept) - LISTED} more that are not"] if len(self.kept) > LISTED else []
        if self.also_written:
            said.append(
                f"They also wrote something as a reviewer of {len(self.also_written)} more: --written-by takes these, "
                "each whole."
            )
        if self.done:
            said.append(_followed(len(self.left)))
        if not self.scrubbed:
            said.append(
                "The write-ahead log is still in use and may hold what was erased, until the bot or this command "
                "empties it: run the command again, or stop the bot."
            )
        return said or ["There is nothing to erase."]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "erased" if self.done else "would_erase": [each.id for each in self.proposals],
            "kept": [{"id": proposal_id, "why": why} for proposal_id, why in self.kept],
            "also_written": list(self.also_written),
            "messages_left": len(self.left),
            "scrubbed": self.done and self.scrubbed,
        }


def _followed(count: int) -> str:
    """How much in Slack is still to follow, and how one sees that it did."""
    if not count:
        return "No message in Slack shows it."
    return (
        f"{_shown_by(count)} it still: a running bot brings {'it' if count == 1 else 'them'} up to date, about one a "
        'second in each channel. signoff_outbox{state="waiting"} in /metrics says how many wait, and `signoff erase ID`'
        " once more of each whether it is done."
    )


def _shown_by(count: int) -> str:
    return "1 message in Slack shows" if count == 1 else f"{count:,} messages in Slack show"


def _line(proposal: "Proposal") -> str:
    name, agent = terminal_safe(proposal.action.name), terminal_safe(proposal.ask.agent)
    return f"  {proposal.id}  {name}  {agent}  {proposal.status}  {instant(proposal.created_at)}"


async def erase(
    settings: "StoreSettings",
    wanted: Wanted,
    *,
    by: str,
    why: str,
    agree: "Callable[[Erased], bool]",
    rewrite: bool = False,
) -> Erased:
    """Erases what is wanted, once `agree` says so of what would be. Raises NotErased."""
    signing_key = settings.signoff_signing_key
    clock = SystemClock()
    try:
        url = settings.signoff_database_url
        database = database_file(url)
        if database is not None and not database.exists():
            raise NotErased(f"There is no database at {database}; SIGNOFF_DATABASE_URL names it.")
        seeds = seeds_for(database, signing_key.get_secret_value() if signing_key else None)
        async with open_store(url, seal_key=seal_keys(seeds), clock=clock) as store:
            erasing = Erasing(store, clock)
            ids = await _found(store, wanted, clock.now())
            also = await _also_written(store, wanted, ids)
            foreseen = await _each(ids, lambda proposal_id: erasing.foresee(proposal_id, by, why))
            foreseen.kept = [(each, await _before(store, each, why)) for each, why in foreseen.kept]
            foreseen.also_written = also
            if not foreseen.proposals or not agree(foreseen):
                return foreseen
            made = await _each(
                [each.id for each in foreseen.proposals], lambda proposal_id: erasing.erase(proposal_id, by, why)
            )
            for each in made.proposals:
                made.left |= set(await store.erasures.messages_left(each.id))
        made.kept, made.also_written = [*foreseen.kept, *made.kept], also
        made.done, made.scrubbed = True, await scrub(url, rewrite=rewrite)
    except (KeyFault, StoreFault, StoreBusy) as fault:
        raise NotErased(str(fault)) from None
    except OSError as error:
        raise NotErased(f"{error.filename or database} cannot be read: {error.strerror or error}.") from None
    return made


async def _before(store: "SqlStore", proposal_id: str, why: str) -> str:
    """Why it is not erased; of what was before also whether Slack has followed."""
    if why != BEFORE:
        return why
    left = await store.erasures.messages_left(proposal_id)
    if not left:
        return f"{why}, and no message in Slack shows it"
    refused = sorted({each.channel for each in left if each.given_up})
    taken = f", for Slack takes nothing in {', '.join(refused)}: see signoff doctor" if refused else ""
    return f"{why}, and {_shown_by(len(left))} it still{taken}"


async def _found(store: "SqlStore", wanted: Wanted, now: "datetime") -> list[str]:
    if wanted.ids:
        return list(dict.fromkeys(wanted.ids))
    if wanted.person is not None:
        return await store.erasures.about(wanted.person)
    if wanted.written_by is not None:
        return await store.erasures.written_by(wanted.written_by)
    found: list[str] = []
    more, place = await store.erasures.over(now - wanted.age)
    while place is not None:
        found += more
        more, place = await store.erasures.over(now - wanted.age, place)
    return found


async def _also_written(store: "SqlStore", wanted: Wanted, ids: "Sequence[str]") -> tuple[str, ...]:
    if wanted.person is None:
        return ()
    return tuple(each for each in await store.erasures.written_by(wanted.person) if each not in set(ids))


async def _each(ids: "Sequence[str]", verb: Any) -> Erased:
    made = Erased()
    for proposal_id in ids:
        try:
            proposal = await verb(proposal_id)
        except NotFound:
            made.kept.append((proposal_id, "there is no such proposal"))
        except StillNeeded as needed:
            made.kept.append((proposal_id, str(needed)))
        except Damaged as damaged:
            made.kept.append((proposal_id, f"it is damaged ({damaged}): see signoff audit verify"))
        else:
            if proposal is None:
                made.kept.append((proposal_id, BEFORE))
            else:
                made.proposals.append(proposal)
        await asyncio.sleep(0)  # a bot beside us gets its turn
    return made
