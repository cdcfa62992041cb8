"""Read queries: an agent's list, a person's queue, history, counts. Straight to SQL."""

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.effects import Effect
from approvals.proposal import Status
from approvals.sample import SampleVerdict
from storage.audit.attest import entry_from
from storage.audit.log import NEWEST, PAGE_BYTES, line_from, within
from storage.callbacks import CallbackCounts, counted
from storage.engine.database import reads
from storage.engine.queries import queries
from storage.json_codec import decode_json, encode_json
from storage.listing.lists import Lists
from storage.proposals import readable
from storage.rows import from_milliseconds, millis, moment_or_none

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence
    from datetime import datetime

    from approvals.digest import JSON
    from approvals.ports import Line
    from approvals.proposal import Proposal
    from storage.engine.database import Statements, Value

_SQL = queries("reads")
_ENTRIES = queries("entries")
_STOPS = queries("stops")
_FACTORS = queries("second_factors")
_SAMPLES = queries("samples")
MOST_EQUAL = 20
MOST_ALIKE = 1000
LOOKED_THROUGH = 1000
"""So many of an agent's proposals are looked through for what fits."""
MOST_DEAD_LETTERS = 100


class BadCursor(ValueError):
    """The cursor is none that we gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of an agent's proposals; `next_cursor` asks for those after them, None at the end."""

    proposals: "list[Proposal]"
    next_cursor: str | None
    damaged: tuple[str, ...] = ()
    """What is wrong with rows that belong here and are not served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A delivery that was given up."""

    proposal_id: str
    channel: str
    kind: Effect
    attempts: int
    due_at: "datetime"
    """When it was last due."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Figures for the metrics."""

    by_status: "Mapping[Status, int]"
    """Every status, zero included, as written: `late` ones are still counted where they stood."""
    overdue: int
    """Claimed, and not reported in time."""
    late: int
    """Past a deadline that no sweep has written yet."""
    oldest_pending: "datetime | None"
    """When the oldest of what waits was submitted."""
    deliveries_waiting: int
    dead_letters: int
    stopped_agents: int
    everything_stopped: bool
    callbacks: CallbackCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of an agent's proposals are wanted."""

    agent: str
    status: Status | None
    action: str | None
    run_id: str | None
    now: int

    async def found(
        self, statements: "Statements", below: tuple[int, str], limit: int
    ) -> "tuple[list[tuple[int, str]], tuple[int, str] | None]":
        """Their places below one, one more than the limit if there are; and where looking ended before the list did."""
        status = None if self.status is None else str(self.status)
        names: tuple[str, ...] = ("of_agent",)
        of: tuple[Value, ...] = ()
        if self.run_id is not None:
            names, of = ("of_run",), (self.run_id,)
        elif status is not None:
            names, of = ("of_status", "overtaken"), (status, self.now)
        narrowed = self.action is not None or (status is not None and self.run_id is not None)
        most = LOOKED_THROUGH if narrowed else limit + 1
        read = [await statements.rows(_SQL[query], self.agent, *below, most, *of) for query in names]
        places = sorted(((row["created_at"], row["id"]) for rows in read for row in rows), reverse=True)[:most]
        end = places[-1] if narrowed and len(places) == most else None
        if narrowed:
            ids = encode_json([each[1] for each in places])
            rows = await statements.rows(_SQL["fitting"], ids, status, self.action, self.run_id, self.now)
            fitting = {row["id"] for row in rows}
            places = [each for each in places if each[1] in fitting]
        return places[: limit + 1], end


