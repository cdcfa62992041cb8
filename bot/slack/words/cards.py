"""What the card of a proposal says."""
# ruff: noqa: D103 - a sentence says itself what it is

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

THE_AGENT_SAYS = "The agent says "
ONE_FIELD_IS = "One field is"
TOO_LONG_BUT_OVER = ":page_facing_up: This is too long for a card; everything is in *Details*, in the menu."
TOO_MUCH_TO_SHOW = (
    ":warning: *There is so much in this proposal that no card of it could be made in time*, so nothing of it is "
    "shown and it cannot be approved here. `Details` may show it page by page. If you cannot read it, reject it."
)
TOO_LONG_TO_APPROVE_HERE = (
    ":no_entry_sign: *This is too long for a card, so it cannot be approved here.* "
    "Open *Details* in the menu (⋯): everything is there, and `Approve` stands after the last page."
)
IN_ONE_LINE = "In one line, the agent says"
IT_WAS_CHANGED_BACK = "It was changed back: nothing differs any more."
THE_WHOLE_DIFFERENCE_IS_IN_DETAILS = "The whole difference is in Details."
WHY_PEOPLE_ARE_TOLD = "Why people are told"
NO_RULE_SAYS_OTHERWISE = "No rule says otherwise, and by default the policy asks a person."
FROM_OUR_RECORDS = "From our records: "


def this_is_not_the_card_of(proposal_id: str) -> str:
    return f"This is not the card of {proposal_id}. Use the one that is, or `/approvals`."


def self_review_is_allowed(roles: str) -> str:
    return (
        f":rotating_light: *Self-review is allowed:* whoever owns the agent, or whom it acts for, may approve "
        f"this alone as {roles}."
    )


def redacted_by_the_policy(some: str) -> str:
    return f":lock: *{some} redacted* by the policy: shown as ▮▮▮, and run as sent."


def more_reasons(left: int) -> str:
    return f"… and {left} more reason{'' if left == 1 else 's'} in Details"


def and_more_in_details(left: str) -> str:
    return f" … {left} more in Details"


def the_same_again(twins: str, more: str) -> str:
    return f":repeat: *The same again:* {twins}{more} are open too."


def asks_to_run(agent: str, action: str, amount: str) -> str:
    return f"{agent} asks to run {action}{amount}"


def rejected_unanswered(expires_at: "datetime") -> str:
    return f"Unanswered, it is rejected {expires_at:%Y-%m-%d %H:%M} UTC."


def you_can_object(until: str) -> str:
    return f"You can object{until}."
