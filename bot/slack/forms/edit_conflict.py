"""Edit conflicts: somebody edited a proposal while somebody else had its form open. Who, what, when.

What the others typed is carried on to the new revision.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from approvals.patch import changed_fields
from approvals.proposal import Status
from bot.slack.blockkit.blocks import Block, ours, paragraph, person, rich, run, section, when
from bot.slack.blockkit.text import one_line, shorten
from bot.slack.forms.parse import left_alone
from bot.slack.words import forms as say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from approvals.digest import JSON
    from approvals.proposal import Proposal
    from bot.slack.forms.fields import Field

EDIT_AGAIN = say.IT_STILL_WAITS
EDITED = say.EDITED_MEANWHILE
_MOST_EDITS = 5
_MOST_NAMES = 20
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a person typed on an earlier revision, as far as it says anything about the present one."""

    typed: "dict[str, JSON]" = field(default_factory=dict)
    """By label, what to fill in, and what fits no input any more."""
    both: dict[str, str] = field(default_factory=dict)
    """By label, what stands now in inputs that somebody else changed too."""
    news: tuple[Block, ...] = ()
    """Who edited it meanwhile."""


def as_of(proposal: "Proposal", revision: int) -> "Proposal":
    """The proposal with the payload that it had at this revision, the last one."""
    return replace(proposal, revisions=proposal.revisions[:revision])


def carried(
    proposal: "Proposal",
    user: str,
    revision: int,
    before: "Sequence[Field]",
    now: "Sequence[Field]",
    typed: "Mapping[str, JSON]",
) -> Carried:
    """What this person typed on that earlier revision, for a form on the present one.

    `before` and `now` are the fields of the two. Who edited it since then has brought in what they typed: nothing.
    """
    if any(each.editor == user for each in proposal.revisions[revision:]):
        return Carried()
    old, new = ({each.name: each for each in shown} for shown in (before, now))
    kept: dict[str, JSON] = {}
    both: dict[str, str] = {}
    for name, said in typed.items():
        there, here = old.get(name), new.get(name)
        if not isinstance(said, str) or (here is not None and left_alone(here, said)):
            continue
        changed = there is None or here is None or (there.shown, there.row) != (here.shown, here.row)
        if changed and (here is None or here.part is not None):
            # A part of another text of the same name; a text of its own that nobody can put in its place.
            kept[_unlike(name, new)] = said
            continue
        kept[name] = said
        if changed and here is not None:
            both[name] = here.shown
    return Carried(typed=kept, both=both, news=news(proposal, revision) if kept else ())


def news(proposal: "Proposal", revision: int) -> tuple[Block, ...]:
    """Who edited the proposal after this revision, when, and which fields; nothing if nobody did."""
    later = proposal.revisions[revision:]
    if not later:
        return ()
    said = [
        f"{person(each.editor)} edited this, {when(each.at)}."
        if each.editor is not None
        else say.changed_in_its_reply(when(each.at))
        for each in later[-_MOST_EDITS:]
    ]
    more = [say.edits_before_that(len(later) - _MOST_EDITS) if len(later) > _MOST_EDITS else ""]
    names = changed_fields(proposal.revisions[revision - 1].action.payload, proposal.action.payload)
    return (section(ours("\n".join([*more, *said]).strip())), _changed(names))


def edit_conflict(proposal: "Proposal", revision: int) -> tuple[Block, ...]:
    """For whoever came too late with a form on this revision: the news, and what can be done now."""
    told = news(proposal, revision)
    return (*told, section(ours(EDIT_AGAIN))) if proposal.status is Status.pending else told


def _changed(names: "Sequence[str]") -> Block:
    if not names:
        return rich(paragraph(run(say.NOTHING_IS_DIFFERENT, italic=True)))
    runs = [run("Changed: ", bold=True)]
    for number, name in enumerate(names[:_MOST_NAMES]):
        runs += [run(", ")] if number else []
        runs.append(run(shorten(one_line(name), _LONGEST_NAME)[0] or "⟨no name⟩", code=True))
    more = len(names) - _MOST_NAMES
    return rich(paragraph(*runs, *([run(f" and {more} more")] if more > 0 else [])))


def _unlike(name: str, taken: "Mapping[str, Field]") -> str:
    """A name that no input has, for what belongs to none."""
    while name in taken:
        name += " (before)"
    return name
