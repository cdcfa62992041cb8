"""Second factor: what people read who enrol one, type a code of it, or lose it."""

# ruff: noqa: D103 - a sentence says itself what it is

ENROL_USAGE = (
    "`/approvals enrol` gives you a second factor. Who lost theirs has it reset by two operators: each types "
    "`/approvals enrol reset @NAME`."
)
ENROL_TITLE = "Second factor"
ENROL = "Enrol"
ENTER_THIS_KEY = (
    ":closed_lock_with_key: *In your authenticator app, add an account by hand:* the name is Signoff, the kind is "
    "time-based, and this is the key. Blanks do not count."
)
OR_OPEN_THIS = "Or copy this address into it:"
THE_CODE_IT_SHOWS = "The code that it shows now"
TYPE_SIX_DIGITS = "Type the six digits that your app shows now."
NOBODY_ELSE_SEES_IT = (
    "Nobody else sees this, and it is not shown again. Nothing is kept before a first code has come from it."
)
ENROLLED = (
    ":white_check_mark: *You have a second factor.* Where a rule asks for it, you type a code with the approval. That "
    "first code is used up; wait for the next. If you lose the device, tell two operators."
)
RESET_TITLE = "Reset a second factor"
RESET = "Reset it"
RESET_ASKED = "*You asked for the reset.* Another operator has to do the same within a day; until then nothing changes."
RESET_DONE = (
    ":white_check_mark: *It is reset.* They type `/approvals enrol` for a new one, and approve with codes after it."
)
CODE_LABEL = "Code from your authenticator app"
CODE_HINT = "Six digits. Each code counts once."
CODE_MISSHAPEN = "Type the six digits that your app shows now"
NOT_ENROLLED = (
    "To approve this you type a code of a second factor, and you have none yet. Type `/approvals enrol`, it takes a "
    "minute; then approve. Nothing was changed."
)
ALREADY_ENROLLED = (
    "You have a second factor already. If you lost it, two operators reset it: each types `/approvals enrol reset "
    "@NAME`. Nothing was changed."
)
NOTHING_TO_RESET = "They have no second factor, so there is nothing to reset. They type `/approvals enrol` for one."
OPERATORS_RESET = (
    "A second factor is reset by two operators: people whom the policy names under `ops`. Nothing was changed."
)
ANOTHER_OPERATOR = "You asked for this reset. Another operator has to do the same. Nothing was changed."


def has_enrolled(who: str) -> str:
    return f":closed_lock_with_key: {who} enrolled a second factor. If that was not them, reset it, and help them."


def really_ask_for_reset(whom: str) -> str:
    return (
        f"*Ask for the reset of the second factor of {whom}?*\nTalk to them first, and not in Slack: who has taken "
        "over an account would ask for this. Another operator has to do the same within a day."
    )


def really_reset(whom: str, by: str, at: str) -> str:
    return (
        f"*Reset the second factor of {whom}?*\n{by} asked for it {at}. Talk to {whom} yourself first, and not in "
        "Slack. Whoever has their account can enrol a new one then."
    )


def reset_is_asked(whom: str, by: str) -> str:
    return (
        f":closed_lock_with_key: {by} asks for the reset of the second factor of {whom}. Another operator has to do "
        "the same: `/approvals enrol reset @NAME`."
    )


def was_reset(whom: str, by: str) -> str:
    return f":closed_lock_with_key: The second factor of {whom} is reset, by {by} as the second operator."


def is_locked(who: str) -> str:
    return (
        f":rotating_light: {who} typed too many codes that were wrong; none of theirs counts for an hour. If that was "
        "not them, somebody else has their account."
    )


def locked(until: str) -> str:
    return f"Too many codes were wrong, so none of yours is looked at until {until}. The operators are told."


def wrong(left: int) -> str:
    more = "1 more try" if left == 1 else f"{left} more tries"
    return f"That is not the code that your app shows now. You have {more} within the hour."


USED = "This code counted before, and each counts once. Wait for the next, half a minute at most."


def at_the_field(sentence: str) -> str:
    """The sentence where Slack reads no markup."""
    return sentence.replace("`", "")
