"""The settings, the example file and the reference name the same things."""

import ast
import re

import pytest

from bot.settings import Settings
from tests.house.over import of_every
from tests.house.tree import ROOT, modules, parsed

NAME = re.compile(r"\b(?:SIGNOFF|SLACK)_[A-Z_]+\b")
FIELDS = {name.upper(): field for name, field in Settings.model_fields.items()}
READERS = {"bot/settings.py", "bot/compose.py", "bot/worker.py", "bot/telemetry/collector.py"}
"""Besides the command line, who may look at the environment; the worker begins processes with one word more, and what
OpenTelemetry's exporters read of it is put there while they are made."""

CLIENTS = {"SIGNOFF_TOKEN"}
"""What the agents' side alone reads; the address is the same name on both."""


def example():
    """The variables of `.env.example` with the value each line gives, commented out or not."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^(?:# ?)?([A-Z][A-Z0-9_]+)=(\S*)", text, re.MULTILINE))


def reference():
    """The text of the reference."""
    pages = [ROOT / "docs" / "reference.md", *sorted((ROOT / "docs" / "reference").glob("**/*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages if page.exists())


def test_the_example_file_lists_every_setting_and_no_other():
    assert {name for name in example() if NAME.fullmatch(name)} == set(FIELDS)


def test_the_reference_lists_every_setting_and_no_other():
    assert set(NAME.findall(reference())) - CLIENTS == set(FIELDS)


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_the_example_file_gives_the_default(name):
    default = FIELDS[name].default
    if isinstance(default, bool) or default in (None, ()) or FIELDS[name].is_required():
        assert example()[name] == "" or "…" in example()[name] or "..." in example()[name]
    else:
        assert example()[name] == str(default)


@pytest.mark.parametrize(
    "name", sorted(name for name, field in FIELDS.items() if isinstance(field.default, (str, int, float)))
)
def test_the_reference_gives_the_default(name):
    lines = [line for line in reference().splitlines() if name in line]
    assert any(str(FIELDS[name].default) in line for line in lines)


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_setting_is_read(name):
    nodes = [node for path in modules("bot") for node in ast.walk(parsed(path))]
    assert name.lower() in {node.attr for node in nodes if isinstance(node, ast.Attribute)}


@of_every(modules("approvals", "policy", "storage", "delivery", "bot"))
def test_the_environment_is_read_in_one_place(module):
    reads = {
        node.attr
        for node in ast.walk(parsed(module))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    allowed = str(module) in READERS or str(module).startswith("bot/cli")
    assert allowed or not reads
