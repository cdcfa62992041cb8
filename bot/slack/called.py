"""Whom a line of history calls again: those whose approval would still bring a proposal further. Pure."""

from typing import TYPE_CHECKING

from approvals.decision import Reviewer
from approvals.events import Escalated, Reminded
from approvals.places import would_help
from approvals.proposal import Status
from policy import mentions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from approvals.ports import Line
    from approvals.proposal import Proposal
    from policy import Role

MOST_CALLED = 20
"""People and groups that one line calls."""


def called(proposal: "Proposal", lines: "Sequence[Line]", channel: str, roles: "Mapping[str, Role]") -> tuple[str, ...]:
    """Ids of the users and user groups to call in the channel with these lines, each once.

    A reminder calls those who can still help; a role that steps in where a card stands already is called as a first
    post would call it, since an update calls nobody. `roles` are all of the policy, by name.
    """
    if proposal.status is not Status.pending:
        return ()
    found: list[str] = []
    for line in lines:
        if line.tag == Escalated.tag:
            found += _stepped_in(proposal, str(line.facts.get("to")), channel, roles)
    if any(line.tag == Reminded.tag for line in lines):
        found += _awaited(proposal, channel, roles)
    return tuple(each for each in dict.fromkeys(found) if each not in proposal.gate.excluded)[:MOST_CALLED]


def markup(ids: "Iterable[str]") -> str:
    """Markup that calls users and user groups."""
    return " ".join(f"<!subteam^{each}>" if each.startswith("S") else f"<@{each}>" for each in ids)


def _stepped_in(proposal: "Proposal", role: str, channel: str, roles: "Mapping[str, Role]") -> tuple[str, ...]:
    """Whom a post for the role names, if a card stood in its channel before the role was called in."""
    order = [each.to for each in proposal.called_in]
    later = set(order[order.index(role) :] if role in order else order)
    before = any(roles[name].channel == channel for name in proposal.gate.asked - later if name in roles)
    return mentions([roles[role]]) if before and role in roles and roles[role].channel == channel else ()


def _awaited(proposal: "Proposal", channel: str, roles: "Mapping[str, Role]") -> "Iterator[str]":
    """Those who can help and whose first role asks in this channel, so that nobody is called in two."""
    asked = [roles[name] for name in sorted(proposal.gate.asked) if name in roles]
    held: dict[str, set[str]] = {}
    for role in asked:
        for user in role.members:
            held.setdefault(user, set()).add(role.name)
    done: set[str] = set()
    for role in asked:
        here = role.channel == channel
        by_group = role.notify in ("group", None)
        if here and by_group and _helps(proposal, Reviewer(user="", team="", name="", roles=frozenset({role.name}))):
            yield from role.groups
        for user in role.members:
            if user not in done:
                done.add(user)
                reviewer = Reviewer(user=user, team="", name="", roles=frozenset(held[user]))
                if here and _helps(proposal, reviewer):
                    yield user


def _helps(proposal: "Proposal", reviewer: Reviewer) -> bool:
    """Whether there is a place for the person whose approval would bring the proposal nearer to its end."""
    standing = proposal.standing_decisions
    if reviewer.user in proposal.gate.excluded or any(reviewer.user == each.reviewer for each in standing):
        return False
    return would_help(proposal, reviewer)
