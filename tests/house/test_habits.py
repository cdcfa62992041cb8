"""Modules that stay small, and names that say something."""

import ast
import re
from pathlib import Path

from tests.house.over import of_every
from tests.house.tree import ROOT, modules, parsed

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "handler", "process", "data", "item"}
PARTICIPLES = {
    *("told", "lent", "drawn", "given", "seen", "written", "begun", "gone", "heard"),
    *("together", "meanwhile", "onward", "beforehand", "anew", "apart"),
}
"""Alone they say that something was done, and not what it is: `told` was a text, a list of faults, or whether one knew.

Others are terms and may stand alone: `approved`, `expired` and all that are states or events, `sampled`, `asked`."""
STANDS_ALONE = {
    (Path("sandbox/driver.py"), "seen"): "the message as the person who clicks has it, which may be an older state",
}
"""Where one of them may, and why."""
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


def names_in(module):
    """All that a reader meets as a name: the module, its classes, their fields, its functions and their parameters."""
    yield module.stem
    for node in ast.walk(parsed(module)):
        match node:
            case ast.ClassDef(name=name, body=body):
                yield name
                yield from (each.target.id for each in body if isinstance(each, ast.AnnAssign))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.arg(arg=name):
                yield name


@of_every(modules())
def test_no_name_is_a_participle_or_an_adverb_alone(module):
    named = {name.strip("_").lower() for name in names_in(module)}
    assert named & PARTICIPLES == {name for path, name in STANDS_ALONE if path == module}


@of_every([path for path in modules() if parsed(path).body])
def test_a_module_says_what_lives_in_it(module):
    assert ast.get_docstring(parsed(module))


def test_words_sees_both_ways_of_joining_them():
    assert words("CardManager") == {"card", "manager"}
    assert words("send_data") == {"send", "data"}
    assert words("metadata") == {"metadata"}


POSSESSIVE = re.compile(r"(?<!\()\)(?:[*+?]|\{[0-9,]+\})\+")


@of_every(modules())
def test_no_pattern_repeats_a_group_possessively(module):
    """Python before 3.11.5 loses matches of it, and we run on 3.11."""
    texts = (each.value for each in ast.walk(parsed(module)) if isinstance(each, ast.Constant))
    assert [text for text in texts if isinstance(text, str) and POSSESSIVE.search(text)] == []


def test_possessive_repetition_of_a_group_is_seen_and_a_list_of_signs_is_none():
    assert POSSESSIVE.search(r"(?:a|b)*+c")
    assert POSSESSIVE.search(r"(a){2,3}+")
    assert not POSSESSIVE.search(r"[ab]*+(?:c)*")
    assert not POSSESSIVE.search("!$&'()*+,;=")
