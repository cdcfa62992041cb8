"""What a change of the policy would have meant for what is past."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.content import without_content
from approvals.gate import EarlierRejection, Tier
from approvals.past import About, PastAnswer
from approvals.proposal import Action, Revision, Source
from policy import load
from policy.checks.replay import Replay, replay_difference
from policy.checks.rule_usage import Usage
from tests.making import START, make_proposal
from tests.policy.files import ENVIRON, agent, ask, nothing_known, policy_with, refund, rule, written

LARGE = rule("large", when=["payload.amount > 100.0"], role="finance")
SMALL_RUNS = rule("small", tier="auto", when=["payload.amount <= 100.0"])


def proposed(policy, *actions, said=None):
    """A proposal as it stands after its edits, judged by this policy as it came about."""
    said = said or ask()
    gate = policy.judge(said, actions[:1], nothing_known(policy, said, actions[0]))
    if len(actions) > 1:
        known = nothing_known(policy, said, actions[-1])
        gate = policy.judge(said, actions, known, at_least=Tier.approve, before=gate)
    revisions = tuple(
        Revision(number=number, action=action, at=START, editor=None if number == 1 else "U0CAROL")
        for number, action in enumerate(actions, start=1)
    )
    return replace(make_proposal(gate=gate), ask=said, revisions=revisions)


def changed(folder, before, after, *actions, said=None):
    """What difference it makes to one proposal that rules `before` become rules (or sections) `after`."""
    sections = after if isinstance(after, dict) else {"rules": after}
    proposal = proposed(policy_with(folder, rules=before), *(actions or [refund(amount=250)]), said=said)
    found = replay_difference(policy_with(folder, **sections), proposal)
    return None if found is None else (found.change, found.stricter)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([LARGE], [LARGE], None),
        ([LARGE], [{**LARGE, "id": "renamed", "reason": "Much", "edit": [], "expires_in": "5m"}], None),
        ([LARGE], [rule(tier="auto")], ("approve→auto", False)),
        ([rule(tier="auto")], [LARGE], ("auto→approve", True)),
        ([LARGE], [LARGE, rule(tier="block")], ("approve→block", True)),
        ([rule(tier="block")], [LARGE], ("block→approve", False)),
        ([rule(tier="block")], [rule(tier="auto")], ("block→auto", False)),
        ([LARGE], [], ("roles", True)),
        ([LARGE], [{**LARGE, "approvals": 2}], ("approvals", True)),
        ([{**LARGE, "approvals": 2}], [LARGE], ("approvals", False)),
        ([LARGE], [{**LARGE, "edited": "second_person"}], ("second_person", True)),
        ([LARGE], [{**LARGE, "role": "support", "approvals": 2}], ("roles, approvals", True)),
    ],
)
def test_a_change_of_the_rules_is_named_by_what_it_does_to_what_was_asked(tmp_path, before, after, told):
    assert changed(tmp_path, before, after) == told


def test_what_a_person_held_is_no_difference_that_a_policy_makes(tmp_path):
    policy = policy_with(tmp_path, rules=[LARGE])
    proposal = proposed(policy, refund(amount=250))
    held = EarlierRejection(proposal="prp_1", by="U0ALICE", until=START + timedelta(days=1), reason="No")
    stopped = replace(proposal, gate=replace(proposal.gate, tier=Tier.block, earlier_rejection=held))
    assert replay_difference(policy, stopped) is None
    assert replay_difference(policy, replace(stopped, gate=replace(stopped.gate, earlier_rejection=None))) is not None


def test_other_people_who_may_not_approve_are_a_difference_only_where_people_are_asked(tmp_path):
    other_owner = {"agents": agent(owner="U0ERIN")}
    assert changed(tmp_path, [LARGE], {"rules": [LARGE], **other_owner}) == ("excluded", True)
    runs = [rule(tier="auto")]
    assert changed(tmp_path, runs, {"rules": runs, **other_owner}) is None


@pytest.mark.parametrize(
    ("sections", "why"),
    [
        ({"agents": agent(actions=["email.*"])}, "bot may not propose refund.create"),
        ({"agents": {"other": agent()["bot"]}}, "bot may not propose refund.create"),
    ],
)
def test_what_the_agent_may_no_longer_propose_would_have_been_refused(tmp_path, sections, why):
    proposal = proposed(policy_with(tmp_path, rules=[rule(tier="auto")]), refund(amount=5))
    found = replay_difference(policy_with(tmp_path, **sections), proposal)
    assert (found.change, found.stricter, found.refused) == ("auto→refused", True, why)
    assert found.as_json()["now"] is None


def test_what_fails_a_schema_would_have_been_refused_and_an_edit_too(tmp_path):
    (tmp_path / "refund.json").write_text('{"properties": {"amount": {"maximum": 300}}}', encoding="utf-8")
    schemas = {"schemas": {"refund.create": "refund.json"}}
    before = policy_with(tmp_path)
    one = replay_difference(policy_with(tmp_path, **schemas), proposed(before, refund(amount=301)))
    assert one.refused.startswith("/amount ")
    two = replay_difference(policy_with(tmp_path, **schemas), proposed(before, refund(amount=250), refund(amount=301)))
    assert two.refused.startswith("the edit to revision 2: /amount ")
    edited = proposed(before, refund(amount=250), refund(amount=301))
    replied = replace(edited, revisions=(edited.revisions[0], replace(edited.revisions[1], editor=None)))
    three = replay_difference(policy_with(tmp_path, **schemas), replied)
    assert three.refused.startswith("the reply that made revision 2: /amount ")
    assert replay_difference(policy_with(tmp_path, **schemas), proposed(before, refund(amount=250))) is None


def test_an_edited_proposal_stays_with_people_as_it_did(tmp_path):
    rules = [SMALL_RUNS]  # which the edit alone would have matched
    assert changed(tmp_path, rules, rules, refund(amount=250), refund(amount=50)) is None
    assert changed(tmp_path, rules, [rule(tier="auto")], refund(amount=250), refund(amount=50)) == (
        "approve→auto",
        False,
    )


def test_an_edit_that_the_policy_would_block_is_a_difference(tmp_path):
    never = rule("never", tier="block", when=["payload.amount < 60.0"])
    assert changed(tmp_path, [LARGE], [LARGE, never], refund(amount=250), refund(amount=50)) == ("approve→block", True)


def test_a_lower_ceiling_of_the_source_counts_for_what_was_said(tmp_path):
    outside = rule("outside", tier="block", when=["source == 'untrusted'"])
    said = ask(source=Source.trusted)
    trusted = {"rules": [outside], "agents": agent(source="trusted")}
    assert changed(tmp_path, [], {"rules": [outside]}, said=said) == ("approve→block", True)
    assert changed(tmp_path, [], trusted, said=said) is None


def test_a_replay_counts_what_it_saw_and_each_kind_of_change(tmp_path):
    before = policy_with(tmp_path, rules=[LARGE])
    path = written(tmp_path, rules=[LARGE, SMALL_RUNS])
    replay = Replay(policy=load(path, ENVIRON), file=str(path), since=START - timedelta(days=1))
    replay.add([proposed(before, refund(amount=250)), proposed(before, refund(amount=5))])
    replay.add([proposed(before, refund(amount=6)), proposed(before, Action(name="email.send", payload={}))])
    assert (replay.count, replay.same, replay.changes) == (4, False, {"approve→auto": 2})
    told = replay.as_json()
    assert json.loads(json.dumps(told)) == told
    assert {key: told[key] for key in ("file", "proposals", "different", "stricter", "changes", "damaged")} == {
        "file": str(path),
        "proposals": 4,
        "different": 2,
        "stricter": 0,
        "changes": {"approve→auto": 2},
        "damaged": [],
    }
    assert told["differences"][0] == {
        "id": "prp_019a0000000070008000000000000001",
        "agent": "bot",
        "action": "refund.create",
        "at": "2026-11-20T10:15:00.000Z",
        "change": "approve→auto",
        "stricter": False,
        "was": {
            "tier": "approve",
            "roles": ["support"],
            "approvals": 1,
            "second_person": False,
            "excluded": ["U0OWNER"],
            "self_review": [],
            "rules": [],
        },
        "now": {
            "tier": "auto",
            "roles": [],
            "approvals": 1,
            "second_person": False,
            "excluded": ["U0OWNER"],
            "self_review": [],
            "rules": ["small"],
        },
        "refused": None,
    }


def test_what_was_erased_is_judged_by_no_policy_and_counted_apart(tmp_path):
    before = policy_with(tmp_path, rules=[LARGE])
    path = written(tmp_path, rules=[LARGE, SMALL_RUNS])
    whole = proposed(before, refund(amount=5))
    erased = replace(without_content(whole), erased_at=START)
    replay = Replay(policy=load(path, ENVIRON), file=str(path), since=START)
    replay.add([erased, whole])
    assert (replay.count, replay.erased, replay.as_json()["erased"], len(replay.differences)) == (1, 1, 1, 1)
    usage = Usage(policy=load(path, ENVIRON), since=START)
    usage.add([erased])
    assert usage.count == 0


def test_what_cannot_be_read_is_no_evidence_that_nothing_differs(tmp_path):
    replay = Replay(policy=policy_with(tmp_path), file="policy.yml", since=START)
    assert replay.same
    replay.add([], ["proposals prp_1: its digest is not that of its present revision"])
    assert not replay.same
    assert replay.as_json()["damaged"] == ["proposals prp_1: its digest is not that of its present revision"]


@pytest.mark.parametrize(
    ("rules", "about", "answer"),
    [
        ([rule("flood", rate={"per": "10m", "over": 20}), rule("runs", tier="auto")], About.rate, PastAnswer(count=50)),
        ([rule("again", repeat_of_rejected=True), rule("runs", tier="auto")], About.repeat, PastAnswer(by="U0ALICE")),
        ([rule("runs", tier="auto")], About.repeat, PastAnswer(by="U0ALICE", same=True)),
    ],
    ids=["rate", "repeat", "built in"],
)
def test_what_was_known_of_the_past_at_its_time_is_still_known(tmp_path, rules, about, answer):
    policy, action = policy_with(tmp_path, rules=rules), refund(amount=250)
    known = {each: answer if each.about is about else PastAnswer() for each in policy.questions(ask(), action)}
    gate = policy.judge(ask(), [action], known)
    assert gate.tier is Tier.approve
    assert policy.judge_apart(ask(), [action], gate) == gate
    assert replay_difference(policy, replace(proposed(policy, action), gate=gate)) is None
    nothing = proposed(policy, action)
    assert nothing.gate.tier is Tier.auto, "without it nobody would have been asked"
