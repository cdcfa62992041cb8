"""Batch review: each proposal of a batch whole, with a tick; and what came of deciding them. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from approvals.moves.confirmation import asks_again
from approvals.proposal import Status
from bot.slack.blockkit import words
from bot.slack.blockkit.blocks import (
    Block,
    actions,
    boxed,
    button,
    context_block,
    header,
    ours,
    paragraph,
    plain_text,
    rich,
    run,
    section,
)
from bot.slack.blockkit.modals import modal, view_weight
from bot.slack.blockkit.text import chunks, one_line, pretty, shorten, visible
from bot.slack.cards.batch_card import (
    batch_origin,
    batch_status,
    batch_warnings,
    brief,
    equal_to,
    has_hidden_characters,
)
from bot.slack.cards.buttons import asking_again
from bot.slack.cards.card import PIECE
from bot.slack.cards.claims import summary
from bot.slack.cards.doubts import doubts
from bot.slack.cards.preview import preview
from bot.slack.cards.redaction import veiled
from bot.slack.cards.warnings import all_in_no_evidence
from bot.slack.forms.dialogs import REASON_BLOCK, reason_block
from bot.slack.words import forms as say
from bot.slack.words import shared, status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from approvals.digest import JSON
    from approvals.proposal import Proposal
    from bot.slack.cards.batch_card import Batched

__all__ = ["REASON_BLOCK", "Done", "ShownProposal", "batch_form", "batch_reject_form", "results", "seen_in", "ticked"]

TICKS = "input_tick"
_ROOM = 200_000
"""Bytes of a view that may be filled; Slack takes 250 kB in a count that it does not document."""
_SAME = 60_000
_AROUND = 1_200
"""Bytes that a proposal takes besides what differs in it."""
_APPROVE = "Approve ticked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProposal:
    """What of one proposal was whole on somebody's screen: nothing else may be approved from there."""

    number: int
    digest: str
    revision: int
    nonce: str

    def as_json(self) -> "dict[str, JSON]":
        """To be kept with the form."""
        return {"number": self.number, "digest": self.digest, "revision": self.revision, "nonce": self.nonce}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of one proposal; `why_not` is our markup, None where it was decided."""

    number: int
    proposal: "Proposal"
    why_not: str | None = None


def seen_in(typed: "Mapping[str, JSON]") -> dict[str, ShownProposal]:
    """What a form keeps of its screen, by proposal; nothing of what is misshapen."""
    kept = typed.get("seen")
    found: dict[str, ShownProposal] = {}
    for proposal_id, each in kept.items() if isinstance(kept, dict) else ():
        match each:
            case {"number": int(number), "digest": str(digest), "revision": int(revision), "nonce": str(nonce)}:
                found[proposal_id] = ShownProposal(number=number, digest=digest, revision=revision, nonce=nonce)
    return found


def ticked(state: "Mapping[str, Any]") -> list[str]:
    """Ids of the proposals that are ticked in the state of the list, in its order."""
    chosen = [block[TICKS].get("selected_options") or () for block in state.values() if TICKS in block]
    return [str(option.get("value")) for options in chosen for option in options]


def batch_form(batch: "Batched", form_id: str) -> tuple[dict[str, Any], dict[str, ShownProposal]]:
    """The list, and what of it is whole on the screen and so may be ticked."""
    same = visible(pretty(batch.same)) if batch.same else ""
    common = same if view_weight(same) < _SAME else None
    blocks = [header(batch.title), section(ours(batch_status(batch))), *batch_warnings(batch), batch_origin(batch)]
    if common:
        blocks.append(_whole(say.THE_SAME_IN_ALL_OF_THEM, common))
    found = {each.id: doubts(each) for each in batch.waiting}
    marks = {key: all_in_no_evidence(each) for key, each in found.items()}
    room = (_ROOM - view_weight([blocks, *marks.values()])) // len(batch.proposals) - _AROUND
    held = any(each.suspension is not None for each in batch.waiting)
    seen: dict[str, ShownProposal] = {}
    for place, proposal in enumerate(batch.proposals):
        own, whole = _own(batch, place, room, marks.get(proposal.id, []))
        can = proposal.status is Status.pending and whole and common is not None
        at_first = can and not held and not found[proposal.id].stand_out and not has_hidden_characters(proposal)
        blocks += [own, _row(proposal, place + 1, tick=can, at_first=at_first, whole=whole and common is not None)]
        if can:
            seen[proposal.id] = ShownProposal(
                number=place + 1, digest=proposal.digest, revision=proposal.revision, nonce=proposal.nonce
            )
    if not seen:
        blocks.append(context_block(plain_text(say.NOTHING_CAN_BE_APPROVED_HERE)))
        return modal("Review", blocks, form_id=form_id, callback_id="batch"), seen
    blocks.append(context_block(plain_text(say.TICK_WHAT_TO_REJECT if held else say.WHAT_IS_NOT_TICKED_STAYS)))
    blocks.append(actions(button("Reject ticked", "batch_reject", form_id, said=say.REJECT_THE_TICKED, style="danger")))
    return modal("Review", blocks, form_id=form_id, callback_id="batch", submit=None if held else _APPROVE), seen


def batch_reject_form(batch: "Batched", numbers: "Sequence[int]", form_id: str) -> dict[str, Any]:
    """Wants the one reason for a no to all that were ticked."""
    common = say.EACH_IS_REJECTED_WITH_THIS_REASON
    named = ", ".join(map(str, numbers))
    blocks = [
        rich(paragraph(run("Reject "), run(f"{len(numbers)} of {batch.title}", bold=True), run(f": {named}."))),
        section(plain_text(common)),
        reason_block(),
    ]
    return modal("Reject", blocks, form_id=form_id, callback_id="batch_reject", submit="Reject", close="Cancel")


def results(verb: str, done: "Sequence[Done]", later: int) -> dict[str, Any]:
    """What came of each; `verb` is `Approved` or `Rejected`, `later` how many joined after the list was opened."""
    worked = [each for each in done if each.why_not is None]
    blocks: list[Block] = [header(f"{verb}: {len(worked)} of {len(done)}")]
    if worked:
        blocks.append(
            rich(*(paragraph(run(f"{each.number}. ", bold=True), run(_named(each.proposal))) for each in worked))
        )
    for each in done:
        if each.why_not is not None:
            blocks.append(section(plain_text(f"Left out: {each.number}. {_named(each.proposal)}")))
            blocks.append(context_block(ours(each.why_not)))
    if not done:
        blocks.append(section(plain_text(say.NOTHING_WAS_TICKED)))
    windows = [each.proposal.gate.undo_window or 0 for each in worked] if verb == "Approved" else []
    if any(windows):
        blocks.append(context_block(plain_text(status.after_several(timedelta(seconds=max(windows))))))
    if later:
        some = "One more" if later == 1 else f"{later} more"
        blocks.append(context_block(plain_text(say.joined_after_opening(some))))
    return modal("Review", blocks, callback_id="batch_done")


def unseen(shown: "Collection[str]", batch: "Batched") -> int:
    """How many wait that the list did not show."""
    return sum(each.id not in shown for each in batch.waiting)


def _named(proposal: "Proposal") -> str:
    said = summary(proposal)
    payload = veiled(proposal).action.payload
    return shorten(said, 150)[0] if said else brief(payload, 150)[0] or one_line(proposal.action.name)


def _own(batch: "Batched", place: int, room: int, marks: "Sequence[Block]") -> tuple[Block, bool]:
    """What one has of its own, as a block, and whether it is all there; `marks` are what is said of its values."""
    proposal = batch.proposals[place]
    differs, foreseen = batch.differs(proposal), preview(veiled(proposal).ask.preview)
    shown = visible(pretty(differs)) if differs else ""
    whole = view_weight(shown) + view_weight(foreseen or "") <= room
    head = [run(f"{place + 1}. ", bold=True)]
    if said := summary(proposal):
        head.append(run(shared.the_agent_says(shorten(said, 150)[0])))
    if has_hidden_characters(proposal):
        head.append(run(" · hidden characters", italic=True))
    if (twin := equal_to(batch, place)) is not None:
        head.append(run(shared.the_same_as(twin), italic=True))
    parts = [paragraph(*head)]
    if not whole:
        return rich(*parts, *marks, paragraph(run(say.TOO_LONG_FOR_THIS_LIST, bold=True))), False
    parts += _boxes(shown) if shown else [paragraph(run(say.NOTHING_OF_ITS_OWN, italic=True))]
    if foreseen is not None:
        parts += [paragraph(run(shared.EFFECT_AS_THE_AGENT_FORESEES, italic=True)), *_boxes(foreseen)]
    return rich(*parts, *marks), True


def _row(proposal: "Proposal", number: int, *, tick: bool, at_first: bool, whole: bool) -> Block:
    """The tick, set `at_first` where nothing about it is to be looked at, with the way to its card."""
    open_it = button("Open", "open_review", proposal.id, said=f"Open number {number}")
    if not tick:
        if proposal.status is Status.pending or not whole:
            return actions(open_it)
        return section(ours(status.status_sentence(proposal)), open_it)
    option = {"text": plain_text(f"Number {number}"), "value": proposal.id}
    boxes: Block = {"type": "checkboxes", "action_id": TICKS, "options": [option]}
    if asks_again(proposal.gate) and proposal.suspension is None:
        boxes = asking_again(boxes, proposal)
    elif at_first:
        boxes["initial_options"] = [option]
    return {**actions(boxes, open_it), "block_id": f"tick.{proposal.id}.{proposal.revision}"}


def _whole(label: str, text: str) -> Block:
    return rich(paragraph(run(label, bold=True)), *_boxes(text))


def _boxes(text: str) -> "list[Block]":
    return list(_pieces(text))


def _pieces(text: str) -> "Iterator[Block]":
    for piece, goes_on in chunks(text, PIECE):
        yield boxed(piece)
        if goes_on:
            yield paragraph(run(words.THE_LINE_GOES_ON, italic=True))
