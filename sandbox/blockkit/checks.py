"""Checks of single values, of which the schema of a block is made: each notes its faults with a JSON pointer."""

import re
from collections.abc import Callable, Mapping
from typing import Any

AMP = re.compile(r"&(?!(?:amp|lt|gt);)")


def escape(text: str) -> str:
    """Plain words as Slack keeps them: `&`, `<` and `>` as entities, entities as they are."""
    return AMP.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def sent_length(text: str) -> int:
    """How many characters of markup Slack counts: a bare ampersand is five."""
    return len(AMP.sub("&amp;", text))


def kept_length(text: str) -> int:
    """How many characters of plain words Slack counts: those it keeps."""
    return len(escape(text))


class Faults:
    """What is wrong, as (sentence, pointer) in the order found."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def add(self, sentence: str, at: str) -> None:
        """Note one fault."""
        self.found.append((sentence, at))

    def messages(self) -> list[str]:
        """The faults as Slack words them."""
        return [f"{sentence} [json-pointer:{at}]" for sentence, at in self.found]


Check = Callable[[Any, str, Faults], None]


def string(
    low: int = 1, high: int = 3000, pattern: str | None = None, *, count: Callable[[str], int] = sent_length
) -> Check:
    """A string of `low` to `high` characters, counted as sent unless `count` says otherwise."""
    wanted = re.compile(pattern) if pattern else None

    def check(value: Any, at: str, faults: Faults) -> None:
        if not isinstance(value, str):
            faults.add("must be a string", at)
            return
        length = count(value)
        if length < low:
            faults.add(f"must be more than {low - 1} characters", at)
        elif length > high:
            faults.add(f"must be less than {high + 1} characters", at)
        elif wanted and not wanted.fullmatch(value):
            faults.add("does not match the required format", at)

    return check


def whole(low: int, high: int) -> Check:
    """An integer from `low` to `high`."""

    def check(value: Any, at: str, faults: Faults) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            faults.add("must be an integer", at)
        elif value < low:
            faults.add(f"must be greater than {low - 1}", at)
        elif value > high:
            faults.add(f"must be less than {high + 1}", at)

    return check


def boolean(value: Any, at: str, faults: Faults) -> None:
    """`true` or `false`, nothing that only looks like it."""
    if not isinstance(value, bool):
        faults.add("must be a boolean", at)


def one_of(*words: str) -> Check:
    """One of a few words."""

    def check(value: Any, at: str, faults: Faults) -> None:
        if value not in words:
            faults.add(f"must be a valid enum value: {', '.join(words)}", at)

    return check


def array(each: Check, low: int = 1, high: int = 100) -> Check:
    """A list of `low` to `high` members."""

    def check(value: Any, at: str, faults: Faults) -> None:
        if not isinstance(value, list):
            faults.add("must be an array", at)
            return
        if len(value) < low:
            faults.add(f"must provide at least {low} items", at)
        if len(value) > high:
            faults.add(f"no more than {high} items allowed", at)
            return
        for index, member in enumerate(value):
            each(member, f"{at}/{index}", faults)

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these keys and no others."""
    allowed = {**required, **(optional or {})}

    def check(value: Any, at: str, faults: Faults) -> None:
        if not isinstance(value, dict):
            faults.add("must be an object", at)
            return
        for key in required:
            if key not in value:
                faults.add(f"missing required field: {key}", at)
        for key, member in value.items():
            if key in allowed:
                allowed[key](member, f"{at}/{key}", faults)
            else:
                faults.add(f"invalid additional property: {key}", at)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which check holds."""

    def check(value: Any, at: str, faults: Faults) -> None:
        if not isinstance(value, dict):
            faults.add("must be an object", at)
        elif "type" not in value:
            faults.add("missing required field: type", at)
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            faults.add(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            kinds[value["type"]](value, at, faults)

    return check


def each_of(*checks: Check) -> Check:
    """All of several checks."""

    def check(value: Any, at: str, faults: Faults) -> None:
        for one in checks:
            one(value, at, faults)

    return check


def anything(_value: Any, _at: str, _faults: Faults) -> None:
    """No demand; for `type`, which has been looked at already."""


ID = string(1, 255)
URL = string(1, 3000, r"https?://\S+|mailto:\S+")
