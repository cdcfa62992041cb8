"""Refusal sentences: one for each no that a person in Slack may hear, as our markup; no word of an agent in it."""

from typing import TYPE_CHECKING, Any

from approvals.agent_stop import AgentUnknown, AlreadyStopped, NotStopped, NotYourAgent, OperatorsOnly
from approvals.delegation import (
    CannotStandIn,
    DelegationTooLong,
    NoDelegation,
    NotAhead,
    NothingToDelegate,
    OwnDelegate,
    TooManyDelegates,
)
from approvals.moves.questions import QuestionOpen, QuestionUnfit
from approvals.proposal import Status
from approvals.refusals import (
    AlreadyDecided,
    AlreadyJudged,
    AlreadyResolved,
    CannotExtend,
    CannotRemember,
    CardAltered,
    Changed,
    CodeRefusal,
    DelegationRefused,
    EditBlocked,
    EditFaulty,
    EditRefused,
    EffectHeld,
    EverythingStopped,
    ExcludedDelegator,
    Expired,
    FactorRefused,
    FieldLocked,
    JudgementUnexplained,
    NobodyLeft,
    NotACard,
    NotApprover,
    NotEligible,
    NotFound,
    NotTyped,
    NotYourPlace,
    NotYourRole,
    ObjectionClosed,
    OwnProposal,
    OwnSample,
    PlaceTaken,
    QuestionRefused,
    ReasonMissing,
    Refusal,
    RememberedOver,
    ReviewerRefusal,
    RoleFull,
    SomebodyElseFirst,
    StopRefused,
    Tired,
    UndoWindowOver,
    Unverified,
)
from approvals.remembered.rejection import EditRejectedBefore
from approvals.second_factor import (
    AlreadyEnrolled,
    AnotherOperator,
    CodesLocked,
    CodeUsed,
    CodeWrong,
    NotEnrolled,
    NothingToReset,
    OperatorsReset,
)
from bot.slack.blockkit.blocks import person, when
from bot.slack.blockkit.text import escape, one_line, shorten
from bot.slack.words import second_factor
from bot.slack.words.shared import STATUSES, listed, name
from bot.slack.words.status import still_needed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_INELIGIBLE = {
    "guest": "Guests of this workspace cannot decide. Ask a full member who is in the role.",
    "stranger": "People from another organisation cannot decide here. Ask somebody of this workspace.",
    "bot": "Bots cannot decide. A person has to.",
    "deactivated": "This account is deactivated, so it cannot decide.",
    "another workspace": "Your account belongs to another workspace, so you cannot decide here.",
}


_CANNOT_STAND_IN = {
    "guest": "Guests of this workspace cannot decide for you.",
    "stranger": "People from another organisation cannot decide for you.",
    "bot": "Bots cannot decide for you.",
    "deactivated": "That account is deactivated, so it cannot decide for you.",
    "another workspace": "That account is not of this workspace, so it cannot decide for you.",
}


def refusal(refused: Refusal) -> str:
    """Why the answer is no, and what to do about it."""
    said = next(SENTENCES[kind] for kind in type(refused).__mro__ if kind in SENTENCES)
    return said if isinstance(said, str) else said(refused)


def _not_eligible(refused: NotEligible) -> str:
    return _INELIGIBLE.get(refused.what, "Your account may not decide anything here.")


def _not_your_role(refused: NotYourRole) -> str:
    roles = listed([f"*{name(role)}*" for role in refused.roles], "or") or "its roles"
    return f"This is for people in {roles}, and you are not among them. Nothing was changed."


def _not_your_place(refused: NotYourPlace) -> str:
    roles = listed([f"*{name(role)}*" for role in refused.roles], "or")
    return (
        f"You decide this in somebody else's place. Only somebody who is in {roles} themselves can hand their "
        "place over. Nothing was changed."
    )


def _already_resolved(refused: AlreadyResolved) -> str:
    word = STATUSES[refused.status][1].lower()
    by = f" by {person(refused.by)}" if refused.by else ""
    at = f", {when(refused.at)}" if refused.at else ""
    if refused.status in (Status.rejected, Status.revoked, Status.withdrawn):
        return f"This is over already: {word}{by}{at}. Nothing was changed."
    if refused.status is Status.approved:
        return f"This was approved already{by}{at}. Nothing was changed."
    return f"This was approved already{by}{at}, and what became of it is: {word}. Nothing was changed."


def _already_judged(refused: AlreadyJudged) -> str:
    return f"{person(refused.by)} judged this already, {when(refused.at)}. Nothing was changed."


def _expired(refused: Expired) -> str:
    return f"Too late: nobody answered until {when(refused.at)}, so it was rejected. Nothing was changed."


def _undo_window_over(refused: UndoWindowOver) -> str:
    since = f" since {when(refused.since, seconds=True)}" if refused.since else ""
    return (
        f"Too late to undo: the agent can take it{since}. As long as it has not, `Revoke` in the menu stops it. "
        "Nothing was changed."
    )


