"""Rows of proposals, and back. A row whose content contradicts its digest is never served."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from approvals.decision import Decision, Verdict
from approvals.drill import Drill
from approvals.gate import EscalatedTo, Gate
from approvals.json_text import json_text, payload_text
from approvals.moves.deadlines import next_due
from approvals.proposal import Action, Ask, Cause, Inquiry, Outcome, Proposal, Revision, Rollback, Status, Suspension
from storage.engine.errors import RowDamaged
from storage.json_codec import Misshapen, decode_json, shaped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from approvals.digest import JSON
    from storage.engine.database import Row, Value

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def millis(at: datetime) -> int:
    """Whole milliseconds since the epoch."""
    return (at - _EPOCH) // _MILLISECOND


def from_milliseconds(stored: int) -> datetime:
    """The UTC time of so many milliseconds; Misshapen where there is no such time."""
    try:
        return _EPOCH + stored * _MILLISECOND
    except OverflowError as fault:
        raise Misshapen(f"{stored} cannot be a time") from fault


def millis_or_none(at: datetime | None) -> int | None:
    """The same for what may not have happened."""
    return None if at is None else millis(at)


def moment_or_none(stored: int | None) -> datetime | None:
    """The same for what may not have happened."""
    return None if stored is None else from_milliseconds(stored)


def proposal_values(proposal: Proposal) -> "tuple[Value, ...]":
    """The values of `insert_proposal`, in its order."""
    return (
        proposal.id,
        proposal.ask.agent,
        proposal.action.name,
        proposal.ask.run_id,
        json_text(proposal.ask),
        millis(proposal.created_at),
        proposal.idempotency_key,
        proposal.fingerprint,
        *state_values(proposal),
        proposal.gate.policy_version,
    )


def state_values(proposal: Proposal) -> "tuple[Value, ...]":
    """The values that events change, in the order of `insert_proposal` and `update_proposal`."""
    return (
        proposal.version,
        str(proposal.status),
        None if proposal.cause is None else str(proposal.cause),
        proposal.reason,
        json_text(proposal.gate),
        json_text(proposal.channels),
        proposal.revision,
        proposal.digest,
        proposal.round,
        proposal.nonce,
        millis(proposal.expires_at),
        millis_or_none(proposal.resolved_at),
        proposal.resolved_by,
        millis_or_none(proposal.execute_by),
        millis_or_none(proposal.claimed_at),
        proposal.claimant,
        millis_or_none(proposal.report_by),
        int(proposal.overdue),
        None if proposal.outcome is None else json_text(proposal.outcome),
        None if proposal.rollback is None else json_text(proposal.rollback),
        proposal.reminded,
        json_text(proposal.escalated),
        proposal.extended,
        json_text(proposal.escalated_to),
        millis_or_none(next_due(proposal)),
        millis_or_none(proposal.claimable_at),
        None if proposal.suspension is None else json_text(proposal.suspension),
        None if proposal.drill is None else json_text(proposal.drill),
    )


def revision_values(proposal_id: str, revision: Revision) -> "tuple[Value, ...]":
    """The values of `insert_revision`."""
    return (
        proposal_id,
        revision.number,
        revision.action.name,
        payload_text(revision.action),
        revision.action.digest,
        millis(revision.at),
        revision.editor,
        json_text(revision.patch),
    )


def decision_values(proposal_id: str, number: int, decision: Decision) -> "tuple[Value, ...]":
    """The values of `insert_decision`."""
    return (
        proposal_id,
        number,
        decision.reviewer,
        str(decision.verdict),
        decision.revision,
        decision.round,
        millis(decision.at),
        json_text(decision.roles),
        decision.reason,
        decision.stands_in_for,
        int(decision.rushed),
        millis_or_none(decision.first_seen_at),
        json_text(decision.backup),
        decision.seen_words,
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of one proposal; revisions, decisions and questions by number."""

    proposal: "Row"
    revisions: "tuple[Row, ...]"
    decisions: "tuple[Row, ...]"
    questions: "tuple[Row, ...]" = ()
    seats: tuple[str, ...] = ()
    """Roles by which lists find it."""
    exclusions: tuple[str, ...] = ()
    """People by whom they do."""


