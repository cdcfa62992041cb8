"""Home tab: what waits for the person, what they approved and others hold up, what they decided, what they own."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.slack.blockkit.blocks import (
    Block,
    actions,
    context_block,
    divider,
    header,
    ours,
    person,
    plain_text,
    section,
    when,
)
from bot.slack.lists.pages import damaged_rows_line, entry, list_button, missing_reports, total, turns
from bot.slack.lists.query import ListQuery
from bot.slack.words import lists as say
from bot.slack.words import shared
from bot.slack.words.commands import everything_banner
from bot.slack.words.shared import listed, name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.agent_stop import Stop
    from approvals.paging import Listed

WAITING = ListQuery(kind="waiting", home=True)
WAITING_SIZE = 8
LATELY_SIZE = 4
APPROVED = ListQuery(kind="approved", home=True)
_MINE = ListQuery(kind="mine", home=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What is on somebody's home tab."""

    waiting: "Listed"
    overdue: "Listed"
    """Of what belongs to them."""
    approved: "Listed"
    """What the person approved and others must still approve."""
    decided: "Listed"
    owned: "Listed"
    stop: "Stop | None" = None
    """That everything is stopped."""
    resumed: "tuple[str, ...]" = ()
    """The agents that were resumed since."""


def lately(user: str) -> ListQuery:
    """What the person decided."""
    return ListQuery(kind="history", by=user, home=True)


def home(shown: Home, query: ListQuery, user: str, now: "datetime", delegated: "Sequence[Block]" = ()) -> Block:
    """The view of the home tab; at most WAITING_SIZE of what waits, so that the blocks stay below 100.

    `query` is the page of what waits; `lent` says above it all for whom the person stands in.
    """
    waiting = shown.waiting
    blocks = [
        *stop_banner(shown.stop, shown.resumed),
        *delegated,
        *missing_reports(shown.overdue, now),
        header(_titled(shared.WAITING_FOR_YOU, waiting)),
    ]
    if not waiting.total:
        blocks.append(section(plain_text(shared.NOTHING_WAITS_FOR_YOU)))
    for each in waiting.proposals:
        blocks += entry(each, now=now, listed=replace(query, at=None))
    blocks += [*_damage(waiting), *_full(replace(query, at=None), waiting, turns(query, waiting)), divider()]
    if shown.approved.total:
        blocks += _lately(say.WHAT_YOU_APPROVED, shown.approved, APPROVED, "", now, say.REVIEW_HAS_UNDO)
        blocks.append(divider())
    blocks += _lately(say.WHAT_YOU_DECIDED_LATELY, shown.decided, lately(user), say.YOU_HAVE_DECIDED_NOTHING_YET, now)
    blocks += _lately(shared.WHAT_YOU_OWN_OR_ASKED_FOR, shown.owned, _MINE, say.HOME_NO_PROPOSAL_IS_YOURS, now)
    blocks.append(context_block(ours(say.LISTS_WHAT_ELSE_YOU_CAN_ASK)))
    return {"type": "home", "blocks": blocks}


def stop_banner(stop: "Stop | None", resumed: "Sequence[str]") -> list[Block]:
    """That everything is stopped, by whom and why; nothing while it is not."""
    if stop is None:
        return []
    by, at, agents = person(stop.by), when(stop.at), listed([name(each) for each in resumed])
    return [section(ours(everything_banner(by, at, stop.reason or "", agents)))]


def _lately(
    title: str, found: "Listed", query: ListQuery, nothing: str, now: "datetime", below: str = ""
) -> list[Block]:
    blocks = [header(_titled(title, found))]
    if not found.total:
        blocks.append(section(plain_text(nothing)))
    for each in found.proposals:
        blocks += entry(each, now=now, listed=query)
    told = [context_block(ours(below))] if below else []
    return [*blocks, *told, *_damage(found), *_full(query, found)]


def _full(query: ListQuery, found: "Listed", turning: "Sequence[Block]" = ()) -> list[Block]:
    """The button to the whole list, where it has anything, in the row that turns the pages."""
    beside = [button for row in turning for button in row["elements"]]
    return [actions(*beside, list_button(say.OPEN_THE_LIST, query))] if found.total else list(turning)


def _titled(title: str, found: "Listed") -> str:
    return f"{title} ({total(found)})" if found.total else title


def _damage(found: "Listed") -> list[Block]:
    return [context_block(ours(damaged_rows_line(len(found.damaged))))] if found.damaged else []
