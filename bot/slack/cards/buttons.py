"""Buttons of a card: what a person can do with a proposal as it stands, and the questions before it counts. Pure.

What agents say stands in a question as values: in plain text, texts in quotes, shortened with a mark.
"""

import json
from typing import TYPE_CHECKING

from approvals.moves.confirmation import asks_again
from approvals.moves.deadlines import later_deadline, undoable_until
from approvals.moves.reviewer import open_to_objection
from approvals.proposal import Status
from approvals.remembered.approval import may_remember
from bot.slack.blockkit.blocks import Block, actions, button, confirming, context_block, ours, overflow, when
from bot.slack.blockkit.text import length, one_line, shorten
from bot.slack.cards.redaction import veiled
from bot.slack.cards.remembered import approve_next
from bot.slack.cards.title import value_on_a_line
from bot.slack.words import cards, status
from bot.slack.words.status import LABEL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from approvals.digest import JSON
    from approvals.gate import Gate
    from approvals.proposal import Proposal

RETRACT = "retract"


def retract_button(proposal: "Proposal", value: str) -> Block:
    """The button that takes one's own approval back, at once; for all to see, since a card is the same for all."""
    what = shorten(one_line(proposal.action.name), 45)[0]
    return button(LABEL, RETRACT, value, said=status.retract_your_approval_of(what))


def until_then(proposal: "Proposal") -> Block:
    """Beside the button: for whom and until when it is there."""
    at = proposal.claimable_at
    assert at is not None
    return context_block(ours(status.whoever_approved_this_can_undo(when(at, seconds=True))))


_TEXT = 300
"""What Slack takes in a question."""
_NAME = 80
_VALUE = 60
_KEY = 40
_MORE = 16
"""Room for `, and 12345 more`."""


def asking_again(made: "Block", proposal: "Proposal") -> "Block":
    """The button, or the box to tick, with the question before it counts where the proposal's gate wants one."""
    if not asks_again(proposal.gate):
        return made
    name = shorten(one_line(proposal.action.name), _NAME)[0]
    return confirming(made, f"Approve {name}?", consequence(proposal), "Approve")


def consequence(proposal: "Proposal") -> str:
    """What will run, for how much and to whom, in at most 300 characters; numbers first, the rest by name."""
    proposal = veiled(proposal)
    run = f"Run {shorten(one_line(proposal.action.name), _NAME)[0]}"
    fields = sorted(proposal.action.payload.items(), key=lambda pair: (not _is_number(pair[1]), pair[0]))
    room = _TEXT - length(run) - length(cards.FINAL) - _MORE
    told, left = "", len(fields)
    for each in _shown(dict(fields)):
        more = f"{', ' if told else ': '}{each}"
        if length(told) + length(more) > room:
            break
        told, left = told + more, left - 1
    if left:
        told += f", and {left} more" if told else f" with {left} field{'' if left == 1 else 's'}"
    return f"{run}{told}{cards.FINAL}"


def _shown(fields: "Mapping[str, JSON]") -> "Iterator[str]":
    for name, value in fields.items():
        yield f"{_cut(one_line(name), _KEY) or '(no name)'} {_value(value)}"


def _value(value: "JSON") -> str:
    match value:
        case str():
            return value_on_a_line(value, _VALUE)
        case dict():
            return f"{{{len(value)} field{'' if len(value) == 1 else 's'}}}"
        case list():
            return f"[{len(value)} entr{'y' if len(value) == 1 else 'ies'}]"
        case _:
            return json.dumps(value)


def _cut(text: str, most: int) -> str:
    shown, left = shorten(text, most)
    return f"{shown}…" if left else shown


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


OBJECT, REVOKE, EXTEND, HAND_OVER = "object", "revoke", "extend", "hand_over"
ASK = "ask"
APPROVE_NEXT = "approve_next"
DETAILS = "details"
MENU = (DETAILS, REVOKE, EXTEND, HAND_OVER)
"""Verbs of the menu: an option's value is the verb, a colon, and what a button's value would be."""
_LABELS = {REVOKE: "Revoke", EXTEND: "More time", HAND_OVER: "Hand over"}


def menu_choice(value: str) -> tuple[str, str]:
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
        RETRACT: _retractable(proposal, now),
        REVOKE: proposal.status is Status.approved and not objectable,  # an objection revokes as well
        ASK: waits and proposal.open_question is None,
        EXTEND: waits and later_deadline(proposal) is not None,
        APPROVE_NEXT: may_remember(proposal) and proposal.suspension is None,
        HAND_OVER: waits and (roles is None or bool(takers(proposal.gate, roles))),
    }
    return frozenset(verb for verb, can in possible.items() if can)


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
    `Approve` has no colour: a green one says press me, and one that is green only where we warn of nothing is read in
    place of the card.
    """
    waits = proposal.status is Status.pending
    what = shorten(one_line(proposal.action.name), 50)[0]
    made = [*_verdicts(proposal, value, whole=whole, offered=offered)] if waits else []
    if waits and ASK in offered:
        made.append(button(cards.ASK, ASK, value, said=cards.ask_the_agent_about(what)))
    if OBJECT in offered:
        made.append(button("Object", OBJECT, value, said=f"Object to {what}", style="danger"))
    elif RETRACT in offered:
        made.append(retract_button(proposal, value))
    if not waits:
        made.append(details_button(proposal, value))
    return actions(*made)


def menu(proposal: "Proposal", value: str, *, offered: "Collection[str]") -> Block | None:
    """What is wanted less often, as a menu; None where there is nothing of it."""
    found = [("Details", f"{DETAILS}:{value}")] if proposal.status is Status.pending else []
    found += [(label, f"{verb}:{value}") for verb, label in _LABELS.items() if verb in offered]
    return overflow("more", found) if found else None


def unbound(block: Block) -> Block:
    """A block of a card without the menu beside it."""
    beside = block.get("accessory", {}).get("action_id")
    return {key: value for key, value in block.items() if key != "accessory"} if beside == "more" else block


def details_button(proposal: "Proposal", value: str) -> Block:
    """The button to all there is to read, where it is what most will want."""
    return button("Details", DETAILS, value, said=cards.details_of(shorten(one_line(proposal.action.name), 50)[0]))


def _verdicts(proposal: "Proposal", value: str, *, whole: bool, offered: "Collection[str]") -> "Iterator[Block]":
    """The ways to decide what waits; `Details` in the place of `Approve` where it has to be read there first."""
    what = shorten(one_line(proposal.action.name), 60)[0]
    going = proposal.suspension is None
    if whole and not going:
        yield details_button(proposal, value)
    elif whole:
        approve = button("Approve", "approve", value, said=f"Approve {what}")
        yield asking_again(approve, proposal)
    else:
        yield details_button(proposal, value)
    if proposal.gate.edit != () and going:
        yield button("Edit", "edit", value, said=f"Edit {what}")
    yield button("Reject", "reject", value, said=f"Reject {what}", style="danger")
    if whole and APPROVE_NEXT in offered:
        yield approve_next(proposal, value)


def _retractable(proposal: "Proposal", now: "datetime | None") -> bool:
    """Whether somebody can take their approval back without a word; without a time, whether they could before."""
    if proposal.status is Status.pending:
        return bool(proposal.active_decisions)
    if now is None:
        return proposal.status is Status.approved and proposal.claimable_at is not None
    return undoable_until(proposal, now) is not None
