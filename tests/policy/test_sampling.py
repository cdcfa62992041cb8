"""`sample`: the largest share holds, whoever is named looks over, and it loosens and tightens nothing else."""

import json
from itertools import permutations

import pytest

from approvals.gate import Sampling, Tier
from policy import check, explain
from tests.policy.files import ENVIRON, agent, ask, nothing_known, policy_with, refund, role, rule, written
from tests.policy.test_example import EXAMPLE

AUTO = {"tier": "auto", "role": "support", "sample": 0.1}
ALWAYS = rule("small", **AUTO)


def gate(folder, *rules, said=None, roles=None, **payload):
    policy = policy_with(folder, rules=list(rules), **({} if roles is None else {"roles": roles}))
    said, action = ask() if said is None else said, refund(**payload)
    return policy.judge(said, [action], nothing_known(policy, said, action))


def test_a_sample_stands_in_a_gate_that_asks_nobody_with_who_looks_over_and_where(tmp_path):
    made = gate(tmp_path, ALWAYS)
    assert (made.tier, made.roles, made.channels) == (Tier.auto, (), ())
    assert made.sampling == Sampling(share=0.1, roles=("support",), channels=("C0SUPPORT",))


def test_a_rule_without_a_share_samples_nothing(tmp_path):
    assert gate(tmp_path, rule(tier="auto")).sampling is None


@pytest.mark.parametrize("share", [0.000001, 0.5, 1, 1.0])
def test_any_share_above_none_up_to_all_may_be_written(tmp_path, share):
    assert gate(tmp_path, rule(tier="auto", role="support", sample=share)).sampling.share == share


def test_of_several_the_largest_share_holds_for_all_who_are_named_in_whatever_order(tmp_path):
    rules = [
        rule("a", **AUTO),
        rule("b", tier="auto", role="finance", sample=0.3),
        rule("c", tier="auto"),
        rule("d", tier="auto", roles=["support", "finance"], sample=0.2),
    ]
    found = {gate(tmp_path, *ordered).sampling for ordered in permutations(rules)}
    assert found == {Sampling(share=0.3, roles=("finance", "support"), channels=("C0FINANCE", "C0SUPPORT"))}


def test_one_more_rule_never_makes_the_share_smaller(tmp_path):
    for more in (0.05, 0.1, 0.4, None):
        other = rule("more", tier="auto", **({} if more is None else {"role": "finance", "sample": more}))
        assert gate(tmp_path, ALWAYS, other).sampling.share == max(0.1, more or 0)


@pytest.mark.parametrize("tier", ["approve", "watch", "block"])
def test_where_people_are_asked_or_told_nothing_is_drawn_and_who_would_look_over_is_not_asked(tmp_path, tier):
    sampled = rule("small", tier="auto", role="finance", sample=1)
    made = gate(tmp_path, sampled, rule("other", tier=tier))
    assert made.sampling is None
    assert made.roles == (() if tier == "block" else ("support",))


def test_a_sampled_rule_in_doubt_asks_the_defaults_role_as_ever(tmp_path):
    made = gate(tmp_path, rule(tier="auto", role="finance", sample=1, when=["payload.amount < 5"]))
    assert (made.tier, made.roles, made.sampling) == (Tier.approve, ("support",), None)


def test_a_backup_looks_over_where_nobody_of_the_role_may(tmp_path):
    roles = role(members=["U0ALICE"], backup="finance")
    assert gate(tmp_path, ALWAYS, roles=roles).sampling.roles == ("support",)
    assert gate(tmp_path, ALWAYS, roles=roles, said=ask(on_behalf_of="U0ALICE")).sampling.roles == ("support",)
    made = gate(tmp_path, ALWAYS, roles=role(members=["U0OWNER"], backup="finance"))
    assert made.sampling == Sampling(share=0.1, roles=("finance", "support"), channels=("C0FINANCE", "C0SUPPORT"))


def test_an_agent_that_names_the_only_one_who_may_judge_does_not_escape_the_draw(tmp_path):
    made = gate(tmp_path, ALWAYS, roles=role(members=["U0ALICE"]), said=ask(on_behalf_of="U0ALICE"))
    assert made.sampling == Sampling(share=0.1, roles=("support",), channels=("C0SUPPORT",))


def test_a_role_that_only_looks_over_is_not_told_to_be_unused(tmp_path):
    path = written(tmp_path, rules=[rule(tier="auto", role="finance", sample=0.1)], agents=agent(actions=["refund.*"]))
    assert not [warning for warning in check(path, ENVIRON).warnings if "no rule asks this role" in warning.message]


def test_an_explanation_says_how_much_is_drawn_for_whom(tmp_path):
    path = written(tmp_path, rules=[ALWAYS])
    told = explain(path, json.dumps({"action": "refund.create", "payload": {}}))
    assert told.lines()[:2] == (
        "refund.create by bot: auto",
        "runs at once; 10% of it, drawn at random, is looked over by support in C0SUPPORT afterwards",
    )
    assert told.as_json()["gate"]["sampling"] == {"share": 0.1, "roles": ["support"], "channels": ["C0SUPPORT"]}


def test_the_example_has_updates_of_customer_records_looked_over():
    said = {"agent": "support-bot", "action": "crm.update_contact", "payload": {}, "confidence": 0.9}
    sampling = explain(EXAMPLE, json.dumps(said)).gate.sampling
    assert (sampling.share, sampling.roles) == (0.1, ("support",))
