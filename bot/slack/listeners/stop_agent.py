"""Stop and resume commands: one form ends all that an agent may still begin."""

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from approvals.agent_stop import AgentUnknown, AlreadyStopped, NotStopped, NotYourAgent
from approvals.ports import StoreBusy
from approvals.refusals import Refusal, StopRefused
from approvals.services.agent_stops import AT_ONCE, may_resume, may_stop
from bot.slack.blockkit.blocks import context_block, header, ours, person, section, when
from bot.slack.blockkit.modals import modal, sentence_modal
from bot.slack.blockkit.text import escape, length, one_line, shorten, unescape
from bot.slack.blockkit.words import TITLE
from bot.slack.listeners.command_parser import nearest_name, own_name
from bot.slack.listeners.powers import Power, PowerForm, PowerRequest, Subject
from bot.slack.listeners.replies import View, tell
from bot.slack.listeners.stop_everything import RESUME_EVERYTHING, STOP_EVERYTHING
from bot.slack.listeners.stopping import (
    LONGEST_REASON,
    actor,
    reason_in,
    reason_input,
    require_account,
    resumed_by,
    why,
)
from bot.slack.web.client import SlackFault
from bot.slack.words import commands as say
from bot.slack.words.shared import listed, name

if TYPE_CHECKING:
    from approvals.agent_stop import Stop
    from approvals.digest import JSON
    from bot.slack.context import SlackContext
    from bot.slack.web.interaction import Interaction
    from policy import LoadedPolicy

