"""Staffing: whether enough people can fill a gate, counted as clicks are, and who stands in."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias

from approvals.decision import Decision, Verdict, tally
from approvals.gate import Gate, StandIn, Tier
from approvals.reviewer import Reviewer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Groups: TypeAlias = Mapping[str, frozenset[str]]

UNKNOWN: "Groups" = {}
"""No user group could be looked up."""
STANDS_IN = "backup"
"""Stands for a rule where a role's people are too few, because the owner is excluded."""


class Staffed(Protocol):
    """A role, in the file or in force, as far as people are counted."""

    @property
    def members(self) -> "Sequence[str]":
        """Users."""
        ...

    @property
    def groups(self) -> "Sequence[str]":
        """User groups; where nobody knows who is in them, they count as people enough."""
        ...

    @property
    def allow_self_review(self) -> bool:
        """Whether the excluded may decide in it."""
        ...

    @property
    def backup(self) -> str | None:
        """The role that stands in."""
        ...


def second_people(gate: Gate, roles: "Mapping[str, Staffed]") -> tuple[str, ...] | None:
    """Everybody who may approve, now or after an escalation; None where a user group has some of them."""
    asked = gate.asked | {each.to for each in gate.escalate}
    if any(roles[name].groups for name in asked):
        return None
    people = {member for name in asked for member in roles[name].members}
    own = {member for name in gate.self_review.intersection(gate.roles) for member in roles[name].members}
    return tuple(sorted((people - gate.excluded) | own))


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """Who can fill a gate if everyone agrees."""

    stand_ins: tuple[StandIn, ...] = ()
    lacking: tuple[tuple[str, int], ...] = ()
    """Roles that fall short even so, each with how many people."""
    alone: bool = False
    """Whether whoever changed the payload would lack the second person that is wanted: so nobody may change it."""

    @property
    def why_not(self) -> str | None:
        """Why nobody can ever fill the gate, a sentence; None where somebody can."""
        if self.lacking:
            short = " and ".join(f"{role} lacks {number}" for role, number in self.lacking)
            return f"There are not enough people who may approve this: {short}."
        return None


def demand(
    roles: "Mapping[str, Staffed]",
    asked: "Iterable[str]",
    approvals: int,
    excluded: frozenset[str],
    *,
    second_person: bool = False,
) -> Gate:
    """A gate that asks these roles for so many people each."""
    return Gate(
        tier=Tier.approve,
        roles=tuple(sorted(set(asked))),
        approvals=approvals,
        expires_in=0,
        execute_within=0,
        report_within=0,
        excluded=excluded,
        self_review=frozenset(name for name, role in roles.items() if role.allow_self_review),
        policy_version="",
        second_person=second_person,
    )


def staffed(
    gate: Gate,
    roles: "Mapping[str, Staffed]",
    owner: frozenset[str],
    groups: "Groups" = UNKNOWN,
    before: Gate | None = None,
) -> Staffing:
    """Who stands in because the agent's owner may not decide, and whether the gate can be filled then.

    Whom an agent says it acts for brings nobody in: where that leaves too few, nobody can fill the gate.

    `groups` are the members of the user groups that could be looked up; of what could not, what stood in the gate
    `before` does so still.
    """
    people = _People(roles, owner, groups)
    found = [each for role in gate.roles for each in people.backups(role, gate, before)]
    if gate.second_person and not found:
        found = [each for role in gate.roles for each in people.second(role, gate, before)]
    filled = replace(gate, stand_ins=tuple(sorted(set(found), key=lambda each: (each.role, each.by))))
    counted = tuple(role for role in gate.roles if people.in_role(role) is not None)
    decisions = people.all_agree(filled)
    able = {decision.reviewer for decision in decisions if decision.roles}
    return Staffing(
        stand_ins=filled.stand_ins,
        lacking=tally(decisions, replace(filled, roles=counted)).missing,
        alone=gate.second_person and len(able) < 2 and counted == gate.roles,
    )


