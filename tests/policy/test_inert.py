"""What `signoff policy lint` finds in a sound policy."""

import json
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from approvals.gate import Tier
from approvals.proposal import Action, Revision
from policy.build import check_policy
from policy.checks.dead_rules import COMPARED, adds_nothing
from policy.checks.rule_usage import Usage
from policy.checks.warnings import never_decides, says_nothing_else
from policy.evaluate import judge
from policy.keys.past import Past
from policy.report import linted
from policy.rules import Rule
from tests.laws import examples
from tests.making import START, make_proposal
from tests.policy.files import ENVIRON, SOUND, agent, role, rule, written
from tests.policy.strategies import CLAIMS, DEFAULTS, HISTORIES, rules
from tests.policy.test_laws import ANCHORS

EVERY = {"agents": agent(actions=["refund.*"])}


def report(folder, usage=None, **sections):
    path = written(folder, **{**EVERY, **sections})
    return linted(str(path), check_policy(path, None), usage, "Nothing was asked of the past.")


def found(folder, **sections):
    """`rule or key: key: message` of all findings."""
    told = report(folder, **sections)
    assert not told.faults, told.lines()
    return [
        f"{each.rule}: {each.key}: {each.message}" if each.rule else f"{each.key}: {each.message}"
        for each in told.findings
    ]


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({}, {}),
        ({}, {"action": "refund.*"}),
        ({"when": ["payload.a > 1"]}, {}),
        ({"when": ["payload.a > 1", "payload.b > 1"]}, {"when": ["payload.b > 1"]}),
        ({"role": "support"}, {"roles": ["support", "finance"]}),
        ({"approvals": 1}, {}),
        ({}, {"approvals": 2}),
        ({"expires_in": "1h"}, {"expires_in": "30m"}),
        ({"edit": ["a", "b"]}, {"edit": ["a"]}),
        ({"tier": "auto", "when": ["payload.a > 1"]}, {"when": ["payload.a > 1"]}),
        ({"tier": "auto"}, {"tier": "auto", "action": "*"}),
    ],
)
def test_a_rule_that_another_contains_adds_nothing(tmp_path, narrow, wide):
    rules = [rule("narrow", **{"tier": "approve", **narrow}), rule("wide", **{"tier": "approve", **wide})]
    told = found(tmp_path, rules=rules[::-1])  # of two alike the later is told
    assert told == ["narrow: : adds nothing: wide matches whenever this does and asks no less"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"action": "refund.*"}, {"when": ["payload.a > 1"]}),
        ({"action": "refund.create"}, {"action": "refund.c", "tier": "block"}),
        ({"role": "finance"}, {}),
        ({"approvals": 2}, {"when": ["payload.a > 1"]}),
        ({"expires_in": "1h"}, {}),
        ({"expires_in": "1h"}, {"expires_in": "2h", "approvals": 2}),
        ({"edit": ["a"]}, {"approvals": 2}),
        ({"edit": ["a"]}, {"edit": ["a", "b"], "approvals": 2}),
        ({"tier": "auto", "when": ["payload.a > 1"]}, {"tier": "auto"}),
        ({"tier": "block"}, {}),
    ],
)
def test_a_rule_that_adds_anything_is_left_alone(tmp_path, one, other):
    rules = [rule("one", **{"tier": "approve", **one}), rule("other", **{"tier": "approve", **other})]
    assert [told for told in found(tmp_path, rules=rules) if told.startswith("one: : adds nothing")] == []


def test_of_two_rules_alike_only_the_later_is_told_and_a_reason_is_worth_a_thought(tmp_path):
    (told,) = report(tmp_path, rules=[rule("a"), rule("b", reason="Because")]).findings
    assert (told.rule, told.line > 1) == ("b", True)
    assert told.remedy == "Remove it, unless its reason is worth a line on the card, or narrow a."


def test_what_is_warned_of_at_every_start_is_not_told_twice(tmp_path):
    told = report(tmp_path, rules=[rule("runs", tier="auto"), rule("never", action="*", tier="block")])
    assert [each.rule for each in told.warnings] == [None, "runs"]
    assert told.findings == ()


