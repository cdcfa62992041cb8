"""Insights over HTTP: for auditors alone, and without a word of who decided."""

import json

import pytest

from tests.api.conftest import AUDITOR_TOKEN, TOKEN


async def insights(endpoint, query="", **more):
    return await endpoint.call("GET", f"/v1/insights{query}", **{"token": AUDITOR_TOKEN, **more})


async def test_an_auditor_is_told_what_became_of_what_people_were_asked(endpoint):
    approved, rejected = await endpoint.propose(), await endpoint.propose()
    await endpoint.approve(approved)
    await endpoint.reject(rejected, "No.")
    await endpoint.propose()
    found = await insights(endpoint)
    figures = found["everything"]["proposals"]
    assert (figures["asked"], figures["waits"]) == (3, 1)
    assert (figures["approved_untouched"], figures["rejected"]) == (1, 1)
    assert figures["untouched"] == {
        "count": 1,
        "of": 2,
        "share": 0.5,
        "at_least": 0.0945,
        "at_most": 0.9055,
        "confidence": 0.95,
    }
    decisions = found["everything"]["decisions"]
    assert (decisions["made"], decisions["approved"], decisions["rejected"]) == (2, 1, 1)
    assert [each["made"] for each in decisions["streaks"]] == [2, 0, 0, 0]
    assert [each["name"] for each in found["agents"]] == ["shop"]
    assert sum(each["waits"] for each in found["queue"]) == 1


async def test_nobody_is_named_in_it(endpoint):
    await endpoint.approve(await endpoint.propose())
    assert "U0" not in json.dumps(await insights(endpoint))


async def test_it_can_be_of_one_agent_or_role_alone(endpoint):
    await endpoint.propose()
    assert (await insights(endpoint, "?agent=nobody"))["everything"]["proposals"]["asked"] == 0
    assert (await insights(endpoint, "?agent=shop&since=7d"))["everything"]["proposals"]["asked"] == 1
    assert (await insights(endpoint, "?role=nobody"))["roles"] == []


@pytest.mark.parametrize(("token", "status"), [(TOKEN, 403), (None, 401)])
async def test_it_is_told_to_nobody_else(endpoint, token, status):
    await insights(endpoint, token=token, expect=status)


@pytest.mark.parametrize("query", ["?since=yesterday", "?reviewer=U0ALICE", "?since=1d&since=2d"])
async def test_what_it_cannot_tell_is_said(endpoint, query):
    await insights(endpoint, query, expect=422)


async def test_a_time_before_everything_is_ten_years_ago_at_most(endpoint):
    await endpoint.propose()
    assert (await insights(endpoint, "?since=0001-01-01"))["everything"]["proposals"]["asked"] == 1
