"""No process that we start looks for its code in the folder that we were started in."""

import ast

from tests.house.over import of_every
from tests.house.tree import modules, parsed


def children(tree):
    """Lists of arguments that begin with this very Python, each with its line."""
    return [
        (node.lineno, [each.value for each in node.elts if isinstance(each, ast.Constant)])
        for node in ast.walk(tree)
        if isinstance(node, ast.List | ast.Tuple)
        and node.elts
        and isinstance(node.elts[0], ast.Attribute)
        and node.elts[0].attr == "executable"
    ]


@of_every(modules())
def test_a_child_of_ours_does_not_look_where_it_is_started(module):
    assert [line for line, words in children(parsed(module)) if not words or words[0] not in ("-P", "-I")] == []


def test_one_that_does_is_seen():
    assert children(ast.parse('run([sys.executable, "-m", module])')) == [(1, ["-m"])]
    assert children(ast.parse('run([sys.executable, "-P", "-m", module])')) == [(1, ["-P", "-m"])]
