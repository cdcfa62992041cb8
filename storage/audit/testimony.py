"""Testimony: what sealed entries say of delegations, stops, remembered decisions, samples and policies.

Where believing a row would give power, a row without its entries is never believed; where forgetting one would, the
entries are asked and the row is only held against them.
"""

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from approvals.agent_stop import EVERYTHING, AgentResumed, AgentStopped, Stop
from approvals.delegation import Delegation
from approvals.events import (
    Approved,
    DelegationBegun,
    DelegationEnded,
    Erased,
    PolicyBegun,
    PolicyLoaded,
    Posted,
    SampleDrawn,
    SampleJudged,
    SamplePosted,
    secret_digest,
)
from approvals.ports import PolicyInForce
from approvals.remembered.decision import RememberedApprovalUsed
from approvals.sample import Judged, Sample
from approvals.second_factor import ResetRequest, ResetRequested, SecondFactorEnrolled
from storage.audit import contents
from storage.audit.attest import entry_from, erased_up_to
from storage.audit.contents import is_erased, whole_facts
from storage.audit.hash_chain import with_faults
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.json_codec import Misshapen, encode_json, shaped
from storage.rows import from_milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from approvals.events import Note
    from storage.audit.hash_chain import Entry
    from storage.audit.log import Seal
    from storage.engine.database import Row, Statements, Value

N = TypeVar("N", bound="Note")
T = TypeVar("T")
_SQL = queries("testimony")
_ENTRIES = queries("entries")
_APPROVED = encode_json([Approved.tag])
POSTED = encode_json([Posted.tag])
_ERASED = encode_json([Erased.tag])


async def delegation(statements: "Statements", delegation_id: str, seal: "Seal") -> Delegation | None:
    """The delegation as its entries tell it. Raises RowDamaged for an entry that is not ours."""
    made: Delegation | None = None
    for entry in await _sealed(statements, "delegation", seal, delegation_id):
        if entry.tag == DelegationBegun.tag:
            begun = note(DelegationBegun, entry)
            made = Delegation(
                id=begun.id,
                delegator=begun.delegator,
                delegate=begun.delegate,
                begun_at=begun.at,
                until=begun.until,
            )
        elif made is not None:
            ended = note(DelegationEnded, entry)
            made = replace(made, ended_at=ended.at, ended_by=ended.by)
    return made


async def unended_of(statements: "Statements", person: str, seal: "Seal") -> list[Delegation]:
    """What the person gave or was given and no entry tells the end of, oldest first. Raises RowDamaged likewise."""
    begun = await _sealed(statements, "delegated", seal, person)
    found = [await delegation(statements, note(DelegationBegun, each).id, seal) for each in begun]
    return [each for each in found if each is not None and each.ended_at is None]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopsTold:
    """What the newest entries tell of whether one agent is stopped."""

    own: Stop | None
    everything: Stop | None
    resumed_since: bool
    """Whether the agent was resumed after everything was stopped."""


async def stop_entries(statements: "Statements", agent: str, seal: "Seal") -> StopsTold:
    """How the agent is stopped, if it is, for itself and with everything. Raises RowDamaged likewise."""
    newest: dict[str, Entry] = {}
    for entry in await _sealed(statements, "stop", seal, agent):
        resumed = entry.tag == AgentResumed.tag
        newest[note(AgentResumed, entry).agent if resumed else note(AgentStopped, entry).agent] = entry
    own, everything = newest.get(agent), newest.get(EVERYTHING)
    return StopsTold(
        own=_stop_of(own),
        everything=_stop_of(everything),
        resumed_since=own is not None and everything is not None and everything.seq < own.seq,
    )


def _stop_of(entry: "Entry | None") -> Stop | None:
    if entry is None or entry.tag != AgentStopped.tag:
        return None
    said = note(AgentStopped, entry)
    return Stop(agent=said.agent, by=said.by, team=entry.actor_team or "", at=said.at, reason=said.reason)


