"""`Details`: everything about a proposal, whole, page by page: each of two to three screens of a phone.

Slack tells nobody how high a block is, so it is estimated: rows of a narrow screen, and what stands around them.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from approvals.decision import Verdict
from approvals.proposal import Status
from bot.slack.blockkit import words
from bot.slack.blockkit.blocks import (
    Block,
    actions,
    button,
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
    somebody,
    when,
)
from bot.slack.blockkit.excerpt import labelled
from bot.slack.blockkit.modals import placed
from bot.slack.blockkit.text import chunks, length, one_line, visible, word_count, words_of
from bot.slack.cards.buttons import asking_again
from bot.slack.cards.card import waiting_card
from bot.slack.cards.claims import claims
from bot.slack.cards.diff import difference_blocks
from bot.slack.cards.doubts import Doubts, doubts
from bot.slack.cards.overview import overview
from bot.slack.cards.payload import PAYLOAD, head, texts, whole
from bot.slack.cards.preview import PREVIEW, changes, preview
from bot.slack.cards.redaction import veiled
from bot.slack.cards.status import asks, changed_by, maker
from bot.slack.cards.title import title
from bot.slack.cards.warnings import in_no_evidence, policy_reasons
from bot.slack.words import cards as say
from bot.slack.words import shared, status
from bot.slack.words.history import in_place_of, rushed
from bot.slack.words.status import rollback_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from approvals.decision import Decision
    from approvals.proposal import Proposal, Revision

LONG = 30
"""Rows of a phone from which on a payload has an overview before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Which verdicts a person may give from here, as far as is known."""

    approve: bool = False
    """The button stands on the last page and nowhere else, and only of what no card shows whole."""
    reject: bool = False
    """The button stands on every page: nobody has to read on who says no."""


def pages(proposal: "Proposal") -> list[list[Block]]:
    """All there is to read, in order: what would run first. At least one page."""
    return [page.blocks for page in _pages(proposal)]


def details(proposal: "Proposal", form_id: str, page: int, verdicts: Verdicts) -> Block:
    """The view that shows a page, counted from 0; a page beyond the last shows the last."""
    return _view(proposal, _pages(proposal), form_id, page, verdicts)


class Shown(NamedTuple):
    """A page as a person gets it."""

    view: Block
    page: int
    last: bool
    """Whether nothing follows it: whoever has it before them could read everything."""


def opened(proposal: "Proposal", form_id: str, verdicts: Verdicts) -> tuple[Shown, int]:
    """The first page, and how many words there are on all of them."""
    made = _pages(proposal)
    words = word_count(words_of(block for page in made for block in page.blocks))
    return Shown(_view(proposal, made, form_id, 0, verdicts), 0, len(made) == 1), words


def turned(proposal: "Proposal", form_id: str, page: int, verdicts: Verdicts) -> Shown:
    """Another page; none lies before the first or beyond the last."""
    made = _pages(proposal)
    page = min(max(page, 0), len(made) - 1)
    return Shown(_view(proposal, made, form_id, page, verdicts), page, page == len(made) - 1)


def _pages(proposal: "Proposal") -> "list[Page]":
    return laid_out(_everything(proposal))


def _view(proposal: "Proposal", made: "list[Page]", form_id: str, page: int, verdicts: Verdicts) -> Block:
    page = min(max(page, 0), len(made) - 1)
    last = page == len(made) - 1
    row = []
    if page > 0:
        row.append(button("Back", "details_back", placed(form_id, page), said=say.BACK_TO_THE_PAGE_BEFORE))
    if not last:
        row.append(button("Next", "details_next", placed(form_id, page), said="Next page"))
    what = one_line(proposal.action.name)[:60]
    if last and verdicts.approve and proposal.status is Status.pending and not waiting_card(proposal).whole:
        agree = button("Approve", "details_approve", form_id, said=f"Approve {what}")
        row.append(asking_again(agree, proposal))
    if verdicts.reject and proposal.status is Status.pending:
        row.append(button("Reject", "reject", form_id, said=f"Reject {what}", style="danger"))
    place = say.page_of(page + 1, len(made))
    above = [context_block(ours(say.page_about(place, made[page].parts)))] if len(made) > 1 else []
    blocks = [*above, *made[page].blocks, context_block(ours(place))]
    return {
        "type": "modal",
        "callback_id": "details",
        "private_metadata": form_id,
        "title": {"type": "plain_text", "text": "Details", "emoji": False},
        "close": {"type": "plain_text", "text": "Close", "emoji": False},
        "blocks": [*blocks, actions(*row)] if row else blocks,
    }


def _everything(proposal: "Proposal") -> "Iterator[tuple[str, Block]]":
    """Each block with what it is about."""
    proposal = veiled(proposal)
    parts: list[tuple[str, Iterable[Block]]] = [
        (say.PART_OF_WHO_ASKS, _asked(proposal)),
        (say.PART_OF_OVERVIEW, _in_short(proposal)),
        (say.PART_OF_WHAT_WILL_RUN, _effect(proposal)),
        (say.PART_OF_WHY, _grounds(proposal)),
        (say.PART_OF_CLAIMS, _claimed(proposal)),
        (say.PART_OF_HISTORY, _trail(proposal)),
    ]
    return ((part, block) for part, blocks in parts for block in blocks)


def _asked(proposal: "Proposal") -> "Iterator[Block]":
    """How it stands, and who asks for what."""
    ask, worded = proposal.ask, title(proposal)
    yield header(worded or one_line(proposal.action.name)[:150])
    yield section(ours(status.status_sentence(proposal)))
    ahead = [status.next_steps(proposal), status.second_person(proposal)] if proposal.status is Status.pending else []
    if any(ahead):
        yield section(ours("\n".join(filter(None, ahead))))
    if proposal.rollback is not None:
        yield section(ours(rollback_line(proposal.rollback)))
    if worded:
        yield from _whole("Action", one_line(proposal.action.name))
    yield from _whole("Agent", one_line(ask.agent))
    if ask.on_behalf_of:
        yield rich(paragraph(run(say.IT_ACTS_FOR, bold=True), somebody(ask.on_behalf_of)))
    marks = ((say.SUMMARY_BY_THE_AGENT, ask.summary), ("Run", ask.run_id), ("Tool call", ask.tool_call_id))
    for label, said in marks:
        if said:
            yield from _whole(label, one_line(said))


def _grounds(proposal: "Proposal") -> "Iterator[Block]":
    """What somebody changed, and why a person is asked."""
    if proposal.revision > 1 and proposal.erased_at is None:
        yield from _differs(changed_by(proposal), proposal.revisions[0], proposal.revisions[-1])
    for ground in policy_reasons(proposal):
        yield from _whole(
            say.DETAILS_FROM_OUR_RECORDS if ground.known else shared.WHY_A_PERSON_IS_ASKED,
            f"{ground.text} · rule {ground.rule}",
        )


def _claimed(proposal: "Proposal") -> "Iterator[Block]":
    yield context_block(ours(shared.THE_AGENTS_CLAIMS))
    for claim in claims(proposal.ask):
        yield from _whole(claim.label, claim.text)


def _in_short(proposal: "Proposal") -> "list[Block]":
    """What occurs in a long payload, and what of it differs from the rest; of one that is read at a glance nothing."""
    payload = proposal.action.payload
    return overview(payload) if rows(texts(whole(payload))) >= LONG else []


def _effect(proposal: "Proposal") -> "Iterator[Block]":
    """What would run, and what would come of it."""
    if proposal.erased_at is not None:
        yield section(ours(say.erased(when(proposal.erased_at))))
        return
    found = doubts(proposal) if proposal.status is Status.pending else Doubts(found={})
    shown, foreseen = whole(proposal.action.payload, proposal.gate.show, found.found), proposal.ask.preview
    if points := in_no_evidence(found, shown):
        yield rich(*points)
    yield from head(shown, PAYLOAD)
    for box in shown.boxes:
        yield from _whole(box.name or PAYLOAD, box.text, boxed=True, note=box.note)
    if foreseen is not None:
        yield from _whole(PREVIEW, preview(foreseen) or "", boxed=True, note=changes(foreseen))


def _trail(proposal: "Proposal") -> "Iterator[Block]":
    """What people and the agent did about it, in full."""
    for decision in proposal.decisions:
        yield section(ours(_decided(proposal, decision)))
        if decision.reason:
            yield from _whole("Reason", visible(decision.reason))
    if proposal.reason and not any(decision.reason == proposal.reason for decision in proposal.decisions):
        yield from _whole("Reason", visible(proposal.reason))
    for before, revision in zip(proposal.revisions, proposal.revisions[1:], strict=False):
        yield section(ours(f":pencil2: *Revision {revision.number}* by {maker(revision)}"))
        if proposal.erased_at is not None:
            continue
        yield from _differs(say.what_revision_changed(revision.number), before, revision)
    yield from _exchanged(proposal)
    told: list[tuple[str, str | None]] = []
    if (outcome := proposal.outcome) is not None:
        told += [(shared.THE_AGENT_REPORTS, outcome.detail), (shared.HOW_IT_CHECKED, outcome.verification)]
    if (rollback := proposal.rollback) is not None:
        told += [
            (say.WHY_IT_WAS_OBJECTED_TO, rollback.reason),
            (shared.THE_AGENT_REPORTS_OF_THE_ROLLBACK, rollback.detail),
        ]
    for label, said in told:
        if said:
            yield from _whole(label, visible(said))
    yield from _whole("Marks", _marks(proposal))


def _exchanged(proposal: "Proposal") -> "Iterator[Block]":
    """What reviewers asked the agent, and its answers."""
    for question in proposal.questions:
        yield section(ours(f":speech_balloon: {asks(question)}"))
        yield from _whole("Question", visible(question.text))
        if question.reply is not None:
            yield from _whole(say.THE_AGENTS_ANSWER, visible(question.reply))


def _differs(label: str, before: "Revision", after: "Revision") -> "Iterator[Block]":
    yield rich(paragraph(run(label, bold=True)))
    blocks, _ = difference_blocks(before.action.payload, after.action.payload)
    yield from blocks or [context_block(plain_text("Nothing differs."))]


def _decided(proposal: "Proposal", decision: "Decision") -> str:
    verb = "approves" if decision.verdict is Verdict.approve else say.SAYS_NO_TO
    void = "" if decision.round == proposal.round else say.VOID_SINCE
    if decision.retracted_at is not None:
        void = say.retracted_by(when(decision.retracted_at, seconds=True))
    after = in_place_of(decision.stands_in_for)
    after += rushed({"rushed": decision.rushed, "at": decision.at, "first_seen_at": decision.first_seen_at})
    return f":bust_in_silhouette: {person(decision.reviewer)} {verb} revision {decision.revision}{after}{void}"


def _marks(proposal: "Proposal") -> str:
    lines = [f"id {proposal.id}", f"policy {one_line(proposal.gate.policy_version)}"]
    lines += [f"revision {revision.number}: {_digest(revision)}" for revision in proposal.revisions]
    return "\n".join(lines)


def _digest(revision: "Revision") -> str:
    return revision.action.digest


def _whole(label: str, text: str, *, boxed: bool = False, note: str = "") -> "Iterator[Block]":
    """A visible text of any length as blocks of one piece each."""
    pieces = list(chunks(text, PIECE, room_taken))
    if len(pieces) < 2:
        yield labelled(label, text, small=not boxed, note=note)
        return
    for number, (piece, goes_on) in enumerate(pieces, 1):
        block = labelled(f"{label} ({number} of {len(pieces)})", piece, small=not boxed, note=note)
        if goes_on:
            block = rich(*block["elements"], paragraph(run(words.THE_LINE_GOES_ON, italic=True)))
        yield block


ROW = 40
"""Characters that stand beside one another on a phone, in a box."""
PIECE = 32 * ROW
"""The longest piece of a text in one block, as `room_taken` measures: half a page, so that pages can be filled."""
MOST_HEIGHT = 1_600
"""Pixels of the blocks of a page; what stands around them makes it 1,800 at most."""
MOST_BLOCKS = 80
"""On a page; a modal holds 100, and the page adds its buttons."""
MOST_SIZE = 60_000
"""Of a page, as JSON; a view may have 250 kB, in a count that Slack does not document."""
_MOST_HEADINGS = 3
"""In a row, that wait for what they are about."""
_LINE, _BOX_LINE = 22, 19
"""Pixels of a row of text, and of one in a box."""
_AROUND, _BOX_AROUND = 14, 30
"""What stands between two blocks, and around a box."""


@dataclass(slots=True, kw_only=True)
class Page:
    """What stands on one page."""

    blocks: list[Block] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    """What its blocks are about, in order, each once."""
    height: int = 0
    size: int = 0

    def takes(self, *blocks: Block) -> bool:
        """Whether there is room for them; there always is on an empty page."""
        high, large = sum(map(height, blocks)), json_size(blocks)
        fits = self.height + high <= MOST_HEIGHT and self.size + large <= MOST_SIZE
        return not self.blocks or (fits and len(self.blocks) + len(blocks) <= MOST_BLOCKS)

    def add(self, part: str, block: Block) -> None:
        """Puts a block at its end."""
        self.blocks.append(block)
        self.height += height(block)
        self.size += json_size([block])
        if part not in self.parts:
            self.parts.append(part)


def laid_out(blocks: "Iterable[tuple[str, Block]]") -> "list[Page]":
    """Blocks, each with what it is about, on as many pages as they need: at least one."""
    pages = [Page()]
    heading: list[tuple[str, Block]] = []
    for part, block in blocks:
        if _is_heading(block) and len(heading) < _MOST_HEADINGS:
            heading.append((part, block))
            continue
        if not pages[-1].takes(*(each for _, each in heading), block):
            pages.append(Page())
        for about, each in (*heading, (part, block)):
            pages[-1].add(about, each)
        heading = []
    for about, each in heading:
        pages[-1].add(about, each)
    return pages


def _is_heading(block: "Mapping[str, Any]") -> bool:
    """Whether it says nothing but what the next block is."""
    parts = block["elements"] if block["type"] == "rich_text" else []
    return len(parts) == 1 and parts[0]["type"] == "rich_text_section" and len(parts[0]["elements"]) == 1


def room_taken(text: str) -> int:
    """How much of a page a text takes, in characters: of each line as many as there are in the rows that it fills."""
    return max(length(text), ROW * rows(text))


def rows(text: str) -> int:
    """How many rows it takes on a phone."""
    return sum(-(-_width(line) // ROW) or 1 for line in text.split("\n"))


def height(block: "Mapping[str, Any]") -> int:
    """About how many pixels a block is high on a phone."""
    kind = block.get("type")
    if kind == "rich_text":
        return sum(_part(part) for part in block["elements"]) + _AROUND
    texts = block["elements"] if kind == "context" else [block.get("text") or {}]
    return sum(rows(str(each.get("text", ""))) for each in texts) * _LINE + _AROUND


def _part(part: "Mapping[str, Any]") -> int:
    if part["type"] == "rich_text_list":
        return sum(_part(each) for each in part["elements"])
    text = "".join(str(each.get("text", "")) for each in part["elements"])
    boxed = part["type"] == "rich_text_preformatted"
    return rows(text) * _BOX_LINE + _BOX_AROUND if boxed else rows(text) * _LINE


def _width(line: str) -> int:
    """Characters as wide as Latin ones: what takes three bytes, as most scripts with wide ones do, counts as two."""
    return len(line) if line.isascii() else (len(line) + len(line.encode("utf-8", "surrogatepass"))) // 2
