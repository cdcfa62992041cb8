"""Person API under `/_person/`: what the page calls, JSON in and out."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.deliver import Delivery
from sandbox.people.person import Person
from sandbox.people.screen import screen

Json = dict[str, Any]

STREAM_SECONDS = 15


class PersonApi:
    """Turns the page's calls into what a person does."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.workspace = person.workspace

    def routes(self) -> list[web.RouteDef]:
        """All of the page's addresses."""
        acts: dict[str, Callable[[Json], Awaitable[Delivery | None]]] = {
            "click": self._click,
            "submit": self._submit,
            "close": self._close,
            "command": self._command,
            "home": self._home,
            "say": self._say,
            "read": self._read,
        }
        return [
            web.get("/_person/state", self._state),
            web.get("/_person/changes", self._changes),
            *(web.post(f"/_person/{name}", self._act(act)) for name, act in acts.items()),
        ]

    async def _state(self, request: web.Request) -> web.Response:
        user_id = request.query.get("user", "")
        if user_id not in self.workspace.users:
            people = [user.id for user in self.workspace.users.values() if not user.is_bot]
            answer = {"ok": False, "error": f"no user {user_id!r}", "users": people}
            return web.json_response(answer, status=404)
        return web.json_response(screen(self.workspace, user_id))

    async def _changes(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await stream.prepare(request)
        version = self.workspace.changes.version
        while not self.workspace.changes.over:
            try:
                await stream.write(f"data: {json.dumps({'version': version})}\n\n".encode())
                version = await self._next(version)
            except ConnectionError:
                break
        return stream

    async def _next(self, version: int) -> int:
        changes = self.workspace.changes
        if changes.version == version:
            with contextlib.suppress(TimeoutError):  # then the same version again keeps the stream alive
                async with asyncio.timeout(STREAM_SECONDS):
                    await changes.wait()
        return changes.version

    def _act(
        self, act: Callable[[Json], Awaitable[Delivery | None]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def respond(request: web.Request) -> web.Response:
            try:
                delivery = await act(await request.json())
            except KeyError as missing:
                return web.json_response({"ok": False, "error": f"{missing} is missing"}, status=400)
            except (ValueError, LookupError, TypeError) as wrong:
                return web.json_response({"ok": False, "error": str(wrong)}, status=400)
            return web.json_response(_delivery_json(delivery))

        return respond

    async def _click(self, body: Json) -> Delivery:
        press = {
            "action_id": body["action_id"],
            "block_id": body.get("block_id"),
            "value": None,
            "chosen": _chosen(body),
        }
        user = self.person.user(body["user"])
        where = body.get("where", "message")
        if where == "message":
            return await self.person.click_message(user.id, body["channel"], body["ts"], press)
        if where == "ephemeral":
            return await self.person.click_ephemeral(user.id, body["id"], press)
        modals = self.person.modals
        if where not in ("modal", "home"):
            raise LookupError(f"no place {where!r}; there is message, ephemeral, modal, home")
        shown = modals.top(user.id) if where == "modal" else modals.home(user.id)
        return await modals.click(user, shown, press)

    async def _submit(self, body: Json) -> Delivery:
        user = self.person.user(body["user"])
        self.person.modals.set_state(user.id, body.get("state") or {})
        return await self.person.modals.submit(user)

    async def _close(self, body: Json) -> Delivery | None:
        return await self.person.modals.close(self.person.user(body["user"]))

    async def _command(self, body: Json) -> Delivery:
        word, _, text = str(body["text"]).strip().partition(" ")
        return await self.person.command(body["user"], body["channel"], word, text)

    async def _home(self, body: Json) -> Delivery:
        return await self.person.open_home(body["user"])

    async def _say(self, body: Json) -> None:
        self.person.say(body["user"], body["channel"], str(body["text"]), body.get("thread_ts"))

    async def _read(self, body: Json) -> None:
        channel = self.person.channel(body["user"], body["channel"])
        last = channel.messages[-1]["ts"] if channel.messages else ""
        if self.workspace.read.get((body["user"], channel.id), "") != last:
            self.workspace.read[body["user"], channel.id] = last
            self.workspace.changes.bump()


def _chosen(body: Json) -> Any:
    for key in (
        "selected_option",
        "selected_options",
        "selected_date",
        "selected_time",
        "selected_date_time",
        "selected_user",
        "selected_users",
        "selected_conversation",
        "selected_channel",
    ):
        if key in body:
            return body[key]
    return body.get("value")


def _delivery_json(delivery: Delivery | None) -> Json:
    if delivery is None:
        return {"ok": True}
    failed = delivery.failure or (None if delivery.acknowledged else "not_sent")
    answer: Json = {"ok": failed is None and not delivery.errors}
    if delivery.errors:
        answer["errors"] = delivery.errors
    elif failed:
        answer["error"] = failed
    return answer
