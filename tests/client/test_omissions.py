"""What a function drops of a call is found at every depth, and what it only changes is no omission."""

import pytest

from signoff_client.errors import Invalid
from signoff_client.fidelity.omissions import refuse_dropped


@pytest.mark.parametrize(
    ("sent", "shown", "path"),
    [
        ({"amount": 5, "dry_run": True}, {"amount": 5}, "dry_run"),
        ({"order": {"sku": "A", "dry_run": True}}, {"order": {"sku": "A"}}, "order.dry_run"),
        ({"lines": [{"sku": "A"}, {"sku": "B", "x": 1}]}, {"lines": [{"sku": "A"}, {"sku": "B"}]}, "lines.1.x"),
        ({"lines": [{"sku": "A", "x": 1}] * 2}, {"lines": [{"sku": "A"}]}, "lines.0.x"),
        ({"deep": [[{"a": {"b": 1}}]]}, {"deep": [[{"a": {}}]]}, "deep.0.0.a.b"),
        ({"amount": None}, {}, "amount"),
    ],
)
def test_a_key_that_is_dropped_is_refused_by_its_path(sent, shown, path):
    with pytest.raises(Invalid, match=rf"it has no {path} and"):
        refuse_dropped(sent, shown, name="refund")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({}, {"fast": False}),
        ({"amount": "5"}, {"amount": 5}),
        ({"order": {"sku": "A"}}, {"order": {"sku": "A", "quantity": 1}}),
        ({"lines": [{"sku": "A"}, {"sku": "A"}]}, {"lines": [{"sku": "A"}]}),
        ({"lines": [{"b": 1}, {"a": 1}, {"a": 1}]}, {"lines": [{"a": 1}, {"b": 1}]}),
        ({"text": "abc"}, {"text": ["a", "b", "c"]}),
        ({"period": {"days": 1}}, {"period": "P1D"}),
        ({"rows": [1, 2]}, {"rows": []}),
    ],
)
def test_what_is_changed_or_added_is_shown_and_so_no_omission(sent, shown):
    refuse_dropped(sent, shown, name="refund")
