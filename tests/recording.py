"""Receipts as the bot makes them, of stories told by the pure moves alone; and receipts that somebody tampered with."""

import copy
import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

from approvals import moves
from approvals.actor import SYSTEM
from approvals.digest import canonical
from approvals.events import Actor, Posted, as_json
from approvals.proposal import Action, Outcome, Status
from approvals.receipt import RECEIPT
from approvals.states import after
from bot.signing import Issuer, Signer
from signoff_client.proof import HASHED
from storage.audit.commitment import divided
from storage.audit.hash_chain import Record, sealed
from storage.json_codec import encode_json
from storage.rows import millis
from tests.making import START, make_ask, make_gate, make_reviewer

ISSUER = "https://signoff.example.com"
SEED, OTHER_SEED = bytes(range(32)), bytes(range(32, 64))
SIGNER = Signer.of([SEED])
SEAL = b"s" * 32
ALICE, BOB, CAROL = (make_reviewer(user) for user in ("U0ALICE", "U0BOB", "U0CAROL"))
NONCE = "nonce-of-round-1"
AGENT = Actor(kind="agent", id="support-bot")


@dataclass(slots=True)
class Story:
    """A proposal with its sealed entries; every step is a second later than the one before."""

    gate: object = field(default_factory=make_gate)
    payload: dict = field(default_factory=lambda: {"amount": 250, "order": "1001"})
    proposal: object = None
    entries: list = field(default_factory=list)
    now: object = START

    def __post_init__(self):
        self.take(
            AGENT,
            moves.submit(
                proposal_id="prp_019a0000000070008000000000000001",
                action=Action(name="refund.create", payload=self.payload),
                ask=make_ask(),
                gate=self.gate,
                nonce=NONCE,
                idempotency_key=None,
                fingerprint="",
                now=self.now,
            ),
        )

    def take(self, actor, events):
        """Writes what happened."""
        for event in events:
            if not isinstance(event, Posted):
                self.proposal = after(self.proposal, event)
            facts, content = divided(event)
            record = Record(
                at=millis(event.at),
                tag=event.tag,
                proposal_id=self.proposal.id,
                revision=self.proposal.revision,
                actor_kind=actor.kind,
                actor_id=actor.id,
                actor_team=actor.team,
                actor_proof=encode_json(as_json(actor.proof)),
                facts=facts,
            )
            self.entries.append(sealed(record, self.entries[-1] if self.entries else None, SEAL, content))
        self.now += timedelta(seconds=1)
        return self

    def of(self, person, events):
        """Writes what a person did."""
        return self.take(Actor(kind="reviewer", id=person.user, team="T0TEAM", proof=person.proof), events)

    def posted(self):
        """Its card stands: a note, which changes nothing."""
        note = Posted(at=self.now, channel="C0SUPPORT", ts="1.0", digest="sha256:0", revision=1)
        return self.take(SYSTEM, [note])

    def approve(self, person=ALICE):
        return self.of(person, moves.approve(self.proposal, person, self.proposal.nonce, self.now))

    def reject(self, person=ALICE):
        return self.of(person, moves.reject(self.proposal, person, "Too much.", self.proposal.nonce, self.now))

    def edit(self, person=ALICE, gate=None, **payload):
        action = Action(name="refund.create", payload={**self.proposal.action.payload, **payload})
        events = moves.edit(
            self.proposal,
            person,
            action,
            gate or self.gate,
            (),
            nonce=self.proposal.nonce,
            new_nonce=f"{self.proposal.nonce}+",
            now=self.now,
        )
        return self.of(person, events)

    def claim(self):
        return self.take(AGENT, moves.claim(self.proposal, self.proposal.digest, None, self.now))

    def report(self, status="succeeded"):
        return self.take(AGENT, moves.report(self.proposal, Outcome(status=Status(status), at=self.now)))

    def erase(self):
        """What was written of it goes, with an entry that says so."""
        written = [each for each in self.entries if each.content is not None]
        events = moves.erase(
            self.proposal, by="alex", why="asked for", contents=len(written), counts=False, now=self.now
        )
        self.take(SYSTEM, events)
        self.entries = [replace(each, content=None) for each in self.entries]
        return self

    def receipt(self, signer=SIGNER, **more):
        issuer = Issuer(signer=signer, name=lambda: ISSUER)
        return json.loads(json.dumps(issuer.receipt(self.proposal, self.entries, self.now, **more)))


def edited_and_run():
    """Proposed, edited by Alice to 120, claimed, succeeded: seven entries, a card among them."""
    return Story().posted().edit(amount=120).claim().report()


def signed(receipt, signer=SIGNER):
    """The receipt signed anew, as only who holds the key can."""
    body = {name: value for name, value in receipt.items() if name != "signature"}
    return {**body, "signature": signer.detached(canonical(body), RECEIPT)}


def hashed(receipt):
    """The receipt with every entry hashed anew and joined to the one before, as whoever can write can do."""
    made, before = copy.deepcopy(receipt), None
    for entry in made["entries"]:
        if before is not None and entry["seq"] == before["seq"] + 1:
            entry["previous"] = before["hash"]
        said = {name: entry[name] for name in HASHED}
        entry["hash"] = hashlib.sha256(entry["previous"].encode() + canonical(said)).hexdigest()
        before = entry
    return made


def changed(receipt, path, value):
    """The receipt with one value replaced; `path` goes down by keys and numbers, into the facts of an entry too."""
    made = copy.deepcopy(receipt)
    _set(made, path, value)
    return made


def _set(node, path, value):
    first, *rest = path
    if not rest:
        node[first] = value
    elif first == "facts":
        inner = json.loads(node["facts"])
        _set(inner, rest, value)
        node["facts"] = encode_json(inner)
    else:
        _set(node[first], rest, value)


def entry(receipt, verb):
    """Where in the list the entry of this verb stands."""
    return [each["tag"] for each in receipt["entries"]].index(f"proposal:{verb}")


def without(receipt, verb):
    """The receipt without the entry of this verb, the rest numbered and hashed anew."""
    made = copy.deepcopy(receipt)
    del made["entries"][entry(made, verb)]
    for number, each in enumerate(made["entries"], start=1):
        each["seq"] = number
    return hashed(made)
