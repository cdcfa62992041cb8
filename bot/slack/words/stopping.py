"""What `/approvals stop` and `resume` answer, and what the operators read of it."""
# ruff: noqa: D103 - a sentence says itself what it is

USAGE = (
    "Say which agent and, if you like, why: `/approvals stop agent NAME it mails the wrong people`. "
    "`/approvals stop` alone lists who is stopped, `/approvals resume agent NAME` takes it back."
)
RESUME_USAGE = "Say which agent: `/approvals resume agent NAME`. `/approvals stop` lists who is stopped."
THE_POLICY_HAS_NO_SUCH_AGENT = " The policy has no such agent any more, so it can propose nothing."
THE_DATABASE_IS_BUSY = "The database is busy; what is left is closed as soon as it can be."
ONE_PROPOSAL_WAS_CLOSED = "1 proposal was closed."
IT_HAD_NOTHING_OPEN = "It had nothing open."
NO_AGENT_IS_STOPPED = "No agent is stopped."
THE_POLICY_NAMES_NO = "The policy names no `ops`, so nobody can resume an agent until it does."
ONLY_THE_OPERATORS_CAN_RESUME_IT = "Only the operators can resume it: `/approvals resume agent NAME`."


STOP_TITLE = "Stop an agent"
STOP = "Stop it"
RESUME_TITLE = "Resume an agent"
RESUME = "Resume it"
WHY = "Why"
WHO_READS_WHY = "The agent, the cards and the audit log show it."


def stopped(agent: str) -> str:
    return (
        f":octagonal_sign: *{agent} is stopped.* What it had open is being closed; "
        "how far that is comes where you typed the command."
    )


def really_resume(agent: str) -> str:
    return (
        f":arrow_forward: *Resume {agent}?*\nIt may propose and claim again. What was closed stays closed; "
        "what was approved for the next like it holds again, unless its time is over or it was taken back."
    )


def reason_too_long(most: int) -> str:
    return f"Please say why in at most {most} characters. Nothing is stopped yet."


def really_stop(agent: str) -> str:
    return (
        f":octagonal_sign: *Stop {agent}?*\nWhat waits of it is rejected, what is approved and not taken yet is "
        "revoked, and whatever it proposes or claims is refused from then on. What it took already goes on."
    )


def is_resumed_by(agent: str, user: str) -> str:
    return f":arrow_forward: *{agent} is resumed* by {user}: it may propose and claim again."


def had_stopped_it(by: str, at: str) -> str:
    return f"{by} had stopped it {at}."


def may_propose_and_claim_again(agent: str, since: str, gone: str) -> str:
    return f":arrow_forward: *{agent} may propose and claim again.* {since} What was closed stays closed.{gone}"


def is_stopped_by(agent: str, by: str, at: str, why: str) -> str:
    return (
        f":octagonal_sign: *{agent} is stopped* by {by}, {at}. "
        f"What it had open is being closed, and it may begin nothing. `/approvals resume agent {agent}` "
        f"takes that back.{why}"
    )


def proposals_are_being_closed(open_ones: int) -> str:
    return f"{open_ones} proposals are being closed …"


def some_are_closed(done: int, open_ones: int) -> str:
    return f"{done} of {open_ones} proposals are closed …"


def proposals_were_closed(open_ones: int) -> str:
    return f"{open_ones} proposals were closed."


def more_in_the_audit_log(shown: str, left: int) -> str:
    return f"{shown}… ({left} characters more in the audit log)"
