"""Warnings of a card: what is special about this very proposal and why people are asked, the gravest first.

What is true of every such proposal is none: it stands in small print, so that nobody learns to skip these.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.past import About
from approvals.paths import path_text
from approvals.proposal import Status
from approvals.remembered.approval import OURS
from bot.slack.blockkit.blocks import Block, bullets, json_size, paragraph, rich, run, somebody
from bot.slack.blockkit.text import characters, one_line, shorten, visible
from bot.slack.cards.claims import hides
from bot.slack.cards.doubts import Doubt
from bot.slack.cards.redaction import count
from bot.slack.words import cards as say
from bot.slack.words.shared import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from approvals.gate import Fact
    from approvals.proposal import Proposal
    from bot.slack.cards.doubts import Doubts
    from bot.slack.cards.payload import Whole

_PERSON = re.compile(r"\b[UW][A-Z0-9]{2,}\b")
_PROPOSAL_ID = re.compile(r"prp_[0-9a-f]{1,40}")
_LONGEST = 400
_NAME = 60
_MOST_NAMES = 6
_AROUND = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Why a person is asked: a rule's words, or what we found in our own records. Both visible, on one line."""

    text: str
    rule: str
    who: str | None = None
    """A person whom `text` names by id: who rejected the same before."""
    known: bool = False
    """Whether it is from our records."""
    always: bool = False
    """Whether it is so for every such action."""
    new: str | None = None
    """The field whose value was never approved before, where that is all that our records say."""


def policy_reasons(proposal: "Proposal") -> list[Ground]:
    """All there are: each rule's words, and right below them what our records say for that rule.

    What a person rejected before, or what happened before, comes first: a reader with little time should not miss it.
    """
    found: list[Ground] = []
    facts = list(proposal.gate.facts)
    repeats = {fact.rule for fact in facts if fact.name in (About.repeat, About.effect)}
    for reason in sorted(proposal.gate.risk, key=lambda reason: reason.rule not in repeats):
        found.append(
            Ground(text=one_line(reason.reason) or "(no words)", rule=one_line(reason.rule), always=reason.always)
        )
        found += [_known(fact) for fact in facts if fact.rule == reason.rule]
        facts = [fact for fact in facts if fact.rule != reason.rule]
    return [*found, *map(_known, facts)]


def _known(fact: "Fact") -> Ground:
    text = one_line(fact.value) or one_line(fact.name) or "(no words)"
    named = _PERSON.search(text) if fact.name == About.repeat or fact.rule == OURS else None
    about, _, field = fact.name.partition(" ")
    return Ground(
        text=text,
        rule=one_line(fact.rule),
        who=named.group() if named else None,
        known=True,
        new=one_line(field.removeprefix("payload.")) if about == About.first_time else None,
    )


def warnings(proposal: "Proposal", *shown: str | None) -> list[Block]:
    """What nobody may miss, as bullets: hidden characters, self-review. `shown` are the payload's texts."""
    found: list[Block] = []
    exchanged = [visible(text) for each in proposal.questions for text in (each.text, each.reply) if text]
    if hides(proposal.ask, *shown, *exchanged):
        found.append(paragraph(run(say.HIDDEN_CHARACTERS, bold=True), run(say.SPELLED_OUT)))
    if proposal.status is Status.pending and proposal.gate.self_review and proposal.gate.excluded:
        roles = listed([one_line(role) for role in sorted(proposal.gate.self_review)], "or")
        found.append(paragraph(run(say.SELF_REVIEW_IS_ALLOWED, bold=True), run(say.by_its_owner(roles))))
    return found


def reasons(proposal: "Proposal", room: int) -> list[Block]:
    """Why people are asked about this one, in the rules' words and from our records, as bullets within so much room."""
    groups = [*_groups(policy_reasons(proposal))]
    points: list[Block] = []
    for group in groups:
        point = _point(group)
        if json_size([point]) + _AROUND > room:
            break
        room -= json_size([point])
        points.append(point)
    if left := len(groups) - len(points):
        points.append(paragraph(run(say.more_reasons(left), italic=True)))
    return points


