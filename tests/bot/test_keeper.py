"""The keeper of messages, whatever their kind: one that counts, found again or posted anew, and none twice that calls."""

from contextlib import suppress
from dataclasses import replace

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from approvals.lifecycle import Lifecycle
from bot.slack.blockkit.blocks import plain_text, section
from bot.slack.cards.card import made
from bot.slack.outbound.keeper import ONCE, Draft, Keeper, Unposted
from bot.slack.web.client import slack_client
from delivery import RateLimited, Undeliverable, Unsent
from storage import MessageKind, open_store
from storage.messages.message import CLICKED
from tests.databases import KEY, new_database
from tests.making import START, Clock, Ids, Lots
from tests.storage.town import TablePolicy, key_of, submission

HERE, ALICE = "C0SUPPORT", "U0ALICE"
AGAIN = sorted(CLICKED)


@pytest.fixture
async def store(tmp_path):
    async with open_store(new_database(tmp_path / "signoff.db"), KEY, Clock()) as store:
        yield store


@pytest.fixture
def keeper(client, store):
    return Keeper(client=client, store=store)


@pytest.fixture
async def proposal(store):
    lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=Clock(), ids=Ids(), randomness=Lots())
    return (await lifecycle.submit(submission()))[0]


@pytest.fixture
def draft(proposal):
    """A message of a kind, as it is to be."""

    def drawn(kind, text="first", *, postable=True):
        key = key_of(proposal.id, ALICE if kind in ONCE else HERE, kind)
        return Draft(key=key, proposal=proposal, card=made([section(plain_text(text))], text), postable=postable)

    return drawn


@pytest.fixture(params=AGAIN + sorted(ONCE))
def kind(request):
    return MessageKind(request.param)


def said(slack, kind):
    """What stands where such a message does, oldest first."""
    channel = f"D{ALICE[1:]}" if kind in ONCE else HERE
    return [m["text"] for m in slack.messages(channel)] if channel in slack.workspace.channels else []


async def recorded(store, draft):
    return await store.messages.get(draft.key)


async def test_a_message_is_posted_once_and_brought_up_to_date_where_it_stands(keeper, store, slack, draft, kind):
    first = await keeper.keep(draft(kind))
    assert (first.did, said(slack, kind)) == ("posted", ["first"])
    again = await keeper.keep(draft(kind, "second", postable=False))
    assert (again.did, again.ts, said(slack, kind)) == ("updated", first.ts, ["second"])
    found = await recorded(store, draft(kind))
    assert (found.ts, found.state, found.words, found.previous_words) == (first.ts, "posted", "second", "first")


async def test_what_has_nothing_left_to_ask_is_not_posted(keeper, store, slack, draft, kind):
    assert (await keeper.keep(draft(kind, postable=False))).did == "nothing"
    assert said(slack, kind) == []
    assert await recorded(store, draft(kind)) is None


async def test_what_slack_shows_just_so_is_left_alone_until_that_is_not_sure(keeper, store, slack, draft, kind):
    await keeper.keep(draft(kind))
    assert (await keeper.keep(draft(kind), unless_shown=True)).did == "nothing"
    slack.faults.add("chat.update", "500")
    with suppress(Unsent):
        await keeper.keep(draft(kind, "second"))
    assert (await keeper.keep(draft(kind), unless_shown=True)).did == "updated", "it may show the second"


async def test_what_slack_asked_us_to_wait_with_is_posted_once_by_the_next_try(keeper, slack, draft, kind):
    slack.faults.add("chat.postMessage", "429", retry_after=7)
    with pytest.raises(RateLimited):
        await keeper.keep(draft(kind))
    await keeper.keep(draft(kind))
    assert said(slack, kind) == ["first"]


async def test_what_never_reached_slack_is_posted_once_by_the_next_try(keeper, store, slack, draft, kind):
    async with slack_client(slack.bot_token, "http://127.0.0.1:1/api/") as away:
        with pytest.raises(Unposted):
            await Keeper(client=away, store=store).keep(draft(kind))
    await keeper.keep(draft(kind))
    assert said(slack, kind) == ["first"]


async def test_a_post_without_an_answer_is_noted_before_and_made_anew_but_for_what_may_not_come_twice(
    keeper, store, slack, draft, kind
):
    slack.faults.add("chat.postMessage", "drop_after")
    with pytest.raises(Unsent):
        await keeper.keep(draft(kind))
    found = await recorded(store, draft(kind))
    assert (found.state, found.ts, found.posting_since) == ("posting", None, START)
    again = await keeper.keep(draft(kind))
    found = await recorded(store, draft(kind))
    if kind in ONCE:
        assert (again.did, said(slack, kind), found.ts) == ("nothing", ["first"], None)
    else:
        assert (again.did, said(slack, kind), found.ts) == ("posted", ["first", "first"], again.ts)


