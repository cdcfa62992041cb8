"""Signatures: Ed25519 as JWS, verified by public keys (RFC 7515, 7517, 8037). The one door to joserfc."""

import copy
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from signoff_client.errors import NotConfigured, Tampered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from joserfc.jwk import OKPKey
    from joserfc.jws import JWSRegistry

ALGORITHM: Final = "EdDSA"
HEADER: Final = frozenset({"alg", "typ", "kid"})
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of what is signed: the record of a proposal holds each of its payloads twice."""


def verified(token: object, typ: str, jwks: "Mapping[str, Any]", content: bytes | None = None) -> bytes:
    """What a compact JWS was made over; `content` where it is detached. Raises Tampered, and NotConfigured.

    The key is the one that the header names by its thumbprint (RFC 7638), whatever the set calls it.
    """
    registry = _registry()
    from joserfc import jws  # noqa: PLC0415 an extra: whoever verifies nothing need not have it
    from joserfc.errors import JoseError  # noqa: PLC0415

    keys = _keys(jwks)
    try:
        found = jws.extract_compact(str(token).encode("ascii"), content, registry)
    except (JoseError, ValueError):
        raise Tampered("The signature is no compact JWS.") from None
    header = found.headers()
    if header.keys() != HEADER or header["alg"] != ALGORITHM or header["typ"] != typ:
        raise Tampered(f"The signature is not one of a {typ}.")
    key = keys.get(header["kid"]) if isinstance(header["kid"], str) else None
    if key is None:
        raise Tampered(f"It was signed with the key {header['kid']}, which is none of those given.")
    if content is not None and found.payload != content:
        raise Tampered("The signature carries content of its own.")
    if not jws.validate_compact(found, key, registry=registry):
        raise Tampered("The signature does not hold.")
    return found.payload


def _keys(jwks: "Mapping[str, Any]") -> "dict[str, OKPKey]":
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import OKPKey  # noqa: PLC0415

    listed = jwks.get("keys") if hasattr(jwks, "get") else None
    if not isinstance(listed, list):
        raise NotConfigured("The keys are no JWK set: an object with a list named keys, as /.well-known/jwks.json.")
    try:
        keys = [
            OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": each["x"]})
            for each in listed
            if isinstance(each, dict) and (each.get("kty"), each.get("crv")) == ("OKP", "Ed25519") and "x" in each
        ]
    except (JoseError, ValueError, TypeError):
        raise NotConfigured("A key of the JWK set is not 32 bytes in base64url.") from None
    if not keys:
        raise NotConfigured("The JWK set has no Ed25519 key.")
    return {key.thumbprint(): key for key in keys}


@cache
def _registry() -> "JWSRegistry":
    """Of one algorithm: no other exists here, whatever a header says."""
    try:
        from joserfc.jws import JWSRegistry  # noqa: PLC0415
    except ImportError:
        raise NotConfigured("Verifying needs one library more: pip install 'signoff-client[verify]'.") from None

    class Ed25519Alone(JWSRegistry):
        # The name EdDSA gives way to Ed25519 (RFC 9864), which few know yet: a copy without the warning about that.
        algorithms = {ALGORITHM: copy.copy(JWSRegistry.algorithms[ALGORITHM])}  # noqa: RUF012 as the library has it
        max_payload_length = MOST_BYTES

    Ed25519Alone.algorithms[ALGORITHM].security_warning = None
    return Ed25519Alone(algorithms=[ALGORITHM])
