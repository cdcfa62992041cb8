"""Paging of modals: of `Details`, of a difference, of what was typed too late."""

from datetime import datetime

from approvals.moves.look_ahead import may
from approvals.proposal import Proposal, Status
from approvals.refusals import NotACard, Refusal
from approvals.reviewer import Reviewer
from approvals.seats import places
from bot.slack.blockkit.modals import place_of
from bot.slack.cards.details import Verdicts, turned
from bot.slack.context import SlackContext
from bot.slack.forms import dialogs
from bot.slack.forms.edit_conflict import edit_conflict
from bot.slack.listeners import click_origin
from bot.slack.listeners.replies import Reply, Say, Show
from bot.slack.listeners.submissions import confirm_view, payload_of, typed_in
from bot.slack.web.interaction import Interaction
from bot.slack.words import answers
from storage import Form


async def turn_page(context: SlackContext, at: Interaction) -> Reply:
    """`Next` and `Back` in `Details`."""
    target = await click_origin.target(context, at)
    form = target.form
    if form is None or form.kind != "details":
        raise NotACard
    proposal = target.proposal
    if not await context.sees(at, proposal):
        return Say(text=answers.NOT_VISIBLE)
    verdicts = await verdicts_of(context, at, proposal)
    shown = await context.showing(turned, proposal, form.id, _beside(form, at), verdicts)
    await context.store.forms.save(form.id, page=shown.page, typed={**form.typed, click_origin.READ: shown.last})
    return Show(view=shown.view)


async def turn_confirm(context: SlackContext, at: Interaction) -> Reply:
    """`Next` and `Back` where the difference does not fit one view."""
    form = await click_origin.form(context, at)
    proposal = await context.proposal(form.proposal_id)
    payload = payload_of(form)
    reviewer = await context.reviewer(at, proposal)
    foreseen = await context.lifecycle.preview_edit(proposal.id, reviewer, payload, form.nonce)
    page = _turned(form, at, await context.showing(dialogs.confirm_pages, proposal, foreseen))
    await context.store.forms.save(form.id, page=page)
    return Show(view=await confirm_view(context, at, proposal, foreseen, form.id, page))


async def turn_lost(context: SlackContext, at: Interaction) -> Reply:
    """`Next` and `Back` through what was typed too late."""
    form = await click_origin.form(context, at)
    proposal = await context.proposal(form.proposal_id)
    typed = typed_in(form)
    page = _turned(form, at, await context.showing(dialogs.lost_pages, proposal, typed))
    await context.store.forms.save(form.id, page=page)
    told = edit_conflict(proposal, form.revision) if form.kind in ("edit", "confirm") else ()
    return Show(
        view=await context.showing(dialogs.lost_nothing, proposal, typed, answers.TOO_LATE, form.id, page, told)
    )


async def verdicts_of(context: SlackContext, at: Interaction, proposal: Proposal) -> Verdicts:
    """What the person, as far as the policy alone tells, may say to what still waits."""
    presumed = await context.presumed(at.user, at.team, proposal.gate.asked)
    return Verdicts(
        approve=proposal.status is Status.pending and bool(places(proposal.gate, presumed)),
        reject=_may_reject(proposal, presumed, context.clock.now()),
    )


def _may_reject(proposal: Proposal, reviewer: Reviewer, now: datetime) -> bool:
    """Whoever may not approve their own may still say no to it."""
    try:
        may("reject", proposal, reviewer, proposal.nonce, now)
    except Refusal:
        return False
    return proposal.status is Status.pending


def _beside(form: Form, at: Interaction) -> int:
    """The page beside the one that was on the screen; never one further on than the next that was not seen."""
    shown = place_of(at.value)
    page = form.page if shown is None else min(shown, form.page)
    return page + (1 if at.action_id.endswith("_next") else -1)


def _turned(form: Form, at: Interaction, count: int) -> int:
    return min(max(_beside(form, at), 0), count - 1)
