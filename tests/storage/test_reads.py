"""Lists: who sees what, in which order, page by page."""

from datetime import timedelta

import pytest

from approvals.effects import Effect
from approvals.gate import StandIn
from approvals.paging import Filter
from approvals.proposal import RollbackStatus, Status
from storage import BadCursor, NoDatabase, SchemaRefused, open_reads
from tests.making import START, make_reviewer
from tests.storage.town import ALICE, BOB, CAROL, LEAD, OWNER, by_hand, submission

STRANGER = make_reviewer(user="U0STRANGER", roles=frozenset({"legal"}))


@pytest.fixture
def reads(store):
    return store.reads


def ids(found):
    return [proposal.id for proposal in found.proposals]


async def many(lifecycle, clock, number, **fields):
    made = []
    for _ in range(number):
        made.append((await lifecycle.submit(submission(**fields)))[0].id)
        clock.forward(milliseconds=1)
    return made


async def test_an_agents_list_is_paged_newest_first_without_gaps_or_repeats(lifecycle, reads, clock):
    made = await many(lifecycle, clock, 7)
    await many(lifecycle, clock, 2, agent="other-bot")
    seen, cursor = [], None
    while True:
        page = await reads.of_agent("support-bot", now=START, limit=3, cursor=cursor)
        seen += ids(page)
        await lifecycle.submit(submission())  # newer ones do not push older ones into the next page
        if (cursor := page.next_cursor) is None:
            break
    assert seen == made[::-1]


async def test_a_full_last_page_has_no_next(lifecycle, reads, clock):
    await many(lifecycle, clock, 3)
    assert (await reads.of_agent("support-bot", now=START, limit=3)).next_cursor is None


async def test_proposals_of_one_millisecond_are_all_listed(lifecycle, reads):
    made = [(await lifecycle.submit(submission()))[0].id for _ in range(5)]
    first = await reads.of_agent("support-bot", now=START, limit=2)
    second = await reads.of_agent("support-bot", now=START, limit=9, cursor=first.next_cursor)
    assert ids(first) + ids(second) == made[::-1]


async def test_an_agents_list_can_be_narrowed(lifecycle, reads):
    one, _ = await lifecycle.submit(submission(run_id="run-7"))
    two, _ = await lifecycle.submit(submission(5))
    assert ids(await reads.of_agent("support-bot", now=START, run_id="run-7", limit=9)) == [one.id]
    assert ids(await reads.of_agent("support-bot", now=START, status=Status.approved, limit=9)) == [two.id]
    assert ids(await reads.of_agent("support-bot", now=START, action="refund.create", limit=9)) == [two.id, one.id]
    assert ids(await reads.of_agent("support-bot", now=START, action="refund", limit=9)) == []


