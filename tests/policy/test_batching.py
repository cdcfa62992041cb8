"""Which proposals may share a card: only what one approval of one role lets run, and only where every rule says so."""

import json

import pytest

from approvals.gate import Batch
from approvals.past import About, PastAnswer
from policy.keys.batch import without_needless_batch
from tests.making import make_gate
from tests.policy.files import ask, nothing_known, policy_with, refund, role, rule

WIDE, NARROW = {"window": "10m", "max": 10}, {"window": "5m", "max": 30}


def batch_of(folder, *rules, known=None, payload=None, **sections):
    policy = policy_with(folder, rules=list(rules), **sections)
    action = refund(**(payload or {"amount": 5}))
    return policy.judge(ask(), [action], nothing_known(policy, ask(), action) if known is None else known(policy)).batch


def test_a_rule_with_a_batch_lets_what_it_matches_share_a_card(tmp_path):
    assert batch_of(tmp_path, rule(batch=WIDE)) == Batch(window=600, most=10)


def test_of_several_rules_the_shortest_window_and_the_smallest_number_count(tmp_path):
    assert batch_of(tmp_path, rule(batch=WIDE), rule("other", batch=NARROW)) == Batch(window=300, most=10)
    assert batch_of(tmp_path, rule(batch=NARROW), rule("other", batch=WIDE)) == Batch(window=300, most=10)


@pytest.mark.parametrize(
    "beside",
    [
        {},
        {"approvals": 2},
        {"role": "finance", "batch": WIDE},
        {"edited": "second_person"},
        {"when": ["payload.absent > 1"], "batch": WIDE},
        {"tier": "auto", "when": ["payload.absent > 1"]},
        {"tier": "block"},
    ],
    ids=str,
)
def test_beside_a_rule_that_asks_for_more_or_is_in_doubt_each_has_a_card_of_its_own(tmp_path, beside):
    assert batch_of(tmp_path, rule(batch=WIDE, role="support"), rule("other", **beside)) is None


@pytest.mark.parametrize("beside", [{"tier": "auto"}, {"tier": "watch"}, {"when": ["payload.amount > 9"]}], ids=str)
def test_a_rule_that_asks_nobody_or_does_not_match_changes_nothing(tmp_path, beside):
    assert batch_of(tmp_path, rule(batch=WIDE), rule("other", **beside)) == Batch(window=600, most=10)


def test_where_no_rule_matches_nothing_is_shared(tmp_path):
    assert batch_of(tmp_path, rule(action="other.thing", batch=WIDE)) is None


def test_what_a_person_rejected_before_has_a_card_of_its_own(tmp_path):
    def rejected(policy):
        asked = policy.questions(ask(), refund(amount=5))
        return {each: PastAnswer(count=1, by="U0BOB", same=True) for each in asked if each.about is About.repeat}

    assert batch_of(tmp_path, rule(batch=WIDE), known=rejected) is None


def test_where_a_backup_may_stand_in_each_has_a_card_of_its_own(tmp_path):
    roles = {**role(members=["U0OWNER"], backup="finance")}
    assert batch_of(tmp_path, rule(batch=WIDE), roles=roles) is None


def test_what_nobody_can_fill_shares_nothing():
    assert (
        without_needless_batch(make_gate(batch=Batch(window=60, most=5), quorum_unreachable="Nobody is left.")).batch
        is None
    )
    assert without_needless_batch(make_gate(batch=Batch(window=60, most=5))).batch == Batch(window=60, most=5)


def test_explain_names_the_batch(tmp_path):
    policy = policy_with(tmp_path, rules=[rule(batch=WIDE)])
    said = "\n".join(policy.explain(ask(), refund(amount=5)).lines())
    assert "batched: shares a card with others of its agent, action and role that come within 10m, 10 at most" in said
    assert json.loads(json.dumps(policy.explain(ask(), refund(amount=5)).as_json()))["gate"]["batch"] == {
        "window": 600,
        "most": 10,
    }
    assert "batched" not in "\n".join(policy_with(tmp_path, rules=[rule()]).explain(ask(), refund(amount=5)).lines())