def proposal_from(rows: Rows) -> Proposal:
    """The proposal. Raises RowDamaged."""
    row = rows.proposal
    name = f"proposals {row['id']}"
    revisions = tuple(_revision(revision) for revision in rows.revisions)
    if not revisions or [each.number for each in revisions] != list(range(1, row["revision"] + 1)):
        raise RowDamaged(name, "its revisions are not all there")
    if revisions[-1].action.digest != row["digest"] or revisions[-1].action.name != row["action"]:
        raise RowDamaged(name, "its digest is not that of its present revision")
    try:
        proposal = Proposal(
            id=row["id"],
            ask=shaped(Ask, decode_json(row["ask"])),
            revisions=revisions,
            gate=shaped(Gate, decode_json(row["gate"])),
            created_at=from_milliseconds(row["created_at"]),
            expires_at=from_milliseconds(row["expires_at"]),
            nonce=row["nonce"],
            round=row["round"],
            version=row["version"],
            status=Status(row["status"]),
            cause=None if row["cause"] is None else Cause(row["cause"]),
            reason=row["reason"],
            decisions=tuple(_decision(decision) for decision in rows.decisions),
            channels=strings(row["channels"]),
            resolved_at=moment_or_none(row["resolved_at"]),
            resolved_by=row["resolved_by"],
            execute_by=moment_or_none(row["execute_by"]),
            claimable_at=moment_or_none(row["claimable_at"]),
            claimed_at=moment_or_none(row["claimed_at"]),
            report_by=moment_or_none(row["report_by"]),
            overdue=bool(row["overdue"]),
            claimant=row["claimant"],
            outcome=None if row["outcome"] is None else shaped(Outcome, decode_json(row["outcome"])),
            rollback=None if row["rollback"] is None else shaped(Rollback, decode_json(row["rollback"])),
            suspension=None if row["suspension"] is None else shaped(Suspension, decode_json(row["suspension"])),
            reminded=row["reminded"],
            escalated=_steps(row["escalated"]),
            escalated_to=_escalated_to(row["escalated_to"]),
            extended=row["extended"],
            questions=tuple(_question(question) for question in rows.questions),
            idempotency_key=row["idempotency_key"],
            fingerprint=row["fingerprint"],
            erased_at=moment_or_none(row["erased_at"]),
            drill=None if row["drill"] is None else shaped(Drill, decode_json(row["drill"])),
        )
    except ValueError as fault:
        raise RowDamaged(name, str(fault)) from fault
    if proposal.ask.agent != row["agent"] or proposal.ask.run_id != row["run_id"]:
        raise RowDamaged(name, "its columns are not what its ask says")
    return proposal


def gathered(proposals: "Iterable[Row]", *belonging: "Iterable[Row]") -> list[Rows]:
    """Each proposal's row with those that belong to it: revisions, decisions, questions."""
    found: list[dict[str, list[Row]]] = []
    for rows in belonging:
        of: dict[str, list[Row]] = {}
        for each in rows:
            of.setdefault(each["proposal_id"], []).append(each)
        found.append(of)
    return [
        Rows(row, *(tuple(of.get(row["id"], ())) for of in found))  # type: ignore[arg-type]  # these three are rows
        for row in proposals
    ]


def strings(stored: str) -> tuple[str, ...]:
    """A stored list of strings; Misshapen if it is none."""
    said: Any = decode_json(stored)
    if not isinstance(said, list) or not all(isinstance(each, str) for each in said):
        raise Misshapen("not a list of strings")
    return tuple(said)


def _steps(stored: str) -> tuple[tuple[int, str], ...]:
    said: Any = decode_json(stored)
    match said:
        case [*steps] if all(isinstance(step, list) and list(map(type, step)) == [int, str] for step in steps):
            return tuple((after, to) for after, to in steps)
        case _:
            raise Misshapen("not a list of pairs of a number and a role")


def _escalated_to(stored: str) -> tuple[EscalatedTo, ...]:
    said: Any = decode_json(stored)
    if not isinstance(said, list):
        raise Misshapen("not a list of who was called in")
    return tuple(shaped(EscalatedTo, each) for each in said)


def _revision(row: "Row") -> Revision:
    name = f"revisions {row['proposal_id']}/{row['number']}"
    try:
        payload, patch = decode_json(row["payload"]), decode_json(row["patch"])
        if not isinstance(payload, dict | None) or not isinstance(patch, list):
            raise RowDamaged(name, "payload or patch is of the wrong kind")
        action, at = _action(row["action"], payload, row["digest"]), from_milliseconds(row["at"])
    except ValueError as fault:
        raise RowDamaged(name, str(fault)) from fault
    if action.digest != row["digest"]:
        raise RowDamaged(name, f"its content has the digest {action.digest}, not the recorded {row['digest']}")
    return Revision(number=row["number"], action=action, at=at, editor=row["editor"], patch=tuple(patch))


def _action(name: str, payload: "dict[str, JSON] | None", digest: str) -> Action:
    """Of what was erased the recorded digest is believed, as far as the entries hold the same."""
    return Action.erased(name, digest) if payload is None else Action(name=name, payload=payload)


def _decision(row: "Row") -> Decision:
    return Decision(
        reviewer=row["reviewer"],
        verdict=Verdict(row["verdict"]),
        revision=row["revision"],
        round=row["round"],
        at=from_milliseconds(row["at"]),
        roles=strings(row["roles"]),
        reason=row["reason"],
        stands_in_for=row["stands_in_for"],
        rushed=bool(row["rushed"]),
        retracted_at=moment_or_none(row["retracted_at"]),
        first_seen_at=moment_or_none(row["first_seen_at"]),
        backup=strings(row["backup"]),
        seen_words=row["seen_words"],
    )


def _question(row: "Row") -> Inquiry:
    return Inquiry(
        number=row["number"],
        text=row["text"],
        asked_by=row["asked_by"],
        asked_at=from_milliseconds(row["asked_at"]),
        reply=row["reply"],
        replied_at=moment_or_none(row["replied_at"]),
        digest=row["digest"],
    )
