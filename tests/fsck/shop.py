"""A store with every kind of life in it whose cards show the truth, hands that damage it, and what fsck says then."""

import json
from contextlib import closing
from dataclasses import dataclass, field

from approvals.effects import Effect
from approvals.events import instant
from fsck import examine, opened
from storage import MessageKind
from storage.audit.attest import entry_from
from storage.audit.hash_chain import Record, sealed
from storage.rows import from_milliseconds
from tests.databases import KEY, ON_SERVER, hand_at, url_at
from tests.lives import Lives
from tests.making import START
from tests.storage.town import key_of, stand, submission

LIVES = (
    *("auto", "auto_failed", "approved", "approved_by_two", "edited", "rejected", "expired", "revoked", "withdrawn"),
    *("lapsed", "objected"),
)
HOUR = 3_600_000
NOW = int(START.timestamp() * 1000)


class TrueLives(Lives):
    """Lives whose cards are brought up to date, as the keeper does it."""

    async def _deliver(self):
        while delivery := await self.store.outbox.lease(self.clock.now(), 60):
            if delivery.kind in (Effect.card, Effect.sample):
                await self._show(key_of(delivery.subject, delivery.channel, MessageKind(delivery.kind)))
            await self.store.outbox.complete(delivery)

    async def _show(self, key):
        version = (await self.store.find(key.subject)).version
        if await self.store.messages.get(key) is None:
            await stand(self.store, key, f"1763633700.{next(self.posts):06d}", version=version)
        else:
            await self.store.messages.intend(key, words=f"version {version}")
            await self.store.messages.updated(key, version=version, digest=f"d{version}")


@dataclass
class Shop:
    """The store of a folder, by the names of its lives."""

    path: object
    ids: dict = field(default_factory=dict)

    def by_hand(self, *statements, without=()):
        """Carries out statements past the store, each with its values."""
        with closing(hand_at(self.path, without=without)) as hand:
            hand.execute("PRAGMA foreign_keys = OFF")
            for text, *values in statements:
                hand.execute(text, tuple(values))

    def rows(self, text, *values):
        with closing(hand_at(self.path)) as hand:
            return hand.execute(text, tuple(values)).fetchall()

    def head(self):
        names = "seq id at tag proposal_id revision actor_kind actor_id actor_team actor_proof facts previous hash seal"
        (row,) = self.rows(f"SELECT {names.replace(' ', ', ')} FROM entries ORDER BY seq DESC LIMIT 1")
        return entry_from(dict(zip(names.split(), row, strict=True)))

    def append(self, life, tag, at=NOW, *, key=KEY, **facts):
        """Adds an entry about a proposal as a program with a fault in it would: chained, and sealed with the key."""
        record = Record(
            at=at,
            tag=f"proposal:{tag}",
            proposal_id=self.ids[life],
            revision=1,
            actor_kind="reviewer",
            actor_id="U0ALICE",
            actor_team=None,
            actor_proof="[]",
            facts=json.dumps(facts),
        )
        entry = sealed(record, self.head(), key)
        values = [getattr(entry, name) for name in entry_names()]
        places = ", ".join("?" * len(values))
        self.by_hand((f"INSERT INTO entries ({', '.join(entry_names())}) VALUES ({places})", *values))

    def examined(self, *, keys=(KEY,), now=NOW, **how):
        with opened(url_at(self.path), None if ON_SERVER else self.path) as source:
            return examine(source, keys=keys, now=now, **how)

    def found(self, check, **how):
        """What one check found, as text."""
        return "\n".join(
            f"{each.subject}: {each.what}" for each in self.examined(**how).findings if each.check == check
        )


def entry_names():
    return (
        *("seq", "id", "at", "tag", "proposal_id", "revision", "actor_kind", "actor_id", "actor_team", "actor_proof"),
        *("facts", "previous", "hash", "seal"),
    )


async def shop_in(store, clock, path):
    """One of each life, one that still waits, and one that people approved and nobody claimed."""
    lives = TrueLives(store, clock, "support-bot", "U0OWNER")
    ids = {life: await lives.lived(life) for life in LIVES}
    clock.at = START
    waiting, _ = await lives.lifecycle.submit(submission(250, key="key-1", run_id="run"))
    granted, _ = await lives.lifecycle.submit(submission(260, key="key-2"))
    await lives.lifecycle.approve(granted.id, lives.alice, granted.nonce)
    await lives._deliver()
    return Shop(path, {**ids, "waiting": waiting.id, "granted": granted.id})


def moment(milliseconds):
    """As the log writes it."""
    return instant(from_milliseconds(milliseconds))


def decision(who="U0ALICE", *, verdict="approve", round_=1, revision=1, stands_in_for=None):
    return {"reviewer": who, "verdict": verdict, "round": round_, "revision": revision, "stands_in_for": stands_in_for}
