"""Status lines: how a proposal stands, near the top of its card, where a reader who has a moment looks."""

from typing import TYPE_CHECKING

from approvals.proposal import Status
from bot.slack.blockkit.blocks import Block, context_block, ours, paragraph, person, quote, rich, run, section
from bot.slack.blockkit.text import characters, shorten, text_weight, visible
from bot.slack.cards.questions import maker, newest_question
from bot.slack.words import cards as say
from bot.slack.words import shared, status
from bot.slack.words.history import in_place_of, with_words
from bot.slack.words.shared import listed
from bot.slack.words.status import next_steps, rollback_line, stand_ins, who_retracted

if TYPE_CHECKING:
    from approvals.decision import Decision
    from approvals.proposal import Proposal

_REPORTED = 700
"""How much of each of the agent's reports a card shows."""


def status_lines(proposal: "Proposal", *, brief: bool = False) -> list[Block]:
    """Whether it waits, for whom and until when; or by whom it was decided, why, and how it went.

    `brief` leaves to Details what a card that waits has no room for: the steps ahead, and most of a question.
    """
    if proposal.status is Status.pending:
        return _waits(proposal, brief=brief)
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


def so_far(proposal: "Proposal") -> list[Block]:
    """Of what waits: who has changed and approved what, and whose approval is missing."""
    if proposal.status is not Status.pending:
        return []
    sentences = []
    active = proposal.active_decisions
    if proposal.revision > 1:
        by = maker(proposal.revisions[-1])
        needed = "" if active else f" {status.missing(proposal)}"
        sentences.append(say.changed_and_void(by, needed))
    if active:
        made = listed([_approval(proposal, decision) for decision in active])
        sentences.append(say.approved_so_far_by(made, status.missing(proposal)))
    if (slip := who_retracted(proposal)) is not None:
        sentences.append(slip)
    return [context_block(ours(sentence)) for sentence in sentences]


def reported(label: str, said: str | None) -> list[Block]:
    """What the agent reports, quoted and as far as a card has room for it."""
    if not said:
        return []
    shown, left = shorten(visible(said), _REPORTED, text_weight)
    parts = [paragraph(run(label, bold=True)), quote(shown)]
    if left:
        parts.append(paragraph(run(shared.more_in_details(characters(left)), italic=True)))
    return [rich(*parts)]


def _waits(proposal: "Proposal", *, brief: bool) -> list[Block]:
    emoji, word = status.severity(proposal.gate)
    lines = [f"{emoji} *{word}:* {status.who_must_agree(proposal.gate)}", status.status_sentence(proposal)]
    small = [
        (":stopwatch:", next_steps(proposal)),
        (":busts_in_silhouette:", stand_ins(proposal.gate)),
        (":lock:", status.second_person(proposal)),
    ]
    notes = [] if brief else [context_block(ours(f"{sign} {told}")) for sign, told in small if told]
    return [section(ours("\n".join(lines))), *notes, *newest_question(proposal, brief=brief)]


def _approval(proposal: "Proposal", decision: "Decision") -> str:
    own = " (:warning: *self-review*)" if decision.reviewer in proposal.gate.excluded else ""
    return f"{person(decision.reviewer)}{in_place_of(decision.stands_in_for)}{own}"
