"""Runs what a button does and answers whoever pressed it, whatever comes of it."""

from approvals.refusals import Refusal
from bot.slack import onward
from bot.slack.calls import SlackFault
from bot.slack.clicks import Handler
from bot.slack.desk import Desk
from bot.slack.interaction import Interaction
from bot.slack.offers import chosen
from bot.slack.replies import Reply, Say, Show
from bot.slack.words import answers, refusals


async def answered(desk: Desk, at: Interaction, handler: Handler) -> Reply:
    """The handler's reply, or the refusal in words; a refusal on a known proposal is kept as evidence."""
    try:
        return await handler(desk, at)
    except Refusal as refusal:
        subject = await _subject(desk, at)
        if subject is not None:
            await desk.refused(at, subject, chosen(at.value)[0] or at.action_id, refusal)
        said = refusals.refusal(refusal)
        return Show(view=await onward.after(desk, at, said)) if at.in_modal else Say(text=said)
    except SlackFault:
        return Say(text=answers.TROUBLE)


async def _subject(desk: Desk, at: Interaction) -> str | None:
    if at.form_id and (form := await desk.store.forms.get(at.form_id)) is not None:
        return form.proposal_id
    named = chosen(at.value)[1].partition(".")[0]
    return named if named and await desk.store.find(named) is not None else None
