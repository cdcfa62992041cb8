"""Batch cards: what is the same in all of several proposals, what differs, and how each stands. Pure.

Nothing is decided on it: `Review` opens the list, where each is whole.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.effects import FOLLOWS
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
    when,
)
from bot.slack.blockkit.text import characters, one_line, pretty, shorten, text_weight, visible
from bot.slack.cards.card import MOST, Card, beginning, made
from bot.slack.cards.claims import hides, payload, policy_reasons
from bot.slack.cards.preview import preview
from bot.slack.cards.redaction import veiled
from bot.slack.cards.title import notified
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
_SAME = 1_200
_REASONS = 4
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
        *batch_origin(batch),
        section(ours(batch_status(batch))),
        *beware(batch),
        *reasons(batch),
        *_same(batch),
    ]
    row = actions(button(label, REVIEW, batch.lead.id, said=said, **({"style": "primary"} if waiting else {})))
    below = [
        *([context_block(ours(shared.please_decide(_cut(mention))))] if mention and waiting else []),
        row,
        context_block(ours(say.others_of_the_kind_may_join(when(batch.closes_at)))),
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
    return made([header(f"{word}: {title}"), *batch_origin(batch), text, *called, row], notified(f"{word}: {title}"))


def batch_origin(batch: Batched) -> list[Block]:
    """Whose proposals they are."""
    agent = one_line(batch.lead.ask.agent) or "?"
    return [rich(paragraph(run("Agent ", bold=True), run(agent)))]


def beware(batch: Batched) -> list[Block]:
    """What a reader has to know of any of them before looking at the others."""
    text = []
    if any(each.ask.source is Source.untrusted for each in batch.proposals):
        text.append(say.UNTRUSTED_SOURCE)
    if any(has_hidden_characters(each) for each in batch.proposals):
        text.append(shared.HIDDEN_CHARACTERS)
    own = sorted({role for each in batch.waiting for role in each.gate.self_review if each.gate.excluded})
    if own:
        roles = listed([f"*{name(role)}*" for role in own], "or")
        text.append(say.batch_self_review_is_allowed(roles))
    return [section(ours("\n".join(text)))] if text else []


def has_hidden_characters(proposal: "Proposal") -> bool:
    """Whether something the agent says in it holds characters that do not show."""
    shown = veiled(proposal)
    return hides(shown.ask, payload(shown), preview(shown.ask.preview))


def reasons(batch: Batched) -> list[Block]:
    """Why people are asked, each reason once."""
    found = list(
        dict.fromkeys((ground.text, ground.rule) for each in batch.proposals for ground in policy_reasons(veiled(each)))
    )
    if not found:
        return []
    lines = [run(shared.WHY_A_PERSON_IS_ASKED, bold=True)]
    for text, rule in found[:_REASONS]:
        shown, left = shorten(text, 300)
        more = f" … {characters(left)} more" if left else ""
        lines += [run(f"\n• {shown}{more}"), run(" · rule ", italic=True), run(shorten(rule, 80)[0] or "?", code=True)]
    if len(found) > _REASONS:
        lines.append(run(f"\n… and {len(found) - _REASONS} more", italic=True))
    return [rich(paragraph(*lines))]


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
    roles = listed([f"*{name(role)}*" for role in sorted({role for each in waiting for role in each.gate.roles})])
    soonest = min(each.expires_at for each in waiting)
    return say.needs_a_person(roles, len(waiting), count, when(soonest), settles)


def _same(batch: Batched) -> list[Block]:
    same = batch.same
    return beginning(say.THE_SAME_IN_ALL_OF_THEM, visible(pretty(same)), _SAME) if same else []


def _list(batch: Batched, room: int) -> Block:
    each = max(room // len(batch.proposals) - _LINE, _LEAST)
    lines = [_line(batch, place, each) for place in range(len(batch.proposals))]
    return rich(
        paragraph(run(say.ONE_BY_ONE, bold=True)),
        {"type": "rich_text_list", "style": "ordered", "elements": lines},
    )


def _line(batch: Batched, place: int, most: int) -> Block:
    proposal = batch.proposals[place]
    shown, left = brief(batch.differs(proposal), min(most, 400))
    runs = [] if proposal.status is Status.pending else [run(f"{state(proposal)[1]} · ", bold=True)]
    if proposal.status is Status.pending and proposal.questions:
        runs.append(run("Asked · " if proposal.open_question else "Answered · ", bold=True))
    runs.append(run(shown or say.NOTHING_OF_ITS_OWN))
    if left:
        runs.append(run(f" … {characters(left)} more", italic=True))
    if (twin := equal_to(batch, place)) is not None:
        runs.append(run(shared.the_same_as(twin), italic=True))
    return paragraph(*runs)


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
