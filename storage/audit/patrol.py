"""Patrol: the audit log is verified while the bot runs, a little at a time, over and over."""

from typing import TYPE_CHECKING

from storage.audit.hash_chain import first_broken
from storage.engine.errors import RowDamaged

if TYPE_CHECKING:
    from storage.audit.hash_chain import Broken, Entry
    from storage.audit.log import Audit, Seal

AT_ONCE = 100
"""So many entries are looked at in one go: some milliseconds of work."""
_LOG = "the audit log"


class Patrol:
    """One that goes round."""

    def __init__(self, audit: "Audit", seal: "Seal") -> None:
        self._audit = audit
        self._seal = seal
        self._last: Entry | None = None
        self._found = False

    async def look_further(self) -> None:
        """Looks at the next few; what is broken is damage, until a whole round finds none. Raises StoreBusy."""
        entries = await self._audit.entries(self._last.seq if self._last else 0, AT_ONCE)
        if not entries:
            if not self._found:
                self._seal.damage.mended(_LOG)
            self._last, self._found = None, False
            return
        broken: Broken | None = first_broken(entries, self._seal.key, self._last)
        if broken is not None:
            self._found = True
            self._seal.damage.met(RowDamaged(f"entries {broken.seq}", broken.what), _LOG)
        self._last = entries[-1]
