"""What rules say about how a card reads: title, show, redact."""

import pytest

from approvals.card_title import BadTitle, Slot, parse_title
from policy import check, explain
from tests.policy.files import ENVIRON, ask, nothing_known, policy_with, refund, rule, written


def gate_of(folder, *rules, **payload):
    policy = policy_with(folder, rules=list(rules))
    action = refund(**payload)
    return policy.judge(ask(), [action], nothing_known(policy, ask(), action))


def test_a_title_has_words_and_places_and_doubled_braces_stand_for_one():
    assert parse_title("Pay {payload.to.name} {{{payload.amount}}} by {action}") == (
        "Pay ",
        Slot("to.name"),
        " ",
        "{",
        Slot("amount"),
        "}",
        " by ",
        Slot(None),
    )


@pytest.mark.parametrize(
    ("title", "piece"),
    [
        ("Pay {payload}", "{payload}"),
        ("Pay {payload.amount", "{payload.amount"),
        ("Pay { payload.amount }", "{ payload.amount }"),
        ("Pay {payload.amount!r}", "{payload.amount!r}"),
        ("Pay {payload.__class__:>9}", "{payload.__class__:>9}"),
        ("Pay {}", "{}"),
        ("Pay }", "}"),
    ],
)
def test_anything_else_in_braces_is_no_place(title, piece):
    with pytest.raises(BadTitle) as bad:
        parse_title(title)
    assert bad.value.piece == piece


def test_the_strictest_rules_title_holds_and_of_equal_ones_the_first_id_whatever_the_order(tmp_path):
    rules = [
        rule("b", title="Second"),
        rule("a", title="First", when=["payload.amount > 1"]),
        rule("0", tier="auto", title="Never"),
        rule("1"),
    ]
    for order in (rules, rules[::-1]):
        assert gate_of(tmp_path, *order, amount=5).title == "First"
        assert gate_of(tmp_path, *order, amount=1).title == "Second"
    assert gate_of(tmp_path, rules[2]).title == "Never"
    assert gate_of(tmp_path, rules[3]).title is None


def test_fields_to_show_and_to_redact_add_up_the_strictest_rules_first(tmp_path):
    gate = gate_of(
        tmp_path,
        rule("z", tier="auto", show=["note", "amount"], redact=["ssn"]),
        rule("y", show=["to", "amount"], redact=["card.number", "ssn"]),
        rule("x", when=["payload.amount > 9000"], show=["never"], redact=["never"]),
        amount=1,
    )
    assert gate.show == ("to", "amount", "note")
    assert gate.redact == ("card.number", "ssn")


def test_how_a_card_reads_makes_no_gate_stricter(tmp_path):
    plain = gate_of(tmp_path, rule())
    worded = gate_of(tmp_path, rule(title="Refund", show=["amount"], redact=["ssn"]))
    assert worded.demand == plain.demand
    assert not worded.stricter_than(plain)
    assert not worded.asks_otherwise_than(plain)
    assert worded != plain


def test_a_revision_that_a_rule_once_matched_stays_redacted(tmp_path):
    policy = policy_with(tmp_path, rules=[rule("large", when=["payload.amount > 100"], redact=["ssn"])])
    first, second = refund(amount=200, ssn="1"), refund(amount=1, ssn="1")
    assert policy.judge(ask(), [first, second], {}).redact == ("ssn",)
    assert policy.judge(ask(), [second], {}).redact == ()


def test_two_titles_for_the_same_proposals_are_warned_of(tmp_path):
    def warned(*rules):
        report = check(written(tmp_path, rules=list(rules), roles={"support": SUPPORT}), ENVIRON)
        assert report.sound, report.lines()
        return [f"{each.rule}: {each.key}: {each.message}" for each in report.warnings]

    assert warned(rule("b", title="One"), rule("a", title="Two", action="refund.*")) == [
        "a: title: where b matches too, the title is that of a"
    ]
    assert warned(rule("b", title="One"), rule("a", title="One")) == []
    assert warned(rule("b", title="One"), rule("a", title="Two", action="email.send")) == []
    stricter = rule("a", tier="block", title="Two", when=["payload.a > 1"])
    untitled = {key: value for key, value in stricter.items() if key != "title"}
    assert warned(rule("b", title="One"), stricter) == warned(rule("b"), untitled)


def test_explain_says_how_the_card_reads(tmp_path):
    rules = [rule(title="Refund {payload.amount}", show=["amount"], redact=["ssn"])]
    told = explain(
        written(tmp_path, rules=rules), '{"agent": "bot", "action": "refund.create", "payload": {"amount": 1}}'
    ).lines()
    assert "title: Refund {payload.amount}" in told
    assert "shown first: amount" in told
    assert "redacted: ssn" in told


SUPPORT = {"channel": "C0SUPPORT", "members": ["U0ALICE", "U0BOB"]}
