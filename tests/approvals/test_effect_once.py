"""One effect, once: what is open is not asked again, and what happened is asked of people who are told, by a real policy."""

import asyncio

import pytest

from approvals.actor import SYSTEM
from approvals.drill import Drill, DrillOrigin
from approvals.gate import Tier
from approvals.lifecycle import Lifecycle
from approvals.moves.drills import plant
from approvals.moves.questions import AgentReply
from approvals.proposal import Cause, RollbackStatus, Status
from approvals.record import record
from approvals.refusals import EffectHeld, EffectOpen
from tests.approvals.situations import ALICE, BOB, CLAIMANT
from tests.approvals.verbs import ask_for
from tests.making import Ids, Lots
from tests.policy.files import policy_with, rule

EFFECT = "refund:{payload.payment_id}"


@pytest.fixture
def made(tmp_path):
    """Makes a policy of rules: refunds that run at once, unless a test says otherwise."""

    def of(*rules, **changes):
        agents = {name: {"token_env": "BOT_TOKEN", "owner": "U0OWNER", "actions": ["*"]} for name in ("bot", "other")}
        folder = tmp_path / f"policy{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return policy_with(
            folder,
            agents={**agents, "other": {**agents["other"], "token_env": "SECOND_TOKEN"}},
            rules=[*rules],
            **changes,
        )

    return of


def refunds(tier="auto", name="refunds", **keys):
    return rule(name, "refund.create", tier, effect=EFFECT, **keys)


@pytest.fixture
def policy(made):
    return made(refunds())


def refund(payment="pay_5", agent="bot", **fields):
    return ask_for(agent=agent, payment_id=payment, **fields)


async def ran(lifecycle, proposal, status=Status.succeeded):
    await lifecycle.claim(proposal.id, proposal.ask.agent, proposal.digest, CLAIMANT)
    return await lifecycle.report(proposal.id, proposal.ask.agent, status, None, None)


@pytest.mark.parametrize("payment", ["pay_5", "PAY_5", " pay_5\u200b"])
@pytest.mark.parametrize("agent", ["bot", "other"])
async def test_what_is_approved_at_once_is_not_claimed_a_second_time_by_being_proposed_anew(lifecycle, payment, agent):
    first, _ = await lifecycle.submit(refund(claim=True, claimant=CLAIMANT))
    assert first.status is Status.claimed
    with pytest.raises(EffectOpen) as no:
        await lifecycle.submit(refund(payment, agent, claim=True))
    assert (no.value.proposal_id, no.value.status, no.value.own) == (first.id, Status.claimed, agent == "bot")
    assert no.value.effect == "refund:pay_5"
    assert "pay_5" not in str(no.value)


async def test_another_payment_is_another_effect(lifecycle):
    await lifecycle.submit(refund())
    assert (await lifecycle.submit(refund("pay_6")))[1]


async def test_the_same_idempotency_key_is_answered_with_the_same_proposal_as_ever(lifecycle):
    first, _ = await lifecycle.submit(refund(key="k"))
    assert await lifecycle.submit(refund(key="k")) == (first, False)


async def test_after_an_unknown_outcome_nothing_of_the_effect_runs_until_somebody_says_what_came_of_it(lifecycle):
    first, _ = await lifecycle.submit(refund())
    await ran(lifecycle, first, Status.unknown)
    with pytest.raises(EffectOpen) as no:
        await lifecycle.submit(refund())
    assert no.value.status is Status.unknown
    await lifecycle.report(first.id, "bot", Status.failed, None, None)
    assert (await lifecycle.submit(refund()))[0].status is Status.pending


async def test_after_it_happened_a_person_is_asked_who_is_told_so(lifecycle):
    first, _ = await lifecycle.submit(refund())
    await ran(lifecycle, first)
    again, _ = await lifecycle.submit(refund(agent="other"))
    assert (again.status, again.gate.roles) == (Status.pending, ("support",))
    assert [each.reason for each in again.gate.risk] == [f"This happened before, by {first.id}."]
    assert [each.value.split(" ")[0] for each in again.gate.facts] == [first.id]
    approved = await lifecycle.approve(again.id, ALICE, again.nonce)
    assert (await ran(lifecycle, approved)).status is Status.succeeded
    third, _ = await lifecycle.submit(refund())
    assert again.id in third.gate.risk[0].reason


async def test_with_again_block_it_happens_once(lifecycle, made):
    lifecycle.policy = made(refunds(again="block"), refunds(name="others"))
    first, _ = await lifecycle.submit(refund())
    await ran(lifecycle, first)
    again, _ = await lifecycle.submit(refund())
    assert (again.status, again.cause) == (Status.rejected, Cause.blocked)
    assert first.id in again.reason


@pytest.mark.parametrize("again", ["ask", "block"])
async def test_what_an_agent_says_failed_is_asked_about_and_never_blocked(lifecycle, made, again):
    lifecycle.policy = made(refunds(again=again))
    first, _ = await lifecycle.submit(refund())
    await ran(lifecycle, first, Status.failed)
    assert (await lifecycle.submit(refund()))[0].status is Status.pending


