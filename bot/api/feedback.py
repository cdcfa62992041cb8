"""Feedback endpoint: what people said of an agent's own proposals, so that it need not ask the same again.

A reason is a person's text that a model reads: it is given as plain words on one line, bounded, and quoted as theirs.
Who said it is not told here, and nothing of what people look over without the agent's knowledge.
"""

import json
import unicodedata
from typing import TYPE_CHECKING, Any

from aiohttp import web

from approvals.events import instant
from approvals.feedback import FeedbackKind, Turn, feedback_of
from approvals.patch import patch_between
from bot.api.context import AGENT, API
from bot.api.listing import limit_of, parameters
from bot.api.problems import invalid
from storage import BadCursor

if TYPE_CHECKING:
    from approvals.feedback import Feedback
    from approvals.proposal import Proposal

LONGEST = 600
"""Characters of a reason."""
_READ = 4 * LONGEST
"""So much of it is looked at: more than that is no reason that anybody reads."""
_HIDDEN = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
"""Variation selectors: they show nothing, and can carry a text of their own."""


async def feedback(request: web.Request) -> web.Response:
    """`GET /v1/feedback`: the agent's own rejections and corrections, the latest first, a page at a time."""
    api = request.app[API]
    query = parameters(request, "action", "cursor", "limit")
    try:
        page = await api.store.feedback.of_agent(
            request[AGENT],
            action=query.get("action"),
            cursor=query.get("cursor"),
            limit=limit_of(query.get("limit")),
        )
    except BadCursor:
        raise invalid("The cursor is none that a page gave. Begin again without one.") from None
    cases = [(proposal, feedback_of(proposal)) for proposal in page.proposals]
    shown = [_lesson(proposal, case) for proposal, case in cases if case is not None]
    answer = {"feedback": shown, "next_cursor": page.next_cursor}
    return web.json_response(text=json.dumps(answer, ensure_ascii=False, allow_nan=False))


def _lesson(proposal: "Proposal", case: "Feedback") -> dict[str, Any]:
    reason = None if case.reason is None else plain(case.reason)
    edit = None
    if case.edited is not None:
        before, after = case.original.action.payload, case.edited.action.payload
        edit = {"payload": dict(after), "patch": list(patch_between(before, after))}
    return {
        "proposal": proposal.id,
        "kind": str(case.kind),
        "action": proposal.action.name,
        "payload": dict(case.original.action.payload),
        "edit": edit,
        "reason": reason,
        "message": _message(proposal.action.name, case, reason),
        "at": instant(case.at),
        "run_id": proposal.ask.run_id,
    }


def _message(action: str, case: "Feedback", reason: str | None) -> str:
    """One sentence for the model behind the agent."""
    why = "" if reason is None else f', saying "{reason}"'
    if case.afterwards is not None and case.afterwards.turn is not Turn.failed:
        did = "took its approval back" if case.afterwards.turn is Turn.taken_back else "objected after it was claimed"
        return f"A reviewer {did}{why}: do not propose this {action} again unless that is resolved."
    if case.kind is FeedbackKind.negative:
        return (
            f"A reviewer rejected this {action}{why}: do not propose the same again, and propose something else only "
            "if it answers this."
        )
    return f"A reviewer changed the payload of this {action} before it was approved: propose it so the next time."


def plain(text: str) -> str:
    """The text as words on one line, without what cannot be seen, and not longer than LONGEST."""
    seen = "".join(
        each if each.isprintable() else "" if unicodedata.category(each) == "Cf" else " "
        for each in text[:_READ]
        if not _hidden(each)
    )
    flat = " ".join(seen.split())
    return flat if len(flat) <= LONGEST and len(text) <= _READ else flat[:LONGEST] + "…"


def _hidden(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in _HIDDEN)
