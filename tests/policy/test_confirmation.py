"""What an approval takes beside the click, as rules say it: the stricter holds."""

import json
from dataclasses import replace

import pytest

from approvals.gate import Confirmation, Tier
from approvals.moves.confirmation import NAME
from policy.keys.batch import without_needless_batch
from policy.keys.confirmation import strictest
from tests.making import make_gate
from tests.policy.files import ask, nothing_known, only_fault, policy_with, refund, rule

CONFIRM, TYPE = Confirmation(), Confirmation(typed=(NAME,))
BATCH, STANDING = {"window": "5m", "max": 9}, {"for": "1h", "max": 3}


def gate_of(folder, *rules, **payload):
    policy, action = policy_with(folder, rules=list(rules)), refund(**(payload or {"amount": 5}))
    return policy.judge(ask(), [action], nothing_known(policy, ask(), action))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("ask", CONFIRM),
        ("type", TYPE),
        ({"type": "amount"}, Confirmation(typed=("amount",))),
        ({"code": "totp"}, Confirmation(code=True)),
        ({"code": "totp", "type": "amount"}, Confirmation(typed=("amount",), code=True)),
        ({"type": "to.bank.iban"}, Confirmation(typed=("to.bank.iban",))),
    ],
    ids=str,
)
def test_a_rule_says_what_an_approval_takes(tmp_path, said, kept):
    assert gate_of(tmp_path, rule(confirmation=said)).confirmation == kept


def test_without_a_rule_that_says_so_it_takes_nothing(tmp_path):
    assert gate_of(tmp_path, rule()).confirmation is None
    assert (
        gate_of(tmp_path, rule(confirmation="type", when=["payload.amount > 100.0"]), rule("other")).confirmation
        is None
    )


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        ("ask", None, ()),
        ("ask", "type", (NAME,)),
        ("type", {"type": "amount"}, (NAME, "amount")),
        ({"type": "b"}, {"type": "a"}, ("a", "b")),
        ({"type": "a"}, {"type": "a"}, ("a",)),
    ],
    ids=str,
)
def test_of_several_rules_the_stricter_holds_and_all_that_is_to_be_typed(tmp_path, one, other, kept):
    pair = [rule(confirmation=one), rule("other", **({} if other is None else {"confirmation": other}))]
    assert (
        gate_of(tmp_path, *pair).confirmation
        == gate_of(tmp_path, *reversed(pair)).confirmation
        == Confirmation(typed=kept)
    )


def test_nothing_said_is_nothing():
    assert strictest([]) is strictest([None, None]) is None


def test_what_is_blocked_or_runs_takes_nothing(tmp_path):
    assert gate_of(tmp_path, rule(confirmation="type"), rule("no", tier="block")).confirmation is None
    assert gate_of(tmp_path, rule(tier="auto")).confirmation is None


def test_what_is_typed_shares_no_card_and_stands_for_nothing_whichever_rules_say_so(tmp_path):
    beside = rule("other", confirmation="type", batch=None, remember_approval=None)
    quick = rule(batch=BATCH, remember_approval=STANDING)
    gate = gate_of(tmp_path, quick, {**beside, "batch": None, "remember_approval": None})
    assert gate.batch is None
    assert not gate.may_remember_approval
    shared = make_gate(batch=gate_of(tmp_path, quick).batch)
    assert without_needless_batch(shared).batch is not None
    assert without_needless_batch(replace(shared, confirmation=CONFIRM)).batch is not None
    assert without_needless_batch(replace(shared, confirmation=TYPE)).batch is None


@pytest.mark.parametrize(
    "said",
    [
        True,
        None,
        "yes",
        "Type",
        {"type": ""},
        {"type": "a."},
        {"type": 1},
        {"ask": "a"},
        {"type": "a", "x": 1},
        [],
    ],
)
def test_anything_else_is_a_fault(tmp_path, said):
    if said is None:
        return
    assert "confirmation" in only_fault(tmp_path, rules=[rule(confirmation=said)])


@pytest.mark.parametrize("tier", ["auto", "watch", "block"])
def test_a_rule_that_asks_nobody_may_not_say_it(tmp_path, tier):
    said = only_fault(tmp_path, rules=[rule(tier=tier, confirmation="ask")])
    assert said == f"it: confirmation: a rule of tier {tier} asks nobody"


