"""What is said of a condition before anything is proposed: by itself, and beside the schema of its action."""

import json

import pytest

from policy import check_policy
from policy.expressions.condition import BadExpression, Unevaluable, compiled, condition_inputs
from policy.expressions.operators import ValueType
from policy.expressions.types import declared
from tests.policy.files import ENVIRON, ask, policy_with, refund, rule, written


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("payload.a > 1 && 'x' == 1", "text is never the same as a number"),
        ("action != 1", "text is never the same as a number"),
        ("confidence > '1'", "a number cannot be compared with text"),
        ("payload.a > ['x']", "a comparison takes .*, and this is a list"),
        ("payload > payload", "a comparison takes .*, and this is an object"),
        ("agent in [1, 2.5]", "text is never in a list of a number"),
        ("'a' in 'abc'", "in takes a list, and this is text"),
        ("payload.a && 1 > 0 && 'x'", "&& takes true or false, and this is text"),
        ("!agent", "! takes true or false, and this is text"),
        ("agent ? true : false", "a question .* takes true or false, and this is text"),
        ("'x' + 1 == payload.a", "text cannot stand beside \\+ with a number"),
        ("payload + payload.a == 1", "\\+ takes .*, and this is an object"),
        ("agent - payload.a == 1", "- takes .*, and this is text"),
        ("-agent == payload.a", "- takes .*, and this is text"),
        ("agent * 2 > payload.a", "\\* takes a number, and this is text"),
        ("payload.n % 2.5 > 1", "% is for whole numbers, and 2.5 is none"),
        ("agent.x == 1", "the field x takes an object, and this is text"),
        ("has(agent.x)", "the field x takes an object, and this is text"),
        ("agent[0] == 'x'", "\\[ \\] takes a list or an object, and this is text"),
        ("payload[0] == 'x'", "\\[ \\] takes text, and this is a number"),
        ("[1]['x'] == 1", "\\[ \\] takes a number, and this is text"),
        ("payload.a[true] == 1", "\\[ \\] takes a number or text, and this is true or false"),
        ("{1: 'a'}[payload.n] == 'a'", "the name of a field takes text, and this is a number"),
        ("agent.all(x, x == 'a')", "a macro such as all takes a list, and this is text"),
        ("agent.startsWith(1)", "startsWith takes text, and this is a number"),
        ("agent.startsWith('a', 'b')", "startsWith takes 1, not 2"),
        ("size() > 1", "size takes 1, not 0"),
        ("startsWith(agent, 'a')", "startsWith is called as x.startsWith"),
        ("payload.a.double() > 1", "double is called as double"),
        ("payload.a.lower() == 'a'", "there is no function lower"),
        ("lower(agent) == 'a'", "there is no function lower"),
        ("Foo{a: 1} == payload.a", "Foo is no function"),
        ("agent.matches('(')", "'\\(' is no regular expression of RE2"),
        ("payload.a == 1 && amount > 1", "undeclared reference to 'amount'; a condition may read action"),
        ("payload.xs.map(x, x + 1)", "gives a list, not true or false"),
        ("payload.a + 1", "gives a number, not true or false"),
        ("timestamp(payload.at)", "gives a moment, not true or false"),
    ],
)  # fmt: skip
def test_what_never_has_an_answer_stops_the_start(source, why):
    with pytest.raises(BadExpression, match=why):
        compiled(source)


@pytest.mark.parametrize(
    "source",
    [
        "payload.a",
        "payload.a ? payload.b : payload.c",
        "payload.a ? true : payload.c",
        "dyn(payload.a)",
        "payload.xs[0]",
        "payload['x y'] == 1",
        "payload.a - payload.b == payload.c",
        "timestamp(payload.a) - duration(payload.b) > timestamp(payload.c)",
        "agent == payload.a && null == payload.a && payload.a != null",
        "agent in ['a', payload.a]",
        "agent in [payload.a, 1]",
        "payload.x.y.z == [payload.a][0]",
        "payload.xs[0].name == 1 && ''.matches('')",
        "[1, 2].exists(payload, payload > 1)",
    ],
)
def test_what_may_have_an_answer_is_left_to_the_proposal(source):
    assert compiled(source)


SCHEMA = {
    "type": "object",
    "properties": {
        "amount": {"type": "number"},
        "env": {"type": "string"},
        "flag": {"type": "boolean"},
        "n": {"type": "integer"},
        "tags": {"type": "array"},
        "labels": {"type": "object", "properties": {"owner": {"type": "string"}, "any": {}, "odd": True}},
        "either": {"type": ["string", "null"]},
        "nothing": {"type": "null"},
        "strange": {"type": "widget"},
    },
}


