"""Tables made of whole proposals: what became of each, who could decide it, and the words of its cards."""

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from approvals.events import instant, secret_digest
from approvals.gate import Tier
from bot.audit_export import moment_of
from bot.slack.blockkit.text import MARK, VEILED
from bot.slack.cards.buttons import offers
from bot.slack.cards.card import card
from bot.slack.cards.redaction import veiled
from bot.slack.outbound.mentions import markup
from policy import LoadedPolicy, mentions
from storage import MessageKey, MessageKind, RowDamaged
from storage.audit.attest import EVENTS, steps

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import IO

    from approvals.gate import Gate
    from approvals.proposal import Proposal
    from bot.cli.evidence.folder import Folder, Table
    from storage import Entry, SqlStore

COLUMNS: dict[str, tuple[str, ...]] = {
    "proposals.csv": (
        "proposal",
        "agent",
        "on_behalf_of",
        "action",
        "digest",
        "revisions",
        "tier",
        "rules",
        "reasons",
        "policy_version",
        "proposed_at",
        "deadline",
        "status",
        "cause",
        "resolved_at",
        "resolved_by",
        "seconds_to_resolution",
        "reason",
        "approved_by",
        "claimed_at",
        "report_by",
        "overdue",
        "outcome",
        "outcome_at",
        "outcome_details",
        "rollback",
        "unreadable",
    ),
    "who_could_decide.csv": (
        "proposal",
        "from_entry",
        "from",
        "revision",
        "tier",
        "role",
        "approvals_needed",
        "channel",
        "members",
        "groups",
        "backup_roles",
        "kept_out",
        "may_approve_their_own",
        "second_person_after_edits",
        "nobody_can",
        "policy_version",
    ),
}
_ROUNDS = {
    *("proposal:submitted", "proposal:planted", "proposal:edited"),
    *("proposal:revised", "proposal:rejudged", "proposal:escalated"),
}
"""The entries after which others may decide, or something else is to be read."""


