"""Cards of one proposal: a message, the same for the first post and for every update.

In the order in which a tired reader needs it: what it is, what is asked of whom, what is special about it, what would
run, and only then what the agent says. What is decided is short.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from approvals.moves.reviewer import open_to_objection
from approvals.proposal import Source, Status
from bot.slack.blockkit.blocks import (
    Block,
    context_block,
    header,
    json_size,
    ours,
    paragraph,
    person,
    plain_text,
    rich,
    run,
    section,
    when,
)
from bot.slack.blockkit.excerpt import PIECE, beginning, labelled
from bot.slack.blockkit.text import named_emoji, one_line, shorten, text_weight, words_of
from bot.slack.cards.abridgement import yardstick
from bot.slack.cards.buttons import RETRACT, buttons, menu, offers, until_then
from bot.slack.cards.claims import Claim, claims, claims_block, preview_beginning, preview_parts, summary
from bot.slack.cards.diff import difference_blocks
from bot.slack.cards.doubts import doubts
from bot.slack.cards.overview import overview
from bot.slack.cards.payload import Whole, payload_beginning, payload_blocks, texts, whole
from bot.slack.cards.preview import folded
from bot.slack.cards.redaction import veiled
from bot.slack.cards.remembered import remembered_on_card
from bot.slack.cards.status import changed_by, newest_question, status_lines
from bot.slack.cards.title import headline, notification, notified, quoted
from bot.slack.cards.warnings import (
    bulleted,
    in_no_evidence,
    reasons,
    routine,
    same_again,
    warnings,
)
from bot.slack.words import cards as say
from bot.slack.words.shared import name, state

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from approvals.proposal import Proposal
    from approvals.remembered.decision import RememberedDecision

__all__ = [
    "MOST",
    "MOST_BLOCKS",
    "PIECE",
    "Card",
    "beginning",
    "card",
    "closed_card",
    "is_whole",
    "labelled",
    "made",
    "origin",
    "unshown_card",
    "waiting_card",
    "what",
]

MOST = 9_900
"""Slack refuses the blocks of a message at about 13,000 characters and documents no limit; this stays well below."""
MOST_BLOCKS = 50
_CALLED = 500
"""Kept free for whom the card calls and for its twins: whether a card is whole depends on its proposal alone."""
_REST = 1_200
"""Kept free for what may be shortened, so that a whole card still says that there is more."""
_BEGINNINGS = 3_600
"""How much a card that cannot be whole shows of payload and preview together."""
_BESIDE_AN_OVERVIEW = 1_250
"""The same of the payload, where something says already what is odd in it."""
_LEAST = 2_600
"""With less room than that for payload and preview, what is said of how it stands is said in brief."""
_REASONS = 2_500
_CHANGES = 2_000
_MORE = 150
_AROUND = 1_000
"""What the heading of the claims, the names of those that are left out and how many reasons are take at most."""
_ROUTINE = 600
"""How much small print there is of what is true of every such proposal."""
_BRIEF = 1_500
"""How much of the payload stands on the card of what is decided."""
_SHORT_ID = 16
"""Enough of an id for `/approvals show`."""
_SHORT_DIGEST = 19


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A rendered card."""

    blocks: list[Block]
    text: str
    """For notifications and screen readers."""
    digest: str
    """Over the blocks as rendered."""
    words: str
    """The visible words of the blocks, to compare with those that come with a click."""
    whole: bool
    """Whether action, payload and preview are all there; only then has it an Approve button."""
    offered: frozenset[str]
    """What its buttons and menu offer beside the verdicts."""


