"""Stores that are sound, to be damaged by hand."""

import pytest

from tests.databases import clock, lifecycle, store
from tests.fsck.shop import shop_in
from tests.storage.town import TablePolicy

__all__ = ["clock", "lifecycle", "store"]


@pytest.fixture
def policy():
    return TablePolicy()


@pytest.fixture
async def shop(store, clock, tmp_path):
    return await shop_in(store, clock, tmp_path / "signoff.db")
