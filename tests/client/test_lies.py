"""Whoever stands where the service should be, and answers slowly, endlessly or as nobody asked: it ends, with nothing run."""

import asyncio
import base64
import gzip
import hmac
import json

import httpx
import pytest
from httpx_sse import ServerSentEvent

from signoff_client import AsyncSignoff, Invalid, Proposal, Signoff, Tampered, TooMany, Unavailable, verify_callback
from signoff_client.transport.listening import Listening
from tests.api.conftest import TOKEN
from tests.client.liar import BOMB, LIES, lying, whole
from tests.patience import PATIENCE

REFUND = {"amount": 250, "order": "A-1"}
KINDS = ("async", "sync")


async def asked(kind, url, verb, *args, within=0.3, **named):
    """What the verb returns or raises, of a client that waits so long for an answer, and does not try again."""
    if kind == "async":
        async with AsyncSignoff(url, TOKEN, timeout=within, patience=0) as client:
            return await getattr(client, verb)(*args, **named)
    with Signoff(url, TOKEN, timeout=within, patience=0) as client:
        return await asyncio.to_thread(getattr(client, verb), *args, **named)


def next_event(kind, url, *, after=None, within=0.3):
    async def first(client):
        return await anext(aiter(client.events(after=after)))

    async def run():
        if kind == "async":
            async with AsyncSignoff(url, TOKEN, timeout=within, patience=0) as client:
                return await first(client)
        with Signoff(url, TOKEN, timeout=within, patience=0) as client:
            return await asyncio.to_thread(lambda: next(client.events(after=after)))

    return run()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lie", LIES)
async def test_an_answer_that_never_ends_ends_with_the_time_out_or_its_bound(kind, lie):
    async with asyncio.timeout(PATIENCE), lying(LIES[lie]) as (url, _):
        with pytest.raises(Unavailable, match="nothing ran") as lost:
            await asked(kind, url, "propose", "refund.create", REFUND, reasoning="x")
    assert lost.value.outcome_unknown


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lie", LIES)
async def test_a_stream_that_never_begins_ends_too(kind, lie):
    async with asyncio.timeout(PATIENCE), lying(LIES[lie]) as (url, _):
        with pytest.raises(Unavailable, match="sends no events"):
            await next_event(kind, url)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lie", ["a body without end", "chunks without end"])
async def test_however_much_time_there_is_no_more_is_read_than_an_answer_has(kind, lie):
    async with asyncio.timeout(PATIENCE), lying(LIES[lie]) as (url, _):
        with pytest.raises(Unavailable, match="more than 67108864 bytes"):
            await asked(kind, url, "get", "prp_1", within=PATIENCE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [BOMB, gzip.compress(json.dumps({"ok": True}).encode())], ids=["a bomb", "an answer"])
async def test_what_is_compressed_is_not_unpacked_for_nobody_asked_for_it(kind, body):
    async with lying(whole(body, b"Content-Encoding: gzip")) as (url, heads):
        with pytest.raises(Unavailable, match="compressed"):
            await asked(kind, url, "get", "prp_1", within=PATIENCE)
    assert b"accept-encoding: identity" in heads[0].lower()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_redirect_is_not_followed_and_the_token_goes_nowhere_else(kind):
    async with lying(whole(b"{}")) as (elsewhere, strangers):
        moved = whole(b"{}", b"Location: " + elsewhere.encode(), status=b"307 Temporary Redirect")
        async with lying(moved) as (url, _):
            with pytest.raises(Unavailable, match="answered 307"):
                await asked(kind, url, "propose", "refund.create", REFUND, reasoning="x")
            with pytest.raises(Unavailable, match="answered 307"):
                await next_event(kind, url)
    assert strangers == []


EVENT = {"type": "signoff.proposal.approved", "time": "2026-11-20T10:15:00Z"}
NAIVE = "2026-11-20T10:15:00"
MALFORMED = [
    {"preconditions": 5},
    {"preconditions": "abc"},
    {"preconditions": [1]},
    {"created_at": NAIVE},
    {"expires_at": NAIVE},
    {"claimed_at": NAIVE},
    {"execute_by": "soon"},
    {"version": 1.5},
    {"payload": json.loads("[" * 500 + "]" * 500)},
    {"payload": {"amount": 1}},
    {"payload": {"amount": 2**60}},
    {"digest": None},
    {"message": 1},
    {"id": None},
    {"status": "done"},
    {"question": "why?"},
    {"question": {"id": 1, "text": "why?", "asked_by": "U1"}},
    {"permit": 7},
]


