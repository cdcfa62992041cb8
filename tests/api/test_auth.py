"""Who is let in, and how often."""

from datetime import timedelta

import pytest

from bot.api.auth import RateLimit
from bot.api.context import Limits
from bot.api.problems import Problem
from tests.api.conftest import OTHER_TOKEN, TOKEN
from tests.making import START

CALLS = [
    ("POST", "/v1/proposals"), ("GET", "/v1/proposals"), ("GET", "/v1/proposals/prp_1"), ("POST", "/v1/proposals/prp_1/claim"),
    ("POST", "/v1/proposals/prp_1/outcome"), ("POST", "/v1/proposals/prp_1/rollback"),
    ("POST", "/v1/proposals/prp_1/withdraw"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_nobody_gets_in_without_a_token(endpoint, method, path):
    no = await endpoint.call(method, path, token=None, expect=401)
    assert no["type"] == "urn:signoff:problem:unauthenticated"
    assert endpoint.headers["WWW-Authenticate"] == 'Bearer realm="signoff"'


@pytest.mark.parametrize("header", [
    "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN} {TOKEN}",
    f"Bearer {TOKEN},{OTHER_TOKEN}", "Bearer " + "x" * 5000, "Bearer té",
])  # fmt: skip
async def test_a_token_that_is_not_an_agents_is_refused(endpoint, header):
    no = await endpoint.call("GET", "/v1/proposals", token=None, headers={"Authorization": header}, expect=401)
    assert endpoint.headers["WWW-Authenticate"].startswith("Bearer")
    assert TOKEN not in str(no)
    assert no["detail"].startswith("Write Bearer") is (header in ("Bearer", "Bearer ", TOKEN))


async def test_two_tokens_are_none(endpoint):
    headers = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", f"Bearer {OTHER_TOKEN}")]
    async with endpoint.http.get("/v1/proposals", headers=headers) as response:
        assert response.status == 401


async def test_the_scheme_may_be_written_in_any_case(endpoint):
    await endpoint.call("GET", "/v1/proposals", token=None, headers={"Authorization": f"bEARER {TOKEN}"})


async def test_nothing_of_the_body_is_looked_at_before_the_token(endpoint):
    await endpoint.call("POST", "/v1/proposals", token="x" * 40, raw=b"{" * 1000, expect=401)


@pytest.mark.parametrize("limits", [Limits(burst=1.5)])
async def test_an_agent_that_asks_more_often_than_its_policy_says_is_told_when_to_come_back_and_others_are_not(
    endpoint,
):
    for _ in range(3):
        await endpoint.call("GET", "/v1/proposals", token=OTHER_TOKEN)
    no = await endpoint.call("GET", "/v1/proposals", token=OTHER_TOKEN, expect=429)
    assert no["type"] == "urn:signoff:problem:rate-limit"
    assert "More than 2 requests a second" in no["detail"]
    assert endpoint.headers["Retry-After"] == "1"
    for _ in range(10):
        await endpoint.call("GET", "/v1/proposals")
    endpoint.clock.forward(milliseconds=500)
    await endpoint.call("GET", "/v1/proposals", token=OTHER_TOKEN)
    await endpoint.call("GET", "/v1/proposals", token=OTHER_TOKEN, expect=429)


def taken(limit, seconds, rate=20):
    """How many requests the bucket gives at that moment."""
    for count in range(1000):
        try:
            limit.take("shop", rate, START + timedelta(seconds=seconds))
        except Problem:
            return count
    return None


def test_a_bucket_holds_its_burst_and_no_more_however_long_it_rests():
    limit = RateLimit(burst=5)
    assert taken(limit, 0) == 100
    assert taken(limit, 1) == 20
    assert taken(limit, 1_000_000) == 100


def test_a_rate_that_changes_with_the_policy_counts_from_the_next_request():
    limit = RateLimit(burst=5)
    assert taken(limit, 0, rate=100) == 500
    assert taken(limit, 1, rate=2) == 2
    assert taken(limit, 100, rate=2) == 10
    assert taken(limit, 101, rate=50) == 50


def test_a_clock_that_goes_back_gives_and_takes_nothing():
    limit = RateLimit(burst=5)
    assert taken(limit, 0) == 100
    assert taken(limit, -7200) == 0
    assert taken(limit, -7199) == 20


def test_retry_after_is_long_enough_for_one_request():
    limit = RateLimit(burst=10)
    limit.take("shop", 0.1, START)
    with pytest.raises(Problem) as caught:
        limit.take("shop", 0.1, START)
    limit.take("shop", 0.1, START + timedelta(seconds=int(caught.value.headers["Retry-After"])))
