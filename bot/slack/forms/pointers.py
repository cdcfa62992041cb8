"""Where a value stands in a payload: its pointer, and its label, which no other value of the payload has."""

import json
from typing import TYPE_CHECKING, TypeAlias

from bot.slack.blockkit.text import has_invisible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from approvals.digest import JSON

Path: TypeAlias = tuple[str, ...]
"""The names from the top to a value."""


def pointer_to(*path: str) -> str:
    """The RFC 6901 pointer to a value."""
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)


def labels(paths: "Iterable[Path]") -> dict[Path, str]:
    """`customer.address.city`; a name with a dot is quoted where it could be taken for two."""
    listed = list(paths)
    nested = {path: ".".join(map(_step, path)) for path in listed if len(path) > 1}
    taken = {*nested.values()}
    return nested | {path: _top(path[0], taken) for path in listed if len(path) == 1}


def put(payload: "dict[str, JSON]", path: Path, value: "JSON") -> None:
    """Puts the value in its place. Objects on the way are copied, so that others who hold them see no change."""
    here = payload
    for name in path[:-1]:
        inner = here[name]
        assert isinstance(inner, dict)
        here[name] = here = dict(inner)
    here[path[-1]] = value


def reached(payload: "JSON", path: Path) -> "JSON":
    """The value at the path; None where there is none."""
    for name in path:
        payload = payload.get(name) if isinstance(payload, dict) else None
    return payload


def can_be_read(name: str) -> bool:
    """Whether a name can stand over an input: people see all of it, on one line."""
    return bool(name.strip()) and not has_invisible(name) and not {*name} & {"\n", "\r", "\t"}


def _step(name: str) -> str:
    return json.dumps(name, ensure_ascii=False) if "." in name or '"' in name else name


def _top(name: str, taken: set[str]) -> str:
    return json.dumps(name, ensure_ascii=False) if name in taken or (taken and name.startswith('"')) else name