def signed(body):
    """The headers of a callback with this body, made with SECRET."""
    content = b"1.0." + body
    made = base64.b64encode(hmac.digest(b"k" * 32, content, "sha256")).decode()
    return {"webhook-id": "1", "webhook-timestamp": "0", "webhook-signature": f"v1,{made}"}


SECRET = f"whsec_{base64.b64encode(b'k' * 32).decode()}"


@pytest.mark.parametrize("changes", MALFORMED, ids=lambda changes: json.dumps(changes)[:40])
async def test_a_malformed_proposal_is_tampered_wherever_it_comes_from(endpoint, changes):
    """In an answer, a list, the answer to a claim and to a report, an event, a callback: one kind, one sentence."""
    whole_one = await endpoint.propose()
    known = whole_one | changes
    genuine = Proposal.read(whole_one)
    answers = [
        ("get", "prp_1"),
        ("propose", "refund.create", REFUND),
        ("claim", genuine),
        ("report", "prp_1", "failed"),
    ]
    said = set()
    for kind in KINDS:
        async with lying(whole(json.dumps(known).encode())) as (url, _):
            for verb, *args in answers:
                named = {"reasoning": "x"} if verb == "propose" else {}
                with pytest.raises(Tampered) as refused:
                    await asked(kind, url, verb, *args, within=PATIENCE, **named)
                said.add(refused.value.message)
        async with lying(whole(json.dumps({"proposals": [known]}).encode())) as (url, _):
            with pytest.raises(Tampered) as refused:
                await asked(kind, url, "proposals", within=PATIENCE)
            said.add(refused.value.message)
    assert len(said) == 1, said
    (sentence,) = said
    assert "othing ran" not in sentence  # a report tells of what ran
    event = json.dumps({"id": "1", **EVENT, "timestamp": EVENT["time"], "data": known})
    listening = Listening(after=None, patience=0, longest=1, now=lambda: 0.0)
    with pytest.raises(Tampered):
        listening.event_of(ServerSentEvent(id="1", data=event))
    with pytest.raises(Tampered):
        verify_callback(signed(event.encode()), event.encode(), SECRET, now=0)


async def test_what_is_none_of_the_services_at_all_is_unavailable():
    for body in (b'{"ok": true}', b"<html>", b"[]"):
        async with lying(whole(body)) as (url, _):
            with pytest.raises(Unavailable, match="nothing of Signoff's in it"):
                await asked("sync", url, "get", "prp_1", within=PATIENCE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [b"500 Oh", b"429 Slow down"])
