"""The key `sample`: the random share of what runs at once that people look over, and who may."""

from typing import TYPE_CHECKING

from approvals.gate import Sampling
from policy.routing import channels
from policy.staffing import demand, staffed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policy.file.rulebook import RuleEntry
    from policy.routing import Role
    from policy.staffing import Groups


def of(entry: "RuleEntry") -> Sampling | None:
    """What a rule of the file wants looked over."""
    return None if entry.sample is None else Sampling(share=float(entry.sample), roles=entry.named_roles)


def routed(
    wanted: Sampling | None, owner: frozenset[str], roles: "Mapping[str, Role]", groups: "Groups"
) -> Sampling | None:
    """The same for one proposal: with its channels, and with the backups of roles that have nobody but the owner.

    Where nobody may at all it is drawn all the same and waits: whom an agent acts for shall not keep it from chance.
    """
    if wanted is None:
        return None
    judges: set[str] = set(wanted.roles)
    for role in wanted.roles:
        judges |= {each.by for each in staffed(demand(roles, [role], 1, owner), roles, owner, groups).stand_ins}
    return Sampling(share=wanted.share, roles=tuple(sorted(judges)), channels=channels(roles, judges))
