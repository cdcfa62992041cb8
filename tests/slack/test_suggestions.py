"""Suggestions in a modal: within Slack's limits however much there is, and foreign words only as they are."""

import json
from datetime import UTC, datetime

from bot.slack.lists.suggestions import MOST, suggestions_modal
from bot.suggestions import Findings
from policy.checks.suggestion import Suggestion
from policy.file.edits import RuleEdit
from tests.slack.limits import view_faults

SINCE = datetime(2026, 9, 1, tzinfo=UTC)


def suggestion(number=1, **changes):
    made = {
        "kind": "block",
        "rule": f"rule-{number}",
        "what": "Block it: people are asked, and always say no.",
        "why": ("rejected, of all that people decided: 20 of 20 (83.9 % to 100 %)",),
        "edit": RuleEdit(rule=f"rule-{number}", values={"tier": "block"}),
        "diff": "--- policy.yml\n+++ policy.yml (suggested)\n@@ -3 +3 @@\n-tier: approve\n+tier: block\n",
        "replay": {"approve→block": 1200},
        **changes,
    }
    return Suggestion(**made)


def shown(*found, rules=None):
    view = suggestions_modal(Findings(since=SINCE, proposals=1234, suggestions=found), rules)
    assert view_faults(view) == []
    return json.dumps(view, ensure_ascii=False)


def test_a_thousand_long_ones_are_cut_and_counted_and_it_says_where_the_rest_is():
    long = [
        suggestion(n, what="wide 字 " * 2_000, why=("figure & <" * 500,) * 3, diff="+&<>字\n" * 5_000)
        for n in range(1_000)
    ]
    said = shown(*long)
    assert f"and {1_000 - MOST} more: the rest by `signoff policy suggest`" in said
    assert "The rest of it by: signoff policy suggest --rule rule-0" in said
    assert f"rule-{MOST - 1}: block" in said
    assert f"rule-{MOST}:" not in said


def test_of_some_rules_it_shows_those_alone_and_of_none_that_there_is_nothing():
    said = shown(suggestion(1), suggestion(2), rules={"rule-2"})
    assert "rule-2: block" in said
    assert "rule-1" not in said
    assert "approve→block 1,200" in said
    assert "@@ -3 +3 @@\\n-tier: approve\\n+tier: block" in said
    assert "(suggested)" not in said
    assert "The past bears no change of these rules" in shown(suggestion(1), rules=set())


def test_what_agents_wrote_into_a_field_is_text_that_hides_nothing():
    said = shown(suggestion(kind="field", what="Have the agent propose <!channel>\u202eto", edit=None, diff=None))
    assert "<!channel>" in said
    assert '"mrkdwn", "text": "Have' not in said
    assert "⟨U+202E⟩" in said
    assert "judged otherwise" not in said
