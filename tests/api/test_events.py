"""The stream of events: the agent's own, whole, in order, from any one of them on; open no longer than it may be."""

import asyncio
from dataclasses import replace
from types import MappingProxyType

import pytest
from aiohttp.test_utils import TestClient

from approvals.events import Actor
from approvals.ports import StoreBusy
from approvals.services.agent_stops import Stopping
from bot.api.app import build_api
from bot.api.context import API, METRICS, WAITING, Limits
from bot.api.responses import EventBody
from policy import load
from tests.api.conftest import OTHER_TOKEN, TOKEN, Server
from tests.listening import listening
from tests.patience import PATIENCE
from tests.storage.town import by_hand

BEARING = {"Authorization": f"Bearer {TOKEN}"}
OTHER = {"Authorization": f"Bearer {OTHER_TOKEN}"}
PLENTY = {"burst": 100}


def stream(endpoint, query="", **headers):
    return listening(endpoint.http, query=query, headers={**BEARING, **headers})


def kinds(heard):
    return [each.kind.removeprefix("signoff.proposal.") for each in heard]


def open_streams(endpoint):
    return endpoint.server.app[METRICS].registry.get_sample_value("signoff_event_streams")


async def until_open(endpoint, count):
    """Returns once so many streams are open; each look is a round trip, so the server runs meanwhile."""
    async with asyncio.timeout(PATIENCE):
        while open_streams(endpoint) != count:
            await endpoint.call("GET", "/healthz")


async def test_what_people_do_is_told_as_it_happens_with_the_answer_that_a_get_gives(endpoint):
    made = await endpoint.propose(action="refund.soon")
    async with stream(endpoint) as listener:
        for doing, kind in (
            (lambda: endpoint.ask(made, "Why?"), "asked"),
            (lambda: endpoint.do(made, "reply", {"text": "Lost."}), None),
            (lambda: endpoint.approve(made), "approved"),
            (lambda: endpoint.retract(made), "retracted"),
            (lambda: endpoint.reject(made, "No more refunds."), "rejected"),
        ):
            await doing()
            if kind is not None:
                heard = await listener.next()
                assert heard.kind == f"signoff.proposal.{kind}"
                head = await endpoint.lifecycle.store.audit.head()
                assert heard.id == listener.place == head.seq
                assert (heard.data["type"], heard.data["id"]) == (heard.kind, head.id)
                assert heard.data["timestamp"] == heard.data["time"] == "2026-11-20T10:15:00.000Z"
                assert heard.data["data"] == await endpoint.show(made)
                EventBody.model_validate(heard.data)


async def test_what_time_and_the_agent_do_is_told_too(endpoint):
    async with stream(endpoint) as listener:
        lapses = await endpoint.propose(action="search.web")
        gone = await endpoint.propose()
        await endpoint.do(gone, "withdraw", {"reason": "Not needed."})
        blocked = await endpoint.propose(action="db.drop")
        late = await endpoint.propose(action="search.web", claim=True)
        expires = await endpoint.propose()
        endpoint.clock.forward(hours=1)
        await endpoint.lifecycle.sweep()
        heard = await listener.take(7)
    told = {(kind, each.data["data"]["id"]) for kind, each in zip(kinds(heard), heard, strict=True)}
    assert told == {
        ("approved", lapses["id"]),
        ("withdrawn", gone["id"]),
        ("rejected", blocked["id"]),
        ("approved", late["id"]),
        ("lapsed", lapses["id"]),
        ("overdue", late["id"]),
        ("rejected", expires["id"]),
    }
    assert [each.id for each in heard] == sorted({each.id for each in heard})
    assert [each.data["timestamp"] for each in heard] == ["2026-11-20T10:15:00.000Z"] * 4 + [
        "2026-11-20T11:15:00.000Z"
    ] * 3


async def test_that_the_first_of_two_was_taken_back_is_told_and_it_is_as_pending_as_before(endpoint):
    made = await endpoint.propose(action="refund.two")
    await endpoint.approve(made)
    async with stream(endpoint) as listener:
        await endpoint.retract(made)
        heard = await listener.next()
    assert kinds([heard]) == ["retracted"]
    assert heard.data["data"]["status"] == "pending"
    assert [each["retracted_at"] for each in heard.data["data"]["decisions"]] == ["2026-11-20T10:15:00.000Z"]


