"""Audit endpoint: the log for auditors, each entry as it is stored, so that they can verify the chain by themselves."""

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.api.context import API
from bot.api.listing import limit_of, number_of, parameters
from bot.api.problems import Problem

if TYPE_CHECKING:
    from storage import Entry


async def entries(request: web.Request) -> web.Response:
    """`GET /v1/audit`: the entries after one of them, in order, and where to go on."""
    query = parameters(request, "after", "limit")
    after = number_of("after", query.get("after", "0"))
    page = await request.app[API].store.audit.page(after, limit_of(query.get("limit")))
    if after > page.head:
        raise _beyond(after, page.head)
    body = {
        "entries": [_shown(entry) for entry in page.entries],
        "next_after": page.entries[-1].seq if page.entries else after,
        "head": page.head,
    }
    return web.json_response(text=json.dumps(body, ensure_ascii=False, allow_nan=False))


def _beyond(after: int, head: int) -> Problem:
    detail = (
        f"You ask for what follows entry {after}, and the newest entry is {head}. If entry {after} was ever given to "
        "you, the end of the log is missing: tell whoever runs Signoff, who looks with signoff audit verify."
    )
    return Problem(slug="unknown-entry", detail=detail)


def _shown(entry: "Entry") -> dict[str, Any]:
    """Every column. JSON stays the text that the hash was made over."""
    return {
        "seq": entry.seq,
        "id": entry.id,
        "at": entry.at,
        "tag": entry.tag,
        "proposal_id": entry.proposal_id,
        "revision": entry.revision,
        "actor_kind": entry.actor_kind,
        "actor_id": entry.actor_id,
        "actor_team": entry.actor_team,
        "actor_proof": entry.actor_proof,
        "facts": entry.facts,
        "previous": entry.previous,
        "hash": entry.hash,
        "seal": entry.seal,
    }
