"""What a person can do with a proposal as it stands, and the row of buttons and menu that offers it."""

from typing import TYPE_CHECKING

from approvals.deadlines import later_deadline
from approvals.events import Objected
from approvals.proposal import Cause, Status
from approvals.settling import settles_until
from approvals.standing import may_stand
from approvals.states import TRANSITIONS
from bot.slack.blocks import Block, actions, button, overflow
from bot.slack.friction import asking_again
from bot.slack.settling import TAKE_BACK, undo
from bot.slack.standing import approve_next
from bot.slack.text import one_line, shorten
from bot.slack.words import shared

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from approvals.gate import Gate
    from approvals.proposal import Proposal

OBJECT, REVOKE, EXTEND, HAND_OVER = "object", "revoke", "extend", "hand_over"
ASK = "ask"
APPROVE_NEXT = "approve_next"
DETAILS = "details"
MENU = (DETAILS, REVOKE, ASK, EXTEND, HAND_OVER)
"""Verbs of the menu: an option's value is the verb, a colon, and what a button's value would be."""
_LABELS = {REVOKE: "Revoke", ASK: shared.ASK_THE_AGENT, EXTEND: "More time", HAND_OVER: "Hand over"}


def chosen(value: str) -> tuple[str, str]:
    """A value as the menu's verb and what it is about; without a verb for a button's."""
    verb, colon, about = value.partition(":")
    return (verb, about) if colon and verb in MENU else ("", value)


def offers(
    proposal: "Proposal", now: "datetime | None" = None, roles: "Collection[str] | None" = None
) -> frozenset[str]:
    """The verbs beside the verdicts that can work: `object`, `take_back`, `ask`, `revoke` and so on.

    `roles` are all that the policy has. Without a time or without roles, what they might allow counts as offered.
    """
    objectable = open_to_objection(proposal, now)
    waits = proposal.status is Status.pending
    possible = {
        OBJECT: objectable,
        TAKE_BACK: _settling(proposal, now),
        REVOKE: proposal.status is Status.approved and not objectable,  # an objection revokes as well
        ASK: waits and proposal.open_question is None,
        EXTEND: waits and later_deadline(proposal) is not None,
        APPROVE_NEXT: may_stand(proposal),
        HAND_OVER: waits and (roles is None or bool(takers(proposal.gate, roles))),
    }
    return frozenset(verb for verb, can in possible.items() if can)


def open_to_objection(proposal: "Proposal", now: "datetime | None" = None) -> bool:
    """Whether people can object to what runs without waiting for them; without a time, whether they could before.

    Until it is claimed they always can; from then on there is so much time as the policy gives.
    """
    until = proposal.object_until
    if proposal.cause is not Cause.watch or proposal.undo is not None or until is None:
        return False
    if proposal.status is Status.approved:
        return True
    return Objected in TRANSITIONS[proposal.status] and (now is None or now < until)


def takers(gate: "Gate", roles: "Collection[str]") -> list[str]:
    """The roles that a place of it can be handed over to: those that are not asked, nor could sit in all of them.

    Where a role has several places, one that took the place of one person may take that of another.
    """
    one = gate.approvals == 1
    sitting: dict[str, set[str]] = {}
    for each in gate.stand_ins:
        if each.most is None and (one or each.giver is None):
            sitting.setdefault(each.by, set()).add(each.role)
    return sorted(role for role in roles if role not in gate.roles and not set(gate.roles) <= sitting.get(role, set()))


def buttons(proposal: "Proposal", value: str, *, whole: bool, offered: "Collection[str]") -> Block:
    """What can be done with a proposal, as a row. `value` goes back with every click.

    `whole` says whether the reader has seen everything that would run: else there is no `Approve` among them.
    """
    what = shorten(one_line(proposal.action.name), 60)[0]
    made = []
    if proposal.status is Status.pending:
        if whole:
            approve = button("Approve", "approve", value, said=f"Approve {what}", style="primary")
            made.append(asking_again(approve, proposal))
        if proposal.gate.edit != ():
            made.append(button("Edit", "edit", value, said=f"Edit {what}"))
        made.append(button("Reject", "reject", value, said=f"Reject {what}", style="danger"))
        if whole and APPROVE_NEXT in offered:
            made.append(approve_next(proposal, value))
    elif OBJECT in offered:
        made.append(button("Object", OBJECT, value, said=f"Object to {what}", style="danger"))
    elif TAKE_BACK in offered:
        made.append(undo(proposal, value))
    menu = [("Details", f"{DETAILS}:{value}")]
    menu += [(label, f"{verb}:{value}") for verb, label in _LABELS.items() if verb in offered]
    return actions(*made, overflow("more", menu))


def _settling(proposal: "Proposal", now: "datetime | None") -> bool:
    """Whether somebody can take their approval back without a word; without a time, whether they could before."""
    if now is None:
        return proposal.status is Status.approved and proposal.claimable_at is not None
    return settles_until(proposal, now) is not None
