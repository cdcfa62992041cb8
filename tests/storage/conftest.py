"""A real store in a folder of its own for each test."""

import pytest

from approvals.proposal import Status
from tests.databases import clock, lifecycle, store, url_at
from tests.storage.past_queries import ask_for
from tests.storage.town import ALICE, CLAIMANT, TablePolicy

__all__ = ["clock", "lifecycle", "store"]


@pytest.fixture
def url(tmp_path):
    return url_at(tmp_path / "signoff.db")


@pytest.fixture
def policy():
    return TablePolicy()


@pytest.fixture
def known(store, clock):
    async def answered(question):
        (answer,) = (await store.answers([question], clock.now())).values()
        return answer

    return answered


@pytest.fixture
def made(lifecycle):
    async def submitted(*args, **kwargs):
        proposal, _ = await lifecycle.submit(ask_for(*args, **kwargs))
        return proposal

    return submitted


@pytest.fixture
def agreed(lifecycle, made):
    async def approved(*args, **kwargs):
        proposal = await made(*args, **kwargs)
        return await lifecycle.approve(proposal.id, ALICE, proposal.nonce)

    return approved


@pytest.fixture
def worked(lifecycle, agreed):
    async def succeeded(*args, status=Status.succeeded, **kwargs):
        proposal = await agreed(*args, **kwargs)
        agent = proposal.ask.agent
        await lifecycle.claim(proposal.id, agent, proposal.digest, CLAIMANT)
        return await lifecycle.report(proposal.id, agent, status, None, None)

    return succeeded


@pytest.fixture
def reads(store):
    return store.reads