Blocks: TypeAlias = list[dict[str, Any]]
MOST_SHOWN = 20
_WORDS_ON_THE_WAY = 2
"""While it goes on; Slack takes five at one address, and the first and the last are sent there too."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_MENTION = re.compile(r"<([@#!]?)[^<>|]*\|([^<>]*)>")
_LINK = re.compile(r"<([^<>|]*)>")


async def stop_command(context: "SlackContext", at: "Interaction", said: str) -> tuple[Blocks, str] | PowerRequest:
    """What follows `/approvals stop`: nothing, or which agent and why. Stops nothing yet. Raises Refusal, StoreBusy."""
    if not said:
        return await _list(context, at)
    if (rest := _after_everything(said)) is not None:
        reason = _typed(rest)
        if length(reason) > LONGEST_REASON:
            return _sentence(say.reason_too_long(LONGEST_REASON))
        return PowerRequest(power=STOP_EVERYTHING, subject={"reason": reason, "told_at": at.response_url})
    typed, because = _agent(said)
    if typed is None:
        return _sentence(say.STOP_USAGE)
    policy = context.policy()
    agent = own_name(typed, policy.agents)
    if agent is None:
        stoppable = [each for each in policy.agents if _may_stop(policy, each, at.user)]
        if near := nearest_name(typed, stoppable):
            return _sentence(say.there_is_none_of_this_name("agent", name(typed), f"stop agent {near}"))
    reason = _typed(because)
    if length(reason) > LONGEST_REASON:
        return _sentence(say.reason_too_long(LONGEST_REASON))
    return PowerRequest(power=STOP, subject={"agent": agent or typed, "reason": reason, "told_at": at.response_url})


async def resume_command(context: "SlackContext", _at: "Interaction", said: str) -> tuple[Blocks, str] | PowerRequest:
    """`/approvals resume agent NAME` or `everything`, for the operators. Resumes nothing yet."""
    if _after_everything(said) == "":
        return PowerRequest(power=RESUME_EVERYTHING, subject={})
    typed, rest = _agent(said)
    if typed is None or rest:
        return _sentence(say.RESUME_USAGE)
    stopped = {each.agent for each in await context.store.stops.all()} | set(context.policy().agents)
    return PowerRequest(power=RESUME, subject={"agent": own_name(typed, stopped) or typed})


async def _ask_to_stop(context: "SlackContext", at: "Interaction", subject: Subject) -> PowerForm:
    agent, reason = str(subject["agent"]), str(subject["reason"])
    await require_account(context, at)
    may_stop(context.policy(), agent, at.user)
    if (before := await context.store.stops.of(agent)) is not None:
        raise AlreadyStopped(before.by, before.at)
    blocks = [
        section(ours(say.really_stop(name(agent)))),
        reason_input(reason, wanted=False),
        context_block(ours(resumed_by(context))),
    ]
    return PowerForm(title=say.STOP_TITLE, submit=say.STOP, blocks=blocks, subject=subject)


async def _stop(context: "SlackContext", at: "Interaction", subject: Subject) -> View:
    """Stops it, then closes what it still has open and says how far that is."""
    await require_account(context, at)
    ops = context.policy().ops
    notices = {} if ops is None else {ops.channel: stop_announcement}
    reason = reason_in(at)
    stopped = await context.stopping.stop(str(subject["agent"]), actor(context, at), reason or None, notices)
    context.later(_close(context, subject.get("told_at"), stopped))
    blocks = [
        section(ours(say.agent_stopped(name(stopped.agent)))),
        *why(stopped.reason),
        context_block(ours(resumed_by(context))),
    ]
    return modal(TITLE, blocks)


async def _ask_to_resume(context: "SlackContext", at: "Interaction", subject: Subject) -> PowerForm:
    """For the stop that holds now: the form resumes nothing that is stopped anew later."""
    agent = str(subject["agent"])
    await require_account(context, at)
    may_resume(context.policy(), at.user)
    before = await context.store.stops.of(agent)
    if before is None or (before.everything and agent not in context.policy().agents):
        raise NotStopped
    everything = before if before.everything else await context.store.stops.everything()
    asked = say.really_resume(name(agent)) if everything is None else say.really_resume_alone(name(agent))
    blocks = [
        section(ours(asked)),
        context_block(ours(say.had_stopped_it(person(before.by), when(before.at)))),
        *why(before.reason),
    ]
    kept = {"agent": agent, "since": before.at.isoformat()}
    return PowerForm(title=say.RESUME_TITLE, submit=say.RESUME, blocks=blocks, subject=kept)


async def _resume(context: "SlackContext", at: "Interaction", subject: Subject) -> View:
    agent = str(subject["agent"])
    await require_account(context, at)
    before = await context.store.stops.of(agent)
    if before is not None and before.at.isoformat() != subject["since"]:
        raise AlreadyStopped(before.by, before.at)
    ops = context.policy().ops
    text = say.is_resumed_by(name(agent), person(at.user))
    ended = await context.stopping.resume(agent, actor(context, at), {} if ops is None else {ops.channel: text})
    context.later(_resume_open(context, agent))
    since = say.had_stopped_it(person(ended.by), when(ended.at))
    unknown = "" if agent in context.policy().agents else say.THE_POLICY_HAS_NO_SUCH_AGENT
    return sentence_modal(say.may_propose_and_claim_again(name(agent), since, unknown))


def stop_announcement(stopped: "Stop") -> str:
    """What the operators read of it."""
    why = f"\n>{escape(shorten(one_line(stopped.reason), 400)[0])}" if stopped.reason else ""
    return say.is_stopped_by(name(stopped.agent), person(stopped.by), when(stopped.at), why)


async def _close(context: "SlackContext", told_at: "JSON", stopped: "Stop") -> None:
    """Should this be cut off, the sweep does the rest; a word that does not reach Slack hinders nothing."""
    open_ones = len(await context.store.stranded(stopped.agent))
    done = 0
    try:
        if open_ones > AT_ONCE:
            await _say(context, told_at, stopped, say.proposals_are_being_closed(open_ones))
        while left := await context.stopping.close(stopped.agent):
            done += 1
            if done <= _WORDS_ON_THE_WAY:
                await _say(context, told_at, stopped, say.some_are_closed(max(0, open_ones - left), open_ones))
    except StoreBusy:
        await _say(context, told_at, stopped, say.THE_DATABASE_IS_BUSY)
        return
    closed = say.ONE_PROPOSAL_WAS_CLOSED if open_ones == 1 else say.proposals_were_closed(open_ones)
    await _say(context, told_at, stopped, closed if open_ones else say.IT_HAD_NOTHING_OPEN)


async def _resume_open(context: "SlackContext", agent: str) -> None:
    """What was suspended with everything; should this be cut off, the sweep does it."""
    while await context.stopping.close(agent):
        pass


async def _say(context: "SlackContext", told_at: "JSON", stopped: "Stop", progress: str) -> None:
    """Where the command was typed: the form may be closed by then."""
    text = f":octagonal_sign: *{name(stopped.agent)} is stopped.* {progress}"
    with suppress(SlackFault):
        await tell(context.client, told_at if isinstance(told_at, str) else None, [section(ours(text))], text)


async def _list(context: "SlackContext", at: "Interaction") -> tuple[Blocks, str]:
    reviewer = await context.known(at.user, at.team)
    policy = context.policy()
    owners = {each.owner for each in policy.agents.values()}
    if not (reviewer.roles or reviewer.delegated or at.user in policy.operators or at.user in owners):
        raise NotYourAgent
    stopped = await context.store.stops.all()
    if not stopped:
        return [section(ours(say.NO_AGENT_IS_STOPPED)), context_block(ours(say.STOP_USAGE))], say.NO_AGENT_IS_STOPPED
    rows: Blocks = []
    for each in stopped[:MOST_SHOWN]:
        what = say.EVERYTHING if each.everything else name(each.agent)
        rows += [section(ours(f":octagonal_sign: *{what}*, by {person(each.by)}, {when(each.at)}"))]
        if each.everything and (gone_on := await context.store.stops.resumed_meanwhile()):
            rows += [context_block(ours(say.resumed_since(listed([name(agent) for agent in gone_on]))))]
        rows += why(each.reason, 300)
    more = len(stopped) - MOST_SHOWN
    rest = [context_block(ours(f"… and {more} more."))] if more > 0 else []
    return [header(say.STOPPED), *rows, *rest, context_block(ours(resumed_by(context)))], say.STOPPED


def _may_stop(policy: "LoadedPolicy", agent: str, user: str) -> bool:
    try:
        may_stop(policy, agent, user)
    except StopRefused:
        return False
    return True


def _about(subject: Subject, refusal: Refusal) -> tuple[str | None, str | None]:
    return None, f"{subject['agent']}: {refusal.slug}" if "agent" in subject else None


def _after_everything(said: str) -> str | None:
    """What follows `everything`; None where something else was typed."""
    noun, _, rest = said.partition(" ")
    return rest.strip() if noun.lower() == "everything" else None


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


def _sentence(text: str) -> tuple[Blocks, str]:
    return [section(ours(text))], text


STOP = Power(purpose="agent_stop", verb="stop", ask=_ask_to_stop, act=_stop, about=_about)
RESUME = Power(purpose="agent_resume", verb="resume", ask=_ask_to_resume, act=_resume, about=_about)
