"""What a rule says of a no: reasons to choose from, and how long it may be remembered."""

import json

import pytest
from pydantic import TypeAdapter

from policy import explain
from policy.file.scalars import RejectReason
from tests.policy.files import SOUND, ask, nothing_known, policy_with, refund, rule, written


def gate_of(folder, *rules, **sections):
    policy = policy_with(folder, rules=list(rules), **sections)
    return policy.judge(ask(), [refund(amount=5)], nothing_known(policy, ask(), refund(amount=5)))


def test_the_reasons_of_a_rule_are_offered_as_written(tmp_path):
    assert gate_of(tmp_path, rule(reject_reasons=["Wrong customer", "Amount too high"])).reject_reasons == (
        "Wrong customer",
        "Amount too high",
    )


def test_where_no_rule_names_any_there_are_none(tmp_path):
    assert gate_of(tmp_path, rule()).reject_reasons == ()
    assert gate_of(tmp_path).reject_reasons == ()


@pytest.mark.parametrize("turn", [1, -1], ids=["as written", "the other way round"])
def test_of_several_rules_all_are_offered_once_by_the_ids_of_the_rules(tmp_path, turn):
    rules = [
        rule("b", reject_reasons=["Not now", "Fraud"]),
        rule("a", reject_reasons=["Zero", "Not now"]),
        rule("c", tier="watch", reject_reasons=["Looked odd"]),
        rule("d", when=["payload.amount > 9"], reject_reasons=["Does not match"]),
    ]
    assert gate_of(tmp_path, *rules[::turn]).reject_reasons == ("Zero", "Not now", "Fraud", "Looked odd")


@pytest.mark.parametrize("longest", ["x" * 75, "&" * 15, "ä"])
def test_a_reason_may_be_as_long_as_slack_takes_it(tmp_path, longest):
    assert gate_of(tmp_path, rule(reject_reasons=[longest])).reject_reasons == (longest,)


def test_emoji_count_for_two_each():
    reason = TypeAdapter(RejectReason)
    assert reason.validate_python("🎉" * 37)
    with pytest.raises(ValueError, match="too long for Slack's list"):
        reason.validate_python("🎉" * 38)


def test_a_hold_lasts_a_day_unless_the_file_says_otherwise_and_of_several_rules_the_shortest_counts(tmp_path):
    assert gate_of(tmp_path, rule()).remember_rejection == 86_400
    defaults = {**SOUND["defaults"], "remember_rejection": "2h"}
    assert gate_of(tmp_path, rule(), defaults=defaults).remember_rejection == 7200
    assert gate_of(tmp_path, rule(remember_rejection="3d"), defaults=defaults).remember_rejection == 3 * 86_400
    assert (
        gate_of(
            tmp_path, rule(remember_rejection="3d"), rule("b", remember_rejection="1h"), defaults=defaults
        ).remember_rejection
        == 3600
    )


def test_other_reasons_or_another_hold_ask_nothing_else_of_people(tmp_path):
    before, after = gate_of(tmp_path, rule()), gate_of(tmp_path, rule(reject_reasons=["No"], remember_rejection="1h"))
    assert not after.asks_otherwise_than(before)
    assert not after.stricter_than(before)


def test_an_explanation_names_the_reasons_and_how_long_the_same_may_be_held(tmp_path):
    path = written(tmp_path, rules=[rule(reject_reasons=["Wrong customer", "Not now"], remember_rejection="1h")])
    lines = explain(path, json.dumps({"action": "refund.create", "payload": {}, "reasoning": "it must be"})).lines()
    assert "reasons to choose from for a no: Wrong customer, Not now" in lines
    assert "a rejection may be remembered for 1h" in lines
