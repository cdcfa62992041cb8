"""Batch cards: how several proposals stand, what is special about them, and the payload once: the same, then the rest.

In the order of a card of one. Nothing is decided on it: `Review` opens the list, where each is whole. Pure.
"""

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from approvals.effects import FOLLOWS
from approvals.paths import path_text
from approvals.proposal import Source, Status
from bot.slack.blockkit.blocks import (
    Block,
    actions,
    button,
    context_block,
    header,
    json_size,
    ours,
    paragraph,
    plain_text,
    rich,
    run,
    section,
    somebody,
    when,
)
from bot.slack.blockkit.text import characters, named_emoji, one_line, pretty, shorten, text_weight
from bot.slack.cards.card import MOST, Card, made
from bot.slack.cards.claims import hides, payload
from bot.slack.cards.payload import payload_beginning, whole
from bot.slack.cards.preview import preview
from bot.slack.cards.redaction import veiled
from bot.slack.cards.title import notified
from bot.slack.cards.warnings import bulleted, policy_reasons, routine
from bot.slack.words import cards as say
from bot.slack.words import shared, status
from bot.slack.words.shared import listed, name, state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from approvals.digest import JSON
    from approvals.ports import Line
    from approvals.proposal import Proposal

REVIEW = "batch_review"
_TIMES = "\u00d7"
_LINE = 220
"""What a line of the list weighs besides its text, at most."""
_LEAST = 40
_ROOM_FOR_STYLE, _MOST_OF_ONE = 450, 900
"""With less room than the first for each no field has a style; more than the second has none."""
_FIELD = 260
"""What a field weighs besides its name and value, with what is said of the rest."""
_NAME = 60
_SAME = 1_200
_REASONS = 4
_ROUTINE = 600
_QUIET = frozenset(event.tag for event, follows in FOLLOWS.items() if follows.quiet)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batched:
    """At least two proposals of one agent and action, in the order in which they came."""

    proposals: "tuple[Proposal, ...]"
    closes_at: "datetime"
    now: "datetime | None" = None
    """When they are shown; without it nothing is said of what settles."""

    @property
    def lead(self) -> "Proposal":
        """The first, whose card it is."""
        return self.proposals[0]

    @property
    def waiting(self) -> "tuple[Proposal, ...]":
        """Those that are pending."""
        return tuple(each for each in self.proposals if each.status is Status.pending)

    @property
    def title(self) -> str:
        """How many of what."""
        return f"{len(self.proposals)} {_TIMES} {shorten(one_line(self.lead.action.name), 100)[0]}"

    @property
    def same(self) -> "dict[str, JSON]":
        """The top-level fields of the payload that all of them have, written the same; as people may see it."""
        first, others = self.lead.action.payload, [each.action.payload for each in self.proposals[1:]]
        redact = {path for each in self.proposals for path in each.gate.redact}
        shown = veiled(self.lead, redact).action.payload
        return {
            field: shown[field]
            for field, value in first.items()
            if all(field in other and pretty(other[field]) == pretty(value) for other in others)
        }

    def differs(self, proposal: "Proposal") -> "dict[str, JSON]":
        """What a proposal's payload has beside `same`, as people may see it; the two together are the whole of it."""
        same = self.same
        return {field: value for field, value in veiled(proposal).action.payload.items() if field not in same}


def shared_card(batch: Batched, *, mention: str = "") -> Card:
    """The card as its proposals stand. `mention` is markup of ours that calls the reviewers."""
    waiting, title = batch.waiting, batch.title
    word = "Approval needed" if waiting else "Decided"
    label = "Review" if waiting else "Look through"
    said = shorten(f"{label} {title}", 75)[0]
    above = [
        header(f"{word}: {title}"),
        section(ours(batch_status(batch))),
        *batch_warnings(batch),
        *_same(batch),
    ]
    row = actions(button(label, REVIEW, batch.lead.id, said=said, **({"style": "primary"} if waiting else {})))
    called = [ours(f":bell: {_cut(mention)}")] if mention and waiting else []
    below = [
        batch_origin(batch),
        row,
        context_block(*called, ours(say.others_of_the_kind_may_join(when(batch.closes_at)))),
    ]
    room = MOST - json_size([*above, *below]) - 400
    return made([*above, _list(batch, room), *below], _notification(batch))