async def test_what_was_rolled_back_by_the_word_of_its_agent_is_asked_about(lifecycle, made):
    lifecycle.policy = made(refunds("watch", role="support", again="block"))
    first, _ = await lifecycle.submit(refund())
    await ran(lifecycle, first)
    assert (await lifecycle.submit(refund()))[0].gate.tier is Tier.block
    await lifecycle.object(first.id, ALICE, "Wrong.", first.nonce)
    await lifecycle.rollback(first.id, "bot", RollbackStatus.done, None)
    again, _ = await lifecycle.submit(refund())
    assert again.gate.tier is Tier.approve
    assert f"This was tried before, by {first.id}." in [each.reason for each in again.gate.risk]


async def _expired(lifecycle, _):
    lifecycle.clock.forward(hours=2)
    await lifecycle.sweep()


ENDINGS = {
    "rejected": lambda lifecycle, one: lifecycle.reject(one.id, ALICE, "No.", one.nonce),
    "withdrawn": lambda lifecycle, one: lifecycle.withdraw(one.id, "bot", "Not needed."),
    "expired": _expired,
}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_what_surely_did_not_run_frees_its_effect(lifecycle, made, ending, store):
    lifecycle.policy = made(refunds("approve"))
    first, _ = await lifecycle.submit(refund())
    with pytest.raises(EffectOpen):
        await lifecycle.submit(refund())
    await ENDINGS[ending](lifecycle, first)
    assert await store.effect_holds(first.gate.effects, "prp_") == []
    again, _ = await lifecycle.submit(refund())
    assert again.status is Status.pending
    assert [each for each in again.gate.facts if each.rule == "refunds"] == []


@pytest.mark.parametrize("way", ["revoked", "lapsed"])
async def test_an_approval_that_ends_before_its_claim_frees_the_effect(lifecycle, made, way):
    lifecycle.policy = made(refunds("approve"))
    first, _ = await lifecycle.submit(refund())
    await lifecycle.approve(first.id, ALICE, first.nonce)
    with pytest.raises(EffectOpen):
        await lifecycle.submit(refund())
    if way == "revoked":
        await lifecycle.revoke(first.id, BOB, "Wait.", first.nonce)
    else:
        await _expired(lifecycle, first)
    assert [each.rule for each in (await lifecycle.submit(refund()))[0].gate.facts if each.rule != "repeat"] == []


@pytest.mark.parametrize("payment", [None, [], {}, "", "x" * 300, "missing"])
async def test_what_cannot_be_named_is_asked_and_says_why_and_is_never_let_run_without_a_name(lifecycle, payment):
    said = ask_for(agent="bot", other=1) if payment == "missing" else refund(payment)
    proposal, _ = await lifecycle.submit(said)
    assert (proposal.status, proposal.gate.effects) == (Status.pending, ())
    assert proposal.gate.risk[0].reason.startswith("What this does once cannot be named: payload.payment_id is ")


async def test_a_proposal_takes_all_effects_that_its_rules_name(lifecycle, made):
    lifecycle.policy = made(refunds(), rule("orders", "*", "auto", effect="order:{payload.order}"))
    first, _ = await lifecycle.submit(refund(order=1))
    assert len(first.gate.effects) == 2
    for other in (refund("pay_6", order=1), refund("pay_5", order=2), ask_for("order.cancel", agent="bot", order="1")):
        with pytest.raises(EffectOpen) as no:
            await lifecycle.submit(other)
        assert no.value.proposal_id == first.id
    assert (await lifecycle.submit(refund("pay_6", order=2)))[1]


async def test_of_many_at_once_one_is_taken(lifecycle, store):
    other = Lifecycle(store=store, policy=lifecycle.policy, clock=lifecycle.clock, ids=Ids(), randomness=Lots())
    other.ids.proposals = 5000

    async def attempt(number):
        try:
            return (await (lifecycle, other)[number % 2].submit(refund(claim=True)))[0].id
        except EffectOpen as no:
            return no

    made = await asyncio.gather(*(attempt(number) for number in range(200)))
    (winner,) = [each for each in made if isinstance(each, str)]
    assert {each.proposal_id for each in made if isinstance(each, EffectOpen)} == {winner}


async def test_an_edit_to_what_another_has_is_refused_with_who_has_it(lifecycle, made):
    lifecycle.policy = made(refunds("approve"))
    first, _ = await lifecycle.submit(refund("pay_5"))
    second, _ = await lifecycle.submit(refund("pay_6"))
    for attempt in (lifecycle.edit, lifecycle.preview_edit):
        with pytest.raises(EffectHeld) as no:
            await attempt(second.id, ALICE, {"payment_id": "PAY_5 "}, second.nonce)
        assert (no.value.proposal_id, no.value.status) == (first.id, Status.pending)
    edited = await lifecycle.edit(second.id, ALICE, {"payment_id": "pay_7"}, second.nonce)
    assert edited.gate.effect_names == ("refund:pay_7",)
    assert (await lifecycle.submit(refund("pay_6")))[1]
    with pytest.raises(EffectOpen):
        await lifecycle.submit(refund("pay_7"))


