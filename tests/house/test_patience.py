"""No test fails because the machine is busy: what it waits for has one patience, and nothing is measured against a wall
clock."""

import ast

import pytest

from tests.house.over import of_every
from tests.house.tree import ROOT, parsed, tracked

TESTS = [path for path in tracked() if path.parts[0] == "tests" and path.suffix == ".py"]
SHORT = 1.0
"""Seconds. Below it a test wants the time to run out, and the machine may be as slow as it likes."""
WATCHES = {"monotonic", "perf_counter"}
"""Of the module time. What a test takes from them it may compare with what it took before, never with a number."""


def seconds(call):
    """What a call gives as the time that it waits, where that is a number in its place or named."""
    named = [each.value for each in call.keywords if each.arg == "timeout"]
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    given = named or (call.args[:1] if name == "timeout" else [])
    return [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, int | float)]


def impatient(tree):
    """The lines on which something that waits inside the test's own process has another patience than all."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    waits = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in ("timeout", "until")]
    waits = [call for call in waits if ast.unparse(call.func) != "pytest.mark.timeout"]  # how long all of it may take
    return [call.lineno for call in waits if any(each >= SHORT for each in seconds(call))]


def timed(tree):
    """The lines on which a watch is compared with a number."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and any(isinstance(part, ast.Constant) for part in (node.left, *node.comparators))
        and any(isinstance(part, ast.Attribute) and part.attr in WATCHES for part in ast.walk(node))
    ]


@of_every(TESTS)
def test_a_test_waits_as_long_as_all_do_and_measures_nothing(path):
    tree = parsed(path)
    assert (impatient(tree), timed(tree)) == ([], [])


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("asyncio.timeout(5)", ([1], [])),
        ("asyncio.timeout(0.05)", ([], [])),
        ("asyncio.timeout(PATIENCE)", ([], [])),
        ("slack.until(found, timeout=15)", ([1], [])),
        ("pytest.mark.timeout(3600)", ([], [])),
        ("subprocess.run(words, timeout=60)", ([], [])),
        ("assert time.monotonic() - begun < 10", ([], [1])),
        ("assert time.monotonic() - begun < 4 * alone", ([], [])),
    ],
)
def test_impatience_is_seen(line, found):
    tree = ast.parse(line)
    assert (impatient(tree), timed(tree)) == found


def test_every_test_is_looked_at():
    assert len(TESTS) > 300
    assert ROOT.joinpath("tests/patience.py").exists()
