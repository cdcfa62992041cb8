"""One stage for all tests of a run; between tests it is as it was at the start."""

import pytest

pytest.register_assert_rewrite("scenario", "scene", "fidelity", "company", "endings", "words", "table")

from stage import Stage  # noqa: E402 after the line above, which has to come first


@pytest.fixture(scope="session")
def whole_stage():
    """The stage, started once."""
    with Stage.started() as stage:
        yield stage


@pytest.fixture
def stage(whole_stage):
    """The stage with its people at work and its door in order, before a test and after it."""
    whole_stage.calm()
    yield whole_stage
    whole_stage.calm()
