"""Fault messages: every sentence that refuses a policy file, collected from the modules that say it."""

import ast
import inspect
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy import build, once
from policy.checks import fields, lint, plants
from policy.file import credentials, durations, parse, scalars
from policy.file.yaml_file import Document
from policy.json_schema import schemas
from policy.keys import batch, budget, callbacks, confirmation, drills, fatigue, retention, sample, timing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

GAP = "…"
"""Stands for what only the file can say."""
SAYING = {
    "finding": (1, 2),
    "_finding": (1, 2),
    "_add": (1, 2),
    "_broken": (1, 2),
    "WrongShape": (0, 1),
    "Shape": (1, 2),
}
"""Calls that say a fault, with the places of what is wrong and of what to do."""
NAMING = {"UnplacedFault", "PolicyFault"}
"""The same, by keyword."""
ROOMS: "tuple[tuple[str, tuple[ModuleType, ...]], ...]" = (
    ("The file", (sys.modules[Document.__module__],)),  # `policy.file.yaml_file` is the function
    ("The shape of a value", (durations, parse, scalars)),
    (
        "What contradicts itself, or does nothing",
        (batch, budget, build, confirmation, fatigue, fields, once, lint, callbacks, retention, sample, timing),
    ),
    ("Tokens and secrets", (credentials,)),
    ("Schemas of payloads", (schemas,)),
    ("The library of drills", (drills, plants)),
)


@dataclass(frozen=True, slots=True, order=True)
class Sentence:
    """A fault as it is told after its place, with GAP where the file itself is quoted."""

    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.message}. {self.remedy}"

    def fits(self, fault: str) -> bool:
        """Whether a fault told so is this one."""
        return re.fullmatch(".+".join(map(re.escape, str(self).split(GAP))), fault, re.DOTALL) is not None


def sentences() -> "dict[str, list[Sentence]]":
    """All sentences, sorted, by what they are about."""
    return {head: sorted({each for module in modules for each in _said(module)}) for head, modules in ROOMS}


def _said(module: "ModuleType") -> "Iterator[Sentence]":
    tree = ast.parse(inspect.getsource(module))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inside = {id(node): function for function in functions for node in ast.walk(function)}  # the innermost is last
    for node in ast.walk(tree):
        for message, remedy in _pairs(node, inside.get(id(node))):
            said = _Words(module, inside.get(id(node)), node)
            for message_text, done in said.both(message, remedy):
                quoted = isinstance(node, ast.Call) and _name(node) == "Shape" and not node.keywords
                prefix = f"{GAP} " if quoted else ""
                if f"{message_text}{done}".strip(f"{GAP} "):
                    yield Sentence(prefix + message_text, done)


def _pairs(node: ast.AST, function: ast.FunctionDef | None) -> "Iterator[tuple[ast.expr, ast.expr]]":
    """What is wrong and what to do, as they are written at a place that says a fault."""
    match node:
        case ast.Call() if _name(node) in NAMING:
            keywords = {keyword.arg: keyword.value for keyword in node.keywords}
            yield keywords["message"], keywords["remedy"]
        case ast.Call() if _name(node) in SAYING:
            message, remedy = SAYING[_name(node)]
            yield node.args[message], node.args[remedy]
        case ast.Dict(values=values):
            yield from ((each.elts[0], each.elts[1]) for each in values if isinstance(each, ast.Tuple))
        case ast.Tuple(elts=[message, remedy], ctx=ast.Load()) if function is not None and function.name == "worded":
            yield message, remedy


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


class _Words:
    """Expressions of one place as text."""

    def __init__(self, module: "ModuleType", function: ast.FunctionDef | None, place: ast.AST) -> None:
        self._module = module
        above = [
            node
            for node in (ast.walk(function) if function is not None else ())
            if isinstance(node, ast.Assign) and node.lineno <= getattr(place, "lineno", 0)
        ]
        self._assigned = sorted(above, key=lambda node: node.lineno, reverse=True)
        self._parameters = {arg.arg for arg in function.args.args} if function is not None else set()

    def both(self, message: ast.expr, remedy: ast.expr) -> "Iterator[tuple[str, str]]":
        """What is wrong with what to do; several where a name stands for several."""
        pairs = [
            (node.value.elts[0], node.value.elts[1])
            for node in self._assigned
            if isinstance(node.value, ast.Tuple) and isinstance(message, ast.Name) and isinstance(remedy, ast.Name)
        ]
        for message_text, done in pairs or [(message, remedy)]:
            for first in self._texts(message_text):
                yield from ((first, second) for second in self._texts(done))

    def _texts(self, node: ast.expr) -> list[str]:
        match node:
            case ast.Constant(value=str(text)):
                return [re.sub(r"\{\w+(:[.\dg]+)?\}", GAP, text)]
            case ast.JoinedStr(values=parts):
                return ["".join(self._text(part) for part in parts)]
            case ast.IfExp(body=one, orelse=other):
                return [*self._texts(one), *self._texts(other)]
            case ast.Name(id=name) if name not in self._parameters:
                return self._named(name)
        return [GAP]

    def _text(self, part: ast.expr) -> str:
        match part:
            case ast.Constant(value=str(text)):
                return text
            case ast.FormattedValue(value=ast.Name(id=name)) if isinstance(
                found := getattr(self._module, name, None), (str, int)
            ):
                return str(found)
        return GAP

    def _named(self, name: str) -> list[str]:
        for node in self._assigned:
            if any(isinstance(target, ast.Name) and target.id == name for target in node.targets):
                return self._texts(node.value)
        found = getattr(self._module, name, None)
        return [found] if isinstance(found, str) else [GAP]
