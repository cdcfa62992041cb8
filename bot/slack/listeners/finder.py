"""Finder of lists: what one person may decide or own, and what the operators see above what waits."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from approvals.paging import PLAIN, Listed, order_of
from approvals.proposal import Proposal
from approvals.refusals import Refusal
from approvals.remembered.decision import may_end
from bot.pictures import is_installed
from bot.slack.blockkit import modals
from bot.slack.blockkit.blocks import Block, actions, context_block, ours, person, when
from bot.slack.cards.remembered import value_of
from bot.slack.listeners.suggest import may_see_suggestions
from bot.slack.lists import pages
from bot.slack.lists.home import APPROVED, LATELY_SIZE, WAITING, WAITING_SIZE, Home, home, lately, stop_banner
from bot.slack.lists.query import ListQuery
from bot.slack.lists.reading import own_reading, reading_of_role
from bot.slack.lists.stats import PAGE_SIZE as FIGURES_SIZE
from bot.slack.lists.stats import not_yours, picture_button, stats
from bot.slack.lists.suggestions import offer
from bot.slack.web.client import call
from bot.slack.words import alerts as say
from bot.slack.words import commands as command_words
from bot.slack.words import refusals
from bot.slack.words.shared import listed
from storage import MessageKind

if TYPE_CHECKING:
    from approvals.delegation import Delegation
    from approvals.reviewer import Reviewer
    from bot.slack.context import SlackContext


async def given_up(context: "SlackContext", user: str) -> list[Block]:
    """A line for an operator as long as callbacks are given up; nothing for anybody else."""
    if user not in context.policy().operators:
        return []
    dead_letter = (await context.store.callbacks.counts()).dead_letter
    return [context_block(ours(say.callbacks_given_up(dead_letter)))] if dead_letter else []


PAGE_SIZE = 8
MOST_DELEGATED = 20
Blocks: TypeAlias = list[dict[str, Any]]
_SAME_LIST = 3_600_000
"""For so many milliseconds a list stays as it stood; whoever turns its pages later has it as it is by then."""
_SPARE = 5
"""So many are looked at for the next one: damaged ones among them are passed over."""


async def answered(context: "SlackContext", reviewer: "Reviewer", query: ListQuery) -> tuple[Blocks, str]:
    """The page that the query asks for, and its text for notifications."""
    match query.kind:
        case "show":
            return await _shown(context, reviewer, query)
        case "stats":
            return await _stats(context, reviewer, query)
        case "remembered":
            return await remembered(context, reviewer, query.page)
        case _:
            query = arranged(context, reviewer.user, with_moment(context, query))
            found = await find(context, reviewer, query, PAGE_SIZE)
            above = await _above(context, reviewer, query)
            return await context.showing(pages.list_page, query, found, context.clock.now(), above)


async def in_modal(context: "SlackContext", reviewer: "Reviewer", query: ListQuery, view_id: str) -> dict[str, Any]:
    """The same page of a list as a modal, in a view that Slack opened for the person."""
    query = arranged(context, reviewer.user, with_moment(context, query))
    found = await find(context, reviewer, query, PAGE_SIZE)
    above = await _above(context, reviewer, query)
    kept = await context.keep_modal(reviewer.user, view_id, "list", {})
    return await context.showing(pages.list_modal, query, found, context.clock.now(), above, modal_id=kept.id)


async def remembered(context: "SlackContext", reviewer: "Reviewer", page: int) -> tuple[Blocks, str]:
    """The remembered decisions that count, each with the button for whoever may end it."""
    now, offset = context.clock.now(), page * PAGE_SIZE
    found = await context.store.remembered.listed(
        reviewer.user, roles_of(reviewer), now=now, offset=offset, limit=PAGE_SIZE
    )
    endable = {value_of(each) for each in found.decisions if may_end(each, reviewer)}
    query = ListQuery(kind="remembered", page=page)
    return pages.remembered(found.decisions, found.total, query, PAGE_SIZE, endable)


async def following(context: "SlackContext", reviewer: "Reviewer", query: ListQuery) -> Proposal | None:
    """What waits next in the query's list after its place, else from the beginning; None if nothing does."""
    for each in (query, replace(query, at=None)):
        found = await find(context, reviewer, replace(each, kind="waiting"), _SPARE)
        if found.proposals:
            return found.proposals[0]
    return None