def _effect_held(refused: EffectHeld) -> str:
    word = STATUSES[refused.status][1].lower()
    same = f"Another proposal does the same as this would: `{refused.proposal_id}` ({word})."
    if refused.status in (Status.succeeded, Status.failed):
        return f"{same} This card did not say so: reject it, and the agent can propose it again. Nothing was changed."
    return f"{same} As long as that is not over, this cannot run. Nothing was changed."


def _field_locked(refused: FieldLocked) -> str:
    what = "one of the fields" if len(refused.fields) == 1 else f"{len(refused.fields)} of the fields"
    return f"The policy does not let reviewers change {what} you changed. Nothing was changed."


def _edit_blocked(refused: EditBlocked) -> str:
    why = (
        f" ({' · '.join(escape(shorten(one_line(reason), 300)[0]) for reason in refused.reasons[:5])})"
        if refused.reasons
        else ""
    )
    return f"The policy blocks what this edit would make{why}. Nothing was changed."


def _edit_rejected_before(refused: EditRejectedBefore) -> str:
    """Stands at a field, where Slack reads no markup."""
    return (
        f"A rejection of exactly this is remembered until {refused.at:%Y-%m-%d %H:%M} UTC, so nothing can be edited "
        "into it. Write something else, or see /approvals remembered. Nothing was changed."
    )


def _edit_faulty(refused: EditFaulty) -> str:
    where = "one place" if len(refused.faults) == 1 else f"{len(refused.faults)} places"
    return f"The changed payload breaks its schema in {where}. Nothing was changed."


def _cannot_stand_in(refused: CannotStandIn) -> str:
    if refused.what == "unverified":
        return "Who that is could not be looked up just now, so the answer is no. Please try again in a minute."
    said = _CANNOT_STAND_IN.get(refused.what, "That account may not decide anything here.")
    return f"{said} Choose a full member of this workspace. Nothing was changed."


def _excluded_delegator(refused: ExcludedDelegator) -> str:
    return (
        f"{person(refused.by)}, for whom you stand in, may not approve this: the agent is theirs or acts for them. "
        "So you may not in their place. Nothing was changed."
    )


def _role_full(refused: RoleFull) -> str:
    roles = listed([f"*{name(role)}*" for role in refused.roles], "or")
    by = f" by {listed([person(user) for user in refused.people])}" if refused.people else ""
    needed = still_needed(refused.missing, second_person=refused.second_person)
    return (
        f"Every place of {roles} that you could fill is taken already{by}, so your approval would not count. "
        f"{needed} Nothing was changed."
    )


def _not_ahead(refused: NotAhead) -> str:
    return (
        f"That has passed already ({when(refused.at)}). Say a time that is still ahead, with its date if you mean next "
        "week's: `until 2026-12-24 10:00`. Nothing was changed."
    )


def _too_long(refused: DelegationTooLong) -> str:
    return f"That is too long: a delegation lasts {refused.limit} days at most. Nothing was changed."


def _too_many(refused: TooManyDelegates) -> str:
    return f"You have {refused.limit} delegates, and there can be no more. End one first: `/approvals delegate`."


def _already_stopped(refused: AlreadyStopped) -> str:
    return f"This is stopped already, by {person(refused.by)}, {when(refused.at)}. Nothing was changed."


def _somebody_else_first(refused: SomebodyElseFirst) -> str:
    return (
        "You have decided a lot in a short time, and this one is grave, so somebody else of the role comes first. "
        f"If nobody has decided by {when(refused.until)}, you can approve it after all; you can always reject it. "
        "Nothing was changed."
    )


def _everything_stopped(refused: EverythingStopped) -> str:
    return (
        f"This is stopped by {person(refused.by)}, {when(refused.at)}: nobody can approve it until the operators "
        "resume it. You can reject it. Nothing was changed."
    )