@st.composite
def pairs(draw):
    """Two rules that differ in a few of the things that are weighed: of two at random hardly any adds nothing."""
    narrow, other = draw(rules()), draw(rules())
    taken = draw(st.sets(st.sampled_from(sorted(COMPARED - {"id"})), max_size=3))
    return narrow, replace(narrow, id=other.id, **{name: getattr(other, name) for name in taken})


ASKED = {"remember_approval": None, "batch": None, "confirmation": None, "hours": (), "max_expires_in": None}
"""What only counts where people are asked."""


def effect(judgement):
    """What a judgement does: not which rules did, and where nobody is asked not how."""
    return replace(judgement, rules=(), **({} if judgement.tier is Tier.approve else ASKED))


def same(one, other):
    """Whether two judgements do the same, but for the words of the reasons."""
    return replace(effect(one), risk=(), facts=()) == replace(effect(other), risk=(), facts=())


@settings(max_examples=examples(200))
@given(st.lists(rules(), max_size=1), rules(), ANCHORS, DEFAULTS, CLAIMS, HISTORIES, st.booleans())
def test_without_a_rule_that_the_advice_says_to_remove_everything_is_the_same(
    book, drawn, strict, defaults, said, history, bare
):
    strict = replace(strict, tier=Tier.block) if strict.tier is drawn.tier else strict
    weak = Rule(id=drawn.id, action=drawn.action, tier=drawn.tier, object_within=drawn.object_within) if bare else drawn
    assume(never_decides(weak, strict) and says_nothing_else(weak))
    with_it = judge([*book, strict, weak], defaults, said, history, Tier.auto, Past())
    without = judge([*book, strict], defaults, said, history, Tier.auto, Past())
    assert effect(with_it) == effect(without)


@pytest.mark.parametrize(
    ("keys", "remedy"),
    [
        ({}, "Narrow all, or remove this rule."),
        ({"redact": ["ssn"]}, "Narrow all; what else this rule says still holds."),
        ({"tier": "watch", "role": "finance"}, "Narrow all; what else this rule says still holds."),
        ({"when": ["payload.a > 1"]}, "Narrow all; what else this rule says still holds."),
    ],
)
def test_only_a_rule_that_adds_nothing_is_one_to_remove(tmp_path, keys, remedy):
    book = [rule("it", **{"tier": "auto", **keys}), rule("all", action="*")]
    told = [each for each in report(tmp_path, rules=book).warnings if "never decides" in each.message]
    assert [each.remedy for each in told] == [remedy]


def test_a_rule_that_decides_in_doubt_is_not_said_to_decide_never(tmp_path):
    book = [rule("it", tier="auto", when=["payload.a > 1"]), rule("all", action="*", tier="watch")]
    assert [each for each in report(tmp_path, rules=book).warnings if "never decides" in each.message] == []


@settings(max_examples=examples(250))
@given(st.lists(rules(), max_size=1), pairs(), DEFAULTS, CLAIMS, HISTORIES)
def test_without_a_rule_that_adds_nothing_the_same_is_asked(book, pair, defaults, said, history):
    narrow, wide = pair
    assume(adds_nothing(narrow, wide))
    with_it = judge([*book, wide, narrow], defaults, said, history, Tier.auto, Past())
    without = judge([*book, wide], defaults, said, history, Tier.auto, Past())
    assert same(with_it, without)


def test_in_what_is_not_weighed_two_rules_have_to_be_alike():
    assert {field.name for field in fields(Rule)} >= COMPARED


@pytest.mark.parametrize(
    ("condition", "agents"),
    [
        ("agent == 'shop'", agent()),
        ("source == 'trusted'", agent()),
        ("agent.startsWith('x') || source == 'trusted'", agent()),
        ("action == 'refund.delete'", agent()),
    ],
)
def test_a_condition_that_no_agent_can_make_true_is_found(tmp_path, condition, agents):
    told = found(tmp_path, agents=agents, rules=[rule(when=["true || payload.a > 1", condition])])
    assert told == ["it: when[1]: is false for every agent that may propose this"]


