"""A server that is too old, or a database that cannot hold every text, is refused at the start, with what to do."""

from urllib.parse import urlsplit, urlunsplit

import pytest

from approvals.lifecycle import Lifecycle
from storage import StoreFault, open_store
from storage.databases.server_database import OLDEST, require_fit
from tests.databases import KEY
from tests.making import Ids, Lots
from tests.postgresql import on_server, url_of
from tests.storage.town import TablePolicy, submission

pytestmark = pytest.mark.sqlite


def test_an_older_server_is_refused_and_the_oldest_that_will_do_is_not():
    require_fit(f"{OLDEST}0000", "UTF8")
    with pytest.raises(StoreFault, match=f"PostgreSQL {OLDEST - 1}.* needs {OLDEST} or newer"):
        require_fit(f"{OLDEST - 1}0099", "UTF8")


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
async def test_a_database_that_cannot_hold_every_text_is_refused_and_nothing_is_made_in_it(clock, encoding):
    name = f"of_{encoding.lower()}"
    on_server(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
    try:
        with pytest.raises(StoreFault, match=f"holds texts as {encoding}.*ENCODING 'UTF8'"):
            async with open_store(url_of(name), KEY, clock):
                pass
        assert on_server("SELECT 1 FROM pg_namespace WHERE nspname = 'signoff'", url=url_of(name)) == [[]]
    finally:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


async def test_who_owns_the_database_needs_no_other_right(clock):
    on_server("CREATE ROLE plain LOGIN", "CREATE DATABASE of_plain OWNER plain ENCODING 'UTF8' TEMPLATE template0")
    try:
        address = urlsplit(url_of("of_plain"))
        url = urlunsplit(address._replace(netloc=f"plain@{address.netloc.rpartition('@')[2]}"))
        for _ in range(2):
            async with open_store(url, KEY, clock) as store:
                verbs = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())
                await verbs.submit(submission(key="k"))
                assert await store.differences() == []
        assert on_server("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = 'plain'") == [[(False, False)]]
    finally:
        on_server("DROP DATABASE of_plain WITH (FORCE)", "DROP ROLE plain")
