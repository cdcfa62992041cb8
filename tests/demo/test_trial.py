"""A policy of one's own, tried against a Slack on this machine."""

import asyncio
import json
import re
import shutil

import aiohttp
import pytest

from bot.cli.policies.trial import trial_of
from bot.cli.starter import Beginning, begin
from policy import load
from sandbox.driver import Sandbox
from sandbox.workspace_file import fill
from tests.demo.playing import running_demo
from tests.house.tree import ROOT
from tests.patience import PATIENCE
from tests.policy.files import agent, role, written


@pytest.fixture
def policy(tmp_path):
    begin(tmp_path, Beginning(channel="C0SHOP", reviewers=["U0ALICE", "U0BOB"], owner="U0CAROL", agent="shop"))
    return tmp_path / "policy.yml"


async def test_the_demo_plays_with_a_policy_of_ones_own_and_says_how_to_propose(policy):
    async with running_demo(policy.parent, policy=policy.name) as demo:
        said = await demo.saying(r"export SIGNOFF_URL=(\S+) SIGNOFF_TOKEN=(\S+)")
        line = await demo.saying(r"    (\S+) ask --action (\S+) --payload '(.+)' --reasoning")
        body = {"action": line[2], "payload": json.loads(line[3]), "reasoning": "x"}
        assert shutil.which(line[1], path="/nowhere"), "what is printed can be pasted into another terminal"
        await demo.saying(r"    \S+ report prp_… --status succeeded")
        await demo.saying("A changed policy.yml is in force at once")
        bearing = {"Authorization": f"Bearer {said[2]}"}
        async with (
            aiohttp.ClientSession(headers=bearing) as session,
            session.post(f"{said[1]}/v1/proposals", json=body) as answer,
        ):
            made = await answer.json()
        assert (answer.status, made["status"], made["gate"]["roles"]) == (201, "pending", ["reviewers"])
        page = (await demo.saying(r"Open\s+(http://\S+?)/ "))[1]
        async with aiohttp.ClientSession() as session, session.get(page) as answer:
            assert answer.status == 200
    assert not list(policy.parent.glob("*.db"))


async def test_the_sandbox_alone_says_how_a_bot_is_started_beside_it(policy):
    async with running_demo(policy.parent, command="sandbox", policy=policy.name) as demo:
        said = await demo.saying(r"SLACK_API_URL=(\S+) SLACK_BOT_TOKEN=(\S+) SLACK_APP_TOKEN=(\S+) (\S+) serve")
        bearing = {"Authorization": f"Bearer {said[2]}"}
        async with aiohttp.ClientSession(headers=bearing) as session, session.post(f"{said[1]}auth.test") as answer:
            assert (await answer.json())["ok"] is True


async def test_a_policy_with_faults_is_not_played_with(policy):
    policy.write_text(policy.read_text().replace("role: reviewers", "role: nobody"))
    async with running_demo(policy.parent, policy=policy.name) as demo:
        await demo.saying("there is no role 'nobody'")
        async with asyncio.timeout(PATIENCE):
            assert await demo.process.wait() == 2


def test_the_workspace_has_every_person_channel_and_group_that_the_policy_names(tmp_path):
    ops = {"channel": "C0OPS", "members": ["U0OPERA"]}
    roles = {**role(groups=["S0HELP"]), "other": {"channel": "C0SUPPORT", "members": ["U0ALICE"]}}
    agents = {**agent(), "known": {"token_sha256": "a" * 64, "owner": "U0ALICE", "actions": ["*"]}}
    auditors = {"look": {"token_env": "AUDITOR_TOKEN"}}
    path = written(tmp_path, roles=roles, agents=agents, ops=ops, auditors=auditors)
    trial = trial_of(path)
    fill(Sandbox(), trial.workspace)
    people = {each["id"]: each for each in trial.workspace["people"]}
    named = set(re.findall(r'"(U0\w+)"', path.read_text()))
    assert named <= people.keys()
    assert people["U0ALICE"] == {"id": "U0ALICE", "name": "Alice", "title": "support, other, owner of known"}
    assert {each["id"] for each in trial.workspace["channels"]} == {"C0SUPPORT", "C0FINANCE", "C0OPS"}
    assert [each["users"] for each in trial.workspace["groups"]] == [["U0OFS0HELP"]]
    assert (set(trial.tokens), trial.untold) == ({"bot"}, ("known",))
    assert load(path, trial.environ).agent_of(trial.tokens["bot"]) == "bot"
    assert json.dumps(trial.workspace)


def test_the_example_can_be_tried(tmp_path):
    trial = trial_of(ROOT / "policy" / "example.yml")
    load(ROOT / "policy" / "example.yml", {**trial.environ, "SIGNOFF_PRIVATE_CALLBACKS": "no"})
    assert trial.tokens.keys() == load(ROOT / "policy" / "example.yml", None).agents.keys()


def test_what_an_agent_is_shown_to_propose_makes_a_card_where_a_rule_wants_one(tmp_path):
    rules = [
        {"id": "runs", "action": "search.*", "tier": "auto"},
        {"id": "any", "action": "*", "tier": "approve"},
        {
            "id": "large",
            "action": "refund.create",
            "when": ["payload.amount > 100.0", 'payload.currency == "EUR"'],
            "tier": "approve",
        },
        {"id": "titled", "action": "refund.create", "title": "To {payload.customer}", "tier": "approve"},
    ]
    path = written(tmp_path, rules=rules)
    assert trial_of(path).examples == {
        "bot": """--action refund.create --payload '{"customer": "example", "amount": 101.0, "currency": "EUR"}'"""
    }


def test_an_agent_that_no_rule_is_about_is_shown_one_of_its_own_actions(tmp_path):
    agents = {"bot": {**agent()["bot"], "actions": ["mail.*"]}}
    path = written(tmp_path, agents=agents, rules=[{"id": "runs", "action": "mail.send", "tier": "auto"}])
    assert trial_of(path).examples == {"bot": """--action mail.try --payload '{"amount": 250}'"""}
