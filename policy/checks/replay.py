"""Replay: past proposals judged under another policy, and which of them would be judged otherwise. Pure."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from approvals.events import as_json, instant
from approvals.gate import Gate, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from approvals.digest import JSON
    from approvals.proposal import Ask, Proposal
    from policy.loaded import LoadedPolicy

REFUSED = "refused"
"""Stands for the tier of what would not have been taken at all."""
DEMANDS = ("roles", "approvals", "second_person", "excluded", "self_review")
"""In what two gates that ask people may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayDifference:
    """A proposal that would be judged otherwise."""

    id: str
    agent: str
    action: str
    at: "datetime"
    """When it was submitted."""
    was: Gate
    now: Gate | None
    """None where it would have been refused."""
    refused: str | None = None
    """Why it, or an edit of it, would have been refused."""

    @property
    def change(self) -> str:
        """What differs: the tiers, as in `auto→approve`, or else who must agree, as in `roles, approvals`."""
        now = REFUSED if self.now is None else str(self.now.tier)
        if now != str(self.was.tier):
            return f"{self.was.tier}→{now}"
        return ", ".join(_demands(self.was, self.now))

    @property
    def stricter(self) -> bool:
        """Whether the tier is higher, or the same asks what the approvals it was given may not have met."""
        if self.now is None or self.now.tier is not self.was.tier:
            return self.now is None or self.was.tier < self.now.tier
        return self.now.stricter_than(self.was)

    def as_json(self) -> "dict[str, JSON]":
        """The difference for a program."""
        return {
            "id": self.id,
            "agent": self.agent,
            "action": self.action,
            "at": instant(self.at),
            "change": self.change,
            "stricter": self.stricter,
            "was": _asked(self.was),
            "now": None if self.now is None else _asked(self.now),
            "refused": self.refused,
        }


@dataclass(slots=True, kw_only=True)
class Replay:
    """What comes of going through past proposals."""

    policy: "LoadedPolicy"
    file: str
    since: "datetime"
    count: int = 0
    """How many proposals were judged again."""
    differences: list[ReplayDifference] = field(default_factory=list)
    erased: int = 0
    """How many were erased since, so that nothing is left to judge."""
    damaged: list[str] = field(default_factory=list)
    """What is wrong with rows that could not be judged."""

    def add(self, proposals: "Iterable[Proposal]", damaged: "Iterable[str]" = ()) -> None:
        """Judges some more."""
        for proposal in proposals:
            if proposal.erased_at is not None:
                self.erased += 1
                continue
            self.count += 1
            if (found := replay_difference(self.policy, proposal)) is not None:
                self.differences.append(found)
        self.damaged += damaged

    @property
    def same(self) -> bool:
        """Whether all are judged as they were; what cannot be read is no evidence of that."""
        return not self.differences and not self.damaged

    @property
    def changes(self) -> dict[str, int]:
        """How many differ in which way, the most frequent first."""
        return dict(Counter(each.change for each in self.differences).most_common())

    def as_json(self) -> "dict[str, JSON]":
        """The result for a program."""
        return {
            "file": self.file,
            "version": self.policy.version,
            "since": instant(self.since),
            "proposals": self.count,
            "erased": self.erased,
            "different": len(self.differences),
            "stricter": sum(each.stricter for each in self.differences),
            "changes": dict(self.changes),
            "differences": [each.as_json() for each in self.differences],
            "damaged": list(self.damaged),
        }


def replay_difference(policy: "LoadedPolicy", proposal: "Proposal") -> ReplayDifference | None:
    """How the policy would judge otherwise what was proposed, edited as it was; None where it would not.

    What only time and routing say (deadlines, channels, fields to edit) is not compared, and no policy would judge what
    a remembered rejection stopped.
    """
    if proposal.gate.earlier_rejection is not None:
        return None
    ask = replace(proposal.ask, source=policy.source_for(proposal.ask.agent, proposal.ask.source))
    refused = _refusal(policy, ask, proposal)
    now = None if refused is not None else judged(policy, ask, proposal)
    if now is not None and now.tier is proposal.gate.tier and not _demands(proposal.gate, now):
        return None
    return ReplayDifference(
        id=proposal.id,
        agent=proposal.ask.agent,
        action=proposal.action.name,
        at=proposal.created_at,
        was=proposal.gate,
        now=now,
        refused=refused,
    )


def judged(policy: "LoadedPolicy", ask: "Ask", proposal: "Proposal") -> Gate:
    """The gate as it would have come about: edits follow only where people are asked, and then they stay asked."""
    actions = [revision.action for revision in proposal.revisions]
    first = policy.judge_apart(ask, actions[:1], proposal.gate)
    if len(actions) == 1 or first.tier is not Tier.approve:
        return first
    return policy.judge_apart(ask, actions, proposal.gate, at_least=Tier.approve)


def _refusal(policy: "LoadedPolicy", ask: "Ask", proposal: "Proposal") -> str | None:
    if not policy.allows(ask.agent, proposal.action.name):
        return f"{ask.agent} may not propose {proposal.action.name}"
    for revision in proposal.revisions:
        if faults := policy.all_faults(ask, revision.action):
            text = ", ".join(f"{fault.pointer or 'the payload'} {fault.detail}" for fault in faults)
            if revision.number == 1:
                return text
            change = "edit to" if revision.editor else "reply that made"
            return f"the {change} revision {revision.number}: {text}"
    return None


def _demands(was: Gate, now: Gate | None) -> list[str]:
    """In what the two differ in who must agree, by name; nothing for tiers that ask nobody."""
    if now is None or was.tier is not Tier.approve or now.tier is not Tier.approve:
        return []
    mine, other = _asked(was), _asked(now)
    return [name for name in DEMANDS if mine[name] != other[name]]


def _asked(gate: Gate) -> "dict[str, JSON]":
    return {
        "tier": str(gate.tier),
        "roles": as_json(gate.roles),
        "approvals": gate.approvals,
        "second_person": gate.second_person,
        "excluded": as_json(gate.excluded),
        "self_review": as_json(gate.self_review & frozenset(gate.roles)),
        "rules": as_json(gate.rules),
    }
