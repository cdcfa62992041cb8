"""Fields that a rule names and no payload can have: a mistyped path guards nothing and hides nothing."""

import json

import pytest

from policy.build import check_policy
from policy.checks.fields import REMEDY
from tests.policy.files import rule, written

SCHEMA = {
    "type": "object",
    "$defs": {
        "deep": {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/deep"}, {"$ref": "#/$defs/deep"}]}},
        "My Bank": {"type": "object", "properties": {"IBAN": {"type": "string"}}},
    },
    "properties": {
        "amount": {"type": "number"},
        "bank": {"$ref": "#/$defs/My%20Bank"},
        "people": {"type": "array", "items": {"anyOf": [{"properties": {"ssn": {}}}, {"properties": {"tls.key": {}}}]}},
        "free": {"type": "object"},
        "open": {"type": "object", "properties": {"a": {}}, "additionalProperties": {"type": "string"}},
        "never": False,
        "patterned": {"patternProperties": {"^x": {}}},
        "deep": {"$ref": "#/$defs/deep"},
    },
}
CLOSED = {**SCHEMA, "additionalProperties": False}
EITHER = {"unevaluatedProperties": False, "allOf": [{"properties": {"amount": {}}}, {"properties": {"note": {}}}]}


@pytest.mark.parametrize(
    ("keys", "unknown"),
    [
        ({"show": ["amount", "amuont"]}, ["show amuont"]),
        ({"redact": ["bank.iban", "people.ssn", "people.tls.key", "bank.bic"]}, ["redact bank.bic"]),
        ({"show": ["bank.iban", "bank.IBAN", "amount.x"]}, ["show bank.iban", "show amount.x"]),
        (
            {"show": ["free.a.b", "open.z", "patterned.z", "people.ssn", "never.x"]},
            ["show people.ssn", "show never.x"],
        ),
        ({"redact": ["deep.a", "deep"]}, ["redact deep.a"]),
        ({"title": "Pay {amuont} of {amount}, {action} {{}}"}, ["title amuont"]),
        ({"confirmation": {"type": "amuont"}}, ["confirmation amuont"]),
        ({"confirmation": "type"}, []),
        ({"first_time": ["to"]}, ["first_time payload.to"]),
        ({"unusual": {"field": "amuont", "times": 2}}, ["unusual payload.amuont"]),
        ({"repeat_of_rejected": True}, []),
        (
            {"remember_approval": {"may_differ": ["amuont"], "for": "1h", "max": 2}},
            ["remember_approval payload.amuont"],
        ),
        ({"action": "mail.*", "show": ["anything"]}, []),
        ({"edit": ["amuont", "amount"]}, ["edit amuont"]),
        ({"when": ["payload.amuont > 1.0"]}, ["when[0] amuont"]),
        ({"when": ["has(payload.bank.iban) && payload['amuont'] == 1"]}, ["when[0] amuont", "when[0] bank.iban"]),
        ({"when": ["payload.people.all(p, p.ssn == '' || payload.amuont > 1)"]}, ["when[0] amuont"]),
        ({"when": ["payload.free.x == 1 && payload.open.y == '' && signals.amuont > 1"]}, []),
    ],
    ids=str,
)
def test_a_path_that_no_schema_knows_is_found(tmp_path, keys, unknown):
    (tmp_path / "refund.json").write_text(json.dumps(SCHEMA))
    agents = {"bot": {"token_env": "BOT_TOKEN", "owner": "U0OWNER", "actions": ["refund.*", "mail.*"]}}
    rules = [rule(**keys)]
    path = written(tmp_path, agents=agents, schemas={"refund.create": "refund.json"}, rules=rules)
    examined = check_policy(path, None)
    assert examined.faults == ()
    told = [each for each in examined.warnings if "no schema of its actions" in each.message]
    said = [f"{each.key} {each.message.removeprefix('no schema of its actions has a field ')}" for each in told]
    assert sorted(said) == sorted(unknown)


@pytest.mark.parametrize(
    ("schema", "keys", "impossible"),
    [
        (CLOSED, {"show": ["amuont"]}, ["show amuont"]),
        (CLOSED, {"redact": ["amuont", "bank.iban", "people.ssn"]}, ["redact amuont"]),
        (CLOSED, {"when": ["payload.amuont > 1.0"]}, ["when[0] amuont"]),
        (CLOSED, {"edit": ["amuont"]}, ["edit amuont"]),
        (CLOSED, {"show": ["bank.bic", "open.b", "free.c"]}, []),
        (CLOSED, {"show": ["amount.x"]}, ["show amount.x"]),
        (SCHEMA, {"show": ["amuont"]}, []),
        (CLOSED, {"action": "refund.*", "show": ["amuont"]}, []),
        (EITHER, {"show": ["amount", "note"]}, []),
        (EITHER, {"show": ["nothing"]}, ["show nothing"]),
    ],
    ids=str,
)
def test_a_field_that_a_closed_schema_never_allows_stops_the_start(tmp_path, schema, keys, impossible):
    (tmp_path / "refund.json").write_text(json.dumps(schema))
    path = written(tmp_path, schemas={"refund.create": "refund.json"}, rules=[rule(**keys)])
    told = [each for each in check_policy(path, None).faults if "allows no field" in each.message]
    said = [f"{each.key} {each.message.removeprefix('the schema of refund.create allows no field ')}" for each in told]
    assert sorted(said) == sorted(impossible)


def test_the_field_that_is_meant_is_named(tmp_path):
    (tmp_path / "refund.json").write_text(json.dumps(CLOSED))
    keys = {"when": ["payload.bank.IBANN == ''", "payload.xyz == 1"]}
    path = written(tmp_path, schemas={"refund.create": "refund.json"}, rules=[rule(**keys)])
    examined = check_policy(path, None)
    assert [each.remedy for each in examined.faults] == [REMEDY]
    (tmp_path / "refund.json").write_text(json.dumps(SCHEMA))
    assert {each.remedy for each in check_policy(path, None).warnings if "no schema" in each.message} == {
        "Did you mean bank.IBAN?",
        REMEDY,
    }


def test_what_lies_very_deep_is_not_searched_for_a_name_that_is_near(tmp_path):
    deep = {"amount": {"type": "number"}}
    for name in ("e", "d", "c", "b", "a"):
        deep = {name: {"type": "object", "properties": deep}}
    (tmp_path / "refund.json").write_text(json.dumps({"type": "object", "properties": deep}))
    shown = [rule(show=["a.b.c.d.e.amuont"]), rule("near", show=["a.b.c.x"])]
    path = written(tmp_path, schemas={"refund.create": "refund.json"}, rules=shown)
    remedies = [each.remedy for each in check_policy(path, None).warnings if "no schema of its" in each.message]
    assert "Did you mean a.b.c.d.e.amount?" not in remedies
    assert len(remedies) == 2
