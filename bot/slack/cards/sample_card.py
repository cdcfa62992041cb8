"""Sample cards: what ran at once and was drawn, and the form that asks what was not fine. Pure."""

from typing import TYPE_CHECKING

from approvals.proposal import Source
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
from bot.slack.blockkit.excerpt import beginning
from bot.slack.blockkit.text import characters, escape, one_line, shorten, text_weight, visible
from bot.slack.cards.card import MOST, MOST_BLOCKS, Card, made, what
from bot.slack.cards.claims import claims, hides, payload
from bot.slack.cards.payload import payload_blocks, texts
from bot.slack.cards.preview import folded, preview_blocks
from bot.slack.cards.redaction import veiled
from bot.slack.cards.title import caption
from bot.slack.words import cards as say
from bot.slack.words import shared
from bot.slack.words.shared import listed, name

if TYPE_CHECKING:
    from approvals.proposal import Proposal
    from approvals.sample import Judged, Sample

FINE, NOT_FINE, DETAILS = "sample_fine", "sample_not_fine", "sample_details"
LABELS = {FINE: "Fine", NOT_FINE: "Not fine", DETAILS: "Details"}
"""What each button says."""
_WHOLE = 4_000
"""The most of payload and preview together, as they weigh in JSON, that stands on the card whole."""
_REASON = 2_000
_CLAIM = 700
_AROUND = 400


def sample_card(sample: "Sample", proposal: "Proposal") -> Card:
    """The card of a sample: what ran, and whether somebody found it fine; cut texts say how much is missing."""
    proposal = veiled(proposal)
    action = caption(proposal)
    shown, foreseen = texts(proposal.action.payload), folded(proposal.ask.preview)
    title = say.TO_LOOK_OVER if sample.judged is None else "Looked over"
    first = shorten(f"{title}: {action}", 150)[0]
    blocks = [header(first), *what(proposal), *_state(sample), *_beware(proposal, shown, foreseen)]
    whole = text_weight(shown) + text_weight(foreseen or "") <= _WHOLE
    label = say.EXACTLY_WHAT_WAS_LET_RUN
    blocks += (
        payload_blocks(proposal.action.payload, label) if whole else beginning(label, payload(proposal), _WHOLE // 2)
    )
    if proposal.ask.preview is not None and foreseen is not None:
        label = say.EFFECT_AS_THE_AGENT_FORESAW
        whole_preview = preview_blocks(proposal.ask.preview, label)
        blocks += whole_preview if whole else beginning(label, foreseen, _WHOLE // 4)
    below = _below(sample, proposal)
    blocks += _claims(
        proposal, MOST - json_size([*blocks, *below]) - _AROUND, MOST_BLOCKS - len(blocks) - len(below) - 2
    )
    agent = shorten(one_line(proposal.ask.agent), 60)[0]
    text = escape(say.ran_without_anyone_asked(title, action, agent))
    return made([*blocks, *below], text, whole=whole)


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


def _beware(proposal: "Proposal", *shown: str | None) -> list[Block]:
    said = []
    if proposal.ask.source is Source.untrusted:
        said.append(shared.UNTRUSTED_SOURCE)
    if hides(proposal.ask, *shown):
        said.append(shared.HIDDEN_CHARACTERS)
    return [section(ours("\n".join(said)))] if said else []


def _claims(proposal: "Proposal", room: int, most: int) -> list[Block]:
    """What the agent said, the most telling first, as far as there is room; the rest by name."""
    heading = context_block(ours(shared.THE_AGENTS_CLAIMS))
    blocks = [heading]
    left_out = []
    for claim in sorted(claims(proposal.ask), key=lambda each: each.rank):
        told = beginning(claim.label, claim.text, _CLAIM)
        if json_size([*blocks, *told]) > room or len(blocks) + len(told) > most:
            left_out.append(f"{claim.label} ({characters(len(claim.text))})")
        else:
            blocks += told
    if blocks == [heading]:
        blocks = []
    if left_out:
        blocks.append(context_block(plain_text(shorten(shared.not_shown_here(", ".join(left_out)), 300)[0])))
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
