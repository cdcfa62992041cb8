"""Signatures of this installation: permits for what was claimed, receipts of what was proposed.

The one door to joserfc: Ed25519 signatures as JWS, and the public keys that verify them (RFC 7515, 7517, 8037).
"""

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from approvals.digest import canonical
from approvals.receipt import PERMIT, RECEIPT, permit, receipt_of
from signoff_client.proof import HASHED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from approvals.digest import JSON
    from approvals.proposal import Proposal
    from storage import Entry


ALGORITHM = "EdDSA"
HEADER = {"alg", "typ", "kid"}
MOST_BYTES = 64 * 1024 * 1024
"""Of what is signed. The record of a proposal holds each of its payloads twice, and a payload has up to 256 KiB."""


class NotSigned(Exception):
    """A signature that does not hold, or a key that cannot be used; a sentence without a full stop."""


class _Ed25519Alone(jws.JWSRegistry):
    """No other algorithm exists here, whatever a header says.

    The name EdDSA is deprecated in favour of Ed25519 (RFC 9864), which verifiers do not know yet: a copy of the
    algorithm without the warning about its name.
    """

    algorithms = {ALGORITHM: copy.copy(jws.JWSRegistry.algorithms[ALGORITHM])}  # noqa: RUF012 as the library has it
    max_payload_length = MOST_BYTES


_Ed25519Alone.algorithms[ALGORITHM].security_warning = None
_REGISTRY = _Ed25519Alone(algorithms=[ALGORITHM])


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What verifies, by key id."""

    by_id: "Mapping[str, OKPKey]"

    @classmethod
    def read(cls, jwks: Any) -> "PublicKeys":
        """Those of a JWK set that can verify; others in it are none of ours. Raises NotSigned."""
        listed = jwks.get("keys") if isinstance(jwks, dict) else None
        if not isinstance(listed, list):
            raise NotSigned("it is not a JWK set: an object with a list named keys")
        return cls.made(_public(each["x"]) for each in listed if _ours(each))

    @classmethod
    def made(cls, keys: "Iterable[OKPKey]") -> "PublicKeys":
        """By their thumbprints (RFC 7638), whatever a set calls them. Raises NotSigned where there is none."""
        by_id = {key.thumbprint(): key for key in keys}
        if not by_id:
            raise NotSigned("there is no Ed25519 key in it")
        return cls(by_id)

    @classmethod
    def of(cls, x: str) -> "PublicKeys":
        """One key by its 32 bytes in base64url, `x` of a JWK. Raises NotSigned."""
        return cls.made([_public(x)])

    def verify(self, token: str, typ: str, content: bytes | None = None) -> tuple[bytes, str]:
        """What a JWS was made over and the id of its key; `content` where it is detached. Raises NotSigned."""
        try:
            found = jws.extract_compact(token.encode("ascii"), content, _REGISTRY)
        except (JoseError, ValueError) as error:
            raise NotSigned("it is not a compact JWS") from error
        header = found.headers()
        if header.keys() != HEADER or header["alg"] != ALGORITHM or header["typ"] != typ:
            raise NotSigned(f"its header is not that of {typ}")
        key = self.by_id.get(header["kid"]) if isinstance(header["kid"], str) else None
        if key is None:
            raise NotSigned(f"it was signed with the key {header['kid']}, which is none of those given")
        if content is not None and found.payload != content:
            raise NotSigned("it carries content of its own")
        if not jws.validate_compact(found, key, registry=_REGISTRY):
            raise NotSigned("its signature does not hold")
        return found.payload, key.thumbprint()


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with the first key; the others are published, so that what they signed can still be verified."""

    keys: tuple[OKPKey, ...]

    @classmethod
    def of(cls, seeds: "Iterable[bytes]") -> "Signer":
        """From Ed25519 seeds, 32 bytes each, the newest first."""
        return cls(tuple(OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(seed)) for seed in seeds))

    def signed(self, content: bytes, typ: str) -> str:
        """A compact JWS. The same content always gives the same bytes."""
        header = {"alg": ALGORITHM, "typ": typ, "kid": self.keys[0].thumbprint()}
        return jws.serialize_compact(header, content, self.keys[0], registry=_REGISTRY)

    def detached(self, content: bytes, typ: str) -> str:
        """The same without the content in its middle."""
        return jws.detach_content(self.signed(content, typ))

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JWK set, each named by its thumbprint (RFC 7638)."""
        return {"keys": [self._public(key) for key in self.keys]}

    def public_keys(self) -> PublicKeys:
        """What verifies all that any of the keys signed."""
        return PublicKeys.read(self.jwks())

    @staticmethod
    def _public(key: OKPKey) -> dict[str, Any]:
        bare = key.as_dict(private=False)
        named = {"use": "sig", "alg": ALGORITHM, "kid": key.thumbprint()}
        return {"kty": bare["kty"], "crv": bare["crv"], "x": bare["x"], **named}


def _ours(listed: Any) -> bool:
    return isinstance(listed, dict) and (listed.get("kty"), listed.get("crv")) == ("OKP", "Ed25519") and "x" in listed


def _public(x: Any) -> OKPKey:
    try:
        return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x})
    except (JoseError, ValueError, TypeError) as error:
        raise NotSigned("a public key is 32 bytes in base64url") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Signs in the name of the address under which it is reached."""

    signer: "Signer"
    name: "Callable[[], str]"
    """SIGNOFF_URL, or the address that was opened."""

    def permit(self, proposal: "Proposal") -> str:
        """The permit of a claimed proposal: as long as key and address stay, the same bytes each time."""
        return self.signer.signed(canonical(permit(proposal, self.name())), PERMIT)

    def receipt(
        self, proposal: "Proposal", entries: "Iterable[Entry]", now: "datetime", *, places: bool = True
    ) -> dict[str, Any]:
        """The record with `signature`: a detached JWS over the RFC 8785 bytes of all else."""
        body = receipt_of(proposal, [_shown(entry) for entry in entries], self.name(), now, places=places)
        return {**body, "signature": self.signer.detached(canonical(body), RECEIPT)}


def _shown(entry: "Entry") -> "dict[str, JSON]":
    """All that the hash is made over, the hash, and the content; the seal tells nobody anything who has not our key."""
    return {name: getattr(entry, name) for name in (*HASHED, "previous", "hash", "content")}
