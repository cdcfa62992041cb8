"""T22: an agent cannot decide, learns no card's secret, and sees nothing of another agent. Tokens: tests/api/test_auth."""

import json

from tests.threats.ground import nonce_of
from tests.town import AGENT_TOKEN, SUPPORT


async def test_t22_the_secret_of_a_card_is_in_no_answer_of_a_whole_journey(town):
    said = []

    async def listen(method, path, body=None):
        async with town.agent.request(method, path, json=body) as response:
            said.append(str(dict(response.headers)) + await response.text())

    proposal, card = await town.proposed(claim=True, claimant="a-claimant-word")
    said.append(json.dumps(proposal))
    secrets = {nonce_of(card)}
    path = f"/v1/proposals/{proposal['id']}"
    await listen("GET", path)
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.modal_saying("U0ALICE", "subject")
    forms = {town.slack.modal("U0ALICE")["private_metadata"]}
    await town.slack.submit("U0ALICE", {"subject": "Goodbye"})
    await town.modal_saying("U0ALICE", "Approve with changes")
    forms.add(town.slack.modal("U0ALICE")["private_metadata"])
    await town.slack.submit("U0ALICE")
    answer = await town.get(proposal["id"])
    secrets |= {row[0] for row in town.rows("SELECT nonce FROM proposals")}
    for method, where, body in (
        ("GET", path, None),
        ("GET", "/v1/proposals", None),
        ("POST", f"{path}/claim", {"digest": proposal["digest"]}),
        ("POST", f"{path}/claim", {"digest": answer["digest"]}),
        ("POST", f"{path}/outcome", {"status": "succeeded"}),
        ("POST", f"{path}/withdraw", {"reason": "late"}),
        ("GET", path, None),
        ("GET", "/metrics", None),
        ("GET", "/readyz", None),
        ("GET", "/v1/proposals/prp_1", None),
    ):
        await listen(method, where, body)
    assert len(secrets) == 2
    for secret in (*secrets, *forms, town.slack.bot_token, town.slack.signing_secret, AGENT_TOKEN):
        assert not [each for each in said if secret in each], secret


async def test_t22_the_secret_of_a_card_is_not_in_the_log_either(town):
    proposal, card = await town.proposed()
    secret = nonce_of(card)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    payload = town.slack.last_payload
    payload["message"]["blocks"] = payload["message"]["blocks"][1:]
    await town.slack.deliver(payload, "interactive")
    entries = await town.entries()
    assert "card:mismatched" in [each.tag for each in entries]
    assert not [each.tag for each in entries if secret in each.facts + (each.content or "")]
    assert await town.status(proposal) == "approved"


async def test_t22_another_agents_proposals_do_not_exist(town):
    proposal, card = await town.proposed()
    path = f"/v1/proposals/{proposal['id']}"
    unknown = f"/v1/proposals/prp_{'0' * 32}"
    bodies = {
        "/claim": {"digest": proposal["digest"]},
        "/outcome": {"status": "succeeded"},
        "/withdraw": {"reason": "mine now"},
        "/reply": {"text": "mine now"},
    }
    for verb, body in (("", None), *bodies.items()):
        answers = []
        for where in (path, unknown):
            method = "GET" if body is None else "POST"
            answers.append(await town.call(method, where + verb, body, session=town.other, expect=404))
        mine, none = (json.dumps(each).replace(proposal["id"], "ID").replace(unknown[14:], "ID") for each in answers)
        assert mine == none, "what is another's sounds like what is not there"
    listed = await town.call("GET", "/v1/proposals", session=town.other)
    assert listed["proposals"] == []
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await town.call("POST", f"{path}/claim", bodies["/claim"], session=town.other, expect=404)
    assert await town.status(proposal) == "approved"


async def test_t22_a_key_of_one_agent_says_nothing_to_another(town):
    mine = await town.propose(key="key-1")
    other = await town.propose(key="key-1", session=town.other)
    assert mine["id"] != other["id"]
    await town.propose(key="key-1", payload={"to": "else"}, session=town.other, expect=422)
    assert (await town.propose(key="key-1", expect=200))["id"] == mine["id"]


async def test_t22_a_cursor_of_another_agent_shows_only_ones_own(town):
    for number in range(3):
        await town.propose(payload={"n": number})
    page = await town.call("GET", "/v1/proposals?limit=1")
    await town.propose(payload={"mine": 1}, session=town.other)
    stolen = await town.call("GET", f"/v1/proposals?cursor={page['next_cursor']}", session=town.other)
    assert stolen["proposals"] == []


async def test_t22_no_address_below_v1_decides(town):
    proposal, card = await town.proposed()
    body = {"verdict": "approve", "nonce": nonce_of(card), "reviewer": "U0ALICE", "status": "approved"}
    path = f"/v1/proposals/{proposal['id']}"
    for verb in ("approve", "decide", "reject", "revoke", "edit", "decisions", "resolution"):
        for method in ("POST", "PUT", "PATCH"):
            async with town.agent.request(method, f"{path}/{verb}", json=body) as response:
                assert response.status in (404, 405)
    for method in ("PUT", "PATCH", "DELETE"):
        async with town.agent.request(method, path, json=body) as response:
            assert response.status == 405
    await town.propose(status="approved", expect=422)
    await town.propose(tier="auto", expect=422)
    assert await town.status(proposal) == "pending"


async def test_t22_an_action_outside_its_entry_is_refused_whatever_its_spelling(town):
    for action in ("refund.create", "crm.delete", "email", "email.send/../refund.create", "EMAIL.send", "email.send\n"):
        session = town.other
        async with session.post("/v1/proposals", json={"action": action, "payload": {}, "reasoning": "r"}) as response:
            assert response.status in (403, 422), action
    assert [each for each in await town.entries() if each.tag == "proposal:submitted"] == []
