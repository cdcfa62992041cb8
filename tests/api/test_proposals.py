"""Proposing, reading, claiming, reporting and withdrawing, as an agent does it."""

import asyncio
import hashlib
import json

import pytest

from tests.api.conftest import OTHER_TOKEN, body


async def test_a_proposal_is_stored_and_answered_with_what_the_policy_asks(endpoint):
    made = await endpoint.propose(run_id="run-1", tool_call_id="call-1", preconditions=["The order is unpaid."])
    assert endpoint.headers["Location"] == f"/v1/proposals/{made['id']}"
    assert (made["status"], made["cause"], made["version"], made["revision"], made["edited"]) == (
        "pending",
        None,
        1,
        1,
        False,
    )
    assert made["tier"] == "approve"
    assert made["risk"] == [{"rule": "refund-large", "reason": "Refund above 100"}]
    assert (made["gate"]["roles"], made["gate"]["approvals"]) == (["finance"], 1)
    assert (made["created_at"], made["expires_at"]) == ("2026-11-20T10:15:00.000Z", "2026-11-20T11:15:00.000Z")
    assert (made["run_id"], made["tool_call_id"], made["preconditions"]) == (
        "run-1",
        "call-1",
        ["The order is unpaid."],
    )
    canonical = b'{"action":"refund.create","payload":{"amount":250,"order":"A-1"}}'
    assert made["digest"] == "sha256:" + hashlib.sha256(canonical).hexdigest()
    assert await endpoint.show(made) == made


async def test_the_cards_nonce_and_the_claimants_word_never_come_back(endpoint):
    made = await endpoint.propose(action="search.web", claim=True, claimant="a-word-of-mine")
    stored = await endpoint.lifecycle.store.find(made["id"])
    assert stored.claimant == hashlib.sha256(b"a-word-of-mine").hexdigest()
    assert stored.nonce not in json.dumps(made)
    assert stored.claimant not in json.dumps(made)


async def test_numbers_come_back_as_they_were_sent(endpoint):
    raw = json.dumps(body()).replace("250", '250.0, "n": 250, "big": 9007199254740991, "e": 1e2').encode()
    made = await endpoint.call("POST", "/v1/proposals", raw=raw, expect=201)
    claimed = json.dumps((await endpoint.show(made))["payload"])
    assert claimed == '{"amount": 250.0, "n": 250, "big": 9007199254740991, "e": 100.0, "order": "A-1"}'


async def test_text_of_any_script_comes_back_whole(endpoint):
    payload = {"note": "Grüße 🧾 \u202e\u0000", "名": "值"}
    assert (await endpoint.propose(payload=payload))["payload"] == payload


async def test_what_the_policy_blocks_is_created_and_answers_rejected(endpoint):
    made = await endpoint.propose(action="db.drop_table")
    assert (made["status"], made["cause"], made["tier"]) == ("rejected", "blocked", "block")
    assert made["reason"] == "Tables are never dropped by agents"


async def test_what_the_policy_lets_run_can_be_claimed_in_the_same_call(endpoint):
    made = await endpoint.propose(action="search.web", claim=True)
    assert (made["status"], made["cause"], made["claimed_at"]) == ("claimed", "auto", "2026-11-20T10:15:00.000Z")
    assert (await endpoint.propose(claim=True))["status"] == "pending"


async def test_an_action_the_agents_entry_does_not_name_is_refused(endpoint):
    no = await endpoint.propose(action="email.send", expect=403)
    assert no["type"] == "urn:signoff:problem:action-not-allowed"
    assert "email.send" in no["detail"]


async def test_a_payload_that_fails_the_operators_schema_is_refused_with_its_field(endpoint):
    no = await endpoint.propose(action="refund.checked", payload={"amount": "much"}, expect=422)
    assert no["type"] == "urn:signoff:problem:schema"
    assert [error["pointer"] for error in no["errors"]] == ["/payload/amount"]


