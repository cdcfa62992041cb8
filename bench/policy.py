"""Policy of the testbed: what runs at once, what people are asked, who they are, and a hundred agents."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

AGENTS = 100
"""Each has a token of its own."""
RATE = 1000
"""Requests a second of each that the bot takes, and five times as many at once: so many that nobody is refused."""
PENDING = 10_000
"""Proposals of one agent that may wait: the most that a policy may say."""
CHANNEL, OPS = "C0REVIEW", "C0OPS"
PEOPLE = {"U0ALICE": "Alice", "U0CAROL": "Carol", "U0OWEN": "Owen"}
REVIEWER, OWNER = "U0CAROL", "U0OWEN"
"""Who decides, and who answers for every agent: what the agents proposed is the owner's."""
TIERS = {"auto": "order.note", "card": "refund.create", "batch": "email.send"}
"""The action of each: it runs at once, people are asked, or they are asked on a card that many share."""
DESKS = 8
"""Roles with a channel of their own: Slack takes a message a second in one channel, and a click needs a card."""
_POLICY = """\
version: 1
roles:
  support: {{channel: {channel}, members: [U0ALICE, U0CAROL], notify: none}}
{roles}
agents:
{agents}
ops: {{channel: {ops}, members: [U0OWEN]}}
defaults: {{tier: approve, role: support, expires_in: 24h, execute_within: 24h, report_within: 24h}}
rules:
  - {{id: notes-run, action: order.note, when: ["payload.amount < 1000.0"], tier: auto}}
  - {{id: refunds, action: refund.create, when: ["payload.amount > 100.0"], tier: approve, reason: {reason}}}
  - {{id: mails, action: email.send, tier: approve, reason: Leaves the house, batch: {{window: 5m, max: 40}}}}
{rules}
"""


_FACTS = (
    "  - {id: new, action: refund.create, tier: approve, reason: First order, first_time: [payload.order]}",
    "  - {id: much, action: refund.create, tier: approve, reason: Much, unusual: {field: payload.amount, times: 5}}",
    "  - {id: many, action: refund.create, tier: approve, reason: Many, rate: {per: 10m, over: 9000}}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How it differs from the usual one."""

    desks: bool = False
    """Whether it knows the desks."""
    facts: bool = False
    """Whether it asks what the agent did before."""
    changed: bool = False
    """Whether it asks for what waits in other words, so that all of that is judged again."""

    def text(self, tokens: Mapping[str, str]) -> str:
        """As it stands in a file, with the agents of these tokens."""
        desks = range(DESKS) if self.desks else ()
        agents = (
            f'  {name}: {{token_sha256: {hashlib.sha256(token.encode()).hexdigest()}, owner: U0OWEN, actions: ["*"], '
            f"pending_limit: {PENDING}, rate_limit: {RATE}}}"
            for name, token in tokens.items()
        )
        roles = (f"  desk-{n}: {{channel: {desk_channel(n)}, members: [U0CAROL], notify: none}}" for n in desks)
        rules: Iterable[str] = (
            f"  - {{id: desk-{n}, action: {action_of(desk(n))}, tier: approve, role: desk-{n}, reason: At a desk}}"
            for n in desks
        )
        if self.facts:
            rules = _FACTS
        return _POLICY.format(
            agents="\n".join(agents),
            roles="\n".join(roles),
            rules="\n".join(rules),
            channel=CHANNEL,
            ops=OPS,
            reason="Money leaves" if self.changed else "Refund above 100",
        )


def desk(number: int) -> str:
    """As it is named where a tier would be."""
    return f"desk{number}"


def desk_channel(number: int) -> str:
    """Where its cards stand."""
    return f"C0DESK{number}"


def action_of(tier: str) -> str:
    """The action of which the policy makes this tier, or that is asked at this desk."""
    return TIERS.get(tier, f"{tier}.ask")
