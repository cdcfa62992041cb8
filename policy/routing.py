"""Routing: which roles are asked, in which channels, and whom a first post mentions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from approvals.fatigue import FatigueTerms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_MENTIONED = 5
"""Members a first post mentions where the role says nothing and has no group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """People who may decide. Ids are Slack's: users, user groups, a channel."""

    name: str
    channel: str
    members: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    notify: Literal["group", "members", "none"] | None = None
    """None: the groups, or up to MOST_MENTIONED members where there is none."""
    allow_self_review: bool = False
    backup: str | None = None
    """The role that may decide too where too few of this one can."""
    lead: tuple[str, ...] = ()
    """Who sees how its reviewers decide."""
    digest: Literal["weekly", "never"] = "never"
    fatigue: FatigueTerms | None = None
    """None: nobody is ever tired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ops:
    """Who is told of trouble."""

    channel: str
    members: tuple[str, ...]


def channels(roles: "Mapping[str, Role]", names: "Iterable[str]") -> tuple[str, ...]:
    """The distinct channels of the named roles, sorted."""
    return tuple(sorted({roles[name].channel for name in names}))


def mentions(roles: "Iterable[Role]") -> tuple[str, ...]:
    """Ids of the user groups (`S…`) and users (`U…`, `W…`) whom a first post for these roles names, each once."""
    return tuple(dict.fromkeys(each for role in roles for each in _mentioned(role)))


def _mentioned(role: Role) -> tuple[str, ...]:
    match role.notify:
        case "none":
            return ()
        case "group":
            return role.groups
        case "members":
            return role.members
        case _:
            return role.groups or role.members[:MOST_MENTIONED]
