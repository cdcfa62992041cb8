"""What `/approvals delegate` answers, and what the channels are told of it."""
# ruff: noqa: D103 - a sentence says itself what it is

USAGE = (
    "Say whom and for how long: `/approvals delegate @NAME until friday`, `until 18:00`, `until tomorrow 12:00`, "
    "`until 2026-12-24`, `for 3d`, `for 4h`. A day without a time counts to its end; "
    "a weekday is today or one of the six after, so say the date for next week's."
)
NAME_NOBODY_BUT_THE_PERSON = "Name nobody but the person: `/approvals delegate stop @NAME`."
TIME_ZONE_UNKNOWN = "Slack does not tell a time zone of yours that I know. Say `for 4h` or `for 3d` instead."
YOU_COUNT_TOGETHER_FOR_ONE = (
    "You count together for one: where they stand in for you, you cannot approve as well. They cannot pass it on, "
    "and they may not where you may not. The channels of your roles are told."
)
NOBODY_DECIDES_FOR_YOU = "Nobody decides for you, and you decide for nobody."
END_THIS_DELEGATION = "End this delegation"
LEND_TITLE = "Decide for you"
LEND = "Let them decide"
END_TITLE = "End a delegation"
END_IT = "End it"


def you_decide_for_too(whom: str) -> str:
    return f":handshake: You decide for {whom} too; what waits for them is listed here."


def did_not_understand(usage: str) -> str:
    return f"I did not understand for how long. {usage}"


def announced(delegate: str, user: str, until: str) -> str:
    return f":handshake: {delegate} may decide for {user} until {until}."


def no_longer_decides_for_you(delegate: str) -> str:
    return f"{delegate} no longer decides for you. What they decided stays decided."


def you_no_longer_decide_for(delegator: str) -> str:
    return f"You no longer decide for {delegator}. What you decided stays decided."


def end_of(delegation: str) -> str:
    return f"*End this?* {delegation} What was decided by then stays decided."


def your_time_zone(zone: str) -> str:
    return f" (your time zone is {zone})"


def may_decide_for_you(who: str, until: str, clock: str, roles: str) -> str:
    return f":handshake: {who} may decide for you until {until}{clock}, wherever you might as a member of {roles}."


def decides_for_you(delegate: str) -> str:
    return f"{delegate} decides for you"


def you_decide_for(delegator: str) -> str:
    return f"You decide for {delegator}"


def letters_alone(letters: str) -> str:
    return (
        f"Slack gave me the letters {letters} alone, not the person behind them. Type `@` and pick the name from the "
        "list that Slack offers, then send it again."
    )
