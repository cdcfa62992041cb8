"""Questions: a reviewer asks the agent while a proposal waits, and the agent replies. Pure."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from approvals.events import Asked, Replied, Revised
from approvals.gate import Gate, Tier
from approvals.moves.deadlines import run_out
from approvals.moves.reviewer import extend, require_pending
from approvals.patch import patch_between
from approvals.proposal import Action, Inquiry, Proposal, Revision, Status
from approvals.refusals import NotApproved, QuestionRefused, ReplyRefused, SchemaFailed
from approvals.seats import place_to_refuse
from approvals.states import after_all

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from approvals.digest import JSON
    from approvals.events import Event
    from approvals.refusals import Fault
    from approvals.reviewer import Reviewer

LONGEST_QUESTION = 1000
"""Characters."""


class QuestionOpen(QuestionRefused):
    """Somebody asked the agent before, and it has not replied yet: one question at a time, so that none is lost."""

    slug = "question-open"


class QuestionUnfit(QuestionRefused):
    """A question has words, at most so many characters of them."""

    slug = "question-unfit"

    def __init__(self, limit: int) -> None:
        super().__init__(str(limit))
        self.limit = limit


class NotAsked(ReplyRefused):
    """No question is open, or not the one that the reply names, or it has another reply."""

    slug = "not-asked"


class RevisionBlocked(ReplyRefused):
    """The policy blocks what the reply's payload would make, or leaves nobody who could agree to it."""

    slug = "revision-blocked"

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReply:
    """A reply as the agent sends it."""

    text: str
    payload: "Mapping[str, JSON] | None" = None
    """What would run instead; None: what is proposed stays."""
    question: str | None = None
    """The id of the one that it answers; None means whichever is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The payload that came with a reply, and what the policy and the schemas say of it."""

    action: Action
    gate: Gate
    """The judgement over all revisions with this one."""
    faults: "tuple[Fault, ...]"
    nonce: str
    """Of the round that it begins."""


def may_ask(proposal: Proposal, reviewer: "Reviewer", nonce: str, now: "datetime") -> None:
    """Raises the Refusal a question by this person would meet now, whatever it says.

    Whoever may say yes or no may ask, and the excluded too.
    """
    require_pending(proposal, nonce, now)
    place_to_refuse(proposal.gate, reviewer)
    if proposal.open_question is not None:
        raise QuestionOpen


def ask(
    proposal: Proposal, reviewer: "Reviewer", text: str, nonce: str, now: "datetime", *, more_time: bool = False
) -> "list[Event]":
    """A question to the agent, with as much more time as an extension gives if that is wanted.

    The same question of the same person again, while it is open, changes nothing.
    """
    said, asked = text.strip(), proposal.open_question
    if not said or len(said) > LONGEST_QUESTION:
        raise QuestionUnfit(LONGEST_QUESTION)
    require_pending(proposal, nonce, now)
    if asked is not None and (asked.text, asked.asked_by) == (said, reviewer.user):
        return []
    may_ask(proposal, reviewer, nonce, now)
    question = Inquiry(number=len(proposal.questions) + 1, text=said, asked_by=reviewer.user, asked_at=now)
    return [Asked(at=now, question=question), *(extend(proposal, reviewer, nonce, now) if more_time else ())]


def reply(proposal: Proposal, said: AgentReply, offered: Offered | None, now: "datetime") -> "list[Event]":
    """The agent's answer to the open question; with another payload a new revision, and deciding begins anew.

    `offered` is what came of the payload. The same reply again changes nothing, also when the review is over.
    """
    digest = None if offered is None else offered.action.digest
    asked = proposal.open_question
    if _repeats(proposal, said, digest):
        return []
    present = after_all(proposal, run_out(proposal, now))
    if present.status is not Status.pending:
        raise NotApproved(present.status)
    if asked is None or said.question not in (None, asked.id):
        raise NotAsked
    replied = Replied(at=now, question=replace(asked, reply=said.text, replied_at=now, digest=digest))
    return [replied, *_revised(proposal, offered, now)]


def _repeats(proposal: Proposal, said: AgentReply, digest: str | None) -> bool:
    """Whether the reply was given before: to the question it names, else to the last, if that has one."""
    last = proposal.questions[-1:]
    named = last if said.question is None else [each for each in proposal.questions if each.id == said.question]
    return any((each.reply, each.digest) == (said.text, digest) for each in named)


def _revised(proposal: Proposal, offered: Offered | None, now: "datetime") -> "list[Event]":
    """The revision that the payload makes; nothing where it is the present one."""
    if offered is None or offered.action.digest == proposal.digest:
        return []
    if offered.faults:
        raise SchemaFailed(offered.faults)
    if offered.gate.tier is Tier.block:
        raise RevisionBlocked(tuple(reason.reason for reason in offered.gate.risk))
    if offered.gate.quorum_unreachable is not None:
        raise RevisionBlocked((offered.gate.quorum_unreachable,))
    revision = Revision(
        number=proposal.revision + 1,
        action=offered.action,
        at=now,
        patch=patch_between(proposal.action.payload, offered.action.payload),
    )
    return [Revised(at=now, revision=revision, gate=offered.gate, nonce=offered.nonce)]
