"""Foresight: a submission judged before its transaction begins, as if the past had nothing to say of it.

What the past says is known only within the transaction, for which others wait; and mostly it says nothing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.content import parted
from approvals.past import PastAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from approvals.gate import Gate
    from approvals.past import PastQuery
    from approvals.ports import Policy, Transaction
    from approvals.proposal import Action, Ask

NOTHING = PastAnswer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What a policy asks of the past about a submission, and the gate if the answers are nothing."""

    policy: "Policy"
    groups: "Mapping[str, frozenset[str]]"
    """The members of the user groups that matter for the agent."""
    questions: "tuple[PastQuery, ...]"
    gate: "Gate"


def foreseen(policy: "Policy", ask: "Ask", action: "Action", groups: "Mapping[str, frozenset[str]]") -> Foresight:
    """The foresight of it; the texts that it will be kept with are made here, too."""
    questions = policy.questions(ask, action)
    gate = policy.judge(ask, [action], dict.fromkeys(questions, NOTHING), groups=groups)
    for each in (ask, gate, action):
        parted(each)
    return Foresight(policy=policy, groups=groups, questions=questions, gate=gate)


async def judge(
    tx: "Transaction", policy: "Policy", ask: "Ask", action: "Action", foresight: Foresight, now: "datetime"
) -> "Gate":
    """The gate by the policy in force and what the past says, within the transaction."""
    known = foresight if foresight.policy is policy else foreseen(policy, ask, action, foresight.groups)
    answers = await tx.answers(known.questions, now)
    if all(answer == NOTHING for answer in answers.values()):
        return known.gate
    return policy.judge(ask, [action], answers, groups=known.groups)
