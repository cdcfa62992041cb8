"""Stop and resume commands: one form ends all that an agent may still begin."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from approvals.agent_stop import AgentUnknown, AlreadyStopped, NotStopped, NotYourAgent, OperatorsOnly
from approvals.events import Actor
from approvals.ports import StoreBusy
from approvals.refusals import NotEligible, Refusal, StopRefused
from approvals.services.agent_stops import AT_ONCE, may_stop
from bot.slack.blockkit.blocks import Block, context_block, header, ours, person, plain_text, quote, rich, section, when
from bot.slack.blockkit.modals import modal, sentence_modal
from bot.slack.blockkit.text import escape, length, one_line, shorten, unescape, visible
from bot.slack.blockkit.words import TITLE
from bot.slack.listeners.command_parser import nearest_name, own_name
from bot.slack.listeners.powers import Power, PowerForm, PowerRequest, Subject
from bot.slack.listeners.replies import View, tell
from bot.slack.web.client import SlackFault
from bot.slack.words import commands as say
from bot.slack.words.shared import name

if TYPE_CHECKING:
    from approvals.agent_stop import Stop
    from approvals.digest import JSON
    from bot.slack.context import SlackContext
    from bot.slack.web.interaction import Interaction
    from policy import LoadedPolicy

Blocks: TypeAlias = list[dict[str, Any]]
MOST_SHOWN = 20
LONGEST_REASON = 1000
"""Characters, as Slack counts them."""
_REASON_BLOCK, _REASON_ACTION = "why", "input_why"
_WORDS_ON_THE_WAY = 2
"""While it goes on; Slack takes five at one address, and the first and the last are sent there too."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_MENTION = re.compile(r"<([@#!]?)[^<>|]*\|([^<>]*)>")
_LINK = re.compile(r"<([^<>|]*)>")


async def stop_command(context: "SlackContext", at: "Interaction", said: str) -> tuple[Blocks, str] | PowerRequest:
    """What follows `/approvals stop`: nothing, or which agent and why. Stops nothing yet. Raises Refusal, StoreBusy."""
    if not said:
        return await _list(context, at)
    typed, why = _agent(said)
    if typed is None:
        return _sentence(say.STOP_USAGE)
    policy = context.policy()
    agent = own_name(typed, policy.agents)
    if agent is None:
        stoppable = [each for each in policy.agents if _may_stop(policy, each, at.user)]
        if near := nearest_name(typed, stoppable):
            return _sentence(say.there_is_none_of_this_name("agent", name(typed), f"stop agent {near}"))
    reason = _typed(why)
    if length(reason) > LONGEST_REASON:
        return _sentence(say.reason_too_long(LONGEST_REASON))
    return PowerRequest(power=STOP, subject={"agent": agent or typed, "reason": reason, "told_at": at.response_url})


async def resume_command(context: "SlackContext", _at: "Interaction", said: str) -> tuple[Blocks, str] | PowerRequest:
    """`/approvals resume agent NAME`, for the operators. Resumes nothing yet."""
    typed, rest = _agent(said)
    if typed is None or rest:
        return _sentence(say.RESUME_USAGE)
    stopped = [each.agent for each in await context.store.stops.all()]
    return PowerRequest(power=RESUME, subject={"agent": own_name(typed, stopped) or typed})


async def _ask_to_stop(context: "SlackContext", at: "Interaction", subject: Subject) -> PowerForm:
    agent, reason = str(subject["agent"]), str(subject["reason"])
    await _known(context, at)
    may_stop(context.policy(), agent, at.user)
    if (before := await context.store.stops.of(agent)) is not None:
        raise AlreadyStopped(before.by, before.at)
    blocks = [section(ours(say.really_stop(name(agent)))), _reason(reason), context_block(ours(_resumed_by(context)))]
    return PowerForm(title=say.STOP_TITLE, submit=say.STOP, blocks=blocks, subject=subject)


async def _stop(context: "SlackContext", at: "Interaction", subject: Subject) -> View:
    """Stops it, then closes what it still has open and says how far that is."""
    await _known(context, at)
    ops = context.policy().ops
    notices = {} if ops is None else {ops.channel: stop_announcement}
    reason = _reason_in(at)
    stopped = await context.stopping.stop(str(subject["agent"]), _actor(context, at), reason or None, notices)
    context.later(_close(context, subject.get("told_at"), stopped))
    blocks = [
        section(ours(say.agent_stopped(name(stopped.agent)))),
        *_why(stopped.reason),
        context_block(ours(_resumed_by(context))),
    ]
    return modal(TITLE, blocks)


async def _ask_to_resume(context: "SlackContext", at: "Interaction", subject: Subject) -> PowerForm:
    """For the stop that holds now: the form resumes nothing that is stopped anew later."""
    agent = str(subject["agent"])
    await _known(context, at)
    if at.user not in context.policy().operators:
        raise OperatorsOnly
    before = await context.store.stops.of(agent)
    if before is None:
        raise NotStopped
    blocks = [
        section(ours(say.really_resume(name(agent)))),
        context_block(ours(say.had_stopped_it(person(before.by), when(before.at)))),
        *_why(before.reason),
    ]
    kept = {"agent": agent, "since": before.at.isoformat()}
    return PowerForm(title=say.RESUME_TITLE, submit=say.RESUME, blocks=blocks, subject=kept)


async def _resume(context: "SlackContext", at: "Interaction", subject: Subject) -> View:
    agent = str(subject["agent"])
    await _known(context, at)
    before = await context.store.stops.of(agent)
    if before is not None and before.at.isoformat() != subject["since"]:
        raise AlreadyStopped(before.by, before.at)
    ops = context.policy().ops
    text = say.is_resumed_by(name(agent), person(at.user))
    ended = await context.stopping.resume(agent, _actor(context, at), {} if ops is None else {ops.channel: text})
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
        rows += [section(ours(f":octagonal_sign: *{name(each.agent)}*, by {person(each.by)}, {when(each.at)}"))]
        rows += _why(each.reason, 300)
    more = len(stopped) - MOST_SHOWN
    rest = [context_block(ours(f"… and {more} more."))] if more > 0 else []
    return [header("Stopped agents"), *rows, *rest, context_block(ours(_resumed_by(context)))], "Stopped agents"


def _may_stop(policy: "LoadedPolicy", agent: str, user: str) -> bool:
    try:
        may_stop(policy, agent, user)
    except StopRefused:
        return False
    return True


async def _known(context: "SlackContext", at: "Interaction") -> None:
    """Raises NotEligible for an account that may decide nothing, Unverified where Slack does not say."""
    found = await context.people.person(at.user, at.team)
    if found.barred is not None:
        raise NotEligible(found.barred)


def _about(subject: Subject, refusal: Refusal) -> tuple[str | None, str | None]:
    return None, f"{subject['agent']}: {refusal.slug}" if "agent" in subject else None


def _actor(context: "SlackContext", at: "Interaction") -> Actor:
    operates = at.user in context.policy().operators
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


def _reason(typed: str) -> "Block":
    element: Block = {
        "type": "plain_text_input",
        "action_id": _REASON_ACTION,
        "multiline": True,
        "max_length": LONGEST_REASON,
    }
    if typed:
        element["initial_value"] = typed
    return {
        "type": "input",
        "block_id": _REASON_BLOCK,
        "label": plain_text(say.WHY),
        "hint": plain_text(say.WHO_READS_WHY),
        "element": element,
        "optional": True,
    }


def _reason_in(at: "Interaction") -> str:
    state = (at.state or {}).get(_REASON_BLOCK)
    typed = state.get(_REASON_ACTION) if isinstance(state, Mapping) else None
    said = typed.get("value") if isinstance(typed, Mapping) else None
    return said.strip()[:LONGEST_REASON] if isinstance(said, str) else ""


def _why(reason: str | None, limit: int = LONGEST_REASON) -> Blocks:
    if not reason:
        return []
    shown, left = shorten(visible(reason), limit)
    return [rich(quote(say.more_agents_in_the_audit_log(shown, left) if left else shown))]


def _resumed_by(context: "SlackContext") -> str:
    if not context.policy().operators:
        return say.THE_POLICY_NAMES_NO
    return say.ONLY_THE_OPERATORS_CAN_RESUME_IT


def _sentence(text: str) -> tuple[Blocks, str]:
    return [section(ours(text))], text


STOP = Power(purpose="agent_stop", verb="stop", ask=_ask_to_stop, act=_stop, about=_about)
RESUME = Power(purpose="agent_resume", verb="resume", ask=_ask_to_resume, act=_resume, about=_about)
