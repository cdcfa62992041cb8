"""`/approvals delegate`: lends one's place to somebody for a while, lists what is lent, ends it."""

import asyncio
import re
from typing import TYPE_CHECKING, Any, TypeAlias

from approvals.delegation import CannotStandIn
from approvals.refusals import NotEligible, Refusal, Unverified
from bot.slack.blocks import actions, button, context, header, ours, person, section, when
from bot.slack.interaction import Interaction
from bot.slack.replies import Relist, Reply, Say
from bot.slack.text import escape, one_line, shorten
from bot.slack.until import Unclear, ZoneUnknown, moment
from bot.slack.words import delegating as say
from bot.slack.words import refusals
from bot.slack.words.labels import listed, name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.decision import Reviewer
    from approvals.delegation import Delegation
    from bot.slack.desk import Desk
    from bot.slack.people import Person

Blocks: TypeAlias = list[dict[str, Any]]
STOP = "delegation_stop"
MOST_SHOWN = 20
"""Of what is given, and of what is received."""

_PERSON = re.compile(r"<@([UW][A-Z0-9]{2,})(?:\|[^>]*)?>")


async def delegate(desk: "Desk", user: str, team: str, said: str) -> tuple[Blocks, str]:
    """What follows `/approvals delegate`: nothing, `stop @NAME`, or whom and how long. Raises Refusal, StoreBusy."""
    if not said:
        return await _list(desk, user)
    verb, _, rest = said.partition(" ")
    stops = verb.lower() == "stop"
    whom, _, span = (rest.strip() if stops else said).partition(">")
    found = _PERSON.fullmatch(f"{whom}>")
    if found is None:
        return _sentence(_nobody(rest.strip() if stops else said))
    if stops:
        if span.strip():
            return _sentence(say.NAME_NOBODY_BUT_THE_PERSON)
        return await _stopped(desk, user, team, found[1])
    return await _begun(desk, user, team, found[1], span)


async def stop(desk: "Desk", at: Interaction) -> Reply:
    """`End` beside a delegation in the list: ends it, and shows the list as it is then."""
    try:
        await desk.delegating.end(at.value, desk.actor(at))
    except Refusal as refusal:
        await desk.refused(at, None, "delegate", refusal)
        return Say(text=refusals.refusal(refusal))
    blocks, text = await _list(desk, at.user)
    return Relist(blocks=blocks, text=text)


async def standing_in_for(desk: "Desk", user: str) -> "list[Delegation]":
    """What others lend the person at this moment."""
    return [each for each in await desk.store.delegations.holding(user, desk.clock.now()) if each.delegate == user]


def received(lent: "Sequence[Delegation]") -> Blocks:
    """For whom somebody stands in, as small print above what waits for them; nothing if for nobody."""
    if not lent:
        return []
    told = listed([f"{person(each.delegator)} (until {when(each.until)})" for each in lent[:MOST_SHOWN]])
    return [context(ours(say.you_decide_for_too(told)))]


async def _begun(desk: "Desk", user: str, team: str, delegate: str, span: str) -> tuple[Blocks, str]:
    me, them, reviewer = await asyncio.gather(
        desk.people.person(user, team), _candidate(desk, delegate, team), _roles(desk, user, team)
    )
    try:
        until = moment(span, me.tz, desk.clock.now())
    except Unclear:
        return _sentence(say.did_not_understand(say.USAGE))
    except ZoneUnknown:
        return _sentence(say.TIME_ZONE_UNKNOWN)
    if them.barred is not None and delegate != user:
        raise CannotStandIn(them.barred)
    known = desk.policy().roles
    channels = dict.fromkeys(known[role].channel for role in sorted(reviewer.roles) if role in known)
    announced = say.announced(person(delegate), person(user), when(until))
    made = await desk.delegating.begin(reviewer, delegate, until, dict.fromkeys(channels, announced))
    return _lent(made, me.tz, sorted(reviewer.roles))


async def _stopped(desk: "Desk", user: str, team: str, other: str) -> tuple[Blocks, str]:
    ended = await desk.delegating.end_between(other, desk.actor(Interaction(user=user, team=team)))
    if ended.delegator == user:
        return _sentence(say.no_longer_decides_for_you(person(ended.delegate)))
    return _sentence(say.you_no_longer_decide_for(person(ended.delegator)))


async def _candidate(desk: "Desk", user: str, team: str) -> "Person":
    """Who is to stand in; an account that Slack does not know is of another workspace."""
    try:
        return await desk.people.person(user, team)
    except NotEligible as refused:
        raise CannotStandIn(refused.what) from None
    except Unverified:
        raise CannotStandIn("unverified") from None


async def _roles(desk: "Desk", user: str, team: str) -> "Reviewer":
    """The person with all roles that are theirs; Unverified where that cannot be told. Lent ones are not theirs."""
    return await desk.people.reviewer(user, team, desk.policy().roles)


def _lent(made: "Delegation", zone: str | None, roles: "Sequence[str]") -> tuple[Blocks, str]:
    who, until = person(made.delegate), when(made.until)
    clock = say.your_time_zone(name(zone)) if zone else ""
    text = say.may_decide_for_you(who, until, clock, listed([f"*{name(role)}*" for role in roles]))
    rest = say.YOU_COUNT_TOGETHER_FOR_ONE
    return [section(ours(text)), context(ours(rest)), actions(_end(made))], text


async def _list(desk: "Desk", user: str) -> tuple[Blocks, str]:
    holding = await desk.store.delegations.holding(user, desk.clock.now())
    given = [each for each in holding if each.delegator == user]
    taken = [each for each in holding if each.delegate == user]
    if not holding:
        return [
            section(ours(say.NOBODY_DECIDES_FOR_YOU)),
            context(ours(say.USAGE)),
        ], "Delegations"
    shown = [(say.decides_for_you(person(each.delegate)), each) for each in given[:MOST_SHOWN]]
    shown += [(say.you_decide_for(person(each.delegator)), each) for each in taken[:MOST_SHOWN]]
    rows = [section(ours(f"{told} until {when(each.until)}."), _end(each)) for told, each in shown]
    more = len(holding) - len(shown)
    rest = [context(ours(f"… and {more} more."))] if more else []
    return [header("Delegations"), *rows, *rest, context(ours(say.USAGE))], "Delegations"


def _end(delegation: "Delegation") -> dict[str, Any]:
    return button("End", STOP, delegation.id, said=say.END_THIS_DELEGATION)


def _nobody(said: str) -> str:
    named = re.match(r"@[^\s<>]+", said)
    if named is None:
        return say.USAGE
    shown = escape(shorten(one_line(named[0]), 80)[0])
    return say.letters_alone(shown)


def _sentence(text: str) -> tuple[Blocks, str]:
    return [section(ours(text))], text
