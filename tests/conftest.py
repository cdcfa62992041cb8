"""What holds for all tests: laws are tried as long as they take, for a busy machine is no counterexample."""

import gc
import signal

import pytest
from hypothesis import settings

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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name in CORE:
            item.add_marker("core")


def pytest_collection_finish():
    """What is loaded by now stays until the end: to look through it again for garbage took a tenth of all time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _databases_of_one_test():
    """What one test made on a server is dropped with it; what several share was made before."""
    with dropping_databases():
        yield
