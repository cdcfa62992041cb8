"""One set of receipts, sound and not, held against both who verify them: `signoff receipt verify` and the client."""

import asyncio
import base64
import json
import os
from pathlib import Path

import pytest
from aiohttp import web

from approvals.digest import canonical
from approvals.receipt import PERMIT
from bot.cli.record.verify_receipt import NoReceipt, check_receipt, keys_at
from bot.signing import Signer
from signoff_client import NotConfigured, Tampered, verify_receipt
from tests import program
from tests.recording import (
    ISSUER,
    OTHER_SEED,
    SEED,
    SIGNER,
    Story,
    changed,
    edited_and_run,
    hashed,
    signed,
    without,
)

ROOT = Path(__file__).parents[2]
THIEF = Signer.of([OTHER_SEED])
SOUND = edited_and_run().receipt()
UNSIGNED = "signature does not hold"


def forged(path, value):
    """A receipt of ours that was changed afterwards."""
    return changed(SOUND, path, value)


def attached(receipt):
    """The signature of a receipt with what it was made over put into its middle, as anybody can."""
    body = canonical({name: value for name, value in receipt.items() if name != "signature"})
    first, _, last = receipt["signature"].split(".")
    return f"{first}.{base64.urlsafe_b64encode(body).decode().rstrip('=')}.{last}"


TAMPERED = {
    "one byte of the payload": (forged(("revisions", 1, "action", "payload", "amount"), 121), UNSIGNED),
    "another status": (forged(("proposal", "status"), "failed"), UNSIGNED),
    "a decision less": (forged(("decisions",), []), UNSIGNED),
    "an entry less": (without(SOUND, "decided"), UNSIGNED),
    "another time of making": (forged(("made_at",), "2026-11-20T10:15:00.000Z"), UNSIGNED),
    "a field more": ({**SOUND, "note": "approved by all"}, UNSIGNED),
    "no signature": ({name: value for name, value in SOUND.items() if name != "signature"}, "no compact JWS"),
    "a number as signature": ({**SOUND, "signature": 7}, "no compact JWS"),
    "the signature of another receipt": ({**SOUND, "signature": Story().receipt()["signature"]}, UNSIGNED),
    "the key of a stranger": (signed(SOUND, THIEF), "none of those given"),
    "another, with the content of the sound one in its signature": (
        {**forged(("proposal", "status"), "failed"), "signature": attached(SOUND)},
        "carries content of its own",
    ),
    "a permit's signature": ({**SOUND, "signature": SIGNER.detached(b"{}", PERMIT)}, "signoff-receipt+jws"),
    "signed, with a wrong digest": (
        signed(forged(("revisions", 1, "action", "payload", "amount"), 121)),
        "Revision 2: its action and payload have the digest",
    ),
    "signed, with an entry that was changed": (
        signed(forged(("entries", 2, "actor_id"), "U0BOB")),
        "Entry 3: its content is not what its hash was made over.",
    ),
    "signed, without its decision": (
        signed(without(SOUND, "decided")),
        "its decisions do not fill the gate: a place of support is empty.",
    ),
    "signed, with another status": (
        signed(forged(("proposal", "status"), "failed")),
        "The record's status is not what its entries tell.",
    ),
    "signed, with a permit for something else": (
        signed(forged(("permit", "digest"), "sha256:0")),
        "The permit is bound to digest 'sha256:0'",
    ),
    "signed, with a foreign entry": (
        signed(hashed(forged(("entries", 1, "proposal_id"), "prp_other"))),
        "Entry 2 is about prp_other, not about this proposal.",
    ),
    "signed, of another form": (signed({**SOUND, "form": 2}), "this program knows 1"),
    "signed, and empty": (signed({}), "is not made as receipts are"),
}


def test_both_take_a_sound_receipt():
    examined = check_receipt(json.dumps(SOUND), SIGNER.public_keys())
    assert (examined.faults, examined.key) == ((), SIGNER.jwks()["keys"][0]["kid"])
    receipt = verify_receipt(SOUND, SIGNER.jwks())
    assert (receipt.id, receipt.status, receipt.final) == (SOUND["proposal"]["id"], "succeeded", True)
    assert (receipt.payload, receipt.agent) == ({"amount": 120, "order": "1001"}, "support-bot")
    assert (receipt.issuer, receipt.digest) == (ISSUER, SOUND["proposal"]["digest"])


