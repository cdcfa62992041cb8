"""Mentions below a line of history: whose approval is still wanted, or who approved what then went wrong. Pure."""

from typing import TYPE_CHECKING

from approvals.decision import Verdict
from approvals.events import Escalated, Failed, OutcomeUnknown, Overdue, Reminded, Resumed, RolledBack
from approvals.proposal import Cause, RollbackStatus, Status
from approvals.reviewer import Reviewer
from approvals.seats import would_help
from policy import mentions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from approvals.decision import Decision
    from approvals.ports import Line
    from approvals.proposal import Proposal
    from policy import Role

MOST_CALLED = 20
"""People and groups that one line calls."""


def mentioned(
    proposal: "Proposal", lines: "Sequence[Line]", channel: str, roles: "Mapping[str, Role]"
) -> tuple[str, ...]:
    """Ids of the users and user groups to call in the channel with these lines, each once.

    A reminder calls those who can still help, and so does what goes on where they are asked again after a stop; a role
    that steps in where a card stands already is called as a first
    post would call it, since an update calls nobody. `roles` are all of the policy, by name.
    """
    if proposal.status is not Status.pending:
        return ()
    found: list[str] = []
    for line in lines:
        if line.tag == Escalated.tag:
            found += _stepped_in(proposal, str(line.facts.get("to")), channel, roles)
    if any(line.tag == Reminded.tag or (line.tag == Resumed.tag and line.facts.get("again")) for line in lines):
        found += _awaited(proposal, channel, roles)
    return tuple(each for each in dict.fromkeys(found) if each not in proposal.gate.excluded)[:MOST_CALLED]


def markup(ids: "Iterable[str]") -> str:
    """Markup that calls users and user groups."""
    return " ".join(f"<!subteam^{each}>" if each.startswith("S") else f"<@{each}>" for each in ids)


def _stepped_in(proposal: "Proposal", role: str, channel: str, roles: "Mapping[str, Role]") -> tuple[str, ...]:
    """Whom a post for the role names, if a card stood in its channel before the role was called in."""
    order = [each.to for each in proposal.escalated_to]
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
        whole_group = Reviewer(user="", team="", name="", roles=frozenset({role.name}))
        if here and by_group and would_help(proposal, whole_group):
            yield from role.groups
        for user in role.members:
            if user not in done:
                done.add(user)
                reviewer = Reviewer(user=user, team="", name="", roles=frozenset(held[user]))
                if here and would_help(proposal, reviewer):
                    yield user


def answerable(
    proposal: "Proposal", lines: "Sequence[Line]", channel: str, roles: "Mapping[str, Role]"
) -> tuple[str, ...]:
    """Ids of those to call in the channel with these lines: nobody while all is well, or where nobody approved it.

    With several cards each person is called below that of a role in which they approved. `roles` are all of the
    policy, by name.
    """
    if not any(needs_somebody(proposal, line) for line in lines):
        return ()
    return tuple(user for user, home in _homes(proposal, roles).items() if home == channel)


def needs_somebody(proposal: "Proposal", line: "Line") -> bool:
    """Whether the line says that somebody must look, and nothing since has made that needless."""
    match line.tag:
        case Failed.tag:
            return True
        case Overdue.tag:
            return proposal.overdue
        case OutcomeUnknown.tag:
            return proposal.status is Status.unknown
        case RolledBack.tag:
            return proposal.rollback is not None and proposal.rollback.status is RollbackStatus.failed
        case _:
            return False


def approvers(proposal: "Proposal") -> "dict[str, Decision | None]":
    """Who let it run, each with the approval if there is one; else whoever asked for what failed to be rolled back."""
    agreed = [each for each in proposal.active_decisions if each.verdict is Verdict.approve]
    found: dict[str, Decision | None] = {each.reviewer: each for each in agreed}
    if not found and proposal.cause is Cause.remembered_approval and proposal.resolved_by is not None:
        found[proposal.resolved_by] = None
    if not found and proposal.rollback is not None and proposal.rollback.status is RollbackStatus.failed:
        found[proposal.rollback.requested_by] = None
    return found


def _homes(proposal: "Proposal", roles: "Mapping[str, Role]") -> dict[str, str]:
    """For each of them the one channel in which they are called."""
    first = proposal.channels[0] if proposal.channels else ""
    homes = {}
    for user, decision in approvers(proposal).items():
        asked = [roles[name].channel for name in (decision.roles if decision else ()) if name in roles]
        homes[user] = next((channel for channel in asked if channel in proposal.channels), first)
    return homes
