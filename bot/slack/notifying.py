"""`/approvals notify`: whether a person is told of what waits for them in a direct message. And what that says."""

from typing import TYPE_CHECKING, Any, TypeAlias

from approvals.proposal import Status
from bot.slack.blocks import ours, section
from bot.slack.queue import entry
from bot.slack.text import escape, one_line
from bot.slack.words.labels import state

if TYPE_CHECKING:
    from approvals.decision import Reviewer
    from approvals.proposal import Proposal
    from bot.slack.desk import Desk

Blocks: TypeAlias = list[dict[str, Any]]
MOST = 200
"""So much of what waits for one person is looked at."""
_USAGE = (
    "`/approvals notify dm` has me write to you when something waits for you, and when something that you approved "
    "goes wrong. `/approvals notify off` ends that."
)


async def notify(desk: "Desk", reviewer: "Reviewer", said: str) -> tuple[Blocks, str]:
    """What follows `/approvals notify`: nothing, `dm` or `off`. Raises StoreBusy."""
    match said.lower():
        case "":
            asks = await desk.store.direct.asked(reviewer.user) is not None
            holds = "I write to you when something waits for you." if asks else "I do not write to you."
            return _sentence(f"{holds} {_USAGE}")
        case "dm":
            known = await waiting(desk, reviewer)
            await desk.store.direct.ask(reviewer.user, reviewer.team, desk.clock.now(), [each.id for each in known])
            there = " What waits already is in `/approvals`." if known else ""
            return _sentence(
                "I write to you from now on when something waits for you, and when something that you approved goes "
                f"wrong. Several at once are one message.{there}"
            )
        case "off":
            ended = await desk.store.direct.stop_asking(reviewer.user)
            return _sentence("I write to you no more." if ended else "I do not write to you, so nothing changed.")
        case _:
            return _sentence(_USAGE)


async def waiting(desk: "Desk", reviewer: "Reviewer") -> "list[Proposal]":
    """What waits for the person, in their own roles and in those lent to them; at most MOST."""
    lent = [(each.by, role) for each in reviewer.lent for role in each.roles]
    found = await desk.store.reads.waiting(reviewer.user, reviewer.roles, now=desk.clock.now(), lent=lent, limit=MOST)
    return found.proposals


def waits(proposal: "Proposal") -> tuple[Blocks, str]:
    """That one proposal waits: what it is, until when, and a button that opens it. Nothing is decided here."""
    text = f"{escape(one_line(proposal.action.name))} waits for you."
    return [section(ours(":bell: *This waits for you.*")), *entry(proposal)], text


def many_wait(count: int) -> tuple[Blocks, str]:
    """That several do."""
    text = f":bell: *{count} requests wait for you:* `/approvals` lists them."
    return [section(ours(text))], text


def over(proposal: "Proposal", count: int = 1) -> tuple[Blocks, str]:
    """That what a message told of waits for its reader no more."""
    if count > 1:
        text = f":ballot_box_with_check: *None of these {count} requests waits for you any more.*"
        return [section(ours(text))], text
    emoji, word = (":ballot_box_with_check:", "") if proposal.status is Status.pending else state(proposal)
    text = f"{emoji} *This no longer waits for you.*{f' {word}.' if word else ''}"
    return [section(ours(text)), *entry(proposal, label="Open")], text


def went_wrong(proposal: "Proposal") -> tuple[Blocks, str]:
    """That something which the person let run went wrong."""
    _, word = state(proposal)
    text = f":rotating_light: *{word}.* You let this run; please look."
    return [section(ours(text)), *entry(proposal, label="Open")], text


def many_went_wrong(count: int) -> tuple[Blocks, str]:
    """That several did."""
    text = f":rotating_light: *{count} things that you let run went wrong; please look:* `/approvals history`."
    return [section(ours(text))], text


def _sentence(text: str) -> tuple[Blocks, str]:
    return [section(ours(text))], text
