"""The audit log over HTTP: for auditors alone, whole, in pages from which alone the chain is verified."""

import asyncio
import hashlib
import hmac
import json

import pytest

from approvals.digest import canonical
from bot.api.context import Limits
from storage.audit.log import PAGE_BYTES
from tests.api.conftest import AUDITOR_TOKEN, OTHER_TOKEN, TOKEN, body
from tests.databases import KEY

HASHED = (
    "seq",
    "id",
    "at",
    "tag",
    "proposal_id",
    "revision",
    "actor_kind",
    "actor_id",
    "actor_team",
    "actor_proof",
    "facts",
)


@pytest.fixture
def limits():
    return Limits(rate=2, burst=50)


async def page(endpoint, query="", **more):
    return await endpoint.call("GET", f"/v1/audit{query}", **{"token": AUDITOR_TOKEN, **more})


async def whole(endpoint, limit=3):
    """Every entry, page by page, and how many pages they were."""
    found, after, pages = [], 0, 0
    while True:
        answer = await page(endpoint, f"?after={after}&limit={limit}")
        found += answer["entries"]
        after, pages = answer["next_after"], pages + 1
        if after == answer["head"]:
            return found, pages


def verified(entries, key=KEY):
    """Where the chain of these entries breaks, worked out from nothing but them and the key; None where it holds."""
    before = {"seq": 0, "hash": "0" * 64}
    for each in entries:
        said = canonical({name: each[name] for name in HASHED})
        total = hashlib.sha256(each["previous"].encode() + said).hexdigest()
        seal = hmac.new(key, each["hash"].encode(), hashlib.sha256).hexdigest()
        if (each["seq"], each["previous"]) != (before["seq"] + 1, before["hash"]):
            return each["seq"]
        if (total, seal) != (each["hash"], each["seal"]):
            return each["seq"]
        before = each
    return None


async def lived(endpoint):
    """A log with entries of agents, people, the policy and time."""
    made = await endpoint.propose(action="refund.two", payload={"amount": 250, "iban": "DE02 1203 ★"})
    await endpoint.approve(made)
    await endpoint.retract(made)
    await endpoint.reject(made, "Ask the customer first.")
    await endpoint.propose(action="search.web", claim=True)
    await endpoint.propose(action="db.drop")
    await endpoint.do(made, "claim", {"digest": made["digest"]}, expect=409)
    return made


async def test_the_chain_is_verified_from_the_pages_alone(endpoint):
    await lived(endpoint)
    entries, pages = await whole(endpoint)
    assert pages > 2
    assert verified(entries) is None
    assert [each["seq"] for each in entries] == list(range(1, len(entries) + 1))
    stored = await endpoint.lifecycle.store.audit.entries()
    assert [each["hash"] for each in entries] == [each.hash for each in stored]
    assert {"proposal:retracted", "proposal:refused"} <= {each["tag"] for each in entries}


@pytest.mark.parametrize(
    "change", [{"facts": "{}"}, {"at": 1}, {"actor_id": "U0BOB"}, {"seal": "0" * 64}, {"tag": "x"}]
)
async def test_what_somebody_changed_on_the_way_is_found(endpoint, change):
    await lived(endpoint)
    entries, _ = await whole(endpoint)
    entries[3] |= change
    assert verified(entries) == 4
    del entries[2:4]
    assert verified(entries) == 5


async def test_secrets_of_cards_and_tokens_are_in_it_as_little_as_in_the_log(endpoint):
    made = await lived(endpoint)
    nonce = (await endpoint.lifecycle.store.find(made["id"])).nonce
    said = json.dumps((await whole(endpoint))[0])
    assert nonce not in said
    for token in (TOKEN, OTHER_TOKEN, AUDITOR_TOKEN):
        assert token not in said
        assert hashlib.sha256(token.encode()).hexdigest() not in said


async def test_the_token_of_an_agent_is_refused_with_what_it_may_read_instead(endpoint):
    answer = await page(endpoint, token=TOKEN, expect=403)
    assert answer["type"].endswith(":wrong-token")
    assert "under auditors" in answer["detail"]
    assert "/receipt" in answer["detail"]


@pytest.mark.parametrize("token", [None, "nobody-0123456789abcdefghijklmnop", "x y"])
async def test_a_stranger_is_told_nothing(endpoint, token):
    await lived(endpoint)
    answer = await page(endpoint, token=token, expect=401)
    assert set(answer) == {"type", "title", "status", "detail"}
    assert endpoint.headers["WWW-Authenticate"].startswith('Bearer realm="signoff"')


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("GET", "/v1/proposals", None),
        ("POST", "/v1/proposals", body()),
        ("GET", "/v1/proposals/prp_1", None),
        ("GET", "/v1/proposals/prp_1/receipt", None),
        ("POST", "/v1/proposals/prp_1/claim", {"digest": "x"}),
        ("POST", "/v1/proposals/prp_1/withdraw", {"reason": "x"}),
        ("GET", "/v1/events", None),
    ],
)
async def test_an_auditor_reads_the_log_and_nothing_else(endpoint, method, path, sent):
    answer = await endpoint.call(method, path, sent, token=AUDITOR_TOKEN, expect=403)
    assert answer["type"].endswith(":wrong-token")
    assert "GET /v1/audit and nothing else" in answer["detail"]
    assert (await endpoint.lifecycle.store.audit.head()) is None


