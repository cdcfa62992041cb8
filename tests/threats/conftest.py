"""A town under attack: in HTTP mode, where anybody can knock; `either` is for what must hold in both."""

import asyncio

import pytest

from tests.threats.ground import ground
from tests.threats.rows import built


@pytest.fixture
async def town(tmp_path):
    async with ground(tmp_path) as town, town.serving():
        yield town


@pytest.fixture(params=["socket", "http"])
async def either(request, tmp_path):
    async with ground(tmp_path, request.param) as town, town.serving():
        yield town


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """A database in which every table that decides has a row."""
    return asyncio.run(built(tmp_path_factory.mktemp("world") / "signoff.db"))


@pytest.fixture
def world(whole, tmp_path):
    return whole.copied(tmp_path)