class Slower(AsyncWebClient):
    """Reaches Slack while another process is quicker: its message is recorded before this one's answer is there."""

    meanwhile = None

    async def chat_postMessage(self, **said):  # noqa: N802 Slack's name
        answer = await super().chat_postMessage(**said)
        await self.meanwhile()
        return answer


@pytest.mark.parametrize("kind", AGAIN)
async def test_of_two_posts_at_once_one_counts_and_the_twin_says_so(keeper, store, slack, draft, kind):
    slower = Slower(token=slack.bot_token, base_url=slack.api_url)
    slower.meanwhile = lambda: keeper.keep(draft(kind, "the quicker"))
    await Keeper(client=slower, store=store).keep(draft(kind, "the slower"))
    twin, first = slack.messages(HERE)
    assert first["text"] == "the quicker"
    assert "not the card" in twin["text"]
    found = await recorded(store, draft(kind))
    assert (found.ts, found.state) == (first["ts"], "posted")


async def test_one_that_we_did_not_live_to_record_is_adopted_and_a_second_one_is_a_twin(keeper, store, client, draft):
    for kind in map(MessageKind, AGAIN):
        posted = [await client.chat_postMessage(channel=HERE, text="first") for _ in range(2)]
        first, second = (each["ts"] for each in posted)
        adopted = [await keeper.adopt(draft(kind), first), await keeper.adopt(draft(kind), second)]
        assert adopted == [True, False]
        found = await recorded(store, draft(kind))
        assert (found.ts, found.shown) == (first, None), "nobody knows which version Slack shows"
        assert await keeper.adopt(draft(kind, "other words"), second) is False
        assert (await recorded(store, draft(kind))).words == found.words, "a twin says nothing of the one that stands"
        if kind is MessageKind.batch:
            await store.messages.lost(draft(kind).key)


@pytest.mark.parametrize("gone", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_one_that_is_gone_is_posted_anew_as_long_as_it_has_something_to_ask(
    keeper, store, slack, draft, kind, gone
):
    await keeper.keep(draft(kind))
    slack.faults.add("chat.update", "ok_false", error=gone)
    assert (await keeper.keep(draft(kind, "over", postable=False))).did == "nothing"
    found = await recorded(store, draft(kind))
    assert (found.state, found.ts) == ("lost", None)
    again = await keeper.keep(draft(kind, "second"))
    assert again.did == ("nothing" if kind in ONCE else "posted")
    assert len(said(slack, kind)) == (1 if kind in ONCE else 2)


async def test_one_that_is_gone_while_it_still_asks_is_posted_anew_at_once(keeper, slack, draft, kind):
    await keeper.keep(draft(kind))
    slack.faults.add("chat.update", "ok_false", error="message_not_found")
    assert (await keeper.keep(draft(kind, "second"))).did == ("nothing" if kind in ONCE else "posted")


@pytest.mark.parametrize("refusal", ["is_archived", "not_in_channel", "channel_not_found"])
async def test_what_slack_refuses_is_for_a_person_to_look_at_and_stands_nowhere(
    keeper, store, slack, draft, kind, refusal
):
    slack.faults.add("chat.postMessage", "ok_false", error=refusal)
    with pytest.raises(Undeliverable, match=refusal):
        await keeper.keep(draft(kind))
    assert (await recorded(store, draft(kind))).ts is None
    assert said(slack, kind) == []


async def test_nothing_that_is_kept_names_the_channel_of_a_person_and_slack_is_asked_once(keeper, store, slack, draft):
    for kind in sorted(ONCE):
        await keeper.keep(draft(kind))
    assert said(slack, MessageKind.waits) == ["first", "first"]
    assert [call.method for call in slack.calls].count("conversations.open") == 1
    assert (await recorded(store, draft(MessageKind.waits))).key.channel == ALICE


async def test_a_channel_of_a_person_that_slack_closed_is_opened_anew_for_the_next_message(keeper, slack, draft):
    await keeper.keep(draft(MessageKind.waits))
    slack.faults.add("chat.postMessage", "ok_false", error="is_archived")
    with pytest.raises(Undeliverable):
        await keeper.keep(draft(MessageKind.went_wrong))
    await keeper.keep(replace(draft(MessageKind.waits), key=key_of("prp_other", ALICE, MessageKind.waits)))
    assert [call.method for call in slack.calls].count("conversations.open") == 2


async def test_what_cannot_be_opened_now_is_told_by_the_next_try(keeper, slack, draft):
    slack.faults.add("conversations.open", "500")
    with pytest.raises(Unposted):
        await keeper.keep(draft(MessageKind.waits))
    await keeper.keep(draft(MessageKind.waits))
    assert said(slack, MessageKind.waits) == ["first"]
