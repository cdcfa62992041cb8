"""The shell lines, the JSON and the programs of the how-tos for agents do what their pages say."""

import asyncio
import base64
import json
import os
import re
import sys
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import rfc8785

from bot.clock import SystemClock
from bot.signing import PublicKeys
from signoff_client import Signoff, verify_receipt
from tests.bot.test_guarantees import POLICY as WITH_ALL
from tests.examples.pages import ROOT, blocks, needs_curl_and_jq
from tests.journeys.mentions import called_town
from tests.patience import PATIENCE
from tests.town import AGENT_TOKEN, POLICY, SUPPORT, open_town

pytestmark = needs_curl_and_jq

HOW_TO = ROOT / "docs" / "how-to"


@asynccontextmanager
async def shell(town, script, **more):
    """The script at work in the town's folder, with the names that the pages use; ended when the block ends."""
    told = {"url": town.bot.url if town.bot else "", "SUPPORT_BOT_TOKEN": AGENT_TOKEN, "LC_ALL": "C.UTF-8", **more}
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-ec",
        script,
        cwd=town.folder,
        env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **told},
        stdout=-1,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def said(town, script, **more):
    """What the script printed; it has to end well."""
    async with shell(town, script, **more) as process:
        out, _ = await process.communicate()
        assert process.returncode == 0
        return out.decode()


def program(page, function):
    """What the one program of the page defines under that name."""
    (text,) = blocks(HOW_TO / page, "python")
    names = {}
    exec(compile(text, page, "exec"), names)
    return names[function]


async def rejected(town, proposal, reason):
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": reason})


@pytest.fixture
async def town(tmp_path):
    async with open_town(tmp_path) as town, town.serving():
        yield town


async def test_the_page_on_callbacks(tmp_path):
    page = HOW_TO / "callbacks.md"
    make, commands, networks = blocks(page, "sh")
    ask, event = (json.loads(text) for text in blocks(page, "json"))
    receive = program("callbacks.md", "receive")
    async with called_town(tmp_path, "http") as (town, receiver):
        secret = (await said(town, make)).strip()
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
        town.variables["SHOP_CALLBACK"] = secret
        async with town.serving():
            proposal = await town.call(
                "POST",
                "/v1/proposals",
                {**ask, "action": "email.send", "callback_url": f"{receiver.url}/hooks/refunds"},
                expect=201,
            )
            await rejected(town, proposal, "Not today")
            (got,) = await receiver.count(1)
            assert receive(got.headers, got.body, [secret]) == (204, proposal["id"])
            assert receive(got.headers, got.body + b" ", [secret]) == (400, None)
            assert got.event.keys() == event.keys()
            assert event["data"].keys() <= got.event["data"].keys()
            assert {name: got.event[name] for name in ("specversion", "source", "datacontenttype")} == {
                name: event[name] for name in ("specversion", "source", "datacontenttype")
            }
        # nothing is parked, so there is nothing to begin anew: the commands say so and are the right ones
        listed, one, every = commands.splitlines()
        known = {"SIGNOFF_DATABASE_URL": f"sqlite:///{town.database}", "PYTHONPATH": f"{ROOT}:{ROOT / 'client'}"}
        assert await said(town, listed, **known)
        async with shell(town, one, **known) as process:
            await process.communicate()
            assert process.returncode == 1
        await said(town, every, **known)
    name, _, network = networks.strip().partition("=")
    assert (name, network) == ("SIGNOFF_PRIVATE_CALLBACKS", "10.20.0.0/16")


async def test_the_page_on_events(town):
    wait, stream = blocks(HOW_TO / "events.md", "sh")
    (shown,) = blocks(HOW_TO / "events.md", "text")
    listen = program("events.md", "listen")
    async with shell(town, stream) as streaming, asyncio.timeout(PATIENCE):
        begin = [(await streaming.stdout.readline()).decode().partition(":")[0] for _ in range(3)]
        proposal = await town.propose()
        async with shell(town, wait.replace("after=3", f"after={proposal['version']}"), id=proposal["id"]) as waiting:
            await rejected(town, proposal, "Not today")
            out, _ = await waiting.communicate()
        assert (json.loads(out)["status"], json.loads(out)["reason"]) == ("rejected", "Not today")
        told = [(await streaming.stdout.readline()).decode().partition(":")[0] for _ in range(3)]
    first, second = ([line.partition(":")[0] for line in part.splitlines()] for part in shown.split("\n\n")[:2])
    assert ([name for name in begin if name.strip()], told) == (first, second)

    class Heard(Exception):
        pass

    kept = []

    def keep(event):
        kept.append(event)
        raise Heard

    with Signoff(town.bot.url, AGENT_TOKEN) as client, pytest.raises(Heard):
        await asyncio.wait_for(asyncio.to_thread(listen, client, "0", keep), 20)
    assert len(kept) == 1


