"""Commitment of an entry to its content: what was written stands beside the log, and the digest of it in the entry.

Each content begins with salt, which is erased with it: without that, who suspects what a short reason said could try
it against the digest. Pure but for the salt.
"""

import hashlib
import secrets
from typing import TYPE_CHECKING

from approvals.content import parted_facts

if TYPE_CHECKING:
    from approvals.events import Event

HOLDS = '{"content":"'
"""How the facts begin of an entry that has a content."""
SALT = 16
"""Bytes."""


def divided(event: "Event") -> tuple[str, str | None]:
    """The facts of an event, and its content, if it has any."""
    facts, written = parted_facts(event)
    if written is None:
        return facts, None
    content = f'{{"salt":"{secrets.token_hex(SALT)}",{written[1:]}'
    return f'{HOLDS}{_digest(content)}",{facts[1:]}', content


def is_of(content: str, facts: str) -> bool:
    """Whether the facts hold the digest of this content. ValueError for text that is no Unicode."""
    return facts.startswith(f'{HOLDS}{_digest(content)}"')


def _digest(content: str) -> str:
    return "sha256:" + hashlib.sha256(content.encode()).hexdigest()
