"""Plants of a library, held against the rest of the policy.

What could never be asked of the people who are to practise is a fault: nobody shall think that they practise.
"""

from typing import TYPE_CHECKING

from approvals.gate import Tier
from approvals.moves.drills import may_plant
from approvals.proposal import Ask
from policy.file.faults import PolicyFault, UnplacedFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from approvals.plants import DrillTerms, Plant
    from policy.keys.drills import Library
    from policy.loaded import LoadedPolicy


def unplantable(policy: "LoadedPolicy", library: "Library") -> "Sequence[PolicyFault]":
    """What of a library could never be planted under its policy, and why."""
    if library.document is None or policy.drills is None:
        return ()
    return [
        library.document.located(fault)
        for index, plant in library.plants.items()
        for fault in _why_never(policy, policy.drills, index, plant)
    ]


def _why_never(policy: "LoadedPolicy", terms: "DrillTerms", index: int, plant: "Plant") -> "Iterator[UnplacedFault]":
    name, place = plant.action.name, ("drills", index, "action")
    agents = [agent for agent in policy.agents if policy.allows(agent, name)]
    schema = policy.schemas.get(name)
    wrong = () if schema is None else schema.faults(plant.action.payload)
    gates = [policy.explain(plant.ask(Ask(agent=agent, reasoning="")), plant.action).gate for agent in agents]
    if not agents:
        yield UnplacedFault(
            path=place,
            message=f"no agent may propose {name}",
            remedy="Correct it, or let an agent have it in its actions.",
        )
    elif wrong:
        yield UnplacedFault(
            path=place,
            message=f"the payload does not fit the schema: {wrong[0].pointer or 'it'} {wrong[0].detail}",
            remedy="Write it as an agent would send it.",
        )
    elif all(gate.tier is not Tier.approve for gate in gates):
        yield UnplacedFault(
            path=place,
            message=f"nobody would be asked about it: it is of tier {gates[0].tier}",
            remedy="Write one that people would be asked about.",
        )
    elif not any(may_plant(gate) and set(gate.roles) <= terms.roles for gate in gates):
        yield UnplacedFault(
            path=place,
            message=f"it would never be planted: it asks {' and '.join(gates[0].roles)}, or shares a card",
            remedy="Name all that it asks in roles; what a rule batches has no drills.",
        )
