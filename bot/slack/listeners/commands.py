"""Commands, `/approvals` and the buttons below its answers: only what one may decide or owns is ever shown."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import structlog

from approvals.refusals import Refusal
from bot.slack import direct_messages
from bot.slack.context import SlackContext
from bot.slack.listeners import (
    click_origin,
    delegate,
    end_remembered,
    enrol,
    finder,
    picture,
    powers,
    stop_agent,
    stop_everything,
    suggest,
)
from bot.slack.listeners.command_parser import BadCommand, Help, Linked, as_meant, parse_command
from bot.slack.listeners.finder import Blocks
from bot.slack.listeners.powers import Power, PowerRequest
from bot.slack.listeners.replies import Handler, Open, Relist, Reply, Say, Show, Submission, View, fill, open_modal
from bot.slack.lists import pages
from bot.slack.lists.query import ListQuery
from bot.slack.web.client import SlackFault, Unclear
from bot.slack.web.interaction import Interaction
from bot.slack.words import answers, refusals

log = structlog.get_logger("slack")
_LEFT = 0.4
"""Seconds left of the three in which a command is acknowledged, once Slack's answer about its form was lost."""


async def approvals(context: SlackContext, body: Mapping[str, Any]) -> dict[str, Any]:
    """Answers the slash command: the keyword arguments of Bolt's `ack`, none where a form answers instead."""
    at = Interaction(
        user=str(body.get("user_id") or ""),
        team=str(body.get("team_id") or ""),
        trigger_id=body.get("trigger_id"),
        response_url=body.get("response_url"),
    )
    said = str(body.get("text") or "").strip()
    try:
        answer = await _answer(context, at, said)
    except Refusal as refusal:
        return {"text": refusals.refusal(refusal)}
    if isinstance(answer, PowerRequest):
        return await _begin(context, at, answer)
    blocks, text = answer
    return {"blocks": blocks, "text": text}


async def turn_list(context: SlackContext, at: Interaction) -> Reply:
    """`Back` and `Next` below a list: the value carries the query of the page to show."""
    query = ListQuery.from_value(at.value)
    if query is None:
        return Say(text=answers.OLD_BUTTON)
    if at.view_type == "home":
        context.later(finder.publish(context, at.user, at.team, query))
        return None
    try:
        if at.in_modal:
            await click_origin.require_own_modal(context, at)
        reviewer = await context.known(at.user, at.team)
    except Refusal as refusal:
        return Say(text=refusals.refusal(refusal))
    if at.in_modal:
        return Show(view=await finder.in_modal(context, reviewer, query, str(at.view_id)))
    blocks, text = await finder.answered(context, reviewer, query)
    return Relist(blocks=blocks, text=text)


async def open_list(context: SlackContext, at: Interaction) -> Reply:
    """From the home tab: a whole list in a modal. In a review that took the place of its list: the list again."""
    query = ListQuery.from_value(at.value)
    if query is None:
        return Say(text=answers.OLD_BUTTON)

    async def shown(view_id: str) -> View:
        return await finder.in_modal(context, await context.known(at.user, at.team), query, view_id)

    if not at.in_modal:
        return Open(then=shown)
    try:
        await click_origin.require_own_modal(context, at)
        return Show(view=await shown(str(at.view_id)))
    except Refusal as refusal:
        return Say(text=refusals.refusal(refusal))


ACTIONS: dict[str, Handler] = {
    "page_back": turn_list,
    "page_next": turn_list,
    pages.OPEN_LIST: open_list,
    delegate.STOP: delegate.end_delegation,
    **suggest.ACTIONS,
    **picture.ACTIONS,
}
POWERS: dict[str, Power] = {
    each.purpose: each
    for each in (
        delegate.DELEGATE,
        delegate.END,
        stop_agent.STOP,
        stop_agent.RESUME,
        stop_everything.STOP_EVERYTHING,
        stop_everything.RESUME_EVERYTHING,
        enrol.ENROL,
        enrol.RESET,
        end_remembered.END_REMEMBERED,
    )
}
"""By the callback id of their forms."""
SUBMISSIONS: dict[str, Submission] = {
    purpose: partial(powers.act_on_form, power=power) for purpose, power in POWERS.items()
}


async def _begin(context: SlackContext, at: Interaction, requested: PowerRequest) -> dict[str, Any]:
    """Opens the form first of all: its trigger lives three seconds, and without one nothing is looked up."""
    form = powers.blank_form(context, at, requested.power, requested.subject)
    try:
        view_id = await open_modal(context.client, at, form.view, recall=_LEFT)
    except SlackFault as fault:
        log.warning("Slack opened no form for a command", purpose=requested.power.purpose, user=at.user, why=str(fault))
        return {"text": answers.CLOSE_AND_TYPE_AGAIN if isinstance(fault, Unclear) else answers.NOT_OPENED}
    assert form.then is not None
    context.later(fill(context.client, view_id, form.then))
    return {}


async def _answer(context: SlackContext, at: Interaction, said: str) -> tuple[Blocks, str] | PowerRequest:
    verb, _, rest = said.partition(" ")
    match verb.lower():
        case "delegate":
            return await delegate.delegate(context, at.user, rest.strip())
        case "stop" | "resume" as switch:
            command = stop_agent.stop_command if switch == "stop" else stop_agent.resume_command
            return await command(context, at, rest.strip())
        case "enrol":
            return enrol.enrol_command(rest.strip())
        case "notify":
            return await direct_messages.notify(context, await context.known(at.user, at.team), rest.strip())
    reviewer = await context.known(at.user, at.team)
    match parse_command(said):
        case Help(text=text):
            return pages.help_text(text)
        case BadCommand(text=text):
            return pages.sentence_page(text)
        case Linked(channel=channel, ts=ts):
            shown = await finder.linked(context, channel, ts)
            return await finder.answered(context, reviewer, ListQuery(kind="show", name=shown))
        case ListQuery() as query:
            meant = as_meant(query, context.policy().roles, context.policy().agents)
            if isinstance(meant, BadCommand):
                return pages.sentence_page(meant.text)
            return await finder.answered(context, reviewer, meant)
