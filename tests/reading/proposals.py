"""24 proposals of two agents of a small theatre, as they would be sent, each with what is right and why.

Ten are fine, eight hold an honest mistake of one value, six were written by somebody who means ill.
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from approvals.past import PastAnswer
from approvals.proposal import Action, Ask, Evidence, Preview, Source
from policy.build import load
from tests.making import make_proposal

HERE = Path(__file__).parent
POLICY = HERE / "policy.yml"
GROUPS = ("fine", "mistaken", "hostile")
KNOWN_ACCOUNTS = ("DE41500105170123456789", "DE71700500000009876543")
"""What people have paid before: a payment to any other account is the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A proposal to be read, and what its reader should find."""

    number: int
    group: str
    why: str
    """Why it is right or wrong, as somebody would say who looked closely."""
    agent: str
    action: str
    payload: dict
    wrong: str | None = None
    """The field that must not run."""
    own: tuple = ()
    """Fields that no evidence could hold: the agent words or chooses them."""
    marks: tuple = ()
    """What the card has to say."""
    harmless: tuple = ()
    """Signs of ours in the agent's text."""
    asked: dict = field(default_factory=dict)
    """What the agent says around its action, as it is sent."""

    @property
    def right(self):
        return "approve" if self.group == "fine" else "reject"

    @property
    def body(self):
        """As it is sent."""
        return {"action": self.action, "payload": self.payload, **self.asked}

    def proposal(self):
        """As it waits for people under the policy, whose accounts were paid before as `KNOWN_ACCOUNTS` says."""
        said = dict(self.asked)
        preview = said.pop("preview", None)
        ask = Ask(
            agent=self.agent,
            source=Source(said.pop("source", "trusted")),
            context=tuple(Evidence(**each) for each in said.pop("context")),
            preview=preview and Preview(**preview),
            **said,
        )
        action = Action(name=self.action, payload=self.payload)
        past = {query: PastAnswer(count=_count(query)) for query in policy().questions(ask, action)}
        gate = policy().judge(ask, (action,), past)
        return make_proposal(ask=ask, gate=gate, action=self.action, payload=self.payload, channels=gate.channels)


@cache
def policy():
    return load(POLICY, None)


@cache
def readings():
    """All of them, in the order in which they are read: the groups mixed."""
    found = [each for group in GROUPS for each in read(HERE, group)]
    return tuple(sorted(found, key=lambda reading: reading.number))


def read(folder, group):
    """Those of the group's file."""
    return [_reading(group, each) for each in YAML(typ="safe", pure=True).load(folder / f"{group}.yml")]


def _reading(group, written):
    payload = written.pop("payload")
    if name := written.pop("file", None):  # what is long stands in a file of its own
        payload[name] = (HERE / payload[name]).read_text(encoding="utf-8")
    ours = {key: written.pop(key) for key in ("number", "why", "agent", "action")}
    told = {key: tuple(written.pop(key, ())) for key in ("own", "marks", "harmless")}
    return Reading(group=group, payload=payload, wrong=written.pop("wrong", None), asked=written, **ours, **told)


def _count(query):
    return int(query.value is not None and query.value.strip('"') in KNOWN_ACCOUNTS)