async def test_what_is_added_between_two_pages_is_neither_doubled_nor_lost(endpoint):
    await lived(endpoint)
    first = await page(endpoint, "?limit=2")
    known = first["head"]
    await lived(endpoint)
    found, after = first["entries"], first["next_after"]
    while after < known * 2:
        answer = await page(endpoint, f"?after={after}&limit=2")
        found, after = found + answer["entries"], answer["next_after"]
    assert [each["seq"] for each in found] == list(range(1, known * 2 + 1))
    assert verified(found) is None


async def test_while_others_write_every_reader_gets_each_entry_once(endpoint):
    async def write():
        for number in range(8):
            await endpoint.propose(action="search.web", payload={"amount": number}, claim=True)

    async def read():
        found, after = [], 0
        while not writing.done() or after < (await endpoint.lifecycle.store.audit.head()).seq:
            answer = await page(endpoint, f"?after={after}&limit=3")
            found, after = found + answer["entries"], answer["next_after"]
            endpoint.clock.forward(1)
        return found

    writing = asyncio.create_task(write())
    for found in await asyncio.gather(read(), read()):
        assert verified(found) is None
        assert found[-1]["seq"] == (await endpoint.lifecycle.store.audit.head()).seq
    await writing


async def test_at_the_end_the_page_is_empty_and_says_where_to_go_on(endpoint):
    assert await page(endpoint) == {"entries": [], "next_after": 0, "head": 0}
    await lived(endpoint)
    head = (await page(endpoint))["head"]
    assert await page(endpoint, f"?after={head}") == {"entries": [], "next_after": head, "head": head}


async def test_beyond_the_end_it_is_said_that_the_end_may_be_missing(endpoint):
    await lived(endpoint)
    head = (await page(endpoint))["head"]
    answer = await page(endpoint, f"?after={head + 1}", expect=422)
    assert answer["type"].endswith(":unknown-entry")
    assert "signoff audit verify" in answer["detail"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?limit=0", "from 1 to 100"),
        ("?limit=101", "from 1 to 100"),
        ("?limit=-1", "from 1 to 100"),
        ("?limit=", "from 1 to 100"),
        ("?limit=1e1", "from 1 to 100"),
        ("?after=-1", "from 0 on"),
        ("?after=x", "from 0 on"),
        ("?after=٣", "from 0 on"),
        (f"?after={'9' * 19}", "from 0 on"),
        ("?after=1&after=2", "may be given once"),
        ("?agent=shop", "There is no parameter"),
    ],
)
async def test_a_page_that_cannot_be_is_refused_with_what_can(endpoint, query, told):
    answer = await page(endpoint, query, expect=422)
    assert answer["type"].endswith(":invalid")
    assert told in answer["detail"]


@pytest.mark.parametrize(("limit", "count"), [("", 50), ("?limit=1", 1), ("?limit=100", 60)])
async def test_a_page_has_as_many_as_are_asked_for(endpoint, limit, count):
    for number in range(30):
        await endpoint.propose(action="search.web", payload={"number": number})
    assert len((await page(endpoint, limit))["entries"]) == count


async def test_a_page_of_large_entries_has_fewer_and_one_at_least(endpoint):
    for number in range(7):
        await endpoint.propose(action="search.web", payload={"text": "x" * 200_000, "number": number})
    entries, pages = await whole(endpoint, limit=100)
    assert pages > 1
    assert verified(entries) is None
    answer = await page(endpoint, "?limit=100")
    assert len(json.dumps(answer["entries"])) < PAGE_BYTES + 10_000


async def test_a_head_request_has_the_answers_headers_alone(endpoint):
    await lived(endpoint)
    bearing = {"Authorization": f"Bearer {AUDITOR_TOKEN}"}
    async with endpoint.http.head("/v1/audit", headers=bearing) as response:
        assert (response.status, response.content_type) == (200, "application/json")
        assert response.headers["Cache-Control"] == "no-store"
        assert await response.read() == b""
    async with endpoint.http.head("/v1/audit", headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert response.status == 403


async def test_nothing_is_changed_through_it(endpoint):
    answer = await endpoint.call("POST", "/v1/audit", {}, token=AUDITOR_TOKEN, expect=405)
    assert "use GET" in answer["detail"]


async def test_an_auditor_has_a_rate_of_its_own(endpoint):
    await endpoint.propose()
    for _ in range(100):
        await page(endpoint, "?limit=1")
    answer = await page(endpoint, expect=429)
    assert answer["type"].endswith(":rate-limit")
    assert endpoint.headers["Retry-After"] == "1"
    await endpoint.propose()
    endpoint.clock.forward(1)
    await page(endpoint)