@dataclass(slots=True, kw_only=True)
class ProposalTables:
    """The tables, filled proposal by proposal."""

    folder: "Folder"
    store: "SqlStore"
    key: "tuple[bytes, ...]"
    policy: LoadedPolicy | None
    """The one of now, for whom its version calls on a card; None where there is none that can be read."""
    members: "Mapping[str, Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]]"
    """Members and user groups of each role, by the version of the policy, where its text is known."""
    unreadable: int = 0
    _tables: "dict[str, Table]" = field(init=False)
    _cards: "IO[str]" = field(init=False)
    _messages: "IO[str]" = field(init=False)

    def __post_init__(self) -> None:
        self._tables = {name: self.folder.table(name, columns) for name, columns in COLUMNS.items()}
        self._cards = self.folder.text("cards.jsonl")
        self._messages = self.folder.text("messages.jsonl")
        self.folder.rows |= {"cards.jsonl": 0, "messages.jsonl": 0}

    async def add(self, proposal_id: str) -> None:
        """What there is of it; of one that is not as it was written, that alone."""
        try:
            proposal, entries = await self.store.with_entries(proposal_id)
            found = list(zip((each for each in entries if each.tag in EVENTS), steps(entries, self.key), strict=True))
        except (RowDamaged, LookupError) as damaged:
            self.unreadable += 1
            self._tables["proposals.csv"].add({"proposal": proposal_id, "unreadable": str(damaged)})
            return
        self._row(veiled(proposal))
        for channel in proposal.channels:
            await self._message(proposal, channel)
        posted = {json.loads(each.facts).get("digest") for each in entries if each.tag == "card:posted"}
        for entry, state in found:
            if entry.tag in _ROUNDS:
                self._gate(entry, state)
                if entry.tag != "proposal:escalated" and state.gate.tier in (Tier.watch, Tier.approve):
                    self._card(entry, state, proposal, posted)

    async def _message(self, proposal: "Proposal", channel: str) -> None:
        """What stands in the channel for it, alone or with others, as it was written down before it was sent."""
        kind, on = MessageKind.card, [proposal.id]
        if (batch := await self.store.batches.of(proposal.id, channel)) is not None:
            kind, on = MessageKind.batch, [each.id for each in batch.proposals]
        elif (flood := await self.store.floods.of(proposal.id, channel, proposal.created_at)) is not None:
            kind, on = MessageKind.flood, [flood.lead]
        found = await self.store.messages.get(MessageKey(kind=kind, subject=on[0], channel=channel))
        if found is None:
            return
        line = {
            "proposal": proposal.id,
            "channel": channel,
            "kind": str(kind),
            "shared_with": [each for each in on if each != proposal.id],
            "posted_at": _moment(found.posted_at),
            "words": found.words.replace(VEILED, MARK),
            "words_sealed": found.whole is True,
            "taken_by_slack": found.shown is not None,
            "words_before": found.previous_words.replace(VEILED, MARK),
            "words_before_sealed": found.previous_whole is True,
        }
        self._messages.write(json.dumps(line, ensure_ascii=True) + "\n")
        self.folder.rows["messages.jsonl"] += 1

    def _row(self, proposal: "Proposal") -> None:
        outcome, rollback = proposal.outcome, proposal.rollback
        approved = [each.reviewer for each in proposal.active_decisions if each.verdict.value == "approve"]
        resolved = proposal.resolved_at
        row: dict[str, object] = {
            "proposal": proposal.id,
            "agent": proposal.ask.agent,
            "on_behalf_of": proposal.ask.on_behalf_of,
            "action": proposal.action.name,
            "digest": proposal.digest,
            "revisions": proposal.revision,
            "tier": proposal.gate.tier.name,
            "rules": proposal.gate.rules,
            "reasons": [each.reason for each in proposal.gate.risk],
            "policy_version": proposal.gate.policy_version,
            "proposed_at": instant(proposal.created_at),
            "deadline": instant(proposal.expires_at),
            "status": str(proposal.status),
            "cause": proposal.cause and str(proposal.cause),
            "resolved_at": _moment(resolved),
            "resolved_by": proposal.resolved_by,
            "seconds_to_resolution": resolved and round((resolved - proposal.created_at).total_seconds(), 3),
            "reason": proposal.reason,
            "approved_by": approved,
            "claimed_at": _moment(proposal.claimed_at),
            "report_by": _moment(proposal.report_by),
            "overdue": proposal.overdue,
            "outcome": outcome and str(outcome.status),
            "outcome_at": outcome and instant(outcome.at),
            "outcome_details": outcome and outcome.detail,
            "rollback": rollback and f"{rollback.status} by {rollback.requested_by}: {rollback.reason}",
        }
        self._tables["proposals.csv"].add({name: _plain(value) for name, value in row.items()})

    def _gate(self, entry: "Entry", state: "Proposal") -> None:
        gate = state.gate
        roles = [*gate.roles, *(each.to for each in state.escalated_to if each.to not in gate.roles)]
        known = self.members.get(gate.policy_version, {})
        asked: list[str | None] = [*roles] or [None]
        for role in asked:
            members, groups = known.get(role, ((), ())) if role is not None else ((), ())
            self._tables["who_could_decide.csv"].add(
                {
                    "proposal": state.id,
                    "from_entry": entry.seq,
                    "from": instant(_at(entry)),
                    "revision": state.revision,
                    "tier": gate.tier.name,
                    "role": role,
                    "approvals_needed": _needed(gate, role),
                    "channel": _channels(gate, role, state),
                    "members": members,
                    "groups": groups,
                    "backup_roles": sorted({each.by for each in gate.stand_ins if each.role == role}),
                    "kept_out": sorted(gate.excluded),
                    "may_approve_their_own": role in gate.self_review,
                    "second_person_after_edits": gate.second_person,
                    "nobody_can": gate.quorum_unreachable,
                    "policy_version": gate.policy_version,
                }
            )

    def _card(self, entry: "Entry", state: "Proposal", proposal: "Proposal", posted: "set[object]") -> None:
        """The words; blocks made anew are held against what was posted, which takes the secret of their round."""
        secret = proposal.nonce if secret_digest(proposal.nonce) == state.nonce else None
        shown = replace(state, nonce=secret or state.nonce)
        made = [
            card(shown, mention=calls, offered=offered)
            for calls in self._calls(state)
            for offered in self._offered(shown)
        ]
        same = next((each for each in made if each.digest in posted), None)
        words = (same or made[0]).words
        line = {
            "proposal": state.id,
            "entry": entry.seq,
            "at": instant(_at(entry)),
            "revision": state.revision,
            "words": words.replace(VEILED, MARK),
            "whole": made[0].whole,
            "as_posted": "yes" if same else "unknown" if secret is None or not posted else "not shown to be",
            "posted_digests": sorted(str(each) for each in posted),
        }
        self._cards.write(json.dumps(line, ensure_ascii=True) + "\n")
        self.folder.rows["cards.jsonl"] += 1

    def _calls(self, state: "Proposal") -> list[str]:
        """Whom the card may have called: nobody, or those of each of its channels."""
        if self.policy is None:
            return [""]
        asked = [role for name, role in self.policy.roles.items() if name in state.gate.asked]
        by_channel = {role.channel: [each for each in asked if each.channel == role.channel] for role in asked}
        return ["", *(markup(mentions(roles)) for roles in by_channel.values())]

    def _offered(self, state: "Proposal") -> "list[frozenset[str] | None]":
        roles = {} if self.policy is None else self.policy.roles
        return [None, offers(state, state.revisions[-1].at, roles)]


def _needed(gate: "Gate", role: str | None) -> int | None:
    return gate.approvals if role in gate.roles else None


def _channels(gate: "Gate", role: str | None, state: "Proposal") -> str | tuple[str, ...] | None:
    for each in state.escalated_to:
        if each.to == role:
            return each.channel
    return gate.channels if role is not None else None


def _at(entry: "Entry") -> "datetime":
    return moment_of(entry.at)


def _moment(at: "datetime | None") -> str | None:
    return None if at is None else instant(at)


def _plain(value: Any) -> Any:
    """With the mark of what is redacted in a spelling that every encoding has."""
    if isinstance(value, str):
        return value.replace(VEILED, MARK)
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else value
