"""Next in list: after each decision in a review, the person gets to what waits next."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from approvals.proposal import Proposal, Status
from approvals.refusals import NotACard
from bot.slack.blockkit.blocks import actions, button
from bot.slack.blockkit.modals import sentence_modal
from bot.slack.cards.card import card
from bot.slack.context import SlackContext
from bot.slack.forms import dialogs
from bot.slack.listeners import click_origin, finder
from bot.slack.listeners.click_origin import WHOLE, ClickTarget, open_form, opened_seen
from bot.slack.listeners.replies import CLEAR, Acknowledgement, update
from bot.slack.lists import pages
from bot.slack.lists.home import WAITING
from bot.slack.lists.query import ListQuery
from bot.slack.web.client import SlackFault, call
from bot.slack.web.interaction import Interaction
from bot.slack.words import answers, status
from bot.slack.words import commands as say

if TYPE_CHECKING:
    from storage import Form

SECONDS = 1.0
"""A submission is answered within three; looking a person up takes up to half of it."""
_LIST = "list"


async def record_review(
    context: SlackContext, at: Interaction, proposal: Proposal, query: ListQuery | None, view_id: str | None = None
) -> "Form":
    """Records that we open the review of a proposal, out of a list if there is one."""
    target = ClickTarget(proposal=proposal, nonce=proposal.nonce)
    form = await open_form(context, at, target, "review", {} if query is None else {_LIST: query.to_value()})
    if view_id is not None:
        await context.store.forms.save(form.id, view_id=view_id)
    return form


async def review_view(
    context: SlackContext, form: "Form", proposal: Proposal, *, above: bool = False, back: ListQuery | None = None
) -> dict[str, Any]:
    """The view of a review; `above` says that it stands above another modal, `back` in the place of which list."""
    rendered = await context.showing(card, proposal, offered=context.sender.offered(proposal))
    seen = opened_seen(await context.first_opened(form.reviewer, proposal), rendered.blocks)
    await context.store.forms.save(form.id, first_seen=seen, typed={**form.typed, WHOLE: rendered.whole})
    below = [] if back is None else [actions(pages.list_button(say.BACK_TO_THE_LIST, back))]
    return dialogs.review_modal(proposal, form.id, rendered, editable=not above, below=below)


async def next_view(context: SlackContext, at: Interaction, said: str) -> dict[str, Any]:
    """The view that takes the place of the one in which something was decided: `said`, and the way on in its list."""
    found = await _behind(context, at)
    if found is None:
        return sentence_modal(said)
    form, query = found
    _refresh(context, at, query)
    if not query.decidable:
        return sentence_modal(said)
    return await _decided(context, at, query.after(await context.proposal(form.proposal_id)), said, str(at.view_id))


async def refresh_home(context: SlackContext, at: Interaction) -> None:
    """Shows on the home tab what was done in a review that was opened from it."""
    if found := await _behind(context, at):
        _refresh(context, at, found[1])


async def instead_of_closing(context: SlackContext, at: Interaction, answer: Acknowledgement) -> Acknowledgement:
    """What a submission is answered with that would have closed all: the way on, where the review is from a list."""
    if answer != CLEAR:
        return answer
    found = await _behind(context, at)
    if found is None:
        return answer
    form, query = found
    _refresh(context, at, query)
    if not query.decidable:
        return answer
    proposal = await context.proposal(form.proposal_id)
    more = f"\n{status.missing(proposal)}" if proposal.status is Status.pending else ""
    said, following = f"{status.status_sentence(proposal)}{more}", query.after(proposal)
    if at.previous_view_id in (None, at.root_view_id):
        view = await _decided(context, at, following, said, str(at.view_id))
        return update(view)
    # Above the review stands a form, and above it this one: it closes, and the form gives way to the answer.
    below = str(at.previous_view_id)
    context.later(_replace(context, below, await _decided(context, at, following, said, below)))
    return {}


async def next_one(context: SlackContext, at: Interaction) -> Acknowledgement:
    """`Next` below a decision: the review of what waits next takes the place of the one that was decided."""
    kept = await click_origin.opened_modal(context, at, "next")
    query = ListQuery.from_value(str(kept.subject.get(_LIST) or ""))
    if query is None:
        raise NotACard
    # What it answers with is a review: nobody gets a second one for the same request.
    await click_origin.use_modal(context, kept)
    root = at.root_view_id or at.view_id
    view = await _next(context, at, query, root)
    if root == at.view_id:
        return update(view)
    try:
        await call(context.client, "views_update", seconds=SECONDS, view_id=root, view=view)
    except SlackFault:
        return update(sentence_modal(answers.LIST_AGAIN))
    return {}


async def next_in_place(context: SlackContext, at: Interaction, query: ListQuery) -> dict[str, Any]:
    """The same as the view that takes the place of the one with the button."""
    above = at.root_view_id not in (None, at.view_id)
    return await _next(context, at, query, at.view_id, above=above)


async def next_button(context: SlackContext, at: Interaction) -> list[dict[str, Any]]:
    """The button to what waits next, where the review is from a list in which something may wait."""
    found = await _behind(context, at)
    if found is None:
        return []
    form, query = found
    _refresh(context, at, query)
    if not query.decidable:
        return []
    following = query.after(await context.proposal(form.proposal_id)).to_value()
    return [button("Next", pages.NEXT_IN_LIST, following, said=say.NEXT_IN_THE_LIST)]


async def _decided(context: SlackContext, at: Interaction, query: ListQuery, said: str, view_id: str) -> dict[str, Any]:
    """The view with the way on, known as the one that stands there before this person."""
    kept = await context.keep_modal(at.user, view_id, "next", {_LIST: query.to_value()})
    return pages.decided(said, kept.id)


async def _next(
    context: SlackContext, at: Interaction, query: ListQuery, view_id: str | None, *, above: bool = False
) -> dict[str, Any]:
    reviewer = await context.known(at.user, at.team)
    proposal = await finder.following(context, reviewer, query)
    if proposal is None:
        return sentence_modal(answers.NO_MORE)
    form = await record_review(context, at, proposal, replace(query, at=None), view_id)
    return await review_view(context, form, proposal, above=above)


def _refresh(context: SlackContext, at: Interaction, query: ListQuery) -> None:
    """The home tab shows what its person has just done."""
    if query.home:
        context.later(finder.publish(context, at.user, at.team, WAITING))


async def _behind(context: SlackContext, at: Interaction) -> "tuple[Form, ListQuery] | None":
    """The review at the bottom of the person's modals, and the list that it was opened from; None if from none."""
    try:
        await click_origin.require_own_modal(context, at)
    except NotACard:
        return None
    form = await context.store.forms.review_in(at.root_view_id, at.user) if at.root_view_id else None
    query = ListQuery.from_value(str(form.typed.get(_LIST) or "")) if form is not None else None
    return None if form is None or query is None else (form, query)


async def _replace(context: SlackContext, view_id: str, view: dict[str, Any]) -> None:
    await call(context.client, "views_update", view_id=view_id, view=view)
