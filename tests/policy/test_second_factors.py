"""Whom a rule asks for a code is held against who has enrolled a second factor."""

import pytest

from policy import check_policy
from policy.checks.second_factors import takes_code, unenrolled
from policy.report import linted
from tests.policy.files import policy_with, role, rule, written

CODE = {"code": "totp"}


def found(folder, enrolled, *rules, **sections):
    policy = policy_with(folder, rules=list(rules), **sections)
    return [(each.rule, each.people, each.everybody) for each in unenrolled(policy, enrolled)]


@pytest.mark.parametrize(
    ("enrolled", "told"),
    [
        ((), [("pay", ("U0ALICE", "U0BOB"), True)]),
        (("U0ALICE", "U0CAROL"), [("pay", ("U0BOB",), False)]),
        (("U0ALICE", "U0BOB"), []),
    ],
)
def test_who_has_none_is_named_and_whether_anybody_is_left(tmp_path, enrolled, told):
    assert found(tmp_path, enrolled, rule("pay", confirmation=CODE), rule("other")) == told


def test_a_group_may_have_somebody_who_is_enrolled(tmp_path):
    told = found(tmp_path, (), rule("pay", confirmation=CODE), roles=role(groups=["S0SUPPORT"]))
    assert told == [("pay", ("U0ALICE", "U0BOB"), False)]


def test_of_a_rule_that_only_sharpens_those_are_meant_whom_others_ask_of_such_an_action(tmp_path):
    sharper = rule("codes", action="refund.*", role="same", when=["payload.amount > 5"], confirmation=CODE)
    rules = [sharper, rule("large", role="finance"), rule("mail", action="email.send"), rule("runs", tier="auto")]
    everybody = ("U0ALICE", "U0BOB", "U0CAROL", "U0DAVE")
    assert found(tmp_path, (), *rules) == [("codes", everybody, True)]
    assert found(tmp_path, everybody[2:], *rules) == [("codes", everybody[:2], False)]


def test_where_no_rule_takes_a_code_there_is_nothing_to_look_at(tmp_path):
    assert not takes_code(policy_with(tmp_path, rules=[rule(confirmation="ask"), rule("two")]))
    assert takes_code(policy_with(tmp_path, rules=[rule(confirmation=CODE)]))
    assert found(tmp_path, (), rule(confirmation="type")) == []


def test_a_lint_tells_it_where_the_rule_stands_if_it_is_known_who_has_one(tmp_path):
    path = written(tmp_path, rules=[rule("plain"), rule("pay", confirmation=CODE)])
    examined = check_policy(path, None)
    (told,) = linted(str(path), examined, None, "", enrolled=["U0ALICE"]).findings
    assert (told.rule, told.key) == ("pay", "confirmation")
    assert "U0BOB have none" in str(told)
    assert "/approvals enrol" in str(told)
    assert linted(str(path), examined, None, "", enrolled=["U0ALICE", "U0BOB"]).findings == ()
    assert linted(str(path), examined, None, "").findings == ()
