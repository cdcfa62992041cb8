"""What is known of the past: kept as it happens, so that asking stays quick however long the past is."""

import hashlib
import json
import re
from collections import deque
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from approvals.digest import canonical
from approvals.history import About, Answer, Question
from approvals.proposal import Cause, Status
from storage.queries import queries
from storage.rows import millis, moment
from storage.shapes import parsed, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from approvals.proposal import JSON, Proposal
    from storage.database import Statements

_SQL = queries("past")
NEWEST = 1000
"""Of so many numbers, the newest, the median is taken."""
SIMILAR_FOR = timedelta(days=30)
"""So long a no counts for what is nearly the same."""
SIMILAR_AT_MOST = 500
"""So many noes, the latest, are compared with what is asked."""
FIELDS = 200
"""So many fields of one payload are kept, the outermost first. One that is not kept counts as never approved."""
EQUAL_SHARE = 0.8
FEWEST_FIELDS = 3
_APPROVED = {Status.approved, Status.claimed, Status.succeeded, Status.failed, Status.unknown}
COUNTING = tuple(sorted(map(str, _APPROVED)))
"""In which standing an approval by people counts: until it is taken back, or lapses."""
_STANDING = text(list(COUNTING))
_NAME = re.compile(r"[^.\x00-\x1f\x7f]+")
"""Names with a dot would be taken for two, and control characters end texts early in some databases."""


async def known(statements: "Statements", questions: "Sequence[Question]", now: "datetime") -> "dict[Question, Answer]":
    """The answer to each question."""
    return {question: await _answer(statements, question, now) for question in questions}


async def remember(statements: "Statements", before: "Proposal | None", proposal: "Proposal") -> None:
    """Keeps of a change what will be asked about later."""
    agent, action = proposal.ask.agent, proposal.action
    if (agreed := _agreed(proposal)) != _agreed(before):
        values: dict[str, JSON] = dict(values_of(action.payload))
        kept = "keep_values" if agreed else "forget_values"
        await statements.rows(_SQL[kept], agent, action.name, proposal.id, text(values))
    if _worked(proposal) and not _worked(before) and proposal.resolved_at is not None:
        agreed_at = millis(proposal.resolved_at)
        numbers: dict[str, JSON] = {field: value for field, value in _fields(action.payload) if _is_number(value)}
        await statements.rows(_SQL["keep_numbers"], agent, action.name, agreed_at, proposal.id, text(numbers))
    if (no := _no(proposal)) != _no(before) and no is not None:
        person, at, reason = no
        said = (action.digest, text(_digests(action.payload)), person, millis(at), reason)
        await statements.rows(_SQL["keep_no"], proposal.id, agent, action.name, *said)


async def _answer(statements: "Statements", question: Question, now: "datetime") -> Answer:
    match question.about:
        case About.first_time:
            value = _sha256((question.value or "").encode())
            held = (question.agent, question.action, question.field, value)
            counting = (question.apart_from or "", _STANDING, millis(now), NEWEST)
            (row,) = await statements.rows(_SQL["first_time"], *held, *counting)
            return Answer(count=row["count"])
        case About.unusual:
            of = (question.agent, question.action, question.field)
            (row,) = await statements.rows(_SQL["unusual"], *of, NEWEST, question.apart_from or "")
            return Answer(count=row["count"] or 0, median=row["median"])
        case About.repeat:
            return await _repeat(statements, question, now)
        case About.rate:
            since = millis(now - timedelta(seconds=question.per or 0))
            came = (question.agent, since, _like(question.action), question.apart_from or "")
            (row,) = await statements.rows(_SQL["rate"], *came)
            return Answer(count=row["count"])


async def _repeat(statements: "Statements", question: Question, now: "datetime") -> Answer:
    own = question.apart_from or ""
    for row in await statements.rows(_SQL["same"], question.value, own, question.agent, _STANDING):
        found = Answer(count=1, by=row["person"], at=moment(row["at"]), reason=row["reason"], same=True)
        return replace(found, settled=bool(row["settled"]))
    if question.payload is None:
        return Answer()
    asked = _digests(json.loads(question.payload))
    since = millis(now - SIMILAR_FOR)
    for row in await statements.rows(_SQL["similar"], question.agent, question.action, since, SIMILAR_AT_MOST, own):
        if _alike(asked, parsed(row["fields"])):
            return Answer(count=1, by=row["person"], at=moment(row["at"]), reason=row["reason"])
    return Answer()


def _agreed(proposal: "Proposal | None") -> bool:
    """Whether people approved it, and nobody took that back, objected, or let it lapse.

    What ran by itself, watched or by a standing approval is the agent's own doing: it makes nothing known.
    """
    return (
        proposal is not None
        and proposal.status in _APPROVED
        and proposal.cause is Cause.reviewer
        and proposal.undo is None
    )


def _worked(proposal: "Proposal | None") -> bool:
    return proposal is not None and proposal.status is Status.succeeded and proposal.cause is Cause.reviewer


def _no(proposal: "Proposal | None") -> "tuple[str, datetime, str | None] | None":
    """The no of a person: a rejection, a revocation, an objection. Silence and the policy's no are none."""
    if proposal is None:
        return None
    if proposal.undo is not None:
        return proposal.undo.requested_by, proposal.undo.requested_at, proposal.undo.reason
    ended = proposal.status in (Status.rejected, Status.revoked) and proposal.cause is Cause.reviewer
    if not ended or proposal.resolved_by is None or proposal.resolved_at is None:
        return None
    return proposal.resolved_by, proposal.resolved_at, proposal.reason


def values_of(payload: "Mapping[str, JSON]") -> dict[str, str]:
    """The digest of the value of every field that is kept, by its dotted path."""
    return {field: _sha256(canonical(value)) for field, value in _fields(payload)}


def _fields(payload: "Mapping[str, JSON]") -> "Iterator[tuple[str, JSON]]":
    """The dotted path of every field that has one, with its value; the outermost first."""
    waiting: deque[tuple[str, Mapping[str, JSON]]] = deque([("", payload)])
    left = FIELDS
    while waiting:
        inside, members = waiting.popleft()
        for name, value in members.items():
            if not _NAME.fullmatch(name):
                continue
            if not left:
                return
            left -= 1
            yield inside + name, value
            if isinstance(value, dict):
                waiting.append((f"{inside}{name}.", value))


def _digests(payload: "Mapping[str, JSON]") -> "dict[str, JSON]":
    return {name: _sha256(canonical(value)) for name, value in payload.items()}


def _alike(one: "Mapping[str, JSON]", other: "Mapping[str, JSON]") -> bool:
    names = {*one, *other}
    equal = sum(name in one and one[name] == other.get(name) for name in names)
    return len(names) >= FEWEST_FIELDS and equal >= EQUAL_SHARE * len(names)


def _like(pattern: str) -> str:
    r"""The pattern for `LIKE … ESCAPE '\'`."""
    return re.sub(r"([\\%_])", r"\\\1", pattern).replace("*", "%")


def _is_number(value: "JSON") -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