async def test_a_payload_that_fails_the_agents_own_schema_is_refused_with_its_field(endpoint):
    schema = {"properties": {"amount": {"maximum": 10}}}
    no = await endpoint.propose(payload_schema=schema, expect=422)
    assert [error["pointer"] for error in no["errors"]] == ["/payload/amount"]


async def test_a_repeated_key_gives_the_present_state_of_the_first(endpoint):
    made = await endpoint.propose(key='"order-17"')
    await endpoint.approve(made)
    again = await endpoint.propose(key="order-17", expect=200)
    assert (again["id"], again["status"]) == (made["id"], "approved")
    assert "Location" not in endpoint.headers


async def test_how_it_is_claimed_is_no_part_of_the_comparison_of_a_key(endpoint):
    made = await endpoint.propose(action="search.web", key="k", claim=True, claimant="one")
    again = await endpoint.propose(action="search.web", key="k", claimant="two", expect=200)
    assert (again["id"], again["status"]) == (made["id"], "claimed")


async def test_a_null_is_no_other_body_for_a_key(endpoint):
    made = await endpoint.propose(key="k", context=[{"title": "Mail"}], signals={"score": 1})
    nulls = {"summary": None, "signals": {"score": 1, "risk": None}, "context": [{"title": "Mail", "url": None}]}
    again = await endpoint.propose(key="k", **nulls, expect=200)
    assert again["id"] == made["id"]


async def test_a_null_in_the_payload_is_another_body(endpoint):
    await endpoint.propose(payload={"amount": 1}, key="k")
    await endpoint.propose(payload={"amount": 1, "note": None}, key="k", expect=422)


async def test_a_key_with_another_body_is_refused(endpoint):
    await endpoint.propose(key="k")
    no = await endpoint.propose(key="k", reasoning="Another reason.", expect=422)
    assert no["type"] == "urn:signoff:problem:key-reused"


async def test_a_key_belongs_to_one_agent(endpoint):
    mine = await endpoint.propose(key="k")
    theirs = await endpoint.propose(key="k", token=OTHER_TOKEN)
    assert mine["id"] != theirs["id"]


async def test_what_was_sent_is_kept_as_a_fingerprint_only_for_a_key(endpoint):
    with_key, without = await endpoint.propose(key="k"), await endpoint.propose()
    kept = [(await endpoint.lifecycle.store.find(each["id"])).fingerprint for each in (with_key, without)]
    assert [len(each) for each in kept] == [64, 0]


async def test_equal_proposals_without_a_key_stay_two(endpoint):
    assert (await endpoint.propose())["id"] != (await endpoint.propose())["id"]


@pytest.mark.parametrize("key", ["", '""', '"open', '"a"b"', "two words", "é", "x" * 256, '"a\\b"', "a\tb"])
async def test_a_key_that_is_no_word_is_refused(endpoint, key):
    no = await endpoint.call("POST", "/v1/proposals", body(), headers={"Idempotency-Key": key}, expect=422)
    assert no["type"] == "urn:signoff:problem:invalid"


async def test_a_key_may_have_quotes_in_quotes(endpoint):
    made = await endpoint.propose(key='"a\\"b\\\\c"')
    assert (await endpoint.lifecycle.store.find(made["id"])).idempotency_key == 'a"b\\c'


async def test_a_key_may_have_255_characters(endpoint):
    await endpoint.propose(key="x" * 255)


async def test_a_payload_runs_once_whoever_asks_again(endpoint):
    made = await endpoint.propose()
    await endpoint.approve(made)
    claimed = await endpoint.do(made, "claim", {"digest": made["digest"], "claimant": "mine"})
    assert (claimed["status"], claimed["payload"]) == ("claimed", made["payload"])
    assert await endpoint.do(made, "claim", {"digest": made["digest"], "claimant": "mine"}) == claimed
    for other in ({"claimant": "theirs"}, {}):
        no = await endpoint.do(made, "claim", {"digest": made["digest"], **other}, expect=409)
        assert no["type"] == "urn:signoff:problem:already-claimed"


