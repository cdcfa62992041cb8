"""Whether there are people enough for a gate, counted by the same matching that counts clicks."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from approvals.decision import Decision, Reviewer, Verdict, tally
from approvals.gate import Gate, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from policy.rulebook import RoleEntry


def lacking(
    roles: "Mapping[str, RoleEntry]", asked: "Iterable[str]", approvals: int, excluded: frozenset[str]
) -> tuple[tuple[str, int], ...]:
    """Roles that fall short though everyone agrees, each with how many people; empty where the gate can be filled.

    A role with a user group is left out: who is in the group shows only at the click.
    """
    gate = Gate(
        tier=Tier.approve,
        roles=tuple(sorted(name for name in set(asked) if not roles[name].groups)),
        approvals=approvals,
        expires_in=0,
        execute_within=0,
        report_within=0,
        excluded=excluded,
        self_review=frozenset(name for name, role in roles.items() if role.allow_self_review),
        policy_version="",
    )
    people = sorted({member for name in gate.roles for member in roles[name].members})
    return tally([_agrees(person, gate, roles) for person in people], gate).missing


def _agrees(person: str, gate: Gate, roles: "Mapping[str, RoleEntry]") -> Decision:
    held = frozenset(name for name in gate.roles if person in roles[name].members)
    return Decision(
        reviewer=person,
        verdict=Verdict.approve,
        revision=1,
        round=1,
        at=datetime.min.replace(tzinfo=UTC),
        roles=tuple(sorted(gate.seats_of(Reviewer(user=person, team="", name=person, roles=held)))),
    )
