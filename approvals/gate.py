"""Gates: what the policy asks of one proposal: tier, roles, how many people, by when, and why."""

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from approvals.hours import Hours
    from approvals.reviewer import Reviewer


class Tier(Enum):
    """How strict the policy is; a later member is stricter."""

    auto = "auto"
    watch = "watch"
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
    always: bool = field(default=False, compare=False)
    """Whether it is so for every such action: its rule has no condition. In the same words it is the same reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What we knew of the past when a rule was asked: kept with the judgement that it led to."""

    rule: str
    name: str
    """`first_time payload.to`, `unusual payload.amount`, `repeat_of_rejected`, `rate`."""
    value: str
    """A sentence with the figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """A role whose people may fill places of another: any of them, or no more than is said here."""

    role: str
    by: str
    most: int | None = None
    """How many places at most: those that a backup is missing for. 0 is for a second person beside whoever sits."""
    giver: str | None = None
    """Who handed over the one place that it is: their own."""

    def covers(self, other: "StandIn") -> bool:
        """Whether whoever may sit by the other may by this one."""
        enough = self.most is None or (other.most is not None and other.most <= self.most)
        return (self.role, self.by) == (other.role, other.by) and enough and self.giver in (None, other.giver)


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """A role that may stand in for others once nobody has answered for so many seconds."""

    after: int
    to: str
    channel: str
    outside: "tuple[Hours, ...]" = ()
    """Hours for what came outside of any of which it is taken at once."""
    roles: tuple[str, ...] = ()
    """For which, sorted: those whose rules all say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalatedTo:
    """A role that was called in while the proposal waits."""

    to: str
    channel: str
    roles: tuple[str, ...]
    """For which it may stand in, sorted."""
    by: str | None = None
    """Who handed over their place; None where the policy escalated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How much of what runs at once is drawn at random, for people to look over afterwards."""

    share: float
    """Above 0, at most 1."""
    roles: tuple[str, ...]
    """Sorted. Anyone in any of them may judge what is drawn."""
    channels: tuple[str, ...] = ()
    """The distinct channels of the roles, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalTerms:
    """On what terms whoever approves may approve the next like it as well."""

    may_differ: tuple[str, ...]
    """Fields of the payload that need not be the same, as `payload.note`; sorted."""
    lasts: int
    """Seconds from the approval."""
    most: int
    """How many more it may approve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """How proposals of a kind share a card: so many at most, of those within `window` seconds of the first."""

    window: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What an approval takes beside the click, so that nobody approves by habit."""

    typed: tuple[str, ...] = ()
    """What has to be typed: fields of the payload, dotted, and empty for the action's name; sorted, each once.

    Without any, and without a code, it is a question before the click counts.
    """
    code: bool = False
    """Whether a code of the person's second factor has to be typed too."""

    @property
    def takes_words(self) -> bool:
        """Whether an approval has to be typed."""
        return bool(self.typed) or self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A text of the payload that the operator's schema chooses from a list, so that no evidence has to have it."""

    path: str
    """From the payload, dotted; a place in a list is its number from 0."""
    offered: tuple[str, ...]
    """The list, as it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRejection:
    """Who rejected the very same and had it remembered, until when, and why."""

    proposal: str
    """Whose rejection was remembered."""
    by: str
    until: "datetime"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What must happen before this proposal may run. Durations are whole seconds."""

    content: ClassVar = frozenset({"risk", "facts", "earlier_rejection", "effect_names"})
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
    quorum_unreachable: str | None = None
    """Why nobody can ever fill it, a sentence; None where somebody can."""
    second_person: bool = False
    """Whether who edited the payload is not enough: somebody else has to agree to what they made."""
    second_people: tuple[str, ...] | None = None
    """Where it is so, everybody who may approve, now or after a step; sorted. None where nobody can tell."""
    stand_ins: tuple[StandIn, ...] = ()
    object_within: int | None = None
    """Under `watch`: how long people can object."""
    remind: tuple[int, ...] = ()
    """Seconds after the proposal at which those who have not decided are reminded, by that clock; ascending."""
    escalate: tuple[Escalation, ...] = ()
    """Ascending by `after`."""
    hours: "tuple[Hours, ...]" = ()
    """When people are there: the clock of the deadline and of all steps before it. The earliest of all counts."""
    max_expires_in: int | None = None
    """How far from the proposal a reviewer may move the deadline; None: not at all."""
    facts: tuple[Fact, ...] = ()
    sampling: Sampling | None = None
    """Under `auto` alone. The same for what is drawn and for what is not."""
    remember_approval: ApprovalTerms | None = None
    """Whether and how an approval may be remembered for the next like it."""
    title: str | None = None
    """The first line of its card, with places that the present payload fills; None: the action's name."""
    show: tuple[str, ...] = ()
    """Ways to fields of the payload that stand right below the title, in this order."""
    redact: tuple[str, ...] = ()
    """Ways to fields of the payload that people are shown only as a mark; sorted. They run as they are."""
    batch: Batch | None = None
    """Whether it may share a card with others of its kind; only what one approval of one role lets run."""
    undo_window: int | None = None
    """So long nobody can claim what people approved, and whoever approved it can take that back; None: not at all."""
    confirmation: Confirmation | None = None
    """Not among what it asks of whom: whoever approved under less had not less of a say."""
    reject_reasons: tuple[str, ...] = ()
    """Sentences from which whoever says no may choose, by their rules' ids and then as written."""
    remember_rejection: int = 86_400
    """How long whoever says no may have it remembered, in seconds."""
    choices: tuple[Choice, ...] = ()
    """What the schema of that day listed for texts of the present payload, for its card; it asks nothing of anybody."""
    effects: tuple[str, ...] = ()
    """Digests of what the present payload does in the world, sorted; of each of them one open proposal there is."""
    effect_names: tuple[str, ...] = ()
    """The same for people, in that order."""
    earlier_rejection: EarlierRejection | None = None
    """Not the policy's: what stopped it at once."""

    def seats_of(self, reviewer: "Reviewer") -> frozenset[str]:
        """The roles of this gate in which the person's approval may count."""
        return (
            self.own_seats(reviewer)
            if reviewer.user in self.excluded
            else self._covered(reviewer.roles, delegated=False)
        )

    def own_seats(self, reviewer: "Reviewer") -> frozenset[str]:
        """Those of them that the person is in, and stands in for nobody."""
        own = reviewer.roles & frozenset(self.roles)
        return own & self.self_review if reviewer.user in self.excluded else own

    def backed(self, roles: frozenset[str]) -> frozenset[str]:
        """The roles of this gate in which somebody with these roles sits only where a place is missing."""
        freely = {each.role for each in self.stand_ins if each.by in roles and each.most is None and not each.giver}
        return self._covered(roles, delegated=False) - roles - freely

    def missing(self, role: str) -> int:
        """How many places of the role its backups may fill."""
        return max((each.most or 0 for each in self.stand_ins if each.role == role), default=0)

    def handed_to(self, roles: frozenset[str]) -> dict[str, frozenset[str]]:
        """Whose place somebody with these roles may take, because they handed it over: for each the roles it is of."""
        roles_of: dict[str, set[str]] = {}
        for each in self.stand_ins:
            if each.giver is not None and each.by in roles and each.role in self.roles:
                roles_of.setdefault(each.giver, set()).add(each.role)
        return {giver: frozenset(held) for giver, held in sorted(roles_of.items())}

    def may_refuse(self, reviewer: "Reviewer") -> bool:
        """Whether the person may reject or revoke: anyone of the gate's roles, and always the excluded."""
        return bool(self.covered(reviewer.roles)) or reviewer.user in self.excluded

    @property
    def may_remember_approval(self) -> bool:
        """Whether one person's approval meets it, and may be remembered for the next like it."""
        one = self.tier is Tier.approve and len(self.roles) * self.approvals == 1 and not self.second_person
        typed = self.confirmation is not None and self.confirmation.takes_words
        return one and self.remember_approval is not None and self.quorum_unreachable is None and not typed

    @property
    def asked(self) -> frozenset[str]:
        """The roles whose people may decide: the gate's own, and those that stand in."""
        return frozenset(self.roles) | {each.by for each in self.stand_ins if each.role in self.roles}

    def with_stand_ins(self, escalated_to: "Iterable[EscalatedTo]") -> "Gate":
        """The gate once more roles were called in.

        An escalation counts as far as this gate has it too: what asks more now may not.
        """
        called = tuple(escalated_to)
        added = {StandIn(role=role, by=each.to, giver=each.by) for each in called for role in self._called_for(each)}
        return replace(
            self,
            stand_ins=tuple(sorted({*self.stand_ins, *added}, key=_by_role)),
            channels=tuple(sorted({*self.channels, *(each.channel for each in called)})),
        )

    def covered(self, roles: frozenset[str]) -> frozenset[str]:
        """The roles of this gate whose places somebody with these roles may fill, by whatever right."""
        return self._covered(roles, delegated=True)

    def _covered(self, roles: frozenset[str], *, delegated: bool) -> frozenset[str]:
        in_place_of = {each.role for each in self.stand_ins if each.by in roles and (delegated or each.giver is None)}
        return frozenset(role for role in self.roles if role in roles or role in in_place_of)

    def _called_for(self, called: "EscalatedTo") -> "Iterable[str]":
        steps = {role for step in self.escalate if step.to == called.to for role in step.roles}
        may = set(called.roles) if called.by is not None else steps.intersection(called.roles)
        return (role for role in self.roles if role in may and role != called.to)

    def asks_otherwise_than(self, other: "Gate") -> bool:
        """Whether the two differ in who must agree, so that approvals of one do not carry to the other."""
        return self.demand != other.demand or self.misses_stand_ins_of(other)

    def stricter_than(self, other: "Gate") -> bool:
        """Whether this gate asks anything that approvals under the other may not have met.

        `auto` asks nobody, and `watch` nobody beforehand.
        """
        return self.tier not in (Tier.auto, Tier.watch) and (
            other.tier < self.tier
            or not set(self.roles) <= set(other.roles)
            or self.approvals > other.approvals
            or (self.second_person and not other.second_person)
            or not self.excluded <= other.excluded
            or not other.self_review & frozenset(other.roles) <= self.self_review
            or self.misses_stand_ins_of(other)
        )

    def misses_stand_ins_of(self, other: "Gate") -> bool:
        """Whether somebody who could fill a place there, in a role that is asked here too, cannot fill it here."""
        return any(
            each.role in self.roles and not any(own.covers(each) for own in self.stand_ins) for each in other.stand_ins
        )

    @property
    def demand(self) -> tuple[object, ...]:
        """Who must agree, comparable."""
        own = self.self_review & frozenset(self.roles)
        return (self.tier, self.roles, self.approvals, self.second_person, self.excluded, own)


def _by_role(each: StandIn) -> tuple[str, str, int, str]:
    return each.role, each.by, -1 if each.most is None else each.most, each.giver or ""
