"""Sample actions, `Fine` and `Not fine`: what people say of what ran at once and was drawn.

Agents never learn of it.
"""

from dataclasses import replace
from functools import partial

from approvals.reviewer import Reviewer
from approvals.sample import SampleVerdict
from bot.slack.cards.sample_card import DETAILS, FINE, NOT_FINE
from bot.slack.context import SlackContext
from bot.slack.forms.dialogs import not_fine_form
from bot.slack.listeners import click_origin
from bot.slack.listeners.actions import OpenForm, details_of, opens
from bot.slack.listeners.click_origin import ClickTarget, open_form
from bot.slack.listeners.replies import Handler, Reply
from bot.slack.web.interaction import Interaction


async def fine(context: SlackContext, at: Interaction) -> Reply:
    """`Fine`: judges at once; the card shows it."""
    sampled = await click_origin.sample_click(context, at)
    reviewer = await context.people.reviewer(at.user, at.team, sampled.roles)
    await context.reviews.judge(sampled.proposal.id, reviewer, SampleVerdict.fine, None, sampled.nonce)
    return None


async def not_fine(context: SlackContext, at: Interaction) -> Reply:
    """`Not fine`: a form that wants a reason."""

    async def form(sampled: ClickTarget, _: Reviewer) -> OpenForm:
        proposal = sampled.proposal
        typed = await context.store.forms.typed_for(proposal.id, proposal.revision, at.user, "not_fine")
        made = await open_form(context, at, sampled, "not_fine", typed)
        return OpenForm(id=made.id, view=partial(context.showing, not_fine_form, proposal, made.id, typed))

    return await opens(context, at, await click_origin.sample_click(context, at), "judge", form, named=NOT_FINE)


async def open_details(context: SlackContext, at: Interaction) -> Reply:
    """`Details`: everything, whole, page by page, for those who look it over and for whom it is about."""
    sampled = await click_origin.sample_click(context, at)
    return await details_of(context, at, replace(sampled, nonce=sampled.proposal.nonce))


ACTIONS: dict[str, Handler] = {FINE: fine, NOT_FINE: not_fine, DETAILS: open_details}
