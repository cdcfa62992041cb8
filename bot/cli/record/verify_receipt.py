"""Receipt verification without the bot: signature, digests, and the record against its entries."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from approvals.digest import canonical
from approvals.receipt import RECEIPT
from approvals.strict_json import Bounds, Flawed, FlawKind, read_json
from bot.keys import KeyFault, seeds_for
from bot.settings import StoreSettings
from bot.signing import NotSigned, PublicKeys, Signer
from signoff_client.proof import faults
from storage import StoreFault, database_file

PATIENCE = 10.0
"""Seconds for keys to arrive from an address."""
_BOUNDS = Bounds(refused=frozenset({FlawKind.twice}))
"""Else a reader and a verifier might not see the same; whatever else is wrong cannot have been signed."""
_WORDED = {FlawKind.twice: "a name stands twice in one object", FlawKind.deep: "it is nested too deep"}


class NoReceipt(Exception):
    """What was given cannot be examined at all: wrong use. One sentence and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptCheck:
    """A receipt and what does not hold of it."""

    receipt: dict[str, Any]
    key: str | None
    """The id of the key that signed it; None where no signature holds."""
    faults: tuple[str, ...]

    def lines(self) -> list[str]:
        """For people."""
        if self.faults:
            return ["The receipt does not hold; believe nothing in it:", *(f"- {fault}" for fault in self.faults)]
        said, entries = self.receipt["proposal"], self.receipt["entries"]
        agreed = sorted({each["reviewer"] for each in self.receipt["decisions"] if each["verdict"] == "approve"})
        end = "which is final" if self.receipt["final"] else "which was not the end when the receipt was made"
        span = "their places in the log are not told, so their hashes were not made anew"
        if self.receipt["places"]:
            span = f"{entries[0]['seq']} to {entries[-1]['seq']} of the log"
        counted = f"{len(self.receipt['revisions'])} revisions, {len(entries)} audit entries ({span})"
        return [
            f"The receipt holds: {said['action']} of {said['agent']} ({said['id']}) is {said['status']}, {end}.",
            f"Made by {self.receipt['issuer']} at {self.receipt['made_at']}, signed with the key {self.key}.",
            f"{counted}, approved by {', '.join(agreed) or 'nobody'}.",
        ]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        said = self.receipt.get("proposal")
        said = said if isinstance(said, dict) else {}
        return {
            "holds": not self.faults,
            "id": said.get("id"),
            "status": said.get("status"),
            "final": self.receipt.get("final"),
            "issuer": self.receipt.get("issuer"),
            "key": self.key,
            "faults": list(self.faults),
        }


def check_receipt(text: str, keys: PublicKeys) -> ReceiptCheck:
    """The receipt in the text with all that is wrong with it. Raises NoReceipt where it is no JSON object."""
    receipt = _parsed(text, "The receipt")
    found, key = [], None
    try:
        body = canonical({name: value for name, value in receipt.items() if name != "signature"})
        _, key = keys.verify(str(receipt.get("signature")), RECEIPT, body)
    except NotSigned as fault:
        found.append(f"The signature: {fault}.")
    except (ValueError, RecursionError):
        found.append("The receipt has numbers or texts that cannot be signed.")
    return ReceiptCheck(receipt=receipt, key=key, faults=(*found, *faults(receipt, canonical)))


def keys_at(where: str) -> PublicKeys:
    """Those of a JWK set in a file or at an address. Raises NoReceipt."""
    scheme = urlsplit(where).scheme
    try:
        if scheme in ("http", "https"):
            with urlopen(where, timeout=PATIENCE) as answer:  # noqa: S310 the operator names it, and it is one of two schemes
                text = answer.read().decode()
        else:
            text = Path(where).read_text(encoding="utf-8")
        return PublicKeys.read(_parsed(text, where))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        why = error.reason if isinstance(error, URLError) else getattr(error, "strerror", None) or error
        raise NoReceipt(f"The keys at {where} cannot be read: {why}. Save the bot's /.well-known/jwks.json.") from None
    except NotSigned as fault:
        raise NoReceipt(f"The keys at {where} cannot be used: {fault}.") from None


def key_named(x: str) -> PublicKeys:
    """One key, as `x` of a JWK has it. Raises NoReceipt."""
    try:
        return PublicKeys.of(x)
    except NotSigned as fault:
        raise NoReceipt(f"--key cannot be used: {fault}, x in the bot's /.well-known/jwks.json.") from None


def own_keys(settings: StoreSettings) -> PublicKeys:
    """Those of the installation that the settings describe; none is made. Raises NoReceipt."""
    signing_key = settings.signoff_signing_key
    try:
        database = database_file(settings.signoff_database_url)
        if signing_key is None and not (database and database.with_name(database.name + ".key").exists()):
            raise NoReceipt(
                "There is no key here to verify with. Name the public ones with --jwks, a file or an address, or --key."
            )
        return Signer.of(seeds_for(database, signing_key.get_secret_value() if signing_key else None)).public_keys()
    except (KeyFault, StoreFault) as fault:
        raise NoReceipt(str(fault)) from None


def _parsed(text: str, what: str) -> dict[str, Any]:
    try:
        found = read_json(text, _BOUNDS)
    except ValueError as error:
        raise NoReceipt(f"{what} is no JSON: {error}.") from None
    except Flawed as flawed:
        raise NoReceipt(f"{what} is no JSON: {_WORDED[flawed.flaws[0].kind]}.") from None
    if not isinstance(found, dict):
        raise NoReceipt(f"{what} is no JSON object.")
    return found
