"""T1: a forged request is 401 before anything is parsed, never a 5xx, and nothing happens.

What the logs hold of it: test_t26_secrets_in_logs.
"""

import io
import json
import time
from urllib.parse import urlencode

import pytest

from tests.threats.ground import FORM
from tests.town import AGENT_TOKEN, SUPPORT

STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"


def without(headers, *names):
    return {name: value for name, value in headers.items() if name not in names}


FORGERIES = {
    "no headers": lambda _: {"Content-Type": FORM},
    "no signature": lambda good: without(good, SIGNATURE),
    "no timestamp": lambda good: without(good, STAMP),
    "empty signature": lambda good: {**good, SIGNATURE: ""},
    "version alone": lambda good: {**good, SIGNATURE: "v0="},
    "short signature": lambda good: {**good, SIGNATURE: good[SIGNATURE][:-1]},
    "long signature": lambda good: {**good, SIGNATURE: good[SIGNATURE] + "0"},
    "other signature": lambda good: {**good, SIGNATURE: "v0=" + "0" * 64},
    "other version": lambda good: {**good, SIGNATURE: "v1" + good[SIGNATURE][2:]},
    "signature that is not ASCII": lambda good: {**good, SIGNATURE: "v0=" + "é" * 64},
    "signature of wide digits": lambda good: {**good, SIGNATURE: "v0=" + "\uff11" * 64},
    "timestamp that is no number": lambda good: {**good, STAMP: "yesterday"},
    "timestamp with a sign": lambda good: {**good, STAMP: "+" + good[STAMP]},
    "timestamp with a fraction": lambda good: {**good, STAMP: good[STAMP] + ".0"},
    "timestamp of other digits": lambda good: {**good, STAMP: "\u0661" * 10},
    "timestamp not ASCII": lambda good: {**good, STAMP: "é"},
    "endless timestamp": lambda good: {**good, STAMP: "1" * 5000},
    "not a time": lambda good: {**good, STAMP: "NaN"},
    "infinite": lambda good: {**good, STAMP: "1e999"},
    "a body in a package": lambda good: {**good, "Content-Encoding": "gzip"},
    "agent token in place of a signature": lambda good: {
        **without(good, SIGNATURE),
        "Authorization": f"Bearer {AGENT_TOKEN}",
    },
}


async def approving(town):
    """A click that would approve, if it were Slack's."""
    proposal, card = await town.proposed()
    return proposal, await town.made("U0ALICE", SUPPORT, card, "approve")


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
async def test_t01_each_malformed_or_missing_header_is_a_bare_401_and_decides_nothing(town, forgery):
    proposal, payload = await approving(town)
    body, good = town.signed(payload)
    assert await town.knock(body, forgery(good)) == 401
    assert await town.status(proposal) == "pending"
    assert await town.knock(body, good) == 200, "the same body, signed well, is what counts"
    assert await town.status(proposal) == "approved"


@pytest.mark.parametrize("header", [STAMP, SIGNATURE])
async def test_t01_a_header_sent_twice_is_refused_since_nobody_knows_which_one_was_meant(town, header):
    proposal, payload = await approving(town)
    body, good = town.signed(payload)
    for first, second in ((good[header], "0"), ("0", good[header]), (good[header], good[header])):
        headers = [*without(good, header).items(), (header, first), (header, second)]
        assert await town.knock(body, headers) == 401
    assert await town.status(proposal) == "pending"


async def test_t01_a_signature_holds_for_its_body_its_time_and_its_secret_alone(town):
    proposal, payload = await approving(town)
    body, good = town.signed(payload)
    assert await town.knock(body + b"&", good) == 401
    assert await town.knock(body.replace(b"%22", b'"', 1), good) == 401, "another encoding of the same words"
    assert await town.knock(body, {**good, STAMP: str(int(good[STAMP]) - 1)}) == 401
    assert await town.knock(*town.signed(payload, secret="another secret")) == 401
    assert await town.knock(*town.signed(payload, secret="")) == 401
    assert await town.status(proposal) == "pending"


@pytest.mark.parametrize("body", [b"payload=\xff\xfe", b"\x80", b"payload=%7B\xc3\x28", b"\xed\xa0\x80"])
async def test_t01_a_body_that_is_not_utf8_is_401_even_when_it_is_signed(town, body):
    assert await town.knock(body, {**town.slack.sign(body, int(time.time())), "Content-Type": FORM}) == 401


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"payload=", FORM),
        (b"payload=nonsense", FORM),
        (b"payload=[]", FORM),
        (b"payload=7", FORM),
        (b"payload=null", FORM),
        (b"payload=%22text%22", FORM),
        (b"payload=" + b"[" * 100_000, FORM),
        (b"[1]", "application/json"),
        (b"nonsense", "application/json"),
        (b"{", "application/json"),
        (b"null", "application/json"),
        (b'{"team":[],"user":7,"type":[]}', "application/json"),
        (urlencode({"payload": json.dumps({"type": "block_actions", "team": {"id": ["T"]}})}).encode(), FORM),
        (urlencode({"payload": json.dumps({"type": "block_actions", "actions": [7], "user": []})}).encode(), FORM),
        (b"", FORM),
    ],
)
async def test_t01_what_is_signed_and_still_nothing_that_slack_sends_is_no_error_of_ours(town, body, kind):
    status = await town.knock(body, {**town.slack.sign(body, int(time.time())), "Content-Type": kind})
    assert status in (200, 401)


@pytest.mark.parametrize(
    "payload",
    [
        {"actions": [7], "user": []},
        {"actions": "approve"},
        {"actions": []},
        {"view": "V1", "user": {"id": ["U0ALICE"]}},
        {"channel": "C0SUPPORT", "message": [], "container": 3},
        {"actions": [{"action_id": "approve", "value": {"a": 1}}]},
        {"actions": [{"action_id": ["approve"], "value": "x"}]},
        {"actions": [{"action_id": "approve", "value": "prp_" + "0" * 100_000}]},
        {"actions": [{"action_id": "page_next", "value": "waiting:99999999999999999999:x"}]},
        {"user": {"id": "U0BOT"}, "message": {"blocks": [{"type": "section", "text": 3}, 7, None]}},
        {"type": "view_submission", "view": {"callback_id": ["x"], "private_metadata": {"a": 1}}},
        {"type": "view_submission", "view": {"callback_id": "edit", "private_metadata": "x", "state": {"values": 3}}},
    ],
)
async def test_t01_a_signed_payload_of_wrong_shapes_is_answered_and_changes_nothing(town, payload):
    proposal, good = await approving(town)
    assert await town.knock(*town.signed({**good, **payload})) in (200, 401)
    assert await town.status(proposal) == "pending"


async def test_t01_the_unsigned_ssl_check_of_old_is_401_and_so_is_a_challenge(town):
    assert await town.knock(b"ssl_check=1&token=x", {"Content-Type": FORM}) == 401
    challenge = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"}).encode()
    assert await town.knock(challenge, {"Content-Type": "application/json"}) == 401


async def test_t01_a_body_without_end_is_401_and_not_read_to_its_end(town):
    body = io.BytesIO(b"payload=" + b"x" * (2 * 1024 * 1024))
    assert await town.knock(body, {"Content-Type": FORM}) == 401


async def test_t01_a_slack_signature_opens_no_door_of_the_agents(town):
    body, good = town.signed({"type": "block_actions"})
    headers = {**good, "Authorization": "Bearer " + town.slack.signing_secret}
    assert await town.knock(body, headers, path="/v1/proposals") == 401
