"""Lists: who sees what, in which order, page by page."""

import pytest

from approvals.effects import Effect
from approvals.gate import StandIn
from approvals.proposal import Status
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
    for offset, part in ((0, made[:2]), (2, made[2:4]), (4, made[4:]), (6, [])):
        found = await reads.waiting(ALICE.user, ALICE.roles, now=clock.now(), offset=offset, limit=2)
        assert (ids(found), found.total) == (part, 5)


async def test_a_person_sees_what_any_gate_of_it_named_their_role_for_and_what_is_their_own(lifecycle, reads, clock):
    small, _ = await lifecycle.submit(submission())
    clock.forward(1)
    huge, _ = await lifecycle.submit(submission(2500))
    seen = {
        person.user: ids(await reads.visible(person.user, person.roles, limit=9))
        for person in (ALICE, CAROL, OWNER, STRANGER)
    }
    assert seen == {
        "U0ALICE": [huge.id, small.id],
        "U0CAROL": [huge.id],
        "U0OWNER": [huge.id, small.id],
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
    assert ids(await reads.visible(ALICE.user, ALICE.roles, limit=9)) == [made.id]
    assert ids(await reads.waiting(ALICE.user, ALICE.roles, now=START, limit=9)) == []
    assert ids(await reads.waiting(STRANGER.user, STRANGER.roles, now=START, limit=9)) == [made.id]


async def test_what_a_person_sees_can_be_narrowed(lifecycle, reads):
    small, _ = await lifecycle.submit(submission())
    huge, _ = await lifecycle.submit(submission(2500, agent="other-bot"))
    await lifecycle.reject(small.id, ALICE, "No.", small.nonce)
    everyone = (BOB.user, BOB.roles)
    assert ids(await reads.visible(*everyone, agent="other-bot", limit=9)) == [huge.id]
    assert ids(await reads.visible(*everyone, role="finance", limit=9)) == [huge.id]
    assert ids(await reads.visible(*everyone, statuses=[Status.rejected, Status.failed], limit=9)) == [small.id]
    assert ids(await reads.visible(*everyone, statuses=[], limit=9)) == []


async def test_what_is_a_persons_own_is_listed_whatever_their_roles(lifecycle, reads, clock):
    made = await many(lifecycle, clock, 3)
    assert ids(await reads.owned("U0OWNER", limit=2)) == made[:0:-1]
    assert (await reads.owned("U0OWNER", limit=2)).total == 3
    assert ids(await reads.owned("U0OWNER", statuses=[Status.approved], limit=9)) == []
    assert ids(await reads.owned("U0ALICE", limit=9)) == []


async def test_history_is_what_was_resolved_latest_first(lifecycle, reads, clock):
    one, two, _ = [(await lifecycle.submit(submission()))[0] for _ in range(3)]
    await lifecycle.reject(two.id, ALICE, "No.", two.nonce)
    clock.forward(1)
    await lifecycle.approve(one.id, ALICE, one.nonce)
    assert ids(await reads.history(ALICE.user, ALICE.roles, limit=9)) == [one.id, two.id]
    assert ids(await reads.history(STRANGER.user, STRANGER.roles, limit=9)) == []


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
        assert ids(await reads.visible("U0LEAD", {role}, limit=9)) == [made.id] * theirs
        assert await reads.may_see(made.id, "U0LEAD", {role}) is theirs
        assert ids(await reads.history("U0LEAD", {role}, limit=9)) == []
    await lifecycle.approve(made.id, LEAD, made.nonce)
    assert ids(await reads.waiting("U0LEAD", {"lead"}, now=clock.now(), limit=9)) == []
    assert ids(await reads.history("U0LEAD", {"lead"}, limit=9)) == [made.id]


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
    assert ids(await reads.visible(OWNER.user, {"lead"}, limit=9)) == [made.id]


async def test_what_is_watched_waits_for_nobody_and_is_seen_by_those_who_may_object(lifecycle, reads, policy, clock):
    policy.watched = 50
    made, _ = await lifecycle.submit(submission(100))
    assert ids(await reads.waiting(ALICE.user, ALICE.roles, now=clock.now(), limit=9)) == []
    assert ids(await reads.visible(ALICE.user, ALICE.roles, limit=9)) == [made.id]
