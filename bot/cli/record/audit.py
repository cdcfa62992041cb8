"""Audit command, `signoff audit verify`: whether the log is whole, and rows and checkpoints agree with it."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from approvals.ports import StoreBusy
from bot.checkpoints import CheckpointsRead, checkpoints_file, read_checkpoints
from bot.clock import SystemClock
from bot.keys import KeyFault, seal_keys, seeds_for
from bot.settings import StoreSettings
from bot.signing import Signer
from storage import (
    WHOLE,
    Broken,
    Contradiction,
    RowDifference,
    SqlStore,
    StoreFault,
    contradictions,
    database_file,
    open_store,
)

SHOWN = 20
"""So many lines of one kind are printed; JSON has them all."""
UNPROVABLE = (
    "Whether entries are missing at the end cannot be seen from the log alone, and nothing else was there to hold it "
    "against: name signed checkpoints that were kept elsewhere with --checkpoints FILE."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstCheckpoints:
    """What came of holding the log against signed checkpoints."""

    file: str
    read: CheckpointsRead
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def proven(self) -> int:
        """Up to which entry the log is proven to be what it was; 0 where there is no checkpoint, or any contradicts."""
        agreed = self.read.checkpoints and not self.contradictions
        return self.read.checkpoints[-1].seq if agreed else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found: the log by itself, and every row that decides held against it."""

    entries: int = 0
    trouble: str | None = None
    """Why nothing could be looked at."""
    broken: Broken | None = None
    """The first entry that does not hold."""
    differences: tuple[RowDifference, ...] = ()
    checkpoints: AgainstCheckpoints | None = None
    """None where there is no file of them."""

    @property
    def sound(self) -> bool:
        """Whether all is well."""
        contradicted = self.checkpoints is not None and self.checkpoints.contradictions
        return self.trouble is None and self.broken is None and not self.differences and not contradicted

    def lines(self) -> list[str]:
        """For people."""
        if self.trouble is not None:
            return [self.trouble]
        said = [f"The audit log is broken at entry {self.broken.seq}: {self.broken.what}"] if self.broken else []
        said += self._of_checkpoints()
        if self.differences:
            said.append("These rows are not what the entries tell; the bot believes none of them:")
            said += [f"- {each.table} {each.id}: {each.what}" for each in self.differences]
            said.append("Put back what was there, or restore a backup; nothing has to be told to the bot.")
        if not self.sound:
            return said
        well = (
            f"{self.entries} entries, each sealed over the one before, none altered, reordered or missing in between; "
            "the guards of the database are all there; every row that decides is what the entries tell."
        )
        return [well, *said]

    def _of_checkpoints(self) -> list[str]:
        held = self.checkpoints
        if held is None:
            return [UNPROVABLE]
        said = [
            f"A checkpoint in {held.file} contradicts the log: {each.what}." for each in held.contradictions[:SHOWN]
        ]
        if len(held.contradictions) > len(said):
            said.append(f"{len(held.contradictions) - len(said)} more checkpoints contradict it.")
        if held.contradictions:
            said.append(
                "Somebody cut the log or wrote it anew, or an older backup was restored: keep this database as it is, "
                "and compare with a backup of about that moment."
            )
        said += [f"{held.file}, {each}; it proves nothing." for each in held.read.faults[:SHOWN]]
        if len(held.read.faults) > SHOWN:
            said.append(f"{held.file}: {len(held.read.faults) - SHOWN} more lines are no checkpoints.")
        if not held.read.checkpoints:
            return [*said, f"{held.file} holds no checkpoint signed with our key. {UNPROVABLE}"]
        if not held.contradictions:
            newest, later = held.read.checkpoints[-1], self.entries - held.proven
            said.append(
                f"The checkpoint of {newest.at} proves that none of the first {newest.seq} entries is missing or "
                f"another than it was, as far as {held.file} was kept where nobody could change it. "
                f"{later or 'None'} {'has' if later == 1 else 'have'} come since; whether any of those are missing at "
                "the end cannot be seen."
            )
        return said

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "sound": self.sound,
            "entries": self.entries,
            "trouble": self.trouble,
            "broken": asdict(self.broken) if self.broken else None,
            "differences": [asdict(each) for each in self.differences],
            "checkpoints": self._checkpoints_as_json(),
        }

    def _checkpoints_as_json(self) -> dict[str, Any] | None:
        held = self.checkpoints
        if held is None:
            return None
        return {
            "file": held.file,
            "read": len(held.read.checkpoints),
            "newest": asdict(held.read.checkpoints[-1]) if held.read.checkpoints else None,
            "proven": held.proven,
            "contradictions": [asdict(each) for each in held.contradictions],
            "faults": list(held.read.faults),
        }


async def verify(settings: StoreSettings, checkpoints: Path | None = None) -> Verified:
    """Reads every entry and every row that decides, and holds the log against checkpoints.

    Those of a file, which must be there if it is named; else those where the bot keeps its own.
    """
    signing_key = settings.signoff_signing_key
    try:
        database = database_file(settings.signoff_database_url)
        if database is not None and not database.exists():
            return Verified(trouble=f"There is no database at {database}; SIGNOFF_DATABASE_URL names it.")
        seeds = seeds_for(database, signing_key.get_secret_value() if signing_key else None)
        url, key = settings.signoff_database_url, seal_keys(seeds)
        async with open_store(url, seal_key=key, clock=SystemClock(), patience=WHOLE) as store:
            broken = await store.audit.verify()
            head = await store.audit.head()
            found = await store.differences()
            held = await _held(store, checkpoints, settings, Signer.of(seeds))
    except (KeyFault, StoreFault, StoreBusy) as fault:
        return Verified(trouble=str(fault))
    except OSError as error:
        return Verified(trouble=f"{error.filename or database} cannot be read: {error.strerror or error}.")
    return Verified(
        entries=head.seq if head is not None else 0, broken=broken, differences=tuple(found), checkpoints=held
    )


async def _held(
    store: SqlStore, named: Path | None, settings: StoreSettings, signer: Signer
) -> AgainstCheckpoints | None:
    """Raises OSError, StoreBusy."""
    path = named or checkpoints_file(settings.signoff_checkpoints, database_file(settings.signoff_database_url))
    if path is None or (named is None and not path.exists()):
        return None
    read = read_checkpoints(path, signer.public_keys())
    found = await contradictions(read.checkpoints, store.audit.entry, await store.audit.head())
    return AgainstCheckpoints(file=str(path), read=read, contradictions=tuple(found))
