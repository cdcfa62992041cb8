"""Ending a remembered decision, by `End`: a form says what it is and what follows, and its submission ends it."""

from typing import TYPE_CHECKING

from approvals.decision import Verdict
from approvals.refusals import NotFound, Refusal, RememberedOver
from approvals.remembered.decision import require_end
from bot.slack.blockkit.blocks import context_block, ours, section
from bot.slack.blockkit.modals import sentence_modal
from bot.slack.cards.remembered import described, summary, terms_of
from bot.slack.listeners import finder
from bot.slack.listeners.powers import Power, PowerForm, Subject, blank_form
from bot.slack.listeners.replies import Relist, deliver
from bot.slack.web.interaction import Interaction
from bot.slack.words import remembered as say

if TYPE_CHECKING:
    from bot.slack.context import SlackContext
    from bot.slack.listeners.replies import Reply, View

_LONGEST_REASON = 1000
_ASKED = {Verdict.approve: say.END_APPROVAL, Verdict.reject: say.END_REJECTION}
_ENDED = {Verdict.approve: say.APPROVAL_ENDED, Verdict.reject: say.REJECTION_ENDED}


async def end_remembered(context: "SlackContext", at: Interaction) -> "Reply":
    """`End`, on the card that it came from or in the list."""
    verdict, _, proposal_id = at.value.partition(" ")
    subject: Subject = {"verdict": verdict, "id": proposal_id, "list": at.response_url if at.ephemeral else None}
    return blank_form(context, at, END_REMEMBERED, subject)


async def _ask(context: "SlackContext", at: Interaction, subject: Subject) -> PowerForm:
    verdict, proposal_id = _which(subject)
    reviewer = await context.known(at.user, at.team)
    decision = await context.store.remembered.find(verdict, proposal_id)
    require_end(decision, reviewer)
    if decision.ended is not None:
        raise RememberedOver
    what = [section(described(decision)), *terms_of(decision, _LONGEST_REASON), context_block(ours(summary(decision)))]
    blocks = [section(ours(_ASKED[verdict])), *what]
    return PowerForm(title=say.ASK_AGAIN, submit=say.END, blocks=blocks, subject=subject)


async def _act(context: "SlackContext", at: Interaction, subject: Subject) -> "View":
    verdict, proposal_id = _which(subject)
    await context.lifecycle.end_remembered(verdict, proposal_id, await context.known(at.user, at.team))
    _relist(context, at, subject)
    return sentence_modal(_ENDED[verdict])


def _which(subject: Subject) -> tuple[Verdict, str]:
    try:
        return Verdict(str(subject["verdict"])), str(subject["id"])
    except ValueError as fault:
        raise NotFound(str(subject["id"])) from fault


def _relist(context: "SlackContext", at: Interaction, subject: Subject) -> None:
    """The list in which it was clicked, as it is afterwards."""
    url = subject.get("list")
    if not isinstance(url, str):
        return

    async def shown() -> None:
        blocks, text = await finder.remembered(context, await context.known(at.user, at.team), 0)
        here = Interaction(user=at.user, team=at.team, response_url=url)
        await deliver(context.client, here, Relist(blocks=blocks, text=text))

    context.later(shown())


def _about(subject: Subject, refusal: Refusal) -> tuple[str | None, str | None]:
    """It is known by the proposal that it came with."""
    known = not isinstance(refusal, NotFound) and "id" in subject
    return (str(subject["id"]) if known else None), None


END_REMEMBERED = Power(purpose="remembered_end", verb="end_remembered", ask=_ask, act=_act, about=_about)
