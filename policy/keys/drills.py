"""The key `drills`: how much is planted among what, and the library of what may be, read strictly.

The library is a file of the team's own, since nobody else knows what would do harm there.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from approvals.drill import Drill, DrillOrigin
from approvals.plants import DrillTerms, Plant
from approvals.proposal import Action, Evidence, Preview
from policy.file.entry import PolicyEntry
from policy.file.faults import Path, PolicyFault, PolicyFaults, UnplacedFault
from policy.file.parse import worded
from policy.file.scalars import ActionName, Sentence
from policy.file.yaml_file import Document
from policy.file.yaml_file import contents as read_file

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping

    from policy.file.rulebook import DrillsEntry

Text = Annotated[str, Field(min_length=1, max_length=8000)]


class EvidenceEntry(PolicyEntry):
    """One piece of context on its card."""

    title: Annotated[str, Field(min_length=1, max_length=300)]
    """What it is."""
    text: Annotated[str, Field(max_length=4000)] | None = None
    """What it says."""
    url: Annotated[str, Field(max_length=2000, pattern=r"^https?://[^\s\x00-\x1f\x7f]+$")] | None = None
    """Where it is from."""


class PreviewEntry(PolicyEntry):
    """The effect as its agent would foresee it."""

    kind: Literal["diff", "text"]
    """diff: before and after. text: text."""
    before: str | None = None
    """What is there now."""
    after: str | None = None
    """What would be there."""
    text: str | None = None
    """The effect in words."""


class PlantEntry(PolicyEntry):
    """What may be planted, as an agent would send it, and what is wrong with it."""

    action: ActionName
    """Which action; it is planted only in the name of an agent that has just proposed one of the kind."""
    payload: dict[str, Any]
    """What would run, in the shape that the agent gives it."""
    reasoning: Text
    """Why, in the words of an agent."""
    wrong: Sentence
    """What is wrong with it, told once it is over."""
    look_at: Sentence
    """Where that can be seen, told with it."""
    summary: Annotated[str, Field(min_length=1, max_length=150, pattern=r"^[^\n\r\v\f]*$")] | None = None
    """Its line in lists, if the agent gives one."""
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    """How sure the agent would be, if it says that."""
    signals: dict[str, bool | int | float | str] = Field(default_factory=dict)
    """What the agent would have measured, if it sends that."""
    context: Annotated[list[EvidenceEntry], Field(max_length=20)] = Field(default_factory=list)
    """Its evidence."""
    preview: PreviewEntry | None = None
    """The effect, if the agent shows one."""
    rollback_plan: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    """How it would be rolled back, if the agent says that."""
    preconditions: list[str] = Field(default_factory=list)
    """What would have to hold, if the agent says that."""
    rejected: Annotated[str, Field(pattern=r"^prp_[0-9a-f]{32}$")] | None = None
    """The id of the proposal that people rejected, where it is taken from one."""


_PLANT: TypeAdapter[PlantEntry] = TypeAdapter(PlantEntry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What a library holds, as far as it is sound."""

    file: str = ""
    plants: "Mapping[int, Plant]" = field(default_factory=dict)
    """By their place in the file."""
    content: bytes | None = None
    """None where it cannot be read."""
    findings: tuple[UnplacedFault, ...] = ()
    """What is wrong with the key that names it."""
    faults: tuple[PolicyFault, ...] = ()
    """What is wrong in it, located there."""
    document: Document | None = None

    def terms(self, entry: "DrillsEntry | None") -> DrillTerms | None:
        """What may be planted of it, and how much."""
        if entry is None:
            return None
        names = sorted({each.action.name for each in self.plants.values()})
        of = {name: tuple(each for each in self.plants.values() if each.action.name == name) for name in names}
        return DrillTerms(share=entry.share, most=entry.most, roles=frozenset(entry.roles), plants=of)


def load_library(folder: "pathlib.Path", entry: "DrillsEntry | None") -> Library:
    """The library that the policy names, with every fault there is in it; an empty one where it names none."""
    if entry is None:
        return Library()
    file = entry.library
    try:
        content = read_file(folder / file)
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        remedy = "Paths start at the policy's folder."
        unread = UnplacedFault(path=("drills", "library"), message=message, remedy=remedy)
        return Library(file=file, findings=(unread,))
    try:
        document = Document(file, content)
    except PolicyFaults as faults:
        return Library(file=file, content=content, faults=faults.faults)
    plants, found = _plants(document.value)
    return Library(
        file=file, plants=plants, content=content, faults=tuple(map(document.located, found)), document=document
    )


def _plants(raw: object) -> "tuple[dict[int, Plant], list[UnplacedFault]]":
    listed = raw.get("drills") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or set(raw) != {"drills"} or not isinstance(listed, list) or not listed:
        remedy = "Write drills: at the top, and below it what may be planted, with a dash before each."
        return {}, [UnplacedFault(path=(), message="the library is not a list of drills", remedy=remedy)]
    plants: dict[int, Plant] = {}
    findings: list[UnplacedFault] = []
    for index, said in enumerate(listed):
        try:
            plants[index] = _plant(_PLANT.validate_python(said, strict=True))
        except ValidationError as error:
            findings += _misshapen(error, ("drills", index))
        except ValueError as error:
            findings.append(_no_json(error, ("drills", index, "payload")))
    return plants, findings


def _misshapen(error: ValidationError, path: Path) -> "list[UnplacedFault]":
    found = [(detail["loc"], worded(detail, PlantEntry)) for detail in error.errors(include_url=False)]
    return [UnplacedFault(path=(*path, *where), message=what[0], remedy=what[1]) for where, what in found]


def _no_json(error: ValueError, path: Path) -> UnplacedFault:
    remedy = "Write text, numbers, true, false, null, lists and mappings."
    return UnplacedFault(path=path, message=f"cannot be written as JSON: {error}", remedy=remedy)


def _plant(entry: PlantEntry) -> Plant:
    shown = entry.preview
    return Plant(
        action=Action(name=entry.action, payload=entry.payload),
        drill=Drill(
            origin=DrillOrigin.past if entry.rejected else DrillOrigin.library,
            wrong=entry.wrong,
            look_at=entry.look_at,
        ),
        reasoning=entry.reasoning,
        summary=entry.summary,
        confidence=entry.confidence,
        signals=entry.signals,
        context=tuple(Evidence(title=each.title, text=each.text, url=each.url) for each in entry.context),
        preview=None
        if shown is None
        else Preview(kind=shown.kind, before=shown.before, after=shown.after, text=shown.text),
        rollback_plan=entry.rollback_plan,
        preconditions=tuple(entry.preconditions),
    )
