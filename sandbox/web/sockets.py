"""Socket Mode: tickets, connections, envelopes and their acknowledgements."""

import asyncio
import json
import random
import secrets
import uuid
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.web.arguments import Arguments
from sandbox.web.methods import method
from sandbox.workspace import Workspace

Json = dict[str, Any]

MOST = 10
HEARTBEAT_SECONDS = 20.0
CONNECTION_SECONDS = 18060


class SocketGone(Exception):
    """The connection went away before it acknowledged."""


@method("apps.connections.open", "connections:write", token="app")  # noqa: S106 - a kind of token
def connections_open(workspace: Workspace, _arguments: Arguments) -> Json:
    """Give out an address that opens one socket."""
    ticket = secrets.token_hex(16)
    workspace.tickets.add(ticket)
    address = workspace.url.replace("http", "ws", 1)
    return {"url": f"{address}/_socket?ticket={ticket}&app_id={workspace.app_id}"}


class Sockets:
    """The open connections; each payload goes to one of them, at random."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.open: list[web.WebSocketResponse] = []
        self._waiting: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Any]]] = {}
        self._requests: dict[web.WebSocketResponse, web.Request] = {}

    @property
    def count(self) -> int:
        """How many connections are open."""
        return len(self.open)

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.workspace.tickets:
            return web.Response(status=404, text="unknown ticket")
        self.workspace.tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS)
        await socket.prepare(request)
        if self.count >= MOST:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self.open.append(socket)
        self._requests[socket] = request
        self.workspace.changes.bump()
        try:
            await socket.send_json(self._hello())
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(message.data)
        finally:
            self._forget(socket)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.count,
            "debug_info": self._debug(),
            "connection_info": {"app_id": self.workspace.app_id},
        }

    @staticmethod
    def _debug() -> Json:
        return {
            "host": "applink-sandbox",
            "build_number": 1,
            "approximate_connection_time": CONNECTION_SECONDS,
        }

    def _acknowledge(self, text: str) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            return
        envelope_id = said.get("envelope_id") if isinstance(said, dict) else None
        waiting = self._waiting.get(envelope_id) if isinstance(envelope_id, str) else None
        if waiting is not None and not waiting[1].done():
            waiting[1].set_result(said.get("payload"))

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self.open:
            self.open.remove(socket)
        self._requests.pop(socket, None)
        for holder, answer in self._waiting.values():
            if holder is socket and not answer.done():
                answer.set_exception(SocketGone())
        self.workspace.changes.bump()

    async def send(self, kind: str, payload: Json, *, retry: tuple[int, str] | None = None) -> Any:
        """Send one envelope to one connection and return the payload of its acknowledgement.

        Raises SocketGone when the connection ends first; waits as long as the caller lets it.
        """
        # Slack spreads payloads over the connections; no secret hangs on which
        socket = random.choice(self.open)  # noqa: S311
        envelope_id = str(uuid.uuid4())
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
            "payload": payload,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry[0] if retry else 0, "retry_reason": retry[1] if retry else ""}
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = (socket, answer)
        try:
            await socket.send_json(envelope)
            return await answer
        except ConnectionError:
            raise SocketGone from None
        finally:
            del self._waiting[envelope_id]

    def drop(self) -> None:
        """Cut every connection without a word, as a failing network does."""
        for request in list(self._requests.values()):
            if request.transport is not None:
                request.transport.abort()

    async def refresh(self, reason: str) -> None:
        """Ask every client to come back on a new connection: `refresh_requested` or `warning`."""
        for socket in list(self.open):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": self._debug()})

    async def close(self) -> None:
        """Say goodbye to every connection."""
        for socket in list(self.open):
            await socket.close()