@pytest.mark.parametrize("key", [{"batch": BATCH}, {"remember_approval": STANDING}], ids=str)
def test_beside_a_batch_or_a_standing_approval_it_may_be_confirmed_and_not_typed(tmp_path, key):
    assert "is typed for each" in only_fault(tmp_path, rules=[rule(confirmation="type", **key)])
    assert gate_of(tmp_path, rule(confirmation="ask", **key)).confirmation == CONFIRM


def test_explain_names_it(tmp_path):
    def said(*rules):
        policy = policy_with(tmp_path, rules=list(rules))
        explained = policy.explain(ask(), refund(amount=5))
        json.dumps(explained.as_json())
        return "\n".join(explained.lines())

    assert "whoever approves types the action's name, the value of amount" in said(
        rule(confirmation="type"), rule("other", confirmation={"type": "amount"})
    )
    assert "Approve asks once more before it counts" in said(rule(confirmation="ask"))
    assert "Approve asks once more before it counts" in said(rule(approvals=2))
    assert "Approve asks" not in said(rule())


def test_payload_in_front_of_a_field_changes_nothing(tmp_path):
    for key, plain, in_front in (
        ("confirmation", {"type": "amount"}, {"type": "payload.amount"}),
        ("edit", ["amount"], ["payload.amount"]),
        ("show", ["amount"], ["payload.amount"]),
        ("redact", ["a.b"], ["payload.a.b"]),
        ("title", "Pay {amount}", "Pay {payload.amount}"),
        ("first_time", ["to"], ["payload.to"]),
        ("unusual", {"field": "amount", "times": 5}, {"field": "payload.amount", "times": 5}),
        (
            "remember_approval",
            {"may_differ": ["a"], "for": "1h", "max": 2},
            {"may_differ": ["payload.a"], "for": "1h", "max": 2},
        ),
    ):
        first, second = (policy_with(tmp_path, rules=[rule(**{key: said})]).rules for said in (plain, in_front))
        if key != "title":
            assert first == second


def test_any_key_of_json_can_be_named_by_every_key_that_names_fields(tmp_path):
    path = 'data."tls.key"."".größe'
    keys = {
        "confirmation": {"type": path},
        "show": [path],
        "redact": [path],
        "title": 'Key {data."tls.key"."".größe} {"{}"}',
        "first_time": [path],
        "unusual": {"field": path, "times": 5},
    }
    (made,) = policy_with(tmp_path, rules=[rule(**keys)]).rules
    assert made.show == made.redact == made.confirmation.typed == (path,)
    assert [each.fields for each in made.past if hasattr(each, "fields")] == [("payload." + path,)]
    (editing,) = policy_with(tmp_path, rules=[rule(edit=['"tls.key"', '""', "amount"])]).rules
    assert editing.edit == ("tls.key", "", "amount")
    assert "edit names whole ones" in only_fault(tmp_path, rules=[rule(edit=["tls.key"])])
    (standing,) = policy_with(
        tmp_path, rules=[rule(remember_approval={"may_differ": ['a."b.c"'], "for": "1h", "max": 2})]
    ).rules
    assert standing.remember_approval.may_differ == ('payload.a."b.c"',)


def test_explain_asks_nobody_to_type_or_edit_what_they_are_not_shown(tmp_path):
    def lines(**keys):
        return (
            policy_with(tmp_path, rules=[rule(redact=["ssn", "card.number"], **keys)]).explain(ask(), refund()).lines()
        )

    assert "whoever approves types the action's name" in lines(confirmation={"type": "ssn"})
    assert "whoever approves types the action's name" in lines(confirmation={"type": "card"})
    assert "whoever approves types the value of amount" in lines(confirmation={"type": "amount"})
    assert "editable: nothing" in lines(edit=["ssn"])
    assert "editable: amount" in lines(edit=["ssn", "amount", "card"])
    assert "editable: every field but card, ssn, redacted" in lines()


def test_an_edit_keeps_what_an_earlier_revision_took(tmp_path):
    policy = policy_with(
        tmp_path, rules=[rule(confirmation={"type": "amount"}, when=["payload.amount > 100.0"]), rule("other")]
    )
    revisions = [refund(amount=500), refund(amount=5)]
    known = nothing_known(policy, ask(), revisions[-1])
    gate = policy.judge(ask(), revisions, known, at_least=Tier.approve)
    assert gate.confirmation == Confirmation(typed=("amount",))
