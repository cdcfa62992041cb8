"""What the forms that say no, take back, object and hand over say."""
# ruff: noqa: D103 - a sentence says itself what it is

REJECTING = "One no ends the review. The agent is told your reason and can learn from it."
REVOKING = "This takes the approval back, if the agent has not claimed it by then. The agent is told your reason."
OBJECTING = (
    "If the agent has not taken it by then, it will not run. If it has, the agent is asked to undo it. "
    "The agent is told your reason."
)
HOW_THE_AGENT_SAYS_IT_WOULD = "How the agent says it would be undone"
HANDING_OVER = (
    "People of the other role may decide as well from then on, and it gets a card in its channel. "
    "Whoever was asked before stays asked, and the deadline stays."
)
WHAT_YOU_TYPED = "What you typed, so that it is not lost:"


def to_edit_it(proposal_id: str) -> str:
    return f"To edit it: /approvals show {proposal_id}"
