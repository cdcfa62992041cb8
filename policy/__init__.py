"""From the policy file to a gate, with reasons. `load` gives what fills `approvals.ports.Policy`."""

from policy.agents import Agent
from policy.build import Examined, Sources, examine, load, looked_at
from policy.explain import Explanation, NotAProposal
from policy.file.faults import PolicyFault, PolicyFaults
from policy.json_schema.schemas import UnusableSchema, agents_schema
from policy.loaded import WrittenPolicy
from policy.report import CheckReport, check, explain
from policy.routing import Ops, Role, mentions

__all__ = [
    "Agent",
    "CheckReport",
    "Examined",
    "Explanation",
    "NotAProposal",
    "Ops",
    "PolicyFault",
    "PolicyFaults",
    "Role",
    "Sources",
    "UnusableSchema",
    "WrittenPolicy",
    "agents_schema",
    "check",
    "examine",
    "explain",
    "load",
    "looked_at",
    "mentions",
]
