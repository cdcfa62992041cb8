"""`Review` on the card that sums up a flood: the list of what waits on it, page by page, each to be opened."""

from approvals.refusals import NotACard, Refusal
from bot.slack.cards.flood_card import PAGE_SIZE
from bot.slack.context import Desk
from bot.slack.layout import modals
from bot.slack.layout.modals import place_of
from bot.slack.listeners import click_origin
from bot.slack.listeners.click_origin import ClickTarget, open_form
from bot.slack.listeners.replies import Open, Reply, Show, View
from bot.slack.lists.flood import burst_list, pages_of
from bot.slack.web.interaction import Interaction
from bot.slack.words import answers, refusals
from storage import Form


async def burst_review(desk: Desk, at: Interaction) -> Reply:
    """`Review`: what waits now, of what the person may see. Raises NotACard for any message but the summary."""
    burst = await click_origin.flood(desk, at)
    lead = await desk.proposal(burst.lead)
    typed = {"channel": burst.channel}
    form = await open_form(desk, at, ClickTarget(proposal=lead, nonce=lead.nonce), "burst", typed)

    async def show(view_id: str) -> View | None:
        await desk.store.forms.save(form.id, view_id=view_id)
        try:
            return await _page(desk, at, form, 0)
        except Refusal as refusal:
            return modals.sentence(answers.TITLE, refusals.refusal(refusal))

    return Open(view=modals.sentence(answers.TITLE, answers.ONE_MOMENT), then=show)


async def turn_burst(desk: Desk, at: Interaction) -> Reply:
    """`Next` and `Back` in the list, as it stands by then."""
    form = await click_origin.form(desk, at)
    shown = place_of(at.value)
    if form.kind != "burst" or shown is None:
        raise NotACard
    page = max(shown + (1 if at.action_id.endswith("_next") else -1), 0)
    return Show(view=await _page(desk, at, form, page))


async def _page(desk: Desk, at: Interaction, form: Form, page: int) -> View:
    now = desk.clock.now()
    reviewer = await desk.known(at.user, at.team)
    burst = await desk.store.bursts.of(form.proposal_id, str(form.typed.get("channel")), now)
    if burst is None:
        raise NotACard
    roles = reviewer.roles.union(*(lent.roles for lent in reviewer.lent))
    page = min(page, pages_of(burst.count) - 1)
    found = await desk.store.bursts.waiting(burst, at.user, roles, now=now, offset=page * PAGE_SIZE, limit=PAGE_SIZE)
    if not found.total and page:
        return await _page(desk, at, form, page - 1)  # what stood on this page is decided by now
    shown = [desk.lifecycle.seen(each) for each in found.proposals]
    return await desk.showing(burst_list, burst, shown, found.total, page, form.id)
