"""The settings that the page about Claude Code shows, in the real Claude Code, with a scripted model behind it."""

import json
import re
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from scripted_claude import CLAUDE, Model, calling, plain_environment
from stage import REASON, ROOT

TOOL = "mcp__till__refund"
PAGE = (ROOT / "docs" / "how-to" / "claude-code.md").read_text(encoding="utf-8")
HOOKS, PROMPT = (json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
ALLOWED = {"permissions": {"allow": [TOOL]}}
"""Claude Code would let it run without asking anybody."""


@dataclass
class Desk:
    """A folder with Claude Code in it, and the till."""

    folder: Path
    environment: dict
    session: str
    effects: Path

    def run(self, settings, *calls, arguments=(), servers=(), resumed=False, path=None):
        """One `claude -p` in which the model makes these calls, one after the other; what it read of each."""
        model = Model(*([calling(tool, asked, call_id)] for tool, asked, call_id in calls))
        till = {"command": sys.executable, "args": [str(Path(__file__).with_name("till.py")), str(self.effects)]}
        mcp = {"mcpServers": {"till": till, **dict(servers)}}
        goes_on = ["--resume", self.session] if resumed else ["--session-id", self.session]
        with model.serving():
            environment = {**self.environment, **model.environment(self.folder)}
            if path is not None:
                environment["PATH"] = path
            asked = ["-p", "Go on.", *goes_on, "--settings", json.dumps(settings), "--mcp-config", json.dumps(mcp)]
            ended = subprocess.run(
                [CLAUDE, *asked, *arguments],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=100,
            )
        assert ended.returncode == 0, ended
        return [text for _, text in model.results]

    def ran(self):
        """The amounts that were refunded."""
        return [float(line) for line in self.effects.read_text().split()] if self.effects.exists() else []


@pytest.fixture
def desk(stage, tmp_path):
    own = str(Path(sys.executable).parent)
    environment = plain_environment()
    environment |= {"PATH": f"{own}:{environment['PATH']}", "SIGNOFF_URL": stage.door, "SIGNOFF_TOKEN": stage.token}
    (tmp_path / "work").mkdir()
    return Desk(tmp_path / "work", environment, str(uuid.uuid4()), tmp_path / "effects")


def refunds(*amounts):
    return [(TOOL, {"amount": amount}, f"toolu_{n}") for n, amount in enumerate(amounts)]


def changed(settings, find, replacement):
    """The page's settings with one thing about them changed."""
    text = json.dumps(settings)
    assert find in text
    return json.loads(text.replace(find, replacement))


def test_with_the_pages_hooks_people_decide_what_runs_though_a_rule_allows_the_tool(stage, desk):
    approved, edited, rejected = desk.run(HOOKS | ALLOWED, *refunds(5, 500, 5000))
    assert desk.ran() == [5, 100]
    assert ("Refunded 5." in approved, "Refunded 100." in edited, REASON in rejected) == (True, True, True)
    found = stage.log(desk.session)
    assert [each["status"] for each in found] == ["succeeded", "succeeded", "rejected"]
    assert [each["action"] for each in found] == ["refund.create"] * 3


def test_without_the_hooks_the_tool_runs_so_these_tests_can_fail(desk):
    desk.run(ALLOWED, *refunds(5000))
    assert desk.ran() == [5000]


@pytest.mark.parametrize(("find", "replacement"), [("|| exit 2", ""), (', "onFailure": "block"', "")])
def test_either_of_the_pages_two_guards_holds_alone_when_the_command_is_not_there(desk, find, replacement):
    desk.run(changed(HOOKS, find, replacement) | ALLOWED, *refunds(5), path="/usr/bin:/bin")
    assert desk.ran() == []


def test_a_hook_that_claude_code_has_to_end_blocks_the_call(stage, desk):
    stage.pause()
    desk.run(changed(HOOKS, '"timeout": 600', '"timeout": 2') | ALLOWED, *refunds(5))
    assert desk.ran() == []


@pytest.mark.parametrize("mode", ["down", "500", "401", "rubbish", "lie"])
def test_while_the_service_fails_nothing_runs_and_the_model_is_told(stage, desk, mode):
    stage.fault(mode)
    (read,) = desk.run(changed(HOOKS, "--wait 400", "--timeout 0.5 --patience 0.5") | ALLOWED, *refunds(5))
    assert desk.ran() == []
    assert re.search(r"\b(not|nothing)\b", read, re.IGNORECASE)


def test_a_session_that_is_resumed_goes_on_with_what_was_parked(stage, desk):
    stage.pause()
    parking = changed(HOOKS, "--wait 400", "--wait 0") | ALLOWED
    (parked,) = desk.run(parking, *refunds(5))
    assert "call the tool again" in parked
    stage.resume()
    stage.log(desk.session, "approved")
    desk.run(parking, (TOOL, {"amount": 5}, "toolu_again"), resumed=True)
    assert desk.ran() == [5]
    (found,) = stage.log(desk.session, "succeeded")
    assert found["claims"] == 1


def test_the_pages_permission_prompt_asks_where_no_rule_decides(stage, desk):
    reporting = {"hooks": {name: HOOKS["hooks"][name] for name in ("PostToolUse", "PostToolUseFailure")}}
    prompt = ["--permission-prompt-tool", "mcp__signoff__permission_prompt"]
    assert " ".join(prompt) in PAGE
    edited, rejected = desk.run(reporting, *refunds(500, 5000), arguments=prompt, servers=PROMPT["mcpServers"].items())
    assert desk.ran() == [100]
    assert "Refunded 100." in edited
    assert REASON in rejected
    assert [each["status"] for each in stage.log(desk.session)] == ["succeeded", "rejected"]
