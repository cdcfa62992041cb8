import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from approvals.refusals import Fault
from policy.json_schema.schemas import HEAVIEST, MOST_FAULTS, UnusableSchema, agents_schema, operators_schema
from tests.policy.files import ask, faults_with, policy_with, refund

REFUND = {
    "type": "object",
    "properties": {"amount": {"type": "number", "maximum": 5}, "note": {"type": "string", "maxLength": 3}},
    "required": ["amount"],
    "additionalProperties": False,
}


def doubling(levels):
    parts = {f"p{level}": {"allOf": [{"$ref": f"#/$defs/p{level + 1}"}] * 2} for level in range(levels)}
    return {"$ref": "#/$defs/p0", "$defs": {**parts, f"p{levels}": {"type": "object"}}}


def nested(levels):
    schema = {"type": "object"}
    for _ in range(levels):
        schema = {"not": schema}
    return schema


def with_schema(folder, text, **sections):
    (folder / "refund.json").write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    return {"schemas": {"refund.create": "refund.json"}, **sections}


def test_each_fault_points_at_its_field():
    assert set(operators_schema(REFUND).faults({"note": "long", "a/b~c": 1})) == {
        Fault("/amount", "is missing"),
        Fault("/note", "is longer than 3 characters"),
        Fault("/a~1b~0c", "is not a field of this action"),
    }


def test_a_sound_payload_has_no_faults_whatever_kind_its_numbers_are():
    assert operators_schema(REFUND).faults({"amount": 5}) == ()
    assert operators_schema(REFUND).faults({"amount": 5.0}) == ()
    assert operators_schema({"properties": {"n": {"type": "integer"}}}).faults({"n": 250.0}) == ()


def test_a_fault_does_not_repeat_what_may_be_secret():
    schema = operators_schema({"properties": {"key": {"type": "integer"}, "other": {"enum": [1]}}})
    assert "hunter2" not in str(schema.faults({"key": "hunter2", "other": "hunter2"}))


def test_a_long_fault_is_told_by_the_name_of_what_it_fails():
    schema = operators_schema({"properties": {"a": {"const": "x" * 400}}})
    assert schema.faults({"a": 1}) == (Fault("/a", "fails const"),)


def test_formats_are_checked():
    schema = operators_schema({"properties": {"to": {"type": "string", "format": "email"}}})
    assert [fault.pointer for fault in schema.faults({"to": "nobody"})] == ["/to"]


def test_faults_are_many_but_bounded():
    schema = operators_schema({"properties": {"a": {"items": {"type": "string"}}}, "unevaluatedProperties": False})
    assert len(schema.faults({"a": list(range(1000))})) == MOST_FAULTS
    assert len(schema.faults({str(number): 1 for number in range(1000)})) == MOST_FAULTS


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ([], "must its schema be"),
        (True, "must its schema be"),
        ({"properties": {"a": {"minLength": "x"}}}, "^properties/a/minLength: "),
        ({"$schema": "https://example.com/own"}, "known; write the address of one of 2020-12, 2019-09, draft-07"),
        ({"$schema": 7}, "has to be a text"),
        ({"$ref": "http://127.0.0.1:1/x.json"}, "127.0.0.1"),
        ({"$ref": "file:///etc/passwd"}, "etc/passwd"),
        ({"$ref": "other.json"}, "other.json"),
        ({"$ref": "#/$defs/nothing"}, "nothing"),
        ({"properties": {"a": {"pattern": "(?=x)y"}}}, "looks around with"),
        (nested(300), "too deep"),
    ],
)
def test_an_unusable_schema_is_refused_and_nothing_is_fetched(schema, why):
    with pytest.raises(UnusableSchema, match=why):
        operators_schema(schema)


@pytest.fixture
def elsewhere():
    """A server on this machine that has a schema for whoever asks, and the paths that were asked for."""
    asked = []

    class Schemas(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Schemas) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/x.json", asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("key", ["$ref", "$dynamicRef"])
def test_what_a_schema_refers_to_elsewhere_is_not_even_asked_for(tmp_path, elsewhere, key):
    address, asked = elsewhere
    (tmp_path / "there.json").write_text("{}", encoding="utf-8")
    for target in (address, (tmp_path / "there.json").as_uri()):
        with pytest.raises(UnusableSchema):
            operators_schema({key: target})
        with pytest.raises(UnusableSchema):
            agents_schema({key: target})
    assert asked == []


