"""A few kills of a bot amid commits that many submissions share; `python -m tests.replicas.kills 200` does more."""

import random

import pytest

from tests.replicas.kills import ON, killed


@pytest.mark.parametrize("kind", ON)
async def test_killed_amid_shared_commits_no_answer_was_wrong_and_nothing_is_there_twice(tmp_path, kind):
    async with ON[kind](tmp_path) as place:
        seen = await killed(place, 3, random.Random(7))
        assert seen.answered
        assert seen.kills == 3
