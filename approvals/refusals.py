"""Refusals: every way of saying no. Those of delegations, questions and stops are written beside their rules.

Refusal
├── NotFound                 no such proposal, or not yours to see
├── ReviewerRefusal          said to a person in Slack
│   ├── NotEligible          guest, stranger, bot, deactivated, another workspace
│   ├── Unverified           who they are could not be looked up: unknown is no
│   ├── NotYourRole          none of the gate's roles is theirs
│   ├── NotYourPlace         they stand in for others, and a place is handed over by who holds it
│   ├── OwnProposal          the agent's owner, or the person it acts for
│   ├── EverythingStopped    nothing can be approved until the operators resume it
│   ├── AlreadyDecided       they approved this round before
│   ├── PlaceTaken · ExcludedDelegator   by who lent a place, or took one
│   ├── RoleFull             others took every place in which their approval could count
│   ├── AlreadyResolved      the review ended otherwise
│   ├── Expired              the deadline passed
│   ├── Changed              an edit or the policy made a new round since they looked
│   ├── NotACard             the click comes from a copy, or from a form opened for somebody else
│   ├── CardAltered          the words on the clicked card are not ours, and the operator refuses those
│   ├── NotTyped · ReasonMissing   without the words that it takes
│   ├── Tired · SomebodyElseFirst   who decided much in a short time takes more care, or lets others go first
│   ├── ObjectionClosed      too late to object, or somebody did
│   ├── NotApprover          no approval of theirs stands that they could take back
│   ├── UndoWindowOver       too late to take an approval back without a word
│   ├── CannotExtend         the policy allows no later deadline
│   ├── QuestionRefused      QuestionOpen · QuestionUnfit
│   ├── OwnSample            drawn of their own agent, or of what it did for them
│   ├── AlreadyJudged        somebody said before whether it was fine
│   ├── JudgementUnexplained not fine, without a word on why
│   ├── EffectHeld           another proposal of the same effect is open, or was first
│   ├── CannotRemember          it may be approved, but that cannot be remembered
│   ├── RememberedOver         the remembered decision has ended
│   ├── DelegationRefused    OwnDelegate · CannotStandIn · NothingToDelegate · NotAhead · DelegationTooLong
│   │                        TooManyDelegates · NoDelegation
│   ├── CodeRefusal          NotEnrolled · CodeWrong · CodeUsed · CodesLocked
│   ├── FactorRefused        AlreadyEnrolled · NothingToReset · OperatorsReset · AnotherOperator
│   ├── StopRefused          AgentUnknown · NotYourAgent · OperatorsOnly · AlreadyStopped · NotStopped
│   └── EditRefused          FieldLocked · EditBlocked · EditFaulty · NobodyLeft  and EditRejectedBefore
└── AgentRefusal             said to an agent over HTTP
    ├── Stopped              a person stopped it: nothing of it may be proposed or claimed
    ├── ActionNotAllowed     outside what its policy entry names
    ├── SchemaFailed         the payload fails the operator's schema
    ├── CallbackRefused      it may not be called back there
    ├── KeyReused            same idempotency key, other body
    ├── EffectOpen           another proposal of the same effect is open, or was first
    ├── PendingLimit         too many of its proposals wait
    ├── NotApproved          nothing to claim, withdraw or report in this state
    ├── NothingToRollBack    nobody asked for a rollback
    ├── InUndoWindow         approved, but whoever approved may still take that back
    ├── ReplyRefused         NotAsked · RevisionBlocked
    ├── AlreadyClaimed       somebody took it; nobody else ever will
    ├── DigestMismatch       the agent would run something else than was approved
    └── AlreadyReported      an outcome was reported, and it was another
"""

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.proposal import RollbackStatus, Status


class Fault(NamedTuple):
    """One thing wrong with one field: an RFC 6901 pointer into the payload, and what to do about it."""

    pointer: str
    detail: str


class Refusal(Exception):
    """A no with a reason. `slug` names it in the audit log."""

    slug: str = "refused"


class NotFound(Refusal):
    """No such proposal, or not one the asker may see."""

    slug = "not-found"


class ReviewerRefusal(Refusal):
    """A no to a person in Slack."""


class NotEligible(ReviewerRefusal):
    """The account may not decide anything: `what` is guest, stranger, bot, deactivated or another workspace."""

    slug = "not-eligible"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Unverified(ReviewerRefusal):
    """Who the person is, or whether they are in a role, could not be looked up."""

    slug = "unverified"


class NotYourRole(ReviewerRefusal):
    """None of the gate's roles is the person's."""

    slug = "not-your-role"

    def __init__(self, roles: tuple[str, ...]) -> None:
        super().__init__(", ".join(roles))
        self.roles = roles


