"""Breaks: once in a run, a line for the person alone that they have decided a lot. Nothing waits for it."""

from approvals.ports import StoreBusy
from approvals.proposal import Proposal
from bot.slack.context import SlackContext
from bot.slack.web.client import call
from bot.slack.web.interaction import Interaction
from bot.slack.words import answers


def suggest(context: SlackContext, at: Interaction, decided: Proposal, made: int = 1) -> None:
    """Says so, once the answer is out, if one of the so many decisions that they just made was the one too many."""
    context.later(_say(context, at, decided, made))


async def _say(context: SlackContext, at: Interaction, decided: Proposal, made: int) -> None:
    try:
        due = await context.lifecycle.suggests_break(decided, at.user, made)
    except StoreBusy:
        return  # it is advice: what cannot be looked up is not said
    channel = at.channel or next(iter(decided.channels), None)
    if due and channel is not None:
        await call(context.client, "chat_postEphemeral", channel=channel, user=at.user, text=answers.TIME_FOR_A_BREAK)
