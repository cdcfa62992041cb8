"""A town under attack: in HTTP mode, where anybody can knock; `either` is for what must hold in both."""

import pytest

from tests.threats.ground import ground


@pytest.fixture
async def town(tmp_path):
    async with ground(tmp_path) as town, town.serving():
        yield town


@pytest.fixture(params=["socket", "http"])
async def either(request, tmp_path):
    async with ground(tmp_path, request.param) as town, town.serving():
        yield town
