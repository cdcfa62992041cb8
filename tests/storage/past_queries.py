"""What rules ask of the past, for tests."""

from approvals.budget import BudgetTerms
from approvals.digest import canonical, digest
from approvals.lifecycle import Submission
from approvals.past import About, PastQuery
from approvals.proposal import Action
from tests.making import make_ask
from tests.storage.town import CLAIMANT

IBAN = "DE02120300000000202051"


PAYLOAD = {"amount": 250, "order": "1001", "to": {"iban": IBAN}, "note": "late parcel", "tags": ["a"]}


def ask_for(agent="support-bot", action="refund.create", *, claim=False, **changes):
    return Submission(
        action=Action(name=action, payload={**PAYLOAD, **changes}),
        ask=make_ask(agent=agent),
        fingerprint="f",
        claim=claim,
        claimant=CLAIMANT if claim else None,
    )


def held(value, field="to.iban", agent="support-bot", action="refund.create"):
    value = canonical(value).decode()
    return PastQuery(about=About.first_time, agent=agent, action=action, field=field, value=value)


def usual(field="amount", agent="support-bot", action="refund.create"):
    return PastQuery(about=About.unusual, agent=agent, action=action, field=field)


def repeat(payload, agent="support-bot", action="refund.create", *, nearly=True):
    said = canonical(payload).decode() if nearly else None
    return PastQuery(about=About.repeat, agent=agent, action=action, value=digest(action, payload), payload=said)


def lately(pattern="*", per=60, agent="support-bot"):
    return PastQuery(about=About.rate, agent=agent, action=pattern, per=per)


def spent(per=None, *, group="", window=60, agent="support-bot"):
    terms = BudgetTerms(action="*", sum="payload.amount", per=per)
    asked = {"agent": agent, "action": "*", "field": "payload.amount", "per": window}
    return PastQuery(about=About.budget, value=group, budget=terms, **asked)