async def test_of_a_report_that_is_lost_nobody_says_that_nothing_ran(kind, status):
    async with lying(whole(b"{}", status=status)) as (url, _):
        for verb, args in (("report", ("prp_1", "succeeded")), ("rolled_back", ("prp_1", "succeeded"))):
            with pytest.raises((Unavailable, TooMany), match="Tell it again later") as lost:
                await asked(kind, url, verb, *args, within=PATIENCE)
            assert "othing ran" not in lost.value.message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "event",
    [
        b"id: \xc3\xa4\ndata: {}\n\n",
        b"id: " + b"9" * 300 + b"\n\n",
        b"id: a b\n\n",
        b"id: 1\ndata: " + b"[" * 100_000 + b"\n\n",
        b"id: 1\ndata: nothing\n\n",
        b"id: 1\ndata: []\n\n",
        b"id: 1\ndata: " + json.dumps({**EVENT, "data": None}).encode() + b"\n\n",
        b"id: 1\ndata: " + json.dumps({**EVENT, "time": "2026-11-20T10:15:00", "data": {}}).encode() + b"\n\n",
    ],
)
async def test_an_event_that_is_none_ends_the_stream_with_a_sentence(kind, event):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"

    async def tells(write):
        await write(head + event)
        await asyncio.Event().wait()

    async with asyncio.timeout(PATIENCE), lying(tells) as (url, _):
        with pytest.raises(Tampered, match="What sends events for the approval service cannot be believed"):
            await next_event(kind, url, within=PATIENCE)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_event_whose_type_is_no_text_is_none(kind, endpoint):
    known = await endpoint.propose()
    said = json.dumps({**EVENT, "type": 7, "data": known}).encode()

    async def tells(write):
        await write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nid: 1\ndata: " + said + b"\n\n")
        await asyncio.Event().wait()

    async with asyncio.timeout(PATIENCE), lying(tells) as (url, _):
        with pytest.raises(Tampered, match="type is no text"):
            await next_event(kind, url, within=PATIENCE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("piece", [b"x" * 0x10000, b"data: " + b"x" * 1000 + b"\r\n"], ids=["one line", "lines"])
async def test_an_event_without_end_is_given_up_at_its_bound(kind, piece):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: "
    many = piece * max(1, 0x10000 // len(piece))

    async def pours(write):
        await write(head)
        while True:
            await write(many)

    async with asyncio.timeout(PATIENCE), lying(pours) as (url, _):
        with pytest.raises(Unavailable, match="more than"):
            await next_event(kind, url, within=PATIENCE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("after", ["\u00e4", "1\n2", "1 2", "", "\udcff", "\ufeff1", "9" * 256])
async def test_no_event_has_such_an_id_to_go_on_after_and_nobody_is_asked(kind, after):
    async with lying(whole(b"{}")) as (url, heads):
        with pytest.raises(Invalid, match="id of an event"):
            await next_event(kind, url, after=after, within=PATIENCE)
    assert heads == []


KEYS = ("\u00e4", "a\nb", "a b", "a ", "\ud800", "\ufeffa", "k" * 600)


class Watch:
    """A clock that stands until it is moved."""

    at = 0.0

    def __call__(self):
        return self.at


def test_an_event_that_comes_by_drops_ends_its_connection_and_signs_of_life_do_not():
    watch = Watch()
    listening = Listening(after=None, patience=30, longest=40, now=watch)
    listening.headers()
    for _ in range(100):
        watch.at += 15
        listening.take(b": ping\r\n\r\n")
    listening.take(b"data: {")
    watch.at += 39
    listening.take(b'"id"')
    watch.at += 2
    with pytest.raises(httpx.ReadTimeout, match="longer to come"):
        listening.take(b":")


def test_a_stream_that_never_says_anything_whole_is_given_up_when_patience_is_over():
    watch = Watch()
    listening = Listening(after=None, patience=30, longest=40, now=watch)

    def broken():
        listening.headers()
        listening.refused(200, {"content-type": "text/event-stream"})
        listening.take(b"data: {")
        watch.at += 10
        return listening.ended("it broke")

    rests = [broken() for _ in range(3)]
    with pytest.raises(Unavailable, match="sends no events"):
        broken()
    assert rests == sorted(rests)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("verb", "args", "named"),
    [
        ("propose", ("refund.create", REFUND), {"reasoning": "\ud800"}),
        ("propose", ("refund.create", REFUND), {"reasoning": "x", "summary": "\udcff"}),
        ("propose", ("refund.create", {"note": "\ud800"}), {"reasoning": "x"}),
        ("propose", ("refund\ud800", REFUND), {"reasoning": "x"}),
        ("propose", ("refund.create", REFUND), {"reasoning": "x", "context": [{"title": object()}]}),
        ("propose", ("refund.create", REFUND), {"reasoning": "x", "confidence": float("nan")}),
        *(("propose", ("refund.create", REFUND), {"reasoning": "x", "key": key}) for key in KEYS),
        ("proposals", (), {"run_id": "\ud800"}),
        ("proposals", (), {"status": "\udcff"}),
        ("get", ("prp_1\n",), {}),
        ("get", ("\u00e4",), {}),
        ("get", ("prp_\u0661",), {}),
        ("get", ("",), {}),
        ("get", ("x" * 300,), {}),
        ("withdraw", ("prp_1", "\ud800"), {}),
        ("reply", ("prp_1", "\ud800"), {}),
        ("wait", ("prp_1", float("nan")), {}),
        ("ask", ("refund.create", REFUND), {"reasoning": "x", "seconds": float("nan")}),
    ],
)
async def test_what_cannot_be_sent_is_invalid_at_once_and_nothing_is_sent(kind, verb, args, named):
    async with lying(whole(b"{}")) as (url, heads):
        with pytest.raises(Invalid):
            await asked(kind, url, verb, *args, within=PATIENCE, **named)
    assert heads == []
