"""How a listener answers: a value that says what to show, and the one place that shows it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.calls import SECONDS, SlackFault, call
from bot.slack.interaction import Interaction
from bot.slack.modals import sentence

View: TypeAlias = dict[str, Any]
TRIGGER_SECONDS = 2.5
"""A trigger id lives three seconds; a call that takes longer has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One private sentence, where the person clicked."""

    text: str
    title: str = "Signoff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A modal; `then` runs once it stands, with its view id, and may replace it."""

    view: View
    then: Callable[[str], Awaitable["View | None"]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """New content for the modal in which the click happened."""

    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class Relist:
    """New content for the ephemeral list in which the click happened."""

    blocks: list[dict[str, Any]]
    text: str


Reply: TypeAlias = Say | Open | Show | Relist | None


async def deliver(client: AsyncWebClient, at: Interaction, reply: Reply) -> None:
    """Shows the reply; raises SlackFault."""
    match reply:
        case None:
            return
        case Open(view=view, then=then):
            await _open(client, at, view, then)
        case Show(view=view):
            await call(client, "views_update", view_id=at.view_id, view=view)
        case Relist(blocks=blocks, text=text):
            await _respond(at, {"replace_original": True, "blocks": blocks, "text": text})
        case Say():
            await _say(client, at, reply)


async def _open(
    client: AsyncWebClient, at: Interaction, view: View, then: Callable[[str], Awaitable[View | None]] | None
) -> None:
    method = "views_push" if at.in_modal else "views_open"
    answer = await call(client, method, seconds=TRIGGER_SECONDS, trigger_id=at.trigger_id, view=view)
    if then is None:
        return
    view_id = str(_view_of(answer).get("id") or "")
    replacement = await then(view_id)
    if replacement is not None:
        await call(client, "views_update", view_id=view_id, view=replacement)


async def _say(client: AsyncWebClient, at: Interaction, said: Say) -> None:
    if at.in_modal:
        await call(client, "views_update", view_id=at.view_id, view=sentence(said.title, said.text))
    elif at.channel is not None and not at.ephemeral:
        below = at.thread_ts if at.thread_ts != at.message_ts else None
        await call(client, "chat_postEphemeral", channel=at.channel, user=at.user, text=said.text, thread_ts=below)
    elif at.response_url is not None:
        await _respond(at, {"replace_original": False, "response_type": "ephemeral", "text": said.text})
    else:
        await call(
            client,
            "views_open",
            seconds=TRIGGER_SECONDS,
            trigger_id=at.trigger_id,
            view=sentence(said.title, said.text),
        )


async def _respond(at: Interaction, body: Mapping[str, Any]) -> None:
    if at.response_url is None:
        structlog.get_logger("slack").warning("no response_url to answer at", action=at.action_id)
        return
    webhook = AsyncWebhookClient(at.response_url, timeout=int(SECONDS), retry_handlers=[])
    try:
        answer = await webhook.send_dict(dict(body))
    except (OSError, TimeoutError, ValueError) as error:
        raise SlackFault(f"response_url: {type(error).__name__}") from None
    if answer.status_code != 200:
        raise SlackFault(f"response_url answered {answer.status_code}")


def _view_of(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    view = answer.get("view")
    return view if isinstance(view, Mapping) else {}
