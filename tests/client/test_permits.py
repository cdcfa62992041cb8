"""What a tool asks of a permit: each thing that can be wrong with one is refused, and what was refused is not used up."""

import asyncio
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from approvals.digest import digest
from approvals.receipt import PERMIT, RECEIPT
from bot.signing import Signer
from signoff_client import NotConfigured, SignoffError, Tampered, Unavailable, UsedPermits, verify_permit
from tests.recording import ISSUER, OTHER_SEED, SEED, SIGNER

NOW = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
PAYLOAD = {"order": "A-1001", "amount": 250}
CLAIMS = {
    "iss": ISSUER,
    "sub": "prp_019a0000000070008000000000000001",
    "act": "refund.create",
    "digest": digest("refund.create", PAYLOAD),
    "agent": "support-bot",
    "iat": int(NOW.timestamp()) - 10,
    "exp": int(NOW.timestamp()) + 50,
}
THIEF = Signer.of([OTHER_SEED])


def permit(signer=SIGNER, typ=PERMIT, **changes):
    said = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not ...}
    return signer.signed(json.dumps(said).encode(), typ)


def checked(token=None, **changes):
    asked = {"payload": PAYLOAD, "action": "refund.create", "jwks": SIGNER.jwks(), "issuer": ISSUER, "now": NOW}
    return verify_permit(permit() if token is None else token, **{**asked, **changes})


def test_the_right_permit_is_taken_and_says_what_it_says():
    found = checked(agent="support-bot")
    assert (found.id, found.action, found.digest) == (CLAIMS["sub"], "refund.create", CLAIMS["digest"])
    assert (found.issuer, found.agent) == (ISSUER, "support-bot")
    assert (found.issued_at, found.expires_at) == (NOW - timedelta(seconds=10), NOW + timedelta(seconds=50))


def test_the_same_payload_in_another_writing_is_the_same_payload():
    assert checked(payload={"amount": 250.0, "order": "A-1001"})
    assert checked(issuer=ISSUER + "/")


REFUSED = {
    "one byte of the payload": ({"payload": {**PAYLOAD, "order": "A-1002"}}, "this payload has sha256:"),
    "a field more": ({"payload": {**PAYLOAD, "note": ""}}, "this payload has sha256:"),
    "a number as text": ({"payload": {**PAYLOAD, "amount": "250"}}, "this payload has sha256:"),
    "no payload at all": ({"payload": {}}, "this payload has sha256:"),
    "a list that would make the same object": ({"payload": list(map(list, PAYLOAD.items()))}, "no JSON object"),
    "what is no JSON": ({"payload": {"amount": float("nan")}}, "cannot be sent as JSON"),
    "another action": ({"action": "refund.all"}, "is for refund.create, not for refund.all"),
    "another issuer": ({"issuer": "https://other.example.com"}, f"is of {ISSUER}, not of https://other"),
    "another agent": ({"agent": "other-bot"}, "of the agent support-bot, not of other-bot"),
    "an expired one": ({"now": NOW + timedelta(seconds=50)}, "expired at 2026-11-20T10:15:50"),
    "one from the future": ({"now": NOW - timedelta(seconds=311)}, "the clock here is wrong"),
    "a foreign key": ({"token": permit(THIEF)}, "none of those given"),
    "a foreign key under our issuer's name": ({"token": permit(THIEF), "jwks": SIGNER.jwks()}, "none of those given"),
    "a receipt's signature": ({"token": permit(typ=RECEIPT)}, "not one of a signoff-permit+jwt"),
    "a part cut off": ({"token": permit()[:-1]}, ""),
    "nothing": ({"token": ""}, "no compact JWS"),
    "no text": ({"token": None, "jwks": THIEF.jwks()}, "none of those given"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_and_not_used_up(what):
    changes, why = REFUSED[what]
    asked = []
    with pytest.raises(Tampered) as refused:
        checked(**changes, used_before=lambda found: bool(asked.append(found)))
    assert why in refused.value.message
    assert isinstance(refused.value, SignoffError)
    assert asked == []


def test_to_the_last_moment_and_a_clock_that_is_a_little_slow_is_none_of_the_permits_faults():
    assert checked(now=NOW + timedelta(seconds=49, milliseconds=999))
    assert checked(now=NOW - timedelta(seconds=310))


@pytest.mark.parametrize(
    "changes",
    [{name: ...} for name in CLAIMS]
    + [{name: 7} for name in ("iss", "sub", "act", "digest", "agent")]
    + [{name: value} for name in ("iat", "exp") for value in ("1", None, True, 1.5, 10**20)],
    ids=str,
)
def test_what_does_not_say_what_a_permit_says_is_none(changes):
    with pytest.raises(Tampered, match="does not say what a permit says"):
        checked(permit(**changes))


@pytest.mark.parametrize("content", [b"", b"[]", b"7", b"\xff"])
def test_nor_is_anything_else_that_we_signed(content):
    with pytest.raises(Tampered, match="does not say what a permit says"):
        checked(SIGNER.signed(content, PERMIT))


def test_the_clock_of_the_machine_counts_where_no_other_is_given():
    present = int(datetime.now(UTC).timestamp())
    assert checked(permit(iat=present, exp=present + 60), now=None)
    with pytest.raises(Tampered, match="expired"):
        checked(permit(iat=present - 60, exp=present - 1), now=None)


def test_after_the_key_was_replaced_both_verify():
    both = Signer.of([OTHER_SEED, SEED])
    assert checked(permit(both), jwks=both.jwks())
    assert checked(permit(), jwks=both.jwks())


@pytest.mark.parametrize("jwks", [{}, {"keys": []}, None, {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]}])
def test_without_keys_nothing_is_verified(jwks):
    with pytest.raises(NotConfigured):
        checked(jwks=jwks)


def test_used_once_and_never_again(tmp_path):
    used = UsedPermits(tmp_path / "used.db")
    assert checked(used_before=used)
    with pytest.raises(Tampered, match=f"The permit of {CLAIMS['sub']} was used before"):
        checked(used_before=used)
    with pytest.raises(Tampered, match="used before"):
        checked(permit(exp=CLAIMS["exp"] + 1), used_before=UsedPermits(tmp_path / "used.db"))
    assert checked(permit(sub="prp_other"), used_before=used)


def test_two_issuers_may_have_the_same_id(tmp_path):
    used = UsedPermits(tmp_path / "used.db")
    assert checked(used_before=used)
    assert checked(permit(iss="https://b.example.com"), issuer="https://b.example.com", used_before=used)


def test_of_many_at_once_one_is_taken(tmp_path):
    def attempt(_number):
        try:
            return bool(checked(used_before=UsedPermits(tmp_path / "used.db")))
        except Tampered:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(attempt, range(16))) == [False] * 15 + [True]


