"""Separate reading of the database: whether what is stored can be true, told without a line of who wrote it.

It imports nothing of ours, so that a fault in the lifecycle cannot hide in it: SQL of its own, a model of its own.
"""

from fsck.examination import Examined, examine
from fsck.findings import Checkpoint, Finding, Unreadable
from fsck.source import Source, opened

__all__ = ["Checkpoint", "Examined", "Finding", "Source", "Unreadable", "examine", "opened"]
