"""Where proposals, decisions, the audit log and the outbox are kept."""

from storage.audit import Broken, Entry, first_broken
from storage.batches import SharedCard
from storage.bursts import Burst
from storage.callbacks import CallbackCounts, Kept, SqlCallbacks
from storage.cards import CardRow
from storage.comparing import Difference
from storage.faults import DatabaseDamaged, NoDatabase, RowDamaged, SchemaRefused, StoreFault, WrongUrl
from storage.figures import Asked, Counting, Figures
from storage.forms import Form
from storage.modals import Modal
from storage.notices import Notice
from storage.opening import database_file, open_reads, open_store
from storage.reads import BadCursor, Counts, Page, Parked, Reads
from storage.samples import SampleCard, Samples
from storage.store import SqlStore
from storage.stream import Told

__all__ = [
    "Asked",
    "BadCursor",
    "Broken",
    "Burst",
    "CallbackCounts",
    "CardRow",
    "Counting",
    "Counts",
    "DatabaseDamaged",
    "Difference",
    "Entry",
    "Figures",
    "Form",
    "Kept",
    "Modal",
    "NoDatabase",
    "Notice",
    "Page",
    "Parked",
    "Reads",
    "RowDamaged",
    "SampleCard",
    "Samples",
    "SchemaRefused",
    "SharedCard",
    "SqlCallbacks",
    "SqlStore",
    "StoreFault",
    "Told",
    "WrongUrl",
    "database_file",
    "first_broken",
    "open_reads",
    "open_store",
]
