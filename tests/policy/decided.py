"""A past that was drawn: proposals under a policy, each with what people, or nobody, said of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from approvals.decision import Decision, Verdict
from approvals.proposal import Action, Cause, Inquiry, Outcome, Revision, Rollback, Status
from policy import check_content, load
from policy.checks.suggestion import USUAL
from policy.suggest import Suggesting
from tests.making import make_proposal
from tests.policy.files import ask, nothing_known

MONDAY = datetime(2026, 11, 16, 10, tzinfo=UTC)
FILE = """\
# Ours.
version: 1
roles:
  support: {channel: C0SUPPORT, members: [U0ALICE, U0BOB]}
  finance: {channel: C0FINANCE, members: [U0CAROL, U0DAVE]}
agents:
  bot: {token_env: BOT_TOKEN, owner: U0OWNER, actions: ["*"]}
defaults: {tier: approve, role: support}
rules:
  # Refunds wait for finance.
  - id: refunds
    action: refund.create     # of any size
    tier: approve             # people look
    role: finance
    edit: [amount]
    reason: Money leaves
  - {id: mails, action: email.send, tier: approve, reason: Mail leaves}
  - {id: searches, action: "search.*", tier: auto}
  - {id: drops, action: db.drop, tier: block, reason: Never}
"""


class Drawn:
    """The past of one policy; every verb adds one proposal, an hour after the one before."""

    def __init__(self, folder, file=FILE):
        self.path = folder / "policy.yml"
        self.path.write_text(file)
        self.policy = load(self.path, None)
        self.proposals, self.verdicts, self.at = [], {}, MONDAY

    def proposed(self, action="refund.create", plan="Refund it back.", **payload):
        said = replace(ask(), rollback_plan=plan)
        given = Action(name=action, payload={"amount": 50, "order": "1", **payload})
        gate = self.policy.judge(said, [given], nothing_known(self.policy, said, given))
        made = make_proposal(gate=gate, created_at=self.at)
        self.at += timedelta(hours=1)
        number = len(self.proposals)
        return replace(
            made, id=f"prp_{number}", ask=said, revisions=(Revision(number=1, action=given, at=made.created_at),)
        )

    def keep(self, proposal):
        self.proposals.append(proposal)
        return proposal

    def decided(self, proposal, verdict, after=60, *, rushed=False):
        at = proposal.created_at + timedelta(seconds=after)
        decision = Decision(
            reviewer="U0CAROL", verdict=verdict, revision=proposal.revision, round=1, at=at, rushed=rushed
        )
        return replace(proposal, decisions=(decision,), cause=Cause.reviewer, resolved_at=at)

    def approved(self, status=Status.succeeded, *, rushed=False, **more):
        made = self.decided(self.proposed(**more), Verdict.approve, rushed=rushed)
        return self.keep(replace(made, status=status))

    def failed(self, **more):
        made = self.approved(Status.failed, **more)
        outcome = Outcome(status=Status.failed, at=made.resolved_at)
        self.proposals[-1] = replace(made, outcome=outcome)

    def objected(self, **more):
        made = self.approved(**more)
        rollback = Rollback(requested_by="U0CAROL", reason="No", requested_at=made.resolved_at)
        self.proposals[-1] = replace(made, rollback=rollback)

    def rejected(self, **more):
        return self.keep(replace(self.decided(self.proposed(**more), Verdict.reject), status=Status.rejected))

    def expired(self, **more):
        made = self.proposed(**more)
        over = made.created_at + timedelta(hours=1)
        return self.keep(replace(made, status=Status.rejected, cause=Cause.expired, resolved_at=over))

    def edited(self, left, **more):
        made = self.proposed(**more)
        action = Action(name=made.action.name, payload=left)
        made = replace(
            made, revisions=(*made.revisions, Revision(number=2, action=action, at=made.created_at, editor="U0CAROL"))
        )
        return self.keep(replace(self.decided(made, Verdict.approve), status=Status.succeeded))

    def asked(self, **more):
        made = self.approved(**more)
        question = Inquiry(number=1, text="Why?", asked_by="U0CAROL", asked_at=made.created_at, reply="So.")
        self.proposals[-1] = replace(made, questions=(question,))

    def sampled(self, *, fine, **more):
        """Ran by itself once, under rules that let it, and was looked over."""
        made = replace(self.proposed(**more), status=Status.succeeded, cause=Cause.auto)
        self.keep(replace(made, resolved_at=made.created_at))
        self.verdicts[made.id] = fine

    def suggesting(self, bounds=USUAL):
        found = Suggesting(
            file=self.path,
            content=self.path.read_bytes(),
            check=lambda content: check_content(self.path, content),
            bounds=bounds,
        )
        for page in range(0, len(self.proposals), 100):
            found.add(self.proposals[page : page + 100], (), self.verdicts)
        return found
