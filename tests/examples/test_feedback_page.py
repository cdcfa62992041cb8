"""The page docs/how-to/feedback.md: what an agent is told, what an export has, and what is made of the lines."""

import asyncio
import json
import re

import pytest

from signoff_client import Signoff
from tests.databases import url_at
from tests.examples.pages import blocks, needs_curl_and_jq
from tests.examples.test_how_to import HOW_TO, rejected, said
from tests.town import AGENT_TOKEN, SEED, open_town

pytestmark = [needs_curl_and_jq, pytest.mark.sqlite]

PAGE = HOW_TO / "feedback.md"
REASON = "Mira asked not to be written to."


@pytest.fixture
async def town(tmp_path):
    async with open_town(tmp_path) as town, town.serving():
        yield town


async def test_an_agent_is_told_what_the_page_shows(town):
    ask = blocks(PAGE, "sh")[0]
    shown = json.loads(blocks(PAGE, "json")[0])
    proposal = await town.propose(payload={"to": "mira@example.com", "subject": "Your parcel"})
    await rejected(town, proposal, REASON)
    await town.get(proposal["id"], wait="20")
    answer = json.loads(await said(town, ask))
    (lesson,), (example,) = answer["feedback"], shown["feedback"]
    assert answer.keys() == shown.keys()
    same = ("kind", "action", "payload", "edit", "reason", "message", "run_id")
    assert {name: lesson[name] for name in same} == {name: example[name] for name in same}
    assert lesson.keys() == example.keys()

    names = {}
    exec(compile(blocks(PAGE, "python")[0], PAGE.name, "exec"), names)

    def prompt():
        with Signoff(town.bot.url, AGENT_TOKEN) as client:
            return names["lessons"](client, "email.send")

    assert (await asyncio.to_thread(prompt)).splitlines()[1:] == [f"- {example['message']}"]


async def test_a_period_is_exported_and_read_as_the_page_says(town):
    _, export, reasons, inspect, pydantic = blocks(PAGE, "sh")
    proposal = await town.propose()
    await rejected(town, proposal, REASON)
    await town.get(proposal["id"], wait="20")
    known = {"SIGNOFF_DATABASE_URL": url_at(town.database), "SIGNOFF_SIGNING_KEY": SEED}
    month = export.replace("--since 2026-11-01 --until 2026-12-01", "--since 1d")
    assert month != export
    assert await said(town, export.replace("november", "other"), **known) == ""
    assert await said(town, month, **known) == ""
    assert await said(town, reasons) == f"email.send\t{REASON}\n"
    for block, name in ((inspect, "feedback.jsonl"), (pydantic, "feedback.json")):
        assert await said(town, block, **known) == ""
        assert proposal["id"] in (town.folder / name).read_text()
    (line,) = (town.folder / "november.jsonl").read_text().splitlines()
    told = {
        name for row in PAGE.read_text().splitlines() if row.startswith("|") for name in re.findall("`([a-z]+)`", row)
    }
    assert json.loads(line).keys() - told == {"id", "at"}, "each member of a line is told of"
