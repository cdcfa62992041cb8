"""Remembered approvals: what is like what was approved, and that nothing stricter, later or more than allowed passes."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.actor import SYSTEM
from approvals.decision import Verdict
from approvals.gate import ApprovalTerms, Fact, Reason, StandIn, Tier
from approvals.lifecycle import Submission
from approvals.moves.reviewer import approve
from approvals.proposal import Action, Cause, Source, Status
from approvals.refusals import (
    AlreadyResolved,
    CannotRemember,
    Changed,
    Expired,
    NotYourRole,
    OwnProposal,
)
from approvals.remembered import approval as rules_of
from approvals.remembered.approval import approve_and_next, left_by, may_remember, still_satisfied
from approvals.remembered.decision import RememberedEnding
from approvals.remembered.likeness import alike
from approvals.reviewer import DelegatedRoles
from approvals.states import after_all
from storage import RowDamaged, open_store
from tests.approvals.remembering import the_approval
from tests.approvals.situations import (
    ALICE,
    BOB,
    CAROL,
    NONCE,
    OWNER,
    after,
    approved,
    edited,
    gate,
    handed,
    pending,
    refund,
)
from tests.databases import KEY
from tests.making import make_ask, make_reviewer
from tests.storage.town import by_hand

TERMS = ApprovalTerms(may_differ=("payload.note",), lasts=3600, most=2)
OPEN = {"remember_approval": TERMS}
VALUES = st.one_of(st.integers(0, 2), st.text(max_size=1), st.none(), st.just([1]), st.just({"b": 1}))
PAYLOADS = st.dictionaries(st.sampled_from(["a", "note", "to"]), VALUES, max_size=3)
DEEP = st.fixed_dictionaries({}, optional={"meta": st.one_of(VALUES, PAYLOADS), "to": VALUES})


def given_for(proposal=None, reviewer=ALICE, at=10):
    """The approval that stands after a refund was approved with the next like it."""
    return approve_and_next(proposal or pending(**OPEN), reviewer, NONCE, after(at))[1]


def covers(approval, ask, action, gate, first=None):
    """Whether it covers what is asked, where it came with a refund for a late parcel."""
    return rules_of.covers(approval, first or pending(**OPEN), ask, action, gate)


def like(**payload):
    return Action(name="refund.create", payload={"amount": 250, "note": "late parcel"} | payload)


ASK = make_ask(agent="support-bot")


def test_the_approval_is_one_as_any_and_the_remembered_one_is_on_the_terms_of_the_gate():
    proposal = pending(**OPEN)
    events, approval = approve_and_next(proposal, ALICE, NONCE, after(10))
    done = after_all(proposal, events)
    assert (done.status, done.cause, done.resolved_by) == (Status.approved, Cause.reviewer, "U0ALICE")
    assert (approval.id, approval.agent, approval.action, approval.by) == (
        proposal.id,
        "support-bot",
        "refund.create",
        "U0ALICE",
    )
    assert (approval.at, approval.until, approval.most, approval.left) == (after(10), after(3610), 2, 2)
    assert approval.may_differ == ("payload.note",)


@pytest.mark.parametrize(
    ("proposal", "reviewer", "nonce", "at", "no"),
    [
        (pending(**OPEN), CAROL, NONCE, 10, NotYourRole),
        (pending(**OPEN), OWNER, NONCE, 10, OwnProposal),
        (pending(**OPEN), ALICE, "another", 10, Changed),
        (pending(**OPEN), ALICE, NONCE, 3600, Expired),
        (approved(**OPEN), BOB, NONCE, 20, AlreadyResolved),
        (pending(), ALICE, NONCE, 10, CannotRemember),
        (pending(**OPEN, approvals=2), ALICE, NONCE, 10, CannotRemember),
        (pending(**OPEN, roles=("finance", "support")), ALICE, NONCE, 10, CannotRemember),
        (pending(**OPEN, second_person=True), ALICE, NONCE, 10, CannotRemember),
        (handed(pending(**OPEN)), ALICE, NONCE, 10, CannotRemember),
        (pending(**OPEN, self_review=frozenset({"support"})), OWNER, NONCE, 10, CannotRemember),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_who_or_what_cannot_be_approved_with_the_next_is_refused(proposal, reviewer, nonce, at, no):
    with pytest.raises(no):
        approve_and_next(proposal, reviewer, nonce, after(at))


def test_whoever_stands_in_for_another_approves_one_at_a_time():
    """The place that was lent ends with the delegation; what stands would go on."""
    proposal = pending(**OPEN)
    delegated = replace(
        CAROL, user="U0DAVE", roles=frozenset(), delegated=(DelegatedRoles(by="U0BOB", roles=BOB.roles, proof=()),)
    )
    assert approve(proposal, delegated, NONCE, after(10))
    with pytest.raises(CannotRemember):
        approve_and_next(proposal, delegated, NONCE, after(10))


def test_what_was_edited_counts_for_nothing_else():
    proposal = pending(**OPEN, approvals=2)
    proposal = after_all(proposal, edited(proposal, refund(90), approvals=1, roles=("finance",)))
    assert proposal.edited
    assert not may_remember(proposal)
    with pytest.raises(CannotRemember):
        approve_and_next(proposal, CAROL, proposal.nonce, after(20))


def test_it_is_offered_while_it_waits_and_never_afterwards():
    assert may_remember(pending(**OPEN))
    assert not may_remember(approved(**OPEN))
    assert not may_remember(pending())


def test_what_is_like_it_is_covered():
    assert covers(given_for(), ASK, like(note="another"), gate(**OPEN))
    assert covers(given_for(), ASK, Action(name="refund.create", payload={"amount": 250}), gate(**OPEN))
    assert covers(given_for(), ASK, like(amount=250.0), gate(**OPEN)), "numbers are alike as their digests are"


@pytest.mark.parametrize(
    "changes",
    [{"amount": 251}, {"order": "1"}, {"note2": None}],
)
def test_any_other_field_is_not_covered(changes):
    assert not covers(given_for(), ASK, like(**changes), gate(**OPEN))


@pytest.mark.parametrize(
    ("approved", "kept", "lost"),
    [
        ("late", ["", "other"], [{"sudo": ["x"]}, ["late"], 1, True, None]),
        (1, [2, 2.5, -1.0], ["1", True, None, [1], {"n": 1}]),
        (True, [False], [0, 1, "true", None]),
        (None, [], [0, "", False, [], {}]),
        ([], [[]], [[1], "", None]),
        (["a"], [[], ["b", "c"]], [[{"sudo": "a"}], ["a", 1], [["a"]], "a"]),
        ([1, "a"], [["b", 2.5]], [[None]]),
        ([{"a": 1}], [[{"a": 2}, {"a": 3}]], [[{"a": 2, "b": 1}], [{"a": "2"}], [{}]]),
        ([["a"], []], [[["b"]], [[]]], [[[1]], ["b"]]),
        (
            {"text": "a", "to": {"id": 1}},
            [{}, {"text": "b"}, {"text": "b", "to": {"id": 2.0}}],
            [{"text": 1}, {"text": "a", "sudo": "b"}, {"to": {"id": 1, "sudo": True}}, {"to": "me"}, ["a"], "a", None],
        ),
    ],
    ids=str,
)
def test_what_may_differ_keeps_the_type_that_people_saw(approved, kept, lost):
    first = pending(refund(250, note=approved), **OPEN)
    approval = given_for(first)
    for value in [approved, *kept]:
        assert covers(approval, ASK, like(note=value), gate(**OPEN), first), value
    for value in lost:
        assert not covers(approval, ASK, like(note=value), gate(**OPEN), first), value


def test_what_may_differ_may_be_left_out_but_not_come_where_nobody_saw_it():
    bare = pending(refund(250), **OPEN)
    without = Action(name="refund.create", payload={"amount": 250})
    assert covers(given_for(), ASK, without, gate(**OPEN))
    assert covers(given_for(bare), ASK, without, gate(**OPEN), bare)
    for note in ("late", None, {}):
        assert not covers(given_for(bare), ASK, like(note=note), gate(**OPEN), bare)


def test_a_field_inside_another_keeps_its_type_too():
    terms = {"remember_approval": replace(TERMS, may_differ=("payload.meta.note", "payload.order.no"))}
    first = pending(refund(250, meta={"note": "a"}, order="x"), **terms)

    def covered(**payload):
        action = Action(name="refund.create", payload={"amount": 250, "order": "x"} | payload)
        return covers(given_for(first), ASK, action, gate(**terms), first)

    assert covered(meta={"note": "b"})
    assert covered(meta={})
    assert not covered(meta={"note": ["b"]})
    assert not covered(meta={"note": "b"}, order={"no": "x"})


@pytest.mark.parametrize(
    ("first", "then", "same"),
    [
        (None, None, True),
        ({"required": ["amount"]}, {"required": ["amount"]}, True),
        ({"properties": {"note": {"maxLength": 9}}}, None, False),
        ({"properties": {"note": {"maxLength": 9}}}, {}, False),
        ({"properties": {"note": {"maxLength": 9}}}, {"properties": {"note": {"maxLength": 90}}}, False),
        (None, {}, False),
        ({"const": 1}, {"const": True}, False),
    ],
)
def test_the_agents_schema_is_the_one_under_which_people_approved(first, then, same):
    approved = replace(pending(**OPEN), ask=replace(pending(**OPEN).ask, payload_schema=first))
    ask = replace(ASK, payload_schema=then)
    assert covers(given_for(), ask, like(), gate(**OPEN), approved) is same


@pytest.mark.parametrize(
    "ask",
    [
        make_ask(agent="other-bot"),
        make_ask(on_behalf_of="U0ERIN"),
        make_ask(source=Source.untrusted),
    ],
    ids=["agent", "person", "source"],
)
def test_another_asker_is_not_covered(ask):
    assert covers(given_for(), ASK, like(), gate(**OPEN))
    assert not covers(given_for(), ask, like(), gate(**OPEN))


def test_a_trusted_source_is_covered_by_what_was_allowed_to_an_untrusted_one():
    untrusted = replace(given_for(), source=Source.untrusted)
    assert covers(untrusted, make_ask(source=Source.untrusted), like(), gate(**OPEN))
    assert covers(untrusted, make_ask(source=Source.trusted), like(), gate(**OPEN))


@pytest.mark.parametrize(
    "changes",
    [
        {"remember_approval": None},
        {"remember_approval": replace(TERMS, may_differ=())},
        {"tier": Tier.block},
        {"tier": Tier.auto},
        {"approvals": 2},
        {"roles": ("finance",)},
        {"roles": ("finance", "support")},
        {"second_person": True},
        {"quorum_unreachable": "There are not enough people."},
        {"excluded": frozenset({"U0ALICE", "U0OWNER"})},
        {"excluded": frozenset({"U0ALICE"})},
        {"excluded": frozenset()},
        {"self_review": frozenset({"support"})},
        {"rules": ("more",)},
        {"risk": (Reason(rule="repeat", reason="A person rejected exactly this before."),)},
        {"facts": (Fact(rule="repeat", name="repeat_of_rejected", value="U0BOB rejected exactly this"),)},
        {"facts": (Fact(rule="often", name="rate", value="21 such proposals"),)},
        {"facts": (Fact(rule="new", name="first_time payload.to", value="never approved before"),)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_nothing_that_the_present_policy_asks_more_is_passed(changes):
    assert not covers(given_for(), ASK, like(), gate(**OPEN | changes))


def test_a_gate_that_excludes_who_allowed_it_is_not_passed_even_if_it_was_the_same_then():
    excluding = gate(**OPEN, excluded=frozenset({"U0ALICE"}))
    assert not covers(replace(given_for(), gate=excluding), ASK, like(), excluding)


def test_a_gate_with_fewer_rules_is_passed_and_stand_ins_of_then_have_to_be_there_still():
    stricter = gate(**OPEN, rules=("one", "two"))
    approval = given_for(pending(**OPEN, rules=("one", "two")))
    assert still_satisfied(approval, stricter)
    assert still_satisfied(approval, gate(**OPEN, rules=("one",)))
    backed = given_for(pending(**OPEN, stand_ins=(StandIn(role="support", by="lead"),)))
    assert not still_satisfied(backed, gate(**OPEN))


@pytest.mark.parametrize(
    ("terms", "until", "most"),
    [
        (TERMS, 3610, 2),
        (replace(TERMS, lasts=60), 70, 2),
        (replace(TERMS, lasts=9000, most=1), 3610, 1),
        (replace(TERMS, most=50), 3610, 2),
    ],
)
def test_of_the_terms_then_and_now_the_narrower_count(terms, until, most):
    assert left_by(gate(remember_approval=terms), given_for()) == (after(until), most)


@given(PAYLOADS, PAYLOADS)
def test_two_payloads_are_alike_exactly_where_all_but_the_named_field_is_the_same(one, other):
    def rest(payload):
        return Action(name="a", payload={name: value for name, value in payload.items() if name != "note"}).digest

    made = [alike(Action(name="a", payload=each), ("payload.note",)) for each in (one, other)]
    assert (made[0] == made[1]) == (rest(one) == rest(other))


@given(DEEP, DEEP)
def test_a_field_inside_another_is_left_out_alone(one, other):
    def rest(payload):
        meta = payload.get("meta")
        inside = {"meta": {k: v for k, v in meta.items() if k != "note"}} if isinstance(meta, dict) else {}
        return Action(name="a", payload={**payload, **inside}).digest

    made = [alike(Action(name="a", payload=each), ("payload.meta.note",)) for each in (one, other)]
    assert (made[0] == made[1]) == (rest(one) == rest(other))


def test_the_payload_that_is_compared_stays_as_it_is():
    payload = {"meta": {"note": 1}}
    alike(Action(name="a", payload=payload), ("payload.meta.note", "payload.gone.too"))
    assert payload == {"meta": {"note": 1}}


# Over a real store.


def sent(note="late parcel", *, amount=250, agent="support-bot", key=None, claim=False, **fields):
    return Submission(
        action=Action(name="refund.create", payload={"amount": amount, "note": note}),
        ask=make_ask(agent=agent, **fields),
        idempotency_key=key,
        fingerprint="f" * 64,
        claim=claim,
    )


@pytest.fixture
async def first(lifecycle, rules):
    """A refund that Alice approved with the next like it."""
    rules.changes = dict(OPEN)
    rules.limit = 100
    made, _ = await lifecycle.submit(sent())
    return await lifecycle.approve_and_next(made.id, ALICE, made.nonce)


async def cause_of_next(lifecycle, **changes):
    made, _ = await lifecycle.submit(sent(**changes))
    return made.cause


async def told(store, proposal_id):
    found = await store.audit.entries(0, 1000)
    return [
        each.tag for each in found if each.proposal_id == proposal_id and each.tag.startswith("remembered_approval:")
    ]


async def test_each_use_is_counted_told_and_the_last_one_ends_it(lifecycle, store, first):
    made, _ = await lifecycle.submit(sent("one"))
    assert (made.status, made.cause, made.resolved_by) == (Status.approved, Cause.remembered_approval, "U0ALICE")
    (fact,) = made.gate.facts
    assert fact.value == f"U0ALICE approved {first.id} and the next like it; this is 1 of 2."
    assert (await the_approval(store, first.id)).left == 1
    assert await cause_of_next(lifecycle, note="two") is Cause.remembered_approval
    assert await cause_of_next(lifecycle, note="three") is None
    assert await told(store, first.id) == [
        "remembered_approval:begun",
        "remembered_approval:used",
        "remembered_approval:used",
        "remembered_approval:exhausted",
    ]
    ended = await the_approval(store, first.id)
    assert (ended.left, ended.ended) == (0, RememberedEnding.exhausted)
    assert await store.audit.verify() is None


async def test_however_many_come_at_once_no_more_than_allowed_are_approved(lifecycle, store, rules, first, tmp_path):
    async with open_store(f"sqlite:///{tmp_path}/signoff.db", KEY, lifecycle.clock) as other:
        beside = replace_store(lifecycle, other)
        made = await asyncio.gather(*((lifecycle, beside)[n % 2].submit(sent(str(n))) for n in range(8)))
    causes = [proposal.cause for proposal, _ in made]
    assert causes.count(Cause.remembered_approval) == TERMS.most
    assert causes.count(None) == 8 - TERMS.most
    assert (await the_approval(store, first.id)).used == TERMS.most


class Far:
    """Ids that clash with no others."""

    def __init__(self):
        self.count = 0xF000

    def proposal_id(self):
        self.count += 1
        return f"prp_{self.count:032x}"

    def nonce(self):
        return f"far{self.count}"


def replace_store(lifecycle, store):
    return type(lifecycle)(
        store=store, policy=lifecycle.policy, clock=lifecycle.clock, ids=Far(), randomness=lifecycle.randomness
    )


@pytest.mark.parametrize(
    ("moved", "cause"),
    [
        (timedelta(hours=1, milliseconds=-1), Cause.remembered_approval),
        (timedelta(hours=1), None),
        (timedelta(milliseconds=-1), None),
    ],
    ids=["in time", "at its end", "before it was given"],
)
async def test_it_counts_from_when_it_was_given_until_its_end(lifecycle, clock, first, moved, cause):
    clock.at += moved
    assert await cause_of_next(lifecycle) is cause


async def test_a_policy_that_allows_less_now_is_kept_to(lifecycle, rules, first):
    rules.changes = {"remember_approval": replace(TERMS, most=1)}
    assert await cause_of_next(lifecycle) is Cause.remembered_approval
    assert await cause_of_next(lifecycle) is None
    rules.changes = {"remember_approval": replace(TERMS, lasts=60)}
    lifecycle.clock.forward(60)
    assert await cause_of_next(lifecycle) is None
    rules.changes = dict(OPEN)
    assert await cause_of_next(lifecycle) is Cause.remembered_approval


async def test_who_left_the_role_approves_nothing_any_more(lifecycle, store, rules, first):
    rules.gone = {"U0ALICE"}
    assert await cause_of_next(lifecycle) is None
    rules.version = "v2"
    await lifecycle.rejudge()
    assert (await the_approval(store, first.id)).ended is RememberedEnding.policy_changed


@pytest.mark.parametrize(
    "changes", [{}, {"remember_approval": TERMS, "approvals": 2}, {"remember_approval": TERMS, "rules": ("new",)}]
)
async def test_another_policy_that_asks_more_ends_it(lifecycle, store, rules, clock, first, changes):
    await lifecycle.claim(first.id, "support-bot", first.digest, None)
    rules.version, rules.changes = "v2", changes
    await lifecycle.rejudge()
    assert (await the_approval(store, first.id)).ended is RememberedEnding.policy_changed
    rules.changes = dict(OPEN)
    assert await cause_of_next(lifecycle) is None


async def test_an_agent_that_may_no_longer_ask_loses_it(lifecycle, store, rules, first):
    await lifecycle.claim(first.id, "support-bot", first.digest, None)
    rules.version, rules.agents = "v2", {"other-bot"}
    await lifecycle.rejudge()
    assert (await the_approval(store, first.id)).ended is RememberedEnding.policy_changed


async def test_the_same_policy_and_one_that_asks_no_more_leave_it(lifecycle, store, rules, first):
    await lifecycle.rejudge()
    rules.version = "v2"
    await lifecycle.rejudge()
    assert (await the_approval(store, first.id)).ended is None
    assert await cause_of_next(lifecycle) is Cause.remembered_approval


async def test_what_followed_is_revoked_with_the_policy_like_anything_and_takes_it_along(
    lifecycle, store, rules, first
):
    await lifecycle.claim(first.id, "support-bot", first.digest, None)
    made, _ = await lifecycle.submit(sent())
    rules.changes = {"remember_approval": TERMS, "roles": ("finance",)}
    await lifecycle.rejudge()
    assert (await store.find(made.id)).cause is Cause.policy_changed
    ended = await the_approval(store, first.id)
    assert (ended.ended, ended.ended_by) == (RememberedEnding.retracted, None)


@pytest.mark.parametrize("verb", ["revoke", "reject"])
async def test_who_takes_back_what_it_came_with_ends_it(lifecycle, store, first, verb):
    await getattr(lifecycle, verb)(first.id, BOB, "Wait.", first.nonce)
    ended = await the_approval(store, first.id)
    assert (ended.ended, ended.ended_by) == (RememberedEnding.retracted, "U0BOB")
    assert await cause_of_next(lifecycle) is None


async def test_who_takes_back_what_followed_ends_it(lifecycle, store, first):
    made, _ = await lifecycle.submit(sent())
    await lifecycle.revoke(made.id, BOB, "Wait.", made.nonce)
    assert (await the_approval(store, first.id)).ended is RememberedEnding.retracted


async def test_a_revocation_of_something_else_ends_nothing(lifecycle, store, first):
    made, _ = await lifecycle.submit(sent(amount=251))
    made = await lifecycle.approve(made.id, BOB, made.nonce)
    await lifecycle.revoke(made.id, BOB, "Wait.", made.nonce)
    assert (await the_approval(store, first.id)).ended is None


LEFT = make_reviewer(user="U0ALICE", roles=frozenset())


async def test_what_cannot_be_remembered_leaves_the_proposal_waiting(lifecycle, store, rules):
    made, _ = await lifecycle.submit(sent())
    with pytest.raises(CannotRemember):
        await lifecycle.approve_and_next(made.id, ALICE, made.nonce)
    assert (await store.find(made.id)).status is Status.pending
    assert await the_approval(store, made.id) is None


async def test_a_retry_under_the_same_key_uses_no_more_and_a_claim_comes_along(lifecycle, store, first):
    once, new = await lifecycle.submit(sent(key="k", claim=True))
    again, twice = await lifecycle.submit(sent(key="k", claim=True))
    assert (once.status, new, twice, again.id) == (Status.claimed, True, False, once.id)
    assert (await the_approval(store, first.id)).used == 1


async def test_two_are_used_one_after_the_other_the_older_first(lifecycle, store, clock, rules, first):
    clock.forward(1)
    rules.gone = {"U0ALICE"}
    made, _ = await lifecycle.submit(sent())
    rules.gone = set()
    second = await lifecycle.approve_and_next(made.id, BOB, made.nonce)
    by = [(await lifecycle.submit(sent()))[0].resolved_by for _ in range(5)]
    assert by == ["U0ALICE", "U0ALICE", "U0BOB", "U0BOB", None]
    assert (await the_approval(store, second.id)).left == 0


async def test_a_proposal_that_is_damaged_is_noted_when_its_remembered_approval_is_judged(
    lifecycle, store, rules, first, tmp_path
):
    with by_hand(tmp_path, without=["remembered_terms_stay"]) as connection:
        connection.execute("UPDATE remembered_decisions SET most = 99")
    rules.version = "v2"
    await lifecycle.rejudge()
    assert first.id in lifecycle.damaged
    assert await cause_of_next(lifecycle) is None


@pytest.mark.parametrize(
    "change",
    [
        "most = 99",
        "until = until + 1",
        "person = 'U0BOB'",
        "action = 'refund.other'",
        "used = used + 1",
        "used = 0",
        "ended = NULL, ended_at = NULL, ended_by = NULL",
    ],
)
async def test_what_was_changed_by_hand_approves_nothing(lifecycle, store, rules, first, tmp_path, change):
    assert await cause_of_next(lifecycle) is Cause.remembered_approval
    if change.startswith("ended"):
        await lifecycle.end_remembered(Verdict.approve, first.id, BOB)
    with by_hand(tmp_path, without=["remembered_terms_stay", "remembered_ended_stays"]) as connection:
        connection.execute(f"UPDATE remembered_decisions SET {change}")
    assert await cause_of_next(lifecycle) is None
    assert await the_approval(store, first.id) is None
    with pytest.raises(RowDamaged):
        await lifecycle.end_remembered(Verdict.approve, first.id, BOB)


@pytest.mark.parametrize(
    "forged", ["'{}'", "replace(facts, 'U0ALICE', 'U0BOB')", "replace(facts, '\"most\":2', '\"most\":9')"]
)
async def test_terms_that_were_not_sealed_by_us_approve_nothing(lifecycle, store, first, tmp_path, forged):
    with by_hand(tmp_path, without=["entries_unchanged"]) as connection:
        connection.execute(f"UPDATE entries SET facts = {forged} WHERE tag = 'remembered_approval:begun'")
    assert await cause_of_next(lifecycle) is None
    assert await the_approval(store, first.id) is None


async def test_terms_that_were_rewritten_in_row_and_entry_alike_approve_nothing(lifecycle, store, first, tmp_path):
    with by_hand(tmp_path, without=["entries_unchanged", "remembered_terms_stay"]) as connection:
        connection.execute("""UPDATE entries SET facts = replace(facts, '"most":2', '"most":9')""")
        connection.execute("UPDATE remembered_decisions SET most = 9")
    assert await cause_of_next(lifecycle) is None
    assert await the_approval(store, first.id) is None


async def test_it_is_not_used_past_what_is_left_even_if_the_move_forgets(lifecycle, store, clock, first):
    approval = await the_approval(store, first.id)

    async def used(**changes):
        asked = {"until": approval.until, "most": 9, "now": clock.now()} | changes
        async with store.transaction() as tx:
            made = await tx.remembered.use(approval, first.id, SYSTEM, **asked)
            if made is not None:
                raise RuntimeError  # nothing of it is kept
        return made

    with pytest.raises(RuntimeError):
        await used()
    assert await used(now=approval.until, until=approval.until + timedelta(hours=1)) is None
    assert await used(until=clock.now()) is None
    assert await used(most=0) is None
    assert await used(now=approval.at - timedelta(milliseconds=1)) is None
    await lifecycle.end_remembered(Verdict.approve, first.id, BOB)
    assert await used() is None
    async with store.transaction() as tx:
        assert await tx.remembered.approvals("support-bot", "refund.create") == []


async def test_what_came_with_a_damaged_proposal_approves_nothing_and_people_are_asked(
    lifecycle, store, first, tmp_path
):
    with by_hand(tmp_path) as connection:
        connection.execute("UPDATE proposals SET ask = '{}' WHERE id = ?", (first.id,))
    assert await cause_of_next(lifecycle) is None
