"""`/approvals stop` and `/approvals resume`: one command and one click end all that an agent may still begin."""

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from approvals.events import Actor
from approvals.ports import StoreBusy
from approvals.refusals import NotACard, NotEligible, Refusal
from approvals.stopping import AT_ONCE, AgentUnknown, AlreadyStopped, NotYourAgent, may_stop
from bot.slack.blocks import actions, button, context, header, ours, person, quote, rich, section, when
from bot.slack.calls import SlackFault
from bot.slack.replies import Relist, Reply, Say, deliver
from bot.slack.text import escape, one_line, shorten, unescape, visible
from bot.slack.words import refusals
from bot.slack.words import stopping as say
from bot.slack.words.labels import name

if TYPE_CHECKING:
    from approvals.stopping import Stop
    from bot.slack.desk import Desk
    from bot.slack.interaction import Interaction

Blocks: TypeAlias = list[dict[str, Any]]
CONFIRM = "agent_stop"
MOST_SHOWN = 20
LONGEST_REASON = 1000
"""Characters: the reason travels in the button's value."""
_WORDS_ON_THE_WAY = 2
"""While it goes on; Slack takes five at one address, and the first and the last are sent there too."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_MENTION = re.compile(r"<([@#!]?)[^<>|]*\|([^<>]*)>")
_LINK = re.compile(r"<([^<>|]*)>")


async def stop(desk: "Desk", at: "Interaction", said: str) -> tuple[Blocks, str]:
    """What follows `/approvals stop`: nothing, or which agent and why. Stops nothing yet. Raises Refusal, StoreBusy."""
    if not said:
        return await _list(desk, at)
    agent, why = _agent(said)
    if agent is None:
        return _sentence(say.USAGE)
    reason = _typed(why)
    if len(reason) > LONGEST_REASON:
        return _sentence(say.reason_too_long(LONGEST_REASON))
    try:
        await _known(desk, at)
        may_stop(desk.policy(), agent, at.user)
        if (before := await desk.store.stops.of(agent)) is not None:
            raise AlreadyStopped(before.by, before.at)
    except Refusal as refusal:
        await _refused(desk, at, "stop", agent, refusal)
        raise
    asked = say.really_stop(name(agent))
    made = button(f"Stop {agent}", CONFIRM, f"{agent} {reason}".strip(), said=f"Stop {agent}", style="danger")
    return [section(ours(asked)), *_why(reason), actions(made), context(ours(_resumed_by(desk)))], f"Stop {agent}?"


async def confirmed(desk: "Desk", at: "Interaction") -> Reply:
    """The button below the question: stops it, then closes what it still has open and says how far that is."""
    agent, _, reason = at.value.partition(" ")
    try:
        if not at.ephemeral or at.label != f"Stop {agent}":
            raise NotACard  # the question is private; a button elsewhere is none of ours
        await _known(desk, at)
        ops = desk.policy().ops
        told = {} if ops is None else {ops.channel: announced}
        stopped = await desk.stopping.stop(agent, _actor(desk, at), reason or None, told)
    except Refusal as refusal:
        await _refused(desk, at, "stop", agent, refusal)
        return Say(text=refusals.refusal(refusal))
    desk.later(_close(desk, at, stopped))
    return None


async def resume(desk: "Desk", at: "Interaction", said: str) -> tuple[Blocks, str]:
    """`/approvals resume agent NAME`, for the operators. Raises Refusal, StoreBusy."""
    agent, rest = _agent(said)
    if agent is None or rest:
        return _sentence(say.RESUME_USAGE)
    text = say.is_resumed_by(name(agent), person(at.user))
    ops = desk.policy().ops
    try:
        await _known(desk, at)
        ended = await desk.stopping.resume(agent, _actor(desk, at), {} if ops is None else {ops.channel: text})
    except Refusal as refusal:
        await _refused(desk, at, "resume", agent, refusal)
        raise
    since = say.had_stopped_it(person(ended.by), when(ended.at))
    gone = "" if agent in desk.policy().agents else say.THE_POLICY_HAS_NO_SUCH_AGENT
    return _sentence(say.may_propose_and_claim_again(name(agent), since, gone))


def announced(stopped: "Stop") -> str:
    """What the operators read of it."""
    why = f"\n>{escape(shorten(one_line(stopped.reason), 400)[0])}" if stopped.reason else ""
    return say.is_stopped_by(name(stopped.agent), person(stopped.by), when(stopped.at), why)


async def _close(desk: "Desk", at: "Interaction", stopped: "Stop") -> None:
    """Should this be cut off, the sweep does the rest; a word that does not reach Slack hinders nothing."""
    open_ones = len(await desk.store.stranded(stopped.agent))
    done = 0
    try:
        if open_ones > AT_ONCE:
            await _say(desk, at, stopped, say.proposals_are_being_closed(open_ones))
        while left := await desk.stopping.close(stopped.agent):
            done += 1
            if done <= _WORDS_ON_THE_WAY:
                await _say(desk, at, stopped, say.some_are_closed(max(0, open_ones - left), open_ones))
    except StoreBusy:
        await _say(desk, at, stopped, say.THE_DATABASE_IS_BUSY)
        return
    closed = say.ONE_PROPOSAL_WAS_CLOSED if open_ones == 1 else say.proposals_were_closed(open_ones)
    await _say(desk, at, stopped, closed if open_ones else say.IT_HAD_NOTHING_OPEN)


async def _say(desk: "Desk", at: "Interaction", stopped: "Stop", progress: str) -> None:
    text = f":octagonal_sign: *{name(stopped.agent)} is stopped.* {progress}"
    blocks = [section(ours(text)), *_why(stopped.reason), context(ours(_resumed_by(desk)))]
    with suppress(SlackFault):
        await deliver(desk.client, at, Relist(blocks=blocks, text=text))


async def _list(desk: "Desk", at: "Interaction") -> tuple[Blocks, str]:
    reviewer = await desk.known(at.user, at.team)
    policy = desk.policy()
    owners = {each.owner for each in policy.agents.values()}
    if not (reviewer.roles or reviewer.lent or at.user in policy.operators or at.user in owners):
        raise NotYourAgent
    stopped = await desk.store.stops.all()
    if not stopped:
        return [section(ours(say.NO_AGENT_IS_STOPPED)), context(ours(say.USAGE))], say.NO_AGENT_IS_STOPPED
    rows: Blocks = []
    for each in stopped[:MOST_SHOWN]:
        rows += [section(ours(f":octagonal_sign: *{name(each.agent)}*, by {person(each.by)}, {when(each.at)}"))]
        rows += _why(each.reason, 300)
    more = len(stopped) - MOST_SHOWN
    rest = [context(ours(f"… and {more} more."))] if more > 0 else []
    return [header("Stopped agents"), *rows, *rest, context(ours(_resumed_by(desk)))], "Stopped agents"


async def _known(desk: "Desk", at: "Interaction") -> None:
    """Raises NotEligible for an account that may decide nothing, Unverified where Slack does not say."""
    found = await desk.people.person(at.user, at.team)
    if found.barred is not None:
        raise NotEligible(found.barred)


async def _refused(desk: "Desk", at: "Interaction", verb: str, agent: str, refusal: Refusal) -> None:
    await desk.refused(at, None, verb, refusal, detail=f"{agent}: {refusal.slug}")


def _actor(desk: "Desk", at: "Interaction") -> Actor:
    operates = at.user in desk.policy().operators
    return Actor(kind="reviewer", id=at.user, team=at.team, proof=("ops: member" if operates else "owner",))


def _agent(said: str) -> tuple[str | None, str]:
    """`agent NAME why` as the name and the rest; None for what is none."""
    noun, _, rest = said.partition(" ")
    agent, _, why = rest.strip().partition(" ")
    if noun.lower() != "agent" or not agent:
        return None, ""
    if _NAME.fullmatch(agent) is None:
        raise AgentUnknown
    return agent, why.strip()


def _typed(why: str) -> str:
    """What was typed, without what Slack made of mentions, links and the signs of its markup."""
    return unescape(_LINK.sub(r"\1", _MENTION.sub(r"\1\2", why))).strip()


def _why(reason: str | None, limit: int = LONGEST_REASON) -> Blocks:
    if not reason:
        return []
    shown, left = shorten(visible(reason), limit)
    return [rich(quote(say.more_in_the_audit_log(shown, left) if left else shown))]


def _resumed_by(desk: "Desk") -> str:
    if not desk.policy().operators:
        return say.THE_POLICY_NAMES_NO
    return say.ONLY_THE_OPERATORS_CAN_RESUME_IT


def _sentence(text: str) -> tuple[Blocks, str]:
    return [section(ours(text))], text
