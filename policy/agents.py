"""Agents: the programs that may propose. What each may ask for, say of itself, and where it is called back."""

import hashlib
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from approvals.proposal import Source
from policy.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An agent's entry in the policy."""

    name: str
    owner: str | None
    """The Slack user who answers for it and therefore may not approve what it proposes."""
    actions: tuple[str, ...]
    source: Source = Source.untrusted
    callbacks: tuple[str, ...] = ()
    callback_secrets: tuple[bytes, ...] = field(default=(), repr=False)
    """Keys that sign its callbacks; two while one replaces the other."""
    pending_limit: int
    rate_limit: int
    """Requests a second over time."""

    def allows(self, action: str) -> bool:
        """Whether the entry names the action."""
        return any(matches(pattern, action) for pattern in self.actions)

    def source_of(self, said: Source | None) -> Source:
        """What counts as the source: the entry is default and ceiling, so the agent can only lower it."""
        return self.source if said is None or self.source is Source.untrusted else said

    def may_be_called_at(self, url: str) -> bool:
        """Whether its list names the URL, read as a receiver would read it: no detour out of the listed folder."""
        parts = urlsplit(url)
        steps = unquote(parts.path).replace("\\", "/").split("/")
        plain = url.isascii() and url.isprintable() and not {" ", "\\"} & set(url) and not parts.fragment
        return plain and not {".", ".."} & set(steps) and any(matches(pattern, url) for pattern in self.callbacks)


def token_digest(token: str) -> bytes:
    """SHA-256 of a token, which is all that is kept of one."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def holder(digests: "Mapping[str, tuple[bytes, ...]]", presented: bytes) -> str | None:
    """Whose token it is; compares with all of them, so that time tells nothing."""
    found = None
    for name, known in digests.items():
        for digest in known:
            if compare_digest(digest, presented):
                found = name
    return found