def test_a_schema_says_the_types_of_fields_where_there_is_one_of_each():
    assert declared(SCHEMA) == {
        ("payload", "amount"): ValueType.number,
        ("payload", "env"): ValueType.text,
        ("payload", "flag"): ValueType.truth,
        ("payload", "n"): ValueType.number,
        ("payload", "tags"): ValueType.list,
        ("payload", "labels"): ValueType.object,
        ("payload", "labels", "owner"): ValueType.text,
        ("payload", "nothing"): ValueType.null,
    }
    assert declared(True) == declared({"properties": []}) == {}


def described(folder, *conditions, **keys):
    schema = {**SCHEMA, "properties": {k: v for k, v in SCHEMA["properties"].items() if k != "strange"}}
    (folder / "refund.json").write_text(json.dumps(schema), encoding="utf-8")
    return {"schemas": {"refund.create": "refund.json"}, "rules": [rule(when=list(conditions), **keys)]}


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("payload.amount == '100'", "a number is never the same as text"),
        ("payload.env > 3", "text cannot be compared with a number"),
        ("payload.labels.owner in [1]", "text is never in a list of a number"),
        ("payload.flag + 1 > 1", "+ takes "),
        ("payload.env.all(x, x == 'a')", "a macro such as all takes a list, and this is text"),
        ("payload.env", "gives text, not true or false"),
    ],
)
def test_a_condition_that_a_schema_never_lets_be_evaluated_is_warned_of(tmp_path, condition, why):
    examined = check_policy(written(tmp_path, **described(tmp_path, condition)), ENVIRON)
    (warned,) = [each for each in examined.warnings if each.key == "when[0]"]
    assert warned.message.startswith("can never be evaluated, by the schema of refund.create: ")
    assert why in warned.message
    assert "asks people whatever is proposed" in warned.remedy


@pytest.mark.parametrize("condition", ["payload.amount > 1", "payload.either == 'x'", "'x' in payload.labels"])
def test_a_condition_that_fits_its_schema_is_nothing_to_warn_of(tmp_path, condition):
    examined = check_policy(written(tmp_path, **described(tmp_path, condition)), ENVIRON)
    assert [each for each in examined.warnings if each.rule == "it"] == []


@pytest.mark.parametrize(
    ("condition", "right"),
    [
        ("'owner' in payload.labels", True),
        ("'boss' in payload.labels", False),
        ("size(payload.labels) == 2", True),
        ("payload.labels.size() == 2", True),
        ("payload.labels.exists(k, k == 'team')", True),
    ],
)
def test_the_names_of_an_objects_fields_are_asked_only_where_a_schema_says_that_it_is_one(tmp_path, condition, right):
    described_here = policy_with(tmp_path, **described(tmp_path, condition, tier="block"))
    action = refund(labels={"owner": "x", "team": "y"})
    (weighed,) = described_here.explain(ask(), action).weighed
    assert (weighed.matched, weighed.doubts) == (right, ())
    (elsewhere,) = policy_with(tmp_path, rules=[rule(when=[condition])]).explain(ask(), action).weighed
    assert [why for _, why in elsewhere.doubts] == ["a field has another type"]


def test_what_a_macro_names_payload_is_not_the_payload(tmp_path):
    condition = "payload.tags.exists(payload, payload.env == 5)"
    examined = check_policy(written(tmp_path, **described(tmp_path, condition)), ENVIRON)
    assert [each for each in examined.warnings if each.rule == "it"] == []


def test_a_condition_that_a_schema_contradicts_stays_without_an_answer(tmp_path):
    policy = policy_with(tmp_path, **described(tmp_path, "payload.amount == '100'", tier="auto"))
    assert str(policy.explain(ask(), refund(amount=100)).tier) == "approve"


def test_what_is_looked_at_is_bounded_whatever_a_loop_is_in():
    nested = compiled("payload.a.all(x, payload.a.all(y, payload.a.all(z, z <= x || y <= z || true)))")
    assert nested.ask(condition_inputs(ask(), refund(a=list(range(1000))))) == Unevaluable("it would take too long")
    weighty = compiled("payload.a.all(x, payload.b.contains('a') || payload.c == payload.d || true)")
    big = {"a": list(range(3000)), "b": "b" * 50_000, "c": {"x": [1] * 5000}, "d": {"x": [1] * 5000}}
    assert weighty.ask(condition_inputs(ask(), refund(**big))) == Unevaluable("it would take too long")
