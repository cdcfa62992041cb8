"""What is tried on a file of the database that a hand has changed: each raises where the hand gained something."""

from dataclasses import replace

import pyotp
import pytest

from approvals.digest import canonical, digest
from approvals.events import Actor
from approvals.past import About, PastAnswer, PastQuery
from approvals.ports import Damaged
from approvals.proposal import Status
from approvals.refusals import EditRefused, NotFound, NotYourRole, Refusal, Stopped
from approvals.reviewer import DelegatedRoles
from approvals.sample import SampleVerdict
from approvals.services.sample_reviews import SampleReviews
from tests.making import make_reviewer
from tests.storage.town import ALICE, BOB, notices, submission
from tests.threats.rows import KEYS, OPERATOR

DAVE = make_reviewer(user="U0DAVE", roles=frozenset(), proof=())
INTERN = make_reviewer(user="U0INTERN", roles=frozenset({"interns"}))


def damaged(name):
    """Nothing of it is shown, listed, decided or claimed, and the others go on."""

    async def tried(world):
        proposal_id, store, lifecycle = world.of[name], world.store, world.lifecycle
        with pytest.raises(Damaged):
            await lifecycle.get(proposal_id, "support-bot")
        with pytest.raises(NotFound):
            await lifecycle.get(proposal_id, "other-bot")
        with pytest.raises(Damaged):
            await lifecycle.approve(proposal_id, BOB, world.nonces[name])
        with pytest.raises(Damaged):
            await world.claimed(name)
        with pytest.raises(Damaged):
            await store.with_entries(proposal_id)
        page = await store.reads.of_agent("support-bot", now=world.clock.now(), limit=100)
        assert proposal_id not in [each.id for each in page.proposals]
        assert len(page.proposals) > 3
        told = await store.stream.after("support-bot", 0, 100)
        assert {each.proposal for each in told if each.proposal and each.proposal.id == proposal_id} == set()
        assert any(proposal_id in row or row.startswith("entries") for row in store.damage.rows)

    return tried


def not_lent(delegate="U0DAVE", *, delegators=()):
    async def tried(world):
        assert await world.store.delegations.delegators(delegate, world.clock.now()) == set(delegators)
        for delegator in {"U0ALICE", "U0BOB", "U0CAROL"} - set(delegators):
            stranger = replace(
                DAVE, user=delegate, delegated=(DelegatedRoles(by=delegator, roles=frozenset({"support"})),)
            )
            with pytest.raises((NotYourRole, Damaged)):
                await world.lifecycle.approve(world.of["waiting"], stranger, world.nonces["waiting"])
        assert [each.delegator for each in await world.store.delegations.in_force(delegate, world.clock.now())] == [
            *delegators
        ]

    return tried


async def still_stopped(world):
    with pytest.raises(Stopped):
        await world.lifecycle.submit(submission(5, agent="other-bot"))
    await world.stopping.resume("other-bot", OPERATOR)  # and who may still can, whatever became of the row
    made, _ = await world.lifecycle.submit(submission(5, agent="other-bot"))
    assert made.status is Status.approved


async def stopped_by_nobody(world):
    with pytest.raises(Damaged):
        await world.lifecycle.submit(submission(5))


async def no_code_of_the_hand(world):
    """What another one's app shows counts for nobody else, and no row without its entry counts at all."""
    world.clock.forward(60)
    for key in KEYS.values():
        actor = Actor(kind="reviewer", id="U0ALICE", team="T0TEAM")
        code = pyotp.TOTP(key).at(world.clock.now())
        with pytest.raises(Damaged):
            await world.store.transact(
                lambda tx, code=code, actor=actor: tx.take_code(actor, code, None, world.clock.now())
            )


async def not_enrolled_by_hand(world):
    with pytest.raises(Damaged):
        await world.store.has_second_factor("U0STRAY")


async def still_rejected(world):
    made, _ = await world.lifecycle.submit(submission(290))
    assert (made.status, made.gate.earlier_rejection.proposal) == (Status.rejected, world.of["no"])
    payload = {"amount": 290, "order": "1001"}
    with pytest.raises(EditRefused):
        await world.lifecycle.edit(world.of["waiting"], ALICE, payload, world.nonces["waiting"])
    world.clock.forward(1)
    await world.lifecycle.sweep()
    made, _ = await world.lifecycle.submit(submission(290))
    assert made.status is Status.rejected


