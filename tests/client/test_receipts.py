"""`verify_receipt` believes what holds, and says in a sentence of everything else that it does not: it never breaks."""

import json
from contextlib import suppress
from datetime import datetime

import pytest

from signoff_client import Receipt, Tampered, verify_receipt
from tests.recording import SIGNER, changed, edited_and_run, hashed, signed

SOUND = edited_and_run().receipt()
KEYS = SIGNER.jwks()
NAIVE = "2026-11-20T10:15:05.000"


def places(value, path=()):
    """Every place in a receipt, those in the facts of its entries too."""
    if path:
        yield path
    if path[-1:] == ("facts",) and isinstance(value, str):
        value = json.loads(value)
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in pairs:
        yield from places(inner, (*path, name))


def forged(path, value):
    """Signed by whoever has the key, with its entries hashed anew where that can be done."""
    made = changed(SOUND, path, value)
    with suppress(LookupError, TypeError, AttributeError):
        made = hashed(made)
    return signed(made)


def verdict(receipt):
    """What it is found to be."""
    try:
        return verify_receipt(receipt, KEYS)
    except Tampered as refused:
        return refused


@pytest.mark.parametrize("value", [None, 2**53 - 1, "x", NAIVE, [], {"a": []}], ids=lambda value: repr(value)[:12])
def test_whatever_stands_in_one_place_of_a_signed_receipt_it_holds_or_is_refused(value):
    found = [verdict(forged(path, value)) for path in places(SOUND)]
    assert len(found) > 200
    assert all(len(each.message) > 20 for each in found if isinstance(each, Tampered))
    assert all(each.made_at.tzinfo is not None for each in found if isinstance(each, Receipt))


def with_facts(verb, **changes):
    """A receipt whose entry of that kind says something else, hashed and signed anew."""
    entries = [
        {**each, "facts": json.dumps(json.loads(each["facts"]) | changes)}
        if each["tag"] == f"proposal:{verb}"
        else each
        for each in SOUND["entries"]
    ]
    return signed(hashed({**SOUND, "entries": entries}))


@pytest.mark.parametrize("value", [NAIVE, "", None, 7, [], "tomorrow"])
def test_a_time_to_report_by_that_is_no_moment_is_refused(value):
    with pytest.raises(Tampered):
        verify_receipt(with_facts("claimed", report_by=value), KEYS)


def test_a_time_without_a_zone_is_refused_on_every_machine():
    """It would be another moment in another place, and the receipt hold only there."""
    naive = datetime.fromisoformat(SOUND["proposal"]["report_by"]).astimezone().replace(tzinfo=None).isoformat()
    receipt = with_facts("claimed", report_by=naive)
    receipt["proposal"]["report_by"] = naive
    with pytest.raises(Tampered, match="in no time zone"):
        verify_receipt(signed(receipt), KEYS)


@pytest.mark.parametrize("at", [2**53 - 1, -(2**53 - 1), 1e300, "now", None])
def test_a_time_that_no_calendar_has_is_refused(at):
    with pytest.raises(Tampered):
        verify_receipt(signed(hashed(changed(SOUND, ("entries", 0, "at"), at))), KEYS)


def test_a_receipt_made_at_no_moment_is_refused():
    for made_at in (NAIVE, "", None, 7, "tomorrow"):
        with pytest.raises(Tampered, match="not made as receipts are"):
            verify_receipt(signed({**SOUND, "made_at": made_at}), KEYS)


@pytest.mark.parametrize(
    "given",
    [json.dumps(SOUND), json.dumps(SOUND).encode(), list(SOUND.items()), None, 7, [SOUND]],
    ids=lambda given: type(given).__name__,
)
def test_a_text_or_anything_else_that_is_no_json_object_is_refused_with_a_sentence(given):
    with pytest.raises(Tampered, match="no JSON object"):
        verify_receipt(given, KEYS)


@pytest.mark.parametrize(
    "signature", ["", "..", "a.b.c", "\ud800..", "é..", "x" * 100_000, ["a"], {"a": 1}, True, None, b"a"]
)
def test_a_signature_of_any_kind_is_held_or_refused(signature):
    with pytest.raises(Tampered):
        verify_receipt({**SOUND, "signature": signature}, KEYS)
