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
_USAGE = (
    "Say whom and for how long: `/approvals delegate @NAME until friday`, `until 18:00`, `until tomorrow 12:00`, "
    "`until 2026-12-24`, `for 3d`, `for 4h`. A day without a time counts to its end."
)


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
            return _sentence("Name nobody but the person: `/approvals delegate stop @NAME`.")
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
    return [context(ours(f":handshake: You decide for {told} too; what waits for them is listed here."))]


async def _begun(desk: "Desk", user: str, team: str, delegate: str, span: str) -> tuple[Blocks, str]:
    me, them, reviewer = await asyncio.gather(
        desk.people.person(user, team), _candidate(desk, delegate, team), _roles(desk, user, team)
    )
    try:
        until = moment(span, me.tz, desk.clock.now())
    except Unclear:
        return _sentence(f"I did not understand for how long. {_USAGE}")
    except ZoneUnknown:
        return _sentence("Slack does not tell a time zone of yours that I know. Say `for 4h` or `for 3d` instead.")
    if them.barred is not None and delegate != user:
        raise CannotStandIn(them.barred)
    known = desk.policy().roles
    channels = dict.fromkeys(known[role].channel for role in sorted(reviewer.roles) if role in known)
    announced = f":handshake: {person(delegate)} may decide for {person(user)} until {when(until)}."
    made = await desk.delegating.begin(reviewer, delegate, until, dict.fromkeys(channels, announced))
    return _lent(made, me.tz, sorted(reviewer.roles))


async def _stopped(desk: "Desk", user: str, team: str, other: str) -> tuple[Blocks, str]:
    ended = await desk.delegating.end_between(other, desk.actor(Interaction(user=user, team=team)))
    if ended.delegator == user:
        return _sentence(f"{person(ended.delegate)} no longer decides for you. What they decided stays decided.")
    return _sentence(f"You no longer decide for {person(ended.delegator)}. What you decided stays decided.")


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
    clock = f" (your time zone is {name(zone)})" if zone else ""
    text = (
        f":handshake: {who} may decide for you until {until}{clock}, wherever you might as a member of "
        f"{listed([f'*{name(role)}*' for role in roles])}."
    )
    rest = (
        "You count together for one: where they stand in for you, you cannot approve as well. They cannot pass it on, "
        "and they may not where you may not. The channels of your roles are told."
    )
    return [section(ours(text)), context(ours(rest)), actions(_end(made))], text


async def _list(desk: "Desk", user: str) -> tuple[Blocks, str]:
    holding = await desk.store.delegations.holding(user, desk.clock.now())
    given = [each for each in holding if each.delegator == user]
    taken = [each for each in holding if each.delegate == user]
    if not holding:
        return [
            section(ours("Nobody decides for you, and you decide for nobody.")),
            context(ours(_USAGE)),
        ], "Delegations"
    shown = [(f"{person(each.delegate)} decides for you", each) for each in given[:MOST_SHOWN]]
    shown += [(f"You decide for {person(each.delegator)}", each) for each in taken[:MOST_SHOWN]]
    rows = [section(ours(f"{told} until {when(each.until)}."), _end(each)) for told, each in shown]
    more = len(holding) - len(shown)
    rest = [context(ours(f"… and {more} more."))] if more else []
    return [header("Delegations"), *rows, *rest, context(ours(_USAGE))], "Delegations"


def _end(delegation: "Delegation") -> dict[str, Any]:
    return button("End", STOP, delegation.id, said="End this delegation")


def _nobody(said: str) -> str:
    named = re.match(r"@[^\s<>]+", said)
    if named is None:
        return _USAGE
    shown = escape(shorten(one_line(named[0]), 80)[0])
    return (
        f"Slack gave me the letters {shown} alone, not the person behind them. Type `@` and pick the name from the "
        "list that Slack offers, then send it again."
    )


def _sentence(text: str) -> tuple[Blocks, str]:
    return [section(ours(text))], text
