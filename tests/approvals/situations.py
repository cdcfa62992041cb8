"""Proposals in every state, each brought there by the moves themselves."""

from dataclasses import replace
from datetime import timedelta

from approvals import moves
from approvals.gate import Tier
from approvals.proposal import Action, Outcome, Status
from approvals.states import after_all
from tests.making import START, make_ask, make_gate, make_reviewer

MILLISECOND = timedelta(milliseconds=1)
NONCE = "nonce-of-round-1"
CLAIMANT = "c" * 64

LEAD = make_reviewer(user="U0LEAD", roles=frozenset({"lead"}))
ALICE = make_reviewer(user="U0ALICE", roles=frozenset({"support"}))
BOB = make_reviewer(user="U0BOB", roles=frozenset({"support"}))
CAROL = make_reviewer(user="U0CAROL", roles=frozenset({"finance"}))
OWNER = make_reviewer(user="U0OWNER", roles=frozenset({"finance", "support"}))
STRANGER = make_reviewer(user="U0STRANGER", roles=frozenset({"legal"}))
OWNED = frozenset({"U0OWNER"})


def after(seconds=0):
    """A moment so many seconds after the submission."""
    return START + timedelta(seconds=seconds)


def gate(**changes):
    """A gate of the role support, an hour for everything, that excludes the owner."""
    defaults = {
        "tier": Tier.approve,
        "roles": ("support",),
        "channels": ("C0SUPPORT",),
        "excluded": OWNED,
        "self_review": frozenset(),
        "expires_in": 3600,
        "execute_within": 3600,
        "report_within": 3600,
        "risk": (),
        "rules": (),
        "policy_version": "v1",
    }
    return make_gate(**{**defaults, **changes})


def refund(amount, **fields):
    """The action most tests are about."""
    return Action(name="refund.create", payload={"amount": amount, **fields})


def submission(action=None, *, expires_in=None, **changes):
    """The events of a submission under a gate with these changes."""
    return moves.submit(
        proposal_id="prp_019a0000000070008000000000000001",
        action=action or refund(250, note="late parcel"),
        ask=make_ask(agent="support-bot", expires_in=expires_in),
        gate=gate(**changes),
        nonce=NONCE,
        idempotency_key=None,
        fingerprint="f" * 64,
        now=START,
    )


def pending(action=None, **changes):
    """Waiting for people, ten seconds old in the eyes of most tests."""
    return after_all(None, submission(action, **changes))


def by_itself(**changes):
    """Approved by the policy alone."""
    return pending(tier=Tier.auto, roles=(), channels=(), **changes)


def watched(**changes):
    """Runs without waiting for people, who can object for half an hour; waits for its claim."""
    return pending(tier=Tier.watch, **{"object_within": 1800, **changes})


def handed(proposal, to="lead"):
    """The same once Bob has handed it over."""
    return after_all(proposal, moves.hand_over(proposal, BOB, to, f"C0{to.upper()}", proposal.nonce, after(5)))


def running(**changes):
    """The same, claimed twenty seconds after the submission."""
    proposal = watched(**changes)
    return after_all(proposal, moves.claim(proposal, proposal.digest, CLAIMANT, after(20)))


def objected(at=START + timedelta(seconds=30), **changes):
    """The same, and Bob wants it undone."""
    proposal = running(**changes)
    return after_all(proposal, moves.object(proposal, BOB, "Wrong address.", NONCE, at))


def approved(action=None, **changes):
    """Approved by Alice ten seconds after the submission."""
    proposal = pending(action, **changes)
    return after_all(proposal, moves.approve(proposal, ALICE, NONCE, after(10)))


def claimed(**changes):
    """Claimed ten seconds after the approval."""
    proposal = approved(**changes)
    return after_all(proposal, moves.claim(proposal, proposal.digest, CLAIMANT, after(20)))


def outcome(status, at=START + timedelta(seconds=30), detail=None, verification=None):
    """A report."""
    return Outcome(status=status, at=at, detail=detail, verification=verification)


def reported(status):
    """Reported ten seconds after the claim."""
    proposal = claimed()
    return after_all(proposal, moves.report(proposal, outcome(status)))


def in_status(status):
    """A proposal in the status, at most thirty seconds old."""
    match status:
        case Status.pending:
            return pending()
        case Status.approved:
            return approved()
        case Status.rejected:
            proposal = pending()
            return after_all(proposal, moves.reject(proposal, BOB, "No.", NONCE, after(10)))
        case Status.withdrawn:
            proposal = pending()
            return after_all(proposal, moves.withdraw(proposal, "No longer needed.", after(10)))
        case Status.claimed:
            return claimed()
        case Status.revoked:
            proposal = approved()
            return after_all(proposal, moves.revoke(proposal, BOB, "Wait.", NONCE, after(20)))
        case Status.lapsed:
            proposal = approved(execute_within=5)
            return after_all(proposal, moves.due(proposal, after(15)))
        case Status.succeeded | Status.failed | Status.unknown:
            return reported(status)


def edited(
    proposal, action, *, editor=ALICE, at=START + timedelta(seconds=10), new_nonce="nonce-of-round-2", **changes
):
    """The events of an edit whose new gate differs from the old one in these changes."""
    return moves.edit(
        proposal,
        editor,
        action,
        replace(proposal.gate, **changes),
        (),
        nonce=proposal.nonce,
        new_nonce=new_nonce,
        now=at,
    )
