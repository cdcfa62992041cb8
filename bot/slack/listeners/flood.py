"""`Review` on the card that sums up a flood: the list of what waits on it, page by page, each to be opened."""

from approvals.refusals import NotACard, Refusal
from bot.slack.cards.flood_card import PAGE_SIZE
from bot.slack.context import Desk, Standing
from bot.slack.layout import modals
from bot.slack.layout.modals import place_of
from bot.slack.listeners.replies import Open, Reply, Show, View
from bot.slack.lists.flood import burst_list, pages_of
from bot.slack.web.interaction import Interaction
from bot.slack.words import answers, refusals
from storage import Burst, Form


async def burst_review(desk: Desk, at: Interaction) -> Reply:
    """`Review`: what waits now, of what the person may see. Raises NotACard for any message but the summary."""
    burst = await _clicked(desk, at)
    lead = await desk.proposal(burst.lead)
    typed = {"channel": burst.channel}
    form = await desk.open_form(at, Standing(proposal=lead, nonce=lead.nonce), "burst", typed)

    async def show(view_id: str) -> View | None:
        await desk.store.forms.save(form.id, view_id=view_id)
        try:
            return await _page(desk, at, form, 0)
        except Refusal as refusal:
            return modals.sentence(answers.TITLE, refusals.refusal(refusal))

    return Open(view=modals.sentence(answers.TITLE, answers.ONE_MOMENT), then=show)


async def turn_burst(desk: Desk, at: Interaction) -> Reply:
    """`Next` and `Back` in the list, as it stands by then."""
    form = await desk.form(at)
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


async def _clicked(desk: Desk, at: Interaction) -> Burst:
    if at.channel is None or at.message_ts is None:
        raise NotACard
    burst = await desk.store.bursts.of(at.value, at.channel, desk.clock.now())
    if burst is None or burst.lead != at.value:
        raise NotACard
    row = await desk.store.cards.at(at.channel, at.message_ts)
    if row is None and desk.ours(at):
        row = await desk.adopt(at.channel, at.message_ts, await desk.proposal(burst.lead))
        if row is None:
            desk.later(desk.sender.close_twin(at.channel, at.message_ts, burst.lead))
    if row is None or row.proposal_id != burst.lead or row.state == "closed":
        raise NotACard
    return burst
