"""What runs at once and is looked over: drawn by chance alone, judged once, by whoever may, beside the proposal."""

import json
from dataclasses import replace

import pytest

from approvals.events import event_facts
from approvals.gate import Sampling, Tier
from approvals.lifecycle import Submission, is_sampled
from approvals.moves.samples import draw_sample, may_judge, review_sample
from approvals.proposal import Action, Status
from approvals.refusals import (
    AlreadyJudged,
    Changed,
    JudgementUnexplained,
    NotFound,
    NotYourRole,
    OwnSample,
)
from approvals.reviewer import Reviewer
from approvals.sample import Judged, Sample, SampleVerdict
from approvals.services.sample_reviews import SampleReviews
from storage.audit.contents import whole_facts
from tests.approvals.situations import ALICE, BOB, CAROL, OWNER, STRANGER, by_itself, gate
from tests.making import START, Lots, make_ask

SAMPLING = Sampling(share=0.25, roles=("support",), channels=("C0SUPPORT",))
SAMPLED = gate(tier=Tier.auto, roles=(), channels=(), sampling=SAMPLING)
SAMPLE = Sample(
    proposal_id="prp_1", roles=("support",), channels=("C0SUPPORT",), nonce="nonce-of-the-sample", sampled_at=START
)


def judged(reviewer=ALICE, judgement=SampleVerdict.fine, reason=None, *, sample=SAMPLE, of=SAMPLED, nonce=SAMPLE.nonce):
    return review_sample(sample, of, reviewer, judgement, reason, nonce=nonce, now=START)


@pytest.mark.parametrize(("lot", "sampled"), [(0.0, True), (0.2499, True), (0.25, False), (0.9999, False)])
def test_what_falls_below_the_share_is_drawn(lot, sampled):
    assert is_sampled(SAMPLED, Lots(lot)) is sampled


def test_a_share_of_one_draws_everything_there_can_be():
    assert is_sampled(replace(SAMPLED, sampling=replace(SAMPLING, share=1.0)), Lots(0.9999999999999999))


@pytest.mark.parametrize("tier", [Tier.watch, Tier.approve, Tier.block])
def test_only_what_runs_without_anyone_asked_or_told_is_drawn(tier):
    assert not is_sampled(replace(SAMPLED, tier=tier), Lots(0.0))


def test_where_nothing_is_sampled_no_lot_is_drawn():
    randomness = Lots(0.0)
    assert not is_sampled(gate(tier=Tier.auto), randomness)
    assert randomness.values == [0.0]


def test_what_is_drawn_says_for_whom_and_keeps_its_secret_out_of_the_log():
    sampled = draw_sample(by_itself(sampling=SAMPLING), "secret-of-the-card", START)
    assert (sampled.proposal, sampled.share, sampled.roles) == (
        "prp_019a0000000070008000000000000001",
        0.25,
        ("support",),
    )
    assert "secret-of-the-card" not in json.dumps(event_facts(sampled))


def test_fine_has_no_reason_and_not_fine_has_the_one_given():
    assert judged(reason="never asked for").reason is None
    said = judged(BOB, SampleVerdict.not_fine, "  The wrong customer. ")
    assert (said.judgement, said.by, said.reason) == (SampleVerdict.not_fine, "U0BOB", "The wrong customer.")


@pytest.mark.parametrize("reason", [None, "", " \n "])
def test_not_fine_without_a_reason_is_refused(reason):
    with pytest.raises(JudgementUnexplained):
        judged(ALICE, SampleVerdict.not_fine, reason)


@pytest.mark.parametrize("reviewer", [CAROL, STRANGER])
def test_who_has_none_of_its_roles_may_not_judge(reviewer):
    with pytest.raises(NotYourRole) as refused:
        judged(reviewer)
    assert refused.value.roles == ("support",)


def test_whom_the_gate_excludes_may_not_judge_in_whatever_role():
    with pytest.raises(OwnSample):
        judged(OWNER)


def test_an_excluded_person_may_judge_in_a_role_of_the_sample_that_allows_self_review_and_in_no_other():
    assert judged(OWNER, of=replace(SAMPLED, self_review=frozenset({"support"}))).by == "U0OWNER"
    with pytest.raises(OwnSample):
        judged(OWNER, of=replace(SAMPLED, self_review=frozenset({"finance"})))


def test_a_sample_is_judged_once_and_the_second_hears_by_whom():
    sample = replace(SAMPLE, judged=Judged(judgement=SampleVerdict.fine, by="U0ALICE", at=START))
    with pytest.raises(AlreadyJudged) as refused:
        judged(BOB, sample=sample)
    assert (refused.value.by, refused.value.at) == ("U0ALICE", START)
    with pytest.raises(AlreadyJudged):
        judged(ALICE, sample=sample)


def test_a_click_with_another_secret_is_refused():
    with pytest.raises(Changed):
        may_judge(SAMPLE, SAMPLED, ALICE, "nonce-of-round-1")


# Over the real store.


