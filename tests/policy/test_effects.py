"""Effect keys: what is one thing in the world, and what the gate says of an effect that is known of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.effect_key import LONGEST, EffectKey, Unnamed, effect_key
from approvals.gate import Tier
from approvals.past import About, PastAnswer
from approvals.proposal import Action
from policy.once import UNSURE
from tests.policy.files import ask, nothing_known, policy_with, rule

TEMPLATE = "refund:{payload.payment_id}"


def key(payload, template=TEMPLATE):
    return effect_key(template, Action(name="refund.create", payload=payload))


def of(value):
    return key({"payment_id": value})


SAME = [
    [5, 5.0, "5", "05", " 5 ", "\uff15", "5.0", "+5", "5\u200b"],
    ["pay_Ab", "PAY_AB", "\uff50ay_ab", "pay_ab\n", "\ufeffpay_ab", "pay\u00ad_ab", "pay_a\u034fb"],
    ["é", "e\u0301", "É"],
    ["a b", "a  b", "a\u00a0b", "a\tb"],
    [True, "true", "TRUE"],
    [0, -0.0, "-0", "00.0"],
    [1.5, "1.50", "+01.5"],
    ["straße", "STRASSE"],
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda spellings: repr(spellings[0]))
def test_what_a_person_reads_as_the_same_is_the_same_effect(spellings):
    assert len({of(each).digest for each in spellings}) == 1


def test_what_differs_to_a_person_is_another_effect():
    assert len({of(spellings[0]).digest for spellings in SAME} | {of("5.01").digest, of("-5").digest}) == len(SAME) + 2


@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_no_value_reaches_across_a_separator(one, other, third, fourth):
    made = [key({"a": a, "b": b}, "{a}:{b}") for a, b in ((one, other), (third, fourth))]
    if all(isinstance(each, EffectKey) for each in made) and made[0].digest == made[1].digest:
        alone = [[key({"a": part}, "{a}") for part in pair] for pair in ((one, other), (third, fourth))]
        assert alone[0] == alone[1]


def test_the_same_letters_from_other_fields_are_another_effect():
    assert key({"a": "a:b", "b": "c"}, "{a}:{b}").digest != key({"a": "a", "b": "b:c"}, "{a}:{b}").digest
    assert key({"a": "1", "b": "23"}, "{a}{b}").digest != key({"a": "12", "b": "3"}, "{a}{b}").digest


@given(st.one_of(st.text(), st.integers(1 - 2**53, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False)))
def test_every_single_value_has_a_name_or_a_reason_and_naming_it_by_its_name_is_the_same(value):
    made = of(value)
    if isinstance(made, Unnamed):
        assert made.why.startswith("payload.payment_id ")
    else:
        again = of(made.text.removeprefix("refund:"))
        assert isinstance(again, Unnamed) or again == made


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "is empty"),
        ("", "is empty"),
        (" \u200b", "is empty"),
        ([1], "is no single value"),
        ({}, "is no single value"),
        ("x" * (LONGEST + 1), f"is longer than {LONGEST} characters"),
        ("\ufdfa" * LONGEST, f"is longer than {LONGEST} characters"),
        (1e300, f"is longer than {LONGEST} characters"),
    ],
)
def test_what_is_no_name_says_why_without_the_value(value, why):
    assert of(value) == Unnamed(f"payload.payment_id {why}")


def test_a_field_that_is_not_there_names_nothing():
    assert key({}) == Unnamed("payload.payment_id is missing")
    assert key({"payment_id": "pay_5"}, "refund:{payload.payment.id}") == Unnamed("payload.payment.id is missing")


def test_the_name_of_the_action_and_doubled_braces_are_parts_of_a_key():
    assert key({"id": "Q"}, "{{{action}}}: {id}").text == "{refund.create}: q"


def judged(policy, answer, payload=None, **more):
    action = Action(name="refund.create", payload={"payment_id": "pay_5"} if payload is None else payload)
    known = nothing_known(policy, ask(), action)
    known = {question: answer if question.about is About.effect else nothing for question, nothing in known.items()}
    return policy.judge(ask(), [action], {q: a for q, a in known.items() if a is not None}, **more)


@pytest.mark.parametrize(
    ("again", "answer", "tier"),
    [
        ("ask", PastAnswer(), Tier.auto),
        ("ask", PastAnswer(done="prp_1"), Tier.approve),
        ("block", PastAnswer(done="prp_1", tried="prp_2"), Tier.block),
        ("block", PastAnswer(tried="prp_1"), Tier.approve),
        ("ask", PastAnswer(holder="prp_1"), Tier.auto),
        ("block", None, Tier.approve),
    ],
)
def test_what_is_known_of_an_effect_decides_how_strict_the_gate_is(tmp_path, again, answer, tier):
    gate = judged(policy_with(tmp_path, rules=[rule(tier="auto", effect=TEMPLATE, again=again)]), answer)
    assert gate.tier is tier
    assert gate.effect_names == ("refund:pay_5",)
    if answer is None:
        assert [each.reason for each in gate.risk] == [UNSURE]
    assert all("pay_5" not in each.reason + fact for each in gate.risk for fact in (f.value for f in gate.facts))


def test_of_several_rules_that_name_the_same_effect_block_holds_whatever_their_order(tmp_path):
    one = rule("one", tier="auto", effect=TEMPLATE)
    other = rule("other", tier="auto", effect="Refund:{payment_id}", again="block")
    for rules in ([one, other], [other, one]):
        gate = judged(policy_with(tmp_path, rules=rules), PastAnswer(done="prp_1"))
        assert (gate.tier, len(gate.effects)) == (Tier.block, 1)


def test_what_happened_before_is_neither_batched_nor_remembered_nor_sampled(tmp_path):
    keys = {"batch": {"window": "5m", "max": 5}, "remember_approval": {"for": "1h", "max": 2}}
    policy = policy_with(
        tmp_path,
        rules=[
            rule(tier="approve", effect=TEMPLATE, **keys),
            rule("drawn", action="refund.*", tier="auto", sample=0.5, role="finance"),
        ],
    )
    first, again = (judged(policy, answer) for answer in (PastAnswer(), PastAnswer(done="prp_1")))
    assert first.batch is not None
    assert first.may_remember_approval
    assert (again.batch, again.remember_approval, again.sampling) == (None, None, None)


def test_what_was_found_of_an_effect_stays_true_as_long_as_it_is_that_effect(tmp_path):
    policy = policy_with(tmp_path, rules=[rule(tier="auto", effect=TEMPLATE)])
    before = judged(policy, PastAnswer(done="prp_1"))
    again = judged(policy, PastAnswer(), before=before)
    assert (again.tier, again.risk, again.facts) == (before.tier, before.risk, before.facts)
    other = judged(policy, PastAnswer(), {"payment_id": "pay_6"}, before=before)
    assert (other.risk, other.facts) == ((), ())


def test_explain_says_what_it_does_and_what_comes_after(tmp_path):
    policy = policy_with(tmp_path, rules=[rule(tier="auto", effect=TEMPLATE, again="block")])
    action = Action(name="refund.create", payload={"payment_id": "pay_5"})
    said = policy.explain(ask(), action)
    assert any(line.startswith(f"does refund:pay_5 ({said.gate.effects[0][:12]}): one open") for line in said.lines())
    unnamed = policy.explain(ask(), Action(name="refund.create", payload={}))
    assert unnamed.tier is Tier.approve
    assert "risk: What this does once cannot be named: payload.payment_id is missing. (it)" in unnamed.lines()
