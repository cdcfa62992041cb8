"""Contents of entries: what agents and people wrote, put back in its places, and what is missing of it."""

from typing import TYPE_CHECKING, Any

from approvals.content import joined
from storage.audit.commitment import HOLDS
from storage.engine.errors import RowDamaged
from storage.json_codec import Misshapen, decode_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.audit.hash_chain import Entry


def is_erased(entry: "Entry") -> bool:
    """Whether the entry had a content that is not there any more."""
    return entry.content is None and entry.facts.startswith(HOLDS)


def whole_facts(entry: "Entry") -> dict[str, Any]:
    """All that the entry tells, as far as it was not erased. Raises Misshapen."""
    facts = decode_json(entry.facts)
    if not isinstance(facts, dict):
        raise Misshapen("facts are not an object")
    facts.pop("content", None)
    if entry.content is None:
        return facts
    content = decode_json(entry.content)
    if not isinstance(content, dict):
        raise Misshapen("what stands beside it is not an object")
    content.pop("salt", None)
    return joined(facts, content)


def require_contents(entries: "Iterable[Entry]", erased_up_to: int) -> None:
    """Raises RowDamaged where a content is gone that no later entry tells the erasure of."""
    for entry in entries:
        if entry.seq > erased_up_to and is_erased(entry):
            raise RowDamaged(f"entries {entry.seq}", "what it told is gone, and no entry tells that it was erased")
