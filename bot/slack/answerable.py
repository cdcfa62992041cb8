"""Whom a line of history calls because something went wrong: those who approved it, each in one place. Pure."""

from typing import TYPE_CHECKING

from approvals.decision import Verdict
from approvals.events import Doubted, Failed, Overran, Undone
from approvals.proposal import Cause, Status, UndoStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from approvals.decision import Decision
    from approvals.ports import Line
    from approvals.proposal import Proposal
    from policy import Role


def answerable(
    proposal: "Proposal", lines: "Sequence[Line]", channel: str, roles: "Mapping[str, Role]"
) -> tuple[str, ...]:
    """Ids of those to call in the channel with these lines: nobody while all is well, or where nobody approved it.

    With several cards each person is called below that of a role in which they approved. `roles` are all of the
    policy, by name.
    """
    if not any(went_wrong(proposal, line) for line in lines):
        return ()
    return tuple(user for user, home in _homes(proposal, roles).items() if home == channel)


def went_wrong(proposal: "Proposal", line: "Line") -> bool:
    """Whether the line says that somebody must look, and nothing since has made that needless."""
    match line.tag:
        case Failed.tag:
            return True
        case Overran.tag:
            return proposal.overdue
        case Doubted.tag:
            return proposal.status is Status.unknown
        case Undone.tag:
            return proposal.undo is not None and proposal.undo.status is UndoStatus.failed
        case _:
            return False


def approvers(proposal: "Proposal") -> "dict[str, Decision | None]":
    """Who let it run, each with the approval if there is one; else whoever asked for what failed to be undone."""
    agreed = [each for each in proposal.standing_decisions if each.verdict is Verdict.approve]
    found: dict[str, Decision | None] = {each.reviewer: each for each in agreed}
    if not found and proposal.cause is Cause.standing and proposal.resolved_by is not None:
        found[proposal.resolved_by] = None
    if not found and proposal.undo is not None and proposal.undo.status is UndoStatus.failed:
        found[proposal.undo.requested_by] = None
    return found


def _homes(proposal: "Proposal", roles: "Mapping[str, Role]") -> dict[str, str]:
    """For each of them the one channel in which they are called."""
    first = proposal.channels[0] if proposal.channels else ""
    homes = {}
    for user, decision in approvers(proposal).items():
        asked = [roles[name].channel for name in (decision.roles if decision else ()) if name in roles]
        homes[user] = next((channel for channel in asked if channel in proposal.channels), first)
    return homes
