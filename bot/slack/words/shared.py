"""Words of more than one surface, and of the pages of a modal."""

# ruff: noqa: D103 - a sentence says itself what it is


def back_to_page(page: int, pages: int) -> str:
    return f"Back to page {page} of {pages}"


def on_to_page(page: int, pages: int) -> str:
    return f"On to page {page} of {pages}"


def only_the_beginning(label: str) -> str:
    return f"{label} (only the beginning)"


def missing_here(left: str) -> str:
    return f"… {left} are missing here"


EFFECT_AS_THE_AGENT_FORESEES = "Preview: the effect as the agent foresees it"
THE_LINE_GOES_ON = "(the line goes on)"
UNTRUSTED_SOURCE = ":globe_with_meridians: *Untrusted source:* text from outside may have triggered this."
HIDDEN_CHARACTERS = (
    ":warning: *Hidden characters:* something here holds characters that do not show or pass for others. "
    "They are spelled out, like ⟨U+202E⟩ or ⟨U+0430 Cyrillic, like a⟩."
)
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
