"""The glossary has each word once, with what it means and what not to call it, and nothing of ours is called that."""

import ast
import re

from tests.house.test_habits import words
from tests.house.tree import ROOT, modules, parsed

PAGE = ROOT / "docs" / "glossary.md"
BOT = modules("approvals", "policy", "storage", "delivery", "bot")


def rows():
    """Word, meaning and what it is not called, of each row but the heads."""
    lines = re.findall(r"^\|(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [tuple(cell.strip() for cell in line.split(" | ")) for line in lines][2:]


def test_every_word_stands_once_with_its_meaning_and_what_it_is_not_called():
    listed = [word for row in rows() for word in row[0].split(", ")]
    assert len(listed) == len(set(listed))
    assert all(len(row) == 3 and all(row) for row in rows())
    assert len(listed) > 50


def test_no_class_is_called_by_a_word_that_the_glossary_has_a_better_one_for():
    banned = {word for *_, instead in rows() for word in re.findall(r"\*([a-z]+)\*", instead)}
    classes = [
        (module, node.name) for module in BOT for node in ast.walk(parsed(module)) if isinstance(node, ast.ClassDef)
    ]
    assert not {(str(module), name) for module, name in classes if words(name) & banned}
    assert len(banned) > 20
