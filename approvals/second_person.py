"""Who is left to agree to a change, where whoever made it is not enough. Pure."""

from typing import TYPE_CHECKING

from approvals.refusals import NobodyLeft

if TYPE_CHECKING:
    from collections.abc import Collection

    from approvals.gate import Gate
    from approvals.proposal import Proposal


def nobody_left(gate: "Gate", editors: "Collection[str]", called_in: "Collection[str]") -> bool:
    """Whether everybody who could be the second person changed the payload, so that nobody can ever agree to it.

    Not where others are asked whom the policy does not name: of a user group, or of a role `called_in` by hand.
    """
    able = gate.second_people
    if not gate.second_person or able is None or not editors:
        return False
    named = {*gate.roles, *(each.to for each in gate.escalate)}
    return set(called_in) <= named and set(able) <= set(editors)


def require_another(proposal: "Proposal", editor: str, gate: "Gate | None" = None) -> None:
    """Raises NobodyLeft where a change by the person would leave nobody who could agree to it.

    `gate` is the one that the change would have; None for the present.
    """
    called_in = [each.to for each in proposal.called_in]
    if nobody_left(gate or proposal.gate, {*proposal.editors, editor}, called_in):
        raise NobodyLeft
