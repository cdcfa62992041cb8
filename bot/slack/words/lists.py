"""Lists: pages of `/approvals`, the App Home, figures and help."""

# ruff: noqa: D103 - a sentence says itself what it is

NO_PROPOSAL_IS_YOURS = "No proposal is yours: your agents have asked for nothing yet."
WHAT_YOU_APPROVED = "Approved by you, waiting for others"
NOTHING_YOU_APPROVED_WAITS = "Nothing that you approved waits for others."
REVIEW_HAS_UNDO = "Take one back under *Review*, with *Undo my approval*."
WHAT_YOU_MAY_DECIDE_OR_OWN = "What you may decide or own"
THERE_IS_NOTHING_THAT_YOU = "There is nothing that you may decide or own."
FOR_THE_ROLE = "For the role"
THERE_IS_NOTHING_FOR_THIS_ROLE = "This role has nothing that you may see."
OF_THE_AGENT = "Of the agent"
THERE_IS_NOTHING_OF_THIS_AGENT = "This agent has nothing that you may see."
OF_THE_ACTION = "Of the action"
THERE_IS_NOTHING_OF_THIS_ACTION = "No proposal of this action is yours to see."
NOTHING_IS_OVERDUE_OF_WHAT_YOU = "Nothing that you may see is overdue: every agent has reported in time."
WHAT_IS_OVER = "Finished"
NOTHING_IS_OVER_YET = "Nothing that you may see is finished yet."
REMEMBERED = "Remembered decisions"
NOTHING_IS_REMEMBERED = "No remembered decision that you may see is in force."
NOTHING_LIKE_IT = "No finished proposal that you may see matches. Leave out a filter: `/approvals history`."
LOOK_FURTHER_BACK = "None of the newest matches. *Next* looks further back."
ONE_PROPOSAL_IS_DAMAGED = "One proposal is damaged"
THE_LAST_DAY = "the last day"
WHAT_NEXT_SHOWS = "*Next* shows what waits next in the list that you came from."
OPEN_THIS_PROPOSAL = "Open this proposal"
THERE_IS_NO_SUCH_PROPOSAL = "There is no such proposal, or it is not yours to see."
SEVERAL_PROPOSALS_BEGIN_LIKE_THAT = "Several proposals begin like that. Type more of the id."
CARDS_STAND_IN_THE_CHANNELS = (
    "Cards are in the channels of their roles. You can also open a proposal from a list and decide it there. "
    "Unanswered proposals are rejected at their deadline."
)
WHAT_YOU_CAN_ASK = "What you can ask"
LISTS_WHAT_YOU_CAN_ASK = "`/approvals help` lists what you can ask."
VOID_SINCE_MARKED = " _(void since then)_"


def how_many_overdue(total: int) -> str:
    return f":rotating_light: *Overdue: {total}.* Somebody must look."


def and_more(left: int) -> str:
    return f"… and {left} more: `/approvals overdue`"


def proposals_are_damaged(count: int) -> str:
    return f"{count} proposals are damaged"


def damaged_rows(some: str) -> str:
    return f":warning: {some} in the database and not shown. Whoever runs Signoff looks with `signoff audit verify`."


def the_last_days(days: int) -> str:
    return f"the last {days} days"


def more_than(counted: int) -> str:
    return f"more than {counted}"


def trail_page(page: int, pages: int) -> str:
    return f"Trail, page {page} of {pages}"


def with_its_trail(title: str) -> str:
    return f"{title}, with its trail"


def report_was_due(emoji: str, word: str, report_by: str) -> str:
    return f"{emoji} *{word}:* somebody must look; its report was due {report_by}"


def somebody_must_look(emoji: str, word: str) -> str:
    return f"{emoji} *{word}:* somebody must look"


WHAT_YOU_DECIDED_LATELY = "What you decided lately"
YOU_HAVE_DECIDED_NOTHING_YET = "You have decided nothing yet."
HOME_NO_PROPOSAL_IS_YOURS = "No proposal is yours."
LISTS_WHAT_ELSE_YOU_CAN_ASK = "`/approvals help` lists what else you can ask."
OPEN_THE_LIST = "Open the list"


NOBODY_WAS_ASKED_ANYTHING = (
    "In this time nothing that you may see was asked of people, and no sample that you may judge was drawn. "
    "Look further back: `/approvals stats 90d`."
)
TITLE = "How it went"
OWN = "what you own"
AS_PICTURE = "As a picture"
AS_PICTURE_SAID = "These figures as a picture, in a direct message to you"
THE_WAIT_IS_THE_MEDIAN = "The wait is the median: half were decided sooner. What is still open has none."
RUSHED_DECISIONS_CAME_SOONER = "Rushed are decisions that came sooner than there was time to read."
HOW_YOU_DECIDED = "How you decided"
SEEN_IS_THE_TIME = (
    "Seen: from when a card was first before you, against the time it takes to read it. It shows what was not read, "
    "not what was understood. Only you see it, and who leads your role."
)
LEAD_SEES_HOW_THEY_DECIDED = (
    "You lead this role, so you see how each decided in it. People get different cards at different hours: compare "
    "nobody with somebody else, only early with late."
)
NOT_KNOWN_HOW_LONG = "how long they had the cards before them is not known"
NOBODY_DECIDED = "In this time nobody decided for this role."


