"""The README's own lines: what the agent does, with the policy that stands below."""

import asyncio
import json
import sys

from tests.examples.conftest import HEAD
from tests.examples.pages import ROOT, Folder, blocks, needs_curl_and_jq
from tests.town import AGENT_TOKEN, FINANCE, open_town

README = ROOT / "README.md"


@needs_curl_and_jq
async def test_the_agents_lines_get_what_people_approved_and_report_it(tmp_path):
    (script,) = blocks(README, "sh")
    (rules,) = blocks(README, "yaml")
    async with open_town(tmp_path, policy=HEAD + rules) as town, town.serving():
        folder = Folder(path=tmp_path)
        assert "http://127.0.0.1:8080" in script
        at_home = script.replace("http://127.0.0.1:8080", town.bot.url)
        agent = asyncio.create_task(folder.run(at_home, SUPPORT_BOT_TOKEN=AGENT_TOKEN))
        await town.slack.until(lambda: town.slack.messages(FINANCE))
        (card,) = town.slack.messages(FINANCE)
        assert "Refund above 100" in json.dumps(card)
        await town.click("U0CAROL", FINANCE, card, "approve")
        ended = await agent
        assert (ended.code, ended.err) == (0, "")
        payload, _, rest = ended.out.partition("\n}\n")
        assert json.loads(payload + "}") == {"customer": "cus_8841", "amount": 250.0}
        assert json.loads(rest)["status"] == "succeeded"
        assert json.loads(rest)["outcome"]["detail"] == "refund re_551"


async def test_the_guarded_function_asks_runs_what_people_approved_and_reports(tmp_path):
    (block,) = blocks(README, "python")
    await approved_and_run(tmp_path, f"{block}\nrefund(customer='cus_8841', amount=250.0)\n")


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
