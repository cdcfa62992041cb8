"""Comparison of rows and entries, in both directions, for every row that decides: for `signoff audit verify`."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from approvals.effect_holds import hold_state
from approvals.effects import BY_TAG
from approvals.moves.deadlines import next_due
from approvals.proposal import Status
from approvals.seats import open_roles
from storage import agent_stops, delegations, remembered, second_factors
from storage.audit import testimony
from storage.audit.attest import TAGS
from storage.audit.facts import agreed_on, values_of
from storage.audit.row_seals import require_own_seal
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.messages import samples
from storage.proposals import each_or_damage
from storage.rows import millis, millis_or_none

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from approvals.proposal import Proposal
    from storage.audit.log import Seal
    from storage.engine.database import Database, Row, Statements, Value

_SQL = queries("comparing")
_ENTRIES = queries("entries")
_SIDES = ("due", "effects", "values", "stream", "seats", "exclusions", "places", "callbacks", "messages")
"""What is found beside the row of a proposal, by the names of the queries."""
STRIDE = 100
"""So many proposals are read in one view of the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDifference:
    """A row that is not what the entries tell, or is not there, or should not be."""

    table: str
    id: str
    what: str


_OF_CONTENTS = {
    "gone": "it is gone, and no entry tells that it was erased",
    "back": "it is there, and an entry tells that it was erased",
    "foreign": "its entry holds no digest of it",
}


async def differences(
    database: "Database", seal: "Seal", report: "Callable[[int], None] | None" = None
) -> list[RowDifference]:
    """All there are; each part is read in one view, so that a bot that runs meanwhile makes none.

    `report` hears how many proposals have been compared so far.
    """
    found = [*await database.read(_of_the_file), *await database.read(_of_counts)]
    last: str | None = ""
    count = 0
    while last is not None:
        last, compared, more = await database.read(partial(_of_proposals_after, last, seal))
        found += more
        count += compared
        if report is not None:
            report(count)
    return found + await database.read(lambda statements: _of_the_rest(statements, seal))


async def _of_proposals_after(
    last: str, seal: "Seal", statements: "Statements"
) -> tuple[str | None, int, list[RowDifference]]:
    """The last of the next proposals, None if there are none; how many; and their differences."""
    ids = [row["id"] for row in await statements.rows(_SQL["proposals"], last, STRIDE)]
    return ids[-1] if ids else None, len(ids), await _of_proposals(statements, ids, seal)


async def _of_the_file(statements: "Statements") -> list[RowDifference]:
    found = [
        RowDifference(table="the file", id="-", what=row["said"])
        for row in await statements.rows(_SQL["integrity"])
        if row["said"] != "ok"
    ]
    found += [
        RowDifference(table=row["name"], id=str(row["id"]), what=f"what it refers to in {row['parent']} is gone")
        for row in await statements.rows(_SQL["references"])
    ]
    found += [
        RowDifference(table=row["name"], id=row["id"], what="what it belongs to is not there")
        for row in await statements.rows(_SQL["strays"])
    ]
    found += [
        RowDifference(table="contents", id=str(row["seq"]), what=_OF_CONTENTS[row["what"]])
        for row in await statements.rows(_SQL["contents"])
    ]
    return found


async def _of_counts(statements: "Statements") -> list[RowDifference]:
    """Of what is kept beside the rows so that nobody counts them."""
    return [
        RowDifference(table="tallies", id=row["id"], what=f"it says {row['kept']}, there are {row['there']}")
        for row in await statements.rows(_SQL["tallies"])
    ] + [
        RowDifference(
            table="figures",
            id=f"{row['action']} {row['kind']} of day {row['day']}",
            what=f"it says {row['kept']}, there are {row['there']}, and waits differ by {row['waited']}",
        )
        for row in await statements.rows(_SQL["figures"])
    ]


async def _of_proposals(statements: "Statements", ids: list[str], seal: "Seal") -> list[RowDifference]:
    found = []
    beside = await _beside(statements, ids)
    for proposal_id, each in zip(ids, await each_or_damage(statements, ids, seal), strict=True):
        if isinstance(each, RowDamaged):
            found.append(_difference(each))
            continue
        found += _side_tables(each, {query: rows[proposal_id] for query, rows in beside.items()})
        for _, kind, channel, ts in beside["messages"][proposal_id]:
            message = (str(kind), proposal_id, str(channel), str(ts))
            if kind == "sample":
                posted = await testimony.was_posted(statements, *message, seal)
            else:
                posted = testimony.stands(*message, beside["posts"][proposal_id], seal)
            if not posted:
                what = f"no entry tells that it was posted at {ts}"
                found.append(RowDifference(table="messages", id=f"{kind} {proposal_id} {channel}", what=what))
    return found


async def _beside(statements: "Statements", ids: list[str]) -> "dict[str, dict[str, list[Row]]]":
    """What stands in other tables of each proposal, by the query that finds it; `events` and `posts` are entries."""
    wanted = encode_json(ids)
    rows = {query: await statements.rows(_SQL[query], wanted) for query in _SIDES}
    for query, tags in (("events", TAGS), ("posts", testimony.POSTED)):
        rows[query] = await statements.rows(_ENTRIES["tagged_of_many"], wanted, tags)
    found: dict[str, dict[str, list[Row]]] = {query: {each: [] for each in ids} for query in rows}
    for query, several in rows.items():
        for row in several:
            found[query][row["proposal_id"]].append(row)
    return found


