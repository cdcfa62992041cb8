"""Edits of the policy file's text: keys of one rule are set or dropped, and all else stays, letter by letter.

The file is its keepers': comments, order and quotes are theirs. So nothing is written anew that was not meant; where a
change cannot be made within the text alone, as in what an alias stands for, it is not made.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policy.file.yaml_file import Place, places

if TYPE_CHECKING:
    from collections.abc import Mapping


class Unwritable(Exception):
    """Why the text cannot be changed so, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEdit:
    """What changes in one rule."""

    rule: str
    """Its id."""
    values: "Mapping[str, str]" = field(default_factory=dict)
    """Keys with what is to stand there, as YAML on one line; `tier` is there already, others come right behind it."""
    without: tuple[str, ...] = ()
    """Keys that go, where they are there."""
    removed: bool = False
    """Whether the whole rule goes."""

    def made(self, content: bytes) -> bytes:
        """The file with the change. Raises Unwritable."""
        text = content.decode("utf-8-sig")
        known = places(content)
        index = _index(text, known, self.rule)
        mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
        changed = _without_rule(text, known, index) if self.removed else self._changed(text, known, index)
        return mark + changed.encode()

    def _changed(self, text: str, known: "dict[tuple[str | int, ...], Place]", index: int) -> str:
        tier = known.get(("rules", index, "tier"))
        if tier is None or tier.key is None:
            raise Unwritable("its tier is not written in the rule itself")
        cuts: list[tuple[int, int, str]] = []
        for key, value in self.values.items():
            there = known.get(("rules", index, key))
            if there is not None:
                cuts.append((there.start, there.end, value))
            elif tier.flow:
                cuts.append((tier.end, tier.end, f", {key}: {value}"))
            else:
                end = _line_end(text, tier.end)
                indent = " " * (tier.key - _line_start(text, tier.key))
                cuts.append((end, end, f"\n{indent}{key}: {value}"))
        own = [place for path, place in known.items() if path[:2] == ("rules", index) and len(path) == 3]
        for key in self.without:
            there = known.get(("rules", index, key))
            if there is not None:
                cuts.append((*_extent(text, there, own), ""))
        return _applied(text, cuts)


def _index(text: str, known: "dict[tuple[str | int, ...], Place]", rule: str) -> int:
    for path, place in known.items():
        match path:
            case ("rules", int(index), "id") if text[place.start : place.end].strip("\"'") == rule:
                return index
    raise Unwritable("it is not written in the file as a rule of its own")


def _extent(text: str, there: Place, own: "list[Place]") -> tuple[int, int]:
    """From where to where a key stands with its value: whole lines, or within brackets up to the next comma."""
    assert there.key is not None
    if there.flow:
        before = [each.end for each in own if each.end <= there.key]
        if not before:
            raise Unwritable("a key that goes is the first of the rule")
        return max(before), there.end
    begin, end = _line_start(text, there.key), _line_end(text, there.end)
    if text[begin : there.key].strip():
        raise Unwritable("a key that goes stands on one line with the rule's beginning")
    return begin, min(end + 1, len(text))


def _without_rule(text: str, known: "dict[tuple[str | int, ...], Place]", index: int) -> str:
    own = known.get(("rules", index))
    if own is None or own.flow:
        raise Unwritable("the rules stand in brackets")
    begin, end = _line_start(text, own.start), _line_end(text, own.end)
    if text[begin : own.start].strip() != "-":
        raise Unwritable("it does not begin on a line of its own")
    return text[:begin] + text[min(end + 1, len(text)) :]


def _applied(text: str, cuts: "list[tuple[int, int, str]]") -> str:
    for begin, end, instead in sorted(cuts, key=lambda cut: (cut[0], cut[1]), reverse=True):
        text = text[:begin] + instead + text[end:]
    return text


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """Where the line ends on which something ends; what ends with its line break ends on the line before."""
    at = len(text[:at].rstrip()) if text[:at].endswith("\n") else at
    found = text.find("\n", at)
    return len(text) if found < 0 else found
