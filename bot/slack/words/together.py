"""What a card says that several proposals share."""
# ruff: noqa: D103 - a sentence says itself what it is

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

UNTRUSTED_SOURCE = ":globe_with_meridians: *Untrusted source:* text from outside may have triggered these."
TOO_MUCH_TO_SHOW = (
    ":warning: *There is so much in these proposals that no card of them could be made in time*, so nothing of them is "
    "shown here. `/approvals` lists each by itself. If you cannot read one, reject it."
)
THE_SAME_IN_ALL_OF_THEM = "The same in all of them"
ONE_BY_ONE = "One by one"
NOTHING_OF_ITS_OWN = "nothing of its own"


def others_of_the_kind_may_join(closes_at: str) -> str:
    return f"Others of the kind may join this card until {closes_at}."


def self_review_is_allowed(roles: str) -> str:
    return (
        f":rotating_light: *Self-review is allowed:* whoever owns the agent, or whom it acts for, may approve "
        f"these alone as {roles}."
    )


def none_of_these_waits_any_more(settles: str) -> str:
    return f":ballot_box_with_check: None of these waits any more.{settles}"


def needs_a_person(roles: str, waiting: int, count: int, soonest: str, settles: str) -> str:
    return (
        f":large_yellow_circle: *Needs a person:* one approval of {roles} for each\n"
        f":hourglass_flowing_sand: *{waiting} of {count} wait*, the first until {soonest}; "
        f"unanswered means rejected.{settles}"
    )


def they_are_rejected(soonest: "datetime") -> str:
    return f"Unanswered, they are rejected, the first {soonest:%Y-%m-%d %H:%M} UTC."


def asks_to_run(agent: str, title: str, waiting: int, ends: str) -> str:
    return f"{agent} asks to run {title}, {waiting} of them wait. {ends}"