@pytest.mark.parametrize(
    ("condition", "agents", "action"),
    [
        ("agent == 'bot'", agent(), "refund.create"),
        ("source == 'trusted'", agent(source="trusted"), "refund.create"),
        ("source == 'untrusted'", agent(source="trusted"), "refund.create"),
        ("action == 'refund.delete'", agent(), "refund.*"),
        ("dyn(agent) > 1", agent(), "refund.*"),
        ("confidence > 2.0", agent(), "refund.*"),
    ],
)
def test_a_condition_that_may_be_true_or_in_doubt_is_left_alone(tmp_path, condition, agents, action):
    assert found(tmp_path, agents=agents, rules=[rule(action=action, when=[condition])]) == []


def test_two_rules_that_together_want_more_people_than_are_left_beside_the_owner_are_found(tmp_path):
    roles = {
        "support": {"channel": "C0SUPPORT", "members": ["U0ALICE"]},
        "second": {"channel": "C0SECOND", "members": ["U0ALICE", "U0OWNER"]},
    }
    agents = agent(actions=["refund.*"]) | {
        "mail": {**agent(token_env="SECOND_TOKEN")["bot"], "actions": ["email.*"]},
        "nobodys": {"token_env": "AUDITOR_TOKEN", "actions": ["refund.*"]},
    }
    rules = [
        rule("one", role="support", when=["payload.a > 1"]),
        rule("two", role="second", when=["payload.b > 1"]),
        rule("far", role="second", action="email.send"),
    ]
    (told,) = report(tmp_path, roles=roles, agents=agents, rules=rules).findings
    assert (told.rule, told.key) == ("two", "role")
    assert told.message == (
        "where one matches too, nobody can fill both for bot, whose owner U0OWNER may not approve: support lacks 1"
    )
    assert found(tmp_path, roles=roles, agents=agent(owner="U0ERIN"), rules=rules) == []


def test_an_action_that_no_rule_names_is_found(tmp_path):
    told = found(tmp_path, agents=agent(actions=["refund.*", "email.*"]), rules=[rule()])
    assert told == ["agents.bot.actions[1]: no rule names email.*, so the default holds for all of it"]


def test_a_finding_says_where_it_is_and_what_to_do(tmp_path):
    told = report(tmp_path, roles={"support": SOUND["roles"]["support"]}, rules=[rule("a"), rule("b")])
    assert not told.clean
    finding, history, verdict, to_mend = told.lines()
    line = told.findings[0].line
    assert finding == (
        f"finding  {tmp_path}/policy.yml:{line}: rule b: adds nothing: a matches whenever this does and asks no less. "
        "Remove it, or narrow a."
    )
    assert history == "Nothing was asked of the past."
    assert verdict == f"{tmp_path}/policy.yml: faults: 0, warnings: 0, findings: 1"
    assert "the exit code is 1" in to_mend
    assert json.loads(json.dumps(told.as_json())) == told.as_json()
    assert told.as_json()["findings"][0]["rule"] == "b"


def test_notes_alone_are_nothing_to_mend(tmp_path):
    told = report(tmp_path, roles=role(), rules=[rule(role="finance", approvals=2), rule("b", role="support")])
    assert told.clean
    assert [line.split()[0] for line in told.lines()] == ["note", "Nothing", f"{tmp_path}/policy.yml:", "There"]
    assert "the exit code is 0" in told.lines()[-1]


def test_a_warning_alone_is_to_be_mended_and_the_last_line_says_that_the_exit_code_is_1(tmp_path):
    told = report(tmp_path, agents=agent(owner=None), rules=[rule(role="finance")])
    assert (told.faults, told.findings, len(told.warnings)) == ((), (), 1)
    assert told.lines()[-1] == (
        "Faults, warnings and findings are to be mended, so the exit code is 1; notes do not count."
    )


def test_a_faulty_policy_is_told_by_its_faults_alone(tmp_path):
    told = report(tmp_path, rules=[rule(role="nobody"), rule("b"), rule("c")])
    assert not told.clean
    assert [each.message for each in told.faults] == ["there is no role 'nobody'"]
    assert (told.findings, told.warnings, told.notes) == ((), (), ())


