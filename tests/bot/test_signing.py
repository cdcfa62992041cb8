"""Signatures: the same bytes for the same content, verified by the named key alone, and no other way of signing."""

import base64
import json

import pytest
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from bot.signing import NotSigned, PublicKeys, Signer

SEED, OTHER = bytes(range(32)), bytes(range(32, 64))
TYP = "signoff-permit+jwt"
SIGNER = Signer.of([SEED])
RFC_8037 = {
    "kty": "OKP",
    "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
"""Appendix A.1, with the thumbprint of A.3."""
THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def seed_of(jwk):
    return base64.urlsafe_b64decode(jwk["d"] + "=")


def header(token):
    part = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def refused(token, typ=TYP, keys=None, content=None):
    with pytest.raises(NotSigned) as fault:
        (keys or SIGNER.public_keys()).verify(token, typ, content)
    return str(fault.value)


def test_the_key_of_the_rfc_has_its_public_half_and_its_thumbprint():
    (key,) = Signer.of([seed_of(RFC_8037)]).jwks()["keys"]
    assert key == {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": RFC_8037["x"],
        "use": "sig",
        "alg": "EdDSA",
        "kid": THUMBPRINT,
    }


def test_no_private_half_is_published():
    assert not any("d" in key for key in Signer.of([SEED, OTHER]).jwks()["keys"])


def test_what_is_signed_says_algorithm_type_and_key_and_is_the_same_each_time():
    token = SIGNER.signed(b'{"sub":"prp_0"}', TYP)
    (key,) = SIGNER.jwks()["keys"]
    assert header(token) == {"alg": "EdDSA", "typ": TYP, "kid": key["kid"]}
    assert token == Signer.of([SEED]).signed(b'{"sub":"prp_0"}', TYP)
    assert SIGNER.public_keys().verify(token, TYP) == (b'{"sub":"prp_0"}', key["kid"])


def test_what_is_detached_is_verified_with_its_content_however_long():
    content = b"x" * 3_000_000
    token = SIGNER.detached(content, TYP)
    assert len(token) < 400
    assert SIGNER.public_keys().verify(token, TYP, content)[0] == content
    assert refused(token, content=content[:-1] + b"y") == "its signature does not hold"
    assert refused(token) == "its signature does not hold"
    assert refused(SIGNER.signed(b"x", TYP), content=b"y") == "it carries content of its own"


def test_the_first_key_signs_and_all_verify():
    both = Signer.of([OTHER, SEED])
    assert [key["kid"] for key in both.jwks()["keys"]][1:] == [key["kid"] for key in SIGNER.jwks()["keys"]]
    for token in (both.signed(b"x", TYP), SIGNER.signed(b"x", TYP)):
        assert both.public_keys().verify(token, TYP)[0] == b"x"
    assert "none of those given" in refused(both.signed(b"x", TYP))


def test_one_byte_changed_anywhere_is_refused():
    token = SIGNER.signed(b'{"sub":"prp_0"}', TYP)
    for place in range(len(token)):
        for other in {"A", "B", "."} - {token[place]}:
            refused(token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize(
    "token", ["", "a.b.c", "..", "é", "a" * 70_000_000], ids=["none", "short", "dots", "é", "long"]
)
def test_what_is_no_signature_is_said_to_be_none(token):
    assert refused(token) == "it is not a compact JWS"


def test_a_signature_of_another_type_is_none():
    assert refused(SIGNER.signed(b"x", "signoff-receipt+jws")) == f"its header is not that of {TYP}"


def forged(protected, key):
    registry = jws.JWSRegistry(algorithms=["HS256", "Ed25519"], strict_check_header=False)
    return jws.serialize_compact(protected, b"x", key, registry=registry)


def test_no_other_algorithm_and_no_key_from_the_header_counts():
    (public,) = SIGNER.jwks()["keys"]
    named = {"typ": TYP, "kid": public["kid"]}
    secret = OctKey.import_key(base64.urlsafe_b64decode(public["x"] + "="))
    thief = OKPKey.generate_key("Ed25519")
    for token in (
        forged({"alg": "HS256", **named}, secret),
        signed_with({"alg": "none", **named}, thief).rsplit(".", 1)[0] + ".",
        forged({"alg": "Ed25519", **named}, thief),
        SIGNER.signed(b"x", TYP).rsplit(".", 1)[0] + ".",
    ):
        refused(token)
    claimed = thief.as_dict(private=False)
    for more in ({"jwk": claimed}, {"crit": ["exp"], "exp": 1}, {"x5u": "https://thief.example.com"}):
        refused(signed_with({"alg": "EdDSA", **named, **more}, thief))
    refused(signed_with({"alg": "EdDSA", "typ": TYP}, thief))
    refused(signed_with({"alg": "EdDSA", "typ": TYP, "kid": thief.thumbprint()}, thief))
    assert refused(signed_with({"alg": "EdDSA", **named}, thief)) == "its signature does not hold"


def signed_with(protected, key):
    """A JWS that is sound but for its header."""
    parts = [json.dumps(protected, separators=(",", ":")).encode(), b"x"]
    said = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = base64.urlsafe_b64encode(key.private_key.sign(said)).rstrip(b"=")
    return (said + b"." + signature).decode()


@pytest.mark.parametrize(
    ("jwks", "why"),
    [
        (None, "it is not a JWK set: an object with a list named keys"),
        ([], "it is not a JWK set: an object with a list named keys"),
        ({"keys": {}}, "it is not a JWK set: an object with a list named keys"),
        ({"keys": []}, "there is no Ed25519 key in it"),
        ({"keys": [None, {"kty": "RSA"}]}, "there is no Ed25519 key in it"),
        ({"keys": [{**RFC_8037, "crv": "X25519"}]}, "there is no Ed25519 key in it"),
        ({"keys": [{**RFC_8037, "x": "AA"}]}, "a public key is 32 bytes in base64url"),
        ({"keys": [{**RFC_8037, "x": 7}]}, "a public key is 32 bytes in base64url"),
    ],
)
def test_keys_that_cannot_be_used_are_said_to_be_none(jwks, why):
    with pytest.raises(NotSigned) as fault:
        PublicKeys.read(jwks)
    assert str(fault.value) == why


def test_a_key_counts_by_its_thumbprint_whatever_the_set_calls_it():
    (key,) = SIGNER.jwks()["keys"]
    (thief,) = Signer.of([OTHER]).jwks()["keys"]
    keys = PublicKeys.read({"keys": [{**thief, "kid": key["kid"]}]})
    assert "none of those given" in refused(SIGNER.signed(b"x", TYP), keys=keys)
