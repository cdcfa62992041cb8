"""Permits: for the attempt that claimed it, and for nobody else; and the keys and the record that prove it."""

import json
from datetime import timedelta

from approvals.digest import canonical, digest
from approvals.receipt import PERMIT, RECEIPT
from bot.signing import PublicKeys, Signer
from signoff_client.proof import faults
from tests.api.conftest import OTHER_TOKEN
from tests.making import START

WORD = "a-random-word-of-one-attempt"
KEYS = Signer.of([bytes(range(32))]).public_keys()
ISSUER = "https://signoff.example.com"


def claims(permit):
    return json.loads(KEYS.verify(permit, PERMIT)[0])


async def approved(endpoint, action="refund.create", **more):
    proposal = await endpoint.propose(action, **more)
    await endpoint.approve(proposal)
    return await endpoint.show(proposal)


async def claimed(endpoint, proposal, *, expect=200, **more):
    return await endpoint.do(proposal, "claim", {"digest": proposal["digest"], **more}, expect=expect)


async def test_the_claims_answer_carries_a_permit_for_exactly_that(endpoint):
    proposal = await approved(endpoint)
    endpoint.clock.forward(5, milliseconds=7)
    answer = await claimed(endpoint, proposal)
    assert claims(answer["permit"]) == {
        "iss": ISSUER,
        "sub": proposal["id"],
        "act": "refund.create",
        "digest": digest("refund.create", answer["payload"]),
        "agent": "shop",
        "iat": int(START.timestamp()) + 5,
        "exp": int(START.timestamp()) + 5 + proposal["gate"]["report_within"],
    }


async def test_the_claimants_retry_gets_the_same_bytes_and_nobody_else_any(endpoint):
    proposal = await approved(endpoint)
    first = await claimed(endpoint, proposal, claimant=WORD)
    endpoint.clock.forward(60)
    assert (await claimed(endpoint, proposal, claimant=WORD))["permit"] == first["permit"]
    for other in ({}, {"claimant": "another-word"}):
        assert "permit" not in await claimed(endpoint, proposal, expect=409, **other)


async def test_reading_shows_no_permit(endpoint):
    proposal = await approved(endpoint)
    assert proposal["permit"] is None
    answer = await claimed(endpoint, proposal, claimant=WORD)
    listed = await endpoint.call("GET", "/v1/proposals")
    receipt = await endpoint.show(proposal, "/receipt")
    for shown in (await endpoint.show(proposal), await endpoint.show(proposal, "?wait=1"), listed, receipt):
        assert answer["permit"] not in json.dumps(shown)
        assert answer["permit"].split(".")[2] not in json.dumps(shown)
    assert (await endpoint.show(proposal))["permit"] is None


async def test_what_is_claimed_as_it_is_submitted_comes_with_its_permit(endpoint):
    proposal = await endpoint.propose("search.web", key="k1", claim=True, claimant=WORD)
    assert proposal["status"] == "claimed"
    assert claims(proposal["permit"])["digest"] == proposal["digest"]


async def test_a_replay_shows_the_permit_to_its_claimant_alone(endpoint):
    proposal = await endpoint.propose("search.web", key="k1", claim=True, claimant=WORD)
    again = await endpoint.propose("search.web", key="k1", expect=200, claim=True, claimant=WORD)
    assert again["permit"] == proposal["permit"]
    for other in ({}, {"claim": True}, {"claim": True, "claimant": "another-word"}, {"claimant": ""}):
        expect = 422 if other.get("claimant") == "" else 200
        replay = await endpoint.propose("search.web", key="k1", expect=expect, **other)
        assert replay.get("permit") is None


async def test_a_claim_without_a_word_is_repeated_to_nobody(endpoint):
    proposal = await endpoint.propose("search.web", key="k1", claim=True)
    assert proposal["permit"]
    for other in ({}, {"claim": True}, {"claimant": WORD}):
        assert (await endpoint.propose("search.web", key="k1", expect=200, **other))["permit"] is None


async def test_what_is_not_claimed_has_no_permit_whatever_is_sent(endpoint):
    pending = await endpoint.propose("refund.create", key="k1", claim=True, claimant=WORD)
    assert (pending["status"], pending["permit"]) == ("pending", None)
    unclaimed = await endpoint.propose("search.web", key="k2", claimant=WORD)
    assert (unclaimed["status"], unclaimed["permit"]) == ("approved", None)
    blocked = await endpoint.propose("db.drop", claim=True, claimant=WORD)
    assert (blocked["status"], blocked["permit"]) == ("rejected", None)


