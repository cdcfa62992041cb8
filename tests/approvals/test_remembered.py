"""Remembered decisions of both kinds: each counts until its end, begins and ends once, and keeps the terms it began on."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.actor import SYSTEM
from approvals.decision import Verdict
from approvals.gate import ApprovalTerms
from approvals.lifecycle import Submission
from approvals.ports import Conflict
from approvals.proposal import Action, Cause
from approvals.refusals import NotFound, NotYourRole, OwnProposal, RememberedOver
from approvals.remembered.decision import ENDED, RememberedEnding, may_end
from approvals.reviewer import DelegatedRoles
from approvals.services.delegations import Delegating
from storage import RowDamaged
from tests.approvals.remembering import remembered
from tests.approvals.situations import ALICE, BOB, CAROL, OWNER
from tests.making import START, Ids, make_ask, make_reviewer
from tests.storage.town import by_hand

HOUR = 3600
COUNTS = {Verdict.approve: Cause.remembered_approval, Verdict.reject: Cause.blocked}
"""What becomes of the very same as long as it counts."""
DAVE = replace(CAROL, user="U0DAVE", roles=frozenset())


def sent(amount=250, **ask):
    return Submission(
        action=Action(name="refund.create", payload={"amount": amount}),
        ask=make_ask(agent="support-bot", **ask),
        idempotency_key=None,
        fingerprint="f" * 64,
        claim=False,
    )


@pytest.fixture(params=list(Verdict), ids=str)
def verdict(request):
    return request.param


@pytest.fixture
def rules(rules):
    rules.changes = {
        "remember_approval": ApprovalTerms(may_differ=(), lasts=HOUR, most=2),
        "remember_rejection": HOUR,
        "excluded": frozenset({"U0OWNER"}),
    }
    rules.limit = 100
    return rules


async def decided(lifecycle, verdict, reviewer=ALICE, amount=250):
    """A refund that was decided so, and had that remembered."""
    made, _ = await lifecycle.submit(sent(amount))
    if verdict is Verdict.approve:
        return await lifecycle.approve_and_next(made.id, reviewer, made.nonce)
    return await lifecycle.reject(made.id, reviewer, "Wrong order", made.nonce, remember=True)


@pytest.fixture
async def first(lifecycle, rules, verdict):
    return await decided(lifecycle, verdict)


async def cause_of_next(lifecycle, amount=250):
    return (await lifecycle.submit(sent(amount)))[0].cause


async def told(store, verdict):
    noun = ENDED[verdict].tag.partition(":")[0]
    return [each for each in await store.audit.entries(0, 1000) if each.tag.startswith(f"{noun}:")]


async def test_it_counts_until_its_time_and_not_at_it(lifecycle, clock, verdict, first):
    clock.forward(HOUR, milliseconds=-1)
    assert await cause_of_next(lifecycle) is COUNTS[verdict]
    clock.forward(milliseconds=1)
    assert await cause_of_next(lifecycle) is None


async def test_that_it_began_is_an_entry_with_all_its_terms(store, verdict, first):
    (entry,) = await told(store, verdict)
    assert (entry.proposal_id, entry.actor_id) == (first.id, "U0ALICE")
    facts = json.loads(entry.facts)["decision"]
    assert (facts["by"], facts["until"], facts["used"]) == ("U0ALICE", "2026-11-20T11:15:00.000Z", 0)
    assert facts["gate"]["roles"] == ["support"]
    assert await store.audit.verify() is None


async def test_a_sweep_ends_it_at_its_time_once_and_no_clock_brings_it_back(lifecycle, store, clock, verdict, first):
    clock.forward(HOUR, milliseconds=-1)
    await lifecycle.sweep()
    assert (await remembered(store, verdict, first.id)).ended is None
    clock.forward(milliseconds=1)
    await lifecycle.sweep()
    await lifecycle.sweep()
    found = await remembered(store, verdict, first.id)
    assert (found.ended, found.ended_by, found.ended_at) == (RememberedEnding.expired, None, clock.now())
    clock.forward(-HOUR)
    assert await cause_of_next(lifecycle) is None
    assert [each.tag for each in await told(store, verdict)][1:] == [ENDED[verdict].tag]


async def test_whoever_could_decide_it_the_other_way_ends_it_once(lifecycle, store, verdict, first):
    assert await cause_of_next(lifecycle) is COUNTS[verdict]
    with pytest.raises(NotYourRole):
        await lifecycle.end_remembered(verdict, first.id, CAROL)
    await lifecycle.end_remembered(verdict, first.id, BOB)
    assert await cause_of_next(lifecycle) is None
    with pytest.raises(RememberedOver):
        await lifecycle.end_remembered(verdict, first.id, ALICE)
    entry = (await told(store, verdict))[-1]
    assert (entry.tag, entry.proposal_id, entry.actor_id) == (ENDED[verdict].tag, first.id, "U0BOB")
    assert json.loads(entry.facts) == {"why": "person", "by": "U0BOB", "used": 1}
    found = await remembered(store, verdict, first.id)
    assert (found.ended, found.ended_by, found.used) == (RememberedEnding.person, "U0BOB", 1)


async def test_nobody_ends_it_after_its_time(lifecycle, store, clock, verdict, first):
    clock.forward(HOUR)
    with pytest.raises(RememberedOver):
        await lifecycle.end_remembered(verdict, first.id, BOB)
    assert (await remembered(store, verdict, first.id)).ended is None


async def test_who_gave_it_ends_it_out_of_the_role_too(lifecycle, store, verdict, first):
    await lifecycle.end_remembered(verdict, first.id, make_reviewer(user="U0ALICE", roles=frozenset()))
    assert (await remembered(store, verdict, first.id)).ended_by == "U0ALICE"


@pytest.mark.parametrize("verdict", [Verdict.approve])
async def test_the_owner_ends_an_approval_as_it_is_a_no(lifecycle, store, verdict, first):
    await lifecycle.end_remembered(verdict, first.id, OWNER)
    assert (await remembered(store, verdict, first.id)).ended_by == "U0OWNER"


@pytest.mark.parametrize("verdict", [Verdict.reject])
async def test_the_owner_ends_no_rejection_but_their_own(lifecycle, store, verdict, first):
    with pytest.raises(OwnProposal):
        await lifecycle.end_remembered(verdict, first.id, OWNER)
    own = await decided(lifecycle, verdict, OWNER, 90)
    await lifecycle.end_remembered(verdict, own.id, OWNER)
    assert (await remembered(store, verdict, own.id)).ended_by == "U0OWNER"


async def test_a_delegate_ends_it_as_long_as_the_place_is_lent(lifecycle, store, clock, verdict, first):
    delegated = replace(DAVE, delegated=(DelegatedRoles(by="U0BOB", roles=BOB.roles),))
    with pytest.raises(NotYourRole):
        await lifecycle.end_remembered(verdict, first.id, delegated)
    await Delegating(store=store, clock=clock, ids=Ids()).begin(BOB, "U0DAVE", START + timedelta(hours=1))
    await lifecycle.end_remembered(verdict, first.id, delegated)
    assert (await remembered(store, verdict, first.id)).ended_by == "U0DAVE"


@pytest.mark.parametrize(("reviewer", "approval", "rejection"), [
    (ALICE, True, True), (BOB, True, True), (CAROL, False, False), (OWNER, True, False), (DAVE, False, False),
    (replace(DAVE, delegated=(DelegatedRoles(by="U0BOB", roles=BOB.roles),)), True, True),
    (replace(DAVE, delegated=(DelegatedRoles(by="U0OWNER", roles=BOB.roles),)), False, False),
])  # fmt: skip
async def test_the_button_is_for_exactly_those(lifecycle, store, verdict, first, reviewer, approval, rejection):
    found = await remembered(store, verdict, first.id)
    assert may_end(found, reviewer) is (approval if verdict is Verdict.approve else rejection)


async def test_what_never_was_is_not_found(lifecycle, verdict, first):
    other = Verdict.reject if verdict is Verdict.approve else Verdict.approve
    for missing in ((verdict, "prp_gone"), (other, first.id)):
        with pytest.raises(NotFound):
            await lifecycle.end_remembered(*missing, ALICE)


async def test_the_approval_and_then_the_rejection_of_one_proposal_are_two(lifecycle, store, rules):
    first = await decided(lifecycle, Verdict.approve)
    await lifecycle.revoke(first.id, BOB, "Stop", first.nonce, remember=True)
    approval, rejection = await store.remembered.of(first.id)
    assert (approval.verdict, approval.ended) == (Verdict.approve, RememberedEnding.retracted)
    assert (rejection.verdict, rejection.ended) == (Verdict.reject, None)
    await lifecycle.end_remembered(Verdict.reject, first.id, BOB)
    assert await cause_of_next(lifecycle) is None


async def test_the_list_has_what_a_person_gave_could_decide_or_owns_and_only_what_counts(
    lifecycle, store, clock, first
):
    async def listed(user, *roles, **page):
        found = await store.remembered.listed(user, roles, now=clock.now(), **{"limit": 8} | page)
        return [each.id for each in found.decisions], found.total

    assert await listed("U0ALICE") == ([first.id], 1)
    assert await listed("U0BOB", "support") == ([first.id], 1)
    assert await listed("U0OWNER") == ([first.id], 1)
    assert await listed("U0CAROL", "finance") == ([], 0)
    assert await listed("U0BOB", "support", offset=8) == ([], 1)
    clock.forward(HOUR)
    assert await listed("U0ALICE") == ([], 0)


async def test_the_list_has_both_kinds_the_first_to_end_first(lifecycle, store, clock, rules):
    approval = await decided(lifecycle, Verdict.approve)
    clock.forward(1)
    rejection = await decided(lifecycle, Verdict.reject, BOB, 90)
    found = await store.remembered.listed("U0BOB", ["support"], now=clock.now(), limit=8)
    assert [(each.verdict, each.id) for each in found.decisions] == [
        (Verdict.approve, approval.id),
        (Verdict.reject, rejection.id),
    ]


async def test_it_ends_beside_a_damaged_proposal(lifecycle, store, verdict, first, tmp_path):
    with by_hand(tmp_path, without=["proposals_final_stays"]) as connection:
        connection.execute("UPDATE proposals SET ask = '{}' WHERE id = ?", (first.id,))
    await lifecycle.end_remembered(verdict, first.id, BOB)
    assert (await remembered(store, verdict, first.id)).ended is RememberedEnding.person


async def test_it_begins_once(store, verdict, first):
    begun = (await remembered(store, verdict, first.id)).original
    with pytest.raises(Conflict, match="begins once"):
        await store.transact(lambda tx: tx.remembered.begin(begun, SYSTEM))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE remembered_decisions SET ended = NULL, ended_at = NULL, ended_by = NULL", "stays ended"),
        ("UPDATE remembered_decisions SET used = used + 1", "stays ended"),
        ("DELETE FROM remembered_decisions", "never deleted"),
        pytest.param(
            "INSERT OR REPLACE INTO remembered_decisions SELECT * FROM remembered_decisions",
            "begins once",
            marks=pytest.mark.sqlite,
        ),
    ],
)
async def test_the_database_keeps_what_ended_as_it_is(lifecycle, verdict, first, tmp_path, statement, said):
    await lifecycle.end_remembered(verdict, first.id, BOB)
    with by_hand(tmp_path) as connection, pytest.raises(Exception, match=said):
        connection.execute(statement)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("until = until - 1", "keeps its terms"),
        ("until = until + 1", "keeps its terms"),
        ("agent = 'other-bot'", "keeps its terms"),
        ("action = 'x'", "keeps its terms"),
        ("person = 'U0BOB'", "keeps its terms"),
        ("verdict = CASE verdict WHEN 'approve' THEN 'reject' ELSE 'approve' END", "keeps its terms"),
        ("most = coalesce(most, 0) + 1", "keeps its terms"),
        ("at = at - 1", "keeps its terms"),
        ("used = used + 2", "counts one by one"),
        ("used = used - 1", "counts one by one"),
        ("ended = 'x', ended_at = 1", "CHECK"),
        ("ended = 'person', ended_at = 1", "CHECK"),
        ("ended = 'expired', ended_at = 1, ended_by = 'U0BOB'", "CHECK"),
        ("ended = 'expired'", "CHECK"),
        ("ended_by = 'U0BOB'", "CHECK"),
    ],
)
async def test_the_database_keeps_its_terms(first, tmp_path, change, said):
    with by_hand(tmp_path) as connection, pytest.raises(Exception, match=said):
        connection.execute(f"UPDATE remembered_decisions SET {change}")


COLUMNS = ["proposal_id", "verdict", "agent", "action", "person", "at", "until", "most", "used"]
COLUMNS += ["ended", "ended_by", "ended_at"]


@pytest.mark.parametrize(("verdict", "changes"), [
    *[(verdict, changes) for verdict in Verdict
      for changes in ({"until": "at"}, {"until": "at - 1"}, {"used": "-1"}, {"verdict": "'block'"})],
    (Verdict.approve, {"most": "NULL"}), (Verdict.approve, {"most": "0"}), (Verdict.approve, {"used": "most + 1"}),
    (Verdict.reject, {"most": "9"}), (Verdict.reject, {"until": "at + 2592000001"}),
    (Verdict.reject, {"ended": "'exhausted'", "ended_at": "at"}),
    (Verdict.reject, {"ended": "'retracted'", "ended_at": "at"}),
], ids=str)  # fmt: skip
async def test_the_database_takes_no_terms_that_make_no_sense(first, tmp_path, changes):
    values = ", ".join(changes.get(each, each) for each in COLUMNS)
    with by_hand(tmp_path, without=["remembered_begun_once", "remembered_undeleted"]) as connection:
        connection.execute("CREATE TEMP TABLE kept AS SELECT * FROM remembered_decisions")
        connection.execute("DELETE FROM remembered_decisions")
        with pytest.raises(Exception, match="CHECK"):
            connection.execute(f"INSERT INTO remembered_decisions SELECT {values} FROM kept")
        connection.execute(f"INSERT INTO remembered_decisions SELECT {', '.join(COLUMNS)} FROM kept")


@pytest.mark.parametrize(
    "change", ["until = until + 1", "until = at + 1", "person = 'U0BOB'", "action = 'x'", "agent = 'x'", "at = at - 1"]
)
async def test_what_was_changed_by_hand_is_damaged_and_never_counts_for_more(
    lifecycle, store, verdict, first, tmp_path, change
):
    with by_hand(tmp_path, without=["remembered_terms_stay"]) as connection:
        connection.execute(f"UPDATE remembered_decisions SET {change}")
    assert await cause_of_next(lifecycle) is (None if verdict is Verdict.approve else Cause.blocked)
    assert await remembered(store, verdict, first.id) is None
    with pytest.raises(RowDamaged):
        await lifecycle.end_remembered(verdict, first.id, BOB)


@pytest.mark.parametrize("change", ["ended_by = 'U0CAROL'", "ended_at = ended_at - 1"])
async def test_who_ended_it_and_when_is_what_its_entry_tells(lifecycle, store, verdict, first, tmp_path, change):
    await lifecycle.end_remembered(verdict, first.id, BOB)
    with by_hand(tmp_path, without=["remembered_ended_stays", "remembered_terms_stay"]) as connection:
        connection.execute(f"UPDATE remembered_decisions SET {change}")
    assert await remembered(store, verdict, first.id) is None
    (difference,) = await store.differences()
    assert difference.table == "remembered_decisions"


async def test_a_row_that_no_entry_tells_of_counts_for_nothing_and_is_ended_by_nobody(
    lifecycle, store, rules, verdict, tmp_path
):
    made, _ = await lifecycle.submit(sent())
    await lifecycle.reject(made.id, ALICE, "No", made.nonce)
    most = "20" if verdict is Verdict.approve else "NULL"
    with by_hand(tmp_path) as connection:
        connection.execute(
            "INSERT INTO remembered_decisions (proposal_id, verdict, agent, action, person, at, until, most, used)"
            f" SELECT id, '{verdict}', agent, action, 'U0ALICE', created_at, created_at + 3600000, {most}, 0"
            " FROM proposals"
        )
    assert await cause_of_next(lifecycle) is None
    with pytest.raises(RowDamaged):
        await lifecycle.end_remembered(verdict, made.id, ALICE)
    assert await told(store, verdict) == []