async def linked(context: "SlackContext", channel: str, ts: str) -> str:
    """The id of the proposal whose card is the message; empty if it is none."""
    found = await context.store.messages.at(channel, ts)
    return "" if found is None or found.key.kind is MessageKind.sample else found.key.subject


async def show_home(context: "SlackContext", body: Mapping[str, Any]) -> None:
    """Publishes the home tab of whoever opened it; raises SlackFault."""
    event = body.get("event")
    if not isinstance(event, Mapping) or event.get("tab") not in (None, "home"):
        return
    await publish(context, str(event.get("user") or ""), str(body.get("team_id") or ""), WAITING)


async def publish(context: "SlackContext", user: str, team: str, query: ListQuery) -> None:
    """Publishes somebody's home tab as it is now, at a page of what waits; raises SlackFault."""
    async with context.homes[user]:  # one after the other: what was looked up earlier must not be shown later
        try:
            reviewer = await context.known(user, team)
        except Refusal as refusal:
            view = modals.home_sentence(refusals.refusal(refusal))
        else:
            view = await _home(context, reviewer, arranged(context, user, query))
        await call(context.client, "views_publish", user_id=user, view=view)


async def find(context: "SlackContext", reviewer: "Reviewer", query: ListQuery, size: int) -> Listed:
    """What belongs on the query's page, as time has left it; `as_of` must be set where the list has one."""
    reads, user, roles = context.store.reads, reviewer.user, roles_of(reviewer)
    now, only, at = context.clock.now(), query.only, query.at
    as_of = datetime.fromtimestamp(query.as_of / 1000, UTC) if query.as_of else now
    match query.kind:
        case "waiting":
            delegated = [(each.by, role) for each in reviewer.delegated for role in each.roles]
            found = await reads.waiting(
                user,
                reviewer.roles,
                now=now,
                delegated=delegated,
                only=only,
                at=at,
                limit=size,
                order=query.order or PLAIN,
            )
        case "approved":
            found = await reads.approved(user, now=now, at=at, limit=size)
        case "mine":
            found = await reads.visible(user, (), as_of=as_of, only=only, at=at, limit=size)
        case "overdue":
            found = await reads.overdue(user, roles, now=now, at=at, limit=size)
        case "history":
            since = as_of - pages.since(query) if query.days else None
            over = replace(only, by=query.by or None, status=query.status or None, since=since)
            found = await reads.history(user, roles, as_of=as_of, only=over, at=at, limit=size)
        case _:
            found = await reads.visible(user, roles, as_of=as_of, only=only, at=at, limit=size)
    return replace(found, proposals=[context.lifecycle.as_of_now(each) for each in found.proposals])


def with_moment(context: "SlackContext", query: ListQuery) -> ListQuery:
    """The query with the moment at which its list begins: pages turned soon after are of the same list."""
    now = int(context.clock.now().timestamp() * 1000)
    return query if now - query.as_of <= _SAME_LIST else replace(query, as_of=now)


def arranged(context: "SlackContext", user: str, query: ListQuery) -> ListQuery:
    """The query with the person's order of the day, where what waits is looked at anew; as its pages turn it stays.

    Whoever decides in a run meets what is equally urgent in no order that an agent could choose.
    """
    if query.kind != "waiting" or query.order or query.at is not None:
        return query
    return replace(query, order=order_of(user, context.clock.now().date()))


def roles_of(reviewer: "Reviewer") -> tuple[str, ...]:
    """In which the person may decide, be it in somebody's place."""
    return tuple(sorted(reviewer.roles.union(*(delegated.roles for delegated in reviewer.delegated))))


async def _above(context: "SlackContext", reviewer: "Reviewer", query: ListQuery) -> Blocks:
    """Above what waits: what was given up, for whom the person stands in, and what of theirs nobody reported."""
    if query.kind != "waiting":
        return []
    delegated = received(await delegations_to(context, reviewer.user))
    if query.at:
        return delegated
    stop = await context.store.stops.everything()
    banner = stop_banner(stop, () if stop is None else await context.store.stops.resumed_meanwhile())
    unreported = await _missing(context, reviewer)
    missing = await context.showing(pages.missing_reports, unreported, context.clock.now())
    return [*banner, *await given_up(context, reviewer.user), *delegated, *missing]


