"""Receipt verification, for whoever is shown one: whether it holds, without asking anybody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import rfc8785

from signoff_client.errors import Tampered
from signoff_client.model import NotOurs, moment
from signoff_client.proof import faults
from signoff_client.signatures import verified

if TYPE_CHECKING:
    from datetime import datetime

TYPE: Final = "signoff-receipt+jws"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a receipt proves, shortly; `raw` is all of it."""

    issuer: str
    id: str
    agent: str
    action: str
    payload: dict[str, Any]
    """Of the last revision: the only one that could run."""
    digest: str
    status: str
    final: bool
    """Whether the status can change no more."""
    made_at: "datetime"
    raw: "Mapping[str, Any]" = field(repr=False)


def verify_receipt(receipt: "Mapping[str, Any]", jwks: "Mapping[str, Any]") -> Receipt:
    """The receipt, if its signature, every digest and entry, and all that they tell hold. Raises Tampered.

    `receipt` is the JSON of `GET …/receipt`, `jwks` the keys of `/.well-known/jwks.json`.
    """
    if not isinstance(receipt, Mapping):
        raise Tampered(f"The receipt is a {type(receipt).__name__}, and no JSON object: parse what was received.")
    whole = dict(receipt)
    try:
        body = rfc8785.dumps({name: value for name, value in whole.items() if name != "signature"})
    except (rfc8785.CanonicalizationError, RecursionError, TypeError, UnicodeEncodeError) as fault:
        raise Tampered(f"The receipt is no JSON that can be signed: {fault}.") from None
    verified(whole.get("signature"), TYPE, jwks, body)
    if found := faults(whole, rfc8785.dumps):
        raise Tampered(" ".join(found))
    try:
        return _read(whole)
    except (LookupError, TypeError, ValueError, NotOurs) as fault:
        raise Tampered(f"The receipt is not made as receipts are: {type(fault).__name__} {fault}.") from None


def _read(whole: dict[str, Any]) -> Receipt:
    said, made_at = whole["proposal"], moment(whole["made_at"])
    texts = {name: said[name] for name in ("id", "agent", "action", "digest", "status")} | {"issuer": whole["issuer"]}
    if wrong := [name for name, value in texts.items() if not isinstance(value, str)]:
        raise ValueError(f"{', '.join(wrong)} is no text")
    return Receipt(
        **texts,
        payload=whole["revisions"][-1]["action"]["payload"],
        final=whole["final"],
        made_at=made_at,
        raw=whole,
    )
