"""What holds for all tests: laws are tried as long as they take, for a busy machine is no counterexample."""

import gc
import os
import signal

import pytest
import structlog
from hypothesis import settings

from tests import tally
from tests.databases import dropping_databases
from tests.disk import stay_in_memory
from tests.laws import QUICK, WHOLE

stay_in_memory()
settings.register_profile("signoff", WHOLE)
settings.register_profile("quick", QUICK)
settings.load_profile("signoff")

# What runs in the background of a shell, as a pipeline may run us, ignores Ctrl-C, and all that a test starts would too.
for number, as_ever in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, as_ever)

CORE = {"api", "approvals", "policy", "storage"}
"""Whose tests are run with a few examples of each law while every line is watched; then the laws once more, whole."""


WHOLE_SUITE = os.environ.get("SIGNOFF_FAULTS") == "all"
"""Whether all faults are tried, at every call, as in `make test-faults`; else a selection of them."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    for item in items:
        if item.path.parent.name in CORE:
            item.add_marker("core")
    if not WHOLE_SUITE:
        later = [item for item in items if item.get_closest_marker("exhaustive")]
        items[:] = [item for item in items if item not in set(later)]
        config.hook.pytest_deselected(items=later)


def pytest_terminal_summary(terminalreporter):
    """What was injected, and what held."""
    passed = tally.tallied(terminalreporter.stats.get("passed", ()))
    failed = [each for each in terminalreporter.stats.get("failed", ()) if "tests/faults/" in each.nodeid]
    if passed:
        terminalreporter.section("faults")
        for line in tally.lines(passed, failed):
            terminalreporter.write_line(line)


def pytest_collection_finish():
    """What is loaded by now stays until the end: to look through it again for garbage took a tenth of all time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _logs_of_one_test():
    """What a command that a test ran here made of the process's log ends with the test: some want nothing in it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _databases_of_one_test():
    """What one test made on a server is dropped with it; what several share was made before."""
    with dropping_databases():
        yield
