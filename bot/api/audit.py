"""Audit endpoints: the log for auditors, each entry as it is stored, so that they can verify the chain themselves."""

import asyncio
import json
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from bot.api.auth import auditor_of
from bot.api.context import API, CALLER, STREAMS
from bot.api.listing import limit_of, number_of, parameters
from bot.api.long_poll import hung_up
from bot.api.problems import Problem, invalid, retry_after
from bot.audit_export import Exported, Period, export_pages, exported, moment_named
from bot.ocsf import ocsf

if TYPE_CHECKING:
    from collections.abc import Iterator

log = structlog.get_logger("api")
NDJSON = "application/x-ndjson"
EXPORTS = 2
"""Of one auditor at once."""


async def entries(request: web.Request) -> web.Response:
    """`GET /v1/audit`: the entries after one of them, in order, and where to go on."""
    api = request.app[API]
    query = parameters(request, "after", "limit")
    after = number_of("after", query.get("after", "0"))
    page = await api.store.audit.page(after, limit_of(query.get("limit")))
    if after > page.head:
        raise _beyond(after, page.head)
    body = {
        "entries": [each.as_stored() for each in await exported(api.store, page.entries, api.veil)],
        "next_after": page.entries[-1].seq if page.entries else after,
        "head": page.head,
    }
    return web.json_response(text=json.dumps(body, ensure_ascii=False, allow_nan=False))


async def export(request: web.Request) -> web.StreamResponse:
    """`GET /v1/audit/export`: those of a period, a line each, streamed; a body that ends well has all of them."""
    api = request.app[API]
    query = parameters(request, "since", "until", "after", "format")
    period, shown = _period(request), _format(query.get("format", "jsonl"), api.version)
    after = number_of("after", query.get("after", "0"))
    head = await api.store.audit.head()
    if after > (newest := 0 if head is None else head.seq):
        raise _beyond(after, newest)
    if request.method == "HEAD":
        return web.Response(content_type=NDJSON)
    with _counted(request):
        response = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
        response.content_type = NDJSON
        response.enable_chunked_encoding()
        await response.prepare(request)
        try:
            async for page in export_pages(api.store, api.veil, period, after=after):
                auditor_of(request, api.policy())
                lines = [json.dumps(shown(each), allow_nan=False) + "\n" for each in page.found]
                async with asyncio.timeout(api.limits.stalled):
                    await response.write("".join(lines).encode())
            await response.write_eof()
        except Exception as fault:  # noqa: BLE001 whatever it is, the reader must not take what it has for all
            # Not the message: it may quote a payload.
            log.warning("an export of the audit log was cut off", fault=type(fault).__name__)
            if request.transport is not None:
                request.transport.abort()
    return response


def _period(request: web.Request) -> Period:
    now = request.app[API].lifecycle.clock.now()
    found = {}
    for name in ("since", "until"):
        if (said := request.query.get(name)) is not None:
            try:
                found[name] = moment_named(said, now)
            except ValueError as wrong:
                raise invalid(f"{name}: {wrong}.") from None
    return Period(**found)


def _format(name: str, version: str) -> Callable[[Exported], dict[str, Any]]:
    if name == "jsonl":
        return Exported.as_stored
    if name == "ocsf":
        return lambda each: ocsf(each, version)
    raise invalid("format is one of jsonl, ocsf.")


@contextmanager
def _counted(request: web.Request) -> "Iterator[None]":
    open_now = request.app[STREAMS].setdefault(request[CALLER], [])
    if sum(not hung_up(each) for each in open_now) >= EXPORTS:
        detail = f"{EXPORTS} exports of yours are under way. Read one to its end, or close it, then ask again."
        raise Problem(slug="rate-limit", detail=detail, headers=retry_after(1))
    open_now.append(request)
    try:
        yield
    finally:
        open_now.remove(request)


def _beyond(after: int, head: int) -> Problem:
    detail = (
        f"You ask for what follows entry {after}, and the newest entry is {head}. If entry {after} was ever given to "
        "you, the end of the log is missing: tell whoever runs Signoff, who looks with signoff audit verify."
    )
    return Problem(slug="unknown-entry", detail=detail)
