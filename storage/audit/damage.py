"""What was met that is not as it was written, for whoever tells the operators."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.engine.errors import RowDamaged


class Damage:
    """The damaged rows that this process has met and not found sound since, by name, with what is wrong."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}
        self._of: dict[str, set[str]] = {}

    def met(self, fault: "RowDamaged", subject: str) -> None:
        """One that belongs to a proposal, an agent or whatever else it is about."""
        self.rows[fault.row] = fault.what
        self._of.setdefault(subject, set()).add(fault.row)

    def mended(self, subject: str) -> None:
        """All rows of the subject were found sound."""
        for row in self._of.pop(subject, ()):
            self.rows.pop(row, None)
