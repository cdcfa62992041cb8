"""Fatigue: who decided so much, or so fast, types one more value of what is grave, or lets others go first."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals import moves
from approvals.decision import Attestation, FirstSeen
from approvals.fatigue import MOST, FatigueTerms, RecentDecision
from approvals.gate import ApprovalTerms, Confirmation, Tier
from approvals.moves.confirmation import CODE, NAME, is_grave, words
from approvals.proposal import Action, Revision, Status
from approvals.refusals import Refusal, SomebodyElseFirst, Tired
from tests.approvals.situations import ALICE, BOB, after
from tests.laws import examples
from tests.making import make_gate, make_proposal, make_reviewer

ASK = Confirmation()
TWO_IN_TEN = FatigueTerms(within=600, decisions=2)
OTHERS = FatigueTerms(within=600, decisions=2, somebody_else=True)
NOW = after(10_000)
PAYLOAD = {"amount": 250, "customer": "cus_1", "note": "late"}


def made(*ago, rushed=()):
    """Decisions so many seconds ago, the newest first."""
    return [RecentDecision(at=NOW - timedelta(seconds=each), rushed=each in rushed) for each in sorted(ago)]


@pytest.mark.parametrize(
    ("terms", "recent", "tired"),
    [
        (TWO_IN_TEN, made(), False),
        (TWO_IN_TEN, made(1), False),
        (TWO_IN_TEN, made(1, 599), True),
        (TWO_IN_TEN, made(1, 600), False),
        (FatigueTerms(within=600, rushed=2), made(1, 2, 3), False),
        (FatigueTerms(within=600, rushed=2), made(1, 2, 3, rushed=(1,)), False),
        (FatigueTerms(within=600, rushed=2), made(1, 2, 3, rushed=(1, 3)), True),
        (FatigueTerms(within=600, rushed=1), made(700, rushed=(700,)), False),
        (TWO_IN_TEN, made(-30, 1), True),
    ],
)
def test_somebody_is_tired_by_what_they_decided_within_the_time(terms, recent, tired):
    assert terms.tires(recent, NOW) == tired


@pytest.mark.parametrize(
    ("recent", "newest", "suggested"),
    [
        (made(0), 1, False),
        (made(0, 100), 1, True),
        (made(0, 100, 200), 1, False),  # it was said with the one before
        (made(0, 100, 200), 2, True),  # which was made together with this one
        (made(0, 500, 1000), 1, False),
        (made(0, 100, 700, 800), 1, True),  # after a pause
        (made(0, 100, 699, 700), 1, False),  # without one
        ([], 1, False),
    ],
)
def test_a_break_is_suggested_once_in_a_run(recent, newest, suggested):
    assert TWO_IN_TEN.suggests_break(recent, newest) == suggested


def test_of_a_run_whose_beginning_is_not_known_a_break_was_suggested_before():
    assert not TWO_IN_TEN.suggests_break(made(*range(MOST)), MOST)


@given(st.lists(st.integers(1, 900), max_size=30), st.integers(1, 5))
@settings(max_examples=examples(200))
def test_in_whatever_rhythm_somebody_decides_it_is_suggested_at_most_once_a_run(pauses, most):
    terms = FatigueTerms(within=600, decisions=most)
    moments = [NOW]
    for pause in pauses:
        moments.append(moments[-1] + timedelta(seconds=pause))
    told = []
    for end in range(1, len(moments) + 1):
        recent = [RecentDecision(at=each) for each in reversed(moments[:end])]
        told.append(terms.suggests_break(recent))
    runs = [0]
    for place, pause in enumerate(pauses, start=1):
        if pause >= 600:
            runs.append(place)
    for begin, end in zip(runs, [*runs[1:], len(moments)], strict=True):
        tired = any(
            terms.tires([RecentDecision(at=at) for at in reversed(moments[begin:last])], moments[last - 1])
            for last in range(begin + 1, end + 1)
        )
        assert sum(told[begin:end]) == tired


@pytest.mark.parametrize(
    ("changes", "grave"),
    [
        ({}, False),
        ({"confirmation": ASK}, True),
        ({"confirmation": Confirmation(typed=(NAME,))}, True),
        ({"approvals": 2}, True),
        ({"roles": ("finance", "support")}, True),
        ({"confirmation": ASK, "tier": Tier.watch}, False),
    ],
)
def test_grave_is_what_a_rule_asks_a_confirmation_for_and_what_several_have_to_agree_to(changes, grave):
    assert is_grave(make_gate(**changes)) == grave


def more(payload=PAYLOAD, revised=None, **changes):
    """What a tired person types beside what all do."""
    proposal = make_proposal(payload=payload, **{"confirmation": ASK, **changes})
    if revised is not None:
        proposal = edited(proposal, revised)
    usual = {each.field for each in words(proposal)}
    return [(each.field, each.text) for each in words(proposal, tired=True) if each.field not in usual]


def edited(proposal, payload):
    revision = Revision(number=2, action=Action(name=proposal.action.name, payload=payload), at=after(5))
    return replace(proposal, revisions=(*proposal.revisions, revision))


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"title": "Refund {payload.customer}: {payload.amount}"}, ("amount", "250")),
        ({"title": "Refund {payload.customer}"}, ("customer", "cus_1")),
        ({"title": "{action} of {payload.gone}", "show": ("note",)}, ("note", "late")),
        ({}, ("amount", "250")),
        ({"redact": ("amount",)}, ("customer", "cus_1")),
        ({"confirmation": Confirmation(typed=("amount",))}, ("customer", "cus_1")),
        ({"confirmation": Confirmation(code=True)}, ("amount", "250")),
        ({"payload": {"body": "two\nlines"}}, (NAME, "refund.create")),
        ({"revised": {**PAYLOAD, "note": "later"}, "title": "{payload.amount}"}, ("note", "later")),
    ],
)
def test_what_is_typed_is_the_gravest_that_nobody_types_anyhow(changes, asked):
    assert more(**changes) == [asked]


def test_where_all_is_typed_already_nothing_more_is():
    assert more({}, confirmation=Confirmation(typed=(NAME,))) == []


def test_what_is_not_grave_asks_a_tired_person_for_nothing_more():
    assert more(confirmation=None) == []


def test_the_code_stays_the_last_that_is_typed():
    proposal = make_proposal(payload=PAYLOAD, confirmation=Confirmation(code=True))
    assert [each.field for each in words(proposal, tired=True)] == ["amount", CODE]


GATES = st.builds(
    lambda typed, code, title, show: {
        "confirmation": Confirmation(typed=tuple(sorted(typed)), code=code),
        "title": title,
        "show": tuple(show),
    },
    st.sets(st.sampled_from(["", "amount", "customer", "gone"])),
    st.booleans(),
    st.sampled_from([None, "{payload.amount}", "{action} {payload.note}"]),
    st.lists(st.sampled_from(["note", "amount"]), unique=True),
)


@given(
    GATES,
    st.dictionaries(
        st.sampled_from(["amount", "customer", "note"]), st.one_of(st.integers(-(10**9), 10**9), st.text())
    ),
)
@settings(max_examples=examples(200))
def test_a_tired_person_types_all_that_others_do_and_at_most_one_more(changes, payload):
    proposal = make_proposal(payload=payload, **changes)
    usual, tired = words(proposal), words(proposal, tired=True)
    assert set(usual) <= set(tired)
    assert len(tired) <= len(usual) + 1
    enough = Attestation(typed=[each.text if each.field != CODE else "123456" for each in tired], tired=True)
    assert moves.approve(proposal, ALICE, proposal.nonce, after(10), attestation=enough)
    if len(tired) > len(usual):
        for typed in ((), [each.text if each.field != CODE else "123456" for each in usual]):
            with pytest.raises(Tired):
                moves.approve(
                    proposal, ALICE, proposal.nonce, after(10), attestation=Attestation(typed=typed, tired=True)
                )


@pytest.fixture
def grave(rules):
    """Refunds are; who made two decisions in ten minutes is tired."""
    rules.changes = {"confirmation": ASK}
    rules.terms = {"support": TWO_IN_TEN}
    rules.people = {"support": ("U0ALICE", "U0BOB")}
    rules.limit = 100
    return rules


async def decide(lifecycle, submit, count, who=ALICE):
    """So many approvals of what is not grave; afterwards what waits is as before."""
    changes, lifecycle.policy.changes = lifecycle.policy.changes, {}
    for _ in range(count):
        waiting = await submit()
        await lifecycle.approve(waiting.id, who, waiting.nonce)
    lifecycle.policy.changes = changes


TYPED = Attestation(typed=("250",))


async def test_after_so_many_decisions_a_grave_approval_takes_a_value_and_a_pause_ends_that(
    grave, lifecycle, submit, clock
):
    await decide(lifecycle, submit, 2)
    waiting = await submit()
    assert await lifecycle.is_tired(waiting, "U0ALICE")
    assert not await lifecycle.is_tired(waiting, "U0BOB")
    for attestation in (Attestation(), Attestation(typed=("251",))):
        with pytest.raises(Tired):
            await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=attestation)
    approved = await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=TYPED)
    assert approved.status is Status.approved
    second = await submit()
    clock.forward(600)
    assert (await lifecycle.approve(second.id, ALICE, second.nonce)).status is Status.approved


async def test_whoever_is_not_tired_needs_nothing_and_a_no_never_does(grave, lifecycle, submit):
    await decide(lifecycle, submit, 2)
    first, second = await submit(), await submit()
    assert (await lifecycle.approve(first.id, BOB, first.nonce)).status is Status.approved
    assert (await lifecycle.reject(second.id, ALICE, "No", second.nonce)).status is Status.rejected


async def test_rejections_count_as_decisions_and_what_was_taken_back_too(grave, lifecycle, submit):
    grave.changes = {"undo_window": 60}
    waiting = await submit()
    approved = await lifecycle.approve(waiting.id, ALICE, waiting.nonce)
    await lifecycle.retract(waiting.id, ALICE, approved.nonce)
    grave.changes = {"confirmation": ASK}
    waiting = await submit()
    await lifecycle.reject(waiting.id, ALICE, "No", waiting.nonce)
    assert await lifecycle.is_tired(await submit(), "U0ALICE")


async def test_approvals_sooner_than_a_card_can_be_read_count_by_themselves(grave, lifecycle, submit, clock):
    grave.terms = {"support": FatigueTerms(within=600, rushed=2)}
    seen = Attestation(first_seen=FirstSeen(at=clock.now(), words=1000))
    grave.changes = {}
    for _ in range(2):
        waiting = await submit()
        await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=seen)
        waiting = await submit()
        await lifecycle.reject(waiting.id, BOB, "No", waiting.nonce, attestation=seen)
    grave.changes = {"confirmation": ASK}
    waiting = await submit()
    assert await lifecycle.is_tired(waiting, "U0ALICE")
    assert not await lifecycle.is_tired(waiting, "U0BOB")


async def test_who_was_asked_for_a_value_once_types_it_also_when_the_time_is_over(grave, lifecycle, submit):
    waiting = await submit()
    with pytest.raises(Tired):
        await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=Attestation(typed=("1",), tired=True))


async def test_an_edit_takes_the_value_as_changed_and_is_looked_ahead_without(grave, lifecycle, submit):
    await decide(lifecycle, submit, 2)
    waiting = await submit()
    changed = {"amount": 260}
    foreseen = await lifecycle.preview_edit(waiting.id, ALICE, changed, waiting.nonce)
    assert [each.text for each in words(foreseen, tired=await lifecycle.is_tired(foreseen, "U0ALICE"))] == ["260"]
    for payload, value in ((changed, "250"), ({"amount": 250}, "260")):
        with pytest.raises(Tired):
            await lifecycle.edit(waiting.id, ALICE, payload, waiting.nonce, Attestation(typed=(value,)))
    edited = await lifecycle.edit(waiting.id, ALICE, changed, waiting.nonce, Attestation(typed=("260",)))
    assert edited.status is Status.approved


async def test_a_tired_person_approves_nothing_together_with_the_next_like_it(grave, lifecycle, submit):
    grave.changes |= {"remember_approval": ApprovalTerms(may_differ=(), lasts=60, most=2)}
    await decide(lifecycle, submit, 2)
    waiting = await submit()
    with pytest.raises(Tired):
        await lifecycle.approve_and_next(waiting.id, ALICE, waiting.nonce)


async def test_others_come_first_as_long_as_one_of_them_can(grave, lifecycle, submit, clock):
    grave.terms = {"support": OTHERS}
    await decide(lifecycle, submit, 2)
    waiting = await submit()
    for _ in range(2):
        with pytest.raises(SomebodyElseFirst):
            await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=TYPED)
        with pytest.raises(SomebodyElseFirst):
            await lifecycle.may("approve", waiting.id, ALICE, waiting.nonce)
        with pytest.raises(SomebodyElseFirst):
            await lifecycle.preview_edit(waiting.id, ALICE, {"amount": 260}, waiting.nonce)
        with pytest.raises(SomebodyElseFirst):
            await lifecycle.edit(waiting.id, ALICE, {"amount": 260}, waiting.nonce, Attestation(typed=("260",)))
        clock.forward(299)
    await lifecycle.may("approve", waiting.id, BOB, waiting.nonce)
    assert (await lifecycle.approve(waiting.id, BOB, waiting.nonce)).status is Status.approved


async def test_nobody_waits_for_others_who_are_tired_too_excluded_or_only_in_a_group(grave, lifecycle, submit):
    grave.terms = {"support": OTHERS}
    await decide(lifecycle, submit, 2)
    await decide(lifecycle, submit, 2, BOB)
    first = await submit()
    assert (await lifecycle.approve(first.id, ALICE, first.nonce, attestation=TYPED)).status is Status.approved
    for people in (("U0ALICE",), ("U0ALICE", "U0OWNER"), ()):
        grave.people = {"support": people}
        waiting = await submit()
        assert (await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=TYPED)).status is Status.approved


async def test_whoever_sits_elsewhere_or_has_decided_is_not_waited_for(grave, lifecycle, submit):
    grave.terms = {"support": OTHERS}
    grave.changes = {"roles": ("finance", "support"), "channels": ("C0FINANCE", "C0SUPPORT")}
    grave.people = {"support": ("U0ALICE",), "finance": ("U0CAROL",)}
    await decide(lifecycle, submit, 2)
    waiting = await submit()
    half = await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=TYPED)
    assert half.status is Status.pending
    grave.changes = {"approvals": 2}
    grave.people = {"support": ("U0ALICE", "U0BOB")}
    waiting = await submit()
    with pytest.raises(SomebodyElseFirst):
        await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=TYPED)
    await lifecycle.approve(waiting.id, BOB, waiting.nonce)
    whole = await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=TYPED)
    assert whole.status is Status.approved


async def test_after_half_of_its_time_the_tired_decide_too_and_the_deadline_stays(grave, lifecycle, submit, clock):
    grave.terms = {"support": FatigueTerms(within=86_400, decisions=2, somebody_else=True)}
    await decide(lifecycle, submit, 2)
    waiting = await submit()
    clock.forward(1799)
    with pytest.raises(SomebodyElseFirst) as refused:
        await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=TYPED)
    assert refused.value.until == clock.now() + timedelta(seconds=1)
    clock.forward(1)
    with pytest.raises(Tired):
        await lifecycle.approve(waiting.id, ALICE, waiting.nonce)
    approved = await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=TYPED)
    assert (approved.status, approved.expires_at) == (Status.approved, waiting.expires_at)


async def test_what_is_refused_decides_nothing_and_silence_stays_a_no(grave, lifecycle, submit, store, clock):
    grave.terms = {"support": OTHERS}
    await decide(lifecycle, submit, 2)
    waiting = await submit()
    with pytest.raises(SomebodyElseFirst):
        await lifecycle.approve(waiting.id, ALICE, waiting.nonce, attestation=TYPED)
    clock.forward(3600)
    await lifecycle.sweep()
    assert (await store.find(waiting.id)).status is Status.rejected


async def test_a_break_is_suggested_once_however_often_it_is_asked(grave, lifecycle, submit):
    waiting = await submit()
    assert not await lifecycle.suggests_break(waiting, "U0ALICE")
    await decide(lifecycle, submit, 2)
    assert await lifecycle.suggests_break(waiting, "U0ALICE")
    await decide(lifecycle, submit, 1)
    assert not await lifecycle.suggests_break(waiting, "U0ALICE")
    grave.terms = {}
    assert not await lifecycle.suggests_break(waiting, "U0ALICE")


PEOPLE = [ALICE, BOB, make_reviewer(user="U0DAN", roles=frozenset({"support"}))]


@pytest.mark.parametrize("approvals", [1, 2, 3])
@pytest.mark.parametrize("tired", [(), (0,), (0, 1), (0, 1, 2)])
async def test_whoever_is_tired_somebody_can_always_go_on_to_the_end(grave, lifecycle, submit, approvals, tired):
    grave.terms = {"support": OTHERS}
    grave.changes = {"approvals": approvals, "confirmation": ASK}
    grave.people = {"support": tuple(each.user for each in PEOPLE)}
    for place in tired:
        await decide(lifecycle, submit, 2, PEOPLE[place])
    waiting = await submit()
    for _ in range(approvals):
        counted = 0
        for person in PEOPLE:
            try:
                await lifecycle.approve(waiting.id, person, waiting.nonce, attestation=TYPED)
            except Refusal:
                continue
            counted += 1
            break
        assert counted == 1
    assert (await lifecycle.store.find(waiting.id)).status is Status.approved
