"""Parsing: from plain values to a Rulebook, with every fault of shape and the sound entries in spite of them."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from policy.file.entry import PolicyEntry
from policy.file.faults import Path, UnplacedFault
from policy.file.rulebook import (
    AgentEntry,
    DefaultsEntry,
    DrillsEntry,
    OpsEntry,
    PolicyFile,
    RetentionEntry,
    RoleEntry,
    Rulebook,
    RuleEntry,
    TokenEntry,
    entry_in,
    file_keys,
)
from policy.file.scalars import ActionName, Name, Version, WrongShape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

T = TypeVar("T")
SECTIONS = tuple(PolicyFile.model_fields)
OWN = "x-"
"""How a key at the top begins that is the operator's: what others repeat, with an anchor."""
ENTRIES = {name: entry for name, field in PolicyFile.model_fields.items() if (entry := entry_in(field.annotation))}
_NAME: TypeAdapter[Any] = TypeAdapter(Name)


def parse_policy(raw: object) -> tuple[Rulebook, list[UnplacedFault]]:
    """The sound part of a policy, and every fault of shape in the rest."""
    shape = _Shape(raw)
    shape.one("version", TypeAdapter(Version), required=True)
    book = Rulebook(
        roles=shape.mapping("roles", _NAME, TypeAdapter(RoleEntry), required=True),
        agents=shape.mapping("agents", _NAME, TypeAdapter(AgentEntry), required=True),
        ops=shape.one("ops", TypeAdapter(OpsEntry)),
        auditors=shape.mapping("auditors", _NAME, TypeAdapter(TokenEntry)),
        defaults=shape.one("defaults", TypeAdapter(DefaultsEntry), required=True),
        retention=shape.one("retention", TypeAdapter(RetentionEntry)),
        drills=shape.one("drills", TypeAdapter(DrillsEntry)),
        schemas=shape.mapping("schemas", TypeAdapter(ActionName), TypeAdapter(str)),
        rules=shape.listing("rules", TypeAdapter(RuleEntry)),
        known_roles=frozenset(map(str, shape.raw["roles"]))
        if isinstance(shape.raw.get("roles"), dict)
        else frozenset(),
        whole=frozenset(SECTIONS) - {str(finding.path[0]) for finding in shape.findings if finding.path},
    )
    return book, shape.findings


class _Shape:
    """Takes the sections of a file one by one and keeps what is wrong with them."""

    def __init__(self, raw: object) -> None:
        self.findings: list[UnplacedFault] = []
        self.raw: Mapping[Any, Any] = raw if isinstance(raw, Mapping) else {}
        if not isinstance(raw, Mapping):
            self._add((), "the file is not a mapping", f"It has these keys at the top: {', '.join(SECTIONS)}.")
        elif not raw:
            self._add((), "the file has no key", f"It has these at the top: {', '.join(SECTIONS)}.")
        for key in self.raw:
            if key not in SECTIONS and not str(key).startswith(OWN):
                self._add((str(key),), "unknown key", _nearest(str(key), SECTIONS))

    def one(self, section: str, adapter: TypeAdapter[T], *, required: bool = False) -> T | None:
        """The value of a section; None where it is absent or faulty."""
        if section not in self.raw:
            if required and self.raw:
                self._add((section,), "is missing", "Add it.")
            return None
        return self._validated((section,), adapter, self.raw[section])

    def mapping(
        self, section: str, names: TypeAdapter[Any], adapter: TypeAdapter[T], *, required: bool = False
    ) -> dict[str, T]:
        """The sound entries of a section by name."""
        raw = self._container(section, dict, "a mapping from names", required=required)
        found: dict[str, T] = {}
        for name, value in raw.items():
            path = (section, str(name))
            sound = self._validated(path, names, name) is not None
            entry = self._validated(path, adapter, value)
            if sound and entry is not None:
                found[name] = entry
        return found

    def listing(self, section: str, adapter: TypeAdapter[T]) -> dict[int, T]:
        """The sound entries of a section by their place."""
        raw = self._container(section, list, "a list")
        entries = {index: self._validated((section, index), adapter, value) for index, value in enumerate(raw)}
        return {index: entry for index, entry in entries.items() if entry is not None}

    def _container(self, section: str, kind: Callable[[], Any], what: str, *, required: bool = False) -> Any:
        empty = kind()
        raw = self.raw.get(section, empty)
        if section not in self.raw and required and self.raw:
            self._add((section,), "is missing", "Add it.")
        if not isinstance(raw, type(empty)):
            remedy = "Write it so." if required else "Write it so, or leave the key out."
            self._add((section,), f"must be {what}", remedy)
            return empty
        return raw

    def _validated(self, path: Path, adapter: TypeAdapter[T], value: object) -> T | None:
        try:
            return adapter.validate_python(value, strict=True)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                message, remedy = worded(detail, ENTRIES.get(str(path[0])))
                self._add((*path, *detail["loc"]), message, remedy)
            return None

    def _add(self, path: Path, message: str, remedy: str) -> None:
        self.findings.append(UnplacedFault(path=path, message=message, remedy=remedy))


_WORDS = {
    "string_type": ("must be text", "Put it in quotes."),
    "float_type": ("must be a number", "Write it without quotes."),
    "int_type": ("must be a whole number", "Write digits alone."),
    "bool_type": ("must be true or false", "Write true or false, without quotes."),
    "list_type": ("must be a list", "Write it in brackets, or with a dash before each."),
    "model_type": ("must be a mapping", "Write its keys below it."),
    "missing": ("is missing", "Add it."),
    "too_short": ("must not be empty", "Name at least one."),
    "too_long": ("has {actual_length} entries, and {max_length} are the most", "Leave some out."),
    "literal_error": ("must be {expected}", "Write one of them."),
    "greater_than": ("must be more than {gt:.12g}", "Write a larger number."),
    "greater_than_equal": ("must be {ge:.12g} or more", "Write a larger number."),
    "less_than_equal": ("must be {le:.12g} or less", "Write a smaller number."),
}
_OTHERWISE = ("{reason}", "Change the value.")


def _entry_at(path: "Iterable[str | int]", entry: type[PolicyEntry] | None) -> type[PolicyEntry]:
    """The entry at the end of a path from the one that a section holds."""
    for step in path:
        assert entry is not None
        if isinstance(step, int):
            continue  # a place in a list of such entries
        entry = entry_in(entry.model_fields[file_keys(entry)[str(step)]].annotation)
    assert entry is not None
    return entry


def worded(detail: "ErrorDetails", entry: type[PolicyEntry] | None) -> tuple[str, str]:
    """What is wrong with a value of such an entry, and what to do."""
    facts = detail.get("ctx", {})
    error = facts.get("error")
    if isinstance(error, WrongShape):
        return error.message, error.remedy
    if detail["type"] == "extra_forbidden":
        *above, key = detail["loc"]
        return "unknown key", _nearest(str(key), file_keys(_entry_at(above, entry)))
    message, remedy = _WORDS.get(detail["type"], _OTHERWISE)
    return message.format(reason=detail["msg"], **facts), remedy


def _nearest(word: str, known: "Iterable[str]") -> str:
    near = get_close_matches(word, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(known)}."
