"""Bolt application: each listener reads the interaction, runs what the button does, acknowledges and answers."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from approvals.refusals import Refusal
from bot.logs import where
from bot.slack.blockkit.modals import sentence_modal
from bot.slack.cards.buttons import menu_choice
from bot.slack.channels import Channels
from bot.slack.context import SlackContext
from bot.slack.listeners import actions, commands, finder, next_in_list, samples, submissions
from bot.slack.listeners.replies import Handler, Reply, Say, Show, Submission, deliver, trouble, update
from bot.slack.web.client import SlackFault
from bot.slack.web.identity import Identity
from bot.slack.web.interaction import Interaction, interaction
from bot.slack.words import answers, refusals


async def reply_or_refusal(context: SlackContext, at: Interaction, handler: Handler) -> Reply:
    """The handler's reply, or the refusal in words; a refusal on a known proposal is kept as evidence."""
    try:
        return await handler(context, at)
    except Refusal as refusal:
        subject = await _subject(context, at)
        if subject is not None:
            await context.refused(at, subject, menu_choice(at.value)[0] or at.action_id, refusal)
        said = refusals.refusal(refusal)
        return Show(view=await next_in_list.next_view(context, at, said)) if at.in_modal else Say(text=said)
    except SlackFault:
        return Say(text=answers.TROUBLE)


async def _subject(context: SlackContext, at: Interaction) -> str | None:
    if at.form_id and (form := await context.store.forms.get(at.form_id)) is not None:
        return form.proposal_id
    named = menu_choice(at.value)[1].partition(".")[0]
    return named if named and await context.store.find(named) is not None else None


Ack: TypeAlias = Callable[..., Awaitable[BoltResponse]]
Body: TypeAlias = Mapping[str, Any]
ANYTHING = re.compile(".*", re.DOTALL)
log = structlog.get_logger("slack")
LISTENERS: Mapping[str, Handler] = {**actions.ACTIONS, **samples.ACTIONS, **commands.ACTIONS}
"""What each button and menu does, by its action id."""
FORMS: Mapping[str, Submission] = {**submissions.SUBMISSIONS, **commands.SUBMISSIONS}
"""What is done with each form that is sent, by its callback id; submitting one that only shows closes it."""


def build_app(context: SlackContext, channels: Channels, token: str) -> AsyncApp:
    """The Bolt app, with a listener for everything Slack may send: what is not answered, Slack sends again.

    Signatures are checked before Bolt sees a request (`bot.slack.web.http`), so Bolt's own check and its ssl_check
    shortcut are off.
    """
    app = AsyncApp(
        name="signoff",  # without one, Bolt reads the source of everything on the stack to find one
        client=context.client,
        authorize=_authorizer(context.identity, token),
        request_verification_enabled=False,
        ssl_check_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        process_before_response=True,  # listeners acknowledge last; else Bolt looks each 10 ms, for 3 s
        logger=_quiet_logger(),
    )
    app.use(_ours_only(context.identity))
    for action_id in LISTENERS:
        app.action(action_id)(_action(context, action_id))
    app.action(ANYTHING)(_action(context, ""))
    for callback_id in FORMS:
        app.view(callback_id)(_view(context, callback_id))
    app.view(ANYTHING)(_view(context, ""))
    app.view_closed(ANYTHING)(_nothing)
    app.command("/approvals")(_command(context))
    app.command(ANYTHING)(_unknown_command)
    app.event("app_home_opened")(_home(context))
    app.event("member_joined_channel")(_joined(context, channels))
    app.event(ANYTHING)(_nothing)
    app.options(ANYTHING)(_nothing)
    app.shortcut(ANYTHING)(_nothing)
    app.error(_fault)
    return app


def _action(context: SlackContext, action_id: str) -> Callable[..., Awaitable[None]]:
    async def listener(ack: Ack, body: Body) -> None:
        at = interaction(body)
        reply = await _safely(context, at, action_id)
        context.later(deliver(context.client, at, reply))
        await ack()

    return listener


async def _safely(context: SlackContext, at: Interaction, action_id: str) -> Reply:
    """No exception may pass: whoever clicks gets an answer, and nothing they did not decide happens."""
    try:
        if action_id in LISTENERS:
            return await reply_or_refusal(context, at, LISTENERS[action_id])
        return Say(text=answers.OLD_BUTTON) if at.action_id and not _only_input(at) else None
    except Exception as error:  # noqa: BLE001 the outermost place: whoever clicked gets an answer
        return Say(text=_stopped(error, "click", action=action_id))


