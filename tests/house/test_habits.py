"""Modules that stay small, and names that say something."""

import ast
import re
from pathlib import Path

from tests.house.over import of_every
from tests.house.tree import ROOT, modules, parsed

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "handler", "process", "data", "item"}
FOREIGN = {"data_received", "wrap_output_process"}
"""Names that are not ours to choose: asyncio and Pydantic AI call them."""
LONGEST = 400
LISTS = {Path("approvals") / f"{name}.py" for name in ("refusals", "lifecycle", "events", "ports")}
"""What has to stand side by side in one file, and is read entry by entry: each no, verb, event and port."""


def words(name):
    """The words of a snake_case or CamelCase name, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name)}


def defined(module):
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(parsed(module)) if isinstance(node, kinds)}


@of_every(modules())
def test_a_module_is_short_enough_to_be_read_at_once(module):
    assert module in LISTS or len((ROOT / module).read_text(encoding="utf-8").splitlines()) <= LONGEST


@of_every(modules())
def test_no_name_is_an_empty_word(module):
    named = defined(module) | set(module.with_suffix("").parts)
    assert not {name for name in named - FOREIGN if words(name) & EMPTY_NAMES}


@of_every([path for path in modules() if parsed(path).body])
def test_a_module_says_what_lives_in_it(module):
    assert ast.get_docstring(parsed(module))


def test_words_sees_both_ways_of_joining_them():
    assert words("CardManager") == {"card", "manager"}
    assert words("send_data") == {"send", "data"}
    assert words("metadata") == {"metadata"}