@pytest.mark.parametrize(
    "cursor", ["", "x", "%%%", "eA", "MTIz4pyTLnBycA", "LTEucHJw", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5LnBycA"]
)
async def test_a_cursor_that_is_none_of_ours_is_refused(reads, cursor):
    with pytest.raises(BadCursor):
        await reads.of_agent("support-bot", now=START, cursor=cursor, limit=9)


async def test_what_waits_for_a_person_is_theirs_to_decide_soonest_deadline_first(lifecycle, reads, clock):
    late, _ = await lifecycle.submit(submission())
    soon, _ = await lifecycle.submit(submission(expires_in=60))
    both, _ = await lifecycle.submit(submission(2500))
    now = clock.now()
    for person, waits in ((ALICE, [soon, late, both]), (CAROL, [both]), (OWNER, []), (STRANGER, [])):
        found = await reads.waiting(person.user, person.roles, now=now, limit=9)
        assert ids(found) == [proposal.id for proposal in waits]
        assert found.total == len(waits)
    await lifecycle.approve(both.id, BOB, both.nonce)
    assert both.id not in ids(await reads.waiting(BOB.user, BOB.roles, now=now, limit=9))
    assert both.id in ids(await reads.waiting(ALICE.user, ALICE.roles, now=now, limit=9))
    assert ids(await reads.waiting(ALICE.user, ALICE.roles, now=clock.forward(60), limit=9)) == [late.id, both.id]


async def test_a_new_round_waits_again_for_who_approved_the_one_before(lifecycle, reads, clock):
    made, _ = await lifecycle.submit(submission(2500))
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await lifecycle.edit(made.id, CAROL, {"amount": 2400}, made.nonce)
    assert ids(await reads.waiting(ALICE.user, ALICE.roles, now=clock.now(), limit=9)) == [made.id]
    assert ids(await reads.waiting(CAROL.user, CAROL.roles, now=clock.now(), limit=9)) == []


async def test_an_owner_sees_what_waits_only_where_a_role_lets_them_review_their_own(lifecycle, reads, policy, clock):
    policy.changes = {"self_review": frozenset({"support"})}
    made, _ = await lifecycle.submit(submission(2500))
    assert ids(await reads.waiting(OWNER.user, {"support"}, now=clock.now(), limit=9)) == [made.id]
    assert ids(await reads.waiting(OWNER.user, {"finance"}, now=clock.now(), limit=9)) == []


async def test_lists_are_paged_and_say_how_much_there_is(lifecycle, reads, clock):
    made = await many(lifecycle, clock, 5)
    at = None
    for first, part in ((1, made[:2]), (3, made[2:4]), (5, made[4:])):
        found = await reads.waiting(ALICE.user, ALICE.roles, now=clock.now(), at=at, limit=2)
        assert (ids(found), found.total, found.first) == (part, 5, first)
        at = found.after
    assert at is None
    for part in (made[2:4], made[:2]):
        found = await reads.waiting(ALICE.user, ALICE.roles, now=clock.now(), at=found.before, limit=2)
        assert ids(found) == part
    assert found.before is None


async def test_a_page_that_has_become_empty_leads_back_to_the_one_before(lifecycle, reads, clock):
    made = [(await lifecycle.submit(submission()))[0] for _ in range(4)]
    first = await reads.waiting(ALICE.user, ALICE.roles, now=clock.now(), limit=2)
    for proposal in made[2:]:
        await lifecycle.withdraw(proposal.id, "support-bot", "x")
    empty = await reads.waiting(ALICE.user, ALICE.roles, now=clock.now(), at=first.after, limit=2)
    assert (ids(empty), empty.total, empty.after) == ([], 2, None)
    back = await reads.waiting(ALICE.user, ALICE.roles, now=clock.now(), at=empty.before, limit=2)
    assert (ids(back), back.first) == (ids(first), 1)


async def test_a_person_sees_what_any_gate_of_it_named_their_role_for_and_what_is_their_own(lifecycle, reads, clock):
    small, _ = await lifecycle.submit(submission())
    clock.forward(1)
    huge, _ = await lifecycle.submit(submission(2500))
    seen = {
        person.user: ids(await reads.visible(person.user, person.roles, as_of=clock.now(), limit=9))
        for person in (ALICE, CAROL, OWNER, STRANGER)
    }
    assert seen == {
        "U0ALICE": [small.id, huge.id],
        "U0CAROL": [huge.id],
        "U0OWNER": [small.id, huge.id],
        "U0STRANGER": [],
    }
    for person in (ALICE, CAROL, OWNER, STRANGER):
        for proposal in (small, huge):
            allowed = await reads.may_see(proposal.id, person.user, person.roles)
            assert allowed == (proposal.id in seen[person.user])


async def test_who_could_decide_an_earlier_round_still_sees_it(lifecycle, reads, policy, store):
    made, _ = await lifecycle.submit(submission())
    policy.version, policy.changes = "policy-2", {"roles": ("legal",), "channels": ("C0LEGAL",)}
    await lifecycle.rejudge()
    assert (await store.find(made.id)).gate.roles == ("legal",)
    assert ids(await reads.visible(ALICE.user, ALICE.roles, as_of=START + timedelta(hours=1), limit=9)) == [made.id]
    assert ids(await reads.waiting(ALICE.user, ALICE.roles, now=START, limit=9)) == []
    assert ids(await reads.waiting(STRANGER.user, STRANGER.roles, now=START, limit=9)) == [made.id]


async def test_what_a_person_sees_can_be_narrowed(lifecycle, reads, clock):
    small, _ = await lifecycle.submit(submission())
    huge, _ = await lifecycle.submit(submission(2500, agent="other-bot"))

    async def found(**only):
        return ids(await reads.visible(BOB.user, BOB.roles, as_of=clock.now(), only=Filter(**only), limit=9))

    async def waiting(**only):
        return ids(await reads.waiting(BOB.user, BOB.roles, now=clock.now(), only=Filter(**only), limit=9))

    for listed in (found, waiting):
        assert await listed(agent="other-bot") == [huge.id]
        assert await listed(role="finance") == [huge.id]
        assert await listed(role="legal") == []
        assert await listed(action="refund.*") == await listed(action="*") == [small.id, huge.id]
        assert await listed(action="refund.create") == [small.id, huge.id]
        assert await listed(action="refund%") == await listed(action="refund_create") == await listed(action="re") == []


async def test_what_is_a_persons_own_is_listed_whatever_their_roles(lifecycle, reads, clock):
    made = await many(lifecycle, clock, 3)
    found = await reads.visible("U0OWNER", (), as_of=clock.now(), limit=2)
    assert (ids(found), found.total) == (made[:2], 3)
    assert ids(await reads.visible("U0ALICE", (), as_of=clock.now(), limit=9)) == []


async def test_what_is_overdue_and_ones_own_comes_first_then_what_waits_by_its_deadline_then_the_newest(
    lifecycle, reads, clock
):
    late, lapses = [(await lifecycle.submit(submission()))[0] for _ in range(2)]
    for each in (late, lapses):
        await lifecycle.approve(each.id, ALICE, each.nonce)
    clock.at = (await lifecycle.claim(late.id, "support-bot", late.digest, None)).report_by
    waits, _ = await lifecycle.submit(submission())
    soonest, _ = await lifecycle.submit(submission(expires_in=60))
    clock.forward(1)
    newest, _ = await lifecycle.submit(submission())
    await lifecycle.reject(newest.id, ALICE, "No.", newest.nonce)

    async def listed(person):
        return ids(await reads.visible(person.user, person.roles, as_of=clock.now(), limit=9))

    assert await listed(ALICE) == [late.id, soonest.id, waits.id, newest.id, lapses.id]
    # Bob may see all of it, but he neither owns nor approved anything: what is late stands where its age puts it.
    assert await listed(BOB) == [soonest.id, waits.id, newest.id, late.id, lapses.id]


async def test_overdue_is_what_nobody_reported_of_what_ran_or_was_to_be_undone_until_somebody_does(
    lifecycle, reads, policy, clock
):
    policy.watched = 50
    watched, _ = await lifecycle.submit(submission(100, claim=True))
    asked, _ = await lifecycle.submit(submission())
    await lifecycle.approve(asked.id, ALICE, asked.nonce)
    claimed = await lifecycle.claim(asked.id, "support-bot", asked.digest, None)

    async def found(person, **more):
        return ids(await reads.overdue(person.user, person.roles, now=clock.now(), limit=9, **more))

    assert await found(ALICE) == []
    await lifecycle.object(watched.id, BOB, "Rollback it.", watched.nonce)
    assert await found(ALICE) == await found(OWNER, own=True) == [watched.id]
    assert await found(ALICE, own=True) == []
    clock.at = claimed.report_by
    assert await found(ALICE) == await found(OWNER) == [watched.id, asked.id]
    assert await found(ALICE, own=True) == [asked.id]
    assert await found(STRANGER) == await found(CAROL) == []
    await lifecycle.sweep()
    assert await found(ALICE) == [watched.id, asked.id], "a sweep changes nothing about it"
    await lifecycle.report(asked.id, "support-bot", Status.succeeded, None, None)
    await lifecycle.rollback(watched.id, "support-bot", RollbackStatus.done, None)
    assert await found(ALICE) == [watched.id], "what ran itself was not reported either"
    await lifecycle.report(watched.id, "support-bot", Status.failed, None, None)
    assert await found(ALICE) == []


async def test_who_approved_it_and_is_in_no_role_of_it_any_more_is_not_told_that_it_is_overdue(lifecycle, reads, clock):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    claimed = await lifecycle.claim(made.id, "support-bot", made.digest, None)
    clock.at = claimed.report_by
    assert (await reads.overdue(ALICE.user, {"support"}, now=clock.now(), own=True, limit=9)).total == 1
    assert (await reads.overdue(ALICE.user, {"legal"}, now=clock.now(), own=True, limit=9)).total == 0


async def test_a_list_goes_by_what_time_has_made_of_it_before_any_sweep(lifecycle, reads, clock):
    made, _ = await lifecycle.submit(submission(key="a"))
    kept, _ = await lifecycle.submit(submission())
    await lifecycle.approve(kept.id, ALICE, kept.nonce)

    async def of_agent(status):
        return ids(await reads.of_agent("support-bot", now=clock.now(), status=status, limit=9))

    async def over(status):
        only = Filter(status=status)
        return ids(await reads.history(ALICE.user, ALICE.roles, as_of=clock.now(), only=only, limit=9))

    assert (await of_agent(Status.pending), await of_agent(Status.rejected)) == ([made.id], [])
    assert (await over("rejected"), await over("approved")) == ([], [kept.id])
    clock.at = made.expires_at
    assert (await of_agent(Status.pending), await of_agent(Status.rejected)) == ([], [made.id])
    assert (await of_agent(Status.approved), await of_agent(Status.lapsed)) == ([], [kept.id])
    assert (await over("rejected"), await over("expired"), await over("lapsed")) == ([made.id], [made.id], [kept.id])
    assert await over("approved") == []
    await lifecycle.sweep()
    assert (await of_agent(Status.rejected), await over("expired"), await over("lapsed")) == (
        [made.id],
        [made.id],
        [kept.id],
    )


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
    assert await reads.twins(one) == [two.id]
    assert await reads.twins(three) == []
    await lifecycle.withdraw(two.id, "support-bot", "x")
    assert await reads.twins(one) == []


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
    assert (first.oldest_pending, first.deliveries_waiting, first.deliveries_parked) == (START, 1, 0)
    later = await reads.counts(clock.forward(7200))
    assert later.late == 2
    await lifecycle.sweep()
    await store.outbox.park(await store.outbox.lease(clock.now(), 60), "why", tell=None)
    last = await reads.counts(clock.now())
    assert (last.late, last.overdue, last.oldest_pending) == (0, 1, None)
    assert (last.deliveries_waiting, last.deliveries_parked) == (1, 1)
    assert [parked.kind for parked in await reads.parked()] == [Effect.card]


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
