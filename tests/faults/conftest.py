"""The bot as a process, in each of the two modes."""

import pytest

from tests.disk import tmp_path
from tests.faults.premises import premises

__all__ = ["tmp_path"]


@pytest.fixture
async def place(tmp_path):
    """Socket Mode; the bot is not started yet."""
    async with premises(tmp_path, "socket") as place:
        yield place


@pytest.fixture(params=["socket", "http"])
async def either(request, tmp_path):
    """Once in Socket Mode, once in HTTP mode; the bot is started."""
    async with premises(tmp_path, request.param) as place:
        await place.start()
        yield place


@pytest.fixture
async def shifting(tmp_path, monkeypatch):
    """A bot whose clock is off by what `shift` was last told."""
    offset = tmp_path / "offset"

    def shift(seconds):
        whole = tmp_path / "offset.whole"
        whole.write_text(str(seconds), encoding="ascii")
        whole.replace(offset)

    shift(0)
    monkeypatch.setenv("TEST_CLOCK_OFFSET", str(offset))
    async with premises(tmp_path, "socket", module="tests.faults.shifted") as place:
        await place.start()
        yield place, shift
