"""Sample cards: what ran at once and was drawn, and the form that asks what was not fine. Pure."""

from typing import TYPE_CHECKING

from approvals.sample import SampleVerdict
from bot.slack.blockkit.blocks import (
    Block,
    actions,
    button,
    context_block,
    header,
    json_size,
    ours,
    person,
    plain_text,
    quote,
    rich,
    section,
    when,
)
from bot.slack.blockkit.text import characters, escape, one_line, shorten, text_weight, visible
from bot.slack.cards.abridgement import yardstick
from bot.slack.cards.card import MOST, Card, made, origin
from bot.slack.cards.claims import claims, claims_block, preview_beginning, preview_parts
from bot.slack.cards.payload import payload_beginning, payload_blocks, texts, whole
from bot.slack.cards.preview import folded
from bot.slack.cards.redaction import veiled
from bot.slack.cards.title import caption
from bot.slack.cards.warnings import bulleted, warnings
from bot.slack.words import cards as say
from bot.slack.words.shared import listed, name

if TYPE_CHECKING:
    from approvals.proposal import Proposal
    from approvals.sample import Judged, Sample

FINE, NOT_FINE, DETAILS = "sample_fine", "sample_not_fine", "sample_details"
LABELS = {FINE: "Fine", NOT_FINE: "Not fine", DETAILS: "Details"}
"""What each button says."""
_WHOLE = 4_000
"""The most of payload and preview together, as they weigh in JSON, that stands on the card whole."""
_MOST_PARTS = 5_600
"""The same with all that Slack wants around them."""
_REASON = 2_000


def sample_card(sample: "Sample", proposal: "Proposal") -> Card:
    """The card of a sample: what ran, and whether somebody found it fine; cut texts say how much is missing."""
    proposal = veiled(proposal)
    action = caption(proposal)
    shown, foreseen = whole(proposal.action.payload, proposal.gate.show), folded(proposal.ask.preview)
    title = say.TO_LOOK_OVER if sample.judged is None else "Looked over"
    first = shorten(f"{title}: {action}", 150)[0]
    beware = bulleted(warnings(proposal, texts(shown), foreseen))
    blocks = [header(first), *_state(sample), *beware]
    fits = text_weight(texts(shown)) + text_weight(foreseen or "") <= _WHOLE
    fits = fits and json_size([*payload_blocks(shown), *preview_parts(proposal.ask.preview)]) <= _MOST_PARTS
    label = say.EXACTLY_WHAT_WAS_LET_RUN
    blocks += payload_blocks(shown, label) if fits else payload_beginning(shown, _WHOLE // 2, label)
    blocks.append(origin(proposal, read=True))
    preview = preview_parts(proposal.ask.preview) if fits else []
    if foreseen is not None and not fits:
        preview = preview_beginning(foreseen, _WHOLE // 4)
    below = _below(sample, proposal)
    room, compared = MOST - json_size([*blocks, *below]), yardstick(proposal.action.payload)
    blocks += claims_block([*claims(proposal.ask)], preview, room, compared)
    agent = shorten(one_line(proposal.ask.agent), 60)[0]
    text = escape(say.ran_without_anyone_asked(title, action, agent))
    return made([*blocks, *below], text, whole=fits)


def _state(sample: "Sample") -> list[Block]:
    """Why the card is here and who may judge, or who did and what they said."""
    if sample.judged is None:
        roles = listed([f"*{name(role)}*" for role in sample.roles], "or")
        told = say.drawn_at_random(roles)
        return [section(ours(told))]
    return _said(sample.judged)


def _said(judged: "Judged") -> list[Block]:
    if judged.judgement is SampleVerdict.fine:
        return [section(ours(f":white_check_mark: *Fine*, says {person(judged.by)} · {when(judged.at)}"))]
    blocks = [section(ours(say.not_fine(person(judged.by), when(judged.at))))]
    shown, left = shorten(visible(judged.reason or ""), _REASON, text_weight)
    blocks.append(rich(quote(shown)))
    if left:
        blocks.append(context_block(plain_text(say.more_in_the_audit_log(characters(left)))))
    return blocks


def _below(sample: "Sample", proposal: "Proposal") -> list[Block]:
    value = f"{proposal.id}.{sample.nonce}"
    row = [button(LABELS[DETAILS], DETAILS, value, said=say.PAGE_BY_PAGE)]
    if sample.judged is None:
        row = [
            button(LABELS[FINE], FINE, value, said=say.FINE, style="primary"),
            button(LABELS[NOT_FINE], NOT_FINE, value, said=say.NOT_FINE, style="danger"),
            *row,
        ]
    rules = ", ".join(shorten(one_line(rule), 60)[0] for rule in proposal.gate.rules[:5])
    small = say.let_run_by(proposal.id, proposal.digest[:19], rules)
    return [actions(*row), context_block(plain_text(one_line(small)))]
