"""Row seals: for rows too short-lived for an audit entry, such as open forms and what operators are sent."""

import hashlib
import hmac
import json
from typing import TYPE_CHECKING

from storage.audit.hash_chain import keys_of
from storage.engine.errors import RowDamaged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.audit.log import Seal

UNSEALED = {"seal", "used_at", "number"}
"""Not under the seal. The number of a form says which of two came later within one millisecond. A hand that takes
`used_at` away can have a modal's own person submit it again, for an hour after it was opened: `opened_at` is under the
seal."""


def seal_of(table: str, row: "Mapping[str, object]", seal: "Seal") -> str:
    """The seal that the row gets, by the newest key."""
    return _made(table, row, keys_of(seal.key)[0])


def is_ours(table: str, row: "Mapping[str, object]", seal: "Seal") -> bool:
    """Whether we wrote the row just so."""
    return any(hmac.compare_digest(_made(table, row, each), str(row["seal"])) for each in keys_of(seal.key))


def require_own_seal(table: str, row: "Mapping[str, object]", seal: "Seal") -> None:
    """Raises RowDamaged unless we wrote the row just so."""
    name = f"{table} {row['id']}"
    if is_ours(table, row, seal):
        seal.damage.mended(name)
        return
    damaged = RowDamaged(name, "its seal was not made with our key")
    seal.damage.met(damaged, name)
    raise damaged


def _made(table: str, row: "Mapping[str, object]", key: bytes) -> str:
    said = {name: row[name] for name in sorted(row.keys()) if name not in UNSEALED}
    content = json.dumps([table, said], ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()
