"""The GitHub workflow in examples/, its steps run in order as GitHub would run them."""

import json
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.client.shell import open_shell

FILE = Path(__file__).resolve().parents[2] / "examples" / "github" / "deploy.yml"
VERSION = 'v4"2'
REPORTED = "always() && steps.ask.outcome == 'success'"


@pytest.fixture
async def shell(tmp_path):
    async with open_shell(tmp_path) as shell:
        yield shell


def job():
    return YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))["jobs"]["deploy"]


async def steps_run(shell, meanwhile):
    """The steps in order, with GitHub's rules for what runs after a failure. The outcome of each by its id."""
    (shell.folder / "deploy.sh").write_text('#!/bin/sh\nexec deploy "$(cat $1)"\n')
    (shell.folder / "deploy.sh").chmod(0o755)
    outcomes, failed = {}, False
    for step in job()["steps"]:
        if "run" not in step or step["run"].startswith("pip "):
            continue
        condition = step.get("if")
        assert condition in (None, REPORTED)
        if failed if condition is None else outcomes.get("ask") != "success":
            outcomes[step.get("id", step["name"])] = "skipped"
            continue
        values = {
            "${{ inputs.version }}": VERSION,
            "${{ steps.deploy.outcome }}": outcomes.get("deploy", "skipped"),
        }
        environ = {name: values[value] for name, value in step.get("env", {}).items()}
        process = await shell.start(f"set -e\n{step['run']}", GITHUB_SHA="0a1b2c3d", **environ)
        if step.get("id") == "ask":
            await meanwhile()
        out, err = await process.communicate()
        outcomes[step.get("id", step["name"])] = "failure" if process.returncode else "success"
        failed = failed or process.returncode != 0
        assert step.get("continue-on-error") is None, (out, err)
    return outcomes


async def test_what_people_approve_is_deployed_and_reported(shell):
    outcomes = await steps_run(shell, shell.approve)
    assert set(outcomes.values()) == {"success"}
    assert (shell.folder / "deployed").read_text().count('"version": "v4\\"2"') == 1
    (proposal,) = await shell.all()
    assert (proposal["status"], proposal["payload"]) == (
        "succeeded",
        {"service": "shop", "version": VERSION, "commit": "0a1b2c3d"},
    )


@pytest.mark.parametrize("decide", ["reject", "change"])
async def test_what_people_do_not_approve_as_it_is_is_neither_deployed_nor_reported(shell, decide):
    outcomes = await steps_run(shell, getattr(shell, decide))
    assert (outcomes["ask"], outcomes["deploy"]) == ("failure", "skipped")
    assert not shell.deployed
    (proposal,) = await shell.all()
    assert (proposal["status"], proposal["outcome"]) == ("rejected" if decide == "reject" else "approved", None)


def test_the_address_and_the_token_come_from_the_repository_and_the_job_outlives_the_wait():
    known = job()
    assert known["env"] == {"SIGNOFF_URL": "${{ vars.SIGNOFF_URL }}", "SIGNOFF_TOKEN": "${{ secrets.SIGNOFF_TOKEN }}"}
    (ask,) = [step for step in known["steps"] if step.get("id") == "ask"]
    assert "--wait 1h" in ask["run"]
    assert known["timeout-minutes"] > 60


async def test_the_shell_lines_of_the_page_do_what_it_says(shell):
    text = (FILE.parents[2] / "docs" / "how-to" / "pipelines.md").read_text(encoding="utf-8")
    straight, changes, report = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (shell.folder / "deploy.sh").write_text("#!/bin/sh\nexec deploy $1\n")
    (shell.folder / "deploy.sh").chmod(0o755)

    _, said, _ = await shell.run(straight, shell.approve)
    assert (shell.folder / "deployed").read_text() == "deployed deploy.json\n"
    (shell.folder / "decision.json").write_text(json.dumps(said))
    code, done, _ = await shell.run(report)
    assert (code, done["id"], done["status"]) == (0, said["id"], "succeeded")

    _, said, _ = await shell.run(changes, shell.change)
    assert (said["exit"], json.loads((shell.folder / "approved.json").read_text())["version"]) == (6, 41)
    assert (shell.folder / "deployed").read_text() == "deployed deploy.json\ndeployed approved.json\n"
