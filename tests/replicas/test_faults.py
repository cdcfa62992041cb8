"""One of three bots is killed, frozen or cut off, the server restarts, or a newer version takes over."""

import pytest

from tests.replicas.premises import replicas
from tests.replicas.scenarios import SCENARIOS


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.__name__)
async def test_whatever_befalls_one_of_three_bots_nothing_is_lost_or_doubled(tmp_path, scenario):
    async with replicas(tmp_path, "http") as place:
        assert await scenario(place)