async def test_of_many_claims_at_once_one_wins(endpoint):
    made = await endpoint.propose(action="search.web")

    async def claim(n):
        path = f"/v1/proposals/{made['id']}/claim"
        headers = {"Authorization": "Bearer token-of-shop-0123456789abcdefghijkl"}
        async with endpoint.http.post(
            path, json={"digest": made["digest"], "claimant": f"c{n}"}, headers=headers
        ) as response:
            return response.status

    assert sorted(await asyncio.gather(*(claim(n) for n in range(8)))) == [200] + [409] * 7


@pytest.mark.parametrize("digest", ["sha256:" + "0" * 64, "nonsense"])
async def test_another_digest_than_the_approved_is_refused(endpoint, digest):
    made = await endpoint.propose(action="search.web")
    no = await endpoint.do(made, "claim", {"digest": digest}, expect=409)
    assert no["type"] == "urn:signoff:problem:digest-mismatch"
    assert (await endpoint.show(made))["status"] == "approved"


async def test_nothing_is_claimed_before_it_is_approved(endpoint):
    made = await endpoint.propose()
    no = await endpoint.do(made, "claim", {"digest": made["digest"]}, expect=409)
    assert no["type"] == "urn:signoff:problem:not-approved"
    assert "Wait" in no["detail"]


async def test_a_claim_without_a_digest_names_the_field(endpoint):
    made = await endpoint.propose(action="search.web")
    no = await endpoint.do(made, "claim", {}, expect=422)
    assert no["errors"] == [{"pointer": "/digest", "detail": "This field is required."}]


async def test_a_report_is_taken_once_and_repeated_freely(endpoint):
    made = await endpoint.propose(action="search.web", claim=True)
    outcome = {"status": "succeeded", "detail": "Found 3."}
    done = await endpoint.do(made, "outcome", outcome)
    assert (done["status"], done["outcome"]["detail"]) == ("succeeded", "Found 3.")
    assert await endpoint.do(made, "outcome", outcome) == done
    no = await endpoint.do(made, "outcome", {"status": "failed"}, expect=409)
    assert no["type"] == "urn:signoff:problem:already-reported"


async def test_doubt_may_be_settled_later(endpoint):
    made = await endpoint.propose(action="search.web", claim=True)
    assert (await endpoint.do(made, "outcome", {"status": "unknown"}))["status"] == "unknown"
    assert (await endpoint.do(made, "outcome", {"status": "failed"}))["status"] == "failed"


async def test_nothing_is_reported_that_was_not_claimed(endpoint):
    made = await endpoint.propose(action="search.web")
    no = await endpoint.do(made, "outcome", {"status": "succeeded"}, expect=409)
    assert no["type"] == "urn:signoff:problem:not-approved"
    assert "Claim it before" in no["detail"]


async def test_a_proposal_can_be_taken_back_until_it_is_claimed(endpoint):
    made = await endpoint.propose()
    gone = await endpoint.do(made, "withdraw", {"reason": "No longer needed."})
    assert (gone["status"], gone["cause"], gone["reason"]) == ("withdrawn", "agent", "No longer needed.")
    claimed = await endpoint.propose(action="search.web", claim=True)
    no = await endpoint.do(claimed, "withdraw", {"reason": "Too late."}, expect=409)
    assert no["type"] == "urn:signoff:problem:already-claimed"


async def test_a_refused_verb_is_an_entry_of_the_audit_log(endpoint):
    made = await endpoint.propose(action="search.web")
    await endpoint.do(made, "claim", {"digest": "another"}, expect=409)
    (entry,) = [each for each in await endpoint.lifecycle.store.audit.entries(0, 100) if each.tag == "proposal:refused"]
    told = json.loads(entry.facts)
    assert (told["verb"], told["slug"], entry.actor_id) == ("claim", "digest-mismatch", "shop")