@dataclass(frozen=True, slots=True)
class _People:
    """Who is in which role, as far as that is known."""

    roles: "Mapping[str, Staffed]"
    owner: frozenset[str]
    groups: "Groups"

    def in_role(self, name: str) -> frozenset[str] | None:
        """Everybody in it; None where a group of it is not known."""
        role = self.roles[name]
        members = [self.groups.get(group) for group in role.groups]
        known = [each for each in members if each is not None]
        return frozenset(role.members).union(*known) if len(known) == len(members) else None

    def able(self, name: str, gate: Gate) -> frozenset[str] | None:
        """The same without the owner, who may decide where that is said loudly."""
        people = self.in_role(name)
        return people if people is None or name in gate.self_review else people - self.owner

    def backups(self, name: str, gate: Gate, before: Gate | None) -> list[StandIn]:
        """Who may sit in the places of the role that are missing because its owner is excluded."""
        people, able = self.in_role(name), self.able(name, gate)
        if people is None or able is None:
            return self._kept(name, before, lambda most: most > 0)
        missing = min(gate.approvals, len(people)) - min(gate.approvals, len(able))
        return self._line(name, missing, people) if missing else []

    def second(self, name: str, gate: Gate, before: Gate | None) -> list[StandIn]:
        """Who may agree beside the only one who can change the payload, where the owner would be the second person."""
        everybody = [(self.in_role(role), self.able(role, gate)) for role in gate.roles]
        known = [(people, able) for people, able in everybody if people is not None and able is not None]
        if len(known) < len(everybody):
            return self._kept(name, before, lambda most: most == 0)
        people, able = (frozenset[str]().union(*each) for each in zip(*known, strict=True))
        return self._line(name, 0, people) if len(able) < 2 <= len(people) else []

    def all_agree(self, gate: Gate) -> list[Decision]:
        """An approval of each person who is known, and one for each place that a group nobody knows may fill."""
        members = {name: self.in_role(name) or frozenset(self.roles[name].members) for name in gate.asked}
        held: dict[str, set[str]] = {}
        for name, people in members.items():
            for person in people:
                held.setdefault(person, set()).add(name)
        for each in gate.stand_ins:
            for number in range(max(each.most or 0, 1) if self.in_role(each.by) is None else 0):
                held[f"{each.by} for {each.role} {number}"] = {each.by}
        return [_agrees(person, frozenset(names), gate) for person, names in sorted(held.items())]

    def _line(self, name: str, most: int, people: frozenset[str]) -> list[StandIn]:
        """The backup, its backup and so on, up to one with somebody who is neither the owner nor in the role."""
        found: list[StandIn] = []
        line = [name]
        while (backup := self.roles[line[-1]].backup) is not None and backup not in line:
            line.append(backup)
            found.append(StandIn(role=name, by=backup, most=most))
            others = self.in_role(backup)
            if others is None or others - people - self.owner:
                break
        return found

    def _kept(self, name: str, before: Gate | None, counts: "Callable[[int], bool]") -> list[StandIn]:
        """The backups that stood in before, as far as they are in the role's line still."""
        line = [name]
        while (backup := self.roles[line[-1]].backup) is not None and backup not in line:
            line.append(backup)
        stood = () if before is None else before.stand_ins
        return [
            each
            for each in stood
            if each.role == name and each.by in line[1:] and each.most is not None and counts(each.most)
        ]


def _agrees(person: str, held: frozenset[str], gate: Gate) -> Decision:
    seats = gate.seats_of(Reviewer(user=person, team="", name=person, roles=held))
    return Decision(
        reviewer=person,
        verdict=Verdict.approve,
        revision=1,
        round=1,
        at=datetime.min.replace(tzinfo=UTC),
        roles=tuple(sorted(seats)),
        backup=tuple(sorted(gate.backed(held) & seats)),
    )
