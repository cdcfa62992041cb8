"""Suggestions of the policy, as who leads a role or runs Signoff reads them."""

# ruff: noqa: D103 - a sentence says itself what it is

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

BUTTON = "Suggestions"
BUTTON_SAID = "What these decisions suggest to change in the policy"
TITLE = "Suggestions"
LOOKING = (
    "Looking at the past … That may take two minutes. Leave this open: what the decisions of the last 90 days bear "
    "of changes will be here."
)
NOTHING = (
    "The past bears no change of these rules. That is no fault: it takes 200 approvals that were read, or 20 "
    "rejections and no approval, before anything is suggested. `signoff policy suggest` says of each rule why not."
)
NOTHING_IS_APPLIED = (
    "Nothing is applied from here. Who keeps the policy reads the diff, tries it with `signoff policy replay`, and "
    "puts it into force as any change. Figures cannot tell a team that reads from one that clicks."
)
NOT_YOURS = "Suggestions are for who leads a role, of its rules, and for the operators. The policy says who that is."
UNSOUND = (
    "The policy's file is not sound just now, and the policy in force is an older one: "
    "`signoff policy check` says where."
)
UNREAD = "The past cannot be read just now; the log of the bot says why. Please try again in a moment."
TOO_LONG = (
    "The past is too long to be looked at from here in time. Whoever runs Signoff gets the same from "
    "`signoff policy suggest`, which has no end."
)


def held_against(proposals: int, since: "datetime") -> str:
    return f"The policy as it is, held against {proposals:,} proposals since {since:%d %b %Y}."


def more_of_them(more: int) -> str:
    return f"… and {more} more: the rest by `signoff policy suggest`."


def replayed(changes: str) -> str:
    return f"of these proposals would be judged otherwise: {changes or 'none'}"


def rest_of_the_diff(rule: str) -> str:
    return f"The rest of it by: signoff policy suggest --rule {rule}"
