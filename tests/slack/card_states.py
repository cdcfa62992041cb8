"""Cards of proposals in each state, for tests."""

from dataclasses import replace
from datetime import timedelta

from approvals.decision import Decision, Verdict
from approvals.gate import Tier
from approvals.proposal import (
    Cause,
    Rollback,
    RollbackStatus,
    Status,
)
from bot.slack.cards.card import card
from tests.making import START, make_proposal

MENTION = "<!subteam^S0FINANCE> <@U0ALICE>"


TWINS = tuple(f"prp_{number:032x}" for number in range(40))


LATER = START + timedelta(minutes=5)


def approval(user="U0ALICE", **changes):
    made = Decision(reviewer=user, verdict=Verdict.approve, revision=1, round=1, at=LATER, roles=("support",))
    return replace(made, **changes)


def resolved(status, **changes):
    """A proposal that U0ALICE approved, as it stands later."""
    facts = {
        "cause": Cause.reviewer,
        "resolved_at": LATER,
        "resolved_by": "U0ALICE",
        "decisions": (approval(),),
        "execute_by": LATER + timedelta(hours=1),
    }
    return make_proposal(status=status, **facts | changes)


def watched(status=Status.approved, **changes):
    """What ran without waiting; people of support can object for half an hour."""
    facts = {"cause": Cause.watch, "tier": Tier.watch, "object_within": 1800, "decisions": (), "resolved_by": None}
    return resolved(status, **facts | changes)


def said(proposal, **more):
    return card(proposal, **more).words


def retracted_by(status=RollbackStatus.requested, **changes):
    return Rollback(requested_by="U0BOB", reason="Wrong *customer*", requested_at=LATER, status=status, **changes)
