"""List queries: the parameters a request may have, and the page of an agent's own proposals that they ask for."""

import re
from typing import TYPE_CHECKING, Any

from approvals.proposal import Status
from bot.api.context import AGENT, API
from bot.api.present import answer
from bot.api.problems import invalid
from storage import BadCursor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

MOST = 100
USUAL = 50
_DIGITS = 18
_PLAIN = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{0,500}")


def parameters(request: "web.Request", *known: str) -> "Mapping[str, str]":
    """The query's parameters, each at most once; raises Problem for one that is not known."""
    query = request.query
    if unknown := sorted(set(query) - set(known)):
        raise invalid(f"There is no parameter {_printable(unknown[0])} here; there are {', '.join(known)}.")
    for name in query:
        if len(query.getall(name)) > 1:
            raise invalid(f"The parameter {name} may be given once.")
        if not _PLAIN.fullmatch(query[name]):
            raise invalid(f"The parameter {name} is too long, or has control characters.")
    return query


async def page_request(request: "web.Request") -> dict[str, Any]:
    """The page the query asks for; raises Problem."""
    api = request.app[API]
    query = parameters(request, "status", "action", "run_id", "cursor", "limit")
    status = _status(query.get("status"))
    try:
        page = await api.store.reads.of_agent(
            request[AGENT],
            now=api.lifecycle.clock.now(),
            status=status,
            action=query.get("action"),
            run_id=query.get("run_id"),
            cursor=query.get("cursor"),
            limit=limit_of(query.get("limit")),
        )
    except BadCursor:
        raise invalid("The cursor is none that a list gave. Begin again without one.") from None
    # Time may have ended what the database still has as pending.
    present = [api.lifecycle.as_of_now(proposal) for proposal in page.proposals]
    shown = [answer(proposal) for proposal in present if status in (None, proposal.status)]
    return {"proposals": shown, "next_cursor": page.next_cursor}


def _status(said: str | None) -> Status | None:
    try:
        return None if said is None else Status(said)
    except ValueError:
        raise invalid(f"status is one of {', '.join(Status)}.") from None


def number_of(name: str, said: str) -> int:
    """A parameter that counts from 0; raises Problem."""
    if not (said.isascii() and said.isdigit() and len(said) <= _DIGITS):
        raise invalid(f"{name} is a whole number from 0 on.")
    return int(said)


def limit_of(said: str | None) -> int:
    """How many a page may have at most; raises Problem."""
    if said is None:
        return USUAL
    if not (said.isascii() and said.isdigit() and len(said) <= 3 and 1 <= int(said) <= MOST):
        raise invalid(f"limit is a whole number from 1 to {MOST}.")
    return int(said)


def _printable(text: str) -> str:
    return ascii(text)[:60]
