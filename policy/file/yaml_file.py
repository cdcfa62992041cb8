"""YAML: the policy file as plain values that still know their lines. The one door to ruamel.yaml.

The library's parser finds the structure; what its parts mean is decided here. Keys are text, tags mean nothing, and
`<<` takes in the keys of another mapping.
"""

import io
import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.representer import SafeRepresenter

from policy.file.faults import Path, PolicyFault, PolicyFaults, UnplacedFault

if TYPE_CHECKING:
    import pathlib

MOST_NODES = 100_000
"""Values in one file; aliases of aliases make a few lines into billions."""
LARGEST = 10_000_000
"""Bytes of a file that is read at all."""
_TAG = "tag:yaml.org,2002:"
_MERGE = _TAG + "merge"
_MEANT = frozenset(_TAG + kind for kind in ("str", "int", "float", "bool", "null", "map", "seq", "merge", "timestamp"))
_OLDER = re.compile(r"^%YAML\s+(?!1\.2\s)", re.MULTILINE)
_CUT = re.compile(r"(?:[\[{]|[\[{][^\]}#]*[\s,])#\S")
"""A bracket that is cut off by a comment."""
_INSTEAD = re.compile(r"\s*[:-]\s+(?P<comment>#\S.*)")
"""A comment in the place of a value; with a blank behind the # it is one that is meant."""
_NAMED = {"bool": "true or false", "int": "a whole number", "float": "a number"}
_WHOLE = {"0o": 8, "0x": 16, "0b": 2}


class Unreadable(OSError):
    """Whatever is there is no file to be read."""


