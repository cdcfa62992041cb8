"""Where proposals, decisions, the audit log and the outbox are kept."""

from storage.audit import Broken, Entry, first_broken
from storage.batches import SharedCard
from storage.bursts import Burst
from storage.cards import CardRow
from storage.faults import DatabaseDamaged, NoDatabase, RowDamaged, SchemaRefused, StoreFault, WrongUrl
from storage.figures import Asked, Counting, Figures
from storage.forms import Form
from storage.notices import Notice
from storage.opening import database_file, open_reads, open_store
from storage.reads import ALL, BadCursor, Counts, Filter, Listed, Page, Parked, Place, Reads
from storage.samples import SampleCard, Samples
from storage.store import SqlStore

__all__ = [
    "ALL",
    "Asked",
    "BadCursor",
    "Broken",
    "Burst",
    "CardRow",
    "Counting",
    "Counts",
    "DatabaseDamaged",
    "Entry",
    "Figures",
    "Filter",
    "Form",
    "Listed",
    "NoDatabase",
    "Notice",
    "Page",
    "Parked",
    "Place",
    "Reads",
    "RowDamaged",
    "SampleCard",
    "Samples",
    "SchemaRefused",
    "SharedCard",
    "SqlStore",
    "StoreFault",
    "WrongUrl",
    "database_file",
    "first_broken",
    "open_reads",
    "open_store",
]