async def test_an_objection_is_told(endpoint):
    made = await endpoint.propose(action="mail.send", claim=True)
    async with stream(endpoint) as listener:
        await endpoint.object(made, "Wrong address.")
        heard = await listener.next()
    assert kinds([heard]) == ["objected"]
    assert heard.data["data"]["rollback"]["reason"] == "Wrong address."


async def test_without_an_id_the_stream_begins_now_and_says_where_that_is(endpoint):
    await endpoint.propose(action="search.web")
    async with stream(endpoint) as listener:
        began = listener.began
        made = await endpoint.propose(action="search.web")
        heard = await listener.next()
    assert heard.data["data"]["id"] == made["id"]
    async with stream(endpoint, **{"Last-Event-ID": str(began)}) as again:
        assert again.began == began
        assert await again.next() == heard


@pytest.mark.parametrize("by", ["header", "address", "both"])
async def test_after_an_id_the_stream_goes_on_with_the_very_next_event(endpoint, by):
    made = [await endpoint.propose(action="search.web") for _ in range(25)]
    async with stream(endpoint, "?after=0") as listener:
        everything = await listener.take(25)
    assert [each.data["data"]["id"] for each in everything] == [each["id"] for each in made]
    last = str(everything[11].id)
    # A browser that reconnects sends the address it began with, and the header beside it.
    query = {"header": "", "address": f"?after={last}", "both": "?after=0"}[by]
    headers = {} if by == "address" else {"Last-Event-ID": last}
    async with stream(endpoint, query, **headers) as listener:
        assert await listener.take(13) == everything[12:]
        nothing_more = asyncio.ensure_future(listener.next())
        made = await endpoint.propose(action="search.web")
        assert (await nothing_more).data["data"]["id"] == made["id"]


async def test_an_event_shows_the_proposal_as_it_is_when_it_is_sent(endpoint):
    made = await endpoint.propose(action="search.web")
    await endpoint.do(made, "claim", {"digest": made["digest"]})
    waits = await endpoint.propose()
    await endpoint.ask(waits, "Why?")
    endpoint.clock.forward(hours=1)
    async with stream(endpoint, "?after=0") as listener:
        approved, asked = await listener.take(2)
    assert approved.data["type"] == "signoff.proposal.approved"
    assert (approved.data["data"]["status"], approved.data["data"]["version"]) == ("claimed", made["version"] + 2)
    assert approved.data["data"]["overdue"]
    assert (asked.data["data"]["status"], asked.data["data"]["cause"]) == ("rejected", "expired")


async def test_an_agent_is_told_of_its_own_alone(endpoint):
    async with stream(endpoint) as listener, listening(endpoint.http, headers=OTHER) as other:
        theirs = await endpoint.propose(token=OTHER_TOKEN)
        own = await endpoint.propose()
        for each in (theirs, own):
            await endpoint.approve(each)
        assert (await listener.next()).data["data"]["id"] == own["id"]
        heard = await other.next()
        assert heard.data["data"]["id"] == theirs["id"]
    no = await endpoint.call("GET", "/v1/events", headers={"Last-Event-ID": str(heard.id)}, expect=422)
    assert no["type"] == "urn:signoff:problem:unknown-event"


@pytest.mark.parametrize("place", ["1", "999999", "9" * 18])
async def test_an_id_that_no_event_of_the_agent_has_is_refused_and_nothing_is_skipped(endpoint, place):
    await endpoint.propose(
        action="search.web"
    )  # 1: it was submitted, of which an agent is not told; 2: it was approved
    async with asyncio.timeout(PATIENCE):
        no = await endpoint.call("GET", "/v1/events", headers={"Last-Event-ID": place}, expect=422)
    assert no["type"] == "urn:signoff:problem:unknown-event"
    assert "nobody can say what you missed" in no["detail"]


@pytest.mark.parametrize("place", ["", "x", "-1", "01", "1.0", "+1", "9" * 19, "1,2"])
async def test_what_is_no_id_is_refused(endpoint, place):
    for headers, query in (({"Last-Event-ID": place}, ""), ({}, f"?after={place.replace('+', '%2B')}")):
        no = await endpoint.call("GET", f"/v1/events{query}", headers=headers, expect=422)
        assert no["type"] == "urn:signoff:problem:invalid"


async def test_two_ids_are_none(endpoint):
    headers = [*BEARING.items(), ("Last-Event-ID", "0"), ("Last-Event-ID", "0")]
    async with endpoint.http.get("/v1/events", headers=headers) as response:
        assert response.status == 422


