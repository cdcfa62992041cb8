"""What people approved settles, in Slack: the `Undo` button, until when it is there, and what it brought. Pure."""

from typing import TYPE_CHECKING

from bot.slack.blocks import Block, button, context, ours, when
from bot.slack.text import one_line, shorten
from bot.slack.words import settling as say
from bot.slack.words.settling import LABEL

if TYPE_CHECKING:
    from approvals.proposal import Proposal

TAKE_BACK = "take_back"


def undo(proposal: "Proposal", value: str) -> Block:
    """The button that takes one's own approval back, at once."""
    what = shorten(one_line(proposal.action.name), 45)[0]
    return button(LABEL, TAKE_BACK, value, said=say.undo_your_approval_of(what))


def until_then(proposal: "Proposal") -> Block:
    """Beside the button: for whom and until when it is there."""
    at = proposal.claimable_at
    assert at is not None
    return context(ours(say.whoever_approved_this_can_undo(when(at, seconds=True))))
