"""Edit forms, two steps: the form with one input a field, then the difference and what it leads to.

`form_for`, `read_back` and `faults_of` are the whole of the work on a payload, each given all it needs, so that it can
be done in another process.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from approvals.decision import Verdict, tally
from approvals.moves.confirmation import words
from approvals.proposal import Status
from bot.slack.blockkit.blocks import Block, paragraph, rich, run
from bot.slack.blockkit.modals import MODAL_BLOCKS, MODAL_BYTES, modal, paged, turning, view_weight
from bot.slack.blockkit.text import length, one_line, shorten
from bot.slack.cards.card import is_whole
from bot.slack.cards.details import pages as details_pages
from bot.slack.cards.diff import difference_blocks, text_blocks
from bot.slack.cards.redaction import veiled
from bot.slack.forms.edit_conflict import Carried, as_of, carried
from bot.slack.forms.field_types import CONTROLS, LISTS
from bot.slack.forms.fields import LONGEST_INPUT, Field, fields
from bot.slack.forms.fields import as_input_text as written
from bot.slack.forms.inputs import agents_patterns, input_block, stands_now, takes
from bot.slack.forms.parse import SubmittedForm, errors, read_form
from bot.slack.forms.typed_confirmation import care, word_inputs
from bot.slack.words import forms as say
from bot.slack.words import shared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from approvals.digest import JSON
    from approvals.gate import Gate
    from approvals.proposal import Proposal
    from approvals.refusals import Fault


_SPARE_BYTES = 12_000
"""What a line of names may take, and the heading besides."""
_NAMES = 1000
_MOST_NAMES = 40
_MOST_COPIED = 10


def edit_form(
    proposal: "Proposal",
    form_id: str,
    fields: "Sequence[Field]",
    typed: "Mapping[str, JSON]",
    faults: "Sequence[str]" = (),
    *,
    both: "Mapping[str, str] | None" = None,
    news: "Sequence[Block]" = (),
) -> dict[str, Any]:
    """The form: inputs prefilled with the payload, or with what was typed before; locked fields shown whole.

    `typed` is `SubmittedForm.typed`; `faults` are sentences about the edit as a whole. A locked field that does not
    fit the view is named, and whole in `Details`. What was typed and fits no input stands above them, to be copied.

    `both` are the inputs that somebody else changed too, with what stands in them now; `news` says who did.
    """
    kept, lost = _kept(fields, typed)
    changed_twice = {name: shown for name, shown in (both or {}).items() if name in kept}
    above = [_heading(proposal, faults, kept, [*changed_twice]), *news, *_copied(typed, lost)]
    inputs = {
        field.number: input_block(
            field,
            kept.get(field.name),
            stands_now(changed_twice[field.name]) if field.name in changed_twice else "",
        )
        for field in fields
        if field.locked is None
    }
    own = agents_patterns(fields)
    blocks = [*above, *_in_order(fields, inputs, [*above, *own]), *own]
    submit = "Review changes" if inputs else None
    return modal("Edit", blocks, form_id=form_id, callback_id="edit", submit=submit, close="Cancel")


def confirm_form(
    proposal: "Proposal",
    foreseen: "Proposal",
    form_id: str,
    *,
    editor_counts: bool,
    page: int = 0,
    tired: bool = False,
) -> dict[str, Any]:
    """What the edit changes and leads to. `foreseen` is the proposal as the edit would leave it.

    Only the last page can be submitted. Where the card cannot show all that would run, these pages do, after the
    difference: nobody approves by an edit what they could not approve on the card.
    """
    pages = _pages(proposal, foreseen)
    page = min(max(page, 0), len(pages) - 1)
    unchanged = foreseen.revision == proposal.revision
    blocks = [
        rich(*(_line(parts) for parts in _consequences(proposal, foreseen, editor_counts=editor_counts))),
        *pages[page],
        *turning("confirm", page, len(pages), form_id),
        *(_typing(foreseen, tired=tired) if editor_counts and page == len(pages) - 1 else []),
    ]
    submit = "Approve" if unchanged else say.APPROVE_WITH_CHANGES if editor_counts else "Save changes"
    return modal(
        "Review changes",
        blocks,
        form_id=form_id,
        callback_id="confirm",
        submit=submit if page == len(pages) - 1 else None,
        close="Back",
    )


def confirm_pages(proposal: "Proposal", foreseen: "Proposal") -> int:
    """How many pages there are to read before the edit can be submitted."""
    return len(_pages(proposal, foreseen))


def _kept(fields: "Sequence[Field]", typed: "Mapping[str, JSON]") -> tuple[dict[str, str], list[str]]:
    """What was typed before, as far as the inputs and the view hold it, and the names of what is lost."""
    room = (
        MODAL_BYTES - 3 * _SPARE_BYTES - view_weight([input_block(field) for field in fields if field.locked is None])
    )
    kept: dict[str, str] = {}
    for field in fields:
        said = typed.get(field.name)
        if not isinstance(said, str) or field.locked is not None or length(said) > LONGEST_INPUT:
            continue
        if view_weight(said) > room or not takes(field, said):
            continue
        kept[field.name] = said
        room -= view_weight(said)
    return kept, [name for name in typed if name not in kept]


def _heading(proposal: "Proposal", faults: "Sequence[str]", kept: "Mapping[str, str]", both: "Sequence[str]") -> Block:
    lines = [[("", "Editing "), ("bold", one_line(proposal.action.name)), ("", ".")]]
    if kept:
        lines.append([("italic", say.FILLED_IN_AGAIN)])
    if both:
        lines.append([("bold", say.SOMEBODY_ELSE_CHANGED_THIS_TOO), *_names(both)])
    lines += [[("bold", one_line(fault))] for fault in faults]
    return rich(*(_line(line) for line in lines))


def _copied(typed: "Mapping[str, JSON]", lost: "Sequence[str]") -> list[Block]:
    """What was typed and fits no input, whole as far as there is room for it beside the form, else named."""
    if not lost:
        return []
    shown: list[Block] = []
    for name in lost:
        said = typed[name]
        boxes = text_blocks(said) if isinstance(said, str) and len(said) <= _SPARE_BYTES else []
        blocks = [_said([("bold", shorten(one_line(name), _NAMES)[0] or "⟨no name⟩")]), *boxes]
        if boxes and view_weight([*shown, *blocks]) <= _SPARE_BYTES and len(shown) + len(blocks) <= _MOST_COPIED:
            shown += blocks
    told = [("bold", say.TYPE_IT_AGAIN), *_names(lost)]
    return [_said(told), *shown]


def _in_order(fields: "Sequence[Field]", inputs: "Mapping[int, Block]", above: "Sequence[Block]") -> list[Block]:
    """Inputs and, as far as they fit beside all of these, locked fields, in the payload's order; then the rest."""
    bytes_left = MODAL_BYTES - _SPARE_BYTES - view_weight(above) - view_weight(inputs)
    blocks_left = MODAL_BLOCKS - 1 - len(above) - len(inputs)  # one for the line that names the rest
    blocks: list[Block] = []
    rest: list[str] = []
    for field in fields:
        if field.number in inputs:
            blocks.append(inputs[field.number])
            continue
        shown = _locked(field) if blocks_left > 1 and len(field.shown) <= bytes_left else []
        if not shown or len(shown) > blocks_left or view_weight(shown) > bytes_left:
            rest.append(field.name)
            continue
        blocks += shown
        bytes_left -= view_weight(shown)
        blocks_left -= len(shown)
    if rest:
        blocks.append(_said([("italic", say.AND_WHOLE_IN_DETAILS), *_names(rest)]))
    return blocks


