"""Every journey is walked twice: in Socket Mode and in HTTP mode."""

import pytest

from tests.journeys.batched import batched_town
from tests.journeys.deep import deep_town
from tests.town import open_town


@pytest.fixture(params=["socket", "http"])
async def town(request, tmp_path):
    async with open_town(tmp_path, request.param) as town, town.serving():
        yield town


@pytest.fixture(params=["socket", "http"])
async def deep(request, tmp_path):
    async with deep_town(tmp_path, request.param) as town:
        yield town


@pytest.fixture(params=["socket", "http"])
async def batched(request, tmp_path):
    async with batched_town(tmp_path, request.param) as town:
        yield town
