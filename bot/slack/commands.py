"""`/approvals`, and the buttons below its answers: only what one may decide or owns is ever shown."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from approvals.decision import Reviewer
from approvals.refusals import Refusal
from bot.slack import delegating, lists, modals, notifying, queue, stopping
from bot.slack.desk import Desk
from bot.slack.interaction import Interaction
from bot.slack.lists import Blocks
from bot.slack.query import Query
from bot.slack.replies import Open, Relist, Reply, Say, Show, View
from bot.slack.verbs import Help, Linked, Told, read
from bot.slack.words import answers, refusals


async def approvals(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """Answers the slash command: the keyword arguments of Bolt's `ack`."""
    user, team = str(body.get("user_id") or ""), str(body.get("team_id") or "")
    said = str(body.get("text") or "").strip()
    verb, _, rest = said.partition(" ")
    try:
        if verb.lower() == "delegate":
            return await _delegate(desk, Interaction(user=user, team=team), rest.strip())
        if verb.lower() in ("stop", "resume"):
            at = Interaction(user=user, team=team)
            blocks, text = await (stopping.stop if verb.lower() == "stop" else stopping.resume)(desk, at, rest.strip())
            return {"blocks": blocks, "text": text}
        blocks, text = await _answer(desk, await desk.known(user, team), said)
    except Refusal as refusal:
        return {"text": refusals.refusal(refusal)}
    return {"blocks": blocks, "text": text}


async def turn_list(desk: Desk, at: Interaction) -> Reply:
    """`Back` and `Next` below a list: the value carries the query of the page to show."""
    query = Query.from_value(at.value)
    if query is None:
        return Say(text=answers.OLD_BUTTON)
    if at.view_type == "home":
        desk.later(lists.publish(desk, at.user, at.team, query))
        return None
    try:
        reviewer = await desk.known(at.user, at.team)
    except Refusal as refusal:
        return Say(text=refusals.refusal(refusal))
    if at.in_modal:
        return Show(view=await lists.in_modal(desk, reviewer, query))
    blocks, text = await lists.answered(desk, reviewer, query)
    return Relist(blocks=blocks, text=text)


async def open_list(desk: Desk, at: Interaction) -> Reply:
    """From the home tab: a whole list in a modal. In a review that took the place of its list: the list again."""
    query = Query.from_value(at.value)
    if query is None:
        return Say(text=answers.OLD_BUTTON)

    async def shown() -> View:
        try:
            return await lists.in_modal(desk, await desk.known(at.user, at.team), query)
        except Refusal as refusal:
            return modals.sentence(answers.TITLE, refusals.refusal(refusal))

    async def then(_view_id: str) -> View:
        return await shown()

    if at.in_modal:
        return Show(view=await shown())
    return Open(view=modals.sentence(answers.TITLE, answers.ONE_MOMENT), then=then)


async def list_standing(desk: Desk, at: Interaction) -> Reply:
    """The standing approvals as they are after one of them was ended from their list. Raises Refusal."""
    blocks, text = await lists.standing(desk, await desk.people.reviewer(at.user, at.team), 0)
    return Relist(blocks=blocks, text=text)


async def list_holds(desk: Desk, at: Interaction) -> Reply:
    """The same for what is held."""
    blocks, text = await lists.holds(desk, await desk.known(at.user, at.team), 0)
    return Relist(blocks=blocks, text=text)


PAGES: dict[str, Callable[[Desk, Interaction], Awaitable[Reply]]] = {
    "page_back": turn_list,
    "page_next": turn_list,
    queue.OPEN_LIST: open_list,
    delegating.STOP: delegating.stop,
    stopping.CONFIRM: stopping.confirmed,
}


def told(text: str) -> dict[str, Any]:
    """A submission's answer that replaces the form by a sentence."""
    return {"response_action": "update", "view": modals.sentence(answers.TITLE, text)}


async def _delegate(desk: Desk, at: Interaction, said: str) -> dict[str, Any]:
    try:
        blocks, text = await delegating.delegate(desk, at.user, at.team, said)
    except Refusal as refusal:
        await desk.refused(at, None, "delegate", refusal)
        raise
    return {"blocks": blocks, "text": text}


async def _answer(desk: Desk, reviewer: Reviewer, said: str) -> tuple[Blocks, str]:
    verb, _, rest = said.partition(" ")
    if verb.lower() == "notify":
        return await notifying.notify(desk, reviewer, rest.strip())
    match read(said):
        case Help(text=text):
            return queue.help_text(text)
        case Told(text=text):
            return queue.sentence(text)
        case Linked(channel=channel, ts=ts):
            shown = await lists.linked(desk, channel, ts)
            return await lists.answered(desk, reviewer, Query(kind="show", name=shown))
        case Query() as query:
            return await lists.answered(desk, reviewer, query)
