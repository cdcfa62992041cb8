"""Judging: what a policy of many rules makes of one proposal, beside checking its body by hand."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from approvals.proposal import Action, Ask
from bench.baselines.body import Proposal
from bench.figures import Section, percentiles
from policy import LoadedPolicy, load

AREAS = 50
"""Kinds of action, so that a proposal is named by as many rules as a large company would have for one."""
TIMES = 200
ROLES = {"support": {"channel": "C0SUPPORT", "members": ["U0ALICE", "U0BOB"]}}
PAYLOAD = {"amount": 250.5, "order": "A-1001", "note": "The lamp arrived broken. " * 20, "lines": list(range(20))}
PLAIN = "pydantic, the same body"


def measure(folder: Path, section: Section, *, rules: int) -> None:
    """One where few rules name the action, as is usual, and one where all do, each with a condition."""
    body = json.dumps({"action": "area7.create", "payload": PAYLOAD, "reasoning": "One of many."})
    section.note(PLAIN, "", percentiles(_timed(lambda: Proposal.model_validate_json(body))))
    ask = Ask(agent="bot", reasoning="One of many.")
    for area, areas in ((7, AREAS), (0, 1)):
        action = Action(name=f"area{area}.create", payload=PAYLOAD)
        policy = _policy(folder, [_rule(number, areas) for number in range(rules)])
        at = f"{rules // areas:,} of {rules:,} rules name it"
        section.note("one proposal", at, _judged(policy, ask, action), (PLAIN, ""))


def _judged(policy: LoadedPolicy, ask: Ask, action: Action) -> dict[str, float]:
    return percentiles(_timed(lambda: policy.judge(ask, [action], {})))


def _rule(number: int, areas: int) -> dict[str, Any]:
    area = number % areas
    return {
        "id": f"rule-{number}",
        "action": f"area{area}.*" if number % 2 else f"area{area}.create",
        "when": [f"payload.amount > {number}.0"],
        "tier": "approve",
        "reason": f"Above {number}",
    }


def _policy(folder: Path, rules: list[dict[str, Any]]) -> LoadedPolicy:
    content = {
        "version": 1,
        "roles": ROLES,
        "agents": {"bot": {"token_env": "BOT_TOKEN", "owner": "U0OWNER", "actions": ["area*"]}},
        "defaults": {"role": "support"},
        "rules": rules,
    }
    path = folder / "thousand.yml"
    path.write_text(json.dumps(content), encoding="utf-8")
    return load(path, None)


def _timed(call: Callable[[], object]) -> list[float]:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return taken
