"""Conditions of a rule that are never true together."""

import pytest

from policy.expressions.condition import compiled
from policy.expressions.contradiction import contradiction


def found(*conditions):
    return contradiction([compiled(condition).tree for condition in conditions])


@pytest.mark.parametrize(
    ("conditions", "places"),
    [
        (["payload.a > 100.0", "payload.a < 50"], (0, 1)),
        (["payload.a > 1", "payload.a <= 1"], (0, 1)),
        (["payload.a < 1", "1 < payload.a"], (0, 1)),
        (["payload.a > -5", "payload.a < -6"], (0, 1)),
        (["payload.c == 'EUR' && payload.c == 'USD'"], (0, 0)),
        (["source == 'trusted'", "true", "source != 'trusted'"], (0, 2)),
        (["payload.a in [1, 2]", "payload.a > 2"], (0, 1)),
        (["payload.a in ['x', 'y']", "payload.a in ['z']"], (0, 1)),
        (["payload.a in ['x', 'y']", "payload.a != 'x'", "payload.a != 'y'"], (0, 2)),
        (["payload['a'] > 5", "!(payload.a > 5)"], (0, 1)),
        (["payload.ok", "!payload.ok"], (0, 1)),
        (["payload.ok == true", "payload.ok == false"], (0, 1)),
        (["has(payload.a)", "!has(payload.a)"], (0, 1)),
        (["!has(payload.a)", "payload.a > 1"], (0, 1)),
        (["!has(payload.a)", "payload.a.b == 3"], (0, 1)),
        (["payload.a.b == 3", "!has(payload.a)"], (0, 1)),
        (["payload.a > 'x'", "payload.a > 3"], (0, 1)),
        (["payload.a == '1'", "payload.a == 1"], (0, 1)),
        (["payload.a > 'b'", "payload.a < 'a'"], (0, 1)),
        (["payload.a == -(5)", "payload.a == 5"], (0, 1)),
    ],
)
def test_conditions_that_leave_nothing_of_a_value_are_found(conditions, places):
    assert found(*conditions) == places


@pytest.mark.parametrize(
    "conditions",
    [
        ["payload.a >= 1", "payload.a <= 1"],
        ["payload.a > 5 || payload.a < 3"],
        ["payload.a > 5 || payload.b", "payload.a < 3"],
        ["payload.a == 1", "payload.a == 1.0"],
        ["payload.a != 1", "payload.a != 2"],
        ["payload.a > 1", "payload.a > 2"],
        ["payload.a < 'x'", "payload.a != 3"],
        ["payload.a in ['x', 'y']", "payload.a != 'x'"],
        ["payload.a in ['x', payload.b]", "payload.a == 'z'"],
        ["payload.a > payload.b", "payload.a < payload.b"],
        ["payload.l.exists(x, x > 3)", "payload.l.exists(x, x < 2)"],
        ["!has(payload.a)", "!has(payload.a.b)"],
        ["has(payload.a)", "payload.a == 3"],
        ["!(payload.a > 5 && payload.b)", "payload.a > 5"],
        ["payload.a.startsWith('x')", "payload.a.startsWith('y')"],
        ["!payload.a.startsWith('x')", "payload.a == 'x'"],
        ["payload.a == -payload.b", "payload.a == 1"],
        ["payload.a > 1", "payload.b < 1", "signals.a < 1"],
        ["payload.l[0].ok", "!payload.l[0].ok"],
        ["payload.a", "!has(payload.b)"],
    ],
)
def test_what_may_be_true_together_or_cannot_be_read_so_is_let_through(conditions):
    assert found(*conditions) is None
