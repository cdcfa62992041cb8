"""Every sentence that a person reads in Slack stands in a module of words, each is said, and they import no surface."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.house.over import of_every
from tests.house.tree import imports, modules, parsed

WORDS = {*modules("bot/slack/words"), Path("bot/slack/blockkit/words.py")}
"""One below all others, for the pages and pieces that Block Kit's limits force on every surface."""
ELSEWHERE = {
    Path("bot/slack/doctor/checkup.py"): "read in a terminal: `signoff doctor` prints it",
    Path("bot/slack/doctor/specimens.py"): "made up, so that Slack looks at whole cards and forms: nobody reads it",
}
"""Surfaces with sentences of their own, and why they may."""
MAY_IMPORT = ("bot.slack.blockkit.", "bot.slack.words.")
"""Besides each other: how things look in Slack's markup."""

_WORD = re.compile(r"(?<![\w/`.\[=-])[A-Za-z][A-Za-z']*(?![\w/\[\]=-])")
_MARKUP = re.compile(r"\{[^}]*\}|<![^|]*\|")


def is_sentence(text):
    """Three words on one line, with blanks between them."""
    return any(len(_WORD.findall(_MARKUP.sub(" ", line))) >= 3 and " " in line.strip() for line in text.split("\n"))


def faults():
    """The exceptions that a call of Slack ends with: their texts are for the log."""
    found = {"Exception"}
    classes = [node for node in parsed(Path("bot/slack/web/client.py")).body if isinstance(node, ast.ClassDef)]
    for each in classes:
        if any(isinstance(base, ast.Name) and base.id in found for base in each.bases):
            found.add(each.name)
    return found


FAULTS = faults()


def not_shown(node):
    """Whether what stands below this node is for no reader in Slack: types, docstrings, logs, patterns, exceptions."""
    match node:
        case ast.Raise() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Call(func=function):
            called = ast.unparse(function)
            return called in FAULTS or called.startswith(("re.", "log.", "structlog.", "cast", "super().__init__"))
        case _:
            return False


def skipped(node):
    """The parts of a node that hold types or formats."""
    match node:
        case ast.arg(annotation=kind) | ast.AnnAssign(annotation=kind):
            return [kind]
        case ast.FunctionDef(returns=kind) | ast.AsyncFunctionDef(returns=kind):
            return [kind]
        case ast.FormattedValue(format_spec=form):
            return [form]
        case ast.Subscript(slice=index):
            return [index]
        case _:
            return []


def sentences(node):
    """The texts below a node that are sentences; of an f-string its own words, as one text."""
    if not_shown(node):
        return
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        if is_sentence(text):
            yield text
        inner = [part for part in node.values if not isinstance(part, ast.Constant)]
    else:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_sentence(node.value):
            yield node.value
        left_out = [id(part) for part in skipped(node)]
        inner = [part for part in ast.iter_child_nodes(node) if id(part) not in left_out]
    for part in inner:
        yield from sentences(part)


def said_in(source):
    return list(sentences(ast.parse(source)))


SURFACES = [path for path in modules("bot/slack") if path not in WORDS]


@of_every([path for path in SURFACES if path not in ELSEWHERE])
def test_a_surface_holds_no_sentence_of_its_own(module):
    assert list(sentences(parsed(module))) == []


@of_every(ELSEWHERE)
def test_what_may_hold_sentences_does(module):
    assert list(sentences(parsed(module)))


@of_every(sorted(WORDS))
def test_the_sentences_need_no_surface(module):
    ours = {name for name in imports(module) if name.startswith("bot.")}
    assert not {name for name in ours if not f"{name}.".startswith(MAY_IMPORT)}


def names_in(module):
    """What a module of sentences offers."""
    for node in parsed(module).body:
        match node:
            case ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name


@pytest.fixture(scope="module")
def read():
    """How often each name is read in the bot."""
    nodes = [node for path in modules("bot") for node in ast.walk(parsed(path))]
    names = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    attributes = [node.attr for node in nodes if isinstance(node, ast.Attribute)]
    imported = [each.name for node in nodes if isinstance(node, ast.ImportFrom) for each in node.names]
    return Counter([*names, *attributes, *imported])


@of_every(sorted(WORDS))
def test_no_sentence_is_left_over(module, read):
    assert not {name for name in names_in(module) if not read[name]}


@pytest.mark.parametrize(
    "source",
    [
        'say("Nothing was changed.")',
        'def f(n): return f"{n} requests still wait"',
        'x = {"a": ("Look", "There is nothing here.")}',
        "y = f\"{name('some words here')}\"",
        'def f(at="until the very end"): ...',
    ],
)
def test_a_sentence_is_seen_wherever_it_stands(source):
    assert len(said_in(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"""What lives in here."""',
        'def f(x: "dict of many words") -> "list of many words": ...',
        'log.warning("this is for operators")',
        'raise ValueError("this is for operators")',
        'p = re.compile("is not a multiple")',
        'label = "Not fine"',
        'f"<!date^{at}^{{date_short_pretty}} {{time}}|{at:%Y on this day} UTC>"',
        'kind = "tuple[tuple[str, JSON], ...]"',
    ],
)
def test_what_nobody_reads_in_slack_is_no_sentence(source):
    assert said_in(source) == []
