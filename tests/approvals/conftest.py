"""The lifecycle over a real store, with a policy small enough to see through."""

import pytest

from tests.approvals.rules import Rules
from tests.approvals.situations import ALICE, CLAIMANT
from tests.approvals.verbs import AGENT, ask_for
from tests.databases import clock, lifecycle, store

__all__ = ["clock", "lifecycle", "store"]


@pytest.fixture
def rules():
    return Rules()


@pytest.fixture
def policy(rules):
    return rules


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
