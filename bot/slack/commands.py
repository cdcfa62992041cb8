"""`/approvals` and the home tab: what waits, what is mine, what became of it; only what one may decide or owns."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from approvals.decision import Reviewer
from approvals.places import places
from approvals.refusals import Refusal
from bot.slack import delegating, modals, notifying, queue, stopping, words
from bot.slack.calls import call
from bot.slack.desk import Desk
from bot.slack.home import home
from bot.slack.interaction import Interaction
from bot.slack.queue import Query
from bot.slack.replies import Relist, Reply, Say
from bot.slack.stats import stats
from storage import Listed

PAGE_SIZE = 8
HOME_SIZE = 15
Blocks: TypeAlias = list[dict[str, Any]]


async def approvals(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """Answers the slash command: the keyword arguments of Bolt's `ack`."""
    user, team = str(body.get("user_id") or ""), str(body.get("team_id") or "")
    verb, _, rest = str(body.get("text") or "").strip().partition(" ")
    name = rest.strip()
    try:
        if verb.lower() == "delegate":
            return await _delegate(desk, Interaction(user=user, team=team), name)
        if verb.lower() in ("stop", "resume"):
            at = Interaction(user=user, team=team)
            blocks, text = await (stopping.stop if verb.lower() == "stop" else stopping.resume)(desk, at, name)
            return {"blocks": blocks, "text": text}
        reviewer = await desk.known(user, team)
        blocks, text = await _answer(desk, reviewer, verb.lower(), name)
    except Refusal as refusal:
        return {"text": words.refusal(refusal)}
    return {"blocks": blocks, "text": text}


async def turn_list(desk: Desk, at: Interaction) -> Reply:
    """`Newer` and `Older` below a list: the value carries the query of the page to show."""
    query = Query.from_value(at.value)
    if query is None:
        return Say(text=words.OLD_BUTTON)
    try:
        reviewer = await desk.known(at.user, at.team)
    except Refusal as refusal:
        return Say(text=words.refusal(refusal))
    match query.kind:
        case "show":
            found = _shown(desk, reviewer, query.name, query.page)
        case "stats":
            found = _stats(desk, reviewer, query)
        case "standing":
            found = _standing(desk, reviewer, query.page)
        case "holds":
            found = _holds(desk, reviewer, query.page)
        case _:
            found = _listed(desk, reviewer, query)
    blocks, text = await found
    return Relist(blocks=blocks, text=text)


async def list_standing(desk: Desk, at: Interaction) -> Reply:
    """The standing approvals as they are after one of them was ended from their list. Raises Refusal."""
    blocks, text = await _standing(desk, await desk.people.reviewer(at.user, at.team), 0)
    return Relist(blocks=blocks, text=text)


async def list_holds(desk: Desk, at: Interaction) -> Reply:
    """The same for what is held."""
    blocks, text = await _holds(desk, await desk.known(at.user, at.team), 0)
    return Relist(blocks=blocks, text=text)


async def show_home(desk: Desk, body: Mapping[str, Any]) -> None:
    """Publishes the home tab of whoever opened it; raises SlackFault."""
    event = body.get("event")
    if not isinstance(event, Mapping) or event.get("tab") not in (None, "home"):
        return
    user = str(event.get("user") or "")
    try:
        reviewer = await desk.known(user, str(body.get("team_id") or ""))
    except Refusal as refusal:
        await call(desk.client, "views_publish", user_id=user, view=modals.home_sentence(words.refusal(refusal)))
        return
    waiting = await _find(desk, reviewer, Query(kind="waiting"), HOME_SIZE)
    owned = await _find(desk, reviewer, Query(kind="mine"), HOME_SIZE)
    lent = delegating.received(await delegating.standing_in_for(desk, user))
    view = home(waiting.proposals, waiting.total, owned.proposals, owned.total, lent)
    await call(desk.client, "views_publish", user_id=user, view=view)


PAGES: dict[str, Callable[[Desk, Interaction], Awaitable[Reply]]] = {
    "page_newer": turn_list,
    "page_older": turn_list,
    delegating.STOP: delegating.stop,
    stopping.CONFIRM: stopping.confirmed,
}


def told(text: str) -> dict[str, Any]:
    """A submission's answer that replaces the form by a sentence."""
    return {"response_action": "update", "view": modals.sentence(words.TITLE, text)}


async def _delegate(desk: Desk, at: Interaction, said: str) -> dict[str, Any]:
    try:
        blocks, text = await delegating.delegate(desk, at.user, at.team, said)
    except Refusal as refusal:
        await desk.refused(at, None, "delegate", refusal)
        raise
    return {"blocks": blocks, "text": text}


