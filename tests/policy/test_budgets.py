"""Rules with a budget: what is asked, when they apply, and what is said of it."""

import json
from decimal import Decimal

import pytest

from approvals.gate import Tier
from approvals.past import About, PastAnswer
from policy import check_policy
from policy.keys.budget import figure, span_text
from tests.policy.files import ENVIRON, ask, nothing_known, only_fault, policy_with, refund, rule, written

RUNS = rule("runs", tier="auto")
DAILY = {"sum": "payload.amount", "window": "1d", "over": 5000}


def judged(policy, action, **answer):
    known = nothing_known(policy, ask(), action)
    known |= {each: PastAnswer(**answer) for each in known if each.about is About.budget}
    return policy.judge(ask(), [action], known)


def values(gate):
    return [fact.value for fact in gate.facts]


def test_a_rule_applies_above_its_budget_and_not_at_it(tmp_path):
    policy = policy_with(tmp_path, rules=[RUNS, rule("daily", budget=DAILY, reason="Much for a day")])
    at, over = (judged(policy, refund(amount=amount), total=Decimal(4180)) for amount in (820, 1140))
    assert (at.tier, at.rules, at.facts) == (Tier.auto, ("runs",), ())
    assert (over.tier, over.rules) == (Tier.approve, ("daily", "runs"))
    assert [(each.name, each.value) for each in over.facts] == [
        ("budget payload.amount", "4,180 of 5,000 in 24 hours; with this 5,320.")
    ]


def test_a_rule_that_blocks_blocks_and_never_silently(tmp_path):
    policy = policy_with(tmp_path, rules=[RUNS, rule("daily", tier="block", budget=DAILY)])
    over = judged(policy, refund(amount=5000.01))
    assert (over.tier, values(over)) == (Tier.block, ["0 of 5,000 in 24 hours; with this 5,000.01."])


def test_the_other_conditions_of_a_rule_must_hold_too(tmp_path):
    large = rule("daily", when=["payload.amount > 100"], budget=DAILY)
    policy = policy_with(tmp_path, rules=[RUNS, large])
    assert judged(policy, refund(amount=99), total=Decimal(6000)).tier is Tier.auto
    assert judged(policy, refund(amount=101), total=Decimal(6000)).tier is Tier.approve


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({}, "a field is missing"),
        ({"amount": None}, "a field is no number"),
        ({"amount": "1"}, "a field is no number"),
        ({"amount": True}, "a field is no number"),
        ({"amount": [1]}, "a field is no number"),
        ({"amount": float("inf")}, "a field is no number"),
        ({"amount": -0.01}, "a field is below zero"),
    ],
    ids=str,
)
def test_what_cannot_be_added_up_counts_as_over(tmp_path, payload, why):
    policy = policy_with(tmp_path, rules=[RUNS, rule("daily", budget=DAILY)])
    try:
        action = refund(**payload)
    except ValueError:
        action = refund()
        object.__setattr__(action, "payload", payload)
    gate = policy.judge(ask(), [action], {each: PastAnswer() for each in policy.questions(ask(), refund())})
    assert gate.tier is Tier.approve
    assert f"It counts as true: {why}." in values(gate)


def test_what_does_not_say_what_it_counts_with_counts_as_over(tmp_path):
    for keys in ({"per": "payload.customer"}, {"same": "payload.currency"}):
        policy = policy_with(tmp_path, rules=[RUNS, rule("daily", budget={**DAILY, **keys})])
        gate = judged(policy, refund(amount=1))
        assert gate.tier is Tier.approve
        assert values(gate) == ["It counts as true: a field is missing that says what it counts with."]


def test_where_what_counts_is_not_known_the_rule_applies(tmp_path):
    policy = policy_with(tmp_path, rules=[RUNS, rule("daily", budget=DAILY)])
    assert values(judged(policy, refund(amount=0), unsure=2)) == [
        "What counts in 24 hours is not known: of 2 the amount cannot be read."
    ]
    unanswered = {
        each: PastAnswer() for each in policy.questions(ask(), refund(amount=1)) if each.about is not About.budget
    }
    assert values(policy.judge(ask(), [refund(amount=1)], unanswered)) == ["It counts as true: the past is not known."]


