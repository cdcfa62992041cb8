"""A burst into one channel, at Slack's pace of a message a second: when its people have all of it before their eyes."""

import json
import re
from datetime import timedelta

import pytest

from approvals.lifecycle import Lifecycle, Submission
from approvals.proposal import Action
from bot.slack.outbound.keeper import Keeper
from bot.slack.outbound.sender import SlackSender
from bot.slack.web.client import slack_client
from delivery import Courier
from policy import load
from sandbox import Sandbox
from storage import open_store
from tests.databases import KEY, new_database
from tests.making import START, Clock, Ids, Lots, make_ask

HERE = "C0SUPPORT"
AGENTS = 5
SUMMARY = re.compile(r"(\d+) requests? of (bot-\d) waits? here")
TICK = 0.25
"""Seconds from one look of ours to the next."""
POLICY = """\
version: 1
roles:
  support: {channel: C0SUPPORT, members: [U0ALICE], notify: members}
agents:
%s
ops: {channel: C0SUPPORT, members: [U0ALICE]}
defaults: {tier: approve, role: support, expires_in: 1h}
rules:
  - {id: mails, action: "mail.*", tier: approve, role: support, reason: People see mails}
"""
AGENT = '  bot-{}: {{token_env: TOKEN_{}, owner: U0OWEN, actions: ["mail.*"], pending_limit: 1000}}'


class Channel:
    """The channel, its bot and its agents, by one clock that is moved on by hand."""

    def __init__(self, slack, store, lifecycle, clock, courier):
        self.slack, self.store, self.lifecycle, self.clock, self.courier = slack, store, lifecycle, clock, courier
        self.taken = []

    async def propose(self, count, agent=None):
        """So many more, of the agents in turn or of the one."""
        for _ in range(count):
            number = len(self.taken)
            submission = Submission(
                action=Action(name="mail.send", payload={"to": f"{number}@example.com"}),
                ask=make_ask(agent=f"bot-{number % AGENTS if agent is None else agent}"),
                idempotency_key=None,
                fingerprint="f" * 64,
            )
            self.taken.append((await self.lifecycle.submit(submission))[0].id)

    async def summed_up(self):
        """How many are on summaries, seen or not."""
        found = [await self.store.floods.of(each, HERE, self.clock.now()) for each in self.taken]
        return len(found) - found.count(None)

    async def tick(self):
        """Sends what may go now, and moves the clock on."""
        await self.courier.drain()
        self.clock.forward(TICK)

    def seen(self):
        """How many people see, on cards of their own or counted in a summary, as the channel stands."""
        texts = [each["text"] for each in self.slack.messages(HERE)]
        counted = {found[2]: int(found[1]) for text in texts if (found := SUMMARY.search(text))}
        return sum(counted.values()), len(texts) - len(counted)

    @property
    def seconds(self):
        return (self.clock.now() - START) / timedelta(seconds=1)


@pytest.fixture
async def channel(tmp_path):
    clock = Clock()

    def seconds():
        return clock.now().timestamp()

    (tmp_path / "policy.yml").write_text(POLICY % "\n".join(AGENT.format(n, n) for n in range(AGENTS)))
    policy = load(tmp_path / "policy.yml", {f"TOKEN_{n}": f"token-{n}" * 8 for n in range(AGENTS)})
    async with (
        Sandbox(clock=seconds) as slack,
        slack_client(slack.bot_token, slack.api_url) as client,
        open_store(new_database(tmp_path / "signoff.db"), KEY, clock) as store,
    ):
        slack.add_channel(HERE, "support", members=["U0ALICE"], is_private=True)
        lifecycle = Lifecycle(store=store, policy=policy, clock=clock, ids=Ids(), randomness=Lots())
        keeper = Keeper(client=client, store=store, monotonic=seconds)
        sender = SlackSender(keeper=keeper, store=store, lifecycle=lifecycle, policy=lambda: policy, clock=clock)
        courier = Courier(
            outbox=store.outbox,
            senders=sender.senders,
            clock=clock,
            spread=lambda: 0.0,
            tell=lambda _: None,
            monotonic=seconds,
        )
        yield Channel(slack, store, lifecycle, clock, courier)


@pytest.mark.parametrize("agent", [None, 0])
async def test_five_hundred_at_once_are_counted_in_summaries_within_fifteen_seconds(channel, agent):
    for _ in range(20):  # taken within five seconds, so that the first summaries stand before all are there
        await channel.propose(25, agent)
        await channel.tick()
    summed_up = await channel.summed_up()
    assert summed_up > 400
    while channel.seen()[0] < summed_up:
        await channel.tick()
        assert channel.seconds < 15, channel.seen()


async def test_the_cards_that_are_no_summaries_follow_and_nothing_is_left(channel):
    for _ in range(20):
        await channel.propose(25)
        await channel.tick()
    while sum(channel.seen()) < 500:
        await channel.tick()
        assert channel.seconds < 90, channel.seen()
    assert channel.seen()[0] == await channel.summed_up()


async def test_agents_that_keep_flooding_do_not_keep_the_card_of_another_from_being_posted(channel):
    for agent in range(1, AGENTS):
        await channel.propose(30, agent)
    await channel.tick()
    await channel.propose(1, 0)
    while not any("bot-0" in json.dumps(each) for each in channel.slack.messages(HERE)):
        for agent in range(1, AGENTS):
            await channel.propose(1, agent)
        await channel.tick()
        assert channel.seconds < 60, channel.seen()