async def _answer(desk: Desk, reviewer: Reviewer, verb: str, name: str) -> tuple[Blocks, str]:
    match verb, name:
        case "", "":
            return await _listed(desk, reviewer, Query(kind="waiting"))
        case (("mine" | "all" | "history"), ""):
            return await _listed(desk, reviewer, Query(kind=verb))
        case (("role" | "agent"), _) if name:
            return await _listed(desk, reviewer, Query(kind=verb, name=name))
        case "notify", _:
            return await notifying.notify(desk, reviewer, name)
        case "stats", "":
            return await _stats(desk, reviewer, Query(kind="stats"))
        case "standing", "":
            return await _standing(desk, reviewer, 0)
        case "holds", "":
            return await _holds(desk, reviewer, 0)
        case "show", _ if name:
            return await _shown(desk, reviewer, name)
        case _:
            return queue.help_text()


async def _shown(desk: Desk, reviewer: Reviewer, proposal_id: str, page: int = 0) -> tuple[Blocks, str]:
    found = await desk.store.find(proposal_id)
    if found is None or not await desk.store.reads.may_see(found.id, reviewer.user, _roles(reviewer)):
        return queue.not_found(proposal_id)
    return queue.shown(desk.lifecycle.seen(found), await desk.store.reads.trail(found.id), page)


async def _stats(desk: Desk, reviewer: Reviewer, query: Query) -> tuple[Blocks, str]:
    offset = query.page * PAGE_SIZE
    found, total = await desk.store.samples.figures(reviewer.user, reviewer.roles, offset=offset, limit=PAGE_SIZE)
    return stats(found, queue.turns(query, older=total > offset + PAGE_SIZE), query.page)


async def _standing(desk: Desk, reviewer: Reviewer, page: int) -> tuple[Blocks, str]:
    now, roles = desk.clock.now(), tuple(sorted(reviewer.roles))
    offset = page * PAGE_SIZE
    found = await desk.store.standing.listed(reviewer.user, roles, now=now, offset=offset, limit=PAGE_SIZE)
    return queue.standing(found.approvals, found.total, Query(kind="standing", page=page), PAGE_SIZE)


async def _holds(desk: Desk, reviewer: Reviewer, page: int) -> tuple[Blocks, str]:
    now, offset = desk.clock.now(), page * PAGE_SIZE
    found = await desk.store.holds.listed(reviewer.user, _roles(reviewer), now=now, offset=offset, limit=PAGE_SIZE)
    refused = [each for each in [await desk.store.find(hold.id) for hold in found.holds] if each is not None]
    endable = {each.id for each in refused if places(each.gate, reviewer)}
    endable |= {hold.id for hold in found.holds if hold.by == reviewer.user}
    return queue.holds(found.holds, found.total, Query(kind="holds", page=page), PAGE_SIZE, endable)


async def _listed(desk: Desk, reviewer: Reviewer, query: Query) -> tuple[Blocks, str]:
    listed = await _find(desk, reviewer, query, PAGE_SIZE)
    blocks, text = queue.listing(query, listed.proposals, listed.total, PAGE_SIZE)
    if query.kind == "waiting":
        blocks[1:1] = delegating.received(await delegating.standing_in_for(desk, reviewer.user))
    return blocks, text


def _roles(reviewer: Reviewer) -> tuple[str, ...]:
    """In which the person may decide, be it in somebody's place."""
    return tuple(sorted(reviewer.roles.union(*(lent.roles for lent in reviewer.lent))))


async def _find(desk: Desk, reviewer: Reviewer, query: Query, size: int) -> Listed:
    reads, user, roles = desk.store.reads, reviewer.user, _roles(reviewer)
    offset = query.page * size
    now = desk.clock.now()
    match query.kind:
        case "waiting":
            lent = [(each.by, role) for each in reviewer.lent for role in each.roles]
            found = await reads.waiting(user, reviewer.roles, now=now, lent=lent, offset=offset, limit=size)
        case "mine":
            found = await reads.owned(user, offset=offset, limit=size)
        case "history":
            found = await reads.history(user, roles, offset=offset, limit=size)
        case "role":
            found = await reads.visible(user, roles, role=query.name, offset=offset, limit=size)
        case "agent":
            found = await reads.visible(user, roles, agent=query.name, offset=offset, limit=size)
        case _:
            found = await reads.visible(user, roles, offset=offset, limit=size)
    return Listed(proposals=[desk.lifecycle.seen(each) for each in found.proposals], total=found.total)