@pytest.mark.parametrize(("method", "verb", "sent"), [
    ("GET", "", None), ("POST", "/claim", {"digest": "x"}), ("POST", "/outcome", {"status": "failed"}), ("POST", "/withdraw", {"reason": "x"}),
])  # fmt: skip
async def test_another_agents_proposal_looks_like_none(endpoint, method, verb, sent):
    made = await endpoint.propose(action="refund.create")
    foreign = await endpoint.call(method, f"/v1/proposals/{made['id']}{verb}", sent, token=OTHER_TOKEN, expect=404)
    unknown = await endpoint.call(method, f"/v1/proposals/prp_{'f' * 32}{verb}", sent, token=OTHER_TOKEN, expect=404)
    assert foreign == unknown
    assert foreign["type"] == "urn:signoff:problem:not-found"


async def test_what_is_overdue_reads_as_expired_before_any_sweep(endpoint):
    made = await endpoint.propose(expires_in=60)
    endpoint.clock.forward(milliseconds=59_999)
    assert (await endpoint.show(made))["status"] == "pending"
    endpoint.clock.forward(milliseconds=1)
    late = await endpoint.show(made)
    assert (late["status"], late["cause"], late["resolved_at"]) == ("rejected", "expired", "2026-11-20T10:16:00.000Z")
    assert "silence is a no" in late["message"]
    assert "do not retry by yourself" in late["message"]


async def test_as_many_wait_as_the_policy_allows(endpoint):
    for _ in range(5):
        await endpoint.propose()
    no = await endpoint.propose(expect=429)
    assert no["type"] == "urn:signoff:problem:pending-limit"
    assert int(endpoint.headers["Retry-After"]) > 0


async def test_the_list_has_the_agents_own_newest_first_in_pages(endpoint):
    made = []
    for _ in range(3):
        made.append((await endpoint.propose(action="search.web"))["id"])
        endpoint.clock.forward(seconds=1)
    await endpoint.propose(token=OTHER_TOKEN)
    first = await endpoint.call("GET", "/v1/proposals?limit=2")
    assert [each["id"] for each in first["proposals"]] == made[:0:-1]
    rest = await endpoint.call("GET", f"/v1/proposals?limit=2&cursor={first['next_cursor']}")
    assert [each["id"] for each in rest["proposals"]] == made[:1]
    assert rest["next_cursor"] is None


async def test_the_list_can_be_narrowed(endpoint):
    one = await endpoint.propose(run_id="run/1 ü")
    two = await endpoint.propose(action="search.web", run_id="run-2")
    for query, found in [
        ("status=pending", one), ("status=approved", two), ("action=search.web", two),
        ("run_id=run/1%20%C3%BC", one), ("run_id=run-2&status=approved", two),
    ]:  # fmt: skip
        page = await endpoint.call("GET", f"/v1/proposals?{query}")
        assert [each["id"] for each in page["proposals"]] == [found["id"]], query
    assert await endpoint.call("GET", "/v1/proposals?status=failed") == {"proposals": [], "next_cursor": None}


async def test_the_list_never_calls_pending_what_time_has_ended(endpoint):
    await endpoint.propose()
    endpoint.clock.forward(hours=1)
    assert (await endpoint.call("GET", "/v1/proposals?status=pending"))["proposals"] == []
    (late,) = (await endpoint.call("GET", "/v1/proposals"))["proposals"]
    assert late["cause"] == "expired"


@pytest.mark.parametrize("query", [
    "status=waiting", "status=", "limit=0", "limit=101", "limit=x", "limit=1_0", "limit=%D9%A1", "cursor=nonsense", "cursor=",
    "cursor=LTEueA", "stauts=pending", "limit=1&limit=2", "run_id=%00", "action=" + "a" * 501,
])  # fmt: skip
async def test_a_question_the_list_does_not_understand_is_refused(endpoint, query):
    no = await endpoint.call("GET", f"/v1/proposals?{query}", expect=422)
    assert no["type"] == "urn:signoff:problem:invalid"