async def _of_the_rest(statements: "Statements", seal: "Seal") -> list[RowDifference]:
    found = []
    for query, believed in _BELIEVED.items():
        for row in await statements.rows(_SQL[query]):
            try:
                await believed(statements, row["id"], seal)
            except RowDamaged as damaged:
                found.append(_difference(damaged))
    for row in await statements.rows(_SQL["uses"]):
        what = f"that it was approved by the remembered approval {row['of']} stands in the {row['alone']} alone"
        found.append(RowDifference(table="remembered_uses", id=row["id"], what=what))
    for table in ("forms", "modals"):
        for row in await statements.rows(_SQL[table]):
            try:
                require_own_seal(table, row, seal)
            except RowDamaged as damaged:
                found.append(_difference(damaged))
    return found


def _side_tables(proposal: "Proposal", beside: "dict[str, list[Row]]") -> list[RowDifference]:
    """What stands in other tables of a proposal that is sound."""
    gate = proposal.gate
    own = {role for role in gate.roles if role in gate.self_review}
    events = [each for each in beside["events"] if each["tag"] in BY_TAG and proposal.drill is None]
    stand: dict[str, list[tuple[Any, ...]]] = {query: [tuple(row)[1:] for row in beside[query]] for query in _SIDES}
    held = hold_state(proposal)
    values = values_of(proposal.action.payload) if agreed_on(proposal) else {}
    meant: dict[str, tuple[str, list[tuple[Value, ...]]]] = {
        "due": ("proposals", [(millis_or_none(next_due(proposal)),)]),
        "effects": (
            "effects",
            [] if held is None else [(effect, str(held)) for effect in gate.effects],
        ),
        "values": (
            "approved_values",
            [(proposal.ask.agent, proposal.action.name, *each) for each in sorted(values.items())],
        ),
        "stream": ("stream", [(proposal.ask.agent, each["seq"]) for each in events]),
    }
    found = []
    for query, (table, rows) in meant.items():
        found += [
            RowDifference(table=table, id=proposal.id, what=f"{what} {_row_text(row)}")
            for row, what in _differing(stand[query], rows)
        ]
    waits = proposal.status is Status.pending
    useful = open_roles(proposal) if waits else frozenset()
    present = [(role, int(role in own), 1, int(role in useful)) for role in sorted(gate.asked)]
    # Of what is over nobody keeps it up to date.
    seats = [(*row[:3], row[3] if waits else 0) for row in stand["seats"] if row[2]]
    found += [
        RowDifference(table="seats", id=proposal.id, what=f"{what} {_row_text(row)}")
        for row, what in _differing(seats, present)
    ]
    excluded = [(person, 1) for person in sorted(gate.excluded)]
    barred = [row for row in stand["exclusions"] if row[1]]
    found += [
        RowDifference(table="exclusions", id=proposal.id, what=f"{what} {_row_text(row)}")
        for row, what in _differing(barred, excluded)
    ]
    created_at, over_at = millis(proposal.created_at), millis(proposal.resolved_at or proposal.expires_at)
    found += [
        RowDifference(
            table=str(table), id=proposal.id, what=f"lists place it by {created} and {over}, and it is elsewhere"
        )
        for table, created, over in stand["places"]
        if (created, over) != (created_at, over_at)
    ]
    known = {each["id"]: (str(BY_TAG[each["tag"]]), each["at"]) for each in events}
    url = proposal.ask.callback_url
    for event, agent, at_url, kind, at in stand["callbacks"]:
        elsewhere = at_url != url and proposal.erased_at is None  # where it wanted to be told was erased too
        if agent != proposal.ask.agent or elsewhere or known.get(str(event)) != (kind, at):
            what = "no entry tells of this event, or the agent wants it elsewhere"
            found.append(RowDifference(table="callbacks", id=str(event), what=what))
    return found


def _differing(
    there: "Sequence[tuple[Value, ...]]", meant: "Sequence[tuple[Value, ...]]"
) -> "Iterator[tuple[tuple[Value, ...], str]]":
    yield from ((row, "no entry tells of") for row in there if row not in meant)
    yield from ((row, "its entries tell of what is not there:") for row in meant if row not in there)


def _row_text(row: "tuple[Value, ...]") -> str:
    return " ".join(str(each) for each in row)


def _difference(damaged: RowDamaged) -> RowDifference:
    table, _, of = damaged.row.partition(" ")
    return RowDifference(table=table, id=of, what=damaged.what)


_BELIEVED: "dict[str, Callable[[Statements, str, Seal], Awaitable[object]]]" = {
    "delegations": delegations.attested_delegation,
    "stops": agent_stops.attested_stop,
    "second_factors": second_factors.attested_enrolment,
    "samples": samples.sampled,
    "remembered": remembered.believed_as_named,
}
