"""History and figures, what is gone through, and who sees it for others."""

from datetime import timedelta

import pytest

from approvals.effects import Effect
from approvals.gate import StandIn
from approvals.paging import Filter
from approvals.proposal import Status
from storage import NoDatabase, SchemaRefused, open_reads
from tests.making import START
from tests.storage.listing import STRANGER, ids, many
from tests.storage.town import ALICE, BOB, LEAD, OWNER, by_hand, submission


async def test_history_can_be_narrowed_by_who_decided_by_status_by_age_and_by_what_it_was(lifecycle, reads, clock):
    one, _ = await lifecycle.submit(submission())
    await lifecycle.reject(one.id, ALICE, "No.", one.nonce)
    clock.forward(3600)
    two, _ = await lifecycle.submit(submission(agent="other-bot"))
    await lifecycle.approve(two.id, BOB, two.nonce)

    async def over(**only):
        found = await reads.history(BOB.user, BOB.roles, as_of=clock.now(), only=Filter(**only), limit=9)
        return ids(found)

    assert await over() == [two.id, one.id]
    assert await over(by="U0ALICE") == [one.id]
    assert await over(by="U0CAROL") == []
    assert await over(status="rejected", action="refund.*") == [one.id]
    assert await over(status="expired") == []
    assert await over(since=clock.now() - timedelta(minutes=30)) == [two.id]
    assert await over(agent="other-bot", by="U0BOB", status="approved") == [two.id]
    assert await over(agent="other-bot", by="U0ALICE") == []


async def test_a_proposal_is_found_by_how_its_id_begins_by_those_who_may_see_it(lifecycle, reads):
    made = [(await lifecycle.submit(submission()))[0].id for _ in range(3)]
    assert await reads.beginning(made[1], ALICE.user, ALICE.roles, limit=9) == [made[1]]
    assert await reads.beginning("prp_0000", ALICE.user, ALICE.roles, limit=2) == made[:2]
    assert await reads.beginning("prp_1", ALICE.user, ALICE.roles, limit=9) == []
    assert await reads.beginning("prp_0000", STRANGER.user, STRANGER.roles, limit=9) == []
    assert await reads.beginning("prp_0000", OWNER.user, (), limit=9) == made


async def test_history_is_what_was_resolved_latest_first(lifecycle, reads, clock):
    one, two, _ = [(await lifecycle.submit(submission()))[0] for _ in range(3)]
    await lifecycle.reject(two.id, ALICE, "No.", two.nonce)
    clock.forward(1)
    await lifecycle.approve(one.id, ALICE, one.nonce)
    assert ids(await reads.history(ALICE.user, ALICE.roles, as_of=clock.now(), limit=9)) == [one.id, two.id]
    assert ids(await reads.history(STRANGER.user, STRANGER.roles, as_of=clock.now(), limit=9)) == []


async def test_twins_are_others_of_the_same_action_that_wait(lifecycle, reads):
    one, two, three = [(await lifecycle.submit(submission(amount)))[0] for amount in (250, 250.0, 251)]
    assert await reads.equals(one) == [two.id]
    assert await reads.equals(three) == []
    await lifecycle.withdraw(two.id, "support-bot", "x")
    assert await reads.equals(one) == []


async def test_numbers_keep_their_kind_in_the_database(lifecycle, store):
    for amount in (250, 250.0, 2.5e20, 1e-7):
        made, _ = await lifecycle.submit(submission(amount))
        found = (await store.find(made.id)).action.payload["amount"]
        assert (found, type(found)) == (amount, type(amount))


async def test_figures_tell_what_stands_where_and_what_is_late(lifecycle, reads, store, clock):
    await lifecycle.submit(submission())
    await lifecycle.submit(submission(5, claim=True))
    first = await reads.counts(clock.now())
    assert (first.by_status[Status.pending], first.by_status[Status.claimed], first.late) == (1, 1, 0)
    assert set(first.by_status) == set(Status)
    assert (first.oldest_pending, first.deliveries_waiting, first.dead_letters) == (START, 1, 0)
    later = await reads.counts(clock.forward(7200))
    assert later.late == 2
    await lifecycle.sweep()
    await store.outbox.dead_letter(await store.outbox.lease(clock.now(), 60), "why", tell=None)
    last = await reads.counts(clock.now())
    assert (last.late, last.overdue, last.oldest_pending) == (0, 1, None)
    assert (last.deliveries_waiting, last.dead_letters) == (1, 1)
    assert [dead_letter.kind for dead_letter in await reads.dead_letters()] == [Effect.card]


async def gone_through(reads, moment, **page):
    pages = [each async for each in reads.since(moment, **page)]
    return [proposal.id for each in pages for proposal in each.proposals]


