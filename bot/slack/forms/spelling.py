"""Spelling of values in an input where more than one type may stand: null, numbers and texts, told apart.

An empty input is null where null may stand. A text stands as it is, unless it would be taken for something else: then,
and only then, it stands in quotes, as JSON writes it.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.slack.forms.unions import type_of

if TYPE_CHECKING:
    from approvals.digest import JSON
    from bot.slack.forms.constraints import Constraints

NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
BLANKS = " \t\u00a0\u202f\u2007\u2009\u3000\r\n"
_SCALARS = frozenset({"string", "number", "integer", "boolean", "null"})


class Kind(StrEnum):
    """What stands in an input."""

    null = "null"
    text = "text"
    number = "number"
    unclear = "unclear"
    """The word null, which could be either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """What may stand in one input."""

    null: bool
    texts: bool
    numbers: bool

    def spelled(self, value: "JSON") -> str:
        """The value as it stands there."""
        if value is None:
            return ""
        if not isinstance(value, str):
            return json.dumps(value)
        return value if self.read(value) == (Kind.text, value) else json.dumps(value, ensure_ascii=False)

    def read(self, said: str) -> "tuple[Kind, str]":
        """What it is that stands there, and the text or the digits of it."""
        core = said.strip(BLANKS)
        if self.null and (not core or (core == "null" and not self.texts)):
            return Kind.null, ""
        if self.null and core == "null":
            return Kind.unclear, core
        if self.texts and (quoted := _quoted(core)) is not None:
            return Kind.text, quoted
        if not self.texts or (self.numbers and NUMBER.fullmatch(core)):
            return Kind.number, core
        return Kind.text, said


def spelling_of(value: "JSON", constraints: "Constraints") -> Spelling | None:
    """How this value is spelled; None where only its own type may stand, or what is no scalar."""
    types = constraints.types
    kind = type_of(value)
    if not types or not types & (_SCALARS - {"null"}) or kind not in {"null", "string", "number"}:
        return None
    numbers = bool(types & {"number", "integer"}) and kind != "string"  # a text stays a text: 01234 is no number
    texts = "string" in types
    fits = {"null": constraints.nullable, "string": texts, "number": numbers}[kind]
    mixed = constraints.nullable or (texts and numbers)
    return Spelling(null=constraints.nullable, texts=texts, numbers=numbers) if fits and mixed else None


def _quoted(core: str) -> str | None:
    """The text that stands in quotes; None if it does not."""
    if len(core) > 1 and core[0] == core[-1] == '"':
        with suppress(ValueError):
            value = json.loads(core)
            return value if isinstance(value, str) else None
    return None
