"""The store: where proposals, decisions, the audit log and the outbox are kept."""

from storage.agent_stream import StreamedEvent
from storage.audit.checkpoint import Checkpoint, Contradiction, contradiction, contradictions
from storage.audit.hash_chain import Broken, Entry, first_broken
from storage.callbacks import CallbackCounts, Kept, SqlCallbacks
from storage.compare import RowDifference
from storage.databases.opening import database_file, open_reads, open_store, open_to_read
from storage.databases.relocation import WHOLE, relocate, require_empty
from storage.databases.scrub import empty_log, scrub
from storage.databases.snapshot import rows_of, take_snapshot
from storage.databases.sole_use import sole_use
from storage.engine.errors import (
    DatabaseDamaged,
    DatabaseInUse,
    NoDatabase,
    RowDamaged,
    SchemaRefused,
    StoreFault,
    WrongUrl,
)
from storage.export_cursors import ExportLease
from storage.listing.insights import Insight, Insights, Queue
from storage.listing.reads import BadCursor, Counts, DeadLetter, Page, Reads
from storage.listing.stats import Counting, RoleStats, Stats
from storage.messages.batches import SharedCard
from storage.messages.floods import Flood
from storage.messages.forms import Form
from storage.messages.message import Message, MessageKey, MessageKind
from storage.messages.modals import Modal
from storage.messages.samples import Samples
from storage.store import SqlStore

__all__ = [
    "WHOLE",
    "BadCursor",
    "Broken",
    "CallbackCounts",
    "Checkpoint",
    "Contradiction",
    "Counting",
    "Counts",
    "DatabaseDamaged",
    "DatabaseInUse",
    "DeadLetter",
    "Entry",
    "ExportLease",
    "Flood",
    "Form",
    "Insight",
    "Insights",
    "Kept",
    "Message",
    "MessageKey",
    "MessageKind",
    "Modal",
    "NoDatabase",
    "Page",
    "Queue",
    "Reads",
    "RoleStats",
    "RowDamaged",
    "RowDifference",
    "Samples",
    "SchemaRefused",
    "SharedCard",
    "SqlCallbacks",
    "SqlStore",
    "Stats",
    "StoreFault",
    "StreamedEvent",
    "WrongUrl",
    "contradiction",
    "contradictions",
    "database_file",
    "empty_log",
    "first_broken",
    "open_reads",
    "open_store",
    "open_to_read",
    "relocate",
    "require_empty",
    "rows_of",
    "scrub",
    "sole_use",
    "take_snapshot",
]