async def test_the_page_on_the_audit_log(tmp_path):
    page = HOW_TO / "read-the-audit-log.md"
    (named,), (read, verify) = blocks(page, "yaml"), blocks(page, "sh")
    broken = program("read-the-audit-log.md", "broken")
    async with open_town(tmp_path, policy=f"{POLICY}{named}") as town:
        town.variables["COMPLIANCE_TOKEN"] = token = "compliance-token-for-tests-0123456789"
        async with town.serving():
            await rejected(town, await town.propose(), "Not today")
            entries, after, head = [], 0, None
            while after != head:
                line = read.replace("after=0&limit=100", f"after={after}&limit=2")
                answer = json.loads(await said(town, line, COMPLIANCE_TOKEN=token))
                entries, after, head = entries + answer["entries"], answer["next_after"], answer["head"]
            keys = PublicKeys.read(await town.call("GET", "/.well-known/jwks.json"))
        (tmp_path / "signoff.db.checkpoints").rename(tmp_path / "kept-elsewhere.jsonl")
        proven = await said(town, verify, SIGNOFF_DATABASE_URL=f"sqlite:///{town.database}")
    assert "proves that none of the first" in proven
    for line in (tmp_path / "kept-elsewhere.jsonl").read_text().splitlines():
        kept = json.loads(line)
        keys.verify(kept.pop("signature"), "signoff-checkpoint+jws", rfc8785.dumps(kept))
        assert kept["seq"] > len(entries) or entries[kept["seq"] - 1]["hash"] == kept["head"]
    assert len(entries) > 2
    assert broken(entries) is None
    assert broken(entries[1:], entries[0]["seq"], entries[0]["hash"]) is None
    entries[1]["facts"] = entries[1]["facts"].replace("e", "3")
    assert broken(entries) == 2


async def test_the_page_on_erasing(town):
    once, look = blocks(HOW_TO / "erase.md", "sh")
    gone, other = await town.propose(), await town.propose(reasoning="ann@example.com asked for it.")
    await rejected(town, gone, "Not today")
    await town.call("POST", f"/v1/proposals/{other['id']}/withdraw", {"reason": "Not needed"})
    url = {"SIGNOFF_DATABASE_URL": f"sqlite:///{town.database}"}
    once = once.replace("prp_019a0000000070008000000000000001", gone["id"])
    assert f"Erased what was written of 1 proposal:\n  {gone['id']}" in await said(town, once, **url)
    assert f"Would erase what was written of 1 proposal:\n  {other['id']}" in await said(town, look, **url)
    answer = await town.call("GET", f"/v1/proposals/{gone['id']}")
    assert (answer["payload"], answer["digest"], answer["reason"]) == (None, gone["digest"], "[erased]")
    assert "What was written of it was erased at" in answer["message"]
    assert (await town.call("GET", f"/v1/proposals/{other['id']}"))["payload"] == other["payload"]
    receipt = await town.call("GET", f"/v1/proposals/{gone['id']}/receipt")
    keys = await town.call("GET", "/.well-known/jwks.json")
    assert verify_receipt(receipt, keys).status == "rejected"


async def test_the_page_on_questions(town):
    (reply,) = blocks(HOW_TO / "ask-the-agent.md", "sh")
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "ask")
    await town.modal_saying("U0ALICE", "Question")
    await town.slack.submit("U0ALICE", {"Question": "Which invoice?"})
    await town.get(proposal["id"], wait="20")
    answered = json.loads(await said(town, reply, id=proposal["id"]))
    assert answered["question"]["reply"] == "The invoice is 4711; the pictures are in the ticket."


async def test_the_pages_on_receipts_and_permits(town):
    (receipt,), (keys,) = (blocks(HOW_TO / page, "sh") for page in ("receipts.md", "permits.md"))
    proposal = await town.propose()
    await rejected(town, proposal, "Not today")
    await town.get(proposal["id"], wait="20")
    known = {"PYTHONPATH": f"{ROOT}:{ROOT / 'client'}"}
    assert f"({proposal['id']}) is rejected, which is final" in await said(town, receipt, id=proposal["id"], **known)
    before = json.loads((town.folder / "jwks.json").read_text())
    await said(town, keys)
    assert json.loads((town.folder / "jwks.json").read_text()) == before


async def test_the_page_on_exports(tmp_path):
    here, elsewhere, read, gather, check = blocks(HOW_TO / "export-for-an-auditor.md", "sh")
    named = "auditors: {compliance: {token_env: COMPLIANCE_TOKEN}}\n"
    # The month of the page may be any: what is proposed now has to be in it.
    now = SystemClock().now()
    to_day = {"2026-11-01": f"{now:%Y-%m}-01", "2026-12-01": f"{now + timedelta(days=2):%Y-%m-%d}"}

    def dated(block):
        return re.sub("|".join(to_day), lambda day: to_day[day[0]], block)

    async with open_town(tmp_path, policy=f"{POLICY}{named}") as town:
        town.variables["COMPLIANCE_TOKEN"] = token = "compliance-token-for-tests-0123456789"
        where = {"SIGNOFF_DATABASE_URL": f"sqlite:///{town.database}", "COMPLIANCE_TOKEN": token}
        async with town.serving():
            await rejected(town, await town.propose(), "Not today")
            await said(town, dated(here), **where)
            file = tmp_path / "november.jsonl"
            first = file.read_text()
            await said(town, dated(gather), **where)
            assert "as they were made" in await said(town, check)
            decided = await said(town, read)
            await said(town, dated(elsewhere), **where)
    assert first
    assert file.read_text().startswith(first), "it is the same from elsewhere, and what came since follows"
    assert decided.split()[1:] == ["U0ALICE", "reject"]
    entries = [json.loads(line) for line in file.read_text().splitlines()]
    assert program("read-the-audit-log.md", "broken")(entries) is None


async def test_the_page_on_guarantees(tmp_path):
    run, held = blocks(HOW_TO / "prove-the-guarantees.md", "sh")
    (tmp_path / "policy.yml").write_text(WITH_ALL.replace("  - {id: refund-typed", "  # - {id: refund-typed"))
    async with open_town(tmp_path) as town:
        await said(town, run)
        assert (await said(town, held)).strip() == "true"
    verdicts = {each["guarantee"]: each for each in json.loads((tmp_path / "verified.json").read_text())["guarantees"]}
    assert verdicts["typed-words"]["verdict"] == "not applicable"
    page = (HOW_TO / "prove-the-guarantees.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` | {each['promise']} |" in page for name, each in verdicts.items())