class Reads(Lists):
    """The questions."""

    @reads
    async def of_agent(
        self,
        statements: "Statements",
        agent: str,
        *,
        now: "datetime",
        status: Status | None = None,
        action: str | None = None,
        run_id: str | None = None,
        cursor: str | None = None,
        limit: int,
    ) -> Page:
        """The agent's proposals, newest first; `status` is the one that time has given them. Raises BadCursor.

        At most `limit`: fewer where they would take more than PAGE_BYTES together, and fewer or none where what was
        looked through holds no more that fit; the next page goes on from there.
        """
        below = (NEWEST, "") if cursor is None else place_of(cursor)
        wanted = Wanted(agent=agent, status=status, action=action, run_id=run_id, now=millis(now))
        found, end = await wanted.found(statements, below, limit)
        ids = encode_json([each[1] for each in found[:limit]])
        sizes = await statements.rows(_SQL["sizes"], ids)
        shown = found[: len(list(within(PAGE_BYTES, sizes)))]
        proposals, damaged = await readable(statements, [each[1] for each in shown], self._seal)
        last = shown[-1] if len(shown) < len(found) else end
        return Page(proposals=proposals, next_cursor=None if last is None else cursor_of(*last), damaged=damaged)

    @reads
    async def beginning(
        self, statements: "Statements", prefix: str, user: str, roles: "Collection[str]", *, limit: int
    ) -> list[str]:
        """Ids of the proposals that the person may see and whose ids begin so, among the first MOST_ALIKE that do."""
        asked = (prefix, f"{prefix}\U0010ffff", user, encode_json(sorted(roles)), limit, MOST_ALIKE)
        return [row["id"] for row in await statements.rows(_SQL["begin"], *asked)]

    @reads
    async def may_see(self, statements: "Statements", proposal_id: str, user: str, roles: "Collection[str]") -> bool:
        """Whether the proposal is among what `visible` would list."""
        return bool(await statements.rows(_SQL["may_see"], proposal_id, user, encode_json(sorted(roles))))

    @reads
    async def equals(self, statements: "Statements", proposal: "Proposal") -> list[str]:
        """Ids of other proposals of the same digest that wait, at most MOST_TWINS."""
        rows = await statements.rows(_SQL["equals"], proposal.digest, proposal.id, MOST_EQUAL)
        return [row["id"] for row in rows]

    async def since(self, moment: "datetime", *, page: int = 200) -> "AsyncIterator[Page]":
        """All that was submitted from a moment on, newest first, a page at a time.

        Each page is a transaction of its own, so that going through years holds up nobody's checkpoint.
        """
        below = (NEWEST, "")
        while True:
            found = await self._before(moment, below, page)
            if found is None:
                return
            below = place_of(found.next_cursor or "")
            yield found

    @reads
    async def _before(
        self, statements: "Statements", moment: "datetime", below: tuple[int, str], limit: int
    ) -> "Page | None":
        rows = await statements.rows(_SQL["since"], millis(moment), *below, limit)
        if not rows:
            return None
        proposals, damaged = await readable(statements, [row["id"] for row in rows], self._seal)
        return Page(proposals=proposals, next_cursor=cursor_of(rows[-1]["created_at"], rows[-1]["id"]), damaged=damaged)

    @reads
    async def count_since(self, statements: "Statements", moment: "datetime") -> int:
        """How many proposals `since` goes through."""
        (row,) = await statements.rows(_SQL["count_since"], millis(moment))
        return int(row["count"])

    @reads
    async def sample_verdicts(self, statements: "Statements", ids: "Sequence[str]") -> dict[str, bool]:
        """Of those that were looked over as samples whether that was fine, as the rows say: for advice alone."""
        rows = await statements.rows(_SAMPLES["verdicts"], encode_json(list(ids)))
        return {row["proposal_id"]: SampleVerdict(row["judgement"]) is SampleVerdict.fine for row in rows}

    @reads
    async def trail(self, statements: "Statements", proposal_id: str) -> "list[Line]":
        """All that the audit log tells of the proposal, in order."""
        rows = await statements.rows(_ENTRIES["of_proposal"], proposal_id, 0, NEWEST)
        return [line_from(entry_from(row)) for row in rows]

    @reads
    async def newest_note(self, statements: "Statements", tag: str) -> "dict[str, JSON] | None":
        """What the newest entry with this tag says that is of no proposal; None if there is none."""
        rows = await statements.rows(_ENTRIES["newest_note"], tag)
        return decode_json(rows[0]["facts"]) if rows else None

    @reads
    async def counts(self, statements: "Statements", now: "datetime") -> Counts:
        """The figures at this moment."""
        by_status = dict.fromkeys(Status, 0)
        overdue = 0
        for row in await statements.rows(_SQL["by_status"]):
            by_status[Status(row["status"])] += row["count"]
            overdue += row["count"] if row["overdue"] else 0
        (late,) = await statements.rows(_SQL["late"], millis(now))
        (oldest,) = await statements.rows(_SQL["oldest_pending"])
        (deliveries,) = await statements.rows(_SQL["deliveries"])
        (stopped,) = await statements.rows(_STOPS["count"])
        callbacks = await counted(statements)
        return Counts(
            by_status=by_status,
            overdue=overdue,
            late=late["count"],
            oldest_pending=moment_or_none(oldest["created_at"]),
            deliveries_waiting=deliveries["waiting"],
            dead_letters=deliveries["dead_letter"],
            stopped_agents=int(stopped["count"]),
            everything_stopped=bool(stopped["everything"]),
            callbacks=callbacks,
        )

    @reads
    async def overdue_untold(self, statements: "Statements", since: "datetime | None") -> "list[Proposal]":
        """What nobody approved and fell overdue since a moment, and of which no notice `overdue:ID` was enqueued."""
        rows = await statements.rows(_SQL["overdue_untold"], 0 if since is None else millis(since))
        return (await readable(statements, [row["id"] for row in rows], self._seal))[0] if rows else []

    @reads
    async def enrolled(self, statements: "Statements") -> list[str]:
        """Everybody who has a second factor, as the rows say: for advice, and for nothing that decides."""
        return [row["person"] for row in await statements.rows(_FACTORS["all"])]

    @reads
    async def dead_letters(self, statements: "Statements") -> list[DeadLetter]:
        """The deliveries that were given up, oldest first, at most MOST_PARKED."""
        return [
            DeadLetter(
                proposal_id=row["subject"],
                channel=row["channel"],
                kind=Effect(row["kind"]),
                attempts=row["attempts"],
                due_at=from_milliseconds(row["due_at"]),
                why=row["why"],
            )
            for row in await statements.rows(_SQL["dead_letter"], MOST_DEAD_LETTERS)
        ]


def cursor_of(at: int, proposal_id: str) -> str:
    """What a list gives for a place in it."""
    return base64.urlsafe_b64encode(f"{at}.{proposal_id}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> tuple[int, str]:
    """The place that it was given for. Raises BadCursor."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        created_at, _, proposal_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition(".")
        place = (int(created_at), proposal_id)
    except (binascii.Error, ValueError) as fault:
        raise BadCursor(f"{cursor!r} is not a cursor of ours") from fault
    if not 0 <= place[0] <= NEWEST:
        raise BadCursor(f"{cursor!r} is not a cursor of ours")
    return place
