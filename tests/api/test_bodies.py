"""Bodies that are too large, too slow, broken off, packed or not JSON."""

import asyncio
import gzip
import json

import pytest

from bot.api.context import Limits
from bot.api.strict_json import MAX_BYTES
from tests.api.conftest import TOKEN, body
from tests.patience import PATIENCE


def padded(size):
    """A proposal of exactly so many bytes."""
    raw = json.dumps(body())
    return (raw + " " * (size - len(raw))).encode()


async def chunks(raw, size=10_000):
    for start in range(0, len(raw), size):
        yield raw[start : start + size]


async def spoken(endpoint, raw):
    """What the server says to bytes on a bare connection, until it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", endpoint.server.port)
    writer.write(raw)
    await writer.drain()
    try:
        async with asyncio.timeout(PATIENCE):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = next(
                int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")
            )
            return head, json.loads(await reader.readexactly(length))
    finally:
        writer.close()
        await writer.wait_closed()


def request(*headers, content=b"", method="POST", path="/v1/proposals"):
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {TOKEN}", *headers, "", ""]
    return "\r\n".join(lines).encode() + content


async def test_a_body_of_the_largest_size_is_taken_and_one_byte_more_is_not(endpoint):
    await endpoint.call("POST", "/v1/proposals", raw=padded(MAX_BYTES), expect=201)
    no = await endpoint.call("POST", "/v1/proposals", raw=padded(MAX_BYTES + 1), expect=413)
    assert no["type"] == "urn:signoff:problem:too-large"


async def test_a_body_in_chunks_is_counted_as_it_comes(endpoint):
    await endpoint.call("POST", "/v1/proposals", raw=chunks(padded(MAX_BYTES)), expect=201)
    await endpoint.call("POST", "/v1/proposals", raw=chunks(padded(MAX_BYTES + 1)), expect=413)


async def test_a_body_that_only_says_it_is_too_large_is_refused_before_it_comes(endpoint):
    head, no = await spoken(endpoint, request(f"Content-Length: {MAX_BYTES + 1}"))
    assert " 413 " in head
    assert no["type"] == "urn:signoff:problem:too-large"


@pytest.mark.parametrize("limits", [Limits(body_seconds=0.05)])
async def test_a_body_that_does_not_come_is_not_waited_for(endpoint):
    head, no = await spoken(endpoint, request("Content-Length: 100", content=b'{"action'))
    assert " 408 " in head
    assert no["type"] == "urn:signoff:problem:too-slow"
    assert "application/problem+json" in head


@pytest.mark.parametrize("content", [b"zz\r\n{}\r\n", b"5\r\n{}{}{}{}\r\n", b"-1\r\n\r\n"])
async def test_broken_chunks_are_malformed(endpoint, content):
    head, no = await spoken(endpoint, request("Transfer-Encoding: chunked", content=content))
    assert " 400 " in head
    assert no["type"] == "urn:signoff:problem:malformed"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "x-unknown", "gzip, identity"])
async def test_a_packed_body_is_never_unpacked(endpoint, encoding):
    bomb = gzip.compress(b" " * 10_000_000)
    for raw in (bomb, json.dumps(body()).encode()):
        no = await endpoint.call("POST", "/v1/proposals", raw=raw, headers={"Content-Encoding": encoding}, expect=400)
        assert no["type"] == "urn:signoff:problem:malformed"
        assert "Content-Encoding" in no["detail"]


async def test_the_client_may_ask_before_it_sends(endpoint):
    reader, writer = await asyncio.open_connection("127.0.0.1", endpoint.server.port)
    writer.write(request("Expect: 100-continue", "Content-Length: 300"))
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(padded(300))
    assert (await reader.readuntil(b"\r\n")) == b"HTTP/1.1 201 Created\r\n"
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("raw", [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"GET /healthz HTTP/9.9\r\n\r\n",
    request("X: " + "x" * 20_000), request("no colon"), request("Content-Length: x"), request("Content-Length: 1", "Content-Length: 2"),
    request("Content-Length: 3", "Transfer-Encoding: chunked"), request("X: a\x00b"), request(path="/" + "x" * 20_000),
])  # fmt: skip
async def test_what_is_not_http_is_answered_as_a_problem_without_an_echo(endpoint, raw, caplog):
    head, no = await spoken(endpoint, raw)
    assert " 400 " in head
    assert "application/problem+json" in head
    assert no["type"] == "urn:signoff:problem:malformed"
    assert TOKEN not in head + str(no) + caplog.text


async def test_another_expectation_cannot_be_met(endpoint):
    await endpoint.call("POST", "/v1/proposals", body(), headers={"Expect": "a miracle"}, expect=400)


@pytest.mark.parametrize("raw", [b"", b"{", b"action=refund.create", b"\xff\xfe", json.dumps(body()).encode("utf-16")])
async def test_what_is_not_json_is_malformed(endpoint, raw):
    assert (await endpoint.call("POST", "/v1/proposals", raw=raw, expect=400))[
        "type"
    ] == "urn:signoff:problem:malformed"


@pytest.mark.parametrize(("raw", "pointer"), [
    (b'{"action": "refund.create", "action": "search.web"}', "/action"),
    (b'{"payload": {"amount": NaN}}', "/payload/amount"),
    (b'{"payload": {"amount": 9007199254740993}}', "/payload/amount"),
    (b'{"payload": {"amount": 1e400}}', "/payload/amount"),
    (b'{"payload": {"note": "\\ud800"}}', "/payload/note"),
    (b'{"payload": ' + b'{"a":' * 40 + b"1" + b"}" * 41, "/payload" + "/a" * 31),
])  # fmt: skip
async def test_json_that_readers_could_understand_differently_is_invalid(endpoint, raw, pointer):
    no = await endpoint.call("POST", "/v1/proposals", raw=raw, expect=422)
    assert no["type"] == "urn:signoff:problem:invalid"
    assert [error["pointer"] for error in no["errors"]] == [pointer]


@pytest.mark.parametrize("verb", ["claim", "outcome", "rollback", "withdraw"])
async def test_every_verb_reads_its_body_as_strictly(endpoint, verb):
    made = await endpoint.propose()
    await endpoint.do(made, verb, None, expect=400)
    await endpoint.do(made, verb, None, raw=b'{"a": 1, "a": 1}', expect=422)
    await endpoint.do(made, verb, [], expect=422)
    await endpoint.do(made, verb, None, raw=padded(MAX_BYTES + 1), expect=413)


async def test_several_faults_are_told_at_once(endpoint):
    no = await endpoint.call("POST", "/v1/proposals", {"action": "X", "payload": [], "why": 1}, expect=422)
    assert {error["pointer"] for error in no["errors"]} == {"/action", "/payload", "/reasoning", "/why"}
