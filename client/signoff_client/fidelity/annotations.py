"""Type annotations: how people are shown a value as JSON, and how it is read back."""

import dataclasses
import enum
import json
import sys
import types
import typing
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, MutableMapping, MutableSequence, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NewType, is_typeddict
from uuid import UUID

from signoff_client.errors import Invalid
from signoff_client.fidelity.equality import identical

TEXT_KINDS: Final[dict[object, tuple[Callable[[Any], str], Callable[[str], Any]]]] = {
    datetime: (datetime.isoformat, datetime.fromisoformat),
    date: (date.isoformat, date.fromisoformat),
    time: (time.isoformat, time.fromisoformat),
    Decimal: (str, Decimal),
    UUID: (str, UUID),
    Path: (str, Path),
}
"""Types that are written as text, both ways."""
PLAIN: Final[dict[object, tuple[type, ...]]] = {
    str: (str,),
    bool: (bool,),
    int: (int,),
    float: (float, int),  # as a function that is called from Python takes them
    None: (type(None),),
    type(None): (type(None),),
}
"""Types that JSON has, with what Python programs pass for them."""
ROWS: Final = (list, Sequence, MutableSequence, Iterable, Collection)
MAPPINGS: Final = (dict, Mapping, MutableMapping)
CARRIED: Final = (
    "str, int, float, bool, None, an Enum, date, datetime, time, Decimal, UUID, Path, a dataclass, a TypedDict, a "
    "pydantic model, or a list, tuple, dict or union of these"
)


@dataclasses.dataclass(slots=True)
class Kind:
    """Both raise Invalid, or a ValueError or TypeError of the type's own, for a value that is none of the kind."""

    show: Callable[[Any], Any]
    read: Callable[[Any], Any]


AS_IT_IS: Final = Kind(lambda value: value, lambda value: value)
"""For what no annotation speaks of: it has to be JSON, exactly."""


def kind_of(annotation: Any) -> Kind:
    """Raises TypeError, with a sentence, for a type of which no value comes back from JSON."""
    return _kind(annotation, {})


def _kind(annotation: Any, known: dict[type, Kind]) -> Kind:  # noqa: C901 a type a line
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Annotated, typing.Required, typing.NotRequired, typing.Final):
        return _kind(inner[0], known)
    if annotation is Any:
        return AS_IT_IS
    if _is_among(PLAIN, annotation):
        return _checked(lambda value: type(value) in PLAIN[annotation], _name(annotation), lambda it: it, lambda it: it)
    if _is_among(TEXT_KINDS, annotation):
        write, read = TEXT_KINDS[annotation]
        return _checked(lambda value: isinstance(value, annotation), _name(annotation), write, _text_to(read))
    if isinstance(annotation, NewType):
        return _kind(annotation.__supertype__, known)
    if origin in (typing.Union, types.UnionType):
        return _union(inner, known, _name(annotation))
    if origin is typing.Literal:
        return _checked(lambda value: any(identical(value, each) for each in inner), _name(annotation))
    if annotation is tuple or origin is tuple:
        return _tuple(inner, known)
    if origin in ROWS:
        return _rows(_kind(inner[0], known))
    if origin in MAPPINGS:
        return _mapping(inner, known)
    if isinstance(annotation, type) and origin is None:
        return known.get(annotation) or _class(annotation, known)
    return AS_IT_IS


def _is_among(table: Collection[object], annotation: Any) -> bool:
    return isinstance(annotation, Hashable) and not typing.get_args(annotation) and annotation in table


def _class(annotation: type, known: dict[type, Kind]) -> Kind:
    if issubclass(annotation, enum.Enum):
        return _enum(annotation)
    if hasattr(annotation, "model_validate_json") and hasattr(annotation, "model_dump"):
        return _checked(
            lambda value: type(value) is annotation,
            _name(annotation),
            lambda value: value.model_dump(mode="json", by_alias=True),
            lambda shown: annotation.model_validate_json(json.dumps(shown)),
        )
    if is_typeddict(annotation) or dataclasses.is_dataclass(annotation):
        return _record(annotation, known)
    if any(_is_one(each, annotation) for each in (str, int, float, bool, type(None), list, dict)):
        return AS_IT_IS
    raise TypeError(f"{_name(annotation)} does not come back from JSON, which is what people approve: use {CARRIED}")


def _is_one(plain: type, annotation: type) -> bool:
    try:
        return issubclass(plain, annotation)
    except TypeError:  # a protocol that cannot say
        return True


def _enum(annotation: type[enum.Enum]) -> Kind:
    def read(shown: Any) -> enum.Enum:
        found = [each for each in annotation if identical(each.value, shown)]
        if not found:
            raise Invalid(f"{shown!r} is no {_name(annotation)}")
        return found[0]

    return _checked(lambda value: isinstance(value, annotation), _name(annotation), lambda value: value.value, read)