async def test_nobody_listens_without_a_token(endpoint):
    no = await endpoint.call("GET", "/v1/events", token=None, expect=401)
    assert no["type"] == "urn:signoff:problem:unauthenticated"


@pytest.mark.parametrize("limits", [Limits(**PLENTY, heartbeat=0.01)])
async def test_where_nothing_happens_comments_keep_the_stream_alive(endpoint):
    async with stream(endpoint) as listener:
        for _ in range(3):
            heartbeat = await listener.block()
            assert (heartbeat.comment, heartbeat.id, heartbeat.data) == ("ping", None, None)
        await endpoint.propose(action="search.web")
        assert kinds([await listener.next()]) == ["approved"]


async def test_the_usual_heartbeat_is_fifteen_seconds_and_the_client_is_told_when_to_come_back(endpoint):
    assert Limits().heartbeat == 15
    async with endpoint.http.get("/v1/events", headers=BEARING) as response:
        assert await response.content.readuntil(b"\n\n") == b"id: 0\nretry: 1000\n\n"
        assert response.headers["Content-Type"] == "text/event-stream"
        assert response.headers["Cache-Control"] == "no-store"


async def test_a_line_is_a_line_whatever_the_agent_wrote(endpoint):
    odd = "a\u2028b\u0085c\r\nd\x1e"
    await endpoint.propose(action="search.web", payload={"text": odd}, reasoning=odd)
    async with endpoint.http.get("/v1/events?after=0", headers=BEARING) as response:
        await response.content.readuntil(b"\n\n")
        block = (await response.content.readuntil(b"\n\n")).decode()
    assert [line.partition(":")[0] for line in block.splitlines()] == ["id", "event", "data", ""]
    async with stream(endpoint, "?after=0") as listener:
        assert (await listener.next()).data["data"]["payload"] == {"text": odd}


@pytest.mark.parametrize("limits", [Limits(**PLENTY, streams=2)])
async def test_only_so_many_streams_of_one_agent_are_open_and_who_hung_up_counts_no_longer(endpoint):
    async with stream(endpoint) as first, stream(endpoint):
        no = await endpoint.call("GET", "/v1/events", expect=429)
        assert no["type"] == "urn:signoff:problem:rate-limit"
        assert endpoint.headers["Retry-After"] == "1"
        async with listening(endpoint.http, headers=OTHER):
            assert open_streams(endpoint) == 3
        first.response.close()
        await endpoint.call("GET", "/healthz")
        async with stream(endpoint):
            await endpoint.call("GET", "/v1/events", expect=429)
    await until_open(endpoint, 0)
    assert endpoint.lifecycle.store.signals.waiting == 0


async def test_sent_events_are_counted(endpoint):
    await endpoint.propose(action="search.web")
    async with stream(endpoint, "?after=0") as listener:
        await listener.next()
        await endpoint.propose(action="search.web")
        await listener.next()
    assert endpoint.server.app[METRICS].registry.get_sample_value("signoff_events_sent_total") == 2


@pytest.fixture
def reloading(endpoint, tmp_path):
    """Puts another policy in force: as a text that replaces part of the file, with other tokens."""
    held = [endpoint.server.app[API].policy()]

    def reload(environ, **texts):
        text = (tmp_path / "policy.yml").read_text()
        for old, new in texts.items():
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "policy.yml").write_text(text)
        held[0] = endpoint.lifecycle.policy = load(tmp_path / "policy.yml", MappingProxyType(environ))

    app = build_api(replace(endpoint.server.app[API], policy=lambda: held[0]))
    return app, reload