@pytest.mark.parametrize(
    ("keys", "groups", "said"),
    [
        ({}, [""], "in 24 hours;"),
        ({"per": "agent"}, ["bot"], "in 24 hours for this agent;"),
        ({"per": "action"}, ["refund.create"], "in 24 hours for this action;"),
        ({"per": "role"}, ["finance", "support"], "in 24 hours for finance;"),
        ({"per": "payload.customer.id"}, ["acme"], "in 24 hours for this payload.customer.id;"),
        ({"same": "payload.currency"}, ["eur"], "in 24 hours in this payload.currency;"),
        ({"per": "agent", "same": "payload.currency"}, ["bot\neur"], "in 24 hours for this agent in this payload.currency;"),
        ({"per": "role", "same": "payload.currency"}, ["finance\neur", "support\neur"], "for finance in this payload"),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_sum_is_of_is_asked_and_said_without_a_word_of_the_agents(tmp_path, keys, groups, said):
    daily = rule("daily", budget={**DAILY, **keys}, roles=["support", "finance"])
    policy = policy_with(tmp_path, rules=[RUNS, daily])
    action = refund(amount=6000, customer={"id": "ACME"}, currency=" eur")
    asked = [each for each in policy.questions(ask(), action) if each.about is About.budget]
    assert [each.value for each in asked] == groups
    assert {(each.per, each.field, each.action) for each in asked} == {(86_400, "payload.amount", "refund.create")}
    found = values(judged(policy, action))
    assert len(found) == len(groups)
    assert said in found[0]


def test_a_long_value_is_known_by_its_digest(tmp_path):
    policy = policy_with(tmp_path, rules=[RUNS, rule("daily", budget={**DAILY, "per": "payload.customer"})])
    asked = [
        [each.value for each in policy.questions(ask(), refund(amount=1, customer=name)) if each.about is About.budget]
        for name in ("x" * 201, "x" * 202, "a\nb", {"id": 5})
    ]
    assert [len(value) for (value,) in asked] == [71, 71, 71, 8]
    assert len({value for (value,) in asked}) == 4


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("0", "0"), ("0.0", "0"), ("4180", "4,180"), ("1E+3", "1,000"), ("19.990", "19.99"), ("1234567.5", "1,234,567.5"),
        ("1E+20", "1e+20"), ("0.000000001", "0.000000001"), ("1E-20", "1e-20"),
    ],
)  # fmt: skip
def test_a_figure_is_written_as_people_do(number, said):
    assert figure(Decimal(number)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "1 second"),
        (90, "90 seconds"),
        (60, "1 minute"),
        (3600, "1 hour"),
        (86_400, "24 hours"),
        (604_800, "7 days"),
    ],
)
def test_a_window_is_said_in_words(seconds, said):
    assert span_text(seconds) == said


def test_a_limit_that_the_sum_passes_by_very_little_is_said_to_be_passed(tmp_path):
    policy = policy_with(tmp_path, rules=[RUNS, rule("daily", budget=DAILY)])
    assert values(judged(policy, refund(amount=1e-200), total=Decimal(5000))) == [
        "5,000 of 5,000 in 24 hours; with this a little more than 5,000."
    ]


def test_a_new_payload_has_its_own_figures_and_what_applied_goes_on_applying(tmp_path):
    policy = policy_with(tmp_path, rules=[RUNS, rule("daily", budget=DAILY)])
    one, more, less = refund(amount=6000), refund(amount=7000), refund(amount=1)
    before = judged(policy, one)
    known = nothing_known(policy, ask(), more)
    assert values(policy.judge(ask(), [one, more], known, before=before)) == [
        "0 of 5,000 in 24 hours; with this 7,000."
    ]
    known = nothing_known(policy, ask(), less)
    after = policy.judge(ask(), [one, less], known, before=before)
    assert (after.tier, values(after)) == (Tier.approve, ["0 of 5,000 in 24 hours; with this 6,000."])


def test_explain_says_that_it_depends_on_what_counts(tmp_path):
    policy = policy_with(tmp_path, rules=[RUNS, rule("daily", budget=DAILY)])
    text = "\n".join(policy.explain(ask(), refund(amount=1)).lines())
    assert "daily (approve): depends on the past: budget payload.amount" in text
    assert "if not auto" in text
    over = "\n".join(policy.explain(ask(), refund(amount=-1)).lines())
    assert "budget payload.amount could not be evaluated, a field is below zero" in over


@pytest.mark.parametrize("tier", ["auto", "watch"])
def test_a_rule_that_loosens_has_no_budget(tmp_path, tier):
    assert only_fault(tmp_path, rules=[rule("it", tier=tier, budget=DAILY)]) == (
        "it: budget: a rule that loosens may not depend on the past"
    )


def test_a_batch_stands_beside_no_budget(tmp_path):
    shared = rule("it", batch={"window": "5m", "max": 5}, budget=DAILY)
    assert "may not depend on the past" in only_fault(tmp_path, rules=[shared])


def told(folder, **sections):
    return [f"{each.key}: {each.message}" for each in check_policy(written(folder, **sections), ENVIRON).warnings]


def test_a_budget_below_what_is_always_blocked_is_told_to_be_never_reached(tmp_path):
    rules = [rule("no", action="refund.*", tier="block"), rule("daily", tier="block", budget=DAILY)]
    assert "budget: is never reached: no blocks all that would count" in told(tmp_path, rules=rules)
    assert not [each for each in told(tmp_path, rules=rules[1:]) if "never reached" in each]


def test_a_sum_of_no_numbers_is_told(tmp_path):
    (tmp_path / "refund.json").write_text(
        json.dumps({"type": "object", "properties": {"amount": {"type": "string"}, "n": {"type": "number"}}})
    )
    schemas = {"refund.create": "refund.json"}
    found = told(tmp_path, schemas=schemas, rules=[rule(budget=DAILY)])
    assert "budget.sum: adds up payload.amount, which is no number by the schema of refund.create" in found
    assert not told(tmp_path, schemas=schemas, rules=[rule(budget={**DAILY, "sum": "payload.n"}, role="finance")])


def test_a_window_longer_than_amounts_are_kept_is_told(tmp_path):
    retention = {"content": "30d", "actions": {"refund.*": "20d", "mail.*": "8d"}}
    daily = rule(budget={**DAILY, "window": "21d"})
    said = "budget.window: looks back 21d, and amounts are erased after 20d"
    assert said in told(tmp_path, retention=retention, rules=[daily])
    assert said not in told(tmp_path, retention=retention, rules=[rule(budget={**DAILY, "window": "20d"})])
    content = told(tmp_path, retention={"content": "20d"}, rules=[daily])
    assert said in content
