"""The lifecycle over a real store, with a policy small enough to see through."""

import pytest

from approvals.lifecycle import Lifecycle
from storage import open_store
from tests.approvals.rules import Rules
from tests.approvals.situations import ALICE, CLAIMANT
from tests.approvals.verbs import AGENT, ask_for
from tests.databases import new_database
from tests.making import Clock, Ids, Lots

SEAL_KEY = bytes(range(32))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def rules():
    return Rules()


@pytest.fixture
async def store(tmp_path, clock):
    async with open_store(new_database(tmp_path / "signoff.db"), SEAL_KEY, clock) as opened:
        yield opened


@pytest.fixture
def lifecycle(store, rules, clock):
    return Lifecycle(store=store, policy=rules, clock=clock, ids=Ids(), randomness=Lots())


@pytest.fixture
def submit(lifecycle):
    async def submitted(*args, **kwargs):
        proposal, _ = await lifecycle.submit(ask_for(*args, **kwargs))
        return proposal

    return submitted


@pytest.fixture
def approved(lifecycle, submit):
    async def agreed(*args, **kwargs):
        proposal = await submit(*args, **kwargs)
        return await lifecycle.approve(proposal.id, ALICE, proposal.nonce)

    return agreed


@pytest.fixture
def claimed(lifecycle, approved):
    async def taken(*args, **kwargs):
        proposal = await approved(*args, **kwargs)
        return await lifecycle.claim(proposal.id, AGENT, proposal.digest, CLAIMANT)

    return taken