async def test_what_waited_when_a_policy_named_its_effect_is_held_back_behind_the_elder(lifecycle, made, store):
    plain = rule("refunds", "refund.create", "approve")
    lifecycle.policy = made(plain)
    elder, second, third = [(await lifecycle.submit(refund(agent=agent)))[0] for agent in ("bot", "other", "bot")]
    lifecycle.policy = made(refunds("approve"))
    await lifecycle.rejudge()
    elder, second, third = [await store.find(each.id) for each in (elder, second, third)]
    assert [each.reason for each in second.gate.risk] == [f"Another proposal of the same, {elder.id}, is open."]
    for held in (second, third):
        with pytest.raises(EffectHeld):
            await lifecycle.may("approve", held.id, ALICE, held.nonce)
        with pytest.raises(EffectHeld) as no:
            await lifecycle.approve(held.id, ALICE, held.nonce)
        assert no.value.proposal_id == elder.id
    await lifecycle.reject(elder.id, ALICE, "No.", elder.nonce)
    assert (await lifecycle.approve(second.id, BOB, second.nonce)).status is Status.approved
    with pytest.raises(EffectHeld):
        await lifecycle.approve(third.id, BOB, third.nonce)
    assert (await ran(lifecycle, second)).status is Status.succeeded
    with pytest.raises(EffectHeld) as no:
        await lifecycle.approve(third.id, BOB, third.nonce)
    assert (no.value.proposal_id, no.value.status) == (second.id, Status.succeeded)
    lifecycle.policy = made(refunds("approve", reason="Told."))
    await lifecycle.rejudge()
    third = await store.find(third.id)
    assert f"This happened before, by {second.id}." in [each.reason for each in third.gate.risk]
    assert (await lifecycle.approve(third.id, BOB, third.nonce)).status is Status.approved


async def test_of_what_was_approved_when_a_policy_named_its_effect_one_is_claimed(lifecycle, made, store):
    lifecycle.policy = made(rule("refunds", "refund.create", "auto"))
    first, second = [(await lifecycle.submit(refund()))[0] for _ in range(2)]
    lifecycle.policy = made(refunds())
    await lifecycle.rejudge()
    with pytest.raises(EffectOpen) as no:
        await lifecycle.claim(second.id, "bot", second.digest, CLAIMANT)
    assert no.value.proposal_id == first.id
    assert (await lifecycle.claim(first.id, "bot", first.digest, CLAIMANT)).status is Status.claimed
    with pytest.raises(EffectOpen):
        await lifecycle.claim(second.id, "bot", second.digest, CLAIMANT)


async def test_what_people_approved_before_a_policy_named_its_effect_is_revoked_where_that_had_happened(
    lifecycle, made, store
):
    lifecycle.policy = made(refunds())
    await ran(lifecycle, (await lifecycle.submit(refund()))[0])
    lifecycle.policy = made(rule("refunds", "refund.create", "approve"))
    await lifecycle.rejudge()
    untold, _ = await lifecycle.submit(refund(agent="other"))
    await lifecycle.approve(untold.id, ALICE, untold.nonce)
    lifecycle.policy = made(refunds("approve"))
    await lifecycle.rejudge()
    found = await store.find(untold.id)
    assert (found.status, found.cause) == (Status.revoked, Cause.policy_changed)
    assert "This happened before, by " in found.reason


async def test_a_reply_with_a_payload_that_another_has_is_refused_and_the_question_still_waits(lifecycle, made, store):
    lifecycle.policy = made(refunds("approve"))
    first, _ = await lifecycle.submit(refund("pay_5"))
    second, _ = await lifecycle.submit(refund("pay_6"))
    await lifecycle.ask(second.id, ALICE, "Which one?", second.nonce)
    with pytest.raises(EffectOpen) as no:
        await lifecycle.reply(second.id, "bot", AgentReply(text="That.", payload={"payment_id": "pay_5"}))
    assert no.value.proposal_id == first.id
    assert (await store.find(second.id)).open_question is not None


async def test_a_drill_holds_no_effect_and_is_held_by_none(lifecycle, made, store, tmp_path):
    lifecycle.policy = made(refunds("approve"))
    real, _ = await lifecycle.submit(refund())
    gate, now = real.gate, lifecycle.clock.now()
    planted = plant(
        proposal_id="prp_" + "d" * 32,
        action=real.action,
        ask=real.ask,
        gate=gate,
        nonce="drill-nonce",
        drill=Drill(origin=DrillOrigin.library, wrong="It was refunded.", look_at="payment_id"),
        now=now,
    )

    async def write(tx):
        return await record(tx, None, planted, SYSTEM, now)

    drill = await store.transact(write)
    assert [each.proposal_id for each in await store.effect_holds(gate.effects, "prp_")] == [real.id]
    assert (await lifecycle.approve(drill.id, ALICE, "drill-nonce")).status is Status.rejected
    assert (await lifecycle.approve(real.id, ALICE, real.nonce)).status is Status.approved
