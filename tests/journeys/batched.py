"""The town with mails that may share a card, and a clock that stands until it is moved on."""

from contextlib import asynccontextmanager

from tests.making import Clock
from tests.town import POLICY, open_town

BATCHED = (
    POLICY
    + """\
  - id: mails
    action: "email.*"
    tier: approve
    role: support
    batch: {window: 5m, max: 4}
    reason: Mails leave the house
  - {id: big-mails, action: "email.big", tier: approve, role: support}
  - {id: slow-mails, action: "email.slow", tier: approve, role: support, remind: [10m], batch: {window: 10m, max: 5}}
"""
)


@asynccontextmanager
async def batched_town(folder, mode):
    """A served town with this policy."""
    async with open_town(folder, mode, policy=BATCHED, clock=Clock()) as town, town.serving():
        yield town


async def mails(town, *names, action="email.send", **more):
    """One mail to each, in their order, on its way to a card."""
    return [
        await town.propose(
            action, {"to": f"{name}@example.com", "subject": "Hello", "body": "Your parcel is here."}, **more
        )
        for name in names
    ]


def of(count, action="email.send"):
    """What a shared card is headed with."""
    return f"{count} \u00d7 {action}"
