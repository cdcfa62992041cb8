"""Shape of a line or value: what of it is the same in all that are alike, with `…` for what may differ.

Names are a part of the shape, for they matter: words, tables and columns, keys, domains, folders and extensions.
Numbers, ids, quoted texts and what stands before the `@` are not: they are its values, and are compared among those of
one shape (`folding`). A value with signs that no other has is of another shape. All of it works on visible text, with
expressions that look at each character a bounded number of times.
"""

import hashlib
import json
import re
from typing import TYPE_CHECKING, NamedTuple

from bot.slack.blockkit.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from approvals.digest import JSON
    from bot.slack.cards.sql import Token

LONGEST = 2_000
"""Characters of a line that are looked at one by one; of what is beyond, all of it has to be the same."""
FILES = frozenset(
    [
        "pdf",
        "csv",
        "tsv",
        "txt",
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "heic",
        "doc",
        "docx",
        "xls",
        "xlsx",
        "ppt",
        "pptx",
        "odt",
        "json",
        "jsonl",
        "xml",
        "yaml",
        "yml",
        "zip",
        "gz",
        "tar",
        "tgz",
        "log",
        "sql",
        "py",
        "js",
        "ts",
        "css",
        "html",
        "md",
        "sh",
        "bat",
        "ps1",
        "exe",
        "dll",
        "jar",
        "apk",
        "ics",
        "eml",
        "parquet",
        "bak",
        "pem",
        "key",
        "env",
        "ini",
        "toml",
        "cfg",
        "conf",
    ]
)
"""Extensions that make a name with a dot a file's, not a host's."""
_NUMBER = re.compile(r"[-+]?[0-9][0-9,_]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]{4,15}(?:Z|[-+][0-9:]{4,5})?)?")
_MAIL = re.compile(r"([\w.+%-]{1,64})@((?:[\w-]{1,63}\.){1,8}[\w-]{2,63})")
_URL = re.compile(r"([a-z][a-z0-9+.-]{1,15}://[^\s/?#\"'<>\\]{0,255})([^\s\"'<>]*)", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]{1,63}\.){1,8}[^\W\d]{2,24}")
_PATH = re.compile(r"((?:[\w.~-]{0,64}[/\\]){1,32})([^\s\"'<>,;/\\]{0,255})")
_PIECES = re.compile(
    rf"""
    (?P<url>{_URL.pattern.replace("(", "(?:", 1).replace(")(", ")(?:")})
    |(?P<mail>(?<![\w.+%-])[\w.+%-]{{1,64}}@(?:[\w-]{{1,63}}\.){{1,8}}[\w-]{{2,63}})
    |(?P<time>(?<!\w)[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[T ][0-9:.,]{{4,15}}Z?)?(?!\w))
    |(?P<path>(?<![\w.~-])(?:[\w.~-]{{0,64}}/){{1,32}}[^\s"'<>,;/\\]{{0,255}})
    |(?P<quoted>"[^"]*+"|(?<!\w)'[^']*+'(?!\w))
    |(?P<host>(?<![\w-])(?:[\w-]{{1,63}}\.){{1,8}}[^\W\d]{{2,24}}(?![\w-]))
    |(?P<number>(?<!\w)[0-9]++(?:[,_][0-9]++)*(?:\.[0-9]++)?(?!\w|[,_][0-9]))
    |(?P<word>\w++)
    |(?P<blank>\s++)
    |(?P<token>⟨[^⟨⟩]*+⟩)
    |(?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_SHALLOW = 2
"""Slashes of a path up to which its last part is a name that matters, as in `/users`."""
_DIGITS = re.compile(r"[0-9]+")
_SWITCH = re.compile(r"(?<=[0-9])(?=[^\W\d])|(?<=[^\W\d])(?=[0-9])")
_HEX = re.compile(r"(?=[a-f]*[0-9])[0-9a-f]{8,64}", re.IGNORECASE)
_USUAL_SIGNS = frozenset(" .,:-_'\u2019/()")


class Value(NamedTuple):
    """What stands where those of one shape may differ."""

    kind: str
    """number, text, time, id or flag."""
    text: str


class Shape(NamedTuple):
    """A line, entry or statement, as what it has in common with others and what is its own."""

    pattern: str
    kinds: tuple[str, ...]
    """Of its values, in order: where they differ the shape does."""
    values: tuple[str, ...]

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """Equal for those that are alike."""
        return self.pattern, self.kinds


def line_shape(line: str, *, names: bool = False) -> Shape:
    """Of a line of a visible text; `names` says that a word with digits is one, as a table's is."""
    made = _Made()
    text, rest = line[:LONGEST].strip(), line[LONGEST:]
    for piece in _PIECES.finditer(text):
        kind = str(piece.lastgroup)
        _PIECE["sign" if names and kind == "word" else kind](made, piece.group())
    if rest:
        made.same(hashlib.sha256(rest.encode("utf-8", "surrogatepass")).hexdigest())
    return made.shape()


def cells_shape(cells: "Sequence[str]", delimiter: str) -> Shape:
    """Of a row of a table, such as one of CSV."""
    made = _Made()
    for number, cell in enumerate(cells):
        if number:
            made.same(delimiter)
        _value(made, cell.strip(' "'))
    return made.shape()


def tokens_shape(tokens: "Iterable[Token]") -> Shape:
    """Of a statement of SQL: only its texts and numbers may differ, for all else is a name or a key word."""
    made = _Made()
    for token in tokens:
        if made.pattern and token.word not in (",", ")", ".", ";"):
            made.same(" ")
        if token.kind == "text":
            made.same("'")
            _value(made, one_line(token.text[1:-1]))
            made.same("'")
        elif token.kind == "number":
            made.differs("number", token.text)
        elif token.kind == "dollar":
            made.same("$…$" + hashlib.sha256(token.text.encode("utf-8", "surrogatepass")).hexdigest()[:12])
        else:
            made.same(one_line(token.text))
    return made.shape()


def entry_shape(entry: "JSON") -> Shape:
    """Of an entry of a list; a text is a line."""
    if isinstance(entry, str):
        return line_shape(one_line(entry))
    made = _Made()
    _entry(made, entry)
    return made.shape()


def member_shape(name: str, value: "JSON") -> Shape:
    """Of a member of a large object, whose name is one of many."""
    made = _Made()
    shown = one_line(json.dumps(name, ensure_ascii=False))
    made.same('"')
    for piece in _PIECES.finditer(shown[1:LONGEST].removesuffix('"')):
        _PIECE[str(piece.lastgroup)](made, piece.group())
    made.same(f'{shown[LONGEST:]}": ')
    _entry(made, value)
    return made.shape()


class _Made:
    """A shape as it is put together."""

    def __init__(self) -> None:
        self.pattern: list[str] = []
        self.values: list[Value] = []

    def same(self, text: str) -> None:
        self.pattern.append(text)

    def differs(self, kind: str, text: str) -> None:
        self.pattern.append("…")
        self.values.append(Value(kind, text))

    def shape(self) -> Shape:
        kinds, values = (tuple(each[part] for each in self.values) for part in (0, 1))
        return Shape("".join(self.pattern), kinds, values)


def _value(made: _Made, text: str) -> None:
    """A whole value: the text of a cell, in quotes, or of a member."""
    if not text:
        made.same("")
    elif _NUMBER.fullmatch(text):
        made.differs("number", text)
    elif _TIME.fullmatch(text):
        made.differs("time", text)
    elif found := _MAIL.fullmatch(text):
        made.differs("text", found[1])
        made.same(f"@{found[2].lower()}")
    elif found := _URL.fullmatch(text):
        made.same(f"{found[1].lower()}")
        made.differs("text", found[2])
    elif found := _PATH.fullmatch(text):
        made.same(found[1])
        if found[1].count("/") > _SHALLOW and "." not in found[2]:
            made.differs("text", found[2])
        else:
            _file(made, found[2])
    elif _HOST.fullmatch(text):
        _file(made, text)
    else:
        signs = "".join(sorted({char for char in text if not char.isalnum() and char not in _USUAL_SIGNS}))
        made.differs(f"text {signs}{_domains(text)}", text)


def _domains(text: str) -> str:
    """Those of the addresses and links amid a text."""
    if "@" not in text and "://" not in text:
        return ""
    found = {each[2].lower() for each in _MAIL.finditer(text)} | {each[1].lower() for each in _URL.finditer(text)}
    return " ".join(sorted(found))


def _file(made: _Made, name: str) -> None:
    """A name with an extension that says what it is, or a host."""
    stem, dot, extension = name.rpartition(".")
    if dot and extension.lower() in FILES:
        made.differs("text", stem)
        made.same(f".{extension}")
    else:
        made.same(name)


def _quoted(made: _Made, text: str) -> None:
    made.same(text[0])
    _value(made, text[1:-1])
    made.same(text[-1])


def _word(made: _Made, text: str) -> None:
    """Words are kept; of those with digits the letters are, and of what looks made by chance nothing."""
    if not any(char.isdigit() for char in text):
        made.same(text)
    elif _HEX.fullmatch(text) or len(_SWITCH.findall(text)) > 2:
        made.differs("id", text)
    else:
        end = 0
        for found in _DIGITS.finditer(text):
            made.same(text[end : found.start()])
            made.differs("number", found.group())
            end = found.end()
        made.same(text[end:])


def _same(made: _Made, text: str) -> None:
    made.same(text)


_PIECE = {
    "url": _value,
    "mail": _value,
    "path": _value,
    "host": _value,
    "quoted": _quoted,
    "time": lambda made, text: made.differs("time", text),
    "number": lambda made, text: made.differs("number", text),
    "word": _word,
    "blank": lambda made, _: made.same(" "),
    "token": _same,
    "sign": _same,
}


def _entry(made: _Made, value: "JSON | Mapping[str, JSON]") -> None:
    """Keys are a part of the shape, and so is how many there are of anything."""
    if isinstance(value, dict):
        for number, key in enumerate(sorted(value)):
            made.same(f"{', ' if number else '{'}{one_line(json.dumps(key, ensure_ascii=False))}: ")
            _entry(made, value[key])
        made.same("}" if value else "{}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            made.same(", " if number else "[")
            _entry(made, each)
        made.same("]" if value else "[]")
    elif isinstance(value, bool) or value is None:
        made.differs("flag", json.dumps(value))
    elif isinstance(value, str):
        made.same('"')
        _value(made, one_line(value[:LONGEST]))
        if value[LONGEST:]:
            made.same(hashlib.sha256(value[LONGEST:].encode("utf-8", "surrogatepass")).hexdigest())
        made.same('"')
    else:
        made.differs("number", json.dumps(value))
