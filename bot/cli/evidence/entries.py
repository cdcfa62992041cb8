"""Tables made of single entries: decisions, edits, overrides, refusals, stops, delegations, samples, policies."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from approvals.estimate import interval
from approvals.events import instant
from bot.audit_export import moment_of
from bot.slack.blockkit.text import MARK, VEILED

if TYPE_CHECKING:
    from bot.audit_export import Exported
    from bot.cli.evidence.folder import Folder, Table

_WHERE = ("entry", "at", "proposal", "revision")
_WHO = ("actor_kind", "actor", "actor_team", "roles_known_by")
OVERRIDES = {
    "proposal:retracted": "an approval was taken back by who gave it",
    "proposal:revoked": "an approval was taken back before the claim",
    "proposal:objected": "somebody objected to what ran by itself",
    "proposal:extended": "a reviewer moved the deadline",
    "proposal:escalated": "another role may decide too",
    "proposal:rejudged": "another policy judged it again",
    "card:mismatched": "the words on a clicked card were not ours",
    "remembered_approval:begun": "an approval is remembered for the next like it",
    "remembered_approval:used": "a remembered approval approved it, and nobody looked",
    "remembered_approval:exhausted": "a remembered approval was used up",
    "remembered_approval:ended": "a remembered approval was ended",
    "remembered_rejection:begun": "a rejection is remembered",
    "remembered_rejection:ended": "a remembered rejection was ended",
}
"""What goes beside the plain way from proposal to outcome, by tag."""
COLUMNS: dict[str, tuple[str, ...]] = {
    "decisions.csv": (
        *_WHERE,
        *_WHO,
        "verdict",
        "round",
        "counts_in_roles",
        "in_the_place_of",
        "first_seen_at",
        "seconds_from_seeing",
        "rushed",
        "reason",
        "words_seen",
    ),
    "edits.csv": (*_WHERE, *_WHO, "made_in", "digest", "changes"),
    "overrides.csv": (*_WHERE, *_WHO, "what", "tag", "reason", "details"),
    "refusals.csv": (*_WHERE, *_WHO, "tried", "refused_as", "details"),
    "stops.csv": (*_WHERE, *_WHO, "what", "agent", "reason"),
    "delegations.csv": (
        *_WHERE,
        *_WHO,
        "what",
        "delegation",
        "delegator",
        "delegate",
        "until",
        "roles",
        "ended_because",
    ),
    "samples.csv": (*_WHERE, *_WHO, "what", "share_drawn", "roles", "judgement", "reason"),
    "sample_error.csv": ("judged", "fine", "not_fine", "unjudged", "error", "error_at_least", "error_at_most"),
    "policies.csv": (*_WHERE, *_WHO, "what", "version", "digest", "text_in", "by", "judged_again", "faults"),
}


@dataclass(slots=True)
class EntryTables:
    """The tables, filled entry by entry."""

    folder: "Folder"
    policies: dict[str, str] = field(default_factory=dict)
    """The policies that came into force, by the digest of their text: under which name it belongs."""
    tags: "Counter[str]" = field(default_factory=Counter)
    subjects: dict[str, None] = field(default_factory=dict)
    """The proposals that any entry is about, in their order."""
    _samples: "defaultdict[str, str | None]" = field(default_factory=lambda: defaultdict(lambda: None))
    _tables: "dict[str, Table]" = field(init=False)

    def __post_init__(self) -> None:
        self._tables = {name: self.folder.table(name, columns) for name, columns in COLUMNS.items()}

    def add(self, exported: "Exported") -> None:
        """What the entry tells."""
        entry, facts = exported.entry, exported.whole()
        self.tags[entry.tag] += 1
        subject = entry.proposal_id or (facts.get("proposal") if entry.tag.startswith("sample:") else None)
        if subject is not None:
            self.subjects.setdefault(subject)
        row = {
            "entry": entry.seq,
            "at": instant(moment_of(entry.at)),
            "proposal": subject,
            "revision": entry.revision,
            "actor_kind": entry.actor_kind,
            "actor": entry.actor_id,
            "actor_team": entry.actor_team,
            "roles_known_by": json.loads(entry.actor_proof),
        }
        noun, _, what = entry.tag.partition(":")
        match noun, what:
            case "proposal", "decided":
                self._decided(row, facts, entry.at)
            case "proposal", "edited" | "revised":
                self._edited(row, what, facts.get("revision") or {})
            case "proposal", "refused":
                said = {"tried": facts.get("verb"), "refused_as": facts.get("slug"), "details": facts.get("detail")}
                self._tables["refusals.csv"].add({**row, **said})
            case "agent", _:
                said = {"what": what, "agent": facts.get("agent"), "reason": facts.get("reason")}
                self._tables["stops.csv"].add({**row, **said})
            case "delegation", _:
                self._delegation(row, what, facts)
            case "sample", _:
                self._sample(row, what, facts)
            case "policy", _:
                self._policy(row, what, facts)
            case _ if entry.tag in OVERRIDES:
                said = {"what": OVERRIDES[entry.tag], "tag": entry.tag, "reason": _reason(facts), "details": facts}
                self._tables["overrides.csv"].add({**row, **said})

    def end(self) -> None:
        """What is known of the samples once all entries were read."""
        counts = Counter(self._samples.values())
        fine, bad = counts["fine"], sum(counts.values()) - counts["fine"] - counts[None]
        low, high = interval(bad, fine + bad) if fine + bad else (None, None)
        self._tables["sample_error.csv"].add(
            {
                "judged": fine + bad,
                "fine": fine,
                "not_fine": bad,
                "unjudged": counts[None],
                "error": _share(bad / (fine + bad)) if fine + bad else None,
                "error_at_least": _share(low),
                "error_at_most": _share(high),
            }
        )

    def _decided(self, row: dict[str, Any], facts: dict[str, Any], at: int) -> None:
        decision, words = facts.get("decision") or {}, facts.get("words")
        seen = decision.get("first_seen_at")
        self._tables["decisions.csv"].add(
            {
                **row,
                "verdict": decision.get("verdict"),
                "round": decision.get("round"),
                "counts_in_roles": decision.get("roles"),
                "in_the_place_of": decision.get("stands_in_for"),
                "first_seen_at": seen,
                "seconds_from_seeing": None if seen is None else _seconds(seen, at),
                "rushed": decision.get("rushed"),
                "reason": decision.get("reason"),
                "words_seen": words and words.replace(VEILED, MARK),
            }
        )

    def _edited(self, row: dict[str, Any], what: str, revision: dict[str, Any]) -> None:
        made = "a reviewer's edit" if what == "edited" else "the agent's reply"
        action = revision.get("action") or {}
        said = {
            "made_in": made,
            "digest": action.get("digest"),
            "changes": list(map(_change, revision.get("patch", ()))),
        }
        self._tables["edits.csv"].add({**row, **said})

    def _delegation(self, row: dict[str, Any], what: str, facts: dict[str, Any]) -> None:
        said = {name: facts.get(name) for name in ("delegator", "delegate", "until", "roles")}
        extra = {"what": what, "delegation": facts.get("id"), "ended_because": facts.get("cause")}
        self._tables["delegations.csv"].add({**row, **said, **extra})

    def _sample(self, row: dict[str, Any], what: str, facts: dict[str, Any]) -> None:
        if what in ("drawn", "judged"):
            self._samples[str(facts.get("proposal"))] = facts.get("judgement")
        said = {"what": what, "share_drawn": facts.get("share"), "roles": facts.get("roles")}
        extra = {"judgement": facts.get("judgement"), "reason": facts.get("reason")}
        self._tables["samples.csv"].add({**row, **said, **extra})

    def _policy(self, row: dict[str, Any], what: str, facts: dict[str, Any]) -> None:
        digest = facts.get("digest")
        if what == "loaded" and digest:
            self.policies.setdefault(digest, f"policies/{facts.get('version')}.yml")
        self._tables["policies.csv"].add(
            {
                **row,
                "what": what,
                "version": facts.get("version") or facts.get("in_force"),
                "digest": digest,
                "text_in": self.policies.get(str(digest)) if what == "loaded" else None,
                "by": facts.get("by"),
                "judged_again": facts.get("rejudged"),
                "faults": facts.get("faults"),
            }
        )


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"


def _reason(facts: dict[str, Any]) -> Any:
    return facts.get("reason") or (facts.get("rollback") or {}).get("reason")


def _change(operation: dict[str, Any]) -> str:
    value = "" if operation.get("op") == "remove" else f" {json.dumps(operation.get('value'), ensure_ascii=False)}"
    return f"{operation.get('op')} {operation.get('path')}{value}"


def _seconds(earlier: str, at: int) -> float:
    return round((moment_of(at) - datetime.fromisoformat(earlier)).total_seconds(), 3)
