"""Cases: what a policy is expected to make of proposals, held against what it does."""

import json

import pytest

from policy import PolicyFaults, load
from policy.cases import Expectation, NotACase, NotAnExpectation, expectation, tried
from tests.policy.files import ENVIRON, agent, rule, written

RULES = [
    rule("large", when=["payload.amount > 100.0"], role="finance"),
    rule("both", action="refund.double", roles=["finance", "support"]),
    rule("seen", action="note.add", tier="watch", role="support"),
    rule("runs", action="search.web", tier="auto"),
    rule("never", action="db.*", tier="block"),
]


@pytest.fixture
def policy(tmp_path):
    (tmp_path / "refund.json").write_text(json.dumps({"type": "object", "required": ["amount"]}))
    return load(written(tmp_path, rules=RULES, schemas={"refund.create": "refund.json"}), ENVIRON)


def report(policy, folder, *cases):
    file = folder / "cases.yml"
    file.write_text(json.dumps(list(cases), indent=1))
    return tried(policy, file)


def case(expect, action="refund.create", payload=None, **more):
    return {"action": action, "payload": {"amount": 250} if payload is None else payload, "expect": expect, **more}


@pytest.mark.parametrize(
    "said",
    [
        case("approve:finance"),
        case("approve"),
        case("approve:support", payload={"amount": 5}),
        case("approve:support+finance", "refund.double"),
        case("approve: finance + support", "refund.double"),
        case("watch:support", "note.add"),
        case("auto", "search.web"),
        case("block", "db.drop"),
        case("schema", payload={}),
        case("approve:support", "email.send"),
    ],
)
def test_a_case_that_the_policy_meets_is_met(tmp_path, policy, said):
    found = report(policy, tmp_path, said)
    assert [each.met for each in found.cases] == [True]
    assert found.sound
    assert found.lines() == (f"{tmp_path}/cases.yml: cases: 1, as expected: 1",)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (case("approve:support"), "approve:finance instead of approve:support, by large"),
        (case("approve:finance", "refund.double"), "approve:finance+support instead of approve:finance, by both"),
        (case("auto"), "approve:finance instead of auto, by large"),
        (case("block", "email.send"), "approve:support instead of block, by the default"),
        (case("approve", payload={}), "schema instead of approve"),
    ],
)
def test_what_differs_is_told_with_its_line_and_the_rules(tmp_path, policy, said, told):
    found = report(policy, tmp_path, case("approve:finance"), {"name": "mine", **said})
    assert not found.sound
    differs, count = found.lines()
    assert differs.startswith(f"differs  {tmp_path}/cases.yml:{found.cases[1].line}: mine: {told}")
    assert count.endswith("cases: 2, as expected: 1")
    assert found.as_json()["cases"][1]["met"] is False
    assert json.loads(json.dumps(found.as_json())) == found.as_json()


def test_an_action_that_the_agent_may_not_propose_is_no_matter_of_rules(tmp_path):
    policy = load(written(tmp_path, agents=agent(actions=["refund.*"])), ENVIRON)
    assert report(policy, tmp_path, case("action-not-allowed", "db.drop")).sound
    assert not report(policy, tmp_path, case("block", "db.drop")).sound


def test_of_several_agents_the_case_says_whose_it_is(tmp_path):
    agents = {**agent(), "other": {"token_env": "SECOND_TOKEN", "owner": "U0OWNER", "actions": ["refund.*"]}}
    policy = load(written(tmp_path, agents=agents), ENVIRON)
    assert report(policy, tmp_path, case("approve", agent="other")).sound
    with pytest.raises(NotACase, match="whose proposal is it\\? Write agent: with one of bot, other"):
        report(policy, tmp_path, case("approve"))


@pytest.mark.parametrize(
    ("cases", "told"),
    [
        ([{"action": "refund.create", "payload": {}}], "a case is a proposal with expect"),
        ([3], "a case is a proposal with expect"),
        ([case("maybe")], "'maybe' is nothing to expect. Write one of auto, watch, approve, block"),
        ([case("block:finance")], "is nothing to expect"),
        ([case("approve", surprise=1)], "surprise: Extra inputs are not permitted"),
    ],
)
def test_what_is_no_case_is_told_with_its_line(tmp_path, policy, cases, told):
    with pytest.raises(NotACase) as caught:
        report(policy, tmp_path, *cases)
    assert str(caught.value).startswith(f"{tmp_path}/cases.yml:2: ")
    assert told in str(caught.value)


def test_a_file_that_is_no_list_or_no_yaml_is_told(tmp_path, policy):
    (tmp_path / "cases.yml").write_text("expect: block\n")
    with pytest.raises(NotACase, match="the file must be a list"):
        tried(policy, tmp_path / "cases.yml")
    (tmp_path / "cases.yml").write_text("- a: @b\n")
    with pytest.raises(PolicyFaults, match="@ cannot begin a value"):
        tried(policy, tmp_path / "cases.yml")


def test_no_case_at_all_is_no_success(tmp_path, policy):
    assert not report(policy, tmp_path).sound


def test_an_expectation_is_written_as_it_is_read():
    for text in ("approve:finance+support", "block", "schema", "watch:support", "approve"):
        assert str(expectation(text)) == text
    assert expectation("approve:b+a") == Expectation("approve", frozenset({"a", "b"}))
    with pytest.raises(NotAnExpectation):
        expectation("")


def test_a_role_that_the_policy_has_not_is_no_expectation(policy, tmp_path):
    with pytest.raises(
        NotACase, match=r"cases\.yml:\d: there is no role 'finanec' to expect. Known: finance, support."
    ):
        report(policy, tmp_path, case("approve:finanec+support"))


@pytest.mark.parametrize(
    ("condition", "remedy"),
    [
        ("payload.amount > 5.0 and payload.amount < 9.0", "Write && instead of and."),
        ("payload.amount > 5.0 OR payload.amount < 9.0", "Write || instead of or."),
        ('payload.currency = "a and b"', "Write == instead of =."),
        ("not (payload.amount <> 5.0)", "Write ! instead of not and != instead of <>."),
        ("payload.currency == \u201cEUR\u201d", "Write straight quotes."),
        ("payload.amount >", "Write CEL that is true or false, such as payload.amount > 100.0."),
        ('"and" + ', "Write CEL that is true or false, such as payload.amount > 100.0."),
    ],
)
def test_what_other_languages_write_in_a_condition_is_told_in_cels_own_signs(tmp_path, condition, remedy):
    with pytest.raises(PolicyFaults) as caught:
        load(written(tmp_path, rules=[rule("large", when=[condition])]), ENVIRON)
    (fault,) = caught.value.faults
    assert fault.remedy == remedy
