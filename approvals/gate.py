"""What the policy asks of one proposal: tier, roles, how many, by when, and why."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from approvals.decision import Reviewer


class Tier(Enum):
    """How strict the policy is; a later member is stricter."""

    auto = "auto"
    approve = "approve"
    block = "block"

    def __lt__(self, other: "Tier") -> bool:
        order = list(Tier)
        return order.index(self) < order.index(other)

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a rule holds the proposal, in the rule's own words."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What must happen before this proposal may run. Durations are whole seconds."""

    tier: Tier
    roles: tuple[str, ...] = ()
    """Sorted. Each needs `approvals` people of its own; one person fills one place."""
    approvals: int = 1
    channels: tuple[str, ...] = ()
    """The distinct channels of the roles, sorted."""
    expires_in: int
    execute_within: int
    report_within: int
    edit: tuple[str, ...] | None = None
    """Top-level payload fields a reviewer may change; None means all, empty means none."""
    excluded: frozenset[str] = frozenset()
    """Who may not approve or edit: the agent's owner and the person it acts for."""
    self_review: frozenset[str] = frozenset()
    """Roles in which the excluded may decide all the same: the loud opt-in of one-person teams."""
    risk: tuple[Reason, ...] = ()
    rules: tuple[str, ...] = ()
    """Ids of the rules that matched any revision, sorted; empty where the default holds."""
    policy_version: str

    def seats_of(self, reviewer: "Reviewer") -> frozenset[str]:
        """The roles of this gate in which the person's approval may count."""
        roles = reviewer.roles & frozenset(self.roles)
        return roles & self.self_review if reviewer.user in self.excluded else roles

    def may_refuse(self, reviewer: "Reviewer") -> bool:
        """Whether the person may reject or revoke: anyone of the gate's roles, and always the excluded."""
        return bool(reviewer.roles & frozenset(self.roles)) or reviewer.user in self.excluded

    def asks_otherwise_than(self, other: "Gate") -> bool:
        """Whether the two differ in who must agree, so that approvals of one do not carry to the other."""
        return self.demand != other.demand

    def stricter_than(self, other: "Gate") -> bool:
        """Whether this gate asks anything that approvals under the other may not have met; `auto` asks nobody."""
        return self.tier is not Tier.auto and (
            other.tier < self.tier
            or not set(self.roles) <= set(other.roles)
            or self.approvals > other.approvals
            or not self.excluded <= other.excluded
            or not other.self_review & frozenset(other.roles) <= self.self_review
        )

    @property
    def demand(self) -> tuple[object, ...]:
        """Who must agree, comparable."""
        return (self.tier, self.roles, self.approvals, self.excluded, self.self_review & frozenset(self.roles))
