"""Several bots whose policies are not the same for a moment: what came into force last decides, in all of them."""

from contextlib import AsyncExitStack

import pytest

from approvals.ports import PolicyReplaced
from approvals.proposal import Status
from storage import open_store
from tests.bot.test_reload import POLICY, STRICTER, TOKENS, Place
from tests.databases import KEY
from tests.making import Clock, make_reviewer
from tests.postgresql import new_server_database

OTHER = POLICY + "# another text is another policy\n"
ALICE = make_reviewer(user="U0ALICE")


class Bots:
    """Bots on one database, each with a folder of its own."""

    def __init__(self, stack, url, folder):
        self._stack, self._url, self._folder = stack, url, folder
        self.bots = []

    async def start(self, text):
        """One more, as it starts under this policy."""
        number = len(self.bots)
        folder = self._folder / str(number)
        folder.mkdir()
        (folder / "policy.yml").write_text(text, encoding="utf-8")
        store = await self._stack.enter_async_context(open_store(self._url, KEY, Clock()))
        bot = Place(folder, store, TOKENS)
        bot.lifecycle.ids.proposals = number * 1_000_000
        bot.reloader.alone = store.presence.is_only_bot
        await self._stack.enter_async_context(store.presence.bot())
        self.bots.append(bot)
        await bot.reloader.begin()
        return bot

    async def begun(self):
        """How many policies came into force, one after the other."""
        return [each.tag for each in await self.bots[0].store.audit.entries(0, 5000)].count("policy:begun")


async def read(bot, text):
    bot.write(text)
    await bot.looks(2)


@pytest.fixture
async def bots(tmp_path):
    with new_server_database() as url:
        async with AsyncExitStack() as stack:
            yield Bots(stack, url, tmp_path)


async def test_what_a_newer_policy_asks_about_does_not_run_where_only_the_older_is_known(bots):
    quick, slow = await bots.start(POLICY), await bots.start(POLICY)
    await read(quick, STRICTER)
    assert (await quick.approved()).status is Status.pending
    with pytest.raises(PolicyReplaced):
        await slow.approved()
    await read(slow, STRICTER)
    assert (await slow.approved()).status is Status.pending
    assert await bots.begun() == 2


async def test_what_the_older_policy_let_run_is_not_claimed_before_the_newer_has_judged_it(bots):
    quick, slow = await bots.start(POLICY), await bots.start(POLICY)
    made = await slow.approved()
    assert made.status is Status.approved
    await read(quick, STRICTER)
    claim = (made.id, made.ask.agent, made.digest, None)
    with pytest.raises(PolicyReplaced):
        await slow.lifecycle.claim(*claim)
    await read(slow, STRICTER)
    assert (await quick.store.find(made.id)).status is Status.revoked


async def test_the_older_policy_neither_decides_nor_judges_away_what_the_newer_asked(bots):
    slow = await bots.start(POLICY)
    quick = await bots.start(STRICTER)
    asked = await quick.approved()
    for verb in (slow.lifecycle.approve, slow.lifecycle.approve_and_next):
        with pytest.raises(PolicyReplaced):
            await verb(asked.id, ALICE, asked.nonce)
    with pytest.raises(PolicyReplaced):
        await slow.lifecycle.edit(asked.id, ALICE, {"amount": 1}, asked.nonce)
    slow.lifecycle.unjudged = {asked.id: None}
    with pytest.raises(PolicyReplaced):
        await slow.lifecycle.rejudge_one(asked.id)
    assert await quick.store.find(asked.id) == asked


async def test_a_no_counts_whatever_policy_its_bot_has_read(bots):
    slow = await bots.start(POLICY)
    quick = await bots.start(STRICTER)
    asked = await quick.approved()
    assert (await slow.lifecycle.reject(asked.id, ALICE, "Not this one", asked.nonce)).status is Status.rejected


async def test_a_bot_with_another_policy_says_so_until_it_has_read_the_one_in_force(bots):
    slow = await bots.start(POLICY)
    await bots.start(STRICTER)
    await slow.looks(1)
    assert f"another bot on the database has put policy {bots.bots[1].version} in force" in slow.reloader.replaced
    await read(slow, STRICTER)
    await slow.looks(1)
    assert slow.reloader.replaced is None


async def test_a_start_with_a_policy_that_was_replaced_does_not_bring_it_back_while_others_run(bots):
    await bots.start(POLICY)
    quick = await bots.start(STRICTER)
    late = await bots.start(POLICY)
    assert late.reloader.replaced is not None
    with pytest.raises(PolicyReplaced):
        await late.approved()
    assert (await quick.approved()).status is Status.pending
    await read(late, OTHER)
    assert (await late.approved()).status is Status.approved
    with pytest.raises(PolicyReplaced):
        await quick.approved()


async def test_the_only_bot_that_starts_brings_any_policy_into_force(tmp_path):
    with new_server_database() as url:
        for number, text in enumerate((POLICY, STRICTER, POLICY)):
            async with AsyncExitStack() as stack:
                (tmp_path / str(number)).mkdir()
                bot = await Bots(stack, url, tmp_path / str(number)).start(text)
                assert bot.reloader.replaced is None
                bot.lifecycle.ids.proposals = number * 1_000_000
                assert (await bot.approved()).status is (Status.approved if text == POLICY else Status.pending)


async def test_a_policy_that_comes_back_into_force_judges_again_what_the_other_let_pass(bots):
    one, other = await bots.start(STRICTER), await bots.start(STRICTER)
    await read(other, POLICY)
    made = await other.approved()
    assert made.status is Status.approved
    await read(other, STRICTER)
    assert made.id not in one.lifecycle.unjudged
    with pytest.raises(PolicyReplaced):
        await one.lifecycle.claim(made.id, made.ask.agent, made.digest, None)
    await one.looks(1)
    assert (await one.store.find(made.id)).status is Status.revoked
    assert (await one.approved()).status is Status.pending


async def test_equal_policies_come_into_force_once(bots):
    for _ in range(3):
        await bots.start(POLICY)
    assert await bots.begun() == 1