@pytest.mark.parametrize("take", [operators_schema, agents_schema])
def test_what_a_text_is_said_to_contain_is_not_asked_for_elsewhere(elsewhere, take):
    address, asked = elsewhere
    with pytest.raises(UnusableSchema, match="is not in this file"):
        take({"properties": {"note": {"contentSchema": {"$ref": address}}}})
    assert asked == []


@pytest.mark.parametrize("take", [operators_schema, agents_schema])
def test_a_dialect_that_a_part_names_is_not_asked_for_elsewhere_and_the_part_holds_as_it_is(elsewhere, take):
    address, asked = elsewhere
    schema = take({"properties": {"note": {"$schema": address, "type": "string"}}})
    assert [fault.pointer for fault in schema.faults({"note": 1})] == ["/note"]
    assert schema.faults({"note": "late"}) == ()
    assert asked == []


def test_a_pattern_that_would_backtrack_for_ever_answers_at_once():
    schema = agents_schema({"properties": {"a": {"pattern": "^(a+)+$"}}})
    assert len(schema.faults({"a": "a" * 5000 + "b"})) == 1


def test_an_agents_schema_may_refer_to_its_own_parts():
    schema = agents_schema(
        {
            "properties": {"lines": {"items": {"$ref": "#/$defs/a~1line"}}, "more": {"$ref": "#"}},
            "$defs": {"a/line": {"type": "string"}},
        }
    )
    assert schema.faults({"lines": ["x", 1], "more": {"more": {"lines": [1]}}}) == (
        Fault("/lines/1", 'is not of type "string"'),
        Fault("/more/more/lines/0", 'is not of type "string"'),
    )


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        (doubling(40), "too involved"),
        ({"properties": {"a": {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}}}, "too involved"),
        ({"enum": [[1]] * (HEAVIEST + 1)}, "too involved"),
        (nested(100), "too deep"),
        ({"$ref": "#anchor"}, "only to its own parts"),
        ({"$ref": "https://example.com/x"}, "only to its own parts"),
        ({"$id": "https://example.com/x", "$ref": "#/a"}, "which is not there"),
        ({"$id": "https://example.com/x", "$ref": "y"}, "only to its own parts"),
        ({"$dynamicRef": "#x"}, "only to its own parts"),
        ({"$ref": "#/type/0", "type": "object"}, "type/0"),
    ],
)
def test_an_agents_schema_that_could_keep_us_busy_is_refused(schema, why):
    with pytest.raises(UnusableSchema, match=why):
        agents_schema(schema)


def test_a_field_that_is_called_ref_is_no_reference():
    assert agents_schema({"properties": {"$ref": {"type": "string"}}}).faults({"$ref": "x"}) == ()


def test_the_operators_schema_and_the_agents_own_are_both_asked(tmp_path):
    policy = policy_with(tmp_path, **with_schema(tmp_path, REFUND))
    own = ask(payload_schema={"properties": {"amount": {"maximum": 1}}, "required": ["note"]})
    assert [fault.pointer for fault in policy.faults(own, refund(amount=9))] == ["/amount", "/note", "/amount"]
    assert policy.faults(ask(), refund(amount=1)) == ()


def test_a_schema_that_cannot_be_used_is_a_fault_of_the_payload_it_should_have_checked(tmp_path):
    (fault,) = policy_with(tmp_path).faults(ask(payload_schema={"$ref": "https://example.com/x"}), refund())
    assert fault.pointer == ""
    assert "payload_schema is unusable" in fault.detail


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is not JSON"),
        ('{"type": "object", "type": "array"}', "twice"),
        ("[]", "must its schema be"),
        ('{"$ref": "https://example.com/x"}', "example.com"),
    ],
)
def test_a_schema_file_that_cannot_be_used_stops_the_start(tmp_path, text, why):
    (fault,) = faults_with(tmp_path, **with_schema(tmp_path, text))
    assert fault.key == "schemas.refund.create"
    assert why in fault.message


def test_a_schema_file_that_is_not_there_or_not_text_stops_the_start(tmp_path):
    (tmp_path / "latin.json").write_bytes(b'"\xe4"')
    schemas = {"refund.create": "nowhere.json", "email.send": "latin.json"}
    told = {fault.key: fault.message for fault in faults_with(tmp_path, schemas=schemas)}
    assert told == {
        "schemas.refund.create": "nowhere.json cannot be read: No such file or directory",
        "schemas.email.send": "latin.json is not UTF-8",
    }
