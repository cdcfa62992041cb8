"""Moves: one pure function a verb. It takes a proposal and returns the events that follow, or raises a Refusal.

`agent` has what agents and the policy do, `stops` what follows when somebody stops them, `reviewer` what people do,
`questions` both sides of a question, `look_ahead` whether somebody may, `deadlines` what time does and how an
approval is taken back, `drills` what is planted and how that ends, `erasure` what becomes of what was written; this is
the index of the verbs.
"""

from approvals.moves.agent import claim, rejudge, report, rollback, submit, withdraw
from approvals.moves.deadlines import due, next_due, retract, run_out
from approvals.moves.drills import may_plant, of_drill, plant
from approvals.moves.erasure import StillNeeded, erase, over_since
from approvals.moves.look_ahead import may
from approvals.moves.questions import AgentReply, Offered, ask, may_ask, reply
from approvals.moves.reviewer import (
    approve,
    edit,
    extend,
    hand_over,
    may_edit,
    may_hand_over,
    object,  # noqa: A004 the verb is called so
    reject,
    revoke,
)
from approvals.moves.stops import end_for_stopped_agent, resume, suspend

__all__ = [
    "AgentReply",
    "Offered",
    "StillNeeded",
    "approve",
    "ask",
    "claim",
    "due",
    "edit",
    "end_for_stopped_agent",
    "erase",
    "extend",
    "hand_over",
    "may",
    "may_ask",
    "may_edit",
    "may_hand_over",
    "may_plant",
    "next_due",
    "object",
    "of_drill",
    "over_since",
    "plant",
    "reject",
    "rejudge",
    "reply",
    "report",
    "resume",
    "retract",
    "revoke",
    "rollback",
    "run_out",
    "submit",
    "suspend",
    "withdraw",
]
