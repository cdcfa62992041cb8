"""`As a picture`, below the figures of one role: drawn elsewhere, and sent to who clicked as a direct message.

A message that one person alone sees can hold no file. Who may see the role's figures is looked up at the click.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from approvals.ports import StoreBusy, WorkLimit, WorkRefused
from bot.pictures import draw, is_installed
from bot.slack.listeners.replies import Handler, Reply, Say
from bot.slack.lists.pages import since as span_of
from bot.slack.lists.query import ListQuery
from bot.slack.lists.stats import AS_PICTURE, not_yours
from bot.slack.outbound.week_pictures import bars_of, in_words
from bot.slack.web.client import SlackFault, call
from bot.slack.web.files import share_picture
from bot.slack.words import answers
from bot.slack.words import digest as say

if TYPE_CHECKING:
    from approvals.oversight import Oversight
    from bot.slack.context import SlackContext
    from bot.slack.web.interaction import Interaction

MOST_BARS = 7
"""What becomes of as many can be told in the words that Slack takes for who hears a picture."""
_YEAR = 360
"""Days from which on a day of a month may be two."""
_DAY, _MOMENT = timedelta(days=1), timedelta(milliseconds=1)


async def as_picture(context: "SlackContext", at: "Interaction") -> Reply:
    """Begins to draw what the query of the button asks for. Raises Refusal for who is nobody of ours."""
    query = ListQuery.from_value(at.value)
    if query is None or query.kind != "stats" or not query.role or not is_installed():
        return Say(text=answers.OLD_BUTTON)
    reviewer = await context.known(at.user, at.team)
    if query.role not in reviewer.roles | context.led_by(at.user):
        return Say(text=not_yours(query.role))
    context.later(_send(context, at.user, query))
    return Say(text=say.PICTURE_COMES)


async def _send(context: "SlackContext", user: str, query: ListQuery) -> None:
    days = max(1, span_of(query) // _DAY)
    each = -(-days // MOST_BARS)
    names, spans = await _spans(context, query, days, each)
    title = say.role_by_day(query.role, each)
    try:
        picture = await context.look_back.worker.run(draw, bars_of(names, spans), who=user)
        answer = await call(context.client, "conversations_open", users=user)
        channel = str((answer.get("channel") or {}).get("id") or "")
        alt = in_words(title, names, spans)
        await share_picture(context.client, channel, picture, name="stats.png", title=title, alt=alt)
    except (SlackFault, StoreBusy, WorkLimit, WorkRefused) as fault:
        structlog.get_logger("slack").warning("a picture of figures was not sent", user=user, why=str(fault))


async def _spans(
    context: "SlackContext", query: ListQuery, days: int, each: int
) -> "tuple[list[str], list[Oversight]]":
    """So many days back, in spans of `each`; what they are called by is their first day."""
    now = context.clock.now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    count = -(-days // each)
    begins = [today - each * _DAY * (count - number) + _DAY for number in range(count)]
    insight = context.store.insights.insight
    found = [
        await insight(
            since=first,
            now=min(now, first + each * _DAY - _MOMENT),
            agent=query.agent or None,
            role=query.role,
            limit=1,
            practised=True,
        )
        for first in begins
    ]
    called = "%d %b" if days < _YEAR else "%b %Y"
    return [f"{first:{called}}" for first in begins], [one.everything for one in found]


ACTIONS: dict[str, Handler] = {AS_PICTURE: as_picture}
