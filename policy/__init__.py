"""The policy: from the file to a gate, with reasons. `load` gives what fills `approvals.ports.Policy`."""

from policy.agents import Agent
from policy.build import PolicyCheck, Sources, check_content, check_policy, load, looked_at
from policy.explain import Explanation, NotAProposal
from policy.file.faults import PolicyFault, PolicyFaults
from policy.json_schema.schemas import UnusableSchema, agents_schema
from policy.loaded import LoadedPolicy
from policy.report import CheckReport, check, explain
from policy.routing import Ops, Role, mentions

__all__ = [
    "Agent",
    "CheckReport",
    "Explanation",
    "LoadedPolicy",
    "NotAProposal",
    "Ops",
    "PolicyCheck",
    "PolicyFault",
    "PolicyFaults",
    "Role",
    "Sources",
    "UnusableSchema",
    "agents_schema",
    "check",
    "check_content",
    "check_policy",
    "explain",
    "load",
    "looked_at",
    "mentions",
]
