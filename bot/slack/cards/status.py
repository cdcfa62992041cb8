"""Status lines: how a proposal stands, near the top of its card, where a reader who has a moment looks."""

from typing import TYPE_CHECKING

from approvals.proposal import Status
from bot.slack.blockkit.blocks import Block, context_block, ours, paragraph, quote, rich, run, section, when
from bot.slack.blockkit.text import characters, shorten, text_weight, visible
from bot.slack.cards.questions import maker
from bot.slack.words import cards as say
from bot.slack.words import shared, status
from bot.slack.words.history import with_words
from bot.slack.words.shared import listed
from bot.slack.words.status import rollback_line, stand_ins, who_retracted

if TYPE_CHECKING:
    from approvals.proposal import Proposal

_REPORTED = 700
"""How much of each of the agent's reports a card shows."""


def status_lines(proposal: "Proposal") -> list[Block]:
    """How many must agree, who has and until when; or by whom it was decided, why, and how it went."""
    if proposal.status is Status.pending:
        return [section(ours("\n".join(_waits(proposal))))]
    blocks: list[Block] = []
    if proposal.rollback is not None:
        blocks += with_words(rollback_line(proposal.rollback), visible(proposal.rollback.reason))
        blocks += reported(shared.THE_AGENT_REPORTS_OF_THE_ROLLBACK, proposal.rollback.detail)
    blocks += with_words(status.status_sentence(proposal), visible(proposal.reason) if proposal.reason else None)
    if proposal.revision > 1:
        makers = listed(list(dict.fromkeys(maker(each) for each in proposal.revisions[1:])))
        blocks.append(context_block(ours(say.changed_and_counts(makers, proposal.revision))))
    if proposal.outcome is not None:
        blocks += reported(shared.THE_AGENT_REPORTS, proposal.outcome.detail)
        blocks += reported(shared.HOW_IT_CHECKED, proposal.outcome.verification)
    return blocks


def _so_far(proposal: "Proposal") -> list[str]:
    """Who has changed and approved what, and whose approval is missing."""
    sentences = []
    active = proposal.active_decisions
    if proposal.revision > 1:
        by = maker(proposal.revisions[-1])
        needed = "" if active else f" {status.missing(proposal)}"
        sentences.append(say.changed_and_void(by, needed))
    if active:
        sentences.append(status.missing(proposal))
    if (slip := who_retracted(proposal)) is not None:
        sentences.append(slip)
    return sentences


def reported(label: str, said: str | None) -> list[Block]:
    """What the agent reports, quoted and as far as a card has room for it."""
    if not said:
        return []
    shown, left = shorten(visible(said), _REPORTED, text_weight)
    parts = [paragraph(run(label, bold=True)), quote(shown)]
    if left:
        parts.append(paragraph(run(shared.more_in_details(characters(left)), italic=True)))
    return [rich(*parts)]


def _waits(proposal: "Proposal") -> list[str]:
    needed = status.approvals_needed(proposal)
    first = say.needed(status.severity(proposal.gate), needed, when(proposal.expires_at))
    return [first, *_so_far(proposal), *filter(None, [stand_ins(proposal.gate)])]