def test_where_it_cannot_be_noted_nothing_runs(tmp_path):
    (tmp_path / "gone").mkdir()
    used = UsedPermits(tmp_path / "gone" / "used.db")
    (tmp_path / "gone").rmdir()
    with pytest.raises(Unavailable, match="cannot be noted"):
        checked(used_before=used)
    (tmp_path / "other").write_bytes(b"This is no database, and it is long enough to be none." * 100)
    with pytest.raises(Unavailable, match="cannot be noted"):
        checked(used_before=UsedPermits(tmp_path / "other"))


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (":memory:", "is kept in no file"),
        (Path(":memory:"), "is kept in no file"),
        (b":memory:", "is kept in no file"),
        ("", "is kept in no file"),
        ("  ", "is kept in no file"),
        ("file::memory:", "is kept in no file"),
        ("file:used.db?mode=memory", "is kept in no file"),
        ("FILE::memory:?cache=shared", "is kept in no file"),
        ("/dev/null", "is no file"),
        (".", "is no file"),
        ("gone/used.db", "there is no folder"),
        ("used\0.db", "is no path"),
    ],
    ids=ascii,
)
def test_a_store_that_forgets_is_refused_before_it_is_asked(path, why, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotConfigured, match=why):
        UsedPermits(path)
    assert list(tmp_path.iterdir()) == []


def test_it_is_the_same_file_wherever_the_program_goes(tmp_path, monkeypatch):
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    used = UsedPermits("used.db")
    assert checked(used_before=used)
    monkeypatch.chdir(tmp_path / "other")
    with pytest.raises(Tampered, match="used before"):
        checked(used_before=used)
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["used.db"]


def test_a_time_without_a_zone_is_said_to_be_one():
    with pytest.raises(Tampered, match="has no time zone"):
        checked(now=NOW.replace(tzinfo=None))


async def test_the_client_says_what_to_install_where_the_library_is_missing():
    program = (
        "import sys; sys.modules['joserfc'] = None; sys.modules['joserfc.jws'] = None\n"
        "from signoff_client import verify_permit, NotConfigured\n"
        "try: verify_permit('', payload={}, action='a', jwks={}, issuer='')\n"
        "except NotConfigured as wrong: print(wrong)"
    )
    finished = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert finished.stdout == "Verifying needs one library more: pip install 'signoff-client[verify]'.\n"