def _locked(field: Field) -> list[Block]:
    name = (
        ("bold", shorten(one_line(field.name), _NAMES)[0]) if field.name else ("italic", shared.A_FIELD_WITHOUT_A_NAME)
    )
    whole_name = text_blocks(field.name) if length(one_line(field.name)) > _NAMES else []
    return [
        _said([name, ("italic", f" · locked: {field.locked}")]),
        *whole_name,
        *([] if field.kind in CONTROLS else text_blocks(written(field.value) if field.kind in LISTS else field.shown)),
    ]


def _pages(proposal: "Proposal", foreseen: "Proposal") -> list[list[Block]]:
    before, after = veiled(replace(foreseen, revisions=(*proposal.revisions, foreseen.revisions[-1]))).revisions[-2:]
    changed = paged(difference_blocks(before.action.payload, after.action.payload)[0])
    if is_whole(foreseen):
        return changed
    return [*changed, *paged([block for page in details_pages(foreseen) for block in page])]


def _consequences(proposal: "Proposal", foreseen: "Proposal", *, editor_counts: bool) -> list[list[tuple[str, str]]]:
    """Lines, each of pairs of style and text: whose approval counts, what is asked for now, what is still missing."""
    if foreseen.revision == proposal.revision:
        return [[("bold", say.NOTHING_WAS_CHANGED), ("", say.APPROVES_AS_IT_STANDS)]]
    lines = [_counts(foreseen, editor_counts=editor_counts)]
    if foreseen.gate.demand != proposal.gate.demand:
        now = [("bold", say.AFTER_THIS_EDIT_IT_NEEDS), *_demand(foreseen.gate), ("", ". Until now: ")]
        lines.append([*now, *_demand(proposal.gate), ("", ".")])
        known = {*veiled(proposal, foreseen.gate.redact).gate.risk}
        lines += [[("", "Why: " + one_line(risk.reason))] for risk in veiled(foreseen).gate.risk if risk not in known]
    void = sum(decision.verdict is Verdict.approve for decision in proposal.active_decisions)
    if void:
        gone = say.THE_APPROVAL_NO_LONGER_COUNTS if void == 1 else say.the_approvals_no_longer_count(void)
        lines.append([("", say.it_was_for_the_payload_before(gone))])
    lines.append(_outlook(foreseen))
    return lines


