"""Whatever is thrown at the endpoint, it stays up and answers in problems."""

import json

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.api.strict_json import parse_request
from tests.api.conftest import TOKEN, body
from tests.laws import examples

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
FIELDS = [
    "action", "payload", "reasoning", "summary", "confidence", "signals", "source", "context", "preview", "rollback_plan", "preconditions",
    "payload_schema", "on_behalf_of", "run_id", "tool_call_id", "traceparent", "expires_in", "claim", "claimant",
]  # fmt: skip
KEYWORDS = [
    "$ref",
    "$id",
    "type",
    "properties",
    "items",
    "allOf",
    "pattern",
    "enum",
    "$defs",
    "minimum",
    "format",
    "required",
]
SCHEMA = st.recursive(
    JSON | st.sampled_from(["#", "#/$defs/a", "string", "(", "date"]),
    lambda inner: st.dictionaries(st.sampled_from(KEYWORDS), inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=12,
)
quick = settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def thrown(endpoint, raw, headers=None, path="/v1/proposals"):
    bearing = {"Authorization": f"Bearer {TOKEN}", **(headers or {})}
    async with endpoint.http.post(path, data=raw, headers=bearing) as response:
        assert response.status < 500
        answer = parse_request(await response.read())
        if response.status >= 300:
            assert response.content_type == "application/problem+json"
            assert answer["status"] == response.status
        else:
            assert answer["id"].startswith("prp_")
        return response.status


@quick
@given(st.binary(max_size=300))
@example(b"\x00")
@example(b'{"a":' * 1000)
async def test_any_bytes(endpoint, raw):
    assert 400 <= await thrown(endpoint, raw) < 500


@quick
@given(JSON)
async def test_any_json(endpoint, value):
    await thrown(endpoint, json.dumps(value).encode("utf-8", "surrogatepass"))


@quick
@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3))
async def test_any_value_in_any_field(endpoint, changes):
    await thrown(endpoint, json.dumps(body(action="search.web") | changes).encode())


@quick
@given(SCHEMA, JSON)
async def test_any_payload_schema_with_any_payload(endpoint, schema, value):
    sent = body(
        action="search.web", payload_schema={"properties": {"x": schema}, "$defs": {"a": schema}}, payload={"x": value}
    )
    await thrown(endpoint, json.dumps(sent).encode())


@quick
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=300))
async def test_any_idempotency_key(endpoint, key):
    sent = json.dumps(body(action="search.web")).encode()
    assert await thrown(endpoint, sent, {"Idempotency-Key": key}) in (200, 201, 422)


@quick
@given(
    st.sampled_from(["claim", "outcome", "rollback", "reply", "withdraw"]),
    JSON | st.dictionaries(st.sampled_from(["digest", "status", "reason", "text", "payload", "question"]), JSON),
)
async def test_any_json_at_the_verbs(endpoint, verb, value):
    made = f"/v1/proposals/prp_{'0' * 32}/{verb}"
    assert await thrown(endpoint, json.dumps(value).encode(), path=made) in (404, 422)


@quick
@given(st.dictionaries(st.sampled_from(["text", "payload", "question"]), JSON, max_size=3), JSON)
async def test_any_reply_to_a_question(endpoint, sent, value):
    made = await endpoint.propose(action="refund.small", payload={"note": 1}, key=None)
    await endpoint.ask(made, "Why?")
    raw = json.dumps({"text": "So.", "payload": {"note": value}} | sent).encode("utf-8", "surrogatepass")
    assert await thrown(endpoint, raw, path=f"/v1/proposals/{made['id']}/reply") in (200, 409, 422)
    await endpoint.do(made, "withdraw", {"reason": "Make room."})
