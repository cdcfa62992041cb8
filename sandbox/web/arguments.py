"""Arguments of a Web API call, from query, form or JSON."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.errors import SlackError

FORM = ("application/x-www-form-urlencoded", "multipart/form-data")


class Arguments(dict[str, Any]):
    """What a method was called with; the readers refuse what Slack would refuse."""

    def text(self, key: str, default: str = "") -> str:
        """A string argument; numbers in JSON count as their text."""
        value = self.get(key)
        if value is None:
            return default
        if isinstance(value, bool | dict | list):
            raise SlackError("invalid_arguments", response_metadata=_pointing("must be a string", key))
        return str(value)

    def need(self, key: str) -> str:
        """A string argument that must be there."""
        value = self.text(key)
        if not value:
            message = f"[ERROR] missing required field: {key}"
            raise SlackError("invalid_arguments", response_metadata={"messages": [message]})
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """A boolean argument: `true`, `1` and `t` in forms."""
        value = self.get(key)
        if value is None:
            return default
        return value is True or str(value).lower() in ("true", "1", "t")

    def number(self, key: str, default: int) -> int:
        """A whole number."""
        value = self.text(key)
        try:
            return int(value) if value else default
        except ValueError:
            message = _pointing("must be an integer", key)
            raise SlackError("invalid_arguments", response_metadata=message) from None

    def structure(self, key: str, error: str) -> Any:
        """An object or list: as it is in JSON, written out as JSON in a form; else `error`."""
        value = self.get(key)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise SlackError(error) from None


def _pointing(sentence: str, key: str) -> dict[str, list[str]]:
    return {"messages": [f"[ERROR] {sentence} [json-pointer:/{key}]"]}


async def read_arguments(request: web.Request, *, takes_json: bool) -> tuple[Arguments, str | None]:
    """The arguments and the token of a request.

    JSON counts only for methods that take it, and never carries the token.
    """
    arguments = Arguments(request.query)
    kind = request.content_type
    if request.method == "POST" and kind in FORM:
        form = await _form(request)
        arguments.update({key: value for key, value in form.items() if isinstance(value, str)})
    token = arguments.pop("token", None)
    if request.method == "POST" and kind == "application/json" and takes_json:
        arguments.update(await _json_body(request))
        arguments.pop("token", None)
    return arguments, bearer(request.headers) or token


async def _form(request: web.Request) -> Mapping[str, Any]:
    try:
        return await request.post()
    except ValueError:
        raise SlackError("invalid_form_data") from None


async def _json_body(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError):
        raise SlackError("invalid_json") from None
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body


def bearer(headers: Mapping[str, str]) -> str | None:
    """The token of an Authorization header."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
