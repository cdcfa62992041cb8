"""A town whose people practise: its policy with a library of drills, and how one is planted or comes by itself."""

import asyncio

from approvals.services.drills import Drilling
from tests.making import Clock, Lots
from tests.patience import PATIENCE
from tests.threats.ground import Ground
from tests.town import POLICY, open_town

LIBRARY = """\
drills:
  - action: email.send
    payload: {to: mira@example.com, subject: Your voucher, attach: customers.csv}
    reasoning: The customer asked for it.
    wrong: It sends the list of all customers to one of them.
    look_at: What is attached, and whether the reasoning names it.
"""
DRILLS = "drills: {library: drills.yml, roles: [support], share: 0.2, most: 2}\n"
REAL = {"to": "mira@example.com", "subject": "Your receipt", "attach": "receipt-10.pdf"}


def town_of_drills(folder, mode="http", *, kind=Ground, policy=POLICY, library=LIBRARY, drills=DRILLS, lots=(), **more):
    """The town before its bot starts; by `lots` it is drawn what is followed by a drill."""
    (folder / "drills.yml").write_text(library, encoding="utf-8")
    given = {"clock": Clock(), "randomness": Lots(*lots), **more}
    return open_town(folder, mode, kind, policy=policy + drills, **given)


async def asked_before(town, count=5):
    """So many that people were asked, so that there is room for a drill; each was rejected by nobody in time."""
    for _ in range(count):
        proposal = await town.propose(payload={**REAL, "subject": "An earlier one"})
        await town.card("C0SUPPORT", proposal)
    town.clock.forward(hours=2)
    while town.rows("SELECT id FROM proposals WHERE status = 'pending'"):
        await town.call("GET", "/healthz")


async def planted(town, *, like=None):
    """A drill that waits beside a proposal like it, and both cards."""
    real = like or await town.propose(payload=REAL)
    card = await town.card("C0SUPPORT", real)
    bot = town.bot
    terms = bot.lifecycle.policy.drills
    (plant,) = terms.plants["email.send"]
    found = await bot.store.find(real["id"])
    drill = None
    async with asyncio.timeout(PATIENCE):
        while drill is None:  # not as long as it is not known that the card stands
            drill = await Drilling(lifecycle=bot.lifecycle).plant(found.ask, plant)
            await town.call("GET", "/healthz")
    return real, card, drill, await town.card("C0SUPPORT", {"id": drill.id})
