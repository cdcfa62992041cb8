"""Credentials: tokens and callback secrets out of the environment. Of a token only the SHA-256 is kept."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from policy.file.faults import Path, UnplacedFault

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from policy.file.rulebook import Rulebook, TokenEntry

_NAME = re.compile(r"[A-Z][A-Z0-9]{0,15}(?:_[A-Z0-9]{1,16})*")
_DIGITS = 3
"""What people call a variable has few; what is pasted by mistake is quoted nowhere, for whoever reads along."""
SHORTEST_TOKEN = 32
"""Characters; `signoff token new` makes longer ones."""


@dataclass(slots=True)
class Credentials:
    """Digests of tokens by holder, and the agents' callback secrets."""

    agents: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    auditors: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    callback_secrets: dict[str, tuple[bytes, ...]] = field(default_factory=dict, repr=False)


def credentials(book: "Rulebook", environ: "Mapping[str, str]") -> tuple[Credentials, list[UnplacedFault]]:
    """What the entries name, and every fault: missing, too short, or shared between two holders."""
    entries = (*book.agents.values(), *book.auditors.values())
    named = {variable for entry in entries for variable in entry.token_env or ()}
    named |= {variable for entry in book.agents.values() for variable in entry.callback_secret_env or ()}
    purse = _Purse(environ, named)
    found = Credentials(
        agents={name: purse.digests(("agents", name), entry) for name, entry in book.agents.items()},
        auditors={name: purse.digests(("auditors", name), entry) for name, entry in book.auditors.items()},
        callback_secrets={
            name: purse.secrets(("agents", name, "callback_secret_env"), entry.callback_secret_env or [])
            for name, entry in book.agents.items()
        },
    )
    return found, purse.findings


class _Purse:
    def __init__(self, environ: "Mapping[str, str]", named: "Collection[str]") -> None:
        self.findings: list[UnplacedFault] = []
        self._environ = environ
        self._unnamed = [name for name in environ if name not in named]
        self._holders: dict[bytes, Path] = {}

    def digests(self, path: Path, entry: "TokenEntry") -> tuple[bytes, ...]:
        """The digests of one holder's tokens."""
        if (entry.token_env is None) == (entry.token_sha256 is None):
            self._add(path, "needs either token_env or token_sha256", "`signoff token new` makes a token.")
        digests = [self._digest((*path, "token_env"), name) for name in entry.token_env or []]
        digests += [((*path, "token_sha256"), bytes.fromhex(digest)) for digest in entry.token_sha256 or []]
        for key, digest in digests:
            owner = self._holders.setdefault(digest, path)
            if digest and owner != path:
                self._add(key, f"has the same token as {owner[0]}.{owner[1]}", "Give each a token of its own.")
        return tuple(digest for _, digest in digests if digest)

    def _digest(self, key: Path, name: str) -> tuple[Path, bytes]:
        """The digest of the token in a variable; empty beside a fault."""
        token = self._environ.get(name, "")
        if not token:
            self._unset(key, name, "token")
        elif not re.fullmatch(r"[\x21-\x7e]+", token):
            self._add(key, f"{name} has blanks or characters no token has", "`signoff token new` makes one.")
        elif len(token) < SHORTEST_TOKEN:
            self._add(key, f"{name} is shorter than {SHORTEST_TOKEN} characters", "`signoff token new` makes one.")
        else:
            return key, hashlib.sha256(token.encode()).digest()
        return key, b""

    def secrets(self, key: Path, names: list[str]) -> tuple[bytes, ...]:
        """The keys out of variables that hold `whsec_` and base64, as Standard Webhooks write them."""
        return tuple(secret for name in names if (secret := self._secret(key, name)))

    def _secret(self, key: Path, name: str) -> bytes:
        text = self._environ.get(name, "")
        try:
            secret = base64.b64decode(text.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        if not text:
            self._unset(key, name, "callback secret")
        elif not text.startswith("whsec_") or not 24 <= len(secret) <= 64:
            self._add(key, f"{name} is no callback secret", "Write whsec_ and the base64 of 24 to 64 random bytes.")
        else:
            return secret
        return b""

    def _unset(self, key: Path, name: str, what: str) -> None:
        """Says which variable is missing, unless that may be no name but the secret itself, pasted in its place."""
        if _NAME.fullmatch(name) and sum(map(str.isdigit, name)) <= _DIGITS:
            near = get_close_matches(name, self._unnamed, n=1, cutoff=0.8)
            if near:
                self._add(key, f"{name} is not set", f"Did you mean {near[0]}? Else put the {what} into {name}.")
            else:
                self._add(key, f"{name} is not set", f"Put the {what} into {name}, in the environment or in .env.")
        else:
            remedy = f"Write the name of the variable here, such as SHOP_TOKEN, and the {what} into the variable."
            self._add(key, "no variable of this name is set", remedy)

    def _add(self, path: Path, message: str, remedy: str) -> None:
        self.findings.append(UnplacedFault(path=path, message=message, remedy=remedy))
