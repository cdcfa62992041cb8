"""`signoff stop` and `signoff resume`, run as an operator runs them, beside the bot and without one."""

import json
import os
import shlex
from contextlib import closing

import pytest

from tests import program
from tests.databases import hand_at
from tests.examples.pages import ROOT, blocks
from tests.town import AGENT_TOKEN, OPS, OTHER_TOKEN, POLICY, SUPPORT, open_town, visible_text

PAGE = ROOT / "docs" / "how-to" / "stop-everything.md"
WHY = "Slack is down and the mail goes wrong"


def signoff(town, *words, policy=True):
    """Exit code and what was said, in the bot's folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "SIGNOFF_"))}
    env = {
        **kept,
        "SIGNOFF_DATABASE_URL": f"sqlite:///{town.database}",
        "SIGNOFF_POLICY": str(town.folder / ("policy.yml" if policy else "none.yml")),
        "SHOP_TOKEN": AGENT_TOKEN,
        "OTHER_TOKEN": OTHER_TOKEN,
    }
    ran = program.run(words, env=env, cwd=town.folder)
    assert "Traceback" not in ran.stderr
    return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture
async def town(tmp_path):
    async with open_town(tmp_path, "http", policy=POLICY) as town, town.serving():
        yield town


async def test_beside_the_bot_everything_is_stopped_at_once_people_read_it_and_it_is_resumed(town):
    waiting = await town.propose()
    card = await town.card(SUPPORT, waiting)
    code, said = signoff(town, "stop", "everything", "--reason", WHY)
    assert (code, said.splitlines()[0][:22]) == (0, "Everything is stopped:")
    no = await town.propose(expect=403)
    assert WHY in no["detail"]
    shown = await town.card_saying(SUPPORT, card["ts"], "*Everything is stopped* by")
    assert "at the command line" in visible_text(shown)
    await town.slack.until(lambda: any(WHY in visible_text(each) for each in town.slack.messages(OPS)))
    code, said = signoff(town, "stop", "list")
    assert (code, said.startswith("everything  by ")) == (1, True)
    assert signoff(town, "stop", "everything", "--reason", WHY)[1].startswith("It is stopped already")
    code, said = signoff(town, "resume", "agent", "shop")
    assert (code, said.splitlines()[0]) == (0, "shop is resumed.")
    await town.propose(payload={"to": "other@example.com"})
    await town.propose(session=town.other, expect=403)
    listed = json.loads(signoff(town, "stop", "list", "--json")[1])
    assert (listed["everything"]["resumed"], listed["agents"]) == (["shop"], {})
    code, said = signoff(town, "resume", "everything")
    assert (code, said.splitlines()[0].startswith("Everything is resumed")) == (0, True)
    assert (await town.propose(session=town.other))["status"] == "pending"
    assert signoff(town, "stop", "list") == (0, "Nothing is stopped.\n")
    (entry,) = [each for each in await town.entries() if each.tag == "agent:stopped"]
    assert (entry.actor_kind, entry.actor_id.endswith(" at the command line")) == ("system", True)


async def test_the_lines_of_the_page_do_what_it_says_in_order(town):
    lines = [line for each in blocks(PAGE, "sh") for line in each.splitlines()]
    assert len(lines) == 4
    stop, listed, agent, everything = (shlex.split(each)[1:] for each in lines)
    assert signoff(town, *stop)[0] == 0
    await town.propose(expect=403)
    assert "everything  by " in signoff(town, *listed)[1]
    assert signoff(town, *agent)[0] == 0
    assert (await town.propose())["status"] == "pending"
    await town.propose(session=town.other, expect=403)
    assert signoff(town, *everything)[0] == 0
    assert (await town.propose(session=town.other))["status"] == "pending"


async def test_one_agent_is_stopped_and_resumed_by_its_name(town):
    code, said = signoff(town, "stop", "agent", "shop", "--reason", WHY)
    assert (code, said.splitlines()[0][:16]) == (0, "shop is stopped:")
    await town.propose(expect=403)
    assert signoff(town, "stop", "list")[1].startswith("agent shop  by ")
    assert (await town.propose(session=town.other))["status"] == "pending"
    assert signoff(town, "resume", "agent", "shop")[0] == 0
    assert signoff(town, "resume", "agent", "shop") == (2, "It is not stopped, so there is nothing to resume.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("stop", "everything", "--reason", "  "), "Say why, with --reason"),
        (("stop", "agent", "ghost", "--reason", "x"), "The policy has no agent ghost"),
        (("resume", "agent", "ghost"), "The policy has no agent ghost"),
        (("resume", "everything"), "It is not stopped"),
    ],
)
async def test_what_cannot_be_is_wrong_use_with_a_sentence(town, words, said):
    code, answer = signoff(town, *words)
    assert (code, said in answer) == (2, True)


async def test_a_policy_that_cannot_be_read_hinders_nothing_and_says_that_nobody_is_told(town):
    code, said = signoff(town, "stop", "everything", "--reason", WHY, policy=False)
    assert (code, "no channel is told" in said) == (0, True)
    await town.propose(expect=403)
    assert signoff(town, "resume", "everything", policy=False)[0] == 0


async def test_without_a_bot_it_holds_from_its_next_start_on(tmp_path):
    async with open_town(tmp_path, "http", policy=POLICY) as town:
        async with town.serving():
            proposal = await town.propose()
        assert signoff(town, "stop", "everything", "--reason", WHY)[0] == 0
        async with town.serving():
            await town.propose(payload={}, expect=403)
            assert (await town.get(proposal["id"], wait=10))["suspended"]["reason"] == WHY
    with closing(hand_at(town.database)) as hand:
        assert hand.execute("SELECT agent FROM stopped_agents").fetchall() == [("*",)]


async def test_a_database_that_is_not_there_is_named(tmp_path):
    async with open_town(tmp_path, "http", policy=POLICY) as town:
        code, said = signoff(town, "stop", "everything", "--reason", WHY)
    assert (code, "There is no database at" in said) == (2, True)