@pytest.mark.parametrize("what", TAMPERED)
def test_both_refuse_and_say(what):
    receipt, why = TAMPERED[what]
    examined = check_receipt(json.dumps(receipt), SIGNER.public_keys())
    assert any(why in fault.replace("is not a compact", "is no compact") for fault in examined.faults), examined.faults
    with pytest.raises(Tampered) as refused:
        verify_receipt(receipt, SIGNER.jwks())
    assert why in refused.value.message


def test_both_take_what_an_older_key_signed_as_long_as_it_is_published():
    both = Signer.of([OTHER_SEED, SEED])
    assert check_receipt(json.dumps(SOUND), both.public_keys()).faults == ()
    assert verify_receipt(SOUND, both.jwks()).final


def test_both_take_a_receipt_in_another_writing():
    shuffled = json.loads(json.dumps(SOUND, sort_keys=True, indent=4, ensure_ascii=True))
    assert check_receipt(json.dumps(shuffled, indent=1), SIGNER.public_keys()).faults == ()
    assert verify_receipt(shuffled, SIGNER.jwks()).final


def test_a_receipt_of_a_float_and_of_text_that_is_not_ascii_holds():
    receipt = Story(payload={"amount": 250.0, "note": "späte Lieferung \U0001f4e6 \u202e"}).approve().receipt()
    assert check_receipt(json.dumps(receipt), SIGNER.public_keys()).faults == ()
    assert verify_receipt(receipt, SIGNER.jwks()).payload["amount"] == 250


@pytest.mark.parametrize("text", [json.dumps(SOUND), json.dumps(SOUND).encode(), [], None, 7])
def test_what_was_not_parsed_is_no_receipt(text):
    with pytest.raises(Tampered, match="and no JSON object: parse what was received"):
        verify_receipt(text, SIGNER.jwks())


@pytest.mark.parametrize("made_at", ["2026-11-20T10:15:00", "yesterday", None, 7])
def test_a_receipt_says_when_it_was_made_with_its_time_zone(made_at):
    with pytest.raises(Tampered):
        verify_receipt(signed({**SOUND, "made_at": made_at}), SIGNER.jwks())


@pytest.mark.parametrize("value", [float("nan"), 2**60, "\ud800"])
def test_what_cannot_be_signed_was_not(value):
    examined = check_receipt(json.dumps({**SOUND, "extra": value}), SIGNER.public_keys())
    assert examined.faults[0] == "The receipt has numbers or texts that cannot be signed."
    with pytest.raises(Tampered, match="no JSON that can be signed"):
        verify_receipt({**SOUND, "extra": value}, SIGNER.jwks())


@pytest.mark.parametrize("keys", [{}, {"keys": []}, {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "A"}]}, None])
def test_the_client_does_not_verify_without_keys(keys):
    with pytest.raises(NotConfigured):
        verify_receipt(SOUND, keys)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "The receipt is no JSON"),
        ("[]", "The receipt is no JSON object"),
        ('{"a": 1, "a": 2}', "a name stands twice in one object"),
        ("[" * 100_000, "The receipt is no JSON"),
    ],
)
def test_what_is_no_receipt_at_all_is_wrong_use(text, why):
    with pytest.raises(NoReceipt, match=why):
        check_receipt(text, SIGNER.public_keys())


# the command


@pytest.fixture
def verify(tmp_path):
    """Runs `signoff receipt verify` in an empty folder."""

    def run(*words, stdin=None, **environ):
        env = {"PATH": os.environ["PATH"], **environ}
        return program.run(("receipt", "verify", *map(str, words)), env=env, cwd=tmp_path, given=stdin or "")

    (tmp_path / "receipt.json").write_text(json.dumps(SOUND))
    (tmp_path / "jwks.json").write_text(json.dumps(SIGNER.jwks()))
    return run