async def resumed_meanwhile(statements: "Statements", seal: "Seal") -> list[str]:
    """The agents that were resumed after everything was stopped last, by name. Raises RowDamaged likewise."""
    return sorted({note(AgentResumed, each).agent for each in await _sealed(statements, "resumed_meanwhile", seal)})


async def stopped_since_approved(statements: "Statements", proposal_id: str, agent: str, seal: "Seal") -> bool:
    """Whether the agent was stopped, or everything was, after the proposal was approved last. Raises RowDamaged."""
    approved = await statements.rows(_ENTRIES["newest_tagged"], proposal_id, _APPROVED)
    since = approved[0]["seq"] if approved else 0
    return bool(await _sealed(statements, "stopped_since", seal, agent, since))


async def enrolled(statements: "Statements", person: str, seal: "Seal") -> SecondFactorEnrolled | None:
    """How the person enrolled, if nobody reset that. Raises RowDamaged likewise."""
    for entry in await _sealed(statements, "second_factor", seal, person):
        return note(SecondFactorEnrolled, entry) if entry.tag == SecondFactorEnrolled.tag else None
    return None


async def reset_request(statements: "Statements", person: str, seal: "Seal") -> ResetRequest | None:
    """That an operator asked for the reset of what the person has, if that is the newest of it. Raises RowDamaged."""
    for entry in await _sealed(statements, "factor_reset", seal, person):
        if entry.tag == ResetRequested.tag:
            said = note(ResetRequested, entry)
            return ResetRequest(person=said.person, by=said.by, at=said.at)
    return None


async def rejections(statements: "Statements", digest: str, seal: "Seal") -> list[str]:
    """The proposals with which a rejection of the digest was remembered, in order. Raises RowDamaged."""
    found = await _sealed(statements, "rejections", seal, digest)
    return [each.proposal_id for each in found if each.proposal_id]


async def used(statements: "Statements", proposal_id: str, seal: "Seal") -> list[str]:
    """The remembered approvals that approved the proposal. Raises RowDamaged."""
    found = await _sealed(statements, "used", seal, proposal_id)
    return [
        each.proposal_id
        for each in found
        if each.proposal_id and note(RememberedApprovalUsed, each).proposal == proposal_id
    ]


async def sample_entry(statements: "Statements", proposal_id: str, seal: "Seal") -> Sample | None:
    """What was drawn of the proposal, with its secret as a digest alone. Raises RowDamaged."""
    sampled: Sample | None = None
    entries = await _sealed(statements, "sample", seal, proposal_id)
    await require_contents(statements, entries, proposal_id, seal)
    for entry in entries:
        if entry.tag == SampleDrawn.tag:
            said = note(SampleDrawn, entry)
            sampled = Sample(
                proposal_id=said.proposal,
                roles=said.roles,
                channels=said.channels,
                nonce=said.nonce,
                sampled_at=said.at,
            )
        elif sampled is not None:
            judged = note(SampleJudged, entry)
            sampled = replace(
                sampled,
                judged=Judged(judgement=judged.judgement, by=judged.by, at=judged.at, reason=judged.reason),
            )
    return sampled


def sample_without_secret(sampled: Sample) -> Sample:
    """The sample as its entries can tell it."""
    return replace(sampled, nonce=secret_digest(sampled.nonce))


async def was_posted(statements: "Statements", kind: str, subject: str, channel: str, ts: str, seal: "Seal") -> bool:
    """Whether we posted the message of this kind about the proposal there, or took it up.

    Those of a sample are not among its proposal's entries, which its agent may one day read.
    """
    if kind == "sample":
        rows = await statements.rows(_SQL["sample_posts"], subject)
    else:
        rows = await statements.rows(_ENTRIES["tagged"], subject, POSTED)
    return stands(kind, subject, channel, ts, rows, seal)


