"""What an agent reads where another proposal does the same: which one, how it stands, and what to do."""

import pytest

from tests.api.conftest import OTHER_TOKEN


async def once(endpoint, **more):
    return await endpoint.propose("refund.once", payload={"order": "A-1"}, **more)


async def test_a_second_one_is_a_409_with_the_first_and_makes_no_proposal(endpoint):
    first = await once(endpoint)
    no = await once(endpoint, expect=409)
    assert no["type"] == "urn:signoff:problem:effect-open"
    assert (no["effect"], no["proposal"]) == (
        "refund:a-1",
        {"id": first["id"], "status": "approved", "own": True},
    )
    assert no["detail"] == (
        f"Proposal {first['id']} does the same (refund:a-1) and is approved, so nothing more was asked. "
        "It is yours: read it, and go on with that one; do not do it by yourself."
    )
    listed = await endpoint.call("GET", "/v1/proposals")
    assert [each["id"] for each in listed["proposals"]] == [first["id"]]


async def test_another_agents_is_told_of_and_cannot_be_read(endpoint):
    first = await once(endpoint)
    no = await once(endpoint, token=OTHER_TOKEN, expect=409)
    assert no["proposal"] == {"id": first["id"], "status": "approved", "own": False}
    assert "It is another agent's: leave it to that one" in no["detail"]
    await endpoint.show(first, token=OTHER_TOKEN, expect=404)


@pytest.mark.parametrize("token", [None, OTHER_TOKEN])
async def test_as_long_as_nobody_knows_what_came_of_it_it_is_not_to_be_done_again(endpoint, token):
    first = await once(endpoint, claim=True)
    await endpoint.do(first, "outcome", {"status": "unknown"})
    no = await once(endpoint, expect=409, **({} if token is None else {"token": token}))
    assert no["proposal"]["status"] == "unknown"
    assert "Do not do it and do not propose it again before that is settled" in no["detail"]


async def test_after_it_happened_the_next_waits_and_says_why(endpoint):
    first = await once(endpoint, claim=True)
    await endpoint.do(first, "outcome", {"status": "succeeded"})
    again = await once(endpoint)
    assert again["status"] == "pending"
    assert again["risk"] == [{"rule": "refund-once", "reason": f"This happened before, by {first['id']}."}]


async def test_the_same_key_gets_the_proposal_that_it_made(endpoint):
    first = await once(endpoint, key="k")
    assert (await once(endpoint, key="k", expect=200))["id"] == first["id"]
