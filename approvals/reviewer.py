"""Reviewers: a person in Slack with their roles, as they were looked up a moment ago."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegatedRoles:
    """The roles of somebody who lent their place, as just looked up."""

    by: str
    roles: frozenset[str]
    proof: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """A person in Slack whose standing was just looked up; `roles` are all roles the policy gives them."""

    user: str
    team: str
    name: str
    roles: frozenset[str] = frozenset()
    proof: tuple[str, ...] = ()
    """How each role is known, for the audit log: `finance: member`, `finance: group S0FINANCE`."""
    delegated: tuple[DelegatedRoles, ...] = ()
    """The places that others have lent them."""
