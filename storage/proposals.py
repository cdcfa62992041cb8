"""Proposals from the database: each is believed only if its sealed entries make exactly it."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from storage.audit.attest import TAGS, attested, entry_from
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.rows import Rows, gathered, proposal_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.proposal import Proposal
    from storage.audit.hash_chain import Entry
    from storage.audit.log import Seal
    from storage.engine.database import Statements

_SQL = queries("proposals")
_ENTRIES = queries("entries")
_FIRST = "proposal:submitted"
_PLANTED = "proposal:planted"
_LONG = 32_000
"""Characters of payloads above which others get a turn amid the looking."""


async def fetched(statements: "Statements", ids: "Sequence[str]", seal: "Seal | None") -> "list[Proposal]":
    """The proposals with these ids, in their order; those that never were are left out. Raises RowDamaged.

    Without a seal nobody can tell whether the entries are ours: for looking back over a policy alone.
    """
    found = await each_or_damage(statements, ids, seal) if ids else []
    for each in found:
        if isinstance(each, RowDamaged):
            raise each
    return [each for each in found if not isinstance(each, RowDamaged)]


async def readable(
    statements: "Statements", ids: "Sequence[str]", seal: "Seal | None"
) -> "tuple[list[Proposal], tuple[str, ...]]":
    """The same without the damaged ones, and what is wrong with those."""
    found = await each_or_damage(statements, ids, seal)
    return (
        [each for each in found if not isinstance(each, RowDamaged)],
        tuple(str(each) for each in found if isinstance(each, RowDamaged)),
    )


async def each_or_damage(
    statements: "Statements", ids: "Sequence[str]", seal: "Seal | None"
) -> "list[Proposal | RowDamaged]":
    """Each that is or ought to be there, or what is wrong with it."""
    rows = {each.proposal["id"]: each for each in await _rows(statements, ids)}
    told = None if seal is None else await entries_of(statements, ids)
    found: list[Proposal | RowDamaged] = []
    for proposal_id in ids:
        entries = None if told is None else told[proposal_id]
        if not entries and proposal_id not in rows:
            continue
        try:
            found.append(await _believed(proposal_id, rows.get(proposal_id), entries, seal))
        except RowDamaged as damaged:
            if seal is not None:
                seal.damage.met(damaged, proposal_id)
            found.append(damaged)
        else:
            if seal is not None:
                seal.damage.mended(proposal_id)
    return found


async def _believed(
    proposal_id: str, rows: "Rows | None", entries: "list[Entry] | None", seal: "Seal | None"
) -> "Proposal":
    """The proposal that its rows and its entries tell alike. Raises RowDamaged."""
    if seal is None or entries is None:
        assert rows is not None
        return proposal_from(rows)
    # Whose it is decides only who reads `damaged` and who 404, so it may be told by what is damaged, too. A drill is no
    # agent's.
    agent = next((each.actor_id for each in entries if each.tag == _FIRST), rows.proposal["agent"] if rows else None)
    if any(each.tag == _PLANTED for each in entries):
        agent = None
    if rows is None:
        raise RowDamaged(f"proposals {proposal_id}", "its row is gone, though its entries tell of it", agent)
    try:
        proposal = proposal_from(rows)
        if sum(len(each["payload"]) for each in rows.revisions) > _LONG:
            await asyncio.sleep(0)  # each half takes a tenth of a second of what is longest; others go between
        attested(proposal, entries, seal.key, rows.seats, rows.exclusions)
    except RowDamaged as damaged:
        raise RowDamaged(damaged.row, damaged.what, agent) from damaged
    return proposal


async def entries_of(statements: "Statements", ids: "Sequence[str]") -> "dict[str, list[Entry]]":
    """Of each those that change it, in order."""
    found: dict[str, list[Entry]] = {each: [] for each in ids}
    for row in await statements.rows(_ENTRIES["tagged_of_many"], encode_json(list(ids)), TAGS):
        found[row["proposal_id"]].append(entry_from(row))
    return found


async def _rows(statements: "Statements", ids: "Sequence[str]") -> list[Rows]:
    wanted = encode_json(list(ids))
    rows = {row["id"]: row for row in await statements.rows(_SQL["load_many"], wanted)}
    if not rows:
        return []
    revisions = await statements.rows(_SQL["revisions"], wanted)
    decisions = await statements.rows(_SQL["decisions"], wanted)
    asked = await statements.rows(_SQL["questions"], wanted)
    found = gathered([rows[each] for each in ids if each in rows], revisions, decisions, asked)
    seats = await statements.rows(_SQL["seats"], wanted)
    exclusions = await statements.rows(_SQL["exclusions"], wanted)
    return [
        replace(
            each,
            seats=tuple(seat["role"] for seat in seats if seat["proposal_id"] == each.proposal["id"]),
            exclusions=tuple(row["person"] for row in exclusions if row["proposal_id"] == each.proposal["id"]),
        )
        for each in found
    ]
