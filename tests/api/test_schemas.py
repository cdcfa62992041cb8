"""What a body may say: strict types, no unknown field, a pointer for each fault."""

import pytest

from bot.api.requests import ClaimSent, OutcomeSent, ProposalSent, WithdrawalSent, read_body, without_nulls
from bot.api.strict_json import Faulty

LEAST = {"action": "refund.create", "payload": {"amount": 250}, "reasoning": "Lost parcel."}


def faults(body, model=ProposalSent):
    with pytest.raises(Faulty) as caught:
        read_body(model, body)
    return {fault.pointer: fault.detail for fault in caught.value.faults}


def test_the_least_that_can_be_proposed_is_action_payload_and_reasoning():
    sent = read_body(ProposalSent, LEAST)
    assert (sent.action, sent.payload, sent.claim, sent.confidence) == ("refund.create", {"amount": 250}, False, None)
    assert set(faults({})) == {"/action", "/payload", "/reasoning"}


def test_numbers_stay_what_they_were_sent_as():
    sent = read_body(
        ProposalSent, LEAST | {"payload": {"a": 250, "b": 250.0}, "signals": {"n": 1, "f": 1.0, "b": True, "t": "x"}}
    )
    assert [type(value) for value in sent.payload.values()] == [int, float]
    assert [type(value) for value in sent.signals.values()] == [int, float, bool, str]


WRONG = [
    ("action", "Refund"), ("action", ""), ("action", "a" * 101), ("action", "a.b\n"), ("action", 3), ("action", None),
    ("payload", []), ("payload", None), ("payload", "{}"),
    ("reasoning", ""), ("reasoning", "x" * 8001), ("reasoning", ["x"]),
    ("summary", "x" * 151), ("summary", "a\nb"), ("summary", "a\u2028b"),
    ("confidence", False), ("confidence", 1.01), ("confidence", -0.1), ("confidence", "0.5"),
    ("signals", []), ("source", "sure"), ("source", True), ("context", {}), ("context", [{"title": "x"}] * 21),
    ("preview", "diff"), ("preview", {"kind": "picture"}), ("preview", {}),
    ("rollback_plan", "x" * 2001), ("preconditions", "x"), ("payload_schema", True), ("payload_schema", "{}"),
    ("on_behalf_of", "alice"), ("run_id", 7), ("run_id", ""), ("tool_call_id", "a\x00"), ("traceparent", "00-x"),
    ("expires_in", 0), ("expires_in", 60.0), ("expires_in", True), ("expires_in", "60"),
    ("callback_url", 1), ("callback_url", ""), ("callback_url", "ftp://a.example/"), ("callback_url", "/hooks"),
    ("callback_url", "https://a.example/" + "x" * 2000),
    ("claim", 1), ("claim", "true"), ("claimant", ""), ("claimant", 5),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_value_of_the_wrong_kind_or_size_is_a_fault_at_its_field(field, value):
    assert set(faults(LEAST | {field: value})) == {f"/{field}"}


@pytest.mark.parametrize("field", ["nonce", "agent", "status", "Action", ""])
def test_an_unknown_field_is_a_fault(field):
    assert faults(LEAST | {field: "x"}) == {f"/{field}": "There is no such field; leave it out."}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"context": [{"title": "a"}, {"title": "b", "text": 3}]}, "/context/1/text"),
        ({"context": [{"text": "a"}]}, "/context/0/title"),
        ({"context": [{"title": "a", "url": "javascript:alert(1)"}]}, "/context/0/url"),
        ({"preview": {"kind": "diff", "before": "a", "after": "b", "diff": "c"}}, "/preview/diff"),
        ({"preview": {"kind": "text", "text": 3}}, "/preview/text"),
        ({"signals": {"a/b": {"deep": 1}}}, "/signals/a~1b"),
        ({"signals": {"long": "x" * 201}}, "/signals/long"),
        ({"preconditions": ["fine", ""]}, "/preconditions/1"),
    ],
)
def test_a_pointer_leads_to_the_very_place_inside_a_field(body, where):
    assert set(faults(LEAST | body)) == {where}


@pytest.mark.parametrize("body", [[], "x", 3, None, True])
def test_a_body_that_is_no_object_is_a_fault_of_the_whole(body):
    assert faults(body) == {"": "Send a JSON object."}


@pytest.mark.parametrize(
    "schema",
    [{"type": 3}, {"$ref": "http://127.0.0.1:9/x"}, {"$ref": "other.json"}, {"$schema": "http://json-schema.org/draft-03/schema#"},
     {"pattern": "("}, {"$ref": "#/$defs/none"}],
)  # fmt: skip
def test_a_payload_schema_that_is_none_or_reaches_outside_is_a_fault(schema):
    found = faults(LEAST | {"payload_schema": schema})
    assert set(found) == {"/payload_schema"}
    assert found["/payload_schema"].startswith("The schema cannot be used: ")


def test_a_short_schema_that_multiplies_is_a_fault_and_not_run():
    doubling = {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(30)} | {"a30": {}}
    assert set(faults(LEAST | {"payload_schema": {"$ref": "#/$defs/a0", "$defs": doubling}})) == {"/payload_schema"}


def test_a_payload_schema_may_refer_to_its_own_parts():
    schema = {"$defs": {"money": {"type": "number"}}, "properties": {"amount": {"$ref": "#/$defs/money"}}}
    assert read_body(ProposalSent, LEAST | {"payload_schema": schema}).payload_schema == schema


def test_null_says_as_much_as_leaving_an_optional_field_out():
    assert read_body(ProposalSent, LEAST | {"summary": None, "confidence": None, "preview": None}) == read_body(
        ProposalSent, LEAST
    )


OPTIONAL = {name for name, field in ProposalSent.model_fields.items() if not field.is_required()}


@pytest.mark.parametrize("name", sorted(OPTIONAL))
def test_null_is_taken_for_every_optional_field_and_says_nothing(name):
    assert read_body(ProposalSent, LEAST | {name: None}) == read_body(ProposalSent, LEAST)
    assert without_nulls(LEAST | {name: None}) == LEAST


def test_null_is_absent_inside_what_is_ours_and_stays_in_the_payload():
    said = LEAST | {
        "payload": {"note": None, "to": [None]},
        "signals": {"risk": None, "score": 1},
        "context": [{"title": "Mail", "text": None, "url": None}],
    }
    read_ = read_body(ProposalSent, said)
    assert read_.payload == {"note": None, "to": [None]}
    assert read_.signals == {"score": 1}
    assert read_ == read_body(ProposalSent, without_nulls(said))
    assert without_nulls(said)["payload"] == said["payload"]


def test_a_required_field_that_is_null_is_missing():
    assert faults(LEAST | {"reasoning": None}) == {"/reasoning": "This field is required."}


def test_a_claim_wants_a_digest():
    assert set(faults({}, ClaimSent)) == {"/digest"}
    assert set(faults({"digest": 3, "claimant": None, "more": 1}, ClaimSent)) == {"/digest", "/more"}


def test_an_outcome_is_one_of_three():
    assert read_body(OutcomeSent, {"status": "unknown"}).status == "unknown"
    assert set(faults({"status": "claimed"}, OutcomeSent)) == {"/status"}


def test_a_withdrawal_wants_a_reason():
    assert set(faults({}, WithdrawalSent)) == set(faults({"reason": ""}, WithdrawalSent)) == {"/reason"}
