"""Audit command, `signoff audit verify`: whether the log is intact, and which rows differ from its entries."""

from dataclasses import asdict, dataclass
from typing import Any

from approvals.ports import StoreBusy
from bot.clock import SystemClock
from bot.keys import KeyFault, seal_keys, seeds_for
from bot.settings import StoreSettings
from storage import WHOLE, Broken, RowDifference, StoreFault, database_file, open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found: the log by itself, and every row that decides held against it."""

    entries: int = 0
    trouble: str | None = None
    """Why nothing could be looked at."""
    broken: Broken | None = None
    """The first entry that does not hold."""
    differences: tuple[RowDifference, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether all is well."""
        return self.trouble is None and self.broken is None and not self.differences

    def lines(self) -> list[str]:
        """For people."""
        if self.trouble is not None:
            return [self.trouble]
        said = [f"The audit log is broken at entry {self.broken.seq}: {self.broken.what}"] if self.broken else []
        if self.differences:
            said.append("These rows are not what the entries tell; the bot believes none of them:")
            said += [f"- {each.table} {each.id}: {each.what}" for each in self.differences]
            said.append("Put back what was there, or restore a backup; nothing has to be told to the bot.")
        well = (
            f"{self.entries} entries, each sealed over the one before, none altered, reordered or missing in between; "
            "every row that decides is what they tell. "
            "Whether entries are missing at the end cannot be seen from the log alone."
        )
        return said or [well]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "sound": self.sound,
            "entries": self.entries,
            "trouble": self.trouble,
            "broken": asdict(self.broken) if self.broken else None,
            "differences": [asdict(each) for each in self.differences],
        }


async def verify(settings: StoreSettings) -> Verified:
    """Reads every entry, and every row that decides."""
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
    except (KeyFault, StoreFault, StoreBusy) as fault:
        return Verified(trouble=str(fault))
    except OSError as error:
        return Verified(trouble=f"{error.filename or database} cannot be read: {error.strerror or error}.")
    return Verified(entries=head.seq if head is not None else 0, broken=broken, differences=tuple(found))
