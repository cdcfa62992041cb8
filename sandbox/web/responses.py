"""Response URLs: five answers in thirty minutes to whoever did something."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.blockkit.normalise import keep_markup
from sandbox.errors import SlackError
from sandbox.web.messages import bot_message, change, checked_blocks, find_message, put, remove, show_ephemeral
from sandbox.workspace import Channel, Workspace

Json = dict[str, Any]

USES = 5
SECONDS = 30 * 60


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """One address: for whom, where, about which message, how often used."""

    user: str
    channel: str
    message_ts: str | None
    ephemeral: bool
    at: float
    uses: int = 0


class ResponseUrls:
    """The addresses given out."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._addresses: dict[str, ResponseUrl] = {}

    def new(self, user: str, channel: str, message: Json | None = None) -> str:
        """A fresh address for what `user` did in `channel`, or on `message` there."""
        key = secrets.token_urlsafe(16)
        self._addresses[key] = ResponseUrl(
            user=user,
            channel=channel,
            message_ts=message["ts"] if message else None,
            ephemeral=bool(message and message.get("is_ephemeral")),
            at=self.workspace.clock(),
        )
        return f"{self.workspace.url}/_response/{key}"

    async def respond(self, request: web.Request) -> web.Response:
        """Take one POST to such an address."""
        try:
            self.use(request.match_info["key"], json.loads(await request.read()))
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        except SlackError as refused:
            status = 404 if refused.error in ("used_url", "expired_url") else 400
            return web.json_response(refused.answer(), status=status)
        return web.Response(text="ok")

    def use(self, key: str, body: Any) -> None:
        """Do what the body asks for; refuses a used-up or expired address."""
        if not isinstance(body, dict):
            raise SlackError("invalid_payload")
        address = self._addresses.get(key)
        if address is None or self.workspace.clock() - address.at > SECONDS:
            raise SlackError("expired_url")
        if address.uses >= USES:
            raise SlackError("used_url")
        address.uses += 1
        if body.get("delete_original") is True:
            self._delete(address)
        else:
            self.answer(address, body)

    def answer(self, address: ResponseUrl, body: Json) -> None:
        """Replace the message it is about, or post: to one person unless `in_channel`."""
        blocks = checked_blocks(body.get("blocks"))
        text = body.get("text") or ""
        if not isinstance(text, str) or not (text or blocks):
            raise SlackError("no_text")
        channel = self.workspace.channels[address.channel]
        if body.get("replace_original") is True and address.message_ts:
            self._replace(address, channel, keep_markup(text), blocks)
            return
        message = bot_message(self.workspace, keep_markup(text), blocks)
        thread_ts = body.get("thread_ts")
        if body.get("response_type") == "in_channel":
            put(self.workspace, channel, message, thread_ts)
        else:
            show_ephemeral(self.workspace, address.channel, address.user, message, thread_ts)

    def command_answer(self, user: str, channel: str, body: Json) -> None:
        """What the body of a slash command's acknowledgement says."""
        address = ResponseUrl(user=user, channel=channel, message_ts=None, ephemeral=False, at=0)
        self.answer(address, body)

    def _original(self, address: ResponseUrl) -> Json:
        if address.ephemeral:
            shown = [m for m in self.workspace.ephemerals if m["ts"] == address.message_ts]
            found = shown[0] if shown else None
        else:
            found = find_message(self.workspace.channels[address.channel], address.message_ts or "")
        if found is None:
            raise SlackError("message_not_found")
        return found

    def _replace(self, address: ResponseUrl, channel: Channel, text: str, blocks: list[Json] | None) -> None:
        original = self._original(address)
        if not address.ephemeral and original.get("bot_id") != self.workspace.bot_id:
            raise SlackError("cant_update_message")
        if channel.is_archived:
            raise SlackError("is_archived")
        # unlike chat.update, this puts the new content in place of all of the old
        change(self.workspace, original, text, blocks or [])

    def _delete(self, address: ResponseUrl) -> None:
        original = self._original(address)
        if address.ephemeral:
            self.workspace.ephemerals.remove(original)
            self.workspace.changes.bump()
        else:
            remove(self.workspace, self.workspace.channels[address.channel], original)
