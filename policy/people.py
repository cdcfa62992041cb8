"""Whether there are people enough for a gate, counted by the same matching that counts clicks, and who stands in."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from approvals.decision import Decision, Reviewer, Verdict, tally
from approvals.gate import Gate, StandIn, Tier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

STANDS_IN = "backup"
"""Stands for a rule where a role's people are too few."""


class Staffed(Protocol):
    """A role, in the file or in force, as far as people are counted."""

    @property
    def members(self) -> "Sequence[str]":
        """Users."""
        ...

    @property
    def groups(self) -> "Sequence[str]":
        """User groups; who is in them shows only at the click, so they count as people enough."""
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
    """Everybody who may approve, now or after a step of the ladder; None where a user group has some of them."""
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
    """Whether a second person is wanted and there is none."""

    @property
    def why_not(self) -> str | None:
        """Why nobody can ever fill the gate, a sentence; None where somebody can."""
        if self.lacking:
            short = " and ".join(f"{role} lacks {number}" for role, number in self.lacking)
            return f"There are not enough people who may approve this: {short}."
        if self.alone:
            return "Whoever changes this needs a second person to agree, and only one person may decide."
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


def staffed(gate: Gate, roles: "Mapping[str, Staffed]") -> Staffing:
    """Seats everyone who may decide; a role that falls short gets its backup, and the backup's, until they suffice."""
    stand_ins: set[StandIn] = set()
    while True:
        filled = replace(gate, stand_ins=tuple(sorted(stand_ins, key=lambda each: (each.role, each.by))))
        staffing = _seated(filled, roles)
        short = [role for role, _ in staffing.lacking]
        if staffing.why_not is None:
            return staffing
        added = _next(short, stand_ins, roles) or _next(gate.roles, stand_ins, roles)
        if not added:
            return staffing
        stand_ins |= added


def _seated(gate: Gate, roles: "Mapping[str, Staffed]") -> Staffing:
    counted = tuple(role for role in gate.roles if not _may_be_many(role, gate, roles))
    people = sorted({member for name in gate.asked for member in roles[name].members})
    decisions = [_agrees(person, gate, roles) for person in people]
    able = [decision.reviewer for decision in decisions if decision.roles]
    return Staffing(
        stand_ins=gate.stand_ins,
        lacking=tally(decisions, replace(gate, roles=counted)).missing,
        alone=gate.second_person and len(able) < 2 and counted == gate.roles,
    )


def _may_be_many(role: str, gate: Gate, roles: "Mapping[str, Staffed]") -> bool:
    """Whether a user group may fill the places of the role."""
    deciding = {role, *(each.by for each in gate.stand_ins if each.role == role)}
    return any(roles[name].groups for name in deciding)


def _next(
    short: "Iterable[str]", stand_ins: "Collection[StandIn]", roles: "Mapping[str, Staffed]"
) -> frozenset[StandIn]:
    """The next in each line of backups that does not stand in yet."""
    added = set()
    for role in short:
        waiting = [by for by in _line(role, roles) if StandIn(role=role, by=by) not in stand_ins]
        added |= {StandIn(role=role, by=by) for by in waiting[:1]}
    return frozenset(added)


def _line(role: str, roles: "Mapping[str, Staffed]") -> tuple[str, ...]:
    """The role's backup, that one's, and so on; ends where it would come round."""
    line = [role]
    while (backup := roles[line[-1]].backup) is not None and backup not in line:
        line.append(backup)
    return tuple(line[1:])


def _agrees(person: str, gate: Gate, roles: "Mapping[str, Staffed]") -> Decision:
    held = frozenset(name for name in gate.asked if person in roles[name].members)
    return Decision(
        reviewer=person,
        verdict=Verdict.approve,
        revision=1,
        round=1,
        at=datetime.min.replace(tzinfo=UTC),
        roles=tuple(sorted(gate.seats_of(Reviewer(user=person, team="", name=person, roles=held)))),
    )
