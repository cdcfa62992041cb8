"""Delegate command, `/approvals delegate`: what is lent, a form that lends one's place, and one that ends it."""

import asyncio
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias
from zoneinfo import ZoneInfo

from approvals.delegation import CannotStandIn, NoDelegation, begin, between
from approvals.refusals import NotEligible, Unverified
from bot.slack.blockkit.blocks import button, context_block, header, ours, person, section, when
from bot.slack.blockkit.modals import modal, sentence_modal
from bot.slack.blockkit.text import escape, one_line, shorten
from bot.slack.blockkit.words import TITLE
from bot.slack.listeners.powers import Power, PowerForm, PowerRequest, Subject, blank_form
from bot.slack.listeners.replies import Relist, Reply, View, deliver
from bot.slack.web.interaction import Interaction
from bot.slack.words import commands as say
from bot.slack.words.shared import listed, name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.delegation import Delegation
    from approvals.reviewer import Reviewer
    from bot.slack.context import SlackContext
    from bot.slack.people import Person

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FOR = re.compile(r"for (\d{1,4}) ?(m|min|minutes?|h|hours?|d|days?|w|weeks?)", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_UNTIL = re.compile(r"until(?: (?P<day>[a-z]+|\d{4}-\d\d-\d\d))??(?: (?:at )?(?P<time>\d{1,2}:\d\d))?", re.ASCII)


class BadDuration(ValueError):
    """This is no stretch of time that we understand."""


class ZoneUnknown(ValueError):
    """The words mean a local time, and nobody knows where the person is."""


def end_of(said: str, zone: str | None, now: datetime) -> datetime:
    """When the stretch of time ends, UTC; it may lie in the past.

    `zone` is a name of the IANA time zone database. A duration is plain time: a day is 24 hours. A local time that a
    change of the clocks leaves out is the one as much later, and of one that it repeats the first counts. A day
    without a time is all of it. A weekday is today or one of the six days after, also where its time has passed: next
    week's is said by its date, for nobody should lend their place for a week by a slip.
    Raises BadDuration, ZoneUnknown.
    """
    words = " ".join(said.lower().split())
    if found := _FOR.fullmatch(words):
        return now + int(found[1]) * _UNITS[found[2][0]]
    found = _UNTIL.fullmatch(words)
    if found is None or not (found["day"] or found["time"]):
        raise BadDuration(words)
    try:
        at = time.fromisoformat(found["time"].rjust(5, "0")) if found["time"] else None
        tz = _zone(zone)
        day = _day(found["day"] or "today", now.astimezone(tz).date())
        ends = _end_of_day(day, tz) if at is None else datetime.combine(day, at, tz).astimezone(UTC)
    except ZoneUnknown:
        raise
    except (ValueError, OverflowError):
        raise BadDuration(words) from None
    return ends


def _end_of_day(day: date, tz: ZoneInfo) -> datetime:
    """The last second of a day, whatever the clocks do around midnight."""
    midnight = datetime.combine(day + timedelta(days=1), time(), tz)
    return midnight.astimezone(UTC) - timedelta(seconds=1)


def _zone(zone: str | None) -> ZoneInfo:
    if not zone:
        raise ZoneUnknown
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # not in the database, or no name that could be
        raise ZoneUnknown from None


def _day(word: str, today: date) -> date:
    """The day that a word names; a weekday is today or one of the six days after."""
    if word == "today":
        return today
    if word == "tomorrow":
        return today + timedelta(days=1)
    if word[0].isdigit():
        return date.fromisoformat(word)
    matching = [number for number, name in enumerate(DAYS) if len(word) >= 3 and name.startswith(word)]
    if len(matching) != 1:
        raise BadDuration(word)
    return today + timedelta(days=(matching[0] - today.weekday()) % 7)


Blocks: TypeAlias = list[dict[str, Any]]
STOP = "delegation_stop"
MOST_SHOWN = 20
"""Of what is given, and of what is received."""

_PERSON = re.compile(r"<@([UW][A-Z0-9]{2,})(?:\|[^>]*)?>")


async def delegate(context: "SlackContext", user: str, said: str) -> tuple[Blocks, str] | PowerRequest:
    """What follows `/approvals delegate`: nothing, `stop @NAME`, or whom and how long. Changes nothing yet."""
    if not said:
        return await _list(context, user)
    verb, _, rest = said.partition(" ")
    stops = verb.lower() == "stop"
    whom, _, span = (rest.strip() if stops else said).partition(">")
    found = _PERSON.fullmatch(f"{whom}>")
    if found is None:
        return _sentence(_nobody(rest.strip() if stops else said))
    if stops:
        if span.strip():
            return _sentence(say.NAME_NOBODY_BUT_THE_PERSON)
        return PowerRequest(power=END, subject={"other": found[1]})
    try:
        end_of(span, "UTC", context.clock.now())  # what is no stretch of time anywhere needs no form
    except BadDuration:
        return _sentence(say.did_not_understand(say.DELEGATE_USAGE))
    return PowerRequest(power=DELEGATE, subject={"delegate": found[1], "span": span})


async def end_delegation(context: "SlackContext", at: Interaction) -> Reply:
    """`End` beside a delegation in the list."""
    return blank_form(context, at, END, {"id": at.value, "list": at.response_url if at.ephemeral else None})


async def _ask_to_delegate(context: "SlackContext", at: Interaction, subject: Subject) -> PowerForm | View:
    delegate, span = str(subject["delegate"]), str(subject["span"])
    me, them, reviewer = await asyncio.gather(
        context.people.person(at.user, at.team),
        _candidate(context, delegate, at.team),
        _roles(context, at.user, at.team),
    )
    now = context.clock.now()
    try:
        until = end_of(span, me.tz, now)
    except ZoneUnknown:
        return sentence_modal(say.TIME_ZONE_UNKNOWN)
    if them.barred is not None and delegate != at.user:
        raise CannotStandIn(them.barred)
    current = await context.store.delegations.in_force(at.user, now)
    begin(reviewer, delegate, until, current, delegation_id="", now=now)
    return PowerForm(
        title=say.DELEGATE_TITLE,
        submit=say.DELEGATE,
        blocks=_delegated(delegate, until, me.tz, sorted(reviewer.roles)),
        subject={"delegate": delegate, "until": until.isoformat()},
    )


async def _delegate(context: "SlackContext", at: Interaction, subject: Subject) -> View:
    delegate, until = str(subject["delegate"]), datetime.fromisoformat(str(subject["until"]))
    them, reviewer = await asyncio.gather(_candidate(context, delegate, at.team), _roles(context, at.user, at.team))
    if them.barred is not None and delegate != at.user:
        raise CannotStandIn(them.barred)
    known = context.policy().roles
    channels = dict.fromkeys(known[role].channel for role in sorted(reviewer.roles) if role in known)
    announced = say.delegation_announcement(person(delegate), person(at.user), when(until))
    made = await context.delegating.begin(reviewer, delegate, until, dict.fromkeys(channels, announced))
    return modal(TITLE, _delegated(made.delegate, made.until, None, sorted(reviewer.roles)))


async def _ask_to_end(context: "SlackContext", at: Interaction, subject: Subject) -> PowerForm:
    """Names whom it is with; of somebody else's nothing is said."""
    now = context.clock.now()
    current = await context.store.delegations.in_force(at.user, now)
    if "id" in subject:
        found = next((each for each in current if each.id == subject["id"]), None)
    else:
        found = between(current, at.user, str(subject["other"]), now)
    if found is None:
        raise NoDelegation
    told = say.decides_for_you(person(found.delegate))
    if found.delegator != at.user:
        told = say.you_decide_for(person(found.delegator))
    blocks = [section(ours(say.end_of(f"{told} until {when(found.until)}.")))]
    kept = {"id": found.id, "list": subject.get("list")}
    return PowerForm(title=say.END_TITLE, submit=say.END_IT, blocks=blocks, subject=kept)


async def _end_button(context: "SlackContext", at: Interaction, subject: Subject) -> View:
    ended = await context.delegating.end(str(subject["id"]), context.actor(at))
    if isinstance(url := subject.get("list"), str):
        context.later(_relist(context, at, url))
    if ended.delegator == at.user:
        return sentence_modal(say.no_longer_decides_for_you(person(ended.delegate)))
    return sentence_modal(say.you_no_longer_decide_for(person(ended.delegator)))


async def _relist(context: "SlackContext", at: Interaction, url: str) -> None:
    """The list in which it was clicked, as it is afterwards."""
    blocks, text = await _list(context, at.user)
    here = Interaction(user=at.user, team=at.team, response_url=url)
    await deliver(context.client, here, Relist(blocks=blocks, text=text))


async def _candidate(context: "SlackContext", user: str, team: str) -> "Person":
    """Who is to stand in; an account that Slack does not know is of another workspace."""
    try:
        return await context.people.person(user, team)
    except NotEligible as refused:
        raise CannotStandIn(refused.what) from None
    except Unverified:
        raise CannotStandIn("unverified") from None


async def _roles(context: "SlackContext", user: str, team: str) -> "Reviewer":
    """The person with all roles that are theirs; Unverified where that cannot be told. Lent ones are not theirs."""
    return await context.people.reviewer(user, team, context.policy().roles)


def _delegated(delegate: str, until: datetime, zone: str | None, roles: "Sequence[str]") -> Blocks:
    clock = say.your_time_zone(name(zone)) if zone else ""
    told = say.may_decide_for_you(person(delegate), when(until), clock, listed([f"*{name(role)}*" for role in roles]))
    return [section(ours(told)), context_block(ours(say.YOU_COUNT_TOGETHER_FOR_ONE))]


async def _list(context: "SlackContext", user: str) -> tuple[Blocks, str]:
    current = await context.store.delegations.in_force(user, context.clock.now())
    given = [each for each in current if each.delegator == user]
    taken = [each for each in current if each.delegate == user]
    if not current:
        return [
            section(ours(say.NOBODY_DECIDES_FOR_YOU)),
            context_block(ours(say.DELEGATE_USAGE)),
        ], "Delegations"
    shown = [(say.decides_for_you(person(each.delegate)), each) for each in given[:MOST_SHOWN]]
    shown += [(say.you_decide_for(person(each.delegator)), each) for each in taken[:MOST_SHOWN]]
    rows = [section(ours(f"{told} until {when(each.until)}."), _button(each)) for told, each in shown]
    more = len(current) - len(shown)
    rest = [context_block(ours(f"… and {more} more."))] if more else []
    return [header("Delegations"), *rows, *rest, context_block(ours(say.DELEGATE_USAGE))], "Delegations"


def _button(delegation: "Delegation") -> dict[str, Any]:
    return button("End", STOP, delegation.id, said=say.END_THIS_DELEGATION)


def _nobody(said: str) -> str:
    named = re.match(r"@[^\s<>]+", said)
    if named is None:
        return say.DELEGATE_USAGE
    shown = escape(shorten(one_line(named[0]), 80)[0])
    return say.letters_alone(shown)


def _sentence(text: str) -> tuple[Blocks, str]:
    return [section(ours(text))], text


DELEGATE = Power(purpose="delegate", verb="delegate", ask=_ask_to_delegate, act=_delegate)
END = Power(purpose="delegation_end", verb="delegate", ask=_ask_to_end, act=_end_button)
