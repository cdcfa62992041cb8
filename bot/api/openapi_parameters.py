"""OpenAPI parameters: what a call takes beside its body, in its address or in a header."""

from typing import Any

from approvals.proposal import Status
from bot.api.listing import MOST, USUAL
from bot.api.long_poll import LONGEST
from bot.api.responses import PROPOSAL_ID
from bot.insights import USUAL as USUAL_PERIOD


def query(name: str, description: str, **schema: Any) -> dict[str, Any]:
    """One in the address."""
    return {"name": name, "in": "query", "description": description, "schema": schema}


def header(name: str, description: str, example: str) -> dict[str, Any]:
    """One in a header."""
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"}, "example": example}


ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": PROPOSAL_ID}}
KEY = header("Idempotency-Key", "Makes a retry safe: one word, quoted or bare, 1 to 255 visible ASCII.", '"order-17"')
PREFER = header("Prefer", f"wait=N waits for up to N seconds, at most {LONGEST}.", "wait=30")
UNTIL = (
    "Seconds to wait until it is no longer pending, and once approved until it can be claimed, or a "
    "reviewer's question waits for a reply; for what ran without waiting for people, as long as they can object, until "
    "a rollback is wanted."
)
WAIT = query("wait", UNTIL, type="integer", minimum=0)
WAIT["schema"]["maximum"] = LONGEST
AFTER = query("after", "With wait: until the version is above this one.", type="integer", minimum=0)
LAST = header("Last-Event-ID", "The id of the last event you have: the stream goes on after it.", "1207")
FROM = query("after", "The same for clients that cannot set a header, which wins; 0: from the first.", type="integer")
FROM["schema"]["minimum"] = 0
BEHIND = query("after", "The entries that follow this one; 0: from the first.", type="integer", default=0)
BEHIND["schema"]["minimum"] = 0
SINCE = query("since", "From when on: a day, a moment in UTC (2026-11-01T08:00:00Z), or 30d ago.", type="string")
BEFORE = query("until", "Up to when; what is of that very moment is not in it any more.", type="string")
FORM = query(
    "format",
    "As GET /v1/audit gives them, or as events of OCSF's class API Activity.",
    type="string",
    enum=["jsonl", "ocsf"],
    default="jsonl",
)
LIMIT = query(
    "limit",
    "How many at most; a page that would be large has fewer.",
    type="integer",
    minimum=1,
    maximum=MOST,
    default=USUAL,
)
ACTION = query("action", "Only this action.", type="string")
CURSOR = query("cursor", "next_cursor of the page before.", type="string")
FILTERS = (
    query("status", "Only these.", type="string", enum=[str(each) for each in Status]),
    ACTION,
    query("run_id", "Only of this run.", type="string"),
    CURSOR,
    LIMIT,
)
INSIGHTS_SINCE = query("since", "From which day on: a day, a moment, or 30d ago.", type="string", default=USUAL_PERIOD)
OF_AGENT = query("agent", "Of this agent alone.", type="string")
OF_ROLE = query("role", "Of this role alone.", type="string")
