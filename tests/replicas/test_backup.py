"""A backup of a server on which three bots are busy: whole, and restored to another server and to a file."""

from tests.faults.test_backup import BUSY, backed_up_amid, load, require_restored
from tests.postgresql import empty_server_database
from tests.replicas.premises import replicas
from tests.tally import injected


async def test_a_backup_taken_of_a_busy_server_is_whole_and_goes_to_either_kind_of_database(tmp_path, record_property):
    async with replicas(tmp_path, "socket", policy=BUSY) as place:
        await place.start_all()
        async with load(place) as taken:
            before, backup = await backed_up_amid(place, taken)
        await require_restored(place, before, backup, f"sqlite:///{tmp_path}/restored.db")
        with empty_server_database() as url:
            await require_restored(place, before, backup, url)
        injected(record_property, "backup under load", "postgresql", 1, f"{backup['rows']['proposals']} proposals")