def unshown_shared_card(batch: Batched, *, mention: str = "") -> Card:
    """The same where none could be made in time: who asks, and that nothing of them is shown."""
    waiting, title = batch.waiting, batch.title
    word = "Approval needed" if waiting else "Decided"
    label = "Review" if waiting else "Look through"
    row = actions(button(label, REVIEW, batch.lead.id, said=shorten(f"{label} {title}", 75)[0]))
    called = [context_block(ours(shared.please_decide(_cut(mention))))] if mention and waiting else []
    text = section(ours(say.BATCH_TOO_MUCH_TO_SHOW))
    return made([header(f"{word}: {title}"), text, batch_origin(batch), row, *called], notified(f"{word}: {title}"))


def batch_origin(batch: Batched) -> Block:
    """Small print: whose they are, and what is true of every such proposal."""
    told = [shorten(one_line(batch.lead.ask.agent), 100)[0] or "?", named_emoji(one_line(batch.lead.action.name))]
    if any(each.ask.source is Source.untrusted for each in batch.proposals):
        told.append(say.UNTRUSTED_SOURCE_SMALL)
    told += dict.fromkeys(each for proposal in batch.proposals for each in routine(veiled(proposal)))
    shown, left = shorten(" · ".join(told), _ROUTINE)
    return context_block(plain_text(f"{shown} …" if left else shown))


def batch_warnings(batch: Batched) -> list[Block]:
    """What a reader has to know of any of them before looking at the others, and why people are asked, each once."""
    found = dict.fromkeys(
        (ground.text, ground.who)
        for each in batch.proposals
        for ground in policy_reasons(veiled(each))
        if not ground.always
    )
    points = []
    for text, who in list(found)[:_REASONS]:
        shown, left = shorten(text, 300)
        before, named, after = shown.partition(who) if who else (shown, "", "")
        more = [run(say.and_more_in_details(characters(left)), italic=True)] if left else []
        points.append(paragraph(*_runs(before), *([somebody(named)] if named else []), *_runs(after), *more))
    if len(found) > _REASONS:
        points.append(paragraph(run(say.more_reasons(len(found) - _REASONS), italic=True)))
    if any(has_hidden_characters(each) for each in batch.proposals):
        points.append(paragraph(run(say.HIDDEN_CHARACTERS, bold=True), run(say.SPELLED_OUT)))
    own = sorted({role for each in batch.waiting for role in each.gate.self_review if each.gate.excluded})
    if own:
        roles = listed([one_line(role) for role in own], "or")
        points.append(paragraph(run(say.SELF_REVIEW_IS_ALLOWED, bold=True), run(say.by_its_owner(roles))))
    return bulleted(points)


def _runs(text: str) -> list[Block]:
    return [run(text)] if text else []


def has_hidden_characters(proposal: "Proposal") -> bool:
    """Whether something the agent says in it holds characters that do not show."""
    shown = veiled(proposal)
    return hides(shown.ask, payload(shown), preview(shown.ask.preview))


def threaded(lines: "Sequence[Line]") -> "tuple[Line, ...]":
    """What of one proposal's history is told below the card: not what its line in the list says."""
    return tuple(each for each in lines if each.tag not in _QUIET)


def which(batch: Batched, proposal: "Proposal") -> Block:
    """Which of them a message below the card is about."""
    place = [each.id for each in batch.proposals].index(proposal.id)
    shown, _ = brief(batch.differs(proposal), 150)
    return section(plain_text(f"Number {place + 1}{f': {shown}' if shown else ''}"))


def brief(fields: "Mapping[str, JSON]", most: int) -> tuple[str, int]:
    """Fields on one line, at most `most` of it as it weighs in JSON, and how many characters are missing."""
    return shorten(
        "; ".join(f"{one_line(key) or '(no name)'}: {_one(value)}" for key, value in fields.items()), most, text_weight
    )