def _record(annotation: Any, known: dict[type, Kind]) -> Kind:
    """A dataclass, or a TypedDict: a JSON object of its fields, no more and no less."""
    kind = known[annotation] = Kind(AS_IT_IS.show, AS_IT_IS.read)  # it may have fields of its own type
    typed_dict = is_typeddict(annotation)
    if typed_dict:
        fields = _fields(annotation, annotation.__annotations__, known)
        needed = annotation.__required_keys__
    else:
        declared: dict[str, Any] = annotation.__dataclass_fields__
        if other := sorted(declared.keys() - {each.name for each in dataclasses.fields(annotation) if each.init}):
            raise TypeError(
                f"{_name(annotation)} has {', '.join(other)}, which it is not made of or does not keep: use a "
                "dataclass whose fields are all arguments of it, or a pydantic model"
            )
        fields = _fields(annotation, {name: each.type for name, each in declared.items()}, known)
        needed = set(fields)

    def show(value: Any) -> dict[str, Any]:
        held = value if typed_dict else {name: getattr(value, name) for name in fields}
        return {name: fields[name].show(each) if name in fields else each for name, each in held.items()}

    def read(shown: Any) -> Any:
        if type(shown) is not dict or not needed <= shown.keys() <= fields.keys():
            raise Invalid(f"{_name(annotation)} is an object with {', '.join(fields)}, and all that it needs of them")
        held = {name: fields[name].read(each) for name, each in shown.items()}
        return held if typed_dict else annotation(**held)

    fits = (lambda value: type(value) is dict) if typed_dict else (lambda value: type(value) is annotation)
    checked = _checked(fits, _name(annotation), show, read)
    kind.show, kind.read = checked.show, checked.read
    return kind


def _fields(owner: Any, annotations: Mapping[str, Any], known: dict[type, Kind]) -> dict[str, Kind]:
    hints = hints_of(annotations, vars(sys.modules[owner.__module__]))
    return {name: _kind(hint, known) for name, hint in hints.items()}


def _union(inner: tuple[Any, ...], known: dict[type, Kind], name: str) -> Kind:
    """The first arm that a value goes through and comes back from as it was; what is never carried is none."""
    arms, faults = [], []
    for each in inner:
        try:
            arms.append(_kind(each, known))
        except TypeError as fault:
            faults.append(fault)
    if not arms:
        raise faults[0]

    def either(there: str, back: str) -> Callable[[Any], Any]:
        def first(value: Any) -> Any:
            for arm in arms:
                try:
                    gone = getattr(arm, there)(value)
                    if identical(getattr(arm, back)(gone), value):
                        return gone
                except (Invalid, ValueError, TypeError, ArithmeticError):
                    continue
            raise Invalid(f"{_short(value)} is no {name}")

        return first

    return Kind(either("show", "read"), either("read", "show"))


def _tuple(inner: tuple[Any, ...], known: dict[type, Kind]) -> Kind:
    if not inner or inner[-1] is Ellipsis:
        row = _rows(_kind(inner[0], known) if inner else AS_IT_IS)
        return _checked(
            lambda value: type(value) is tuple, "tuple", lambda it: row.show(list(it)), lambda it: tuple(row.read(it))
        )
    kinds = [_kind(each, known) for each in inner]

    def each_of(way: str) -> Callable[[Any], list[Any]]:
        return lambda row: [getattr(kind, way)(value) for kind, value in zip(kinds, row, strict=True)]

    read = each_of("read")
    return _checked(lambda value: type(value) is tuple, "tuple", each_of("show"), lambda row: tuple(read(row)))


def _rows(kind: Kind) -> Kind:
    def each_of(way: Callable[[], Callable[[Any], Any]]) -> Callable[[Any], list[Any]]:
        def through(row: Any) -> list[Any]:
            if type(row) is not list:
                raise Invalid(f"{_short(row)} is no list")
            return [way()(value) for value in row]

        return through

    return Kind(each_of(lambda: kind.show), each_of(lambda: kind.read))


def _mapping(inner: tuple[Any, ...], known: dict[type, Kind]) -> Kind:
    if inner[0] not in (str, Any):
        raise TypeError(f"A dict with keys of {_name(inner[0])} does not come back from JSON: its keys have to be str")
    kind = _kind(inner[1], known)

    def each_of(way: Callable[[], Callable[[Any], Any]]) -> Callable[[Any], dict[str, Any]]:
        def through(mapping: Any) -> dict[str, Any]:
            if type(mapping) is not dict:
                raise Invalid(f"{_short(mapping)} is no dict")
            return {key: way()(value) for key, value in mapping.items()}

        return through

    return Kind(each_of(lambda: kind.show), each_of(lambda: kind.read))


def _checked(
    fits: Callable[[Any], bool],
    name: str,
    show: Callable[[Any], Any] = AS_IT_IS.show,
    read: Callable[[Any], Any] = AS_IT_IS.read,
) -> Kind:
    """`fits` is asked of the value on Python's side, before it is shown and after it was read."""

    def sure(value: Any) -> Any:
        if not fits(value):
            raise Invalid(f"{_short(value)} is no {name}")
        return value

    return Kind(lambda value: show(sure(value)), lambda shown: sure(read(shown)))


def _text_to(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    def from_text(shown: Any) -> Any:
        if type(shown) is not str:
            raise Invalid(f"{_short(shown)} is no text")
        return read(shown)

    return from_text


def hints_of(annotations: Mapping[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    """What is written as text, looked up among `names`; what is not there (yet) stays text."""
    found = {}
    for name, annotation in annotations.items():
        owner = types.SimpleNamespace(__annotations__={name: annotation})
        try:
            found[name] = typing.get_type_hints(owner, names, include_extras=True)[name]
        except (NameError, AttributeError, TypeError, SyntaxError):
            found[name] = annotation
    return found


def _name(annotation: Any) -> str:
    return annotation.__qualname__.rpartition(">.")[2] if isinstance(annotation, type) else str(annotation)


def _short(value: object) -> str:
    return f"{value!r:.60}" if isinstance(value, str | int | float) else f"a {type(value).__qualname__}"
