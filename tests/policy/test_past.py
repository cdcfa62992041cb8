"""Conditions about the past: what is asked, when they hold, and that time never takes back what they found."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from approvals.gate import Fact, Reason, Tier
from approvals.past import About, PastAnswer, PastQuery
from approvals.proposal import Action
from tests.policy.files import ask, nothing_known, only_fault, policy_with, refund, rule

AUTO = rule("runs", tier="auto")
FIRST = rule("first", first_time=["payload.to"], reason="Somebody new")
UNUSUAL = rule("much", unusual={"field": "payload.amount", "times": 5}, reason="Far above the usual")
REPEAT = rule("again", repeat_of_rejected=True, reason="Tried again")
RATE = rule("flood", action="refund.*", rate={"per": "10m", "over": 20}, reason="Too many at once")
REJECTED = PastAnswer(
    by="U0ALICE", at=datetime(2026, 11, 20, 10, 15, tzinfo=UTC), reason="Wrong customer", same=True, count=1
)


def judged(policy, action, answers, **keys):
    """The gate where the questions about these subjects have these answers, and nothing else is known."""
    known = nothing_known(policy, ask(), action)
    known |= {question: answers[question.about] for question in known if question.about in answers}
    return policy.judge(ask(), keys.pop("revisions", [action]), known, **keys)


def facts_of(gate):
    return [(fact.rule, fact.name, fact.value) for fact in gate.facts]


def test_every_judgement_asks_whether_exactly_this_was_rejected(tmp_path):
    action = refund(amount=1)
    assert policy_with(tmp_path).questions(ask(), action) == (
        PastQuery(about=About.repeat, agent="bot", action="refund.create", value=action.digest),
    )


def test_rules_ask_what_they_need_to_know_and_each_question_once(tmp_path):
    action = refund(to={"name": "Ben", "iban": "X"}, amount=250.0)
    rules = [
        rule("first", first_time=["payload.to.iban", "payload.to"]),
        rule("twin", first_time=["payload.to"]),
        UNUSUAL,
        REPEAT,
        RATE,
    ]
    one = {"agent": "bot", "action": "refund.create"}
    assert policy_with(tmp_path, rules=rules).questions(ask(), action) == (
        PastQuery(about=About.first_time, field="to.iban", value='"X"', **one),
        PastQuery(about=About.first_time, field="to", value='{"iban":"X","name":"Ben"}', **one),
        PastQuery(about=About.unusual, field="amount", **one),
        PastQuery(
            about=About.repeat,
            value=action.digest,
            payload='{"amount":250,"to":{"iban":"X","name":"Ben"}}',
            **one,
        ),
        PastQuery(about=About.rate, agent="bot", action="refund.*", per=600),
    )


def test_what_another_condition_rules_out_is_not_asked(tmp_path):
    looking = rule("first", first_time=["payload.to"], when=["payload.amount > 5"])
    policy = policy_with(tmp_path, rules=[looking, rule("other", action="email.*", first_time=["payload.to"])])
    assert [each.about for each in policy.questions(ask(), refund(amount=1, to="x"))] == [About.repeat]
    assert [each.about for each in policy.questions(ask(), refund(amount=9, to="x"))] == [
        About.first_time,
        About.repeat,
    ]
    assert [each.about for each in policy.questions(ask(), refund(to="x"))] == [About.first_time, About.repeat]


def test_a_value_that_was_approved_before_is_no_first_time(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO, FIRST])
    new = judged(policy, refund(to="x"), {})
    assert (new.tier, new.rules, new.risk) == (
        Tier.approve,
        ("first", "runs"),
        (Reason(rule="first", reason="Somebody new"),),
    )
    assert facts_of(new) == [
        ("first", "first_time payload.to", "payload.to has a value that was never approved before.")
    ]
    known = judged(policy, refund(to="x"), {About.first_time: PastAnswer(count=1)})
    assert (known.tier, known.rules, known.facts) == (Tier.auto, ("runs",), ())


def test_one_new_value_among_several_fields_is_enough(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO, rule("first", first_time=["payload.to", "payload.iban"])])
    action = refund(to="x", iban="y")
    known = {question: PastAnswer(count=question.field != "iban") for question in policy.questions(ask(), action)}
    assert [fact.name for fact in policy.judge(ask(), [action], known).facts] == ["first_time payload.iban"]


@pytest.mark.parametrize(
    ("amount", "answer", "held"),
    [
        (2500, PastAnswer(count=10, median=500.0), False),
        (2500.01, PastAnswer(count=10, median=500.0), True),
        (-2500, PastAnswer(count=10, median=500.0), True),
        (-100, PastAnswer(count=10, median=-50.0), False),
        (1, PastAnswer(count=10, median=0.0), True),
        (0, PastAnswer(count=10, median=500.0), False),
        (500, PastAnswer(count=9, median=500.0), True),
        (500, PastAnswer(count=10), True),
        (2**53 - 1, PastAnswer(count=10, median=1e308), False),
    ],
)
def test_unusual_is_what_is_many_times_the_median_of_ten_at_least(tmp_path, amount, answer, held):
    policy = policy_with(tmp_path, rules=[AUTO, UNUSUAL])
    assert (judged(policy, refund(amount=amount), {About.unusual: answer}).tier is Tier.approve) is held


def test_what_is_unusual_is_told_with_its_figures(tmp_path):
    policy = policy_with(tmp_path, rules=[UNUSUAL])
    (fact,) = judged(policy, refund(amount=4000), {About.unusual: PastAnswer(count=23, median=512.5)}).facts
    assert fact.value == (
        "payload.amount is 4000, against a median of 512.5 in the 23 that people approved; "
        "unusual is above 5 times that."
    )
    (fact,) = judged(policy, refund(amount=4000), {About.unusual: PastAnswer(count=3, median=5)}).facts
    assert fact.value == (
        "payload.amount is 4000, and only 3 approved by people succeeded so far; what is usual is known from 10 on."
    )


@pytest.mark.parametrize(
    ("amount", "median", "bound"),
    [
        (-6000, -500.0, "below 5 times that"),
        (-10, 500.0, "the other sign"),
        (10, -500.0, "the other sign"),
        (1, 0.0, "whatever is not that"),
    ],
)
def test_what_is_unusual_below_zero_is_told_as_a_person_would(tmp_path, amount, median, bound):
    policy = policy_with(tmp_path, rules=[UNUSUAL])
    (fact,) = judged(policy, refund(amount=amount), {About.unusual: PastAnswer(count=10, median=median)}).facts
    assert fact.value.endswith(f"in the 10 that people approved; unusual is {bound}.")


def test_a_rate_counts_whatever_the_action_names_and_applies_only_where_the_conditions_hold(tmp_path):
    large = rule("flood", when=["payload.amount > 100"], rate={"per": "10m", "over": 2})
    policy = policy_with(tmp_path, rules=[AUTO, large])
    (asked,) = [each for each in policy.questions(ask(), refund(amount=500)) if each.about is About.rate]
    assert (asked.action, asked.per) == ("refund.create", 600)
    many = {About.rate: PastAnswer(count=2)}
    assert judged(policy, refund(amount=500), many).tier is Tier.approve
    assert judged(policy, refund(amount=50), many).tier is Tier.auto


@pytest.mark.parametrize(("count", "held"), [(19, False), (20, True), (500, True)])
def test_the_one_over_the_rate_is_held(tmp_path, count, held):
    policy = policy_with(tmp_path, rules=[AUTO, RATE])
    gate = judged(policy, refund(), {About.rate: PastAnswer(count=count)})
    assert (gate.tier is Tier.approve) is held
    told = f"{count} such proposals came in the last 10m; more than 20 are too many."
    assert facts_of(gate) == ([("flood", "rate", told)] if held else [])


def test_a_rule_about_repeats_holds_what_is_nearly_the_same_too(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO, REPEAT])
    nearly = PastAnswer(by="U0ALICE", reason="x" * 500)
    gate = judged(policy, refund(amount=1), {About.repeat: nearly})
    assert (gate.tier, gate.rules) == (Tier.approve, ("again", "runs"))
    assert facts_of(gate) == [
        ("again", "repeat_of_rejected", f"U0ALICE rejected nearly this: {'x' * 200}… (500 characters)")
    ]
    assert judged(policy, refund(amount=1), {}).rules == ("runs",)


def test_what_a_person_rejected_is_held_without_any_rule_and_says_by_whom(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO])
    gate = judged(policy, refund(amount=1), {About.repeat: REJECTED})
    assert (gate.tier, gate.roles, gate.rules) == (Tier.approve, ("support",), ("runs",))
    assert gate.risk == (Reason(rule="repeat", reason="A person rejected exactly this before."),)
    told = "U0ALICE rejected exactly this on 2026-11-20T10:15:00.000Z: Wrong customer"
    assert facts_of(gate) == [("repeat", "repeat_of_rejected", told)]


def test_what_a_person_approved_since_is_held_no_more_but_by_a_rule_that_asks(tmp_path):
    overruled = {About.repeat: replace(REJECTED, overruled=True)}
    assert judged(policy_with(tmp_path, rules=[AUTO]), refund(amount=1), overruled).tier is Tier.auto
    gate = judged(policy_with(tmp_path, rules=[AUTO, REPEAT]), refund(amount=1), overruled)
    assert (gate.tier, gate.rules) == (Tier.approve, ("again", "runs"))
    assert facts_of(gate) == [
        (
            "again",
            "repeat_of_rejected",
            "U0ALICE rejected exactly this on 2026-11-20T10:15:00.000Z, before somebody approved it: Wrong customer",
        )
    ]


def test_a_proposal_that_was_held_stays_held_when_another_is_approved_meanwhile(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO])
    before = judged(policy, refund(amount=1), {About.repeat: REJECTED})
    after = judged(policy, refund(amount=1), {About.repeat: replace(REJECTED, overruled=True)}, before=before)
    assert (after.tier, after.facts) == (Tier.approve, before.facts)


def test_what_was_nearly_rejected_or_only_expired_is_not_held_without_a_rule(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO])
    for answer in (PastAnswer(by="U0ALICE"), PastAnswer(count=3, same=True)):
        assert judged(policy, refund(amount=1), {About.repeat: answer}).tier is Tier.auto


def test_a_repeat_of_what_was_rejected_cannot_loosen_what_is_blocked(tmp_path):
    policy = policy_with(tmp_path, rules=[rule(tier="block")])
    assert judged(policy, refund(), {About.repeat: REJECTED}).tier is Tier.block


def test_no_answer_counts_as_true_and_the_reason_says_so(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO, FIRST])
    gate = policy.judge(ask(), [refund(to="x")], {})
    assert gate.rules == ("first", "runs")
    assert [reason.reason for reason in gate.risk] == [
        "Somebody new — the condition first_time payload.to could not be evaluated: the past is not known",
        "It is not known whether a person rejected exactly this before.",
    ]
    assert [fact.value for fact in gate.facts] == [
        "It counts as true: the past is not known.",
        "It is not known whether a person rejected exactly this before.",
    ]


@pytest.mark.parametrize(
    ("asking", "payload", "why"),
    [
        (FIRST, {}, "a field is missing"),
        (rule("first", first_time=["payload.to.iban"]), {"to": "x"}, "a field is missing"),
        (rule("first", first_time=["payload.to.iban"]), {"to": {}}, "a field is missing"),
        (UNUSUAL, {}, "a field is missing"),
        (UNUSUAL, {"amount": "5"}, "a field is no number"),
        (UNUSUAL, {"amount": True}, "a field is no number"),
        (UNUSUAL, {"amount": None}, "a field is no number"),
    ],
)
def test_a_field_that_cannot_be_asked_about_counts_as_true_and_the_reason_says_so(tmp_path, asking, payload, why):
    policy = policy_with(tmp_path, rules=[AUTO, asking])
    gate = judged(
        policy, refund(**payload), {About.first_time: PastAnswer(count=9), About.unusual: PastAnswer(count=99)}
    )
    assert asking["id"] in gate.rules
    assert gate.risk[0].reason.endswith(f"could not be evaluated: {why}")
    assert gate.facts[0].value == f"It counts as true: {why}."


def test_a_value_of_null_is_a_value(tmp_path):
    policy = policy_with(tmp_path, rules=[FIRST])
    assert policy.questions(ask(), refund(to=None))[0].value == "null"


def test_all_conditions_about_the_past_must_hold(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO, rule("both", first_time=["payload.to"], rate={"per": "1h", "over": 2})])
    action = refund(to="x")
    few, many, known = PastAnswer(count=1), PastAnswer(count=2), PastAnswer(count=1)
    assert judged(policy, action, {About.rate: few}).rules == ("runs",)
    assert judged(policy, action, {About.rate: many, About.first_time: known}).rules == ("runs",)
    both = judged(policy, action, {About.rate: many})
    assert (both.rules, [fact.name for fact in both.facts]) == (("both", "runs"), ["first_time payload.to", "rate"])


def test_a_condition_on_the_payload_must_hold_beside_those_about_the_past(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO, rule("first", first_time=["payload.to"], when=["payload.amount > 5"])])
    assert judged(policy, refund(to="x", amount=1), {}).rules == ("runs",)
    assert judged(policy, refund(to="x", amount=9), {}).rules == ("first", "runs")


def test_neither_the_past_nor_a_flood_lifts_a_default_that_blocks(tmp_path):
    defaults = {"tier": "block", "role": "support"}
    policy = policy_with(tmp_path, rules=[RATE], defaults=defaults)
    assert judged(policy, refund(), {About.rate: PastAnswer(count=99)}).tier is Tier.block


def test_what_a_rule_found_stays_when_time_has_passed(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO, RATE, FIRST])
    action = refund(to="x")
    before = judged(policy, action, {About.rate: PastAnswer(count=33)})
    later = judged(
        policy, action, {About.rate: PastAnswer(count=0), About.first_time: PastAnswer(count=5)}, before=before
    )
    assert (later.tier, later.rules, later.facts, later.risk) == (
        before.tier,
        before.rules,
        before.facts,
        before.risk,
    )


def test_without_the_gate_before_the_past_is_asked_anew(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO, RATE])
    assert judged(policy, refund(), {About.rate: PastAnswer(count=0)}).rules == ("runs",)


def test_what_was_in_doubt_before_stays_with_its_reason(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO, FIRST])
    before = policy.judge(ask(), [refund(to="x")], {})
    later = judged(policy, refund(to="x"), {About.first_time: PastAnswer(count=1)}, before=before)
    assert set(before.risk) <= set(later.risk)
    assert later.facts == before.facts


def test_a_rejection_that_was_known_once_holds_though_the_edit_is_another_payload(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO])
    first = refund(amount=1)
    before = judged(policy, first, {About.repeat: REJECTED})
    edited = refund(amount=2)
    later = judged(policy, edited, {}, revisions=[first, edited], before=before)
    assert (later.tier, later.facts, later.risk) == (Tier.approve, before.facts, before.risk)


def test_an_edit_to_another_new_value_adds_what_it_brings(tmp_path):
    policy = policy_with(tmp_path, rules=[rule("first", first_time=["payload.to", "payload.iban"])])
    first, edited = refund(to="x", iban="known"), refund(to="x", iban="y")
    known = {question: PastAnswer(count=question.field == "iban") for question in policy.questions(ask(), first)}
    before = policy.judge(ask(), [first], known)
    assert [fact.name for fact in before.facts] == ["first_time payload.to"]
    later = judged(policy, edited, {}, revisions=[first, edited], before=before)
    assert [fact.name for fact in later.facts] == ["first_time payload.iban", "first_time payload.to"]


def test_an_earlier_revision_that_a_rule_let_pass_is_not_asked_again(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO, FIRST])
    first, edited = refund(to="known"), refund(to="also known")
    before = judged(policy, first, {About.first_time: PastAnswer(count=1)}, at_least=Tier.approve)
    later = judged(policy, edited, {About.first_time: PastAnswer(count=1)}, revisions=[first, edited], before=before)
    assert later.rules == ("runs",)
    stricter = judged(policy, edited, {}, revisions=[first, edited], before=before)
    assert stricter.rules == ("first", "runs")


def test_a_rule_that_is_gone_from_the_policy_keeps_nothing(tmp_path):
    action = refund(to="x")
    before = judged(policy_with(tmp_path, rules=[AUTO, FIRST]), action, {})
    after = judged(policy_with(tmp_path, rules=[AUTO]), action, {}, before=before)
    assert (after.rules, after.facts, after.risk) == (("runs",), (), ())


def test_a_rule_that_comes_new_asks_of_what_would_run_now(tmp_path):
    action = Action(name="refund.create", payload={"to": "x"})
    before = judged(policy_with(tmp_path, rules=[AUTO]), action, {})
    policy = policy_with(tmp_path, rules=[AUTO, FIRST])
    assert judged(policy, action, {}, before=before).rules == ("first", "runs")
    assert judged(policy, action, {About.first_time: PastAnswer(count=1)}, before=before).rules == ("runs",)


@pytest.mark.parametrize("tier", ["auto", "watch"])
@pytest.mark.parametrize(
    "keys",
    [
        {"first_time": ["payload.to"]},
        {"unusual": {"field": "payload.amount", "times": 5}},
        {"repeat_of_rejected": True},
        {"rate": {"per": "10m", "over": 20}},
    ],
)
def test_a_rule_that_loosens_may_not_depend_on_the_past(tmp_path, tier, keys):
    told = only_fault(tmp_path, rules=[rule(tier=tier, **keys)])
    assert told == f"it: {next(iter(keys))}: a rule that loosens may not depend on the past"


def test_a_rule_that_blocks_may_depend_on_the_past(tmp_path):
    policy = policy_with(tmp_path, rules=[AUTO, rule("never", tier="block", first_time=["payload.to"])])
    assert judged(policy, refund(to="x"), {}).tier is Tier.block
    assert judged(policy, refund(to="x"), {About.first_time: PastAnswer(count=1)}).tier is Tier.auto


@pytest.mark.parametrize("name", ["repeat", "backup", "remembered_approval", "remembered_rejection"])
def test_the_names_of_our_own_reasons_are_taken(tmp_path, name):
    assert only_fault(tmp_path, rules=[rule(name)]) == f"{name}: id: {name} is a name of our own"


def test_facts_are_sorted_and_each_is_there_once(tmp_path):
    policy = policy_with(tmp_path, rules=[REPEAT, FIRST, UNUSUAL])
    action = refund(to="x", amount=5)
    gate = policy.judge(ask(), [action, action], nothing_known(policy, ask(), action))
    assert gate.facts == tuple(sorted(gate.facts, key=lambda fact: (fact.rule, fact.name)))
    assert len(gate.facts) == 2
    assert isinstance(gate.facts[0], Fact)


def test_what_was_rejected_before_stands_for_nothing_else(tmp_path):
    terms = {"for": "24h", "max": 20}
    policy = policy_with(
        tmp_path, rules=[rule("asks", remember_approval=terms), {**REPEAT, "remember_approval": terms}]
    )
    assert judged(policy, refund(amount=1), {About.repeat: PastAnswer()}).remember_approval is not None
    nearly = PastAnswer(count=1, by="U0ALICE", reason="No", same=False)
    assert judged(policy, refund(amount=1), {About.repeat: nearly}).remember_approval is None
    assert judged(policy, refund(amount=1), {About.repeat: REJECTED}).remember_approval is None
