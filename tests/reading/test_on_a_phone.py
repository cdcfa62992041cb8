"""What the 24 cards cost on a phone, in one browser at one look; `make reading` keeps the pictures of it."""

from statistics import median

import pytest

from tests.browser import needs_chromium
from tests.reading.measures import table
from tests.reading.phone import read_all

pytestmark = [pytest.mark.browser, needs_chromium]
MOST_HEIGHT = 850
"""CSS pixels, at the median."""
LEAST_ON_ONE_SCREEN = 16


async def test_title_and_approve_are_near_each_other(tmp_path):
    measured = await read_all(tmp_path, tmp_path / "pictures")
    told = table(measured)
    assert len(measured) == len(list((tmp_path / "pictures").glob("*.png"))) == 24
    assert median(each.height for each in measured) <= MOST_HEIGHT, told
    assert sum(each.one_screen for each in measured) >= LEAST_ON_ONE_SCREEN, told