def how_they_decided(role: str) -> str:
    return f"How people decided for {role}"


def decided(made: int, counted: str) -> str:
    return f"{made} decision{'' if made == 1 else 's'}: {counted}"


def seen_for(times: float, unread: int, known: int) -> str:
    return f"seen for {times:.1f} times the reading time in the median, {unread} of {known} for less than half of it"


def late_in_a_row(early: float, late: float) -> str:
    return f"for less than half of it: {early:.0%} of the first 10 in an hour, {late:.0%} from the 31st on"


def second_disagreed(disagreed: int, cases: int) -> str:
    return f"said something else than who decided before: {disagreed} of {cases}"


def after_approval(failed: int, undone: int) -> str:
    said = [f"{failed} failed"] * bool(failed) + [f"{undone} revoked"] * bool(undone)
    return f"of the approved, later {' and '.join(said)}"


def look_over(more: int, bound: float) -> str:
    return f"{more} more that are fine would show less than {bound:.0%}."


def more_people(more: int) -> str:
    return f"… and {more} more"


NONE_WAITS_TO_BE_JUDGED = "none waits to be judged"


def judged_are(confidence: float) -> str:
    return (
        "Judged are cards drawn at random of what ran by itself. The range holds the true rate in "
        f"{confidence:.0%} of cases (Wilson's interval); the more is judged, the narrower it is."
    )


def you_are_not_in_a_role(role: str) -> str:
    return f"You are not in a role *{role}*, so you cannot see its stats."


def wait_to_be_judged(waiting: int) -> str:
    return f"{waiting} wait{'s' if waiting == 1 else ''} to be judged"


def nothing_is_judged_yet(sampled: str) -> str:
    return f"Nothing is judged yet, so nothing can be said of its errors. {sampled}"


def of_judged(not_fine: int, judged: int, were: str, rate: float, low: float, high: float, sampled: str) -> str:
    return (
        f"{not_fine} of {judged} judged {were} not fine: {rate:.1%}. "
        f"The true rate is likely between {low:.1%} and {high:.1%}. {sampled}"
    )


def more_roles(more: int) -> str:
    return f"… and {more} more: /approvals stats role NAME"


HELP: tuple[tuple[str, str], ...] = (
    ("", "what waits for you, the most urgent first"),
    ("overdue", "what an agent took and did not report, or was to roll back"),
    ("approved", "what you approved and others must still approve; there you can undo it"),
    ("mine", "what you own or asked for"),
    ("all", "what you may decide or own"),
    ("role NAME", "what a role may decide"),
    ("agent NAME", "what an agent proposed"),
    ("action refund.*", "what asks for an action"),
    (
        "history",
        "what is finished; then any of `agent NAME`, `action refund.*`, `by @NAME`, `status rejected`, `since 7d`",
    ),
    ("show ID", "one proposal with its trail; also the beginning of its id, or a link to its card"),
    ("stats", "how it went, and how you decided, in the last 30 days; then any of `7d`, `role NAME`, `agent NAME`"),
    ("remembered", "remembered approvals and rejections, to be ended"),
    (
        "delegate @NAME until friday",
        "lets somebody decide for you for a while; also `until 18:00`, `until 2026-12-24 10:00`, `for 3d`",
    ),
    ("delegate", "who decides for you, and for whom you do"),
    ("delegate stop @NAME", "ends that, from either side"),
    ("stop agent NAME because …", "ends at once all that an agent may still begin; its owner and the operators may"),
    ("stop everything because …", "ends it for all agents, and nobody can approve; the operators alone may"),
    ("stop", "what is stopped"),
    ("resume agent NAME", "lets it go on, also `resume everything`; the operators alone may"),
    ("enrol", "gives you a second factor, for what takes a code with the approval"),
    ("notify dm", "has me write to you when something waits for you; `notify off` ends that"),
    ("help", "this list"),
)
"""What may follow `/approvals`."""
GROUPS: dict[str, str] = {
    **dict.fromkeys(("", "overdue", "approved"), "What needs you"),
    **dict.fromkeys(("mine", "all", "role", "agent", "action", "history", "show"), "Looking things up"),
    "stats": "How it goes",
    **dict.fromkeys(("remembered", "delegate"), "Remembered decisions and delegates"),
    **dict.fromkeys(("stop", "resume", "enrol", "notify"), "Stops, codes and messages"),
}
"""Under which title the help has a verb; the others stand under the last."""