def in_no_evidence(doubts: "Doubts", whole: "Whole") -> list[Block]:
    """The fields for whose values nobody vouches, as a bullet: those that stand out, and those that no line marks.

    Where it is all of them, that is said instead: marks at each would be passed over.
    """
    lines = {line.name: line.doubt for line in whole.lines if line.doubt}
    # What is near them stands in their lines.
    named = {name: Doubt(stakes=True) for name, doubt in lines.items() if doubt.stands_out}
    boxed = _by_weight(doubts) if whole.boxes else {}
    unmarked = {
        name: doubt
        for name, doubt in boxed.items()
        if not any(name == each or name.startswith(f"{each}.") for each in lines)
    }
    return _not_in_evidence(doubts, named | unmarked)


def all_in_no_evidence(doubts: "Doubts") -> list[Block]:
    """The same of every such value, for where none is marked: what stands out first."""
    return _not_in_evidence(doubts, _by_weight(doubts))


def _by_weight(doubts: "Doubts") -> "dict[str, Doubt]":
    named = {one_line(path_text(map(str, path))): doubt for path, doubt in doubts.found.items()}
    return {name: named[name] for name in sorted(named, key=lambda name: (not named[name].stands_out, name))}


def _not_in_evidence(doubts: "Doubts", named: "Mapping[str, Doubt]") -> list[Block]:
    if doubts.nothing:
        return [paragraph(run(say.NO_VALUE_IS_IN_THE_EVIDENCE, bold=True))]
    if not named:
        return []
    runs: list[Block] = []
    for name, doubt in list(named.items())[:_MOST_NAMES]:
        runs += [run(", ")] if runs else []
        runs.append(run(shorten(name, _NAME)[0], bold=True) if doubt.stands_out else run(shorten(name, _NAME)[0]))
        runs += [run(f" ({say.IT_HAS} "), run(", ".join(doubt.near)), run(")")] if doubt.near else []
    if len(named) > _MOST_NAMES:
        runs.append(run(f" {say.and_more_of_them(len(named) - _MOST_NAMES)}"))
    return [paragraph(run(say.NOT_IN_EVIDENCE), *runs)]


def routine(proposal: "Proposal") -> list[str]:
    """What is true of every such proposal, each in a few words."""
    found = []
    if hidden := count(proposal):
        found.append(say.redacted(hidden))
    found += [each.text for each in policy_reasons(proposal) if each.always]
    if not proposal.gate.rules and not proposal.gate.risk:
        found.append(say.NO_RULE_FITS)
    return found


def same_again(equals: "Sequence[str]") -> list[Block]:
    """Which open proposals are the same, as a bullet."""
    known = [twin for twin in equals if _PROPOSAL_ID.fullmatch(twin)]
    if not known:
        return []
    more = f" and {len(known) - 2} more" if len(known) > 2 else ""
    return [paragraph(run(say.THE_SAME_AGAIN, bold=True), run(say.are_open_too(", ".join(known[:2]), more)))]


def bulleted(points: "Sequence[Block]") -> list[Block]:
    """The bullets as a block; none without any."""
    return [rich(bullets(points))] if points else []


def _groups(found: "Sequence[Ground]") -> "Iterator[list[Ground]]":
    """Each reason that is not always so with what our records say for its rule; such facts alone where it has none."""
    group: list[Ground] = []
    for each in found:
        if each.always:
            continue
        if group and not (each.known and each.rule == group[0].rule):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _point(group: "Sequence[Ground]") -> Block:
    runs: list[Block] = []
    reason = None if group[0].known else group[0]
    if reason is not None:
        runs += _said(reason)
    for fact in (each for each in group if each.known):
        if reason is not None and fact.new is not None:
            runs.append(run(say.new_to_our_records(fact.new), italic=True))
            continue
        runs += [*([run(" · ")] if runs else []), run(say.FROM_OUR_RECORDS, italic=True), *_said(fact)]
    return paragraph(*runs)


def _said(ground: Ground) -> list[Block]:
    shown, left = shorten(ground.text, _LONGEST)
    before, who, after = shown.partition(ground.who) if ground.who else (shown, "", "")
    return [
        *([run(before)] if before else []),
        *([somebody(who)] if who else []),
        *([run(after)] if after else []),
        *([run(say.and_more_in_details(characters(left)), italic=True)] if left else []),
    ]