TOKENS = {"SHOP_TOKEN": TOKEN, "OTHER_TOKEN": OTHER_TOKEN, "AUDITOR_TOKEN": "token-of-auditor-0123456789abcdefgh"}
CHANGES = {
    "withdrawn": ({**TOKENS, "SHOP_TOKEN": "another-token-0123456789abcdefghij"}, {}),
    "given to another": ({**TOKENS, "SHOP_TOKEN": OTHER_TOKEN, "OTHER_TOKEN": TOKEN}, {}),
    "gone": (TOKENS, {"shop": "shelf", "SHOP_TOKEN": "AUDITOR_TOKEN", "AUDITOR_TOKEN}": "SHOP_TOKEN}"}),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_whose_token_is_no_longer_theirs_is_cut_off_and_told_nothing_more(endpoint, reloading, change):
    app, reload = reloading
    async with TestClient(Server(app, host="127.0.0.1")) as endpoint.http:
        waits = await endpoint.propose()
        async with stream(endpoint) as listener, listening(endpoint.http, headers=OTHER) as other:
            environ, texts = CHANGES[change]
            reload(environ, **texts)
            await endpoint.approve(waits)
            async with asyncio.timeout(PATIENCE):
                assert await listener.next() is None
                if change == "given to another":
                    assert await other.next() is None


@pytest.mark.parametrize("change", CHANGES)
async def test_who_waits_and_whose_token_is_no_longer_theirs_learns_nothing(endpoint, reloading, change):
    app, reload = reloading
    async with TestClient(Server(app, host="127.0.0.1")) as endpoint.http:
        made = await endpoint.propose()
        waiting = asyncio.ensure_future(endpoint.show(made, "?wait=55", expect=401))
        while not app[WAITING]:
            await endpoint.call("GET", "/healthz")
        environ, texts = CHANGES[change]
        reload(environ, **texts)
        async with asyncio.timeout(PATIENCE):
            assert "while the request waited" in (await waiting)["detail"]
    assert app[WAITING] == {}


async def test_a_policy_that_leaves_the_token_alone_leaves_the_stream_open(endpoint, reloading):
    app, reload = reloading
    async with TestClient(Server(app, host="127.0.0.1")) as endpoint.http, stream(endpoint) as listener:
        reload(TOKENS, **{"Refund above 100": "A large refund"})
        made = await endpoint.propose(action="search.web")
        assert (await listener.next()).data["data"]["id"] == made["id"]


async def test_a_stopped_agent_still_listens(endpoint):
    made = await endpoint.propose()
    async with stream(endpoint) as listener:
        stopping = Stopping(endpoint.lifecycle)
        await stopping.stop("shop", Actor(kind="reviewer", id="U0OWNER", team="T0TEAM"), "It went wrong.")
        await stopping.close("shop")
        heard = await listener.next()
        assert (kinds([heard]), heard.data["data"]["id"]) == (["rejected"], made["id"])
        assert heard.data["data"]["cause"] == "stopped"
    async with stream(endpoint, "?after=0") as listener:
        assert await listener.next() == heard


async def test_the_end_of_the_server_ends_streams_at_once(endpoint):
    async with stream(endpoint) as listener:
        async with asyncio.timeout(PATIENCE):  # requests that do not end by themselves get a minute
            await endpoint.server.runner.cleanup()
            assert await listener.next() is None
    assert endpoint.lifecycle.store.signals.waiting == 0


class Away:
    """A store in which nothing that agents are told can be read; what else it has stays."""

    def __init__(self, store, at):
        self.store, self.at, self.stream = store, at, self

    def __getattr__(self, name):
        return getattr(self.store, name)

    async def newest(self, agent):
        if self.at == "newest":
            raise StoreBusy("locked")
        return await self.store.stream.newest(agent)

    async def after(self, agent, seq, limit):
        raise StoreBusy("locked")

    def coming(self, agent):
        return self.store.stream.coming(agent)


async def test_a_store_that_cannot_be_read_is_busy(endpoint):
    app = build_api(replace(endpoint.server.app[API], store=Away(endpoint.lifecycle.store, "newest")))
    async with TestClient(Server(app, host="127.0.0.1")) as endpoint.http:
        no = await endpoint.call("GET", "/v1/events", expect=503)
    assert no["type"] == "urn:signoff:problem:store-busy"


async def test_a_store_that_is_away_later_ends_the_stream_and_the_reader_comes_back(endpoint):
    store = endpoint.lifecycle.store
    app = build_api(replace(endpoint.server.app[API], store=Away(store, "after")))
    async with TestClient(Server(app, host="127.0.0.1")) as endpoint.http, stream(endpoint) as listener:
        assert await listener.next() is None
    assert store.signals.waiting == 0


async def test_a_damaged_proposal_is_left_out_and_holds_up_nothing(endpoint, tmp_path):
    made = [await endpoint.propose(action="search.web") for _ in range(3)]
    with by_hand(tmp_path, without=["revisions_stay"]) as database:
        database.execute("UPDATE revisions SET payload = '{\"amount\":9}' WHERE proposal_id = ?", [made[1]["id"]])
    async with stream(endpoint, "?after=0") as listener:
        heard = await listener.take(2)
    assert [each.data["data"]["id"] for each in heard] == [made[0]["id"], made[2]["id"]]
