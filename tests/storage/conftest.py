"""A real store in a folder of its own for each test."""

import pytest

from approvals.lifecycle import Lifecycle
from storage import open_store
from tests.databases import new_database
from tests.making import Clock, Ids, Lots
from tests.storage.town import KEY, TablePolicy


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/signoff.db"


@pytest.fixture
async def store(tmp_path, clock):
    async with open_store(new_database(tmp_path / "signoff.db"), KEY, clock) as opened:
        yield opened


@pytest.fixture
def policy():
    return TablePolicy()


@pytest.fixture
def lifecycle(store, clock, policy):
    return Lifecycle(store=store, policy=policy, clock=clock, ids=Ids(), randomness=Lots())
