"""What the how-tos show of a policy, or of the app's manifest, is taken as it stands."""

import json
import re
import textwrap
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from approvals.hours import soonest_after
from policy import load
from policy.cases import tried
from tests.house.tree import ROOT
from tests.policy.files import ENVIRON, ask, nothing_known, policy_with, refund, role, rule

READ = YAML(typ="safe", pure=True)
PAGES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
BLOCK = re.compile(r"^ *```yaml\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SHOWN = [(page.stem, READ.load(textwrap.dedent(text))) for page in PAGES for text in BLOCK.findall(page.read_text())]
CASES = [shown for _, shown in SHOWN if isinstance(shown, list) and "expect" in shown[0]]
OF_DRILLS = [each for each in SHOWN if each[0] == "drills"]
"""Which have a file beside them: shown in test_drills_how_to."""
OF_POLICIES = [each for each in SHOWN if "features" not in each[1] and each[1] not in CASES and each not in OF_DRILLS]
JUDGING = [
    rule("refund-large", when=["payload.amount > 100.0"], role="finance"),
    rule("no-drops", action="db.drop*", tier="block"),
]
AROUND = """\
version: 1
roles:
  support: {channel: C0SUPPORT, members: [U0ALICE, U0BOB]}
  finance: {channel: C0FINANCE, members: [U0CAROL, U0DAVE]}
  legal: {channel: C0LEGAL, members: [U0ERIN]}
  lead: {channel: C0LEAD, members: [U0FAY]}
agents:
  bot:
    token_env: BOT_TOKEN
    owner: U0OWNER
    actions: ["*"]
    callbacks: ["https://agents.example.com/hooks/*"]
    callback_secret_env: CALLBACK_SECRET
defaults: {tier: approve, role: support}
rules:
  - {id: everything, action: "*", tier: approve}
"""
VARIABLES = {
    "SUPPORT_BOT_TOKEN": "support-bot-token-for-tests-0123456789",
    "SUPPORT_BOT_CALLBACK": ENVIRON["CALLBACK_SECRET"],
    "COMPLIANCE_TOKEN": "compliance-token-for-tests-0123456789ab",
    "SUPPORT_BOT_CALLBACK_OLD": "whsec_" + "b2xk" * 12,
}


def completed(shown):
    """A policy around what a page shows: whole sections, some rules, or some of an agent's fields."""
    around = READ.load(AROUND)
    if isinstance(shown, list):
        return {**around, "rules": shown}
    if shown.keys() <= {*around, "auditors", "retention"}:
        return {**around, **shown}
    around["agents"]["bot"] |= shown
    return around


@pytest.mark.parametrize("shown", OF_POLICIES, ids=lambda each: each[0])
def test_what_it_shows_of_a_policy_is_taken(tmp_path, shown):
    path = tmp_path / "policy.yml"
    whole = completed(shown[1])
    READ.dump(whole, path)
    taken = load(path, ENVIRON | VARIABLES)
    assert [rule.id for rule in taken.rules] == [rule["id"] for rule in whole["rules"]]


def test_they_show_some():
    assert len(OF_POLICIES) > 12


def test_the_page_on_http_changes_what_the_manifest_has():
    ((_, shown),) = [each for each in SHOWN if "features" in each[1]]
    manifest = READ.load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    (command,) = manifest["features"]["slash_commands"]
    (with_address,) = shown["features"]["slash_commands"]
    assert with_address.keys() - command.keys() == {"url"}
    assert with_address["command"] == command["command"]
    events, changed = manifest["settings"]["event_subscriptions"], shown["settings"]["event_subscriptions"]
    assert changed["bot_events"] == events["bot_events"]
    assert shown["settings"]["interactivity"]["is_enabled"] is manifest["settings"]["interactivity"]["is_enabled"]
    addresses = {with_address["url"], changed["request_url"], shown["settings"]["interactivity"]["request_url"]}
    assert addresses == {"https://approvals.example.com/slack/events"}


def test_the_moments_that_the_how_to_names_are_those_of_its_rule(tmp_path):
    path = tmp_path / "policy.yml"
    READ.dump(
        completed(next(shown for _, shown in OF_POLICIES if "hours" in str(shown) and "remind" in str(shown))), path
    )
    policy, said = load(path, ENVIRON | VARIABLES), ask()
    gate = policy.judge(said, [refund(amount=1)], nothing_known(policy, said, refund(amount=1)))
    berlin = ZoneInfo("Europe/Berlin")
    begin = datetime(2026, 11, 20, 16, 50, tzinfo=berlin)
    told = [
        f"{soonest_after(gate.hours, begin, each).astimezone(berlin):%a %H:%M}"
        for each in (*gate.remind, gate.expires_in)
    ]
    assert told == ["Fri 17:00", "Mon 09:20", "Mon 10:50"]
    assert gate.max_expires_in == 4 * gate.expires_in
    page = (ROOT / "docs" / "how-to" / "ask-the-right-people.md").read_text()
    assert "on Friday at 16:50 is reminded of at 17:00, again on Monday at 9:20, and expires on Monday at 10:50" in page


@pytest.mark.parametrize("cases", CASES)
def test_the_cases_that_it_shows_are_met_by_the_policy_that_the_readme_shows(tmp_path, cases):
    (tmp_path / "cases.yml").write_text(json.dumps(cases))
    assert tried(policy_with(tmp_path, roles=role(), rules=JUDGING), tmp_path / "cases.yml").sound


def test_cases_are_shown():
    assert CASES