def refunds(*amounts):
    return [make_proposal(payload={"amount": amount}, agent="bot") for amount in amounts]


def test_rules_that_no_past_proposal_matched_are_found(tmp_path):
    rules = [
        rule("large", when=["payload.amount > 100.0"]),
        rule("huge", when=["payload.amount > 1000.0"]),
        rule("mail", action="refund.mail"),
    ]
    path = written(tmp_path, **EVERY, rules=rules)
    usage = Usage(policy=check_policy(path, ENVIRON).policy, since=START - timedelta(days=30))
    usage.add(refunds(5, 250))
    assert usage.summary() == "Held against 2 proposals since 2026-10-21T10:15:00.000Z."
    usage.add(refunds(7), ["proposals prp_1: damaged"])
    told = linted(str(path), check_policy(path, None), usage, "", unused=True)
    kept = linted(str(path), check_policy(path, None), usage, "")
    assert (kept.clean, [each.rule for each in kept.notes]) == (not kept.warnings, ["huge", "mail"])
    assert (told.clean, [*told.notes]) == (False, [])
    assert [(each.rule, each.message) for each in told.findings] == [
        ("huge", "never matched in 3 proposals since 2026-10-21T10:15:00.000Z, 3 of its action"),
        ("mail", "never matched in 3 proposals since 2026-10-21T10:15:00.000Z, none of its action"),
    ]
    assert usage.summary().endswith("Z. Not readable: proposals prp_1: damaged.")


def test_a_rule_that_matched_any_revision_is_in_use(tmp_path):
    path = written(tmp_path, **EVERY, rules=[rule("large", when=["payload.amount > 100.0"])])
    usage = Usage(policy=check_policy(path, ENVIRON).policy, since=START)
    (proposal,) = refunds(250)
    edited = Revision(number=2, action=Action(name="refund.create", payload={"amount": 5}), at=START)
    proposal = replace(proposal, revisions=(*proposal.revisions, edited))
    usage.add([proposal])
    assert linted("x", check_policy(path, None), usage, "", unused=True).findings == ()


def test_where_nothing_was_proposed_no_rule_is_called_unused(tmp_path):
    path = written(tmp_path, **EVERY, rules=[rule()])
    usage = Usage(policy=check_policy(path, ENVIRON).policy, since=START)
    assert linted("x", check_policy(path, None), usage, "", unused=True).findings == ()


STANDS = {"for": "24h", "max": 20}


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        (rule("wide", action="refund.*"), True),
        (rule("wide", action="refund.*", remember_approval=STANDS), False),
        (rule("wide", action="refund.*", when=["payload.amount > 1"]), False),
        (rule("wide", action="refund.other"), False),
        (rule("wide", action="refund.*", tier="auto"), False),
    ],
)
def test_a_standing_approval_that_another_rule_never_lets_stand_is_found(tmp_path, beside, told):
    narrow = rule("narrow", when=["payload.amount > 100"], remember_approval=STANDS)
    said = (
        "narrow: remember_approval: no approval is ever remembered: wide matches whenever this does and does not let it"
    )
    assert (said in found(tmp_path, rules=[narrow, beside])) is told


def test_a_path_that_no_past_payload_had_is_found(tmp_path):
    keys = {"show": ["amount", "amuont"], "redact": ["AMOUNT", "data.tls.key", "list.pin", "secret"]}
    path = written(tmp_path, **EVERY, rules=[rule(**keys)])
    usage = Usage(policy=check_policy(path, ENVIRON).policy, since=START)
    payload = {"amount": 5, "data": {"tls.key": "x"}, "list": [{"pin": 1}]}
    usage.add([make_proposal(payload=payload, agent="bot"), *refunds(7)])
    told = linted(str(path), check_policy(path, None), usage, "").findings
    assert [(each.key, each.message) for each in told] == [
        ("show", "no payload had a field amuont in 2 proposals that it matched"),
        ("redact", "no payload had a field secret in 2 proposals that it matched"),
    ]
