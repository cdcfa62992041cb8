"""What `/approvals stats` says."""
# ruff: noqa: D103 - a sentence says itself what it is

NOBODY_WAS_ASKED_ANYTHING = (
    "Nobody was asked anything in this time that is yours to see, and nothing that you may judge or own was drawn. "
    "Look further back: `/approvals stats 90d`."
)
TITLE = "How it went"
OWN = "what you own"
THE_WAIT_IS_THE_MEDIAN = "The wait is the median: half were decided sooner. What is still open has none."
HASTY_ARE_DECISIONS_THAT_CAME_SOONER = "Hasty are decisions that came sooner than there was time to read."
NONE_WAITS_TO_BE_JUDGED = "none waits to be judged"


def judged_are(confidence: float) -> str:
    return (
        "Judged are cards drawn at random of what ran by itself. The range holds the true rate in "
        f"{confidence:.0%} of cases (Wilson's interval); the more is judged, the narrower it is."
    )


def you_are_not_in_a_role(role: str) -> str:
    return f"You are not in a role *{role}*, so there are no figures of it for you."


def wait_to_be_judged(waiting: int) -> str:
    return f"{waiting} wait{'s' if waiting == 1 else ''} to be judged"


def nothing_is_judged_yet(drawn: str) -> str:
    return f"Nothing is judged yet, so nothing can be said of its errors. {drawn}"


def of_judged(not_fine: int, judged: int, were: str, rate: float, low: float, high: float, drawn: str) -> str:
    return (
        f"{not_fine} of {judged} judged {were} not fine: {rate:.1%}. "
        f"The true rate is likely between {low:.1%} and {high:.1%}. {drawn}"
    )


def more_roles(more: int) -> str:
    return f"… and {more} more: /approvals stats role NAME"
