"""`signoff audit verify`: reads the log as it lies in the database and says how far it holds."""

from approvals.ports import StoreBusy
from bot.clock import SystemClock
from bot.keys import KeyFault, seal_keys, seeds_for
from bot.settings import StoreSettings
from storage import StoreFault, database_file, open_store


async def verify(settings: StoreSettings) -> tuple[bool, str]:
    """Whether every entry holds, and a sentence."""
    given = settings.signoff_signing_key
    try:
        database = database_file(settings.signoff_database_url)
        if not database.exists():
            return False, f"There is no database at {database}; SIGNOFF_DATABASE_URL names it."
        seeds = seeds_for(database, given.get_secret_value() if given else None)
        async with open_store(settings.signoff_database_url, seal_key=seal_keys(seeds), clock=SystemClock()) as store:
            broken = await store.audit.verify()
            head = await store.audit.head()
    except (KeyFault, StoreFault, StoreBusy) as fault:
        return False, str(fault)
    except OSError as error:
        return False, f"{error.filename or database} cannot be read: {error.strerror or error}."
    if broken is not None:
        return False, f"The audit log is broken at entry {broken.seq}: {broken.what}"
    count = head.seq if head is not None else 0
    return True, (
        f"{count} entries, each sealed over the one before, none altered, reordered or missing in between. "
        "Whether entries are missing at the end cannot be seen from the log alone."
    )
