"""Shared words of several surfaces: statuses, lists of names, counts, and sentences."""

# ruff: noqa: D103 - a sentence says itself what it is

from datetime import timedelta
from typing import TYPE_CHECKING

from approvals.proposal import Cause, RollbackStatus, Status
from bot.slack.blockkit.text import escape, one_line, shorten

if TYPE_CHECKING:
    from approvals.proposal import Proposal


STATUSES: dict[Status, tuple[str, str]] = {
    Status.pending: (":hourglass_flowing_sand:", "Waiting"),
    Status.approved: (":white_check_mark:", "Approved"),
    Status.rejected: (":no_entry:", "Rejected"),
    Status.withdrawn: (":leftwards_arrow_with_hook:", "Withdrawn"),
    Status.claimed: (":gear:", "Running"),
    Status.revoked: (":no_entry:", "Revoked"),
    Status.lapsed: (":hourglass:", "Lapsed"),
    Status.succeeded: (":heavy_check_mark:", "Succeeded"),
    Status.failed: (":x:", "Failed"),
    Status.unknown: (":grey_question:", "Outcome unknown"),
}
"""An emoji and a word for each status; never the emoji alone."""
DRILL = (":dart:", "Drill")
"""In place of the status of what was one."""
OVERDUE = "Overdue"
"""In place of the status where a report is late."""
ROLLBACKS: dict[RollbackStatus, tuple[str, str]] = {
    RollbackStatus.requested: (":leftwards_arrow_with_hook:", "Rollback wanted"),
    RollbackStatus.done: (":leftwards_arrow_with_hook:", "Rolled back"),
    RollbackStatus.failed: (":rotating_light:", "Rollback failed"),
}
"""The same for what people objected to after it was claimed."""

_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
MOST_NAMES = 12
"""So many names in one sentence; the rest are counted."""


def state(proposal: "Proposal") -> tuple[str, str]:
    """An emoji and the few words that say how a proposal stands: what needs somebody first."""
    if proposal.drill is not None and proposal.drill.result is not None:
        return DRILL
    if proposal.rollback is not None and proposal.rollback.status is RollbackStatus.failed:
        return ROLLBACKS[proposal.rollback.status]
    if proposal.overdue:
        return ":rotating_light:", OVERDUE
    if proposal.rollback is not None:
        return ROLLBACKS[proposal.rollback.status]
    if proposal.status is Status.approved and proposal.cause is Cause.watch:
        return ":eyes:", "Runs without waiting"
    return STATUSES[proposal.status]


def name(word: str) -> str:
    """A name from the policy (role, agent, rule) inside our markup."""
    return escape(shorten(one_line(word), 80)[0])


def listed(names: "list[str]", last: str = "and") -> str:
    """`a, b and c`; empty for none."""
    if len(names) > MOST_NAMES:
        names = [*names[: MOST_NAMES - 1], f"{len(names) - MOST_NAMES + 1} more"]
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else "".join(names)


def span(duration: timedelta) -> str:
    """A duration in its largest whole unit: `90 seconds`, `30 minutes`, `1 hour`."""
    seconds = int(duration.total_seconds())
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    count = seconds // size
    return f"{count} {unit}{'' if count == 1 else 's'}"


def roughly(duration: timedelta) -> str:
    """A duration in its largest unit, rounded down: `25 minutes`, `2 days`; below a minute it says so."""
    seconds = max(0, int(duration.total_seconds()))
    found = next(((size, unit) for size, unit in _UNITS[:-1] if seconds >= size), None)
    if found is None:
        return "less than a minute"
    count = seconds // found[0]
    return f"{count} {found[1]}{'' if count == 1 else 's'}"


EFFECT_AS_THE_AGENT_FORESEES = "Preview: the effect as the agent foresees it"
THE_AGENTS_CLAIMS = ":speech_balloon: *The agent's claims*, checked by nobody:"
WHY_A_PERSON_IS_ASKED = "Why a person is asked"
THE_AGENT_REPORTS = "The agent reports"
HOW_IT_CHECKED = "How it checked"
THE_AGENT_REPORTS_OF_THE_ROLLBACK = "The agent reports on the rollback"
A_FIELD_WITHOUT_A_NAME = "a field without a name"
WAITING_FOR_YOU = "Waiting for you"
NOTHING_WAITS_FOR_YOU = "Nothing waits for you."
WHAT_YOU_OWN_OR_ASKED_FOR = "What you own or asked for"
ASK_THE_AGENT = "Ask the agent"
THIS_PAGE_IS_EMPTY_NOW = "This page is empty now."


def the_agent_says(summary: str) -> str:
    return f"The agent says: {summary}"


def the_same_as(twin: int) -> str:
    return f" · the same as {twin}"


def please_decide(mention: str) -> str:
    return f":bell: Please decide: {mention}"


def not_shown_here(claims: str) -> str:
    return f"Not shown here, whole in Details: {claims}"


def more_in_details(left: str) -> str:
    return f"… {left} more in Details"