def card(
    proposal: "Proposal",
    *,
    mention: str = "",
    equals: "Sequence[str]" = (),
    offered: "Collection[str] | None" = None,
    remembered: "Sequence[RememberedDecision]" = (),
) -> Card:
    """The card of a proposal as it stands.

    `mention` is markup of ours that calls the reviewers; `equals` are the ids of open proposals with equal digests;
    `remembered` are the decisions on it that count on;
    `offered` is what `offers` says can be done now, all that it ever could where it is left out. Whether the card is
    whole does not depend on any of them.
    """
    conceivable = offers(proposal)
    proposal = veiled(proposal)
    offered = conceivable if offered is None else frozenset(offered)
    if proposal.erased_at is not None or not _is_to_be_read(proposal):
        return _decided(proposal, offered, remembered)
    foreseen = folded(proposal.ask.preview)
    doubted = doubts(proposal)
    shown = whole(proposal.action.payload, proposal.gate.show, doubted.found)
    payload = texts(shown)
    above, twins, alarms = _above(proposal, conceivable), same_again(equals), warnings(proposal, payload, foreseen)
    beware = [*alarms, *in_no_evidence(doubted, shown)]
    small, below = [origin(proposal, read=True)], _below(proposal, conceivable, whole=True)
    core, preview = list[Block](), list[Block]()
    is_short = text_weight(payload) + text_weight(foreseen or "") < MOST
    if is_short:
        core, preview = payload_blocks(shown), preview_parts(proposal.ask.preview)
    fits = is_short and _fits([*above, *bulleted(beware), *core, *small, *_rich(preview), *below])
    calls = _calls(proposal, mention)
    kept = [block for each in remembered for block in remembered_on_card(each)]
    above, below = _above(proposal, offered), _below(proposal, offered, whole=fits, calls=calls)
    if not fits:
        room = MOST - json_size([*above, *bulleted([*beware, *twins]), *small, *kept, *below])
        if room < _LEAST:
            below = _below(proposal, offered, whole=fits, calls=calls, brief=True)
            room = MOST - json_size([*above, *bulleted([*beware, *twins]), *small, *kept, *below])
        core, preview = _cut(proposal, shown, foreseen, room)
    room = MOST - json_size([*above, *bulleted([*beware, *twins]), *core, *small, *_rich(preview), *kept, *below])
    special = reasons(proposal, min(room // 3, _REASONS))
    room -= json_size(special)
    changed = _changed(proposal, min(room // 2, _CHANGES))
    room -= json_size(changed)
    bullets = bulleted([*special, *beware, *twins])
    compared = yardstick(proposal.action.payload, proposal.gate.choices)
    room += json_size(preview)
    said = claims_block(_claims(proposal), preview, room, compared, payload if fits else "")
    blocks = [*above, *bullets, *core, *changed, *small, *said, *kept, *below]
    return made(blocks, notification(proposal), whole=fits, offered=offered)


def _decided(proposal: "Proposal", offered: frozenset[str], remembered: "Sequence[RememberedDecision]") -> Card:
    """What was decided, by whom, why, what ran and how it went: nobody reads it to decide any more."""
    if proposal.erased_at is not None:
        told = section(ours(say.erased(when(proposal.erased_at))))
        left = [*_above(proposal, offered), told, origin(proposal, read=False), *_below(proposal, offered, whole=False)]
        return made(left, notification(proposal), offered=offered)
    shown = whole(proposal.action.payload, proposal.gate.show)
    above, small = _above(proposal, offered), [origin(proposal, read=False)]
    beware = bulleted(warnings(proposal, texts(shown), folded(proposal.ask.preview)))
    below = [
        *[block for each in remembered for block in remembered_on_card(each)],
        *_below(proposal, offered, whole=False),
    ]
    room = MOST - json_size([*above, *beware, *small, *below])
    core = payload_beginning(shown, min(room, _BRIEF), say.what_ran(proposal.status))
    changed = _changed(proposal, min(room - json_size(core), _CHANGES))
    blocks = [*above, *beware, *core, *changed, *small, *below]
    return made(blocks, notification(proposal), offered=offered)


def _is_to_be_read(proposal: "Proposal") -> bool:
    """Whether somebody has to find out from it whether it is right: what waits, and what ran and may be objected to."""
    return proposal.status is Status.pending or open_to_objection(proposal)


def unshown_card(proposal: "Proposal", *, mention: str = "", offered: "Collection[str]" = ()) -> Card:
    """The card of a proposal of which none could be made in time: who asks, and that nothing of it is shown."""
    word = "Approval needed" if proposal.status is Status.pending else state(proposal)[1]
    action = shorten(one_line(proposal.action.name), 110)[0]
    who = context_block(plain_text(one_line(proposal.ask.agent) or "?"))
    told = section(ours(say.TOO_MUCH_TO_SHOW))
    offered = frozenset(offered)
    row = buttons(proposal, _value(proposal), whole=False, offered=offered)
    small = _marks(proposal, _calls(proposal, mention))
    _, *above = _above(proposal, offered)
    blocks = [header(f"{word}: {action}"), *above, told, who, row, small]
    return made(blocks, notified(f"{word}: {action}"), offered=offered)


def waiting_card(proposal: "Proposal") -> Card:
    """Its card as it waits, whatever became of it: only if that is whole can it be approved there."""
    return card(replace(proposal, status=Status.pending))


def is_whole(proposal: "Proposal") -> bool:
    """Whether its card shows all that would run while it waits."""
    return waiting_card(proposal).whole


def closed_card(proposal_id: str) -> Card:
    """What a message becomes that is not the recorded card: it can do nothing."""
    text = say.this_is_not_the_card_of(name(proposal_id))
    return made([section(ours(f":no_entry_sign: {text}"))], text)


def what(proposal: "Proposal") -> list[Block]:
    """Who asks for what, in words, without the payload; of a veiled proposal."""
    ask = proposal.ask
    lines = [run("Agent ", bold=True), run(one_line(ask.agent) or "?")]
    if proposal.gate.title is not None:
        lines += [run(" · action ", bold=True), run(one_line(proposal.action.name))]
    if ask.on_behalf_of:
        lines += [run(" · acts for ", bold=True), run(one_line(ask.on_behalf_of))]
    parts = [paragraph(*lines)]
    if told := summary(proposal):
        parts.append(paragraph(run(f"{say.THE_AGENT_SAYS} ", bold=True), run(quoted(told, 450))))
    return [rich(*parts)]


def _fits(blocks: list[Block]) -> bool:
    return json_size(blocks) + _CALLED + _REST <= MOST and len(blocks) <= MOST_BLOCKS - 12


def made(blocks: list[Block], text: str, *, whole: bool = False, offered: frozenset[str] = frozenset()) -> Card:
    """The card that these blocks are; `text` is for notifications."""
    plainly = json.dumps(blocks, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = "sha256:" + hashlib.sha256(plainly.encode("utf-8", "surrogatepass")).hexdigest()
    return Card(
        blocks=blocks,
        text=text,
        digest=digest,
        words=words_of(blocks),
        whole=whole,
        offered=offered,
    )


def _above(proposal: "Proposal", offered: "Collection[str]") -> list[Block]:
    """What will happen, and how it stands: what is needed, or what was decided; beside it the menu."""
    first, *rest = status_lines(proposal)
    more = menu(proposal, _value(proposal), offered=offered)
    return [header(headline(proposal)), first if more is None else {**first, "accessory": more}, *rest]


def origin(proposal: "Proposal", *, read: bool) -> Block:
    """Small print: whose it is, and what is true of every such proposal, where somebody is to `read` it."""
    ask, action = proposal.ask, one_line(proposal.action.name)
    told = [shorten(one_line(ask.agent), 100)[0] or "?", named_emoji(action)]
    if ask.source is Source.untrusted:
        told.append(say.UNTRUSTED_SOURCE_SMALL)
    told += routine(proposal) if read else ()
    shown, left = shorten(" · ".join(told), _ROUTINE)
    elements = [plain_text(f"{shown} …" if left else shown)]
    ours_too = []
    if ask.on_behalf_of:
        ours_too.append(say.acts_for(person(ask.on_behalf_of)) if _is_person(ask.on_behalf_of) else "")
    if not read:
        ours_too.append(say.ITS_CLAIMS_ARE_IN_DETAILS)
    if ask.on_behalf_of and not _is_person(ask.on_behalf_of):
        elements.append(plain_text(say.acts_for(shorten(one_line(ask.on_behalf_of), 150)[0])))
    if any(ours_too):
        elements.append(ours(" · ".join(filter(None, ours_too))))
    return context_block(*elements)


def _is_person(user: str) -> bool:
    return person(user).startswith("<@")


def _rich(parts: "Sequence[Block]") -> list[Block]:
    return [rich(*parts)] if parts else []


def _cut(proposal: "Proposal", shown: Whole, foreseen: str | None, room: int) -> tuple[list[Block], list[Block]]:
    """An overview where there is room, the beginning of payload and preview, and where the rest is."""
    told = section(ours(say.TOO_LONG_TO_APPROVE_HERE if proposal.status is Status.pending else say.TOO_LONG_BUT_OVER))
    room -= json_size([told]) + _AROUND
    ample, room = room >= _BEGINNINGS, min(room, _BEGINNINGS)
    preview = [] if foreseen is None else preview_beginning(foreseen, max(room // 4, 80))
    short = overview(proposal.action.payload, room * 2 // 3) if ample else []
    room -= json_size([*short, *preview])
    beginning = payload_beginning(shown, min(room, _BESIDE_AN_OVERVIEW) if short else room)
    return [*short, *beginning, told], preview


def _claims(proposal: "Proposal") -> list[Claim]:
    """The agent's claims; its summary first where no title of the policy says what it is about."""
    told = summary(proposal) if proposal.gate.title is None else None
    mine = [] if told is None else [Claim(label=say.IN_ONE_LINE, text=told, most=450, rank=5)]
    return [*mine, *claims(proposal.ask)]


def _changed(proposal: "Proposal", room: int) -> list[Block]:
    """What has changed since the agent proposed it, and how much of that is missing."""
    if proposal.revision == 1:
        return []
    heading = rich(paragraph(run(changed_by(proposal), bold=True)))
    first, now = proposal.revisions[0].action.payload, proposal.action.payload
    blocks, whole = difference_blocks(first, now, room - json_size([heading]) - _MORE)
    if not blocks:
        return [heading, context_block(plain_text(say.IT_WAS_CHANGED_BACK))]
    return [heading, *blocks, *([] if whole else [context_block(plain_text(say.THE_WHOLE_DIFFERENCE_IS_IN_DETAILS))])]


def _calls(proposal: "Proposal", mention: str) -> str:
    """Who is called, while somebody still has to decide: within what `_CALLED` keeps free."""
    if proposal.status is not Status.pending:
        return ""
    while len(mention) > 150:
        mention = mention.rpartition(" ")[0]
    return mention


def _below(
    proposal: "Proposal",
    offered: "Collection[str]",
    *,
    whole: bool,
    calls: str = "",
    brief: bool = False,
) -> list[Block]:
    waits = newest_question(proposal, brief=brief) if proposal.status is Status.pending else []
    settles = [until_then(proposal)] if RETRACT in offered and proposal.status is Status.approved else []
    row = buttons(proposal, _value(proposal), whole=whole, offered=offered)
    return [*waits, *settles, row, _marks(proposal, calls)]


def _value(proposal: "Proposal") -> str:
    return f"{proposal.id}.{proposal.nonce}"


def _marks(proposal: "Proposal", calls: str) -> Block:
    """Small print: whom it calls, and by what it is found; both are whole in Details."""
    marks = [proposal.id[:_SHORT_ID], proposal.digest[:_SHORT_DIGEST]]
    if proposal.revision > 1:
        marks.append(f"revision {proposal.revision}")
    return context_block(*([ours(f":bell: {calls}")] if calls else []), plain_text(one_line(" · ".join(marks))))