def _typing(foreseen: "Proposal", *, tired: bool) -> list[Block]:
    return [*care(foreseen, tired=tired), *word_inputs(words(foreseen, tired=tired), shown=False)]


def _counts(foreseen: "Proposal", *, editor_counts: bool) -> list[tuple[str, str]]:
    if not editor_counts:
        asked = [("", say.WHICH_IS_WHAT_IT_NEEDS_NOW), *_roles(foreseen.gate.roles)] if foreseen.gate.roles else []
        return [("bold", say.YOU_MAY_EDIT_THIS), *asked, ("", ".")]
    roles = foreseen.active_decisions[-1].roles
    delegated = say.IN_A_DELEGATED_PLACE if foreseen.active_decisions[-1].stands_in_for else ""
    return [("bold", say.YOUR_APPROVAL_COUNTS_FOR), *_roles(roles, "or"), ("", f"{delegated}.")]


def _outlook(foreseen: "Proposal") -> list[tuple[str, str]]:
    if foreseen.status is not Status.pending:
        return [("", say.WITH_IT_THE_PROPOSAL_IS_APPROVED)]
    counted = tally(foreseen.active_decisions, foreseen.gate, foreseen.editors)
    other = [("bold", say.SOMEBODY_ELSE_WHO_DID_NOT_CHANGE)] if counted.second_person else []
    places = _places(counted.missing) if counted.missing or not other else []
    joint = [("", ", with ")] if places and other else []
    return [("", say.THEN_IT_WAITS_FOR), *places, *joint, *other, ("", ".")]


def _demand(gate: "Gate") -> list[tuple[str, str]]:
    other = [("", say.AT_LEAST_ONE)] if gate.second_person else []
    return [*_places([(role, gate.approvals) for role in gate.roles]), *other]


def _places(places: "Sequence[tuple[str, int]]") -> list[tuple[str, str]]:
    parts = [part for role, count in places for part in (("", f" and {count} of "), ("bold", one_line(role)))]
    (style, first), *rest = parts or [("", "nobody")]
    return [(style, first.removeprefix(" and ")), *rest]


def _roles(roles: "Sequence[str]", word: str = "and") -> list[tuple[str, str]]:
    return [part for role in roles for part in (("", f" {word} "), ("bold", one_line(role)))][1:]


def _names(names: "Sequence[str]") -> list[tuple[str, str]]:
    """Names side by side as far as one block holds them, and how many more there are."""
    parts: list[tuple[str, str]] = []
    room = _NAMES
    for number, name in enumerate(names):
        shown = one_line(name) or "⟨no name⟩"
        if length(shown) > room or number == _MOST_NAMES:
            return [*parts, ("italic", f"{', ' if parts else ''}{len(names) - number} more")]
        parts += [*([("", ", ")] if parts else []), ("code", shown)]
        room -= length(shown)
    return parts


def _said(parts: "Sequence[tuple[str, str]]") -> Block:
    return rich(_line(parts))


def _line(parts: "Sequence[tuple[str, str]]") -> Block:
    return paragraph(*(run(text, **{style: True}) if style else run(text) for style, text in parts))


def form_for(
    user: str,
    proposal: "Proposal",
    operators: "Mapping[str, JSON] | None",
    form_id: str,
    typed: "Mapping[str, JSON]",
    before: "tuple[int, Mapping[str, JSON]] | None",
) -> dict[str, Any]:
    """The form, filled in with what they typed on this revision, or on one `before` it."""
    shown = fields(proposal, operators)
    kept = Carried(typed=dict(typed))
    if not typed and before is not None:
        revision, said = before
        kept = carried(proposal, user, revision, fields(as_of(proposal, revision), operators), shown, said)
    return edit_form(proposal, form_id, shown, kept.typed, both=kept.both, news=kept.news)


def read_back(
    proposal: "Proposal", operators: "Mapping[str, JSON] | None", revision: int, state: "Mapping[str, Any]"
) -> SubmittedForm:
    """What was typed into the form on that revision."""
    return read_form(fields(as_of(proposal, revision), operators), state)


def faults_of(
    proposal: "Proposal",
    operators: "Mapping[str, JSON] | None",
    revision: int,
    faults: "Sequence[Fault]",
    submitted: SubmittedForm,
) -> dict[str, str]:
    """The faults of what was submitted, by the inputs of that form."""
    own = proposal.ask.payload_schema is not None
    shown = fields(as_of(proposal, revision), operators)
    return errors(shown, faults, submitted.payload, agents=own, rows=submitted.rows)
