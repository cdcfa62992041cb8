"""F11, by the thousand: two at once about one proposal, on each database; on a server through two stores, as two bots have.

Of each pair exactly one wins and the other is told no, or what both did fits together; fsck judges what is left.
"""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

import pytest

from approvals.lifecycle import Lifecycle
from approvals.ports import StoreBusy
from approvals.proposal import Status
from approvals.refusals import Refusal
from fsck import examine, opened
from storage import open_store
from tests.databases import KEY
from tests.making import Clock, Ids, Lots
from tests.postgresql import new_server_database
from tests.storage.town import ALICE, BOB, TablePolicy, submission
from tests.tally import injected

AT_ONCE = 8


class Pairs:
    """Two who act at once, on whichever of the stores each has."""

    def __init__(self, lifecycles, clock):
        self.one, self.other = lifecycles[0], lifecycles[-1]
        self.clock = clock

    async def proposed(self):
        made, _ = await self.tried(lambda: self.one.submit(submission(250)))
        return made

    async def approved(self):
        made = await self.proposed()
        return await self.tried(lambda: self.one.approve(made.id, ALICE, made.nonce))

    async def at_once(self, *works):
        """What each gives; None for who is told no. Anything else is a fault."""
        return await asyncio.gather(*(self.tried(work) for work in works))

    async def tried(self, work):
        """Who is told that the database is busy, as on a busy machine, tries again."""
        while True:
            try:
                return await work()
            except StoreBusy:
                continue
            except Refusal:
                return None

    async def status(self, made):
        return (await self.one.store.find(made.id)).status

    async def two_approvals(self):
        made = await self.proposed()
        found = await self.at_once(
            lambda: self.one.approve(made.id, ALICE, made.nonce), lambda: self.other.approve(made.id, BOB, made.nonce)
        )
        assert [each is None for each in found].count(True) == 1
        assert len((await self.one.store.find(made.id)).decisions) == 1

    async def an_approval_and_a_rejection(self):
        made = await self.proposed()
        _, rejected = await self.at_once(
            lambda: self.one.approve(made.id, ALICE, made.nonce),
            lambda: self.other.reject(made.id, BOB, "No.", made.nonce),
        )
        assert rejected is not None
        assert await self.status(made) in (Status.rejected, Status.revoked)

    async def an_approval_and_an_edit(self):
        made = await self.proposed()
        payload = {"amount": 240, "order": "1001"}
        approved, edited = await self.at_once(
            lambda: self.one.approve(made.id, ALICE, made.nonce),
            lambda: self.other.edit(made.id, BOB, payload, made.nonce),
        )
        assert (approved is None) != (edited is None)
        found = await self.one.store.find(made.id)
        assert (found.digest == made.digest) is (edited is None)

    async def two_claims(self):
        made = await self.approved()
        found = await self.at_once(
            lambda: self.one.claim(made.id, "support-bot", made.digest, "c" * 64),
            lambda: self.other.claim(made.id, "support-bot", made.digest, "d" * 64),
        )
        assert [each is None for each in found].count(True) == 1

    async def a_claim_and_a_revocation(self):
        made = await self.approved()
        claimed, revoked = await self.at_once(
            lambda: self.one.claim(made.id, "support-bot", made.digest, None),
            lambda: self.other.revoke(made.id, BOB, "Wait.", made.nonce),
        )
        assert (claimed is None) != (revoked is None)
        assert await self.status(made) is (Status.revoked if claimed is None else Status.claimed)

    async def two_submissions_of_one_key(self):
        self.clock.keys = getattr(self.clock, "keys", 0) + 1
        key = f"key-{self.clock.keys}"
        (one, new), (other, again) = await self.at_once(
            lambda: self.one.submit(submission(250, key=key)), lambda: self.other.submit(submission(250, key=key))
        )
        assert one.id == other.id
        assert new != again


KINDS = [name for name in vars(Pairs) if name.startswith(("two_", "a_", "an_"))]


async def raced(database, folder, kind, count):
    clock = Clock()
    async with AsyncExitStack() as stack:
        url = f"sqlite:///{folder / 'signoff.db'}"
        if database == "postgresql":
            url = stack.enter_context(new_server_database())
        ids, lifecycles = Ids(), []
        for _ in range(2 if database == "postgresql" else 1):
            store = await stack.enter_async_context(open_store(url, KEY, clock))
            lifecycles.append(Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=ids, randomness=Lots()))
        pairs, numbers = Pairs(lifecycles, clock), iter(range(count))

        async def some():
            for _ in numbers:
                await getattr(pairs, kind)()

        await asyncio.gather(*(some() for _ in range(AT_ONCE)))
        examined = await asyncio.to_thread(judged, url, None if database == "postgresql" else folder / "signoff.db")
    assert examined.sound, "\n".join(examined.lines())
    assert examined.totals["proposals"] == count


async def expired(database, folder, count, early):
    """Clicks at or a millisecond before a deadline, while the sweep goes by."""
    clock = Clock()
    async with AsyncExitStack() as stack:
        url = f"sqlite:///{folder / 'signoff.db'}"
        if database == "postgresql":
            url = stack.enter_context(new_server_database())
        store = await stack.enter_async_context(open_store(url, KEY, clock))
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())
        made = [(await lifecycle.submit(submission(250)))[0] for _ in range(count)]
        clock.at = made[0].expires_at
        clock.forward(milliseconds=-1 if early else 0)
        pairs = Pairs([lifecycle], clock)
        clicks = [partial(lifecycle.approve, each.id, ALICE, each.nonce) for each in made]
        for first in range(0, count, AT_ONCE):
            _, *found = await pairs.at_once(lifecycle.sweep, *clicks[first : first + AT_ONCE])
            assert {each is not None for each in found} == {early}
        statuses = {await pairs.status(each) for each in made}
        assert statuses == {Status.approved if early else Status.rejected}
        examined = await asyncio.to_thread(judged, url, None if database == "postgresql" else folder / "signoff.db")
    assert examined.sound, "\n".join(examined.lines())


def judged(url, path):
    with opened(url, path) as source:
        return examine(source, keys=(KEY,), now=0)


@pytest.fixture
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pairs")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_f11_of_each_pair_one_wins_and_the_other_is_told(folder, record_property, database, kind):
    await raced(database, folder, kind, 16)
    injected(record_property, f"F11 {kind.replace('_', ' ')}", database, 16)


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_f11_a_click_counts_before_its_deadline_and_never_at_it_while_the_sweep_goes_by(
    folder, record_property, database, early
):
    await expired(database, folder, 20, early)
    injected(record_property, "F11 click against expiry", database, 20)


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_f11_of_a_thousand_pairs_one_wins_and_the_other_is_told(folder, record_property, database, kind):
    await raced(database, folder, kind, 1000)
    injected(record_property, f"F11 {kind.replace('_', ' ')}", database, 1000)


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_f11_a_thousand_clicks_count_before_their_deadline_and_never_at_it(
    folder, record_property, database, early
):
    await expired(database, folder, 1000, early)
    injected(record_property, "F11 click against expiry", database, 1000)
