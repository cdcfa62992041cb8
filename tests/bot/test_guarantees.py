"""`signoff verify`: it passes on this tree, says what it could not try, and fails on builds that break what it tries."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from bot.cli.guarantees.trial import GUARANTEES
from tests.house.tree import ROOT

pytestmark = pytest.mark.sqlite

ROOMS = ("approvals", "policy", "storage", "delivery", "bot")
POLICY = """\
version: 1
roles:
  support: {channel: C0SUPPORT, members: [U0ALICE, U0BOB, U0OWEN]}
  finance: {channel: C0FINANCE, members: [U0CAROL, U0DAVE], groups: [S0FINANCE]}
agents:
  shop: {token_env: SHOP_TOKEN, owner: U0OWEN, actions: ["email.*", "refund.*", "db.*"]}
  other: {token_env: OTHER_TOKEN, owner: U0ERIN, actions: ["email.*"]}
ops: {channel: C0OPS, members: [U0OWEN]}
defaults: {tier: approve, role: support, expires_in: 1h, execute_within: 1h, report_within: 1h}
rules:
  - {id: searches-run, action: "email.draft", tier: auto}
  - {id: refund-typed, action: refund.typed, tier: approve, role: finance, confirmation: type, undo_window: 10s, reason: Typed}
  - {id: refund-two, action: refund.two, tier: approve, roles: [finance, support], reason: Two must agree}
  - {id: no-drops, action: "db.drop*", tier: block, reason: Tables are never dropped by agents}
