"""Whether a request comes from Slack."""

import hashlib
import hmac

import pytest

from bot.slack.web.http import WINDOW, from_slack

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_795_000_000
BODY = b"payload=%7B%22type%22%3A%22block_actions%22%7D"


def headers(secret=SECRET, body=BODY, at=NOW, **changes):
    mac = hmac.new(secret.encode(), b"v0:" + str(at).encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={mac}", **changes}


def test_what_slack_signed_is_slack_s():
    assert from_slack(headers(), BODY, [SECRET], NOW)


def test_either_of_two_secrets_counts_while_rotating():
    assert from_slack(headers(), BODY, ["another", SECRET], NOW)
    assert from_slack(headers(), BODY, [SECRET, "another"], NOW)


@pytest.mark.parametrize("off", [-WINDOW, -1, 0, 1, WINDOW])
def test_a_clock_that_is_off_by_up_to_five_minutes_either_way_shuts_nobody_out(off):
    assert from_slack(headers(at=NOW + off), BODY, [SECRET], NOW)


@pytest.mark.parametrize("off", [-WINDOW - 1, WINDOW + 1, -(10**9), 10**9])
def test_what_is_older_or_newer_is_not_taken(off):
    assert not from_slack(headers(at=NOW + off), BODY, [SECRET], NOW)


@pytest.mark.parametrize("secrets", [[], ["another"], ["", "another"], [SECRET[:-1]], [SECRET.upper()]])
def test_another_secret_signs_nothing(secrets):
    assert not from_slack(headers(), BODY, secrets, NOW)


@pytest.mark.parametrize("body", [b"", BODY + b" ", BODY[:-1], BODY.replace(b"block", b"view_")])
def test_a_changed_body_is_not_slack_s(body):
    assert not from_slack(headers(), body, [SECRET], NOW)


def test_a_body_that_is_not_utf8_is_not_slack_s_even_when_signed():
    body = b"payload=\xff\xfe"
    assert not from_slack(headers(body=body), body, [SECRET], NOW)


@pytest.mark.parametrize(
    "stamp",
    ["", " ", "now", "-1", "+1795000000", "1795000000 ", "1795000000.0", "1_795_000_000", "١٧٩٥٠٠٠٠٠٠", "9" * 400],
)
def test_a_timestamp_that_is_no_plain_number_is_refused_and_nothing_raised(stamp):
    assert not from_slack(headers(**{"X-Slack-Request-Timestamp": stamp}), BODY, [SECRET], NOW)


@pytest.mark.parametrize(
    "signature", ["", "v0=", "v0=é", "v1=" + "0" * 64, "v0=" + "0" * 63, "v0=" + "0" * 65, "0" * 64, "v0=" + "g" * 64]
)
def test_a_signature_of_another_shape_is_refused_and_nothing_raised(signature):
    assert not from_slack(headers(**{"X-Slack-Signature": signature}), BODY, [SECRET], NOW)


@pytest.mark.parametrize("missing", ["X-Slack-Request-Timestamp", "X-Slack-Signature"])
def test_without_either_header_it_is_not_slack_s(missing):
    given = headers()
    del given[missing]
    assert not from_slack(given, BODY, [SECRET], NOW)
