"""A past from which there is something to learn: proposals of every kind that feedback knows, by our own verbs."""

import asyncio

from approvals.lifecycle import Lifecycle, Submission
from approvals.moves import AgentReply
from approvals.proposal import Action, Status
from approvals.services.erasures import Erasing
from bot.keys import seal_keys, seeds_for
from storage import open_store
from tests.databases import new_database
from tests.making import Clock, Ids, Lots, make_ask
from tests.storage.town import ALICE, BOB, CLAIMANT, TablePolicy

IBAN = "DE02120300000000202051"
OTHER_IBAN = "DE75512108001245126199"
GONE = "canary-of-what-was-erased"
AGENT = "support-bot"


class Lessons:
    """Lives of proposals, an hour apart; `ids` by the name of the life."""

    def __init__(self, store, clock, redact=("iban",)):
        self.store, self.clock = store, clock
        self.policy = TablePolicy(watched=50, changes={"redact": redact})
        self.lifecycle = Lifecycle(store=store, policy=self.policy, clock=clock, ids=Ids(), randomness=Lots())
        self.ids = {}

    async def live(self, *lives):
        for life in lives:
            self.ids[life] = await getattr(self, life)()
            self.clock.forward(hours=1)
        return self.ids

    async def submitted(self, amount=250, *, claim=False, **payload):
        said = {"amount": amount, "order": "1001", "iban": IBAN, **payload}
        made, _ = await self.lifecycle.submit(
            Submission(
                action=Action(name="refund.create", payload=said),
                ask=make_ask(agent=AGENT, reasoning=f"The parcel is lost; pay to {IBAN}."),
                fingerprint="f" * 64,
                claim=claim,
                claimant=CLAIMANT if claim else None,
            )
        )
        self.clock.forward(minutes=5)
        return made

    async def ran(self, approved, status=Status.succeeded, detail=None):
        if approved.claimed_at is None:
            await self.lifecycle.claim(approved.id, AGENT, approved.digest, CLAIMANT)
        await self.lifecycle.report(approved.id, AGENT, status, detail, None)
        return approved.id

    async def rejected(self):
        made = await self.submitted()
        asked = await self.lifecycle.ask(made.id, ALICE, "Who asked for it?", made.nonce)
        await self.lifecycle.reply(made.id, AGENT, AgentReply(text="The customer."))
        await self.lifecycle.reject(made.id, ALICE, f"Never to {IBAN}.", asked.nonce)
        return made.id

    async def corrected(self):
        made = await self.submitted()
        left = {"amount": 200, "order": "1001", "iban": OTHER_IBAN}
        return await self.ran(await self.lifecycle.edit(made.id, ALICE, left, made.nonce))

    async def confirmed(self):
        made = await self.submitted()
        return await self.ran(await self.lifecycle.approve(made.id, BOB, made.nonce))

    async def failed(self):
        made = await self.submitted()
        approved = await self.lifecycle.approve(made.id, BOB, made.nonce)
        return await self.ran(approved, Status.failed, f"{IBAN} is closed.")

    async def objected(self):
        made = await self.submitted(80, claim=True)
        await self.lifecycle.object(made.id, ALICE, "Not again.", made.nonce)
        return made.id

    async def taken_back(self):
        made = await self.submitted()
        approved = await self.lifecycle.approve(made.id, BOB, made.nonce)
        await self.lifecycle.revoke(made.id, ALICE, "It came back.", approved.nonce)
        return made.id

    async def erased(self):
        made = await self.submitted(note=GONE)
        await self.lifecycle.reject(made.id, ALICE, f"Not {GONE}.", made.nonce)
        await Erasing(self.store, self.clock).erase(made.id, "alex", "asked for")
        return made.id

    async def unseen(self):
        return await self.ran(await self.submitted(10, claim=True))

    async def waiting(self):
        return (await self.submitted()).id


ALL = (
    "rejected",
    "corrected",
    "confirmed",
    "failed",
    "objected",
    "taken_back",
    "erased",
    "unseen",
    "waiting",
)


def past_in(folder, *lives, redact=("iban",)):
    """The URL of a store in the folder in which these were lived, and the ids by the name of the life."""
    url = new_database(folder / "signoff.db")
    (folder / "signoff.db").rename(folder / "blank")
    seeds = seeds_for(folder / "signoff.db", None)
    (folder / "blank").rename(folder / "signoff.db")
    return url, asyncio.run(_lived(url, seal_keys(seeds), lives or ALL, redact))


async def _lived(url, keys, lives, redact):
    clock = Clock()
    async with open_store(url, keys, clock) as store:
        return await Lessons(store, clock, redact).live(*lives)