"""
LONE = """\
version: 1
roles: {support: {channel: C0SUPPORT, members: [U0ALICE]}}
agents: {shop: {token_env: SHOP_TOKEN, actions: ["*"]}}
defaults: {tier: block, role: support, expires_in: 1h, execute_within: 1h, report_within: 1h}
rules: [{id: all-run, action: "*", tier: auto}]
"""


def verify(tree, policy, *options):
    """The command as a tree of files has it, in a folder of its own; its exit code and what it says."""
    finished = subprocess.run(
        [sys.executable, "-P", "-m", "bot", "verify", "--policy", str(policy), *options],
        cwd=policy.parent,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in finished.stderr, finished.stderr
    return finished.returncode, finished.stdout, finished.stderr


@pytest.fixture
def policy(tmp_path):
    file = tmp_path / "policy.yml"
    file.write_text(POLICY)
    return file


def test_on_this_tree_and_a_policy_that_has_all_of_it_every_guarantee_passes(policy):
    code, said, progress = verify(ROOT, policy, "--json")
    answer = json.loads(said)
    assert {each["guarantee"]: each["verdict"] for each in answer["guarantees"]} == dict.fromkeys(GUARANTEES, "passed")
    assert (code, answer["sound"], answer["passed"], answer["failed"]) == (0, True, len(GUARANTEES), 0)
    assert f"{len(GUARANTEES)} of {len(GUARANTEES)}" in progress


def test_what_a_policy_gives_no_occasion_for_is_not_applicable_with_the_reason_and_no_pass(policy):
    policy.write_text(LONE)
    code, said, _ = verify(ROOT, policy, "--only", "late-click", "--only", "blocked", "--json")
    answer = json.loads(said)
    assert (answer["sound"], answer["passed"], answer["not_applicable"]) == (False, 0, 2)
    assert code == 1, "where nothing could be tried nothing is proven"
    assert [each["why"] for each in answer["guarantees"]] == [
        "no rule blocks anything that an agent of the policy may propose",
        "no agent may propose anything for which the rules ask people who are there",
    ]


def test_a_policy_that_may_not_be_used_and_a_guarantee_that_is_none_are_wrong_use(policy):
    assert "There is no guarantee everything" in verify(ROOT, policy, "--only", "everything")[2]
    policy.write_text(POLICY.replace("role: finance", "role: nobody"))
    code, said, told = verify(ROOT, policy)
    assert (code, said) == (2, "")
    assert "nobody" in told


def test_it_leaves_nothing_behind(policy):
    assert verify(ROOT, policy, "--only", "replay")[0] == 0
    assert [each.name for each in policy.parent.iterdir()] == ["policy.yml"]


LATE = [
    ("approvals/moves/deadlines.py", "proposal.status is Status.pending and now >= proposal.expires_at", "False"),
]
BREAKS = {
    "other-digest": [("approvals/moves/agent.py", "if digest != present.digest:", "if False:")],
    "replay": [
        (
            "approvals/moves/agent.py",
            "            return []\n        raise AlreadyClaimed\n    if present.status is not Status.approved",
            "            return []\n        return []\n    if present.status is not Status.approved",
        )
    ],
    "claim-in-time": [("approvals/moves/deadlines.py", "now >= proposal.execute_by", "False")],
    "unapproved": [
        (
            "approvals/moves/agent.py",
            "    if present.status is not Status.approved:\n        raise NotApproved(present.status)\n    if digest",
            "    if digest",
        )
    ],
    "other-agent": [
        (
            "approvals/lifecycle.py",
            "    if proposal.ask.agent != agent or proposal.drill is not None:",
            "    if False:",
        )
    ],
    "beyond-its-entry": [("approvals/lifecycle.py", "if not policy.allows(ask.agent, action.name):", "if False:")],
    "asked": [("approvals/moves/agent.py", "case Tier.watch:", "case Tier.watch | Tier.approve:")],
    "late-click": LATE,
    "silence": LATE,
    "self-approval": [
        ("approvals/gate.py", "if reviewer.user in self.excluded\n", "if False\n"),
        ("approvals/gate.py", "own & self.self_review if reviewer.user in self.excluded else own", "own"),
    ],
    "strangers": [("approvals/seats.py", "    if places(gate, reviewer):\n        return", "    return")],
    "stale-card": [
        ("approvals/moves/reviewer.py", "    if nonce != proposal.nonce:\n        raise Changed", "    return")
    ],
    "one-person-once": [
        ("approvals/moves/reviewer.py", "if has_decided(proposal, reviewer.user):", "if False:"),
        (
            "approvals/seats.py",
            "    made = _approvals(proposal, reviewer, proposal.created_at)\n    if not made",
            "    return\n    if not made",
        ),
    ],
    "typed-words": [("approvals/moves/confirmation.py", "    if any(wrong(", "    if False and any(wrong(")],
    "stopped-agent": [
        (
            "approvals/lifecycle.py",
            "if (stop := await tx.stopped(agent)) is not None:",
            "if (stop := None) is not None:",
        )
    ],
    "faulty-policy": [
        ("policy/build.py", "*library.findings, *lint.faults(), *impossible(lint, schemas)]", "*library.findings]"),
    ],
    "guarded-log": [
        (
            "storage/migrations/sqlite/0001_first.sql",
            "TRIGGER entries_undeleted BEFORE DELETE",
            "TRIGGER entries_undeleted AFTER INSERT",
        )
    ],
    "altered-log": [
        (
            "storage/audit/hash_chain.py",
            '(0, "its seal was not made with our key") if age is None',
            "(0, None) if age is None",
        )
    ],
    "removed-entry": [
        ("storage/audit/hash_chain.py", "        if entry.seq != seq:", "        if False:"),
        ("storage/audit/hash_chain.py", "        if entry.previous != (", "        if False and entry.previous != ("),
    ],
    "cut-log": [
        (
            "storage/audit/checkpoint.py",
            "if found is None and last < checkpoint.seq:",
            "if found is None:\n        return None\n    if False:",
        )
    ],
    "forged-checkpoint": [
        (
            "bot/checkpoints.py",
            '        keys.verify(said.pop("signature"), CHECKPOINT, canonical(said))',
            '        said.pop("signature")',
        )
    ],
    "unreported": [
        (
            "approvals/moves/agent.py",
            "if mine and present.status is Status.claimed and not present.overdue:",
            "if mine:",
        )
    ],
    "revoked": [
        (
            "approvals/moves/reviewer.py",
            "        Revoked(at=now, cause=Cause.reviewer, by=reviewer.user, reason=_said(reason)),\n",
            "",
        )
    ],
    "blocked": [("approvals/moves/agent.py", "case Tier.auto:", "case Tier.auto | Tier.block:")],
    "on-behalf-of": [
        ("policy/loaded.py", "frozenset({ask.on_behalf_of} if ask.on_behalf_of else ())", "frozenset[str]()")
    ],
    "replayed-click": [
        (
            "approvals/moves/reviewer.py",
            "    _pending(proposal, now)\n    require_going(proposal)\n    _same_round(proposal, nonce)\n    if digest",
            "    if proposal.status is Status.approved:\n        return []\n    if digest",
        )
    ],
    "rejected": [
        (
            "approvals/moves/reviewer.py",
            "        Rejected(at=now, cause=Cause.reviewer, by=reviewer.user, reason=no.reason),\n",
            "",
        )
    ],
    "edited": [("approvals/proposal.py", "if each.round == self.round and each.retracted_at is None", "if True")],
    "policy-gone": [("bot/reload.py", "            self._refuse(examined.faults, by)", "            return")],
    "untouched-log": [
        (
            "storage/audit/hash_chain.py",
            "        seq = last.seq + 1 if last else 1\n",
            "        seq = last.seq if last else 1\n",
        )
    ],
    "payload-by-hand": [
        ("storage/rows.py", "    if action.digest != row[", "    if False and action.digest != row["),
        (
            "storage/rows.py",
            "if revisions[-1].action.digest != row[",
            "if False and revisions[-1].action.digest != row[",
        ),
        (
            "storage/audit/attest.py",
            "    meant, found = None, without_secret(proposal)",
            "    return\n    meant, found = None, without_secret(proposal)",
        ),
    ],
    "approved-by-hand": [
        (
            "storage/audit/attest.py",
            "    meant, found = None, without_secret(proposal)",
            "    return\n    meant, found = None, without_secret(proposal)",
        )
    ],
}
BREAKS["one-winner"] = BREAKS["replay"]
"""By guarantee: what is taken out of a copy of the tree, with what goes in its place."""


BROKEN = re.compile(r"ended in an error: (Attribute|Import|Module|Name|Syntax|Type|Unbound)\w*Error")
"""Errors of a build that was broken beside the point. Others are those of a second guard, behind the one taken out."""


def test_no_guarantee_is_without_a_build_that_must_fail_it():
    assert set(BREAKS) == set(GUARANTEES)


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_a_build_that_breaks_a_guarantee_fails_it(policy, tmp_path, name):
    tree = tmp_path / "tree"
    for room in ROOMS:
        shutil.copytree(ROOT / room, tree / room, ignore=shutil.ignore_patterns("__pycache__"))
    for file, before, after in BREAKS[name]:
        text = (tree / file).read_text()
        assert before in text, f"{file} has changed: break it otherwise"
        (tree / file).write_text(text.replace(before, after, 1))
    code, said, _ = verify(tree, policy, "--only", name, "--json")
    (found,) = json.loads(said)["guarantees"]
    assert (code, found["verdict"]) == (1, "failed"), found
    assert not BROKEN.search(found["why"]), "that program does not work, which shows nothing of what is tried"
