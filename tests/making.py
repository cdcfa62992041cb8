"""Makes what tests are about, so that a test names only what it is about."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from approvals.gate import Gate, Reason, Tier
from approvals.proposal import Action, Ask, Proposal, Revision, Source, Status
from approvals.reviewer import Reviewer

START = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
PROPOSAL = {field.name for field in fields(Proposal)}
ASK = {field.name for field in fields(Ask)}
GATE = {field.name for field in fields(Gate)}


class Clock:
    """A clock that stands still until it is set or moved on."""

    def __init__(self, at=START):
        self.at = at

    def now(self):
        return self.at

    def forward(self, seconds=0, **duration):
        """Moves on by so many seconds, or by `minutes=`, `milliseconds=`; negative goes back."""
        self.at += timedelta(seconds=seconds, **duration)
        return self.at


class Ids:
    """Ids and nonces that count from 1, in the shape of the real ones."""

    def __init__(self):
        self.proposals = 0
        self.nonces = 0
        self.forms = 0
        self.delegations = 0

    def proposal_id(self):
        self.proposals += 1
        return f"prp_{self.proposals:032x}"

    def nonce(self):
        self.nonces += 1
        return f"nonce{self.nonces:017d}"

    def delegation_id(self):
        self.delegations += 1
        return f"dlg_{self.delegations:022d}"

    def form_id(self):
        self.forms += 1
        return f"frm_{self.forms:022d}"


class Lots:
    """Lots that come as they are given, and then never fall on anything."""

    def __init__(self, *values):
        self.values = list(values)

    def draw(self):
        return self.values.pop(0) if self.values else 0.999999


def make_gate(**changes):
    """A gate that asks one person of the role support."""
    gate = Gate(
        tier=Tier.approve,
        roles=("support",),
        channels=("C0SUPPORT",),
        expires_in=3600,
        execute_within=3600,
        report_within=3600,
        excluded=frozenset({"U0OWNER"}),
        risk=(Reason(rule="refund-large", reason="Refund above 100"),),
        rules=("refund-large",),
        policy_version="policy-1",
    )
    return replace(gate, **changes)


def make_ask(**changes):
    """What support-bot says around a refund."""
    ask = Ask(
        agent="support-bot",
        reasoning="The parcel is lost, the carrier has confirmed it.",
        summary="Refund for order 1001",
        source=Source.trusted,
        run_id="run-1",
    )
    return replace(ask, **changes)


def make_reviewer(user="U0ALICE", **changes):
    """A person of the role support."""
    reviewer = Reviewer(
        user=user, team="T0TEAM", name=user[2:].title(), roles=frozenset({"support"}), proof=("support: member",)
    )
    return replace(reviewer, **changes)


def make_proposal(**changes):
    """A pending refund of 250 by support-bot.

    Takes any field of Proposal, Ask or Gate by its own name, and `action` (a name) and `payload` of revision 1.
    `channels` is set on the gate too, `expires_in` on the gate alone (give `ask=` for the agent's own).
    """
    action = Action(
        name=changes.pop("action", "refund.create"),
        payload=changes.pop("payload", {"amount": 250, "order": "1001", "note": "late parcel"}),
    )
    given = {name: changes.pop(name) for name in PROPOSAL & set(changes)}
    of_gate = {name: changes.pop(name) for name in GATE & set(changes)}
    of_ask = {name: changes.pop(name) for name in ASK & set(changes)}
    if changes:
        raise TypeError(f"neither a proposal, its ask nor its gate has {sorted(changes)}")
    if "channels" in given:
        of_gate["channels"] = given["channels"]
    gate = given.pop("gate", None) or make_gate(**of_gate)
    created_at = given.pop("created_at", START)
    proposal = Proposal(
        id="prp_019a0000000070008000000000000001",
        ask=make_ask(**of_ask),
        revisions=(Revision(number=1, action=action, at=created_at),),
        gate=gate,
        created_at=created_at,
        expires_at=created_at + timedelta(seconds=gate.expires_in),
        nonce="nonce-of-round-1",
        channels=gate.channels,
        status=Status.pending,
    )
    return replace(proposal, **given)
