"""The rules that a how-to shows are rules that work."""

import re

import pytest

from policy import load
from tests.house.tree import ROOT
from tests.policy.files import ENVIRON

SHOWING = ("ask-the-right-people", "say-no", "say-what-matters")
PAGES = [ROOT / "docs" / "how-to" / f"{name}.md" for name in SHOWING]
DELIBERATE = ROOT / "docs" / "how-to" / "friction.md"
AROUND = """\
version: 1
roles:
  support: {channel: C0SUPPORT, members: [U0ALICE, U0BOB]}
  finance: {channel: C0FINANCE, members: [U0CAROL, U0DAVE]}
  legal: {channel: C0LEGAL, members: [U0ERIN]}
  lead: {channel: C0LEAD, members: [U0FAY]}
agents:
  bot: {token_env: BOT_TOKEN, owner: U0OWNER, actions: ["*"]}
defaults: {tier: approve, role: support}
rules:
"""
SHOWN = [
    rules for page in PAGES for rules in re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
]


@pytest.mark.parametrize("rules", SHOWN, ids=range(len(SHOWN)))
def test_the_rules_it_shows_are_taken(tmp_path, rules):
    path = tmp_path / "policy.yml"
    path.write_text(AROUND + rules, encoding="utf-8")
    assert len(load(path, ENVIRON).rules) == len(re.findall(r"^- ", rules, re.MULTILINE))


def test_it_shows_some():
    assert len(SHOWN) > 3


def test_the_page_on_friction_shows_rules_that_are_taken(tmp_path):
    (shown,) = re.findall(r"```yaml\nrules:\n(.*?)```", DELIBERATE.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "policy.yml"
    path.write_text(AROUND + shown, encoding="utf-8")
    assert [rule.friction is not None for rule in load(path, ENVIRON).rules] == [True, True, True]
