"""The first journey of each file, and each marked `both_modes`, is walked twice: in Socket Mode and in HTTP mode.

The marked ones are those that bring another payload of Slack's or another kind of answer to it; behind that, the modes
are one program. Over a database on a server each is walked once.
"""

import pytest

from tests.databases import ON_SERVER
from tests.journeys.batched import batched_town
from tests.journeys.deep import deep_town
from tests.town import open_town


def pytest_generate_tests(metafunc):
    """Gives each journey its `mode` or both."""
    chosen = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "mode" not in metafunc.fixturenames or any("mode" in names for names in chosen):
        return
    first = next(name for name in vars(metafunc.module) if name.startswith("test_"))
    both = metafunc.function.__name__ == first or metafunc.definition.get_closest_marker("both_modes")
    metafunc.parametrize("mode", ["socket", "http"] if both and not ON_SERVER else ["http"])


@pytest.fixture
async def town(mode, tmp_path):
    async with open_town(tmp_path, mode) as town, town.serving():
        yield town


@pytest.fixture
async def deep(mode, tmp_path):
    async with deep_town(tmp_path, mode) as town:
        yield town


@pytest.fixture
async def batched(mode, tmp_path):
    async with batched_town(tmp_path, mode) as town:
        yield town
