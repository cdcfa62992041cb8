"""Errors: every way in which an action does not run. After a SignoffError nothing has run, but for Unreported.

SignoffError
├── Refused              the answer is no, and it is final
│   ├── Rejected         a reviewer said no
│   ├── Blocked          the policy said no
│   ├── Expired          nobody answered in time
│   ├── Revoked          approved, and taken back before the claim
│   ├── Withdrawn        the agent took it back
│   ├── Lapsed           approved, and not claimed in time
│   ├── Stopped          people stopped the agent
│   ├── AlreadyClaimed   another attempt has it
│   └── AlreadyDone      another attempt has acted and reported
├── ApprovalPending      not decided yet: park it, or wait again
├── Superseded           what is approved is no longer what the caller has in its hands
├── Unavailable          the service could not be asked, or what answered cannot be the service
├── Unauthorized · Forbidden · NotFound · KeyReused · TooMany
├── Conflict             the proposal is not in a state for this
│   └── EffectOpen       another proposal does the same, and is not over
├── Invalid              what was asked cannot be asked for
│   └── Unfit            what was approved is not what the function would take of it
├── UnknownEvent         nobody can say what was missed since that event
├── Tampered             an answer, event, callback, permit or receipt that does not verify, or is malformed
├── NotConfigured        no address, no token
└── Unreported           it ran, or may have, and the service does not know: the report could not be delivered
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from signoff_client.model import Claimed, Proposal, Ticket


class SignoffError(Exception):
    """`message` is a sentence that a model can read."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(SignoffError):
    """The answer is no. `proposal` says who, when and why."""

    def __init__(self, proposal: "Proposal") -> None:
        super().__init__(proposal.message)
        self.proposal = proposal


class Rejected(Refused):
    """A reviewer said no; `proposal.reason` is theirs."""


class Blocked(Refused):
    """The policy said no, or somebody's hold."""


class Expired(Refused):
    """Nobody answered in time, and silence is a no."""


class Revoked(Refused):
    """It was approved, and taken back before anybody claimed it."""


class Withdrawn(Refused):
    """The agent took it back."""


class Lapsed(Refused):
    """It was approved, and nobody claimed it in time."""


class Stopped(Refused):
    """People stopped the agent."""


class AlreadyClaimed(Refused):
    """Another attempt claimed it: that one runs it, this one does not."""


class AlreadyDone(Refused):
    """It was claimed and reported; it is never run again."""


class ApprovalPending(SignoffError):
    """People have not decided yet. `ticket` is all that another process needs to go on."""

    def __init__(self, proposal: "Proposal", ticket: "Ticket") -> None:
        super().__init__(proposal.message)
        self.proposal = proposal
        self.ticket = ticket


class Superseded(SignoffError):
    """What people approved is not what the caller asked to claim: read it again."""


class Unavailable(SignoffError):
    """Not reachable, too slow, broken, or no answer of Signoff's."""

    def __init__(self, message: str, *, outcome_unknown: bool = False) -> None:
        super().__init__(message)
        self.outcome_unknown = outcome_unknown
        """Whether the request may have been carried out; sending the same one again is safe."""


class Unauthorized(SignoffError):
    """The token is not one that the policy knows."""


class Forbidden(SignoffError):
    """The policy does not let this agent ask for it, or people stopped the agent."""


class NotFound(SignoffError):
    """There is no such proposal of this agent."""


class Invalid(SignoffError):
    """The request cannot be accepted; `errors` are pairs of JSON pointer and sentence."""

    def __init__(self, message: str, errors: "Sequence[Mapping[str, Any]]" = ()) -> None:
        super().__init__(message)
        self.errors = tuple((str(each.get("pointer", "")), str(each.get("detail", ""))) for each in errors)


class Unfit(Invalid):
    """The function does not take what people approved as it stands: it was claimed, and it has not run.

    Whoever claimed it reports `failed` with a detail that begins "Nothing ran: ", so that the reviewers read why.
    """

    proposal_id: str | None = None
    """Of the proposal that it was reported for, once it was."""


class KeyReused(SignoffError):
    """The idempotency key belongs to another request."""


class TooMany(SignoffError):
    """Too many requests, or too many proposals that wait, for longer than the client's patience."""


class Conflict(SignoffError):
    """The proposal is not in a state for this."""


class EffectOpen(Conflict):
    """Another proposal does the same and is open, or nobody knows what came of it: nothing was asked, nothing ran.

    `proposal_id` and `status` are of that one; `own` says whether it is this agent's, so that it can be read and
    waited for; `effect` is what both do, as the policy names it.
    """

    def __init__(self, message: str, *, proposal_id: str, status: str, effect: str, own: bool) -> None:
        super().__init__(message)
        self.proposal_id = proposal_id
        self.status = status
        self.effect = effect
        self.own = own


class UnknownEvent(SignoffError):
    """No event of this agent has the id to go on after: listen without one, then look at `proposals`."""


class Tampered(SignoffError):
    """What was received does not verify; nothing in it may be used."""


class NotConfigured(SignoffError):
    """The client does not know where to ask, or with which token."""


class Unreported(SignoffError):
    """The action ran, once, or may have, and the service does not know what came of it: its report was lost.

    Never run it again. Report it later: `client.report(lost.claimed, lost.status, lost.detail)`.
    """

    def __init__(
        self,
        claimed: "Claimed",
        why: Exception,
        *,
        result: object = None,
        error: Exception | None = None,
        status: str = "succeeded",
        detail: str | None = None,
    ) -> None:
        """`why` the report was lost; `result` of what returned, `error` of what raised. The rest is the report."""
        ran = "ran" if error is None else f"was begun and ended with {type(error).__name__}"
        super().__init__(
            f"{claimed.proposal.action} {ran}, but its report could not be delivered ({type(why).__name__}). Do not "
            f"run it again; report proposal {claimed.id} later."
        )
        self.claimed = claimed
        self.why = why
        self.result = result
        self.error = error
        """What it raised itself: it is the `__cause__` too. None where it returned."""
        self.status = status
        self.detail = detail

    def outcome(self) -> Any:
        """What it returned; raises what it raised: for whoever goes on as if the report had not been lost."""
        if self.error is not None:
            self.error.add_note(self.message)
            raise self.error
        return self.result


class Unfinished(RuntimeError):
    """It was begun, and may still be running or may have acted: reported `unknown`. No SignoffError, for it ran.

    Raised of a function that returns before it has run (a coroutine, a generator). An adapter raises it where the
    framework gave a tool up, as at its time limit, or where a result cannot be handed on.
    """
