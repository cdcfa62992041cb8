"""`/approvals notify`: whether a person is told of what waits for them in a direct message. And what that says."""

from typing import TYPE_CHECKING, Any, TypeAlias

from approvals.proposal import Status
from bot.slack.blocks import ours, section
from bot.slack.queue import entry
from bot.slack.text import escape, one_line
from bot.slack.words import notifying as say
from bot.slack.words.labels import state

if TYPE_CHECKING:
    from approvals.decision import Reviewer
    from approvals.proposal import Proposal
    from bot.slack.desk import Desk

Blocks: TypeAlias = list[dict[str, Any]]
MOST = 200
"""So much of what waits for one person is looked at."""


async def notify(desk: "Desk", reviewer: "Reviewer", said: str) -> tuple[Blocks, str]:
    """What follows `/approvals notify`: nothing, `dm` or `off`. Raises StoreBusy."""
    match said.lower():
        case "":
            asks = await desk.store.direct.asked(reviewer.user) is not None
            holds = say.I_WRITE_TO_YOU_WHEN_SOMETHING if asks else say.I_DO_NOT_WRITE_TO_YOU
            return _sentence(f"{holds} {say.USAGE}")
        case "dm":
            known = await waiting(desk, reviewer)
            await desk.store.direct.ask(reviewer.user, reviewer.team, desk.clock.now(), [each.id for each in known])
            there = say.WHAT_WAITS_ALREADY_IS_IN if known else ""
            return _sentence(say.i_write_to_you_from_now_on(there))
        case "off":
            ended = await desk.store.direct.stop_asking(reviewer.user)
            return _sentence(say.I_WRITE_TO_YOU_NO_MORE if ended else say.DID_NOT_WRITE_BEFORE)
        case _:
            return _sentence(say.USAGE)


async def waiting(desk: "Desk", reviewer: "Reviewer") -> "list[Proposal]":
    """What waits for the person, in their own roles and in those lent to them; at most MOST."""
    lent = [(each.by, role) for each in reviewer.lent for role in each.roles]
    found = await desk.store.reads.waiting(reviewer.user, reviewer.roles, now=desk.clock.now(), lent=lent, limit=MOST)
    return found.proposals


def waits(proposal: "Proposal") -> tuple[Blocks, str]:
    """That one proposal waits: what it is, until when, and a button that opens it. Nothing is decided here."""
    text = say.waits_for_you(escape(one_line(proposal.action.name)))
    return [section(ours(say.THIS_WAITS_FOR_YOU)), *entry(proposal)], text


def many_wait(count: int) -> tuple[Blocks, str]:
    """That several do."""
    text = say.requests_wait_for_you(count)
    return [section(ours(text))], text


def over(proposal: "Proposal", count: int = 1) -> tuple[Blocks, str]:
    """That what a message told of waits for its reader no more."""
    if count > 1:
        text = say.none_of_these_requests_waits(count)
        return [section(ours(text))], text
    emoji, word = (":ballot_box_with_check:", "") if proposal.status is Status.pending else state(proposal)
    text = say.this_no_longer_waits(emoji, f" {word}." if word else "")
    return [section(ours(text)), *entry(proposal, label="Open")], text


def went_wrong(proposal: "Proposal") -> tuple[Blocks, str]:
    """That something which the person let run went wrong."""
    _, word = state(proposal)
    text = say.you_let_this_run(word)
    return [section(ours(text)), *entry(proposal, label="Open")], text


def many_went_wrong(count: int) -> tuple[Blocks, str]:
    """That several did."""
    text = say.things_went_wrong(count)
    return [section(ours(text))], text


def _sentence(text: str) -> tuple[Blocks, str]:
    return [section(ours(text))], text
