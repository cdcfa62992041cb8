"""What a schema lists for the texts of a payload, found in a bounded number of steps."""

import pytest

from approvals.gate import Choice, Tier
from approvals.proposal import Action
from policy.build import load
from policy.json_schema.choices import LONGEST, MOST_CHOICES, MOST_OFFERED, choices
from policy.json_schema.schemas import operators_schema
from tests.policy.files import ENVIRON, ask, nothing_known, rule, written

MONEY = {"enum": ["EUR", "SEK", 7]}


def listed(properties, payload, **more):
    schema = operators_schema({"type": "object", "properties": properties, **more}).schema
    return {each.path: each.offered for each in choices(schema, payload)}


@pytest.mark.parametrize(
    ("schema", "offered"),
    [
        (MONEY, ("EUR", "SEK")),
        ({"const": "EUR"}, ("EUR",)),
        ({"anyOf": [MONEY, {"type": "null"}]}, ("EUR", "SEK")),
        ({"oneOf": [{"const": "EUR", "title": "Euro"}, {"const": "USD"}]}, ("EUR", "USD")),
        ({"allOf": [{"$ref": "#/$defs/money"}]}, ("EUR", "GBP")),
        ({"$ref": "#/$defs/money"}, ("EUR", "GBP")),
    ],
)
def test_a_text_that_the_schema_lists_is_a_choice_however_it_lists_it(schema, offered):
    definitions = {"money": {"enum": ["EUR", "GBP"]}}
    assert listed({"currency": schema}, {"currency": "EUR"}, **{"$defs": definitions}) == {"currency": offered}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "EUR"),
        ({"enum": [7, 8]}, 7),
        (True, "EUR"),
        ({"enum": [f"k{number}" for number in range(MOST_OFFERED + 1)]}, "k1"),
        ({"enum": ["a", "x" * (LONGEST + 1)]}, "a"),
        (MONEY, "USD"),
    ],
)
def test_what_is_free_no_text_or_much_is_none(schema, value):
    assert listed({"field": schema}, {"field": value, "other": "EUR"}) == {}


def test_choices_in_objects_and_lists_are_named_by_the_way_to_them():
    lines = {"type": "array", "items": {"type": "object", "properties": {"unit.of": MONEY}}}
    payload = {"lines": [{"unit.of": "SEK"}, {"unit.of": "EUR"}], "tags": ["EUR"], "to": {"in": {"deep": "EUR"}}}
    tags = {"type": "array", "items": {"$ref": "#/$defs/tag"}}
    found = listed({"lines": lines, "tags": tags, "to": False}, payload, **{"$defs": {"tag": MONEY}})
    assert sorted(found) == ['lines.0."unit.of"', 'lines.1."unit.of"', "tags.0"]


def test_however_much_there_is_a_bounded_number_is_looked_up():
    payload = {"all": ["EUR"] * 50_000}
    assert len(listed({"all": {"type": "array", "items": MONEY}}, payload)) == MOST_CHOICES
    assert listed({"all": {"type": "array", "items": MONEY}}, {"all": [*[7] * 5_000, "EUR"]}) == {}
    many = {"anyOf": [{"const": f"k{number}"} for number in range(200)]}
    assert listed({"field": many}, {"field": "k1"}) == {}


@pytest.mark.parametrize("tier", Tier)
def test_the_gate_of_what_people_look_at_has_them_as_the_present_payload_is(tmp_path, tier):
    (tmp_path / "refund.json").write_text('{"type": "object", "properties": {"currency": {"enum": ["EUR", "SEK"]}}}')
    path = written(tmp_path, rules=[rule(tier=str(tier))], schemas={"refund.create": "refund.json"})
    actions = [Action(name="refund.create", payload=each) for each in ({"note": "-"}, {"currency": "EUR"})]
    policy = load(path, ENVIRON)
    gate = policy.judge(ask(), actions, nothing_known(policy, ask(), actions[-1]))
    expected = (Choice(path="currency", offered=("EUR", "SEK")),) if tier in (Tier.watch, Tier.approve) else ()
    assert gate.choices == expected
