"""The pages for curl and jq do what they say, and run nothing where anything is unclear."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from tests.examples.pages import EXAMPLES, Folder, needs_curl_and_jq, scripts
from tests.town import FINANCE, SUPPORT

pytestmark = needs_curl_and_jq

GATE, BATCH, AUTO = (EXAMPLES / name / "README.md" for name in ("hard-gate", "batch-job", "auto-tier"))


async def card_of(town, channel, text):
    """The card that says the text, once it stands."""

    def found():
        return [each for each in town.slack.messages(channel) if text in json.dumps(each)]

    await town.slack.until(found)
    return found()[0]


async def approved(town, order):
    await town.click("U0CAROL", FINANCE, await card_of(town, FINANCE, order), "approve")


async def rejected(town, order, reason):
    await town.click("U0CAROL", FINANCE, await card_of(town, FINANCE, order), "reject")
    await town.modal_saying("U0CAROL", "Reason")
    await town.slack.submit("U0CAROL", {"Reason": reason})


async def listed(town, **filters):
    async with town.agent.get("/v1/proposals", params=filters) as response:
        return (await response.json())["proposals"]


@asynccontextmanager
async def running(folder, script):
    """The script, at work while people decide."""
    task = asyncio.create_task(folder.run(script))
    try:
        yield task
    finally:
        task.cancel()


async def test_the_hard_gate_pays_what_people_approved_once_and_reports_it(example):
    async with example("hard-gate") as (town, folder):
        (script,) = scripts(GATE)
        async with running(folder, script) as gate:
            await approved(town, "A-1001")
            assert (await gate).code == 0
        again = await folder.run(script)
        assert [json.loads(line) for line in folder.effects("paid.jsonl")] == [
            {"order": "A-1001", "amount": 250, "note": "Lost parcel"}
        ]
        (proposal,) = await listed(town)
        assert (proposal["status"], proposal["outcome"]["detail"]) == ("succeeded", "paid; see paid.jsonl")
        assert (again.code, again.err.strip()) == (3, proposal["message"])


async def test_the_hard_gate_pays_what_people_made_of_it(example):
    async with example("hard-gate") as (town, folder):
        (script,) = scripts(GATE)
        async with running(folder, script) as gate:
            await town.click("U0CAROL", FINANCE, await card_of(town, FINANCE, "A-1001"), "edit")
            await town.modal_saying("U0CAROL", "amount")
            await town.slack.submit("U0CAROL", {"amount": "120"})
            await town.modal_saying("U0CAROL", "120")
            await town.slack.submit("U0CAROL")
            assert (await gate).code == 0
        assert [json.loads(line)["amount"] for line in folder.effects("paid.jsonl")] == [120]


async def test_the_hard_gate_pays_nothing_after_a_no_and_says_why(example):
    async with example("hard-gate") as (town, folder):
        (script,) = scripts(GATE)
        async with running(folder, script) as gate:
            await rejected(town, "A-1001", "The parcel arrived")
            ended = await gate
        assert ended.code == 3
        assert "The parcel arrived" in ended.err
        assert folder.effects("paid.jsonl") == []


async def test_a_question_that_nobody_answers_lets_the_gate_wait_on(example):
    async with example("hard-gate") as (town, folder):
        (script,) = scripts(GATE)
        async with running(folder, script) as gate:
            card = await card_of(town, FINANCE, "A-1001")
            await town.click("U0CAROL", FINANCE, card, "ask")
            await town.modal_saying("U0CAROL", "The agent gets your question and your name")
            await town.slack.submit("U0CAROL", {"Question": "Which parcel?"})
            await town.card_saying(FINANCE, card["ts"], "Which parcel?")
            assert not gate.done()
            await approved(town, "A-1001")
            assert (await gate).code == 0
        assert len(folder.effects("paid.jsonl")) == 1


async def test_a_payment_that_fails_is_reported_as_failed(example):
    async with example("hard-gate") as (town, folder):
        (folder.path / "pay.sh").write_text("#!/bin/sh\necho no such account\nexit 1\n")
        async with running(folder, scripts(GATE)[0]) as gate:
            await approved(town, "A-1001")
            assert (await gate).code == 0
        (proposal,) = await listed(town)
        assert (proposal["status"], proposal["outcome"]["detail"]) == ("failed", "no such account")


@asynccontextmanager
async def answering(status, text):
    """Something at the address that gives every request the same answer."""

    async def same(_):
        return web.Response(status=status, text=text, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", same)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


NONSENSE = [
    (200, "<html>rubbish</html>"),
    (200, ""),
    (200, "{}"),
    (200, "[1]"),
    (200, '{"id": "prp_1", "status": "approved", "digest": "sha256:0"}'),
    (200, '{"id": "prp_1", "status": "claimed", "digest": "sha256:0", "payload": {"amount": 1}}'),
    (204, ""),
    (500, "broken"),
    (401, '{"detail": "No agent is known by this token."}'),
]
ALL = [
    pytest.param(page, script, id=f"{page.parent.name}-{number}")
    for page in (GATE, BATCH, AUTO)
    for number, script in enumerate(scripts(page))
]


@pytest.mark.parametrize(("page", "script"), ALL)
@pytest.mark.parametrize(("status", "text"), NONSENSE, ids=str)
async def test_an_answer_that_cannot_be_signoffs_runs_nothing(tmp_path, page, script, status, text):
    async with answering(status, text) as url:
        folder = Folder.of(page.parent.name, tmp_path, url, "token")
        await folder.run(script)
    assert (folder.effects("paid.jsonl"), folder.effects("searched.jsonl")) == ([], [])


@pytest.mark.parametrize(("page", "script"), ALL)
async def test_a_service_that_is_away_runs_nothing_and_is_an_error(tmp_path, page, script):
    folder = Folder.of(page.parent.name, tmp_path, "http://127.0.0.1:1", "token")
    ended = await folder.run(script.replace('|| echo "not run: $?"', ""))
    assert ended.code not in (0, 3)
    assert (folder.effects("paid.jsonl"), folder.effects("searched.jsonl")) == ([], [])


async def test_a_token_that_is_not_known_is_said_in_words(example):
    async with example("hard-gate") as (_, folder):
        folder.token = "another-token-of-nobody-0123456789abcdef"
        ended = await folder.run(scripts(GATE)[0])
    assert ended.code == 1
    assert "token" in ended.err
    assert folder.effects("paid.jsonl") == []


async def test_the_batch_job_takes_in_the_morning_what_was_approved_and_takes_it_once(example):
    night, morning = scripts(BATCH)
    async with example("batch-job") as (town, folder):
        for _ in range(2):  # a job that broke off is run again
            asked = await folder.run(night)
            assert (asked.code, asked.err) == (0, "")
            assert asked.out.splitlines() == ["A-2001: pending", "A-2002: pending", "A-2003: pending"]
        assert len(await listed(town)) == 3
        await approved(town, "A-2001")
        await rejected(town, "A-2002", "It arrived on Friday")
        first = await folder.run(morning)
        assert (first.code, first.err) == (0, "")
        assert first.out.startswith("A-2002: ")
        assert "It arrived on Friday" in first.out
        assert len(folder.effects("paid.jsonl")) == 1
        await approved(town, "A-2003")
        later = await asyncio.gather(*(folder.run(morning) for _ in range(3)))
        assert [each.code for each in later] == [0, 0, 0]
        assert sorted(json.loads(line)["order"] for line in folder.effects("paid.jsonl")) == ["A-2001", "A-2003"]
        states = {each["payload"]["order"]: each["status"] for each in await listed(town)}
        assert states == {"A-2001": "succeeded", "A-2002": "rejected", "A-2003": "succeeded"}


async def test_the_batch_job_goes_through_all_pages_of_its_list(example):
    night, morning = scripts(BATCH)
    async with example("batch-job") as (town, folder):
        await folder.run(night)
        for order in ("A-2001", "A-2002", "A-2003"):
            await approved(town, order)
        assert (await folder.run(morning.replace("limit=100", "limit=1"))).code == 0
        assert len(folder.effects("paid.jsonl")) == 3


async def test_the_auto_tier_runs_at_once_what_may_and_parks_or_refuses_the_rest(example):
    (script,) = scripts(AUTO)
    async with example("auto-tier") as (town, folder):
        ended = await folder.run(script)
        waits = (await listed(town, status="pending"))[0]
        assert ended.out.splitlines() == ["3 orders", f"waits for people: {waits['id']}", "not run: 3"]
        assert "Agents never read salaries" in ended.err
        assert folder.effects("searched.jsonl") == ['{"status":"late"}']
        await card_of(town, SUPPORT, waits["id"])


async def test_the_same_call_twice_is_searched_once(example):
    (script,) = scripts(AUTO)
    async with example("auto-tier") as (_, folder):
        both = await asyncio.gather(folder.run(script), folder.run(script))
        assert folder.effects("searched.jsonl") == ['{"status":"late"}']
        assert sorted(each.out.count("3 orders") for each in both) == [0, 1]
