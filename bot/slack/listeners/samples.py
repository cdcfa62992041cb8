"""`Fine` and `Not fine`: what people say of what ran at once and was drawn. Agents never learn of any of it."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from approvals.moves.samples import may_judge
from approvals.refusals import (
    AlreadyJudged,
    JudgementUnexplained,
    NotACard,
    Refusal,
)
from approvals.reviewer import Reviewer
from approvals.sample import Judgement, Sample
from approvals.services.sample_reviews import Bench
from bot.slack.blockkit import modals
from bot.slack.cards.details import details
from bot.slack.cards.sample_card import DETAILS, FINE, NOT_FINE
from bot.slack.context import Desk
from bot.slack.forms import dialogs
from bot.slack.forms.dialogs import not_fine_form
from bot.slack.listeners import click_origin
from bot.slack.listeners.click_origin import ClickTarget, SampleTarget, open_form
from bot.slack.listeners.replies import Open, Reply, Say, View
from bot.slack.web.client import SlackFault
from bot.slack.web.interaction import Interaction
from bot.slack.words import answers, refusals

SUBMISSION = NOT_FINE
"""The callback id of the form that asks what was not fine."""
JUDGE = "judge"
"""The verb of a refusal, whichever button it was."""
Handler: TypeAlias = Callable[[Desk, Interaction], Awaitable[Reply]]


async def fine(desk: Desk, at: Interaction) -> Reply:
    """`Fine`: judges at once; the card shows it."""
    drawn = await click_origin.sample(desk, at)
    await _judge(desk, at, drawn, Judgement.fine, None)
    return None


async def not_fine(desk: Desk, at: Interaction) -> Reply:
    """`Not fine`: opens the form at once, then makes sure that it is this person's to fill in."""
    drawn = await click_origin.sample(desk, at)
    sample, proposal = drawn.sample, drawn.proposal
    may_judge(sample, proposal.gate, desk.people.presumed(at.user, at.team, sample.roles), drawn.nonce)
    typed = await desk.store.forms.typed_for(proposal.id, proposal.revision, at.user, "not_fine")
    form = await open_form(desk, at, ClickTarget(proposal=proposal, nonce=drawn.nonce), "not_fine", typed)
    view, sure = not_fine_form(proposal, form.id, typed), desk.named(at.user, sample.roles)

    async def then(view_id: str) -> View | None:
        await desk.store.forms.save(form.id, view_id=view_id)
        try:
            may_judge(sample, proposal.gate, await _reviewer(desk, at, sample), drawn.nonce)
        except Refusal as refusal:
            await _refused(desk, at, proposal.id, refusal)
            return modals.sentence(answers.TITLE, refusals.refusal(refusal))
        return None if sure else view

    return Open(view=view if sure else modals.sentence(answers.TITLE, answers.ONE_MOMENT), then=then)


async def open_details(desk: Desk, at: Interaction) -> Reply:
    """`Details`: everything, whole, page by page, for those who look it over and for whom it is about."""
    drawn = await click_origin.sample(desk, at)
    proposal = drawn.proposal
    standing = ClickTarget(proposal=proposal, nonce=proposal.nonce)
    form = await open_form(desk, at, standing, "details")

    async def then(view_id: str) -> View:
        try:
            if not await desk.sees(at, proposal):
                return modals.sentence(answers.TITLE, answers.NOT_VISIBLE)
        except Refusal as refusal:
            return modals.sentence(answers.TITLE, refusals.refusal(refusal))
        await desk.store.forms.save(form.id, view_id=view_id)
        return await desk.showing(details, proposal, form.id, 0, approve=False)

    return Open(view=modals.sentence(answers.TITLE, answers.ONE_MOMENT), then=then)


JUDGING: dict[str, Handler] = {FINE: fine, NOT_FINE: not_fine, DETAILS: open_details}


async def answered(desk: Desk, at: Interaction, handler: Handler) -> Reply:
    """The handler's reply, or the refusal in words; a refusal on a known sample is kept as evidence."""
    try:
        return await handler(desk, at)
    except Refusal as refusal:
        named = at.value.partition(".")[0]
        if await desk.store.samples.get(named) is not None:
            await _refused(desk, at, named, refusal)
        return Say(text=refusals.refusal(refusal))
    except SlackFault:
        return Say(text=answers.TROUBLE)


async def submitted(desk: Desk, at: Interaction) -> dict[str, Any]:
    """What goes back with the acknowledgement of the form: nothing typed is lost."""
    form = await desk.store.forms.get(at.form_id) if at.form_id else None
    reason = dialogs.reason_of(at.state or {})
    try:
        form = await click_origin.form(desk, at)
        sample = await desk.store.samples.get(form.proposal_id)
        if form.kind != "not_fine" or sample is None:
            raise NotACard
        await desk.store.forms.save(form.id, typed={"reason": reason})
        drawn = SampleTarget(sample=sample, proposal=await desk.proposal(form.proposal_id), nonce=form.nonce)
        await _judge(desk, at, drawn, Judgement.not_fine, reason)
    except JudgementUnexplained as refusal:
        return {"response_action": "errors", "errors": {dialogs.REASON_BLOCK: refusals.refusal(refusal)}}
    except Refusal as refusal:
        return await _overtaken(desk, at, refusal, None if form is None else form.proposal_id, reason)
    return {"response_action": "clear"}


async def _overtaken(
    desk: Desk, at: Interaction, refusal: Refusal, proposal_id: str | None, reason: str
) -> dict[str, Any]:
    said = refusals.refusal(refusal)
    view = modals.sentence(answers.TITLE, said)
    if proposal_id is not None:
        await _refused(desk, at, proposal_id, refusal)
        if isinstance(refusal, AlreadyJudged):
            typed = {"reason": reason}
            proposal = await desk.proposal(proposal_id)
            view = await desk.showing(dialogs.lost_nothing, proposal, typed, said, at.form_id or "")
    return {"response_action": "update", "view": view}


async def _judge(desk: Desk, at: Interaction, drawn: SampleTarget, judgement: Judgement, reason: str | None) -> None:
    reviewer = await _reviewer(desk, at, drawn.sample)
    bench = Bench(desk.store, desk.clock)
    await bench.judge(drawn.sample.proposal_id, reviewer, judgement, reason, drawn.nonce)


async def _reviewer(desk: Desk, at: Interaction, sample: Sample) -> Reviewer:
    """The person, looked up now; raises NotEligible, Unverified."""
    return await desk.people.reviewer(at.user, at.team, sample.roles)


async def _refused(desk: Desk, at: Interaction, proposal_id: str, refusal: Refusal) -> None:
    """Kept like any other, but named in the detail alone: agents may one day read the entries of their proposals."""
    await desk.refused(at, None, JUDGE, refusal, detail=f"{proposal_id}: {refusal}")