class NotYourPlace(ReviewerRefusal):
    """The person may decide in the place of others alone, and holds none that could be handed over."""

    slug = "not-your-place"

    def __init__(self, roles: tuple[str, ...]) -> None:
        super().__init__(", ".join(roles))
        self.roles = roles


class OwnProposal(ReviewerRefusal):
    """The agent's owner, or the person it acts for, may not approve or edit."""

    slug = "own-proposal"


class CodeRefusal(ReviewerRefusal):
    """An approval takes a code of a second factor, and there was none that counts."""


class FactorRefused(ReviewerRefusal):
    """A second factor cannot be enrolled or reset so."""


class EverythingStopped(ReviewerRefusal):
    """Everything is stopped, or the agent is, and nothing of it can be approved until the operators resume it."""

    slug = "everything-stopped"

    def __init__(self, by: str, at: "datetime") -> None:
        super().__init__(f"by {by}")
        self.by = by
        self.at = at


class AlreadyDecided(ReviewerRefusal):
    """The person has approved this round before; one person fills one place."""

    slug = "already-decided"


class PlaceTaken(ReviewerRefusal):
    """The place was used in this round: by who stands in for them, or by the one whom they would stand in for."""

    slug = "place-taken"


class RoleFull(ReviewerRefusal):
    """Others took every place in which the person's approval could count, so it would bring nothing further.

    `roles` are those of the gate that it would be of, `people` who sits there; `missing` and `second_person` say what
    is still needed, as in Tally.
    """

    slug = "role-full"

    def __init__(
        self,
        roles: tuple[str, ...],
        people: tuple[str, ...],
        missing: tuple[tuple[str, int], ...],
        *,
        second_person: bool = False,
    ) -> None:
        super().__init__(", ".join(roles))
        self.roles = roles
        self.people = people
        self.missing = missing
        self.second_person = second_person


class ExcludedDelegator(ReviewerRefusal):
    """Whoever lent the place may not approve this, so nobody may in their place."""

    slug = "excluded-delegator"

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class AlreadyResolved(ReviewerRefusal):
    """The review has ended, or the moment to revoke has passed."""

    slug = "already-resolved"

    def __init__(self, status: "Status", by: str | None, at: "datetime | None") -> None:
        super().__init__(str(status))
        self.status = status
        self.by = by
        self.at = at


class Expired(ReviewerRefusal):
    """The deadline passed first; unanswered means rejected."""

    slug = "expired"

    def __init__(self, at: "datetime") -> None:
        super().__init__(at.isoformat())
        self.at = at


class Changed(ReviewerRefusal):
    """The proposal was edited, or its gate changed, since the person looked."""

    slug = "changed"


class NotACard(ReviewerRefusal):
    """The click does not come from a recorded card or from a form opened for this person and revision."""

    slug = "not-a-card"


class CardAltered(ReviewerRefusal):
    """The words on the clicked card differ from ours and the operator chose to refuse that."""

    slug = "card-altered"


class ReasonMissing(ReviewerRefusal):
    """A rejection or revocation wants a reason the agent can learn from."""

    slug = "reason-missing"


class EffectHeld(ReviewerRefusal):
    """Another proposal would do the same and is open, or did it since this one was asked about."""

    slug = "effect-held"

    def __init__(self, proposal_id: str, status: "Status") -> None:
        super().__init__(f"{proposal_id} is {status}")
        self.proposal_id = proposal_id
        self.status = status


class NotTyped(ReviewerRefusal):
    """The approval came without what has to be typed with it, or with something else."""

    slug = "not-typed"


class Tired(ReviewerRefusal):
    """Who decided much in a short time types a value of what is grave, and did not."""

    slug = "tired"


class SomebodyElseFirst(ReviewerRefusal):
    """Who decided much in a short time lets others approve what is grave, until half of its time is over."""

    slug = "somebody-else-first"

    def __init__(self, until: "datetime") -> None:
        super().__init__(until.isoformat())
        self.until = until


class ObjectionClosed(ReviewerRefusal):
    """There is nothing left to object to: the time is over, it ended otherwise, or somebody objected before."""

    slug = "objection-closed"


class NotApprover(ReviewerRefusal):
    """No approval of the person's stands here, so there is none that they could take back."""

    slug = "not-approver"


class UndoWindowOver(ReviewerRefusal):
    """The undo window is over, so it can only be revoked; `since` is None where there was none."""

    slug = "undo-window-over"

    def __init__(self, since: "datetime | None") -> None:
        super().__init__("at once" if since is None else since.isoformat())
        self.since = since


class CannotExtend(ReviewerRefusal):
    """The policy allows no later deadline than the present one."""

    slug = "cannot-extend"


class QuestionRefused(ReviewerRefusal):
    """A question that the agent is not asked."""

    slug = "question-refused"