async def test_what_was_submitted_since_a_moment_is_gone_through_newest_first_without_gaps(lifecycle, reads, clock):
    earlier = await many(lifecycle, clock, 2)
    since = clock.forward(milliseconds=1)
    made = await many(lifecycle, clock, 5)
    made += [(await lifecycle.submit(submission()))[0].id for _ in range(3)]  # of one millisecond
    assert await gone_through(reads, since, page=2) == made[::-1]
    assert await reads.count_since(since) == 8
    assert await gone_through(reads, START, page=100) == [*earlier, *made][::-1]


async def test_nothing_since_a_moment_is_no_page(lifecycle, reads, clock):
    await many(lifecycle, clock, 2)
    assert [each async for each in reads.since(clock.forward(1))] == []
    assert await reads.count_since(clock.now()) == 0


async def test_a_damaged_row_is_named_where_it_is_gone_through_and_stops_nothing(lifecycle, reads, clock, tmp_path):
    one, two = await many(lifecycle, clock, 2)
    with by_hand(tmp_path, without=["revisions_stay"]) as connection:
        connection.execute("UPDATE revisions SET payload = '{}' WHERE proposal_id = ?", (one,))
    (page,) = [each async for each in reads.since(START)]
    assert [proposal.id for proposal in page.proposals] == [two]
    assert [one in told for told in page.damaged] == [True]


async def test_reading_alone_makes_migrates_and_writes_nothing(store, lifecycle, clock, url, tmp_path):
    made = await many(lifecycle, clock, 2)
    head = await store.audit.head()
    async with open_reads(url) as alone:
        assert await gone_through(alone, START) == made[::-1]
    assert await store.audit.head() == head
    with pytest.raises(NoDatabase, match="There is no database at"):
        async with open_reads(f"sqlite:///{tmp_path}/other.db"):
            pass
    assert not (tmp_path / "other.db").exists()


@pytest.mark.sqlite
async def test_a_database_of_another_schema_is_not_read(store, url, tmp_path):
    with by_hand(tmp_path) as connection:
        connection.execute("PRAGMA user_version = 0")
    with pytest.raises(SchemaRefused, match="is at schema 0, this program knows"):
        async with open_reads(url):
            pass


async def test_what_a_person_may_decide_as_a_stand_in_waits_for_them_and_is_theirs_to_see(
    lifecycle, reads, policy, clock
):
    policy.changes = {"stand_ins": (StandIn(role="support", by="lead"), StandIn(role="legal", by="chief"))}
    made, _ = await lifecycle.submit(submission())
    for role, theirs in (("lead", True), ("chief", False)):
        assert ids(await reads.waiting("U0LEAD", {role}, now=clock.now(), limit=9)) == [made.id] * theirs
        assert ids(await reads.visible("U0LEAD", {role}, as_of=clock.now(), limit=9)) == [made.id] * theirs
        assert await reads.may_see(made.id, "U0LEAD", {role}) is theirs
        assert ids(await reads.history("U0LEAD", {role}, as_of=clock.now(), limit=9)) == []
    await lifecycle.approve(made.id, LEAD, made.nonce)
    assert ids(await reads.waiting("U0LEAD", {"lead"}, now=clock.now(), limit=9)) == []
    assert ids(await reads.history("U0LEAD", {"lead"}, as_of=clock.now(), limit=9)) == [made.id]


async def test_what_was_handed_over_waits_for_who_was_called_in_and_still_for_those_before(lifecycle, reads, clock):
    made, _ = await lifecycle.submit(submission())
    assert ids(await reads.waiting(LEAD.user, LEAD.roles, now=clock.now(), limit=9)) == []
    await lifecycle.hand_over(made.id, ALICE, "lead", made.nonce)
    for person in (LEAD, ALICE):
        assert ids(await reads.waiting(person.user, person.roles, now=clock.now(), limit=9)) == [made.id]


async def test_self_review_in_a_role_lets_no_owner_stand_in_for_another(lifecycle, reads, policy, clock):
    policy.changes = {"self_review": frozenset({"lead"}), "stand_ins": (StandIn(role="support", by="lead"),)}
    made, _ = await lifecycle.submit(submission())
    assert ids(await reads.waiting(OWNER.user, {"lead"}, now=clock.now(), limit=9)) == []
    assert ids(await reads.visible(OWNER.user, {"lead"}, as_of=clock.now(), limit=9)) == [made.id]


async def test_what_is_watched_waits_for_nobody_and_is_seen_by_those_who_may_object(lifecycle, reads, policy, clock):
    policy.watched = 50
    made, _ = await lifecycle.submit(submission(100))
    assert ids(await reads.waiting(ALICE.user, ALICE.roles, now=clock.now(), limit=9)) == []
    assert ids(await reads.visible(ALICE.user, ALICE.roles, as_of=START + timedelta(hours=1), limit=9)) == [made.id]
