"""What is told to stop stops: `asyncio.wait_for` of Python 3.11 loses a cancellation that comes as its wait ends."""

import ast

from tests.house.over import of_every
from tests.house.tree import parsed, tracked

PRODUCT = [path for path in tracked() if path.suffix == ".py" and "tests" not in path.parts]


def swallowing(tree):
    """The lines on which it is called."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return [call.lineno for call in calls if ast.unparse(call.func) == "asyncio.wait_for"]


@of_every(PRODUCT)
def test_nothing_waits_in_a_way_that_loses_a_cancellation(path):
    assert swallowing(parsed(path)) == [], "write: async with asyncio.timeout(seconds): await …"


def test_it_is_seen():
    assert swallowing(ast.parse("await asyncio.wait_for(woken.wait(), 1)")) == [1]
