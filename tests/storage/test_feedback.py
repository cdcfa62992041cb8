"""Feedback listing: an agent's own, the latest first; and every proposal that was resolved in a period, once."""

import pytest

from approvals.feedback import FeedbackKind, feedback_of
from approvals.gate import Sampling
from approvals.proposal import RollbackStatus
from approvals.sample import SampleVerdict
from approvals.services.erasures import Erasing
from approvals.services.sample_reviews import SampleReviews
from storage import BadCursor
from storage.rows import millis
from tests.lives import Lives
from tests.making import START
from tests.storage.listing import ids
from tests.storage.town import ALICE, submission


@pytest.fixture
def rejected(lifecycle, clock):
    async def rejected(agent="support-bot", reason="Not this.", **fields):
        made, _ = await lifecycle.submit(submission(agent=agent, **fields))
        clock.forward(seconds=1)
        await lifecycle.reject(made.id, ALICE, reason, made.nonce)
        return made.id

    return rejected


async def pages(store, **more):
    found, cursor = [], None
    while True:
        page = await store.feedback.of_agent("support-bot", cursor=cursor, **more)
        found.append(ids(page))
        if (cursor := page.next_cursor) is None:
            return found


async def test_an_agent_has_its_own_the_latest_first_without_gaps_or_repeats(store, rejected):
    made = [await rejected() for _ in range(5)]
    await rejected(agent="other-bot")
    assert await pages(store, limit=2) == [made[:2:-1], made[2:0:-1], made[:1]]
    assert await pages(store, limit=5) == [made[::-1]]


async def test_later_ones_do_not_move_what_is_on_the_next_page(store, rejected):
    made = [await rejected() for _ in range(3)]
    first = await store.feedback.of_agent("support-bot", limit=2)
    await rejected()
    rest = await store.feedback.of_agent("support-bot", limit=2, cursor=first.next_cursor)
    assert (ids(first), ids(rest)) == (made[:0:-1], made[:1])


async def test_only_what_people_said_is_in_it(store, lifecycle, clock, rejected):
    async def approved(amount=250, payload=None):
        made, _ = await lifecycle.submit(submission(amount))
        if payload is not None:
            return await lifecycle.edit(made.id, ALICE, payload, made.nonce)
        return await lifecycle.approve(made.id, ALICE, made.nonce)

    no = await rejected()
    edited = await approved(payload={"amount": 200, "order": "1001"})
    back = await approved()
    await lifecycle.revoke(back.id, ALICE, "It came back.", back.nonce)
    await approved()
    await lifecycle.submit(submission(10, claim=True))
    watched, _ = await lifecycle.submit(submission(250))
    await lifecycle.withdraw(watched.id, "support-bot", "No longer.")
    waiting, _ = await lifecycle.submit(submission())
    clock.at = waiting.expires_at
    await lifecycle.sweep()
    page = await store.feedback.of_agent("support-bot", limit=50)
    assert sorted(ids(page)) == sorted([no, edited.id, back.id])
    assert {feedback_of(each).kind for each in page.proposals} == {
        FeedbackKind.negative,
        FeedbackKind.corrected,
        FeedbackKind.regression,
    }


async def test_an_objection_to_what_ran_is_in_it(store, lifecycle, policy):
    policy.watched = 5
    made, _ = await lifecycle.submit(submission(50, claim=True))
    await lifecycle.object(made.id, ALICE, "Not again.", made.nonce)
    await lifecycle.rollback(made.id, "support-bot", RollbackStatus.done, None)
    (found,) = (await store.feedback.of_agent("support-bot", limit=50)).proposals
    assert feedback_of(found).reason == "Not again."


async def test_what_people_looked_over_without_the_agents_knowledge_teaches_it_nothing(store, clock):
    lives = Lives(store, clock, "support-bot", "U0OWNER")
    await lives.auto_sampled()
    lives.lots.values.append(0.0)
    lives.policy.changes = {"sampling": Sampling(share=0.5, roles=("support",), channels=("C0SUPPORT",))}
    made, _ = await lives.lifecycle.submit(submission(10, claim=True))
    sample = await store.samples.get(made.id)
    await SampleReviews(store, clock).judge(made.id, ALICE, SampleVerdict.not_fine, "Never this.", sample.nonce)
    assert await pages(store, limit=50) == [[]]


async def test_an_action_is_found_among_all_the_others_though_a_page_may_be_short(store, rejected):
    made = [await rejected() for _ in range(5)]
    assert await pages(store, action="refund.create", limit=50) == [made[::-1]]
    assert await pages(store, action="refund.none", limit=50) == [[]]
    assert await pages(store, action="refund.none", limit=50, most=2) == [[], [], []]
    found = await pages(store, action="refund.create", limit=1, most=2)
    assert [each for page in found for each in page] == made[::-1]


async def test_what_was_erased_is_gone_from_it(store, lifecycle, rejected):
    made = await rejected()
    await Erasing(store, lifecycle.clock).erase(made, "alex", "asked for")
    assert await pages(store, limit=50) == [[]]


@pytest.mark.parametrize("cursor", ["", "x", "%%%", "eA", "LTEucHJw"])
async def test_a_cursor_that_is_none_of_ours_is_refused(store, cursor):
    with pytest.raises(BadCursor):
        await store.feedback.of_agent("support-bot", cursor=cursor, limit=9)


async def test_two_periods_that_meet_have_everything_that_was_resolved_once_in_order(store, lifecycle, clock, rejected):
    made = [await rejected() for _ in range(4)]
    waiting, _ = await lifecycle.submit(submission())

    async def between(since, until, page=3):
        return [each.id async for found in store.feedback.resolved(since, until, page=page) for each in found.proposals]

    begin, middle, end = millis(START), millis(START) + 3000, millis(clock.at) + 1
    assert await between(begin, end) == made
    assert await between(begin, middle) == made[:2]
    assert await between(middle, end, page=1) == made[2:]
    assert await between(end, end + 1000) == []
    assert [await store.feedback.count(*each) for each in ((begin, middle), (middle, end))] == [2, 2]
    assert waiting.id not in made
