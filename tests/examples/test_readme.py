"""The README's own lines: what the agent does, with the policy that stands below."""

import asyncio
import json
import sys
from contextlib import asynccontextmanager

from tests.examples.conftest import HEAD
from tests.examples.pages import ROOT, Folder, blocks, needs_curl_and_jq
from tests.town import AGENT_TOKEN, FINANCE, open_town

README = ROOT / "README.md"


@asynccontextmanager
async def asked(folder):
    """The lines in plain HTTP under way, and the card that they lead to."""
    script, *_ = blocks(README, "sh")
    (rules,) = blocks(README, "yaml")
    async with open_town(folder, policy=HEAD + rules) as town, town.serving():
        running = Folder(path=folder, url=town.bot.url, token=AGENT_TOKEN).run(script)
        agent = asyncio.create_task(running)
        await town.slack.until(lambda: town.slack.messages(FINANCE))
        (card,) = town.slack.messages(FINANCE)
        yield town, card, agent


@needs_curl_and_jq
async def test_the_agents_lines_get_what_people_approved_and_report_it(tmp_path):
    async with asked(tmp_path) as (town, card, agent):
        assert "Refund above 100" in json.dumps(card)
        await town.click("U0CAROL", FINANCE, card, "approve")
        ended = await agent
        assert (ended.code, ended.err) == (0, "")
        payload, _, rest = ended.out.partition("\n}\n")
        assert json.loads(payload + "}") == {"customer": "cus_8841", "amount": 250.0, "currency": "EUR"}
        assert json.loads(rest)["status"] == "succeeded"
        assert json.loads(rest)["outcome"]["detail"] == "refund re_551"


@needs_curl_and_jq
async def test_after_a_no_the_agents_lines_end_with_why_and_nothing_to_run(tmp_path):
    async with asked(tmp_path) as (town, card, agent):
        await town.click("U0CAROL", FINANCE, card, "reject")
        await town.modal_saying("U0CAROL", "Reason")
        await town.slack.submit("U0CAROL", {"Reason": "Not covered"})
        ended = await agent
        assert (ended.code, ended.err) == (1, "")
        assert "Not covered" in ended.out
        assert "cus_8841" not in ended.out


async def test_the_guarded_function_asks_runs_what_people_approved_and_reports(tmp_path):
    (block,) = blocks(README, "python")
    await approved_and_run(tmp_path, f"{block}\nrefund(customer='cus_8841', amount=250.0, currency='EUR')\n")


async def test_the_clients_own_page_does_so_too(tmp_path):
    (block,) = blocks(ROOT / "client" / "README.md", "python")
    assert await approved_and_run(tmp_path, block) == "Refunded 250 for A-1001.\n"


async def approved_and_run(tmp_path, program):
    """What the program printed once people approved the one thing that it asks for."""
    (rules,) = blocks(README, "yaml")
    async with open_town(tmp_path, policy=HEAD + rules) as town, town.serving():
        folder = Folder(path=tmp_path, url=town.bot.url, token=AGENT_TOKEN)
        script = f"exec {sys.executable} - <<'PYTHON'\n{program}\nPYTHON\n"
        agent = asyncio.create_task(folder.run(script, PYTHONPATH=str(ROOT / "client")))
        await town.slack.until(lambda: town.slack.messages(FINANCE))
        (card,) = town.slack.messages(FINANCE)
        await town.click("U0CAROL", FINANCE, card, "approve")
        ended = await agent
        assert (ended.code, ended.err) == (0, "")
        await town.card_saying(FINANCE, card["ts"], "*Succeeded*, the agent reports")
        return ended.out
