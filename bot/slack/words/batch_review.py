"""What the list behind `Review` of a shared card says."""
# ruff: noqa: D103 - a sentence says itself what it is

THE_SAME_IN_ALL_OF_THEM = "The same in all of them: part of what will run"
NOTHING_CAN_BE_APPROVED_HERE = "Nothing here can be approved from this list; open one to see it whole."
WHAT_IS_NOT_TICKED_STAYS = "What is not ticked stays as it is. What joins after this was opened is not in it."
REJECT_THE_TICKED = "Reject the ticked"
EACH_IS_REJECTED_WITH_THIS_REASON = "Each is rejected with this reason. The agent is told it and can learn from it."
NOTHING_WAS_TICKED = "Nothing was ticked, so nothing was decided."
TOO_LONG_FOR_THIS_LIST = "Too long for this list, so it cannot be ticked here: open it."
NOTHING_OF_ITS_OWN = "Nothing of its own: it is all above."


def joined_later(some: str) -> str:
    return f"{some} joined after you had opened the list: press Review again to see."