SENTENCES: "Mapping[type[BaseException], str | Callable[[Any], str]]" = {
    NotFound: "There is no such proposal, or it is not yours to see.",
    NotEligible: _not_eligible,
    Unverified: (
        "Who you are, or whether you are in the role, could not be looked up just now, so the answer is no. "
        "Nothing was changed; please try again in a minute."
    ),
    NotYourRole: _not_your_role,
    NotYourPlace: _not_your_place,
    OwnProposal: (
        "The agent is yours or acts for you, so somebody else has to approve or edit this. "
        "You can always reject it, and revoke an approval. Nothing was changed."
    ),
    EverythingStopped: _everything_stopped,
    CodeRefusal: "This takes a code of your second factor, and there was none that counts. Nothing was changed.",
    FactorRefused: "This second factor can be neither enrolled nor reset now. Nothing was changed.",
    NotEnrolled: second_factor.NOT_ENROLLED,
    CodeWrong: lambda no: second_factor.wrong(no.left),
    CodeUsed: second_factor.USED,
    CodesLocked: lambda no: second_factor.locked(f"{no.until:%H:%M} UTC"),
    AlreadyEnrolled: second_factor.ALREADY_ENROLLED,
    NothingToReset: second_factor.NOTHING_TO_RESET,
    OperatorsReset: second_factor.OPERATORS_RESET,
    AnotherOperator: second_factor.ANOTHER_OPERATOR,
    AlreadyDecided: (
        "You approved this already. One person fills one place, so it waits for somebody else. Nothing was changed."
    ),
    PlaceTaken: (
        "This place is taken already: a person and their delegate count as one. "
        "It waits for somebody else. Nothing was changed."
    ),
    RoleFull: _role_full,
    ExcludedDelegator: _excluded_delegator,
    OwnDelegate: "You cannot be your own delegate. Choose somebody else. Nothing was changed.",
    CannotStandIn: _cannot_stand_in,
    NothingToDelegate: "You are in no role of the policy, so you have no place to lend. Nothing was changed.",
    NotAhead: _not_ahead,
    DelegationTooLong: _too_long,
    TooManyDelegates: _too_many,
    NoDelegation: "There is no such delegation of yours, or it is over already. `/approvals delegate` lists them.",
    DelegationRefused: "This delegation cannot be made or ended. Nothing was changed.",
    AgentUnknown: (
        "The policy has no agent of this name, so there is nothing to stop: an agent outside of it can propose "
        "nothing, and its pending proposals were closed when it was removed. Nothing was changed."
    ),
    NotYourAgent: "Only the owner of an agent and the operators may stop it. Nothing was changed; tell one of them.",
    OperatorsOnly: (
        "Only the operators may stop everything, and resume it or an agent: those whom the policy names under `ops`. "
        "Nothing was changed."
    ),
    AlreadyStopped: _already_stopped,
    NotStopped: "This is not stopped, so there is nothing to resume. `/approvals stop` lists what is.",
    StopRefused: "This agent cannot be stopped or resumed now. Nothing was changed.",
    AlreadyResolved: _already_resolved,
    Expired: _expired,
    Changed: (
        "This changed since you looked: there was an edit, somebody undid an approval, or the policy asks for "
        "something else now. Nothing was decided; look at the card again, then decide."
    ),
    NotACard: (
        "Nothing can be decided from here: this is a copy, or a form that was not opened for you. "
        "Use the card in its channel, or `/approvals`."
    ),
    CardAltered: (
        "The words on this card are not the ones we wrote, so nothing was decided. "
        "It is being restored: read it again, then decide."
    ),
    Tired: (
        "You have decided a lot in a short time, and this one is grave: to approve it you type one of its values. Open "
        "it, press Approve and type. You can always reject it. Nothing was changed."
    ),
    SomebodyElseFirst: _somebody_else_first,
    NotTyped: (
        "To approve this you type what it asks for, each on its own. Open it, press Approve and type. "
        "Nothing was changed."
    ),
    ReasonMissing: "Please give a reason: the agent learns from it.",
    ObjectionClosed: (
        "There is nothing left to object to: the time for it is over, somebody objected before, or it did not run. "
        "Nothing was changed."
    ),
    EffectHeld: _effect_held,
    NotApprover: (
        "`Undo my approval` takes back your own, and you have none here. "
        "To stop this, use `Revoke` in the menu or `Reject`. Nothing was changed."
    ),
    UndoWindowOver: _undo_window_over,
    QuestionOpen: (
        "The agent has not answered the question before this one yet. Ask again once it has; what you typed is kept. "
        "Nothing was changed."
    ),
    QuestionUnfit: lambda no: f"Please write a question, of at most {no.limit} characters.",
    QuestionRefused: "The agent cannot be asked this now. Nothing was changed.",
    OwnSample: "The agent is yours or acts for you, so somebody else has to judge this. Nothing was changed.",
    AlreadyJudged: _already_judged,
    JudgementUnexplained: "Please say what was not fine: whoever maintains the policy has to know.",
    CannotRemember: (
        "This cannot be approved together with the next like it: the policy or an edit forbids it, others have been "
        "called in, or you would do it in somebody else's place. You may approve this one alone. Nothing was changed."
    ),
    RememberedOver: "This had ended already: people are asked again. Nothing was changed.",
    CannotExtend: "There cannot be more time: the policy allows no later deadline than this. Nothing was changed.",
    FieldLocked: _field_locked,
    EditBlocked: _edit_blocked,
    NobodyLeft: (
        "Everybody else who may approve this has changed it already, and whoever changes it is not enough: if you "
        "changed it too, nobody would be left to agree. Approve or reject it as it stands. Nothing was changed."
    ),
    EditFaulty: _edit_faulty,
    EditRejectedBefore: _edit_rejected_before,
    EditRefused: "This edit cannot be made. Nothing was changed.",
    ReviewerRefusal: "You cannot do this now. Nothing was changed; look at the card again.",
    Refusal: "This cannot be done now. Nothing was changed; look at the card again.",
}
"""By kind, the most particular one counts."""
