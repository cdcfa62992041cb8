"""What a policy of a thousand rules costs: judging one proposal, beside reading the JSON of it."""

import json
import statistics
import time
from pathlib import Path

from approvals.proposal import Action, Ask
from policy import LoadedPolicy, load

RULES = 1000
AREAS = 50
"""Kinds of action, so that a proposal is named by as many rules as a large company would have for one."""
TIMES = 500
WANTED = 0.002
ROLES = {"support": {"channel": "C0SUPPORT", "members": ["U0ALICE", "U0BOB"]}}
PAYLOAD = {"amount": 250.5, "order": "A-1001", "note": "The lamp arrived broken. " * 20, "lines": list(range(20))}


def section(folder: Path) -> None:
    print(f"judging a proposal against {RULES} rules")
    body = json.dumps({"action": "area7.create", "payload": PAYLOAD, "reasoning": "One of many."})
    plain = timed(lambda: json.loads(body))
    action, ask = Action(name="area7.create", payload=PAYLOAD), Ask(agent="bot", reasoning="One of many.")
    usual = policy_of(folder, [ruled(number, AREAS) for number in range(RULES)])
    taken = timed(lambda: usual.judge(ask, [action], {}))
    median = statistics.median(taken)
    print(f"  {RULES // AREAS} of them name its action: median {median * 1000:.2f} ms of {TIMES}")
    print(f"  wanted: a median of {WANTED * 1000:.0f} ms at most: {'held' if median <= WANTED else 'MISSED'}")
    print(f"  the median is {median / statistics.median(plain):.0f} times json.loads of the proposal")
    everywhere = Action(name="area0.create", payload=PAYLOAD)
    worst = policy_of(folder, [ruled(number, 1) for number in range(RULES)])
    slowest = statistics.median(timed(lambda: worst.judge(ask, [everywhere], {})))
    print(f"  at worst, where all name its action and each has a condition: median {slowest * 1000:.1f} ms")
    print()


def ruled(number: int, areas: int) -> dict:
    area = number % areas
    return {
        "id": f"rule-{number}",
        "action": f"area{area}.*" if number % 2 else f"area{area}.create",
        "when": [f"payload.amount > {number}.0"],
        "tier": "approve",
        "reason": f"Above {number}",
    }


def policy_of(folder: Path, rules: list[dict]) -> LoadedPolicy:
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


def timed(call) -> list[float]:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return taken
