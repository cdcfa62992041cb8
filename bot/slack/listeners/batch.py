"""Batch actions, `Review` on a shared card: the list of a batch, of which what is ticked is decided, or of a flood.

Each that is ticked is decided as a click of its own would; on a flood's list each is only opened.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from approvals.decision import Attestation
from approvals.ports import Conflict, Damaged, StoreBusy
from approvals.proposal import Proposal
from approvals.refusals import Changed, NotACard, ReasonMissing, Refusal
from bot.slack.blockkit.modals import place_of, sentence_modal
from bot.slack.cards.batch_card import Batched
from bot.slack.context import SlackContext, may_see
from bot.slack.forms import dialogs
from bot.slack.forms.batch_form import (
    Done,
    ShownProposal,
    batch_form,
    batch_reject_form,
    results,
    seen_in,
    ticked,
    unseen,
)
from bot.slack.listeners import breaks, click_origin
from bot.slack.listeners.click_origin import ClickTarget, open_form, opened_seen
from bot.slack.listeners.replies import Acknowledgement, Open, Reply, Show, View, trouble, update
from bot.slack.lists.flood import PAGE_SIZE, flood_list, pages_of
from bot.slack.web.interaction import Interaction
from bot.slack.words import answers
from storage import Form


async def batch_review(context: SlackContext, at: Interaction) -> Reply:
    """`Review`: the list as it stands now, for those who may see it."""
    batch = await click_origin.batch(context, at)
    lead = batch.lead
    form = await open_form(context, at, ClickTarget(proposal=lead, nonce=lead.nonce), "batch")

    async def show(view_id: str) -> View | None:
        reviewer = await context.known(at.user, at.team)
        shown = replace(batch, proposals=tuple(each for each in batch.proposals if may_see(each, reviewer)))
        if not shown.proposals:
            return sentence_modal(answers.NOT_VISIBLE)
        view, seen = await context.showing(batch_form, shown, form.id)
        typed: dict[str, Any] = {"seen": {proposal_id: each.as_json() for proposal_id, each in seen.items()}}
        since = opened_seen(context.clock.now(), view["blocks"], alone=False)
        await context.store.forms.save(form.id, typed=typed, view_id=view_id, first_seen=since)
        return view

    return Open(then=show)


async def batch_reject(context: SlackContext, at: Interaction) -> Reply:
    """`Reject ticked`: a form that wants one reason."""
    form = await click_origin.form(context, at, "batch")
    seen = seen_in(form.typed)
    chosen = _chosen(seen, at)
    batch = await _batch_of(context, form)
    if not chosen or batch is None:
        return Open(view=sentence_modal(answers.NOTHING_TICKED, "Reject"))
    proposal = await context.proposal(form.proposal_id)
    typed = {"seen": {proposal_id: seen[proposal_id].as_json() for proposal_id in chosen}}
    target = ClickTarget(proposal=proposal, nonce=form.nonce, form=form)
    asking = await open_form(context, at, target, "batch_reject", typed)
    view = batch_reject_form(batch, [seen[each].number for each in chosen], asking.id)

    async def remember(view_id: str) -> View | None:
        await context.store.forms.save(asking.id, view_id=view_id)
        return None

    return Open(view=view, then=remember)


async def approve_ticked(context: SlackContext, at: Interaction) -> Acknowledgement:
    """`Approve ticked`: exactly what is ticked and was whole on the screen, as it was there."""
    form = await click_origin.form(context, at, "batch")
    seen = seen_in(form.typed)

    async def approve(proposal: Proposal, each: ShownProposal) -> None:
        if (proposal.digest, proposal.revision) != (each.digest, each.revision):
            raise Changed
        reviewer = await context.reviewer(at, proposal)
        await context.lifecycle.approve(
            proposal.id, reviewer, each.nonce, each.digest, attestation=Attestation(first_seen=form.first_seen)
        )

    done = await _each(context, at, {key: seen[key] for key in _chosen(seen, at)}, "approve", approve)
    _suggest_break(context, at, done)
    batch = await _batch_of(context, form)
    later = 0 if batch is None else unseen(seen, batch)
    return update(await context.showing(results, "Approved", done, later))


async def reject_ticked(context: SlackContext, at: Interaction) -> Acknowledgement:
    """The one reason for a no to each that was ticked."""
    form = await click_origin.form(context, at, "batch_reject")
    reason = dialogs.reason_of(at.state or {})
    if not reason.strip():
        raise ReasonMissing

    async def reject(proposal: Proposal, each: ShownProposal) -> None:
        reviewer = await context.reviewer(at, proposal)
        await context.lifecycle.reject(
            proposal.id, reviewer, reason, each.nonce, attestation=Attestation(first_seen=form.first_seen)
        )

    done = await _each(context, at, seen_in(form.typed), "reject", reject)
    _suggest_break(context, at, done)
    return update(await context.showing(results, "Rejected", done, 0))


async def _each(
    context: SlackContext,
    at: Interaction,
    chosen: dict[str, ShownProposal],
    verb: str,
    decide: Callable[[Proposal, ShownProposal], Awaitable[None]],
) -> list[Done]:
    """Decides one after the other; whatever refuses one leaves out that one, and the others go on."""
    proposals = [await context.proposal(proposal_id) for proposal_id in chosen]  # what is not there stops it all, first
    done: list[Done] = []
    for proposal, (proposal_id, each) in zip(proposals, chosen.items(), strict=True):
        why_not = None
        try:
            await decide(proposal, each)
        except (Refusal, StoreBusy, Damaged, Conflict) as error:
            if isinstance(error, Refusal):
                await context.refused(at, proposal_id, verb, error)
            why_not = trouble(error) or answers.TROUBLE
        done.append(Done(number=each.number, proposal=proposal, why_not=why_not))
    return done


def _suggest_break(context: SlackContext, at: Interaction, done: list[Done]) -> None:
    decided = [each for each in done if each.why_not is None]
    if decided:
        breaks.suggest(context, at, decided[-1].proposal, len(decided))


def _chosen(proposals: dict[str, ShownProposal], at: Interaction) -> list[str]:
    """What is ticked of what was on the screen; anything else that the state may name was not."""
    return [proposal_id for proposal_id in dict.fromkeys(ticked(at.state or {})) if proposal_id in proposals]


async def _batch_of(context: SlackContext, form: Form) -> Batched | None:
    proposal = await context.proposal(form.proposal_id)
    found = [await context.sender.batch_of(proposal.id, channel) for channel in proposal.channels]
    return next((each for each in found if each is not None), None)


async def flood_review(context: SlackContext, at: Interaction) -> Reply:
    """`Review`: what waits now, of what the person may see. Raises NotACard for any message but its card."""
    flood = await click_origin.flood(context, at)
    lead = await context.proposal(flood.lead)
    typed = {"channel": flood.channel}
    form = await open_form(context, at, ClickTarget(proposal=lead, nonce=lead.nonce), "flood", typed)

    async def show(view_id: str) -> View | None:
        await context.store.forms.save(form.id, view_id=view_id)
        return await _page(context, at, form, 0)

    return Open(then=show)


async def turn_flood(context: SlackContext, at: Interaction) -> Reply:
    """`Next` and `Back` in the list, as it stands by then."""
    form = await click_origin.form(context, at, "flood")
    shown = place_of(at.value)
    if shown is None:
        raise NotACard
    page = max(shown + (1 if at.action_id.endswith("_next") else -1), 0)
    return Show(view=await _page(context, at, form, page))


async def _page(context: SlackContext, at: Interaction, form: Form, page: int) -> View:
    now = context.clock.now()
    reviewer = await context.known(at.user, at.team)
    flood = await context.store.floods.of(form.proposal_id, str(form.typed.get("channel")), now)
    if flood is None:
        raise NotACard
    roles = reviewer.roles.union(*(delegated.roles for delegated in reviewer.delegated))
    page = min(page, pages_of(flood.count) - 1)
    found = await context.store.floods.waiting(flood, at.user, roles, now=now, offset=page * PAGE_SIZE, limit=PAGE_SIZE)
    if not found.total and page:
        return await _page(context, at, form, page - 1)  # what stood on this page is decided by now
    shown = [context.lifecycle.as_of_now(each) for each in found.proposals]
    return await context.showing(flood_list, flood, shown, found.total, page, form.id)
