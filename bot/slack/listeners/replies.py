"""Replies of a listener: values that say what to show, and the one place that shows them.

Of a form that was sent, what goes back is Bolt's acknowledgement itself: that is how Slack shows it.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from approvals.ports import Damaged, PolicyReplaced, StoreBusy, WorkLimit, WorkRefused
from approvals.refusals import Refusal
from bot.slack.blockkit.modals import sentence_modal, with_note
from bot.slack.web.client import SECONDS, Denied, SlackFault, Unclear, call
from bot.slack.web.interaction import Interaction
from bot.slack.words import answers, refusals

if TYPE_CHECKING:
    from bot.slack.context import SlackContext

View: TypeAlias = dict[str, Any]
TRIGGER_SECONDS = 2.5
"""A trigger id lives three seconds; a call that takes longer has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One private sentence, where the person clicked."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A modal; `then` runs once it stands, with its view id, and may replace it, also by raising Refusal."""

    view: View = field(default_factory=lambda: sentence_modal(answers.ONE_MOMENT))
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
Acknowledgement: TypeAlias = dict[str, Any]
"""The keyword arguments of Bolt's `ack` for a form that was sent."""
Handler: TypeAlias = "Callable[[SlackContext, Interaction], Awaitable[Reply]]"
Submission: TypeAlias = "Callable[[SlackContext, Interaction], Awaitable[Acknowledgement]]"
CLEAR: Acknowledgement = {"response_action": "clear"}
"""Closes all modals of the person."""


def update(view: View) -> Acknowledgement:
    """Puts a view in the place of the form."""
    return {"response_action": "update", "view": view}


def push(view: View) -> Acknowledgement:
    """Puts a view above the form."""
    return {"response_action": "push", "view": view}


def errors(faults: Mapping[str, str]) -> Acknowledgement:
    """Keeps the form as it is, with what is wrong beside the blocks of these ids."""
    return {"response_action": "errors", "errors": dict(faults)}


def trouble(error: Exception) -> str | None:
    """What whoever clicked, typed or sent something reads of what stopped it; None for what nobody foresaw."""
    match error:
        case Refusal():
            return refusals.refusal(error)
        case PolicyReplaced():
            return answers.POLICY_REPLACED
        case StoreBusy():
            return answers.BUSY
        case Damaged():
            return answers.DAMAGED
        case WorkLimit() | WorkRefused():
            return answers.TOO_MUCH
        case _:
            return None


async def deliver(client: AsyncWebClient, at: Interaction, reply: Reply) -> None:
    """Shows the reply; raises SlackFault, having told whoever clicked where no modal was opened for them."""
    match reply:
        case None:
            return
        case Open(view=view, then=then):
            try:
                view_id = await open_modal(client, at, view)
            except SlackFault as fault:
                await _not_opened(client, at, fault)
                raise
            if then is not None:
                await fill(client, view_id, then)
        case Show(view=view):
            await call(client, "views_update", view_id=at.view_id, view=view)
        case Relist(blocks=blocks, text=text):
            await _respond(client, at, {"replace_original": True, "blocks": blocks, "text": text})
        case Say():
            await _say(client, at, reply)


async def open_modal(client: AsyncWebClient, at: Interaction, view: View, *, recall: float = SECONDS) -> str:
    """Has Slack open a modal on what the person just did, and gives its view id; raises SlackFault.

    Where Slack's answer is lost, the modal may stand there all the same. Then it is looked for within `recall` seconds,
    by a name made of the trigger, which opens one modal and no other.
    """
    if not at.trigger_id:
        raise SlackFault("no trigger to open a modal on")
    method = "views_push" if at.in_modal else "views_open"
    external_id = hashlib.sha256(at.trigger_id.encode()).hexdigest()
    view = {**view, "external_id": external_id}
    try:
        answer = await call(client, method, seconds=TRIGGER_SECONDS, trigger_id=at.trigger_id, view=view)
    except Unclear as lost:
        try:
            answer = await call(client, "views_update", seconds=recall, external_id=external_id, view=view)
        except SlackFault as fault:
            raise (fault if isinstance(fault, Denied) and fault.error == "not_found" else lost) from None
    return str(_view_of(answer).get("id") or "")


async def _not_opened(client: AsyncWebClient, at: Interaction, fault: SlackFault) -> None:
    """Says so where the click was: in a modal and on the home tab above what stands there, so that nothing is lost."""
    said = answers.CLOSE_AND_CLICK_AGAIN if isinstance(fault, Unclear) else answers.CLICK_AGAIN
    if at.view is None:
        await _say(client, at, Say(text=said))
        return
    view = with_note(at.view, said)
    if at.in_modal:
        await call(client, "views_update", view_id=at.view_id, view=view)
    else:
        await call(client, "views_publish", user_id=at.user, view=view)


async def fill(client: AsyncWebClient, view_id: str, then: Callable[[str], Awaitable[View | None]]) -> None:
    """Puts into an open modal what belongs there; whoever looks at it is told where that fails. Raises SlackFault."""
    try:
        replacement = await then(view_id)
    except Exception as error:
        said = trouble(error)
        if said is None:
            raise
        replacement = sentence_modal(said)
    if replacement is not None:
        await call(client, "views_update", view_id=view_id, view=replacement)


async def _say(client: AsyncWebClient, at: Interaction, said: Say) -> None:
    if at.in_modal:
        await call(client, "views_update", view_id=at.view_id, view=sentence_modal(said.text))
    elif at.channel is not None and not at.ephemeral:
        below = at.thread_ts if at.thread_ts != at.message_ts else None
        await call(client, "chat_postEphemeral", channel=at.channel, user=at.user, text=said.text, thread_ts=below)
    elif at.response_url is not None:
        await _respond(client, at, {"replace_original": False, "response_type": "ephemeral", "text": said.text})
    else:
        await call(
            client,
            "views_open",
            seconds=TRIGGER_SECONDS,
            trigger_id=at.trigger_id,
            view=sentence_modal(said.text),
        )


async def tell(client: AsyncWebClient, response_url: str | None, blocks: list[dict[str, Any]], text: str) -> None:
    """One more private message where a command was typed; raises SlackFault."""
    at = Interaction(user="", team="", response_url=response_url)
    body = {"replace_original": False, "response_type": "ephemeral", "blocks": blocks, "text": text}
    await _respond(client, at, body)


async def _respond(client: AsyncWebClient, at: Interaction, body: Mapping[str, Any]) -> None:
    if at.response_url is None:
        structlog.get_logger("slack").warning("no response_url to answer at", action=at.action_id)
        return
    if not of_slack(at.response_url, client.base_url):
        raise SlackFault("a response_url that is not Slack's: what people may read goes nowhere else")
    webhook = AsyncWebhookClient(at.response_url, timeout=int(SECONDS), retry_handlers=[])
    try:
        answer = await webhook.send_dict(dict(body))
    except (OSError, TimeoutError, ValueError) as error:
        raise SlackFault(f"response_url: {type(error).__name__}") from None
    if answer.status_code != 200:
        raise SlackFault(f"response_url answered {answer.status_code}")


def of_slack(response_url: str, base_url: str) -> bool:
    """Whether answers to what people did may be posted there: where the Web API is, or at its `hooks.` host."""
    try:
        there, api = urlsplit(response_url), urlsplit(base_url)
    except ValueError:
        return False
    if there.username is not None or there.password is not None:
        return False
    return (there.scheme, there.netloc) in ((api.scheme, api.netloc), ("https", f"hooks.{api.netloc}"))


def _view_of(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    view = answer.get("view")
    return view if isinstance(view, Mapping) else {}
