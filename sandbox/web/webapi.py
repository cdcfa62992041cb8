"""Web API calls: who calls, whether they may, the answer, and the fault that strikes."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.errors import SlackError
from sandbox.faults import Fault, Faults
from sandbox.web import conversations, directory, files, messages, sockets, views
from sandbox.web.arguments import Arguments, read_arguments
from sandbox.web.limits import Limits
from sandbox.web.methods import METHODS, Method
from sandbox.workspace import Call, Workspace

Json = dict[str, Any]

FAMILIES = (conversations, directory, files, messages, sockets, views)  # importing them fills the table
INSTEAD = frozenset({"429", "500", "html", "empty", "ok_false", "drop_before", "hang"})


class WebApi:
    """`/api/<method>` as Slack answers it, with the log of all calls."""

    def __init__(self, workspace: Workspace, faults: Faults) -> None:
        self.workspace = workspace
        self.faults = faults
        self.limits = Limits(workspace)

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        name = request.match_info["method"]
        method = METHODS.get(name)
        try:
            arguments, token = await read_arguments(request, takes_json=bool(method and method.takes_json))
        except SlackError as refused:
            return self._reply(name, Arguments(), refused.answer())
        channel = str(arguments.get("channel") or "")
        fault = self.faults.take(name, channel)
        if fault is not None and fault.kind in INSTEAD:
            return await self._suffer(request, name, arguments, fault)
        seconds = self.limits.wait(name, channel)
        if seconds is not None:
            return self._limited(name, arguments, seconds)
        answer = self._call(method, arguments, token)
        if fault is not None and fault.kind == "duplicate" and answer["ok"]:
            answer = self._call(method, arguments, token)
        if fault is not None and fault.kind in ("drop_after", "hang_after"):
            self._log(name, arguments, None, None)
            return await self._drop(request, hang=fault.kind == "hang_after")
        if self._charset_missing(request):
            answer = {**answer, "warning": "missing_charset"}
        return self._reply(name, arguments, answer)

    def _call(self, method: Method | None, arguments: Arguments, token: str | None) -> Json:
        if method is None:
            return SlackError("unknown_method").answer()
        try:
            kind = self._admit(method, token)
            if method.name == "auth.test" and kind == "app":
                return {"ok": True, **directory.app_test(self.workspace)}
            # what the answer shows must not change with what is stored
            answer: Json = json.loads(json.dumps({"ok": True, **method.act(self.workspace, arguments)}))
        except SlackError as refused:
            return refused.answer()
        return answer

    def _admit(self, method: Method, token: str | None) -> str:
        if not token:
            raise SlackError("not_authed")
        kinds = {self.workspace.bot_token: "bot", self.workspace.app_token: "app"}
        kind = kinds.get(token)
        if kind is None:
            raise SlackError("invalid_auth")
        if method.token != kind and method.name != "auth.test":
            raise SlackError("not_allowed_token_type")
        granted = self.workspace.scopes if kind == "bot" else self.workspace.app_scopes
        missing = [scope for scope in method.scopes if scope not in granted]
        if missing:
            raise SlackError("missing_scope", needed=",".join(missing), provided=",".join(sorted(granted)))
        return kind

    @staticmethod
    def _charset_missing(request: web.Request) -> bool:
        return request.content_type == "application/json" and request.charset is None

    def _reply(self, name: str, arguments: Arguments, answer: Json) -> web.Response:
        headers = {"x-slack-req-id": self.workspace.new_id("R")}
        headers["x-oauth-scopes"] = ",".join(sorted(self.workspace.scopes))
        method = METHODS.get(name)
        if method is not None and method.scopes:
            headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
        self._log(name, arguments, answer, 200)
        return web.json_response(answer, headers=headers)

    def _limited(self, name: str, arguments: Mapping[str, Any], seconds: int) -> web.Response:
        answer = {"ok": False, "error": "ratelimited"}
        self._log(name, arguments, answer, 429)
        return web.json_response(answer, status=429, headers={"Retry-After": str(seconds)})

    async def _suffer(self, request: web.Request, name: str, arguments: Arguments, fault: Fault) -> web.StreamResponse:
        if fault.kind == "429":
            return self._limited(name, arguments, fault.retry_after)
        if fault.kind == "ok_false":
            return self._reply(name, arguments, {"ok": False, "error": fault.error})
        if fault.kind in ("drop_before", "hang"):
            self._log(name, arguments, None, None)
            return await self._drop(request, hang=fault.kind == "hang")
        bodies = {
            "500": (500, '{"ok":false,"error":"internal_error"}', "application/json"),
            "html": (200, "<!DOCTYPE html><html><body>Server Error</body></html>", "text/html"),
            "empty": (200, "", "application/json"),
        }
        status, body, kind = bodies[fault.kind]
        self._log(name, arguments, body, status)
        return web.Response(status=status, text=body, content_type=kind)

    async def _drop(self, request: web.Request, *, hang: bool) -> web.StreamResponse:
        if hang:
            await self.faults.hang()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _log(self, name: str, arguments: Mapping[str, Any], answer: Any, status: int | None) -> None:
        self.workspace.calls.append(
            Call(at=self.workspace.clock(), method=name, args=dict(arguments), answer=answer, status=status)
        )
        self.workspace.changes.bump()