class OwnSample(ReviewerRefusal):
    """The agent's owner, or the person it acts for, may not judge what was drawn of it."""

    slug = "own-sample"


class AlreadyJudged(ReviewerRefusal):
    """Somebody judged the sample before; a sample is judged once."""

    slug = "already-judged"

    def __init__(self, by: str, at: "datetime") -> None:
        super().__init__(by)
        self.by = by
        self.at = at


class JudgementUnexplained(ReviewerRefusal):
    """Whoever finds something not fine says why."""

    slug = "judgement-unexplained"


class CannotRemember(ReviewerRefusal):
    """The next like it cannot be approved together with this one: the policy, an edit, or who asks forbids it."""

    slug = "cannot-remember"


class RememberedOver(ReviewerRefusal):
    """The remembered decision ended before."""

    slug = "remembered-over"


class DelegationRefused(ReviewerRefusal):
    """A delegation that cannot be begun or ended."""

    slug = "delegation-refused"


class StopRefused(ReviewerRefusal):
    """An agent that may not be stopped, or not be resumed."""

    slug = "stop-refused"


class EditRefused(ReviewerRefusal):
    """An edit that may not be made."""

    slug = "edit-refused"


class FieldLocked(EditRefused):
    """The policy does not let reviewers change these fields."""

    slug = "field-locked"

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class EditBlocked(EditRefused):
    """The policy blocks what the edit would make."""

    slug = "edit-blocked"

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class NobodyLeft(EditRefused):
    """Everybody who may approve would have changed it, and whoever does is not enough."""

    slug = "nobody-left"


class EditFaulty(EditRefused):
    """The edited payload fails a schema."""

    slug = "edit-faulty"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults))
        self.faults = faults


class AgentRefusal(Refusal):
    """A no to an agent."""


class Stopped(AgentRefusal):
    """A person stopped the agent, or everything, and nobody has resumed it."""

    slug = "stopped"

    def __init__(self, *, everything: bool = False, since: "datetime | None" = None, reason: str | None = None) -> None:
        super().__init__("everything" if everything else "")
        self.everything = everything
        self.since = since
        self.reason = reason


class ActionNotAllowed(AgentRefusal):
    """The agent's policy entry does not name this action."""

    slug = "action-not-allowed"

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


class SchemaFailed(AgentRefusal):
    """The payload fails the operator's schema or the agent's own."""

    slug = "schema"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults))
        self.faults = faults


class CallbackRefused(AgentRefusal):
    """The agent's policy entry does not name the address among those where it may be called back."""

    slug = "invalid"


class KeyReused(AgentRefusal):
    """The idempotency key belongs to another body."""

    slug = "key-reused"


class EffectOpen(AgentRefusal):
    """Another proposal would do the same and is open, or did it since this one was asked about."""

    slug = "effect-open"

    def __init__(self, proposal_id: str, status: "Status", effect: str, *, own: bool) -> None:
        super().__init__(f"{proposal_id} is {status}")
        self.proposal_id = proposal_id
        self.status = status
        self.effect = effect
        """The key for people; it may have what the payload has, and is no part of the message that is kept."""
        self.own = own
        """Whether it is a proposal of the very agent."""


class PendingLimit(AgentRefusal):
    """As many of the agent's proposals wait as its policy entry allows."""

    slug = "pending-limit"

    def __init__(self, limit: int, retry_after: int) -> None:
        super().__init__(str(limit))
        self.limit = limit
        self.retry_after = retry_after


class NotApproved(AgentRefusal):
    """The proposal is not in a state in which this can be done."""

    slug = "not-approved"

    def __init__(self, status: "Status") -> None:
        super().__init__(str(status))
        self.status = status


class InUndoWindow(AgentRefusal):
    """It is approved, and cannot be claimed before `until`."""

    slug = "undo-window"

    def __init__(self, until: "datetime", now: "datetime") -> None:
        super().__init__(until.isoformat())
        self.until = until
        self.retry_after = ceil((until - now).total_seconds())
        """Seconds, at least 1."""


class AlreadyClaimed(AgentRefusal):
    """It was claimed; a claim is given once."""

    slug = "already-claimed"


class DigestMismatch(AgentRefusal):
    """The digest given is not that of the approved revision."""

    slug = "digest-mismatch"

    def __init__(self, digest: str) -> None:
        super().__init__(digest)
        self.digest = digest


class NothingToRollBack(AgentRefusal):
    """Nobody objected, so there is nothing to roll back."""

    slug = "nothing-to-roll-back"


class ReplyRefused(AgentRefusal):
    """A reply that nobody waits for, or that may not be given."""

    slug = "reply-refused"


class AlreadyReported(AgentRefusal):
    """Another outcome was reported before."""

    slug = "already-reported"

    def __init__(self, status: "Status | RollbackStatus") -> None:
        super().__init__(str(status))
        self.status = status
