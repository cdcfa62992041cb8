"""Answers to a click, command or form: it counted, or why nothing could be shown."""

from approvals.proposal import Proposal, Status
from bot.slack.blockkit.blocks import when
from bot.slack.words.drills import is_over, told_privately
from bot.slack.words.history import in_place_of
from bot.slack.words.status import missing
from bot.slack.words.status import until_claimable as undo_thanks

LIST_AGAIN = "The next one could not be shown here. Close this and open it from the list."
NO_MORE = "Nothing more waits for you in this list."
ONE_MOMENT = "One moment … If this stays for more than a few seconds, close it and click again."
NOT_VISIBLE = "This proposal is not yours to see: you are in none of its roles, and its agent does not act for you."
OLD_BUTTON = "This button is from an older list or card and does nothing any more. Use the card, or `/approvals`."
NO_ROLE_LEFT = "Every role of the policy is asked already, so there is nobody to hand this over to."
ROLE_GONE = "This role is no longer in the policy. Choose another."
NOTHING_TICKED = "Nothing is ticked. Close this, tick what you mean, then press the button again."
TOO_LATE = "Somebody or something else was first, so this was not decided with what you typed."
TOO_MUCH = (
    "There is so much in this that it could not be shown in time, so nothing was done. Please try again in a moment; "
    "what keeps being too much can only be rejected."
)
POLICY_REPLACED = (
    "Nothing was changed: another policy has just come into force, and this part of me has not read it yet. "
    "Please try again in a moment."
)
BUSY = "The database is busy, so nothing was changed. Please try again in a moment."
DAMAGED = (
    "What is stored of this is not what was written, so nothing was decided and nothing of it can run. "
    "Whoever runs Signoff has been told, and looks with `signoff audit verify`."
)
TIME_FOR_A_BREAK = (
    "You have decided a lot in a short time. If you can, look at something else for a while: what waits keeps its "
    "deadline, and nothing is approved meanwhile. Only you see this, and only once."
)
TROUBLE = "Something went wrong here, and your answer may not have counted. Look at the card, then try again."
CLICK_AGAIN = "Slack opened no window for this click, so nothing was done. Please click again."
CLOSE_AND_CLICK_AGAIN = (
    "Slack did not say whether it opened a window for this click, and nothing was done. If an empty one stands there, "
    "close it. Please click again."
)
NOT_OPENED = "Slack opened no form for this, so nothing was done. Please type it again."
CLOSE_AND_TYPE_AGAIN = (
    "Slack did not say whether it opened a form for this, and nothing was done. If an empty one stands there, "
    "close it. Please type it again."
)
FORM_USED = (
    "This form was not opened for you, was sent before, or was open for more than an hour; "
    "so nothing was done now. "
    "To do it again, begin with the command or the button."
)
UNKNOWN_COMMAND = "This command is unknown here. `/approvals help` lists what there is."


def thanks(decided: "Proposal") -> str:
    """What a person reads who just approved."""
    if is_over(decided):
        return told_privately(decided)
    instead = in_place_of(decided.decisions[-1].stands_in_for) if decided.decisions else ""
    if decided.status is Status.pending:
        return f"Thank you, your approval{instead} counts. {missing(decided)}"
    return f"Thank you. It is approved now{instead}; the card shows how it goes on.{undo_thanks(decided)}"


def approval_retracted(proposal: "Proposal") -> str:
    """What a person reads who just took their approval back."""
    if proposal.status is not Status.pending:
        return "Your approval is undone. Its time was over meanwhile, so it is rejected."
    return f"Your approval is undone: it waits until {when(proposal.expires_at)}. You may approve it later."


def extended(proposal: "Proposal") -> str:
    """What a person reads who just moved the deadline."""
    return f"There is time until {when(proposal.expires_at)} now."


def characters_more(count: int) -> str:
    """Where the words that a click named were more than are kept of them: stands in the record."""
    return f"… and {count:,} characters more"