def equal_to(batch: Batched, place: int) -> int | None:
    """The number of an earlier proposal that would run exactly the same, counted from 1."""
    digest = batch.proposals[place].digest
    first = next(number for number, each in enumerate(batch.proposals) if each.digest == digest)
    return first + 1 if first < place else None


def _one(value: "JSON") -> str:
    return one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def batch_status(batch: Batched) -> str:
    """How many wait, for whom and until when, as our markup."""
    waiting, count = batch.waiting, len(batch.proposals)
    settles = status.still_undoable(batch.proposals, batch.now)
    if not waiting:
        return say.none_of_these_waits_any_more(settles)
    held = next((f"{status.suspended(each.suspension)}\n" for each in waiting if each.suspension is not None), "")
    roles = listed([f"*{name(role)}*" for role in sorted({role for each in waiting for role in each.gate.roles})])
    soonest = min(each.expires_at for each in waiting)
    return held + say.needs_a_person(roles, len(waiting), count, when(soonest), settles)


def _same(batch: Batched) -> list[Block]:
    shown = whole(batch.same, batch.lead.gate.show)
    shown = replace(shown, lines=tuple(each for each in shown.lines if each.value is not None))
    return payload_beginning(shown, _SAME, say.THE_SAME_IN_ALL_OF_THEM) if batch.same else []


def _list(batch: Batched, room: int) -> Block:
    each = max(room // len(batch.proposals) - _LINE, _LEAST)
    lines = [_line(batch, place, each) for place in range(len(batch.proposals))]
    return rich(
        paragraph(run(say.ONE_BY_ONE, bold=True)),
        {"type": "rich_text_list", "style": "ordered", "elements": lines},
    )


def _line(batch: Batched, place: int, most: int) -> Block:
    proposal = batch.proposals[place]
    runs = [] if proposal.status is Status.pending else [run(f"{state(proposal)[1]} · ", bold=True)]
    if proposal.status is Status.pending and proposal.questions:
        runs.append(run("Asked · " if proposal.open_question else "Answered · ", bold=True))
    runs += _own(batch.differs(proposal), most) or [run(say.NOTHING_OF_ITS_OWN)]
    if (twin := equal_to(batch, place)) is not None:
        runs.append(run(shared.the_same_as(twin), italic=True))
    return paragraph(*runs)


def _own(fields: "Mapping[str, JSON]", most: int) -> list[Block]:
    """Fields one behind the other, each by its name with its JSON as on a card of one; plainly where they are many."""
    if most < _ROOM_FOR_STYLE:
        shown, left = brief(fields, most)
        return [*_runs(shown), *([run(f" … {characters(left)} more", italic=True)] if left else [])]
    runs: list[Block] = []
    most = min(most, _MOST_OF_ONE)
    for number, (key, value) in enumerate(sorted(fields.items(), key=lambda pair: isinstance(pair[1], (dict, list)))):
        label = shorten(one_line(path_text([key])), _NAME)[0]
        written = one_line(json.dumps(value, ensure_ascii=False))
        shown, left = shorten(written, max(most - json_size(runs) - _FIELD - text_weight(label), 0), text_weight)
        if left and len(shown) < _LEAST:
            runs.append(run(f" {say.more_in_review(say.so_many_fields(len(fields) - number))}", italic=True))
            break
        runs += [run(f"{', ' if runs else ''}{label} ", bold=True), run(shown, code=True)]
        runs += [run(f" {say.more_in_review(characters(left))}", italic=True)] if left else []
    return runs


def _cut(mention: str) -> str:
    while len(mention) > 150:
        mention = mention.rpartition(" ")[0]
    return mention


def _notification(batch: Batched) -> str:
    agent, waiting = shorten(one_line(batch.lead.ask.agent), 60)[0], batch.waiting
    if not waiting:
        return notified(f"Decided: {batch.title} of {agent}")
    soonest = min(each.expires_at for each in waiting)
    ends = say.they_are_rejected(soonest)
    return notified(say.batch_asks_to_run(agent, batch.title, len(waiting), ends))