async def rejected_by_nobody(world):
    made, _ = await world.lifecycle.submit(submission(295))
    assert made.status is Status.pending


def unknown(field="order", value="2002"):
    """The value was never approved by people."""

    async def tried(world):
        said = canonical(value).decode()
        asked = PastQuery(about=About.first_time, agent="support-bot", action="refund.create", field=field, value=said)
        answers = await world.store.answers([asked], world.clock.now())
        assert answers == {asked: PastAnswer(count=0)}

    return tried


async def asked_no_more_than_before(world):
    """A value that was known is asked about again: the hand gained more questions, no less."""
    said = canonical("1001").decode()
    asked = PastQuery(about=About.first_time, agent="support-bot", action="refund.create", field="order", value=said)
    known = (await world.store.answers([asked], world.clock.now()))[asked]
    assert 0 < known.count <= 20


async def past_stands(world):
    """What people said no to, what is usual and how many came are what the log tells."""
    payload = {"amount": 295, "order": "1001"}
    again = PastQuery(
        about=About.repeat, agent="support-bot", action="refund.create", value=digest("refund.create", payload)
    )
    usual = PastQuery(about=About.unusual, agent="support-bot", action="refund.create", field="amount")
    rate = PastQuery(about=About.rate, agent="support-bot", action="*", per=3600)
    known = await world.store.answers([again, usual, rate], world.clock.now())
    assert (known[again].by, known[again].reason, known[again].overruled) == ("U0ALICE", "Not this.", False)
    assert known[usual] == PastAnswer(count=12, median=300.0)
    assert known[rate].count == 22


async def covers_nothing(world):
    world.policy.changes = {"remember_approval": None}
    made, _ = await world.lifecycle.submit(submission(350))
    assert made.status is Status.pending


async def ends_with_what_it_approved(world):
    await world.lifecycle.revoke(world.of["covered"], ALICE, "Wait.", await nonce(world, "covered"))
    open_ones = await world.store.remembered_approvals()
    assert world.of["remembered"] not in open_ones


async def nonce(world, name):
    found = await world.store.find(world.of[name])
    return found.nonce


def no_sample(name="drawn"):
    async def tried(world):
        with pytest.raises((Damaged, Refusal)):
            await SampleReviews(world.store, world.clock).judge(
                world.of[name], INTERN, SampleVerdict.fine, None, "known-to-the-attacker"
            )
        with pytest.raises(Damaged):
            await world.store.samples.get(world.of[name])

    return tried


def told_nothing(agent):
    async def tried(world):
        told = await world.store.stream.after(agent, 0, 100)
        assert all(each.proposal is None or each.proposal.ask.agent == agent for each in told)

    return tried


async def polled(world):
    """The stream is a convenience: the proposal itself still tells."""
    assert (await world.lifecycle.get(world.of["approved"], "support-bot")).status is Status.approved


def no_card(channel, ts):
    async def tried(world):
        assert await world.store.messages.at(channel, ts) is None

    return tried


async def no_form(world):
    """What a person had before them, or typed, is not changed beneath their hands: they open it again."""
    assert await world.store.forms.get("frm_1") is None
    assert await world.store.forms.save("frm_1", page=2) is False
    assert await world.store.forms.review_in("V1", "U0ALICE") is None
    assert await world.store.forms.typed_for(world.of["waiting"], 1, "U0ALICE", "review") == {}


async def no_form_of_the_hand(world):
    assert await world.store.forms.get("frm_x") is None
    assert await world.store.forms.get("frm_1") is not None


async def no_modal(world):
    assert await world.store.modals.get("mod_1") is None


async def told_by_nobody(world):
    """Nothing is said in our name that we did not write, and the rest is said."""
    await world.store.messages.notify("ours", "C0OPS", "Look.")
    told = await notices(world.store, world.clock.now())
    assert ("C0OPS", "Look.") in told
    assert not [text for _, text in told if text not in ("Look.", "Look here.")]
    assert [row for row in world.store.damage.rows if row.startswith("messages notice ")]


async def judged_again(world):
    """Of which policy a row says that it judged it, counts only while the log says that this one is in force."""
    world.policy.version = "policy-2"
    assert world.of["waiting"] in await world.store.to_rejudge("policy-2")


async def one_for_its_key(world):
    with pytest.raises(Damaged):
        await world.lifecycle.submit(submission(250, key="order-1"))


async def harmless(_world):
    """Only makes people be asked, or nothing be shown; verify says so."""
