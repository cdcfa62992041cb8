"""What the lists of `/approvals` say."""
# ruff: noqa: D103 - a sentence says itself what it is

NO_PROPOSAL_IS_YOURS = "No proposal is yours: your agents have asked for nothing yet."
WHAT_YOU_MAY_DECIDE_OR_OWN = "What you may decide or own"
THERE_IS_NOTHING_THAT_YOU = "There is nothing that you may decide or own."
FOR_THE_ROLE = "For the role"
THERE_IS_NOTHING_FOR_THIS_ROLE = "There is nothing for this role that you may see."
OF_THE_AGENT = "Of the agent"
THERE_IS_NOTHING_OF_THIS_AGENT = "There is nothing of this agent that you may see."
OF_THE_ACTION = "Of the action"
THERE_IS_NOTHING_OF_THIS_ACTION = "There is nothing of this action that you may see."
NOTHING_IS_OVERDUE_OF_WHAT_YOU = "Nothing is overdue of what you may see: every agent has reported in time."
WHAT_IS_OVER = "What is over"
NOTHING_IS_OVER_YET = "Nothing is over yet of what you may see."
HELD_AFTER_A_NO = "Held after a no"
NOTHING_IS_HELD_OF_WHAT_YOU = "Nothing is held of what you may see."
APPROVED_FOR_THE_NEXT_LIKE_IT = "Approved for the next like it"
NO_APPROVAL_STANDS_FOR_THE_NEXT = "No approval stands for the next like it of what you may see."
NOTHING_LIKE_IT = "Nothing that is over is like that, of what you may see. Leave out a filter: `/approvals history`."
ONE_PROPOSAL_IS_DAMAGED = "One proposal is damaged"
THE_LAST_DAY = "the last day"
WHAT_NEXT_SHOWS = "*Next* shows what waits next in the list that you came from."
OPEN_THIS_PROPOSAL = "Open this proposal"
THERE_IS_NO_SUCH_PROPOSAL = "There is no such proposal, or it is not yours to see."
SEVERAL_PROPOSALS_BEGIN_LIKE_THAT = "Several proposals begin like that. Type more of the id."
CARDS_STAND_IN_THE_CHANNELS = (
    "Cards stand in the channels of their roles. Whoever opens a proposal from a list can decide it there. "
    "Unanswered proposals are rejected at their deadline."
)
WHAT_YOU_CAN_ASK = "What you can ask"
LISTS_WHAT_YOU_CAN_ASK = "`/approvals help` lists what you can ask."
VOID_SINCE_MARKED = " _(void since then)_"


def overdue(total: int) -> str:
    return f":rotating_light: *Overdue: {total}.* Somebody must look."


def and_more(left: int) -> str:
    return f"… and {left} more: `/approvals overdue`"


def proposals_are_damaged(count: int) -> str:
    return f"{count} proposals are damaged"


def damaged(some: str) -> str:
    return f":warning: {some} in the database and not shown. Whoever runs Signoff looks with `signoff audit verify`."


def the_last_days(days: int) -> str:
    return f"the last {days} days"


def trail_page(page: int, pages: int) -> str:
    return f"Trail, page {page} of {pages}"


def with_its_trail(title: str) -> str:
    return f"{title}, with its trail"


def report_was_due(emoji: str, word: str, report_by: str) -> str:
    return f"{emoji} *{word}:* somebody must look; its report was due {report_by}"


def somebody_must_look(emoji: str, word: str) -> str:
    return f"{emoji} *{word}:* somebody must look"
