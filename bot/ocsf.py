"""OCSF: entries of the audit log as events of the Open Cybersecurity Schema Framework, for a SIEM.

All are of the class API Activity: somebody called an operation on a resource. What has no place there is in `unmapped`.
"""

import json
from typing import TYPE_CHECKING, Any

from approvals.events import instant
from bot.audit_export import moment_of

if TYPE_CHECKING:
    from bot.audit_export import Exported

SCHEMA = "1.6.0"
"""The version of the schema."""
CATEGORY, CLASS = 6, 6003
"""Application Activity, and in it API Activity."""
_ACTIVITIES = {1: "Create", 3: "Update", 4: "Delete"}
_BEGINS = {"submitted", "planted", "posted", "drawn", "begun"}
_ENDS = {"ended", "exhausted"}
_SEVERITIES = {1: "Informational", 2: "Low", 3: "Medium"}
MEDIUM = {
    "agent:stopped",
    "card:mismatched",
    "policy:refused",
    "proposal:failed",
    "proposal:objected",
    "proposal:overdue",
    "proposal:unknown",
}
_USERS = {"agent": (4, "Service"), "reviewer": (1, "User"), "policy": (3, "System"), "system": (3, "System")}
_SOURCES = {"agent": "agents' HTTP API", "reviewer": "Slack", "policy": "Signoff", "system": "Signoff"}


def ocsf(exported: "Exported", version: str) -> dict[str, Any]:
    """The event; `version` is that of the program."""
    entry = exported.entry
    noun, _, participle = entry.tag.partition(":")
    facts = exported.whole()
    activity = 1 if participle in _BEGINS else 4 if participle in _ENDS else 3
    severity = 2 if participle == "refused" else 1
    severity = 3 if entry.tag in MEDIUM else severity
    refused = participle == "refused"
    subject = entry.proposal_id or facts.get("proposal") or facts.get("agent") or facts.get("id") or noun
    kind, kind_name = _USERS[entry.actor_kind]
    return {
        "category_uid": CATEGORY,
        "category_name": "Application Activity",
        "class_uid": CLASS,
        "class_name": "API Activity",
        "activity_id": activity,
        "activity_name": _ACTIVITIES[activity],
        "type_uid": CLASS * 100 + activity,
        "type_name": f"API Activity: {_ACTIVITIES[activity]}",
        "severity_id": severity,
        "severity": _SEVERITIES[severity],
        "status_id": 2 if refused else 1,
        "status": "Failure" if refused else "Success",
        **({"status_code": str(facts["slug"])} if refused and "slug" in facts else {}),
        "time": entry.at,
        "message": f"{entry.tag} by {entry.actor_kind} {entry.actor_id}",
        "metadata": {
            "version": SCHEMA,
            "product": {"name": "Signoff", "vendor_name": "Signoff", "version": version},
            "uid": entry.id,
            "sequence": entry.seq,
            "event_code": entry.tag,
            "log_name": "audit",
            "original_time": instant(moment_of(entry.at)),
            **({} if entry.proposal_id is None else {"correlation_uid": entry.proposal_id}),
        },
        "actor": {
            "user": {
                "uid": entry.actor_id,
                "type_id": kind,
                "type": kind_name,
                **({} if entry.actor_team is None else {"org": {"uid": entry.actor_team}}),
            }
        },
        "api": {"operation": _operation(participle, facts), "service": {"name": "signoff"}},
        "src_endpoint": {"name": _SOURCES[entry.actor_kind]},
        "resources": [
            {
                "type": noun,
                "uid": str(subject),
                **({} if entry.revision is None else {"version": str(entry.revision)}),
            }
        ],
        "unmapped": {
            "facts": facts,
            "actor_proof": json.loads(entry.actor_proof),
            "redacted": exported.redacted,
            "previous": entry.previous,
            "hash": entry.hash,
            "seal": entry.seal,
        },
    }


def _operation(participle: str, facts: dict[str, Any]) -> str:
    """What was called; of what was refused, what was tried."""
    return str(facts.get("verb", participle)) if participle == "refused" else participle