def stands(kind: str, subject: str, channel: str, ts: str, posts: "Iterable[Row]", seal: "Seal") -> bool:
    """The same, by the entries that tell of what was posted."""
    name = f"messages {kind} {subject} {channel}"
    of: type[Posted | SamplePosted] = SamplePosted if kind == "sample" else Posted
    try:
        told = [note(of, each) for each in ours((entry_from(row) for row in posts), seal)]
    except RowDamaged as damaged:
        seal.damage.met(damaged, name)
        return False
    if any((each.channel, each.ts) == (channel, ts) for each in told):
        seal.damage.mended(name)
        return True
    seal.damage.met(RowDamaged(name, f"no entry tells that it was posted at {ts}"), name)
    return False


async def policy_in_force(statements: "Statements", seal: "Seal", version: str | None = None) -> PolicyInForce | None:
    """See Transaction. Raises RowDamaged for an entry that is not ours."""
    query, asked = ("policy_begun", ()) if version is None else ("policy_begun_before", (version,))
    for entry in await _sealed(statements, query, seal, *asked):
        return PolicyInForce(entry.seq, note(PolicyBegun, entry).version)
    return None


async def policy_that_judged(statements: "Statements", seal: "Seal") -> str | None:
    """The version of the policy that judged last all that waited; None if none did, or its entry is not ours."""
    try:
        for entry in await _sealed(statements, "policy", seal):
            return note(PolicyLoaded, entry).version
    except RowDamaged:
        return None  # then all that waits is judged again
    return None


def entry_of(name: str, rows: "Sequence[Row]", kind: "Callable[[Row], T]", seal: "Seal") -> T | None:
    """What the one row, if it is there, makes. Raises RowDamaged where it makes nothing of ours."""
    try:
        return kind(rows[0]) if rows else None
    except ValueError as fault:
        damaged = RowDamaged(name, str(fault))
        seal.damage.met(damaged, name)
        raise damaged from fault


def agree(name: str, found: object, meant: object, seal: "Seal", agent: str | None = None) -> None:
    """Raises RowDamaged unless the row and its entries tell the same; either may be None, where it is not there.

    Both are of the same dataclass; what differs is named by its fields.
    """
    if found == meant:
        seal.damage.mended(name)
        return
    if found is None:
        what = "its row is gone, though its entries tell of it"
    elif meant is None:
        what = "no entry tells of it"
    else:
        names = [each.name for each in fields(meant)]  # type: ignore[arg-type]  # see above
        other = [each for each in names if getattr(meant, each) != getattr(found, each)]
        what = f"its row is not what its sealed entries tell: {', '.join(other)} differ"
    damaged = RowDamaged(name, what, agent)
    seal.damage.met(damaged, name)
    raise damaged


def note(kind: type[N], entry: "Entry") -> N:
    """The note that the entry records. Raises RowDamaged."""
    try:
        return shaped(kind, {**whole_facts(entry), "at": from_milliseconds(entry.at).isoformat()})
    except (Misshapen, TypeError) as refused:
        raise RowDamaged(f"entries {entry.seq}", str(refused)) from refused


async def require_contents(
    statements: "Statements", entries: "Sequence[Entry]", proposal_id: str, seal: "Seal"
) -> None:
    """Raises RowDamaged where a content is gone and the proposal's entries do not tell that it was erased."""
    if not any(is_erased(each) for each in entries):
        return
    rows = await statements.rows(_ENTRIES["tagged"], proposal_id, _ERASED)
    contents.require_contents(entries, erased_up_to(ours([entry_from(row) for row in rows], seal)))


async def _sealed(statements: "Statements", query: str, seal: "Seal", *asked: "Value") -> "list[Entry]":
    return list(ours((entry_from(row) for row in await statements.rows(_SQL[query], *asked)), seal))


def ours(entries: Any, seal: "Seal") -> "list[Entry]":
    """The entries, unless one was not sealed by us. Raises RowDamaged."""
    found = []
    for entry, what in with_faults(entries, seal.key):
        if what:
            raise RowDamaged(f"entries {entry.seq}", what)
        found.append(entry)
    return found
