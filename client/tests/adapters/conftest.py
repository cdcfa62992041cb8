"""One stage for all tests of a run; between tests it is as it was at the start."""

import signal

import pytest

pytest.register_assert_rewrite("scenario", "scene", "fidelity", "company", "endings", "table")

from scenario import Scenario  # noqa: E402 after the line above, which has to come first
from stage import Stage  # noqa: E402

# What runs in the background of a shell, as a pipeline may run us, ignores Ctrl-C, and all that a test starts would too.
for number, as_ever in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, as_ever)


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


@pytest.fixture
def turns(stage, tmp_path):
    """Makes turns on the stage, and tells the effects."""
    made = Scenario()
    made.stage, made.folder = stage, tmp_path
    return made
