"""Field paths: how the policy names a field of a payload, names with dots, in JSON's quotes where needed. Pure.

`customer.name`, `data."tls.key"`, `""`; `payload.` may stand in front and changes nothing. A field that is itself
called payload is in quotes: `"payload"`.
"""

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from approvals.digest import JSON

PAYLOAD = "payload"
DEEPEST = 16
"""Names of a path."""
LONGEST = 1000
"""Characters of a path."""
BARE = r'[^."\x00-\x1f\x7f]+'
QUOTED = r'"(?:[^"\\\x00-\x1f\x7f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"'
STEP = f"(?:{QUOTED}|{BARE})"
STEP_OF_A_TITLE = rf"(?:{QUOTED}|[\w$-]+(?: [\w$-]+)*)"
"""Between braces a name of anything but words is in quotes: what looks like a format is a slip."""
_STEP = re.compile(STEP)
_BARE = re.compile(BARE)
_CONTROL = re.compile(r"\x7f")


class BadPath(ValueError):
    """A text that names no field."""


def steps(path: str) -> tuple[str, ...]:
    """The names on the way from the payload to the field. Raises BadPath."""
    names: list[str] = []
    bare: list[bool] = []
    end = -1
    while end < len(path):
        found = _STEP.match(path, end + 1)
        if found is None:
            raise BadPath(path)
        end = found.end()
        if path[end : end + 1] not in ("", "."):
            raise BadPath(path)
        bare.append(not found.group().startswith('"'))
        names.append(found.group() if bare[-1] else json.loads(found.group()))
    in_front = names[0] == PAYLOAD and bare[0]
    if in_front and len(names) > 1:
        del names[0]
    elif in_front:
        raise BadPath(path)
    if len(names) > DEEPEST or len(path) > LONGEST or any("\ud800" <= char <= "\udfff" for char in "".join(names)):
        raise BadPath(path)
    return tuple(names)


def path_text(names: "Iterable[str]") -> str:
    """The names as a path, each in quotes only if it needs them."""
    return ".".join(_named(name) for name in names)


def canonical_path(path: str) -> str:
    """The one way to write the path, without `payload.` in front. Raises BadPath."""
    first, *rest = steps(path)
    return path_text([first, *rest]) if first != PAYLOAD else ".".join([f'"{PAYLOAD}"', *map(_named, rest)])


def value_at(members: "Mapping[str, JSON]", path: str) -> "tuple[JSON, ...]":
    """The value at the path, or nothing where there is no such field."""
    found: JSON = dict(members)
    for name in steps(path):
        if not isinstance(found, dict) or name not in found:
            return ()
        found = found[name]
    return (found,)


def readings(path: str) -> tuple[str, ...]:
    """What a path that hides may mean, for `names_below`: case and quotes make no difference.

    `data.tls.key` is a key in tls in data, and also `tls.key` in data; doubt hides. One that begins with `payload.`
    may mean a field of that name, too.
    """
    joined = _folded(".".join(steps(path)))
    return (joined, f"{PAYLOAD}.{joined}") if path.startswith(f"{PAYLOAD}.") else (joined,)


def names_below(reading: str, members: "Iterable[str]") -> "Iterator[tuple[str, str]]":
    """Those of the names that a reading leads to, each with what is left below it; nothing is left of the field."""
    rests = _rests(reading)
    for name in members:
        rest = rests.get(_folded(name))
        if rest is not None:
            yield name, rest


def is_redacted(path: str, redact: "Sequence[str]") -> bool:
    """Whether something at, above or below the field is hidden by one of these paths, whatever they mean."""
    field = _folded(".".join(steps(path)))
    return any(
        f"{field}.".startswith(f"{each}.") or each.startswith(f"{field}.") for one in redact for each in readings(one)
    )


def _named(name: str) -> str:
    if _BARE.fullmatch(name):
        return name
    return _CONTROL.sub("\\\\u007f", json.dumps(name, ensure_ascii=False))


def _folded(text: str) -> str:
    return text.casefold()


@lru_cache(maxsize=1024)
def _rests(reading: str) -> "Mapping[str, str]":
    """What is left of a reading after each name that it may begin with."""
    parts = reading.split(".")
    return {".".join(parts[:end]): ".".join(parts[end:]) for end in range(1, len(parts) + 1)}
