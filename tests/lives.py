"""Lives of proposals, from submission to the end, one after the other: each by our own verbs."""

from itertools import count

from approvals.effects import Effect
from approvals.gate import Sampling
from approvals.lifecycle import Lifecycle, Submission
from approvals.proposal import Action, RollbackStatus, Status
from approvals.sample import SampleVerdict
from approvals.services.sample_reviews import SampleReviews
from storage import MessageKind
from tests.making import START, Ids, Lots, make_ask, make_reviewer
from tests.storage.town import TablePolicy, key_of, stand

ORDER = "one-order"
"""Stands wherever lives differ from each other."""
TS = "1763633700"
"""When their messages were posted, as Slack writes it."""


class Lives:
    """Takes one proposal through each; says its id."""

    def __init__(self, store, clock, agent, owner):
        self.store, self.clock, self.agent, self.owner = store, clock, agent, owner
        self.policy = TablePolicy(watched=50, known=frozenset({agent}))
        self.lots = Lots()
        self.lifecycle = Lifecycle(store=store, policy=self.policy, clock=clock, ids=Ids(), randomness=self.lots)
        self.alice = make_reviewer(user="U0ALICE")
        self.carol = make_reviewer(user="U0CAROL", roles=frozenset({"finance"}))
        self.posts = count(1)

    async def lived(self, life):
        """The id of one that lived so, with nothing of it left to be sent."""
        proposal_id = await getattr(self, life)()
        await self._deliver()
        return proposal_id

    async def auto(self, status=Status.succeeded):
        made = await self._submit(10, claim=True)
        return await self._reported(made, status)

    async def auto_failed(self):
        return await self.auto(Status.failed)

    async def auto_sampled(self):
        self.lots.values.append(0.0)
        sampling = Sampling(share=0.5, roles=("support",), channels=("C0SUPPORT",))
        made = await self._submit(10, claim=True, sampling=sampling)
        sample = await self.store.samples.get(made.id)
        reviews = SampleReviews(self.store, self.clock)
        await reviews.judge(made.id, self.alice, SampleVerdict.fine, None, sample.nonce)
        return await self._reported(made)

    async def approved(self):
        made = await self._submit(250)
        return await self._ran(await self.lifecycle.approve(made.id, self.alice, made.nonce))

    async def approved_by_two(self):
        made = await self._submit(2500)
        await self.lifecycle.approve(made.id, self.alice, made.nonce)
        return await self._ran(await self.lifecycle.approve(made.id, self.carol, made.nonce))

    async def edited(self):
        made = await self._submit(250)
        payload = {"amount": 200, "order": ORDER}
        return await self._ran(await self.lifecycle.edit(made.id, self.alice, payload, made.nonce))

    async def rejected(self):
        made = await self._submit(250)
        await self.lifecycle.reject(made.id, self.alice, "The order was delivered.", made.nonce)
        return made.id

    async def expired(self):
        made = await self._submit(250)
        self.clock.at = made.expires_at
        await self.lifecycle.sweep()
        return made.id

    async def revoked(self):
        made = await self._submit(250)
        approved = await self.lifecycle.approve(made.id, self.alice, made.nonce)
        await self.lifecycle.revoke(made.id, self.alice, "It came back.", approved.nonce)
        return made.id

    async def withdrawn(self):
        made = await self._submit(250)
        await self.lifecycle.withdraw(made.id, self.agent, "No longer needed.")
        return made.id

    async def lapsed(self):
        made = await self._submit(250)
        self.clock.at = (await self.lifecycle.approve(made.id, self.alice, made.nonce)).execute_by
        await self.lifecycle.sweep()
        return made.id

    async def objected(self):
        made = await self._submit(80, claim=True)
        await self._reported(made)
        await self.lifecycle.object(made.id, self.alice, "Not again.", made.nonce)
        await self.lifecycle.rollback(made.id, self.agent, RollbackStatus.done, None)
        return made.id

    async def _submit(self, amount, *, claim=False, sampling=None):
        self.clock.at = START
        self.policy.changes = {"excluded": frozenset({self.owner}), "sampling": sampling}
        made, _ = await self.lifecycle.submit(
            Submission(
                action=Action(name="refund.create", payload={"amount": amount, "order": ORDER}),
                ask=make_ask(agent=self.agent, run_id=f"run of {ORDER}", summary=f"Refund for {ORDER}"),
                fingerprint="f" * 64,
                claim=claim,
            )
        )
        self.clock.forward(60)
        await self._deliver()
        return made

    async def _ran(self, proposal):
        self.clock.forward(60)
        return await self._reported(await self.lifecycle.claim(proposal.id, self.agent, proposal.digest, None))

    async def _reported(self, proposal, status=Status.succeeded):
        self.clock.forward(60)
        await self.lifecycle.report(proposal.id, self.agent, status, None, None)
        return proposal.id

    async def _deliver(self):
        """Every card is posted, and nothing waits to be sent."""
        while delivery := await self.store.outbox.lease(self.clock.now(), 60):
            if delivery.kind in (Effect.card, Effect.sample):
                key = key_of(delivery.subject, delivery.channel, MessageKind(delivery.kind))
                if await self.store.messages.get(key) is None:
                    await stand(self.store, key, f"{TS}.{next(self.posts):06d}")
            await self.store.outbox.complete(delivery)