def test_the_command_says_what_a_sound_receipt_proves(verify):
    finished = verify("receipt.json", "--jwks", "jwks.json")
    (key,) = SIGNER.jwks()["keys"]
    assert finished.returncode == 0
    assert finished.stdout.splitlines() == [
        f"The receipt holds: refund.create of support-bot ({SOUND['proposal']['id']}) is succeeded, which is final.",
        f"Made by {ISSUER} at 2026-11-20T10:15:05.000Z, signed with the key {key['kid']}.",
        "2 revisions, 7 audit entries (1 to 7 of the log), approved by U0ALICE.",
    ]


def test_the_command_takes_one_key_and_reads_what_is_piped(verify):
    (key,) = SIGNER.jwks()["keys"]
    pending = json.dumps(Story().receipt(places=False))
    finished = verify("-", "--key", key["x"], stdin=pending)
    assert finished.returncode == 0
    assert "is pending, which was not the end when the receipt was made." in finished.stdout
    assert "their places in the log are not told, so their hashes were not made anew" in finished.stdout
    assert "approved by nobody" in finished.stdout


def test_the_command_says_everything_that_is_wrong_and_exits_1(verify, tmp_path):
    (tmp_path / "receipt.json").write_text(json.dumps(forged(("revisions", 1, "action", "payload", "amount"), 121)))
    finished = verify("receipt.json", "--jwks", "jwks.json")
    assert finished.returncode == 1
    first, *others = finished.stdout.splitlines()
    assert first == "The receipt does not hold; believe nothing in it:"
    assert [other[:40] for other in others] == [
        "- The signature: its signature does not ",
        "- Revision 2: its action and payload hav",
    ]
    told = json.loads(verify("receipt.json", "--jwks", "jwks.json", "--json").stdout)
    assert (told["holds"], told["key"], len(told["faults"])) == (False, None, 2)


def test_the_command_answers_programs(verify):
    (key,) = SIGNER.jwks()["keys"]
    told = json.loads(verify("receipt.json", "--jwks", "jwks.json", "--json").stdout)
    assert told == {
        "holds": True,
        "id": SOUND["proposal"]["id"],
        "status": "succeeded",
        "final": True,
        "issuer": ISSUER,
        "key": key["kid"],
        "faults": [],
    }


def test_the_command_uses_the_keys_of_the_bot_here_and_makes_none(verify, tmp_path):
    without_any = verify("receipt.json")
    assert without_any.returncode == 2
    assert "Name the public ones with --jwks, a file or an address, or --key." in without_any.stderr
    assert not (tmp_path / "var").exists()
    mine = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert verify("receipt.json", SIGNOFF_SIGNING_KEY=mine).returncode == 0
    assert verify("receipt.json", SIGNOFF_SIGNING_KEY="A" * 43 + "=").returncode == 1
    assert verify("receipt.json", SIGNOFF_SIGNING_KEY="hunter2").returncode == 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("gone.json", "--jwks", "jwks.json"), "gone.json cannot be read"),
        (("receipt.json", "--jwks", "gone.json"), "The keys at gone.json cannot be read"),
        (("receipt.json", "--jwks", "receipt.json"), "The keys at receipt.json cannot be used"),
        (("receipt.json", "--jwks", "http://127.0.0.1:9/"), "The keys at http://127.0.0.1:9/ cannot be read"),
        (("receipt.json", "--key", "AA"), "--key cannot be used"),
        (("receipt.json", "--key", "AA", "--jwks", "jwks.json"), "Name the keys once"),
        (("receipt.json", "--env-file", "gone.env"), "gone.env is not there"),
    ],
)
def test_the_command_exits_2_where_it_cannot_examine_anything(verify, words, why):
    finished = verify(*words)
    assert finished.returncode == 2
    assert why in finished.stderr
    assert "Traceback" not in finished.stderr


async def test_keys_are_read_from_an_address():
    async def published(_request):
        return web.json_response(SIGNER.jwks())

    app = web.Application()
    app.router.add_get("/.well-known/jwks.json", published)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        keys = await asyncio.to_thread(keys_at, f"http://{host}:{port}/.well-known/jwks.json")
        assert check_receipt(json.dumps(SOUND), keys).faults == ()
        with pytest.raises(NoReceipt, match="cannot be read: Not Found"):
            await asyncio.to_thread(keys_at, f"http://{host}:{port}/other")
    finally:
        await runner.cleanup()
