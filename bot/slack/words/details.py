"""What the pages of `Details` say."""
# ruff: noqa: D103 - a sentence says itself what it is

BACK_TO_THE_PAGE_BEFORE = "Back to the page before"
IT_ACTS_FOR = "It acts for "
SUMMARY_BY_THE_AGENT = "Summary by the agent"
FROM_OUR_RECORDS = "From our records"
WHY_IT_WAS_OBJECTED_TO = "Why it was objected to"
THE_AGENTS_ANSWER = "The agent's answer, checked by nobody"
SAYS_NO_TO = "says no to"
VOID_SINCE = " (void since then)"


def what_revision_changed(number: int) -> str:
    return f"What revision {number} changed"


def undone(taken_back_at: str) -> str:
    return f" (undone {taken_back_at}, so it does not count)"
