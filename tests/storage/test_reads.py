"""Lists: who sees what, in which order, page by page."""

from datetime import timedelta

import pytest

from approvals.paging import Filter
from approvals.proposal import RollbackStatus, Status
from storage import BadCursor
from tests.making import START
from tests.storage.listing import STRANGER, ids, many
from tests.storage.town import ALICE, BOB, CAROL, OWNER, submission


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


async def test_what_others_filled_a_role_of_waits_for_nobody_else_in_it_until_they_take_it_back(
    lifecycle, reads, clock
):
    made, _ = await lifecycle.submit(submission(2500))

    async def waits_for(*roles):
        return ids(await reads.waiting("U0NEW", roles, now=clock.now(), limit=9)) == [made.id]

    assert await waits_for("support")
    assert await waits_for("finance")
    await lifecycle.approve(made.id, CAROL, made.nonce)
    assert await waits_for("support")
    assert not await waits_for("finance"), "another approval of finance would help nobody"
    assert await waits_for("support", "finance")
    made = await lifecycle.retract(made.id, CAROL, made.nonce)
    assert await waits_for("finance")
    await lifecycle.approve(made.id, CAROL, made.nonce)
    await lifecycle.edit(made.id, ALICE, {"amount": 2400}, made.nonce)
    assert await waits_for("finance"), "the edit made its approval void"


async def test_a_role_that_is_full_is_open_again_under_another_gate(lifecycle, reads, policy, clock):
    made, _ = await lifecycle.submit(submission(2500))
    await lifecycle.approve(made.id, CAROL, made.nonce)
    assert ids(await reads.waiting("U0NEW", ["finance"], now=clock.now(), limit=9)) == []
    policy.changes, policy.version = {"approvals": 2}, "policy-2"
    assert await lifecycle.rejudge() == 1
    assert ids(await reads.waiting("U0NEW", ["finance"], now=clock.now(), limit=9)) == [made.id]


async def test_what_a_person_approved_and_others_must_still_approve_is_listed_for_them_alone(lifecycle, reads, clock):
    first, _ = await lifecycle.submit(submission(2500))
    other, _ = await lifecycle.submit(submission(2600, expires_in=60))
    one, _ = await lifecycle.submit(submission())
    for each in (first, other, one):
        await lifecycle.approve(each.id, ALICE, each.nonce)
    assert ids(await reads.approved("U0BOB", now=clock.now(), limit=9)) == []
    found = await reads.approved(ALICE.user, now=clock.now(), limit=9)
    assert (ids(found), found.total) == ([other.id, first.id], 2), "what is enough is over"
    page = await reads.approved(ALICE.user, now=clock.now(), limit=1)
    assert ids(await reads.approved(ALICE.user, now=clock.now(), at=page.after, limit=1)) == [first.id]
    await lifecycle.retract(first.id, ALICE, first.nonce)
    assert ids(await reads.approved(ALICE.user, now=clock.now(), limit=9)) == [other.id]
    assert ids(await reads.approved(ALICE.user, now=clock.forward(60), limit=9)) == []


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


async def test_what_is_objected_to_comes_first_only_in_lists_of_later_moments(lifecycle, reads, policy, clock):
    policy.watched = 50
    watched, _ = await lifecycle.submit(submission(100, claim=True))
    await lifecycle.report(watched.id, "support-bot", Status.succeeded, None, None)
    waits, _ = await lifecycle.submit(submission())
    before, after = clock.now(), clock.forward(60)

    async def listed(as_of):
        return ids(await reads.visible("U0OWNER", (), as_of=as_of, limit=9))

    await lifecycle.object(watched.id, BOB, "Undo it.", watched.nonce)
    assert await listed(before) == [waits.id, watched.id]
    assert await listed(after) == [watched.id, waits.id]


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
