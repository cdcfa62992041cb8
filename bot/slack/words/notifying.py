"""What `/approvals notify` answers, and what the direct messages say."""
# ruff: noqa: D103 - a sentence says itself what it is

USAGE = (
    "`/approvals notify dm` has me write to you when something waits for you, and when something that you approved "
    "goes wrong. `/approvals notify off` ends that."
)
I_WRITE_TO_YOU_WHEN_SOMETHING = "I write to you when something waits for you."
I_DO_NOT_WRITE_TO_YOU = "I do not write to you."
WHAT_WAITS_ALREADY_IS_IN = " What waits already is in `/approvals`."
I_WRITE_TO_YOU_NO_MORE = "I write to you no more."
DID_NOT_WRITE_BEFORE = "I do not write to you, so nothing changed."
THIS_WAITS_FOR_YOU = ":bell: *This waits for you.*"


def i_write_to_you_from_now_on(there: str) -> str:
    return (
        "I write to you from now on when something waits for you, and when something that you approved goes "
        f"wrong. Several at once are one message.{there}"
    )


def waits_for_you(action: str) -> str:
    return f"{action} waits for you."


def requests_wait_for_you(count: int) -> str:
    return f":bell: *{count} requests wait for you:* `/approvals` lists them."


def none_of_these_requests_waits(count: int) -> str:
    return f":ballot_box_with_check: *None of these {count} requests waits for you any more.*"


def this_no_longer_waits(emoji: str, state: str) -> str:
    return f"{emoji} *This no longer waits for you.*{state}"


def you_let_this_run(word: str) -> str:
    return f":rotating_light: *{word}.* You let this run; please look."


def things_went_wrong(count: int) -> str:
    return f":rotating_light: *{count} things that you let run went wrong; please look:* `/approvals history`."
