"""Cards of one proposal: a message, the same for the first post and for every update."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.gate import Tier
from approvals.proposal import Source, Status
from bot.slack.blockkit.blocks import (
    Block,
    bullets,
    context_block,
    header,
    json_size,
    ours,
    paragraph,
    plain_text,
    quote,
    rich,
    run,
    section,
    somebody,
)
from bot.slack.blockkit.excerpt import PIECE, beginning, labelled
from bot.slack.blockkit.text import characters, one_line, shorten, text_weight, visible, words_of
from bot.slack.cards.buttons import RETRACT, buttons, offers, until_then
from bot.slack.cards.claims import Claim, Ground, claims, hides, payload, policy_reasons, summary
from bot.slack.cards.diff import difference_blocks
from bot.slack.cards.overview import overview
from bot.slack.cards.payload import PAYLOAD, payload_blocks, texts
from bot.slack.cards.preview import PREVIEW, folded, preview_blocks
from bot.slack.cards.questions import changed_by
from bot.slack.cards.redaction import count, veiled
from bot.slack.cards.remembered import remembered_on_card
from bot.slack.cards.status import so_far, status_lines
from bot.slack.cards.title import headline, matters, notification, notified, quoted
from bot.slack.words import cards as say
from bot.slack.words import shared
from bot.slack.words.shared import listed, name, state
from bot.slack.words.status import approved_so_far

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
    "unshown_card",
    "what",
]

MOST = 9_900
"""Slack refuses the blocks of a message at about 13,000 characters and documents no limit; this stays well below."""
MOST_BLOCKS = 50
_CALLED = 500
"""Kept free for whom the card calls and for its twins: whether a card is whole depends on its proposal alone."""
_REST = 1_200
"""Kept free for what may be shortened, so that a whole card still says that there is more."""
_AROUND = 700
"""What the names of claims that are left out, and the line above the others, take at most."""
_BEGINNINGS = 3_000
"""How much a card that cannot be whole shows of payload and preview together."""
_CUT = 1_150
"""What their labels, how much is missing of each, and the way to the rest take at most."""
_LEAST = 2_600
"""With less room than that for payload and preview, what is said of how it stands is said in brief."""
_CLAIM = 450
"""What a claim takes besides its text."""
_MORE = 150
_WORTH_SHOWING = 80
_PROPOSAL_ID = re.compile(r"prp_[0-9a-f]{1,40}")


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

    `mention` is markup of ours that calls the reviewers; `twins` are the ids of open proposals with equal digests;
    `remembered` are the decisions on it that count on;
    `offered` is what `offers` says can be done now, all that it ever could where it is left out. Whether the card is
    whole does not depend on any of them.
    """
    conceivable = offers(proposal)
    proposal = veiled(proposal)
    shown, foreseen = texts(proposal.action.payload), folded(proposal.ask.preview)
    above, beware = _above(proposal), _beware(proposal, shown, foreseen)
    below = _below(proposal, conceivable, whole=True)
    core = _whole(proposal) if text_weight(shown) + text_weight(foreseen or "") < MOST else None
    whole = core is not None and _fits([*above, *beware, *core, *below])
    offered = conceivable if offered is None else frozenset(offered)
    below = _below(proposal, offered, whole=whole)
    called = [
        *_called(proposal, mention, equals),
        *[block for each in remembered for block in remembered_on_card(each)],
    ]
    if core is None or not whole:
        room = MOST - json_size([*above, *beware, *called, *below])
        if room < _LEAST:
            below = _below(proposal, offered, whole=whole, brief=True)
            room = MOST - json_size([*above, *beware, *called, *below])
        core = _cut(proposal, foreseen, room)
    kept = [*above, *beware, *core, *called, *below]
    risk, rest = _rest(proposal, MOST - json_size(kept), MOST_BLOCKS - len(kept))
    blocks = [*above, *risk, *beware, *core, *rest, *called, *below]
    return made(blocks, notification(proposal), whole=whole, offered=offered)


def unshown_card(proposal: "Proposal", *, mention: str = "", offered: "Collection[str]" = ()) -> Card:
    """The card of a proposal of which none could be made in time: who asks, and that nothing of it is shown."""
    word = "Approval needed" if proposal.status is Status.pending else state(proposal)[1]
    action = shorten(one_line(proposal.action.name), 110)[0]
    who = rich(paragraph(run("Agent ", bold=True), run(one_line(proposal.ask.agent) or "?")))
    told = section(ours(say.TOO_MUCH_TO_SHOW))
    offered = frozenset(offered)
    blocks = [header(f"{word}: {action}"), who, told, *_called(proposal, mention, ())]
    row = buttons(proposal, f"{proposal.id}.{proposal.nonce}", whole=False, offered=offered)
    small = context_block(plain_text(f"{proposal.id} · digest {proposal.digest[:19]}"))
    return made([*blocks, *status_lines(proposal), row, small], notified(f"{word}: {action}"), offered=offered)


def is_whole(proposal: "Proposal") -> bool:
    """Whether its card shows all that would run: only then can it be approved there."""
    return card(proposal).whole


