"""Look-aheads: whether somebody may do what a form is for, asked before the form opens. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Literal, TypeAlias

from approvals.decision import LOOK_AHEAD
from approvals.moves import reviewer as people
from approvals.moves.questions import may_ask
from approvals.proposal import Proposal
from approvals.reviewer import Reviewer

FormVerb: TypeAlias = Literal["approve", "edit", "reject", "object", "hand_over", "ask"]
"""Verbs whose button opens a form; `reject` is also what revokes an approval."""
_Look: TypeAlias = Callable[[Proposal, Reviewer, str, datetime], object]
_SOME_REASON = "a reason"


def _with_reason(verb: Callable[[Proposal, Reviewer, str, str, datetime], object]) -> _Look:
    def look(proposal: Proposal, reviewer: Reviewer, nonce: str, now: datetime) -> None:
        verb(proposal, reviewer, _SOME_REASON, nonce, now)

    return look


_LOOKS: Mapping[FormVerb, _Look] = {
    "approve": partial(people.approve, attestation=LOOK_AHEAD),
    "edit": people.may_edit,
    "reject": _with_reason(people.reject),
    "object": _with_reason(people.object),
    "hand_over": people.may_hand_over,
    "ask": may_ask,
}


def may(verb: FormVerb, proposal: Proposal, reviewer: Reviewer, nonce: str, now: datetime) -> None:
    """Raises the Refusal that the verb by this person would meet now, whatever they say, change or type with it."""
    _LOOKS[verb](proposal, reviewer, nonce, now)
