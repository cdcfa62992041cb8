"""Errors of a database that is wrong, as opposed to busy.

StoreFault                 the database cannot be used as it is: no start, and a person has to look
├── WrongUrl               the address names no database we can open
├── NoDatabase             there is none there, and whoever only reads makes none
├── DatabaseInUse          another bot has the file
├── SchemaRefused          made by a newer version, or altered
│   └── SchemaReplaced     that happened while we ran
└── DatabaseDamaged        not a database, broken pages, lost commits, or sealed with another key
RowDamaged                 one row is not what was written; it is never served, the others are
"""

from approvals.ports import Damaged, StoreBusy


class StoreFault(Exception):
    """The database cannot be used as it is; the message says what to do."""


class WrongUrl(StoreFault):
    """The address names no database we can open."""


class NoDatabase(StoreFault):
    """There is no database at the address."""


class DatabaseInUse(StoreFault):
    """Another bot uses the file, and a file is for one."""


class SchemaRefused(StoreFault):
    """The schema is newer than this program, or not the one its migrations make."""


class SchemaReplaced(SchemaRefused, StoreBusy):
    """A newer version has taken over the database while we ran; we write nothing more, and wait to be stopped."""


class DatabaseDamaged(StoreFault):
    """The file is not what we wrote: broken, older than it was, or sealed with another key."""


class RowDamaged(Damaged):
    """One row contradicts its digest, its shape or its sealed entries. `row` names it: `revisions prp_…/2`."""

    def __init__(self, row: str, what: str, agent: str | None = None) -> None:
        super().__init__(f"{row}: {what}", agent)
        self.row = row
        self.what = what


class Damage:
    """The damaged rows that this process has met and not found sound since, by name, with what is wrong."""

    def __init__(self) -> None:
        self._rows: dict[str, str] = {}
        self._of: dict[str, set[str]] = {}

    @property
    def rows(self) -> dict[str, str]:
        """All of them at this moment; several threads meet them."""
        return dict(self._rows)

    def met(self, fault: "RowDamaged", subject: str) -> None:
        """One that belongs to a proposal, an agent or whatever else it is about."""
        self._rows[fault.row] = fault.what
        self._of.setdefault(subject, set()).add(fault.row)

    def mended(self, subject: str) -> None:
        """All rows of the subject were found sound."""
        for row in self._of.pop(subject, ()):
            self._rows.pop(row, None)
