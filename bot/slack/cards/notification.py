"""What a notification says of a proposal: one line of text, which is all that many people see first."""

import re
from typing import TYPE_CHECKING

from approvals.moves.reviewer import open_to_objection
from approvals.proposal import Status
from bot.slack.blockkit.text import escape, one_line, shorten
from bot.slack.cards.claims import grounds, summary
from bot.slack.cards.title import in_brief, quoted, said, title
from bot.slack.words import cards as say
from bot.slack.words import shared
from bot.slack.words.labels import state

if TYPE_CHECKING:
    from approvals.proposal import Proposal

_TAKEN_UP = re.compile(r"(?<=:)(?=//)|(?<=:)(?=[a-z0-9_+'-]+:)|(?i:(?<=mailto:))|[*~`]|\b_|_\b")
"""Where Slack would see a link, an emoji code or a style in a notification: a blank goes in there."""


def notification(proposal: "Proposal") -> str:
    """Who, what, how much, to whom and why in the first 300 characters; of a veiled proposal.

    Escaped, and no link or emoji, for Slack reads it as markup.
    """
    action, worded = shorten(one_line(proposal.action.name), 80)[0], title(proposal)
    agent = shorten(one_line(proposal.ask.agent), 40)[0]
    amount = _how_much(proposal)
    parts = []
    if worded is None:
        told = f" ({amount})" if amount else ""
        waits = say.asks_to_run(agent, action, told)
        over = f"{state(proposal)[1]}: {action} of {agent}{told}"
    else:
        more = f" ({shown})" if (shown := in_brief(proposal, 70)) else ""
        waits, over = f"{agent} asks: {worded}{more}", f"{state(proposal)[1]}: {worded}, of {agent}{more}"
    parts = [waits if proposal.status is Status.pending else over]
    if proposal.status is Status.pending and (found := grounds(proposal)):
        parts.append(f"Why: {shorten(found[0].text, 90)[0]}")
    if (line := summary(proposal)) is not None:
        parts.append(shared.the_agent_says(quoted(line, 300)))
    if proposal.status is Status.pending:
        parts.append(say.rejected_unanswered(proposal.expires_at))
    elif open_to_objection(proposal):
        until = f" until {proposal.object_until:%Y-%m-%d %H:%M} UTC" if proposal.claimed_at else ""
        parts.append(say.you_can_object(until))
    return notified(". ".join(parts))


def _how_much(proposal: "Proposal") -> str:
    """The plain values at the top of the payload, numbers first, as far as a line holds them."""
    values = sorted(proposal.action.payload.items(), key=lambda pair: (not _is_number(pair[1]), pair[0]))
    told = ""
    for key, value in values:
        if isinstance(value, (dict, list)) or value is None:
            continue
        each = f"{one_line(key)} {said(value, 40)}"
        if len(told) + len(each) > 110:
            continue
        told = f"{told}, {each}" if told else each
    return told


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def notified(text: str) -> str:
    """For a notification: escaped, and no link, emoji code or style in it, for Slack reads it as markup."""
    return escape(_TAKEN_UP.sub(" ", text))
