"""What the card and the list of many requests at once say."""
# ruff: noqa: D103 - a sentence says itself what it is

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

WAITS_HERE_NO_MORE = " waits here any more."
DECIDED = "Decided: many requests at once"
WHAT_BECAME_OF_EACH = "What became of each: `/approvals all` lists them."
APPROVAL_NEEDED = "Approval needed: many requests at once"
REVIEW_WHAT_WAITS_HERE = "Review what waits here, one by one"
NOTHING_THAT_YOU_MAY_SEE_WAITS = "Nothing that you may see waits here any more."
NOTHING_HERE_IS_YOURS_TO_SEE = "Nothing here is yours to see."
THE_SOONEST_DEADLINE_FIRST = " wait, the soonest deadline first."
OPEN_ONE_TO_SEE_IT_WHOLE = "Open one to see it whole and decide it. Nothing is decided on this list."


def nothing_waits_any_more(agent: str) -> str:
    return f"Nothing of {agent} waits on this summary any more"


def first_rejected(soonest: str) -> str:
    return (
        f":hourglass_flowing_sand: The first is rejected {soonest} unless somebody decides.\n"
        "They came faster than cards can be posted, so they stand here together. "
        "Each is opened and decided on its own."
    )


def ends(soonest: "datetime") -> str:
    return f"The first is rejected {soonest:%Y-%m-%d %H:%M} UTC unless somebody decides."


def of_other_kinds(rest: int) -> str:
    return f"{rest} of other kinds"
