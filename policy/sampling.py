"""The random share of what runs at once that people look over: who may, and what is wrong with a rule that wants it."""

from typing import TYPE_CHECKING

from approvals.gate import Sampling, Tier
from policy.evaluate import Rule
from policy.faults import Finding
from policy.people import demand, staffed
from policy.routing import channels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policy.lint import Lint
    from policy.people import Groups
    from policy.routing import Role
    from policy.rulebook import RuleEntry


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


def faults(lint: "Lint") -> "Iterator[Finding]":
    """What keeps the program from starting, rule by rule."""
    for index, rule in lint.book.rules.items():
        if rule.sample is None:
            continue
        path = ("rules", index, "sample")
        if rule.tier is not Tier.auto:
            message = f"a rule of tier {rule.tier} draws no sample"
            yield Finding(path=path, message=message, remedy="Leave it out, or write tier: auto.")
        elif not rule.named_roles:
            message = "says nobody who looks over what is drawn"
            yield Finding(path=path, message=message, remedy="Name a role in role.")
        else:
            yield from _nobody(lint, index, rule)


def _nobody(lint: "Lint", index: int, rule: "RuleEntry") -> "Iterator[Finding]":
    for name, owner in lint.proposers(rule.action).items():
        asked = [Rule(id=rule.id, action=rule.action, tier=Tier.approve, roles=(role,)) for role in rule.named_roles]
        if owner and all(lint.shortage([each], owner) for each in asked):
            key = "roles" if rule.role is None else "role"
            yield Finding(
                path=("rules", index, key),
                message=f"nobody may judge what is drawn of {name}, whose owner {owner} may not",
                remedy="Add somebody else to the role, or say allow_self_review: true in it.",
            )
