"""T16: the same bytes on the card, in the answer, in the log and in the claim. What cannot be canonical: tests/api."""

import hashlib
import json

import pytest
import rfc8785

from tests.town import SUPPORT, visible_text

ODD = [
    '{"to":"a","n":250.0}',
    '{"to":"a","n":250}',
    '{"to":"a","n":1e21,"m":-0.0,"k":0.1}',
    '{"to":"a","n":9007199254740991}',
    '{"z":1,"a":{"c":[null,true,{"x":"\\u0000\\u001f\\ud83d\\ude00"}]},"B":"\\u00e9"}',
    '{"__proto__":{"to":"b"},"to":"a","":"empty key"}',
    '{"to":"a","text":"\\\\u0022,\\"to\\":\\"b\\""}',
]


@pytest.mark.parametrize("payload", ODD)
async def test_t16_what_is_proposed_is_what_is_shown_logged_and_claimed(town, payload):
    body = '{"action":"email.send","reasoning":"r","payload":' + payload + "}"
    headers = {"Content-Type": "application/json"}
    async with town.agent.post("/v1/proposals", data=body, headers=headers) as response:
        proposal = await response.json()
        assert response.status == 201, proposal
    sent = json.loads(payload)
    digest = hashlib.sha256(rfc8785.dumps({"action": "email.send", "payload": sent})).hexdigest()
    card = await town.card(SUPPORT, proposal)
    assert proposal["digest"] == f"sha256:{digest}"
    assert f"sha256:{digest[:12]}" in visible_text(card)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    claimed = await town.claim(proposal)
    assert json.dumps(claimed["payload"], sort_keys=True) == json.dumps(sent, sort_keys=True)
    (submitted,) = [each for each in await town.entries(proposal["id"]) if each.tag == "proposal:submitted"]
    logged = json.loads(submitted.content)["action"]
    assert json.dumps(logged["payload"], sort_keys=True) == json.dumps(sent, sort_keys=True)


@pytest.mark.parametrize(
    "payload",
    [
        '{"to":"a","to":"b"}',
        '{"a":{"to":"a","to":"b"}}',
        '{"to":"a","\\u0074o":"b"}',
        '{"n":NaN}',
        '{"n":-Infinity}',
        '{"n":1e999}',
        '{"n":9007199254740993}',
        '{"s":"\\ud800"}',
        '{"\\udc00":1}',
        '{"deep":' + "[" * 40 + "]" * 40 + "}",
    ],
)
async def test_t16_what_two_readers_could_read_differently_reaches_nobody(town, payload):
    body = '{"action":"email.send","reasoning":"r","payload":' + payload + "}"
    async with town.agent.post("/v1/proposals", data=body, headers={"Content-Type": "application/json"}) as response:
        assert response.status in (400, 422)
    assert [each for each in await town.entries() if each.proposal_id is not None] == []
    assert town.slack.messages(SUPPORT) == []


async def test_t16_a_big_integer_typed_into_a_form_is_a_fault_on_the_field(town):
    proposal, card = await town.proposed(payload={"n": 5, "to": "a"})
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.modal_saying("U0ALICE", "to")
    await town.slack.submit("U0ALICE", {"n": "9007199254740993"})
    assert town.slack.modal("U0ALICE")["errors"]
    assert (await town.get(proposal["id"]))["revision"] == 1