def closed_card(proposal_id: str) -> Card:
    """What a message becomes that is not the recorded card: it can do nothing."""
    text = say.this_is_not_the_card_of(name(proposal_id))
    return made([section(ours(f":no_entry_sign: {text}"))], text)


def what(proposal: "Proposal") -> list[Block]:
    """Who asks for what, in words, without the payload; of a veiled proposal."""
    parts = [paragraph(*_who(proposal))]
    if told := summary(proposal):
        parts.append(paragraph(run(say.THE_AGENT_SAYS, bold=True), run(quoted(told, 450))))
    return [rich(*parts)]


def _who(proposal: "Proposal") -> list[Block]:
    """The agent, and what the header does not say: the action below a title, and for whom."""
    ask = proposal.ask
    lines = [run("Agent ", bold=True), run(one_line(ask.agent) or "?")]
    if proposal.gate.title is not None:
        lines += [run(" · action ", bold=True), run(one_line(proposal.action.name))]
    if ask.on_behalf_of:
        lines += [run(" · acts for ", bold=True), run(one_line(ask.on_behalf_of))]
    return lines


def _fits(blocks: list[Block]) -> bool:
    return json_size(blocks) + _CALLED + _REST <= MOST and len(blocks) <= MOST_BLOCKS - 12


def made(blocks: list[Block], text: str, *, whole: bool = False, offered: frozenset[str] = frozenset()) -> Card:
    """The card that these blocks are; `text` is for notifications."""
    plainly = json.dumps(blocks, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = "sha256:" + hashlib.sha256(plainly.encode("utf-8", "surrogatepass")).hexdigest()
    return Card(blocks=blocks, text=text, digest=digest, words=words_of(blocks), whole=whole, offered=offered)


def _above(proposal: "Proposal") -> list[Block]:
    """What will happen and what matters of it; once it does not wait any more, how it stands."""
    titled = proposal.gate.title is not None
    who = [rich(paragraph(*_who(proposal)))] if titled else what(proposal)
    decided = [] if proposal.status is Status.pending else status_lines(proposal)
    count = approved_so_far(proposal)
    counted = [] if count is None else [context_block(ours(count))]
    return [header(headline(proposal)), *counted, *matters(proposal), *who, *decided]


def _beware(proposal: "Proposal", *shown: str | None) -> list[Block]:
    """What a reader should know before reading on."""
    beware = []
    if proposal.ask.source is Source.untrusted:
        beware.append(shared.UNTRUSTED_SOURCE)
    exchanged = [visible(text) for each in proposal.questions for text in (each.text, each.reply) if text]
    if hides(proposal.ask, *shown, *exchanged):
        beware.append(shared.HIDDEN_CHARACTERS)
    if proposal.status is Status.pending and proposal.gate.self_review and proposal.gate.excluded:
        roles = listed([f"*{name(role)}*" for role in sorted(proposal.gate.self_review)], "or")
        beware.append(say.self_review_is_allowed(roles))
    if hidden := count(proposal):
        some = say.ONE_FIELD_IS if hidden == 1 else f"{hidden} fields are"
        beware.append(say.redacted_by_the_policy(some))
    return [section(ours("\n".join(beware)))] if beware else []


def _whole(proposal: "Proposal") -> list[Block]:
    """All that would run and its effect."""
    foreseen = proposal.ask.preview
    return [*payload_blocks(proposal.action.payload), *(preview_blocks(foreseen) if foreseen else [])]


def _cut(proposal: "Proposal", foreseen: str | None, room: int) -> list[Block]:
    """An overview of the payload where there is room, its beginning and that of the preview, and where the rest is."""
    third = max(_WORTH_SHOWING, min(room - _CUT - _AROUND, _BEGINNINGS) // 3)
    preview = [] if foreseen is None else beginning(PREVIEW, foreseen, third)
    ample = room - _CUT - _AROUND >= _BEGINNINGS
    short = overview(proposal.action.payload, 2 * third - _WORTH_SHOWING) if ample else []
    left = max(_WORTH_SHOWING, 2 * third - json_size(short))
    return [*short, *beginning(PAYLOAD, payload(proposal), left), *preview, _too_long(proposal)]


def _too_long(proposal: "Proposal") -> Block:
    if proposal.status is not Status.pending:
        return section(ours(say.TOO_LONG_BUT_OVER))
    return section(ours(say.TOO_LONG_TO_APPROVE_HERE))


def _rest(proposal: "Proposal", room: int, blocks: int) -> tuple[list[Block], list[Block]]:
    """What may be shortened, within `room` characters: the rules' reasons, and what stands below what would run."""
    risk = _risk(proposal, min(room // 3, 2500))
    made = _changed(proposal, min((room - json_size(risk)) // 2, 2000))
    room -= json_size([*risk, *made]) + _AROUND
    blocks -= len(risk) + len(made) + 2
    wanted, left_out = _claims(proposal), list[Claim]()
    while wanted and (len(wanted) > blocks or _starved(wanted, room)):
        least = max(wanted, key=lambda claim: claim.rank)
        wanted.remove(least)
        left_out.append(least)
    if wanted:
        made.append(context_block(ours(shared.THE_AGENTS_CLAIMS)))
        made += [_claim(claim, share - _CLAIM) for claim, share in zip(wanted, _shares(wanted, room), strict=True)]
    if left_out:
        named = ", ".join(f"{claim.label} ({characters(len(claim.text))})" for claim in left_out)
        made.append(context_block(plain_text(shared.not_shown_here(named))))
    return risk, made


def _claims(proposal: "Proposal") -> list[Claim]:
    """The agent's claims, its summary among them where the policy words the title instead."""
    told = summary(proposal) if proposal.gate.title is not None else None
    mine = [] if told is None else [Claim(label=say.IN_ONE_LINE, text=told, most=450, rank=5)]
    *evidence, reasoning = claims(proposal.ask)
    return [*evidence, *mine, reasoning]


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


def _shares(wanted: "Sequence[Claim]", room: int) -> list[int]:
    """Room for each: all it needs where that is less than an even share, and what is left evenly among the rest."""
    needs = [min(text_weight(claim.text), claim.most) + _CLAIM for claim in wanted]
    given = [0] * len(needs)
    for position, index in enumerate(sorted(range(len(needs)), key=needs.__getitem__)):
        given[index] = min(needs[index], max(room, 0) // (len(needs) - position))
        room -= given[index]
    return given


def _starved(wanted: "Sequence[Claim]", room: int) -> bool:
    """Whether some share is too small to be worth reading."""
    return any(
        share - _CLAIM < min(_WORTH_SHOWING, text_weight(claim.text))
        for claim, share in zip(wanted, _shares(wanted, room), strict=True)
    )


def _claim(claim: Claim, most: int) -> Block:
    shown, left = shorten(claim.text, most, text_weight)
    parts = [paragraph(run(claim.label, bold=True)), quote(shown)]
    if left:
        parts.append(paragraph(run(shared.more_in_details(characters(left)), italic=True)))
    return rich(*parts)


def _risk(proposal: "Proposal", room: int) -> list[Block]:
    """Why a person is asked, in the rules' words, and what our own records say."""
    watched = proposal.gate.tier is Tier.watch
    label = paragraph(run(say.WHY_PEOPLE_ARE_TOLD if watched else shared.WHY_A_PERSON_IS_ASKED, bold=True))
    found = policy_reasons(proposal)
    if not found:
        none = say.NO_RULE_SAYS_OTHERWISE
        return [rich(label, paragraph(run(none)))] if not proposal.gate.rules else []
    points: list[Block] = []
    for ground in found:
        point = _ground(ground)
        if json_size([point]) + 150 > room:
            break
        room -= json_size([point])
        points.append(point)
    parts = [label, bullets(points)] if points else [label]
    if left := len(found) - len(points):
        parts.append(paragraph(run(say.more_reasons(left), italic=True)))
    return [rich(*parts)]


def _ground(ground: Ground) -> Block:
    shown, left = shorten(ground.text, 400)
    before, who, after = shown.partition(ground.who) if ground.who else (shown, "", "")
    return paragraph(
        *([run(say.FROM_OUR_RECORDS, italic=True)] if ground.known else []),
        *([run(before)] if before else []),
        *([somebody(who)] if who else []),
        *([run(after)] if after else []),
        *([run(say.and_more_in_details(characters(left)), italic=True)] if left else []),
        *([] if ground.known else [run(" · rule ", italic=True), run(shorten(ground.rule, 100)[0] or "?", code=True)]),
    )


def _called(proposal: "Proposal", mention: str, equals: "Sequence[str]") -> list[Block]:
    """Who is called, and which open proposals are the same: within what `_CALLED` keeps free."""
    blocks: list[Block] = []
    if proposal.status is Status.pending and mention:
        while len(mention) > 150:
            mention = mention.rpartition(" ")[0]
        blocks += [context_block(ours(shared.please_decide(mention)))] if mention else []
    known = [twin for twin in equals if _PROPOSAL_ID.fullmatch(twin)]
    if known:
        more = f" and {len(known) - 2} more" if len(known) > 2 else ""
        blocks.append(section(ours(say.the_same_again(", ".join(known[:2]), more))))
    return blocks


def _below(proposal: "Proposal", offered: "Collection[str]", *, whole: bool, brief: bool = False) -> list[Block]:
    small = [proposal.id, f"digest {proposal.digest[:19]}"]
    if proposal.revision > 1:
        small.append(f"revision {proposal.revision}")
    row = buttons(proposal, f"{proposal.id}.{proposal.nonce}", whole=whole, offered=offered)
    waits = status_lines(proposal, brief=brief) if proposal.status is Status.pending else []
    settles = [until_then(proposal)] if RETRACT in offered and proposal.status is Status.approved else []
    return [*so_far(proposal), *waits, *settles, row, context_block(plain_text(one_line(" · ".join(small))))]