async def _missing(context: "SlackContext", reviewer: "Reviewer") -> Listed:
    now, roles = context.clock.now(), roles_of(reviewer)
    found = await context.store.reads.overdue(reviewer.user, roles, now=now, own=True, limit=pages.MOST_MISSING)
    return replace(found, proposals=[context.lifecycle.as_of_now(each) for each in found.proposals])


async def _home(context: "SlackContext", reviewer: "Reviewer", query: ListQuery) -> dict[str, Any]:
    user, stop = reviewer.user, await context.store.stops.everything()
    shown = Home(
        waiting=await find(context, reviewer, query, WAITING_SIZE),
        overdue=await _missing(context, reviewer),
        approved=await find(context, reviewer, APPROVED, LATELY_SIZE),
        decided=await find(context, reviewer, lately(user), LATELY_SIZE),
        owned=await find(context, reviewer, ListQuery(kind="mine"), LATELY_SIZE),
        stop=stop,
        resumed=() if stop is None else tuple(await context.store.stops.resumed_meanwhile()),
    )
    delegated = received(await delegations_to(context, user))
    return await context.showing(home, shown, query, user, context.clock.now(), delegated)


async def _shown(context: "SlackContext", reviewer: "Reviewer", query: ListQuery) -> tuple[Blocks, str]:
    reads, roles = context.store.reads, roles_of(reviewer)
    ids = await reads.beginning(query.name, reviewer.user, roles, limit=_SPARE) if query.name else []
    if len(ids) > 1:
        return pages.several(ids)
    found = await context.store.find(ids[0]) if ids else None
    if found is None:
        return pages.not_found(query.name)
    trail = await reads.trail(found.id)
    return await context.showing(pages.trail_page, context.lifecycle.as_of_now(found), trail, query.page)


async def _stats(context: "SlackContext", reviewer: "Reviewer", query: ListQuery) -> tuple[Blocks, str]:
    leads = query.role in context.led_by(reviewer.user)
    if query.role and not leads and query.role not in reviewer.roles:
        return pages.sentence_page(not_yours(query.role))
    now, offset = context.clock.now(), query.page * FIGURES_SIZE
    found, total = await context.store.counting.figures(
        reviewer.user,
        reviewer.roles | ({query.role} if leads else set()),
        since=now - pages.since(query),
        now=now,
        agent=query.agent or None,
        role=query.role or None,
        offset=offset,
        limit=FIGURES_SIZE,
    )
    reading = [] if query.page else await _reading(context, reviewer.user, query, leads=leads)
    blocks, text = stats(found, query, pages.pages_around(query, more=total > offset + FIGURES_SIZE), reading)
    offered = [picture_button(query)] if found and query.role and is_installed() else []
    offered += [offer(query.role)] if may_see_suggestions(context, reviewer.user, query.role) else []
    return [*blocks, *([actions(*offered)] if offered else [])], text


async def _reading(context: "SlackContext", user: str, query: ListQuery, *, leads: bool) -> Blocks:
    """How the person decided, and where they lead the role that they ask for, how each of its reviewers did in it."""
    now, agent, role = context.clock.now(), query.agent or None, query.role or None
    since, insight = now - pages.since(query), context.store.insights.insight
    own = await insight(since=since, now=now, agent=agent, role=role, reviewer=user)
    blocks = own_reading(next(iter(own.reviewers), None))
    if not leads:
        return blocks
    of_role = await insight(since=since, now=now, agent=agent, role=role)
    return [*blocks, *reading_of_role(query.role, of_role.reviewers)]


async def delegations_to(context: "SlackContext", user: str) -> "list[Delegation]":
    """What others lend the person at this moment."""
    return [
        each for each in await context.store.delegations.in_force(user, context.clock.now()) if each.delegate == user
    ]


def received(delegated: "Sequence[Delegation]") -> Blocks:
    """For whom somebody stands in, as small print above what waits for them; nothing if for nobody."""
    if not delegated:
        return []
    people = listed([f"{person(each.delegator)} (until {when(each.until)})" for each in delegated[:MOST_DELEGATED]])
    return [context_block(ours(command_words.you_decide_for_too(people)))]