def search(**changes):
    return Submission(
        action=Action(name="search.web", payload={"q": "parcel"}),
        ask=make_ask(agent="support-bot"),
        fingerprint="f" * 64,
        **changes,
    )


@pytest.fixture
def sampled(lifecycle, rules):
    """The lifecycle, where every search is sampled and the lots fall as given."""
    rules.changes = {"sampling": SAMPLING}

    def falling(*randomness):
        lifecycle.randomness = Lots(*randomness)
        return lifecycle

    return falling


async def submitted(lifecycle, **changes):
    made, new = await lifecycle.submit(search(**changes))
    assert new
    return made


async def tags(store):
    return [entry.tag for entry in await store.audit.entries()]


async def test_what_is_drawn_and_what_is_not_are_the_same_to_whoever_reads_the_proposal(sampled, store):
    lifecycle = sampled(0.1, 0.9)
    one, other = await submitted(lifecycle), await submitted(lifecycle)
    assert replace(one, id=other.id, nonce=other.nonce) == other
    assert await store.samples.get(one.id) is not None
    assert await store.samples.get(other.id) is None
    assert len(await store.reads.trail(one.id)) == len(await store.reads.trail(other.id)) == 2


async def test_that_something_was_drawn_is_kept_with_it_and_named_by_no_entry_of_the_proposal(sampled, store):
    made = await submitted(sampled(0.0))
    drawn = (await store.audit.entries())[-1]
    assert (drawn.tag, drawn.proposal_id) == ("sample:drawn", None)
    assert json.loads(drawn.facts)["proposal"] == made.id
    sample = await store.samples.get(made.id)
    assert (sample.roles, sample.channels, sample.judged) == (("support",), ("C0SUPPORT",), None)
    assert sample.nonce != made.nonce


async def test_a_repeated_submission_is_not_drawn_again(sampled, store):
    lifecycle = sampled(0.9, 0.0)
    made = await submitted(lifecycle, idempotency_key="k")
    again, new = await lifecycle.submit(search(idempotency_key="k"))
    assert (again, new) == (made, False)
    assert await store.samples.get(made.id) is None


async def test_what_is_claimed_in_the_same_call_is_drawn_too(sampled, store):
    made = await submitted(sampled(0.0), claim=True, claimant="c" * 64)
    assert made.status is Status.claimed
    assert await store.samples.get(made.id) is not None


async def test_what_people_were_asked_about_is_not_drawn(sampled, store, rules):
    rules.free = set()
    randomness = Lots(0.0)
    lifecycle = sampled()
    lifecycle.randomness = randomness
    made = await submitted(lifecycle)
    assert made.status is Status.pending
    assert await store.samples.get(made.id) is None
    assert randomness.values == [0.0]


async def test_a_judgement_changes_nothing_about_the_proposal_and_is_kept_with_who_and_why(sampled, store, clock):
    made = await submitted(sampled(0.0))
    clock.forward(minutes=5)
    sample = await store.samples.get(made.id)
    await SampleReviews(store, clock).judge(made.id, ALICE, SampleVerdict.not_fine, "Too much was asked.", sample.nonce)
    assert await store.find(made.id) == made
    kept = (await store.samples.get(made.id)).judged
    assert kept == Judged(judgement=SampleVerdict.not_fine, by="U0ALICE", at=clock.now(), reason="Too much was asked.")
    entry = (await store.audit.entries())[-1]
    assert (entry.tag, entry.proposal_id, entry.actor_id) == ("sample:judged", None, "U0ALICE")
    assert json.loads(entry.actor_proof) == ["support: member"]
    assert whole_facts(entry) == {
        "proposal": made.id,
        "judgement": "not_fine",
        "by": "U0ALICE",
        "reason": "Too much was asked.",
    }


async def test_of_two_who_judge_the_second_is_refused(sampled, store, clock):
    made = await submitted(sampled(0.0))
    sample = await store.samples.get(made.id)
    bench = SampleReviews(store, clock)
    await bench.judge(made.id, ALICE, SampleVerdict.fine, None, sample.nonce)
    with pytest.raises(AlreadyJudged):
        await bench.judge(made.id, BOB, SampleVerdict.not_fine, "No.", sample.nonce)
    assert (await store.samples.get(made.id)).judged.by == "U0ALICE"
    assert (await tags(store)).count("sample:judged") == 1


async def test_what_was_not_drawn_cannot_be_judged(sampled, store, clock):
    made = await submitted(sampled(0.9))
    with pytest.raises(NotFound):
        await SampleReviews(store, clock).judge(made.id, ALICE, SampleVerdict.fine, None, "nonce")


async def test_the_judge_is_whoever_was_just_looked_up_not_whoever_the_gate_names(sampled, store, clock):
    made = await submitted(sampled(0.0))
    sample = await store.samples.get(made.id)
    nobody = Reviewer(user="U0ALICE", team="T0TEAM", name="Alice")
    with pytest.raises(NotYourRole):
        await SampleReviews(store, clock).judge(made.id, nobody, SampleVerdict.fine, None, sample.nonce)