def contents(path: "pathlib.Path") -> bytes:
    """The bytes of a plain file; raises OSError, for what is none or too large, too."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise Unreadable(0, "it is a directory")
        if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for without end
            raise Unreadable(0, "it is no plain file")
        if found.st_size > LARGEST:
            raise Unreadable(0, f"it is larger than {LARGEST // 1_000_000} MB")
        return path.read_bytes()
    except ValueError:  # half of a surrogate pair, or a NUL
        raise Unreadable(0, "no file can have this name") from None


def dump(value: Any) -> str:
    """Plain values as YAML in the order that they have, to be edited by people."""
    to = io.StringIO()
    plain = YAML(typ="safe", pure=True)
    plain.default_flow_style = False
    plain.allow_unicode = True
    plain.width = 120
    plain.Representer = _Quoting
    plain.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # None there means to sort
    plain.dump(value, to)
    return to.getvalue()


class _Quoting(SafeRepresenter):
    """Text with anything that is not seen stands in quotes, escaped: without, the library reads some otherwise."""

    def text(self, said: str) -> ScalarNode:
        return self.represent_scalar(f"{_TAG}str", said, style=None if said.isprintable() else '"')


_Quoting.add_representer(str, _Quoting.text)


class Document:
    """A policy file, read."""

    def __init__(self, file: str, content: bytes) -> None:
        """Takes the bytes of `file`; raises PolicyFaults where they are no YAML."""
        self.file = file
        self.content = content
        self._lines: dict[Path, int] = {(): 1}
        self._inside: set[int] = set()
        self._anchors: dict[str, Node] = {}
        self._count = 0
        self._text: list[str] = []
        self._comments: dict[Path, str] = {}
        """Where a value is missing because what stands in its place begins with #, and what that is."""
        try:
            self.value = self._plain(self._tree(), ())
        except RecursionError:
            raise self._broken(1, "the file is nested too deep", "A policy needs five levels.") from None

    def located(self, finding: UnplacedFault) -> PolicyFault:
        """The finding with its line, and with the id of the rule it is about."""
        known = finding.path
        if comment := self._comments.get(known):
            finding = UnplacedFault(path=known, message=f"is empty: {comment} is a comment", remedy="Put it in quotes.")
        while known not in self._lines:
            known = known[:-1]
        rule, key = None, finding.path
        match finding.path:
            case ("rules", int(index), *within):
                rule, key = self._name_of(index), tuple(within)
        return PolicyFault(
            file=self.file,
            line=self._lines[known],
            rule=rule,
            key=_spelled(key),
            message=finding.message,
            remedy=finding.remedy,
        )

    def _name_of(self, index: int) -> str:
        rule = self.value["rules"][index]
        said = rule.get("id") if isinstance(rule, dict) else None
        return said if isinstance(said, str) else f"number {index + 1}"

    def _tree(self) -> Node | None:
        try:
            text = self.content.decode("utf-8-sig")
            yaml = YAML(typ="safe", pure=True)
            yaml.composer.warn_double_anchors = False  # a fault of our own
            tree: Node | None = yaml.compose(text)
            self._text = text.split("\n")
        except UnicodeDecodeError:
            raise self._broken(1, "the file is not UTF-8", "Save it as UTF-8.") from None
        except MarkedYAMLError as error:
            raise self._unreadable(error, text) from None
        except (YAMLError, ValueError) as error:
            raise self._broken(1, str(error).splitlines()[0], "Mend the YAML.") from None
        if older := _OLDER.search(text):
            line = text.count("\n", 0, older.start()) + 1
            raise self._broken(line, "another version of YAML is asked for", "Leave the line out: this is YAML 1.2.")
        return tree

    def _unreadable(self, error: MarkedYAMLError, text: str) -> PolicyFaults:
        """What the library could not read, and what people mostly mean by it."""
        mark, lines = error.problem_mark or error.context_mark, text.split("\n")
        line, problem = mark.line + 1 if mark else 1, str(error.problem)
        character = "".join(lines[line - 1 : line])[mark.column : mark.column + 1] if mark else ""
        if "cannot start any token" in problem and character == "\t":
            return self._broken(line, "there is a tab", "Indent with blanks: YAML takes no tabs.")
        if "cannot start any token" in problem:
            return self._broken(line, f"{character} cannot begin a value", "Put the value in quotes.")
        if "undefined alias" in problem:
            return self._broken(
                line, "what begins with * is an alias, and there is no such anchor", "Put it in quotes."
            )
        if "alphabetic or numeric character" in problem:
            return self._broken(line, "what begins with * or & names an anchor", "Put the value in quotes.")
        if "mapping values are not allowed" in problem:
            return self._broken(line, "there is a second colon", "Put a value with a colon and a blank in quotes.")
        if (
            "expected" in problem
            and (cut := max((at for at, each in enumerate(lines[:line]) if _CUT.search(each)), default=-1)) >= 0
        ):
            message = "what begins with # is a comment, so the bracket before it stays open"
            return self._broken(cut + 1, message, "Put it in quotes.")
        if "<block end>" in problem and "<block mapping start>" in problem:
            return self._broken(line, "this line is indented otherwise than those it belongs to", "Align them.")
        if "<block end>" in problem and "<scalar>" in problem:
            message = "the text goes on behind a closing quote or bracket"
            return self._broken(line, message, "Put all of it in quotes, and ' instead of \" between them.")
        return self._broken(line, problem, "Mend the YAML there.")

    def comments_for_values(self) -> list[UnplacedFault]:
        """Values that are missing because what was meant to be one is a comment, where the key may be left out, too."""
        return [
            UnplacedFault(path=path, message="", remedy="")
            for path in self._comments
            if not str(path[0]).startswith("x-")
        ]

    def _plain(self, node: Node | None, path: Path) -> Any:
        if node is None:
            return None
        self._count += 1
        if self._count > MOST_NODES:
            raise self._broken(1, "aliases make the file too large", "Write the values out.")
        self._known(node)
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if id(node) in self._inside:
            raise self._broken(self._lines[path], "an alias contains itself", "Write the value out.")
        self._inside.add(id(node))
        plain = self._listed(node, path) if isinstance(node, SequenceNode) else self._mapped(node, path)
        self._inside.discard(id(node))
        return plain

    def _known(self, node: Node) -> None:
        """Raises PolicyFaults for what a node may not have: a tag, or an anchor that was another's."""
        tag = _tag(node)
        if tag not in _MEANT:
            short = tag.replace(_TAG, "!!")
            raise self._broken(_line(node), f"the tag {short} means nothing here", "Write the value without it.")
        if node.anchor and self._anchors.setdefault(node.anchor, node) is not node:
            message = f"the anchor &{node.anchor} is there twice"
            raise self._broken(_line(node), message, "Give each anchor a name of its own.")

    def _listed(self, node: SequenceNode, path: Path) -> list[Any]:
        for index, member in enumerate(node.value):
            self._lines[*path, index] = _line(member)
            self._commented(member, (*path, index))
        return [self._plain(member, (*path, index)) for index, member in enumerate(node.value)]

    def _mapped(self, node: Node, path: Path) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        own: dict[str, Any] = {}
        for key, value in node.value:
            if _tag(key) == _MERGE:
                merged = {**self._merged(value, path, _line(key)), **merged}
        for taken in merged:
            self._lines[*path, taken] = self._lines[path]
        for key, value in node.value:
            if _tag(key) == _MERGE:
                continue
            self._known(key)
            name = self._scalar(key) if isinstance(key, ScalarNode) else None
            if not isinstance(name, str):
                kind = f"{key.value!r} is none" if isinstance(key, ScalarNode) else "this is a list or a mapping"
                raise self._broken(_line(key), f"a key must be text, and {kind}", "Put it in quotes.")
            if name in own:
                raise self._broken(_line(key), f"the key {name!r} is there twice", "Keep one of the two.")
            self._lines[*path, name] = _line(key)
            self._commented(value, (*path, name), key)
            own[name] = self._plain(value, (*path, name))
        return {**merged, **own}

    def _commented(self, node: Node, path: Path, key: Node | None = None) -> None:
        """Notes a value that is not there because what is written in its place begins with #."""
        if not isinstance(node, ScalarNode) or node.value or _tag(node) != _TAG + "null":
            return
        mark = node.start_mark if key is None else key.end_mark
        line = "".join(self._text[mark.line : mark.line + 1])
        found = _INSTEAD.match(line[mark.column :] if key is not None else line.lstrip())
        if found is not None:
            self._comments[path] = found["comment"].rstrip()

    def _merged(self, node: Node, path: Path, line: int) -> dict[str, Any]:
        """The keys that `<<` takes in: of several mappings those of the first count."""
        taken: dict[str, Any] = {}
        for each in reversed(node.value) if isinstance(node, SequenceNode) else [node]:
            if not isinstance(each, MappingNode):
                raise self._broken(
                    line, "<< takes in a mapping, or a list of them", "Name one with an alias: <<: *base."
                )
            if id(each) in self._inside:
                raise self._broken(line, "a mapping takes in itself", "Write its keys out.")
            taken |= self._plain(each, path)
        return taken

    def _scalar(self, node: ScalarNode) -> Any:
        """A value by its tag; a date is text, as YAML 1.2 has none."""
        kind, said = _tag(node).removeprefix(_TAG), str(node.value)
        try:
            match kind:
                case "null":
                    return None
                case "bool":
                    return {"true": True, "false": False}[said.lower()]
                case "int":
                    return _whole(said)
                case "float":
                    return float(said.lower().replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
        except (ValueError, KeyError):
            short = said if len(said) <= 40 else said[:40] + "…"
            raise self._broken(
                _line(node), f"{short!r} cannot be read as {_NAMED[kind]}", "Put it in quotes."
            ) from None
        return said

    def _broken(self, line: int, message: str, remedy: str) -> PolicyFaults:
        fault = PolicyFault(file=self.file, line=line, rule=None, key="", message=message, remedy=remedy)
        return PolicyFaults([fault])


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value stands in the text of a file, in characters from its beginning."""

    key: int | None
    """Where its key begins; None for a member of a list."""
    start: int
    end: int
    flow: bool
    """Whether what it is in stands in brackets."""


def places(content: bytes) -> dict[Path, Place]:
    """Where each value of a sound file stands, but for what stands elsewhere: behind an alias, or taken in by `<<`."""
    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False
    tree = yaml.compose(content.decode("utf-8-sig"))
    found: dict[Path, Place] = {}
    if tree is not None:
        _place(tree, (), found)
    return found


def _place(node: Node, path: Path, found: dict[Path, Place]) -> int:
    """Notes what is below a node; where the node ends."""
    end = int(node.end_mark.index)
    if not isinstance(node, CollectionNode):
        return end
    ends = [int(node.start_mark.index)]
    for number, member in enumerate(node.value):
        key, value = member if isinstance(node, MappingNode) else (None, member)
        if key is not None and (not isinstance(key, ScalarNode) or _tag(key) == _MERGE):
            continue
        begin = int(value.start_mark.index)
        if begin < ends[-1]:  # an alias: what it stands for is further up
            continue
        step: Path = (*path, number if key is None else str(key.value))
        start = None if key is None else int(key.start_mark.index)
        ends.append(_place(value, step, found))
        found[step] = Place(key=start, start=begin, end=ends[-1], flow=bool(node.flow_style))
    return end if node.flow_style else ends[-1]


def _tag(node: Node) -> str:
    """What its tag is written out as. The library goes through each letter, which is half of the time of a reading."""
    tag = node.ctag
    return tag.suffix if tag.handle is None and tag.suffix and "%" not in tag.suffix else str(tag)


def read_yaml(path: "pathlib.Path") -> Document:
    """The file at `path`; raises PolicyFaults where it is not there, or is no YAML."""
    try:
        return Document(str(path), contents(path))
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        remedy = "SIGNOFF_POLICY names the policy file."
        fault = PolicyFault(file=str(path), line=1, rule=None, key="", message=message, remedy=remedy)
        raise PolicyFaults([fault]) from None


def _whole(said: str) -> int:
    digits = said.replace("_", "")
    sign, digits = (-1, digits[1:]) if digits.startswith("-") else (1, digits.removeprefix("+"))
    base = _WHOLE.get(digits[:2].lower())
    return sign * (int(digits) if base is None else int(digits[2:], base))


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _spelled(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text