async def test_a_permit_is_not_shown_again_once_it_is_reported_or_late(endpoint):
    one = await endpoint.propose("search.web", key="k1", claim=True, claimant=WORD)
    await endpoint.do(one, "outcome", {"status": "succeeded"})
    late = await endpoint.propose("search.web", key="k2", claim=True, claimant=WORD)
    endpoint.clock.at += timedelta(hours=2)
    await endpoint.lifecycle.sweep()
    for key in ("k1", "k2"):
        replay = await endpoint.propose("search.web", key=key, expect=200, claim=True, claimant=WORD)
        assert replay["permit"] is None
    assert claims(late["permit"])["exp"] <= endpoint.clock.now().timestamp()


async def test_no_permit_is_repeated_after_somebody_objected(endpoint):
    proposal = await endpoint.propose("mail.send", claim=True, claimant=WORD)
    assert proposal["permit"]
    await endpoint.object(proposal, "Wrong receiver.")
    again = await claimed(endpoint, proposal, claimant=WORD)
    assert (again["rollback"]["status"], again["permit"]) == ("requested", None)


# the keys


async def test_the_keys_are_public_named_by_thumbprint_and_may_be_kept_for_a_while(endpoint):
    keys = await endpoint.call("GET", "/.well-known/jwks.json", token=None)
    assert [sorted(key) for key in keys["keys"]] == [["alg", "crv", "kid", "kty", "use", "x"]]
    assert endpoint.headers["Content-Type"].startswith("application/jwk-set+json")
    assert endpoint.headers["Cache-Control"] == "public, max-age=300"
    permit = (await endpoint.propose("search.web", claim=True))["permit"]
    _, kid = PublicKeys.read(keys).verify(permit, PERMIT)
    assert kid == keys["keys"][0]["kid"]


# the record


def verified(receipt):
    """What the signature is over holds, and so does all that is in it."""
    body = {name: value for name, value in receipt.items() if name != "signature"}
    KEYS.verify(receipt["signature"], RECEIPT, canonical(body))
    assert faults(receipt, canonical) == []
    return receipt


async def test_the_receipt_is_there_at_any_status_and_says_whether_it_is_the_end(endpoint):
    proposal = await endpoint.propose()
    seen = [verified(await endpoint.show(proposal, "/receipt"))]
    await endpoint.approve(proposal)
    seen.append(verified(await endpoint.show(proposal, "/receipt")))
    await claimed(endpoint, proposal)
    seen.append(verified(await endpoint.show(proposal, "/receipt")))
    await endpoint.do(proposal, "outcome", {"status": "unknown"})
    seen.append(verified(await endpoint.show(proposal, "/receipt")))
    await endpoint.do(proposal, "outcome", {"status": "failed", "detail": "It bounced."})
    seen.append(verified(await endpoint.show(proposal, "/receipt")))
    told = [(each["proposal"]["status"], each["final"], each["permit"] is not None) for each in seen]
    assert told == [
        ("pending", False, False),
        ("approved", False, False),
        ("claimed", False, True),
        ("unknown", False, True),
        ("failed", True, True),
    ]
    assert seen[-1]["outcome"]["detail"] == "It bounced."


async def test_a_receipt_is_of_what_time_has_done_though_no_sweep_has_run(endpoint):
    proposal = await endpoint.propose()
    endpoint.clock.at += timedelta(hours=2)
    receipt = verified(await endpoint.show(proposal, "/receipt"))
    assert (receipt["proposal"]["status"], receipt["proposal"]["cause"], receipt["final"]) == (
        "rejected",
        "expired",
        True,
    )


async def test_no_other_agent_is_given_a_receipt_and_none_shows_anothers_entries(endpoint):
    proposal = await endpoint.propose()
    other = await endpoint.propose(token=OTHER_TOKEN)
    await claimed(endpoint, other, expect=404)
    await endpoint.show(proposal, "/receipt", token=OTHER_TOKEN, expect=404)
    await endpoint.show({"id": "prp_" + "0" * 32}, "/receipt", expect=404)
    await endpoint.call("GET", f"/v1/proposals/{proposal['id']}/receipt", token=None, expect=401)
    receipt = verified(await endpoint.show(proposal, "/receipt"))
    assert {entry["proposal_id"] for entry in receipt["entries"]} == {proposal["id"]}
    assert '"other"' not in json.dumps(receipt)
    assert other["id"] not in json.dumps(receipt)


async def test_no_receipt_has_the_secret_of_a_card_or_a_seal(endpoint):
    proposal = await approved(endpoint)
    await endpoint.do(proposal, "withdraw", {"reason": "Not needed."})
    known = await endpoint.lifecycle.store.find(proposal["id"])
    entries = await endpoint.lifecycle.store.audit.entries()
    text = json.dumps(await endpoint.show(proposal, "/receipt"))
    assert known.nonce not in text
    assert not any(entry.seal in text for entry in entries)


async def test_a_receipt_is_never_kept_by_what_stands_between(endpoint):
    proposal = await endpoint.propose()
    await endpoint.show(proposal, "/receipt")
    assert endpoint.headers["Cache-Control"] == "no-store"
