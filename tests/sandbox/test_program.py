import asyncio
import json
import os
import signal
import sys

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from sandbox.workspace_file import WorkspaceFileError, fill, read

WORKSPACE = {
    "bot_token": "xoxb-demo",
    "people": [{"id": "U0ALICE", "name": "Alice", "title": "Support"}, {"id": "U0BOB", "name": "Bob"}],
    "channels": [{"id": "C0SUPPORT", "name": "support"}, {"id": "C0OPS", "name": "ops", "members": ["U0BOB"]}],
    "groups": [{"id": "S0FINANCE", "name": "finance", "users": ["U0BOB"]}],
    "commands": [{"command": "/approvals", "should_escape": True}, {"command": "/other"}],
}


async def test_the_program_says_when_it_is_ready_and_stops_when_told(tmp_path):
    path = tmp_path / "workspace.json"
    path.write_text(json.dumps(WORKSPACE))
    ready, told = os.pipe()
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--port", "0", "--workspace", str(path), "--ready-fd", str(told),
        pass_fds=[told], stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    os.close(told)
    written = await asyncio.get_running_loop().run_in_executor(None, os.read, ready, 1000)
    os.close(ready)
    url = written.decode().strip()
    answer = await AsyncWebClient(token="xoxb-demo", base_url=f"{url}/api/").users_info(user="U0ALICE")
    assert answer["user"]["profile"]["title"] == "Support"
    program.send_signal(signal.SIGTERM)
    printed, _ = await program.communicate()
    assert program.returncode == 0
    assert printed.decode() == f"Slack sandbox ready: {url} (Web API {url}/api/)\n"


async def test_a_workspace_file_fills_a_workspace(tmp_path):
    path = tmp_path / "workspace.json"
    path.write_text(json.dumps(WORKSPACE))
    slack = Sandbox()
    fill(slack, read(path))
    assert slack.bot_token == "xoxb-demo"
    assert slack.workspace.channels["C0SUPPORT"].members == ["U0ALICE", "U0BOB"]
    assert slack.workspace.channels["C0OPS"].members == ["U0BOB"]
    assert slack.workspace.groups["S0FINANCE"].users == ("U0BOB",)
    assert slack.workspace.commands == {"/approvals": True, "/other": False}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{", "is no JSON"),
        ("[]", "must hold one object"),
        ('{"persons": []}', "unknown key 'persons'"),
        ('{"bot_token": ""}', "bot_token must be a text"),
        ('{"people": {}}', "people must be a list"),
        ('{"people": [{"name": "Alice"}]}', r"people\[0\] must be an object with 'id'"),
        ('{"people": [{"id": "U1"}]}', r"people\[0\] must have a name"),
        ('{"people": [{"id": "U1", "name": "A", "admin": true}]}', r"people\[0\]: unknown key 'admin'"),
    ],
)
def test_a_wrong_workspace_file_is_refused_with_place_and_reason(tmp_path, written, told):
    path = tmp_path / "workspace.json"
    path.write_text(written)
    with pytest.raises(WorkspaceFileError, match=told):
        read(path)


@pytest.mark.parametrize("words", [["--workspace", "/nowhere.json"], ["--port", "many"]])
async def test_wrong_use_ends_with_2_and_a_sentence(words):
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", *words, stderr=asyncio.subprocess.PIPE
    )
    _, said = await program.communicate()
    assert program.returncode == 2
    assert b"Traceback" not in said
    assert said


async def test_a_port_that_is_taken_is_said_so():
    async with Sandbox() as slack:
        port = slack.url.rpartition(":")[2]
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "sandbox", "--port", port, stderr=asyncio.subprocess.PIPE
        )
        _, said = await program.communicate()
    assert program.returncode == 2
    assert said.decode().startswith(f"sandbox: port {port} cannot be used")
    assert "Traceback" not in said.decode()
