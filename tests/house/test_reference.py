"""The pages of the reference say what the program does."""

import re

import pytest
import typer

from bot.api.responses import GateBody, RollbackBody
from bot.cli.main import app
from policy.reference.page import page
from tests.house.tree import ROOT

POLICY = ROOT / "docs" / "reference" / "policy.md"
COMMANDS = ROOT / "docs" / "reference" / "commands.md"
HTTP = ROOT / "docs" / "reference" / "http.md"


def commands(command, path=("signoff",)):
    """Every command of the program with what can be written after it."""
    if inside := getattr(command, "commands", None):
        for name, inner in inside.items():
            yield from commands(inner, (*path, name))
    else:
        yield " ".join(path), {option for param in command.params for option in param.opts if option.startswith("--")}


ALL = dict(commands(typer.main.get_command(app)))


def test_the_page_of_the_policy_is_the_one_made_from_its_models():
    assert POLICY.read_text(encoding="utf-8") == page(), (
        "run: python -m policy.reference.page > docs/reference/policy.md"
    )


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_page_of_commands_has(name):
    lines = [line for line in COMMANDS.read_text(encoding="utf-8").splitlines() if re.search(rf"`{name}[ `]", line)]
    assert len(lines) == 1
    assert ALL[name] - {"--help"} <= set(re.findall(r"--[a-z-]+", lines[0]))


def test_a_field_of_the_gate_or_of_a_rollback_that_the_page_of_the_api_names_is_one():
    text = HTTP.read_text(encoding="utf-8")
    named = set(re.findall(r"`gate\.([a-z_]+)`", text))
    table = text.partition("| field of `rollback` | says |")[2].partition("\n\n")[0]
    rows = {field for row in table.splitlines()[2:] for field in re.findall(r"`([a-z_]+)`", row.split("|")[1])}
    assert named
    assert rows
    assert named <= set(GateBody.model_fields)
    assert rows <= set(RollbackBody.model_fields)
