"""The page that is made of the models."""

import re
import runpy
from pathlib import Path

import pytest

import policy
from approvals.gate import Tier
from policy.expressions.condition import VARIABLES
from policy.file.rulebook import (
    AgentEntry,
    BatchEntry,
    BudgetEntry,
    DefaultsEntry,
    DrillsEntry,
    EscalateEntry,
    HoursEntry,
    OpsEntry,
    PolicyFile,
    RateEntry,
    RetentionEntry,
    RoleEntry,
    RuleEntry,
    TokenEntry,
    UnusualEntry,
    file_keys,
)
from policy.reference import page as reference
from policy.reference.fault_messages import sentences
from policy.reference.page import page

SECTIONS = {
    "Keys": PolicyFile,
    "roles": RoleEntry,
    "agents": AgentEntry,
    "ops": OpsEntry,
    "auditors": TokenEntry,
    "defaults": DefaultsEntry,
    "retention": RetentionEntry,
    "drills": DrillsEntry,
    "rules": RuleEntry,
    "rules.unusual": UnusualEntry,
    "rules.rate": RateEntry,
    "rules.budget": BudgetEntry,
    "rules.escalate": EscalateEntry,
    "rules.hours": HoursEntry,
    "rules.batch": BatchEntry,
}


def section(head):
    return re.search(rf"^##+ {re.escape(head)}\n(.*?)(?=^## |\Z)", page(), re.MULTILINE | re.DOTALL)[1]


def keys(head):
    """The first column below a heading, up to the next of any level."""
    return re.findall(r"^\| `(\w+)` \|", section(head).split("\n#")[0], re.MULTILINE)


def test_every_key_of_every_section_has_its_line_with_a_meaning():
    assert {head: keys(head) for head in SECTIONS} == {head: list(file_keys(entry)) for head, entry in SECTIONS.items()}
    rows = [line for head in SECTIONS for line in section(head).splitlines() if line.startswith("| `")]
    assert [row for row in rows if row.count("|") != 5 or not row.split("|")[4].strip()] == []


def test_a_line_says_the_value_and_the_default_as_they_would_be_written():
    lines = page().splitlines()
    assert (
        "| `pending_limit` | 1 to 10000 | `50` | How many of its proposals may wait at once; one more is a 429. |"
        in lines
    )
    assert "| `expires_in` | duration | `1h` | How long people have; unanswered is rejected. |" in lines
    assert [line for line in lines if line.startswith("| `allow_self_review` | `true`, `false` | `false` | ")]
    assert [line for line in lines if line.startswith("| `token_env` | such as `SUPPORT_BOT_TOKEN`; or a list |  | ")]


def test_every_tier_and_every_variable_of_a_condition_is_explained():
    assert keys("How a proposal is judged") == [str(tier) for tier in Tier]
    assert keys("Conditions") == list(VARIABLES)
    loosens = (
        "a rule that loosens (`auto`, `watch`, and any with a `batch`) may read `action`, `agent`, `payload` alone"
    )
    assert loosens in section("Conditions")


def test_every_sentence_of_a_fault_is_listed():
    listed = section("What stops the start")
    assert [str(each) for said in sentences().values() for each in said if f"\n- {each}\n" not in listed] == []


def test_no_gap_of_the_prose_is_left_open():
    assert not re.search(r"\{\w*\}", page())


def test_the_page_is_printed_for_who_makes_it_anew(capsys):
    runpy.run_path(reference.__file__, run_name="__main__")
    assert capsys.readouterr().out == page()


def test_what_the_page_points_at_is_there():
    folder = Path(policy.__file__).parent.parent / "docs" / "reference"
    links = [link for link in re.findall(r"\]\(([^)]+)\)", page()) if "://" not in link]
    assert links
    assert [link for link in links if not (folder / link).resolve().exists()] == []


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("sample", "more than 0 to 1"),
        ("confirmation", "`ask`, `type`; or `{type: …}`, `{code: …}`"),
        ("token_env", "such as `SUPPORT_BOT_TOKEN`; or a list"),
        ("approvals", "1 to 100"),
        ("schemas", "mapping by action: text"),
    ],
)
def test_the_page_says_what_may_be_written(key, kind):
    assert f"| `{key}` | {kind} |" in page()
