"""The town with a policy that uses all it can: watched actions, escalations, second persons, backups, facts of the past."""

import re
from contextlib import asynccontextmanager

from tests.making import Clock
from tests.town import POLICY, open_town

LEAD = "C0LEAD"
DEEP = (
    POLICY.replace(
        "agents:\n",
        "  lead: {channel: C0LEAD, members: [U0ERIN, U0DAVE], notify: members}\n"
        "  owners: {channel: C0OPS, members: [U0OWEN, U0ALICE], backup: lead}\n"
        "  owner: {channel: C0OPS, members: [U0OWEN], backup: lead}\n"
        "  alone: {channel: C0SUPPORT, members: [U0ALICE]}\n"
        "agents:\n",
        1,
    ).replace(
        '"db.*"]', '"db.*", "note.*", "slow.*", "pay.*", "fee.*", "day.*", "own.*", "owned.*", "alone.*", "wire.*"]'
    )
    + """\
  - {id: notes-watched, action: "note.*", tier: watch, role: support, object_within: 30m, reason: Notes are looked over}
  - id: slow
    action: "slow.*"
    tier: approve
    role: support
    remind: [10m, 30m]
    escalate: {after: 20m, to: lead}
    max_expires_in: 90m
  - {id: slow-refunds, action: "slow.refund", tier: approve, roles: [finance, support]}
  - {id: payments, action: "pay.*", tier: approve, role: finance, edited: second_person, reason: Money leaves}
  - id: by-day
    action: "day.*"
    tier: approve
    role: support
    remind: [30m, 50m]
    max_expires_in: 2h
    hours: {tz: Europe/Berlin, days: [mon, fri], from: "09:00", to: "12:00", outside: extend}
  - {id: fees, action: "fee.*", tier: approve, role: lead, edited: second_person, reason: Two know what it costs}
  - {id: owners-decide, action: "own.*", tier: approve, role: owners}
  - {id: owner-decides, action: "owned.*", tier: approve, role: owner}
  - {id: alice-decides, action: "alone.*", tier: approve, role: alone}
  - {id: wires-run, action: "wire.*", tier: auto}
  - id: new-receiver
    action: "wire.*"
    tier: approve
    role: support
    first_time: [payload.to]
    reason: Nobody has sent anything there before
  - id: much-money
    action: "wire.*"
    tier: approve
    role: support
    unusual: {field: payload.amount, times: 5}
    reason: More than usual
"""
)


@asynccontextmanager
async def deep_town(folder, mode):
    """A served town with this policy, and a clock that stands until it is moved on."""
    async with open_town(folder, mode, policy=DEEP, clock=Clock()) as town:
        town.slack.add_channel(LEAD, "leads", members=["U0ERIN", "U0DAVE"], is_private=True)
        async with town.serving():
            yield town


async def later(town, **duration):
    """So much later, with all done that time does."""
    town.clock.forward(**duration)
    await town.bot.lifecycle.sweep()


def called(message):
    """Whom a message calls, by id."""
    return set(re.findall(r"<@(U\w+)>", str(message["blocks"])))
