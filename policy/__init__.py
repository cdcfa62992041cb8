"""From the policy file to a gate, with reasons. `load` gives what fills `approvals.ports.Policy`."""

from policy.agents import Agent
from policy.build import load
from policy.explain import Explanation, NotAProposal
from policy.faults import PolicyFault, PolicyFaults
from policy.report import CheckReport, check, explain
from policy.routing import Ops, Role, mentions
from policy.schemas import UnusableSchema, agents_schema
from policy.written import WrittenPolicy

__all__ = [
    "Agent",
    "CheckReport",
    "Explanation",
    "NotAProposal",
    "Ops",
    "PolicyFault",
    "PolicyFaults",
    "Role",
    "UnusableSchema",
    "WrittenPolicy",
    "agents_schema",
    "check",
    "explain",
    "load",
    "mentions",
]