def _stopped(error: Exception, what: str, **of: str) -> str:
    """What the person reads; what nobody foresaw is logged, without payloads."""
    said = trouble(error)
    if said is None:
        log.error("what somebody did failed in an unforeseen way", what=what, **of, **where(error))
    return said or answers.TROUBLE


def _only_input(at: Interaction) -> bool:
    """Inputs inside forms report each choice too; only their submission counts."""
    return at.in_modal and at.action_id.startswith("input")


def _view(context: SlackContext, callback_id: str) -> Callable[..., Awaitable[None]]:
    async def listener(ack: Ack, body: Body) -> None:
        at = interaction(body)
        try:
            answer = await FORMS[callback_id](context, at) if callback_id in FORMS else {}
        except Exception as error:  # noqa: BLE001 the outermost place
            answer = update(sentence_modal(_stopped(error, "form", form=callback_id)))
        await ack(**answer)

    return listener


def _command(context: SlackContext) -> Callable[..., Awaitable[None]]:
    async def listener(ack: Ack, body: Body) -> None:
        try:
            answer = await commands.approvals(context, body)
        except Exception as error:  # noqa: BLE001 the outermost place
            answer = {"text": _stopped(error, "command")}
        # Where a form answers, the acknowledgement is empty: Slack would show a message of it otherwise.
        await (ack(response_type="ephemeral", **answer) if answer else ack())

    return listener


def _home(context: SlackContext) -> Callable[..., Awaitable[None]]:
    async def listener(ack: Ack, body: Body) -> None:
        context.later(finder.show_home(context, body))
        await ack()

    return listener


def _joined(context: SlackContext, channels: Channels) -> Callable[..., Awaitable[None]]:
    """Of everybody who joins a channel we are in Slack tells us; only that we do so ourselves is of any use."""

    async def listener(ack: Ack, body: Body) -> None:
        event, known = body.get("event"), context.identity()
        if isinstance(event, Mapping) and known is not None and event.get("user") == known.bot_user:
            context.later(channels.joined(str(event.get("channel"))))
        await ack()

    return listener


async def _unknown_command(ack: Ack) -> None:
    await ack(response_type="ephemeral", text=answers.UNKNOWN_COMMAND)


async def _nothing(ack: Ack) -> None:
    await ack()


async def _fault(error: Exception) -> BoltResponse:
    log.error("Bolt could not dispatch a request", error=type(error).__name__)
    return BoltResponse(status=200, body="")


def _authorizer(identity: Callable[[], Identity | None], token: str) -> Callable[..., Awaitable[AuthorizeResult]]:
    """One workspace, one token: no look-up at Slack for each request."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        known = identity()
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=token,
            bot_id=known.bot_id if known else None,
            bot_user_id=known.bot_user if known else None,
        )

    return authorize


def _ours_only(identity: Callable[[], Identity | None]) -> Callable[..., Awaitable[Any]]:
    """Drops what was signed for another workspace or another app; it is answered, and does nothing."""

    async def middleware(body: Body, ack: Ack, next: Callable[[], Awaitable[Any]]) -> BoltResponse | None:  # noqa: A002 Bolt's name
        known = identity()
        if known is None or not addressed_to(known, body):
            log.warning("dropped a request for another workspace or app")
            return await ack()
        await next()
        return None

    return middleware


def addressed_to(known: Identity, body: Body) -> bool:
    """Whether the payload names our workspace (or organisation) and our app."""
    team, enterprise = body.get("team"), body.get("enterprise")
    named = (
        *((team.get("id"), team.get("enterprise_id")) if isinstance(team, Mapping) else (team,)),
        enterprise.get("id") if isinstance(enterprise, Mapping) else enterprise,
        body.get("team_id"),
        body.get("enterprise_id"),
    )
    homes = [home for home in (known.team_id, known.enterprise_id) if home is not None]
    app_id = body.get("api_app_id")
    return any(name in homes for name in named) and app_id == known.app_id


def _quiet_logger() -> logging.Logger:
    logger = logging.getLogger("slack_bolt.signoff")
    logger.setLevel(logging.ERROR)  # at lower levels Bolt logs bodies of requests
    return logger


__all__ = ["addressed_to", "build_app"]
