"""Stop of everything: a form with a reason and a typed word ends all that any agent may still begin."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from approvals.agent_stop import EVERYTHING, AlreadyStopped, NotStopped
from approvals.ports import StoreBusy
from approvals.services.agent_stops import may_resume, may_stop
from bot.slack.blockkit.blocks import Block, context_block, ours, person, plain_text, section, when
from bot.slack.blockkit.modals import modal, sentence_modal
from bot.slack.listeners.powers import Power, PowerForm, Subject
from bot.slack.listeners.replies import View, tell
from bot.slack.listeners.stopping import (
    REASON,
    actor,
    reason_in,
    reason_input,
    require_account,
    resumed_by,
    typed_in,
    why,
)
from bot.slack.web.client import SlackFault
from bot.slack.words import commands as say
from bot.slack.words.shared import listed, name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.agent_stop import Stop
    from approvals.refusals import Refusal
    from bot.slack.context import SlackContext
    from bot.slack.web.interaction import Interaction
    from policy import LoadedPolicy

_WORD, _WORD_ACTION = "word", "input_word"


async def _ask_to_stop(context: "SlackContext", at: "Interaction", subject: Subject) -> PowerForm:
    await require_account(context, at)
    may_stop(context.policy(), EVERYTHING, at.user)
    before, again = await context.store.stops.everything(), await context.store.stops.resumed_meanwhile()
    if before is not None and not again:
        raise AlreadyStopped(before.by, before.at)
    blocks: list[Block] = [section(ours(say.REALLY_STOP_EVERYTHING))]
    if before is not None:
        blocks.append(section(ours(say.they_are_stopped_again(listed([name(each) for each in again])))))
    blocks += [
        reason_input(str(subject["reason"]), wanted=True),
        _word_input(),
        context_block(ours(resumed_by(context))),
    ]
    return PowerForm(title=say.STOP_EVERYTHING_TITLE, submit=say.STOP_EVERYTHING, blocks=blocks, subject=subject)


def _faults(at: "Interaction") -> "Mapping[str, str]":
    """What is missing, by input: nothing is stopped by a slip."""
    found = {}
    if not reason_in(at):
        found[REASON] = say.SAY_WHY
    if typed_in(at, _WORD, _WORD_ACTION).strip().casefold() != say.WORD_TO_TYPE:
        found[_WORD] = say.type_the_word(say.WORD_TO_TYPE)
    return found


async def _stop(context: "SlackContext", at: "Interaction", subject: Subject) -> View:
    await require_account(context, at)
    channels = told_channels(context.policy())
    stopped = await context.stopping.stop(
        EVERYTHING, actor(context, at), reason_in(at), dict.fromkeys(channels, announcement)
    )
    context.later(_suspend(context, subject.get("told_at")))
    blocks = [
        section(ours(say.EVERYTHING_IS_STOPPED_NOW)),
        *why(stopped.reason),
        context_block(ours(resumed_by(context))),
    ]
    return modal(say.STOP_EVERYTHING_TITLE, blocks)


async def _ask_to_resume(context: "SlackContext", at: "Interaction", _subject: Subject) -> PowerForm:
    """For the stop that holds now: the form resumes nothing that is stopped anew later."""
    await require_account(context, at)
    may_resume(context.policy(), at.user)
    before = await context.store.stops.everything()
    if before is None:
        raise NotStopped
    others = [name(each.agent) for each in await context.store.stops.all() if not each.everything]
    blocks = [
        section(ours(say.REALLY_RESUME_EVERYTHING)),
        context_block(ours(say.had_stopped_it(person(before.by), when(before.at)))),
        *why(before.reason),
        *([section(ours(say.they_stay_stopped(listed(others))))] if others else []),
    ]
    kept = {"since": before.at.isoformat()}
    return PowerForm(title=say.RESUME_EVERYTHING_TITLE, submit=say.RESUME_EVERYTHING, blocks=blocks, subject=kept)


async def _resume(context: "SlackContext", at: "Interaction", subject: Subject) -> View:
    await require_account(context, at)
    before = await context.store.stops.everything()
    if before is not None and before.at.isoformat() != subject["since"]:
        raise AlreadyStopped(before.by, before.at)
    text = say.everything_is_resumed_by(person(at.user))
    ended = await context.stopping.resume(
        EVERYTHING, actor(context, at), dict.fromkeys(told_channels(context.policy()), text)
    )
    context.later(_close_all(context))
    return sentence_modal(say.everything_goes_on(say.had_stopped_it(person(ended.by), when(ended.at))))


def told_channels(policy: "LoadedPolicy") -> list[str]:
    """Where people read that everything is stopped or resumed: the operators' channel, and that of each role."""
    ops = [] if policy.ops is None else [policy.ops.channel]
    return list(dict.fromkeys([*ops, *(role.channel for role in policy.roles.values())]))


def announcement(stopped: "Stop") -> str:
    """What they read of it."""
    return say.everything_is_stopped(person(stopped.by), when(stopped.at), stopped.reason or "")


async def _suspend(context: "SlackContext", told_at: Any) -> None:
    """Has every card show it; should this be cut off, the sweep does the rest."""
    open_ones = len(await context.store.stranded(EVERYTHING))
    try:
        await _close_all(context)
    except StoreBusy:
        text = say.THE_DATABASE_IS_BUSY_SUSPENDING
    else:
        text = say.suspended_are(open_ones)
    with suppress(SlackFault):
        await tell(context.client, told_at if isinstance(told_at, str) else None, [section(ours(text))], text)


async def _close_all(context: "SlackContext") -> None:
    while await context.stopping.close(EVERYTHING):
        pass


def _word_input() -> Block:
    return {
        "type": "input",
        "block_id": _WORD,
        "label": plain_text(say.type_the_word(say.WORD_TO_TYPE)),
        "element": {"type": "plain_text_input", "action_id": _WORD_ACTION, "max_length": 20},
        "optional": False,
    }


def _about(_subject: Subject, refusal: "Refusal") -> tuple[str | None, str | None]:
    return None, f"everything: {refusal.slug}"


STOP_EVERYTHING = Power(
    purpose="everything_stop", verb="stop_everything", ask=_ask_to_stop, act=_stop, about=_about, faults=_faults
)
RESUME_EVERYTHING = Power(
    purpose="everything_resume", verb="resume_everything", ask=_ask_to_resume, act=_resume, about=_about
)
