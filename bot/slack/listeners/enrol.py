"""Enrol command, `/approvals enrol`: a second factor, shown to its person alone, and its reset by two operators."""

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from approvals.events import Actor
from approvals.second_factor import AlreadyEnrolled, NothingToReset, OperatorsReset
from bot.slack.blockkit.blocks import (
    Block,
    context_block,
    ours,
    paragraph,
    person,
    plain_text,
    rich,
    run,
    section,
    when,
)
from bot.slack.blockkit.modals import sentence_modal
from bot.slack.listeners.powers import Power, PowerForm, PowerRequest, Subject
from bot.slack.listeners.replies import View
from bot.slack.listeners.stopping import require_account, typed_in
from bot.slack.words import second_factor as say
from storage.second_factors import address_of, new_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.refusals import Refusal
    from bot.slack.context import SlackContext
    from bot.slack.web.interaction import Interaction

Blocks: TypeAlias = list[dict[str, Any]]
CODE, _CODE_ACTION = "code", "input_code"
_PERSON = re.compile(r"<@([UW][A-Z0-9]{2,})(?:\|[^>]*)?>")
_IN_FOURS = re.compile("(.{4})(?=.)")


def enrol_command(said: str) -> tuple[Blocks, str] | PowerRequest:
    """What follows `/approvals enrol`: nothing, or `reset @NAME`. Changes nothing yet."""
    verb, _, rest = said.partition(" ")
    whom = _PERSON.fullmatch(rest.strip())
    if not said:
        return PowerRequest(power=ENROL, subject={})
    if verb.lower() == "reset" and whom is not None:
        return PowerRequest(power=RESET, subject={"person": whom[1]})
    return [section(ours(say.ENROL_USAGE))], say.ENROL_USAGE


async def _ask_to_enrol(context: "SlackContext", at: "Interaction", _subject: Subject) -> PowerForm:
    """A new secret each time: one that was shown and not confirmed is good for nothing."""
    await require_account(context, at)
    if await context.store.has_second_factor(at.user):
        raise AlreadyEnrolled
    secret = new_secret()
    blocks: list[Block] = [
        section(ours(say.ENTER_THIS_KEY)),
        rich(paragraph(run(_IN_FOURS.sub(r"\1 ", secret), code=True))),
        section(ours(say.OR_OPEN_THIS)),
        rich(paragraph(run(address_of(secret, at.user), code=True))),
        _code_input(),
        context_block(ours(say.NOBODY_ELSE_SEES_IT)),
    ]
    subject = {"sealed": context.store.factors.seal(secret, at.user)}
    return PowerForm(title=say.ENROL_TITLE, submit=say.ENROL, blocks=blocks, subject=subject)


def _faults(at: "Interaction") -> "Mapping[str, str]":
    said = "".join(typed_in(at, CODE, _CODE_ACTION).split())
    return {} if len(said) == 6 and said.isascii() and said.isdigit() else {CODE: say.TYPE_SIX_DIGITS}


async def _enrol(context: "SlackContext", at: "Interaction", subject: Subject) -> View:
    await require_account(context, at)
    notices = {channel: say.has_enrolled(person(at.user)) for channel in _ops_channels(context)}
    code = typed_in(at, CODE, _CODE_ACTION)
    await context.factors.enrol(_actor(at), str(subject["sealed"]), code, notices)
    return sentence_modal(say.ENROLLED, say.ENROL_TITLE)


async def _ask_to_reset(context: "SlackContext", at: "Interaction", subject: Subject) -> PowerForm:
    whom = str(subject["person"])
    await require_account(context, at)
    if at.user not in context.policy().operators:
        raise OperatorsReset
    if not await context.store.has_second_factor(whom):
        raise NothingToReset
    asked = await context.factors.reset_asked(whom, context.policy().operators)
    text = say.really_ask_for_reset(person(whom))
    if asked is not None:
        text = say.really_reset(person(whom), person(asked.by), when(asked.at))
    return PowerForm(title=say.RESET_TITLE, submit=say.RESET, blocks=[section(ours(text))], subject=subject)


async def _reset(context: "SlackContext", at: "Interaction", subject: Subject) -> View:
    whom = str(subject["person"])
    await require_account(context, at)
    operators = context.policy().operators
    asked = await context.factors.reset_asked(whom, operators)
    worded = (
        say.was_reset(person(whom), person(at.user)) if asked else say.reset_is_asked(person(whom), person(at.user))
    )
    done = await context.factors.reset(whom, _actor(at), operators, dict.fromkeys(_ops_channels(context), worded))
    return sentence_modal(say.RESET_DONE if done else say.RESET_ASKED, say.RESET_TITLE)


def _ops_channels(context: "SlackContext") -> list[str]:
    ops = context.policy().ops
    return [] if ops is None else [ops.channel]


def _actor(at: "Interaction") -> Actor:
    return Actor(kind="reviewer", id=at.user, team=at.team)


def _code_input() -> Block:
    return {
        "type": "input",
        "block_id": CODE,
        "label": plain_text(say.THE_CODE_IT_SHOWS),
        "element": {"type": "plain_text_input", "action_id": _CODE_ACTION, "max_length": 10},
        "optional": False,
    }


def _about(subject: Subject, refusal: "Refusal") -> tuple[str | None, str | None]:
    return None, f"{subject['person']}: {refusal.slug}" if "person" in subject else None


ENROL = Power(purpose="enrol", verb="enrol", ask=_ask_to_enrol, act=_enrol, faults=_faults, code=CODE)
RESET = Power(purpose="factor_reset", verb="factor_reset", ask=_ask_to_reset, act=_reset, about=_about)
