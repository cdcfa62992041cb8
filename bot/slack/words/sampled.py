"""What the card of a sample and its form say."""
# ruff: noqa: D103 - a sentence says itself what it is

TO_LOOK_OVER = "To look over"
EXACTLY_WHAT_WAS_LET_RUN = "Payload: exactly what was let run"
EFFECT_AS_THE_AGENT_FORESAW = "Preview: the effect as the agent foresaw it"
IT_RAN_ALREADY = (
    "It ran already, and this changes nothing about it. Your reason is for whoever writes the policy: "
    "it is kept in the audit log and on the card, and the agent never learns of it."
)
WHAT_WAS_NOT_FINE_ABOUT = "What was not fine about "
PAGE_BY_PAGE = "Details: everything, page by page"
FINE = "Fine: it was right to let this run"
NOT_FINE = "Not fine: people should have been asked"


def ran_without_anyone_asked(title: str, action: str, agent: str) -> str:
    return f"{title}: {action} of {agent}, which ran without anyone asked."


def drawn_at_random(roles: str) -> str:
    return (
        ":mag: *Drawn at random.* The policy let this run at once, and nobody was asked. Was that right? "
        f"One person of {roles} says so, once. It changes nothing for the agent, which never learns of it."
    )


def not_fine(by: str, at: str) -> str:
    return f":x: *Not fine*, says {by} · {at}"


def more_in_the_audit_log(left: str) -> str:
    return f"… {left} more in the audit log"


def let_run_by(proposal_id: str, digest: str, rules: str) -> str:
    return f"{proposal_id} · digest {digest} · let run by {rules}"
