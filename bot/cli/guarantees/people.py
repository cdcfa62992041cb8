"""Guarantees of who decides: people of the role, in time, each once, never on their own, on what they saw."""

from dataclasses import replace

from approvals.actor import reviewer as actor_of
from approvals.gate import Tier
from approvals.moves.confirmation import takes_words
from approvals.proposal import Cause, Status
from approvals.refusals import (
    AlreadyDecided,
    AlreadyResolved,
    Changed,
    Expired,
    NotApproved,
    NotTyped,
    NotYourRole,
    OwnProposal,
    RoleFull,
    Stopped,
)
from approvals.reviewer import Reviewer
from approvals.services.agent_stops import Stopping
from bot.cli.guarantees.scratch import STRANGER, TEAM, Broken, NotApplicable, World, asks, must_refuse


async def late_click(world: World) -> None:
    """Clicks at the very deadline and after it, with no sweep to end it before."""
    candidate = world.asking()
    proposal = await world.proposed(candidate)
    world.clock.forward(proposal.expires_at)
    await must_refuse(world.approve(proposal, candidate.people[0]), "a click after the deadline", Expired)
    await must_refuse(world.claim(proposal), "a claim after the deadline", NotApproved)


async def silence(world: World) -> None:
    """Nobody answers until the deadline."""
    proposal = await world.proposed(world.asking())
    world.clock.forward(proposal.expires_at)
    await world.lifecycle.sweep()
    found = await world.now(proposal)
    if (found.status, found.cause) != (Status.rejected, Cause.expired):
        raise Broken(f"it is {found.status} for {found.cause}, and silence is a no")
    await must_refuse(world.claim(proposal), "a claim of what nobody answered", NotApproved)


async def self_approval(world: World) -> None:
    """The agent's owner approves, with every role there is."""
    why_not = "no agent has an owner who is kept from approving what it proposes: name owners in the policy"
    candidate = world.one(
        why_not, lambda each: asks(each) and bool(each.gate.excluded) and not each.gate.self_review & {*each.gate.roles}
    )
    proposal = await world.proposed(candidate)
    for user in candidate.gate.excluded:
        owner = Reviewer(user=user, team=TEAM, name=user, roles=frozenset(world.policy.roles))
        await must_refuse(world.approve(proposal, owner), f"an approval by {user}", OwnProposal)
    await world.stays(proposal, Status.pending)


async def on_behalf(world: World) -> None:
    """Whoever the agent says it acts for approves."""
    why_not = "every role lets people approve their own (allow_self_review)"
    candidate = world.one(why_not, lambda each: asks(each) and not each.gate.self_review & {*each.gate.roles})
    person = candidate.people[0]
    proposal = await world.proposed(candidate, on_behalf_of=person.user)
    if proposal.status is Status.rejected and proposal.cause is Cause.quorum_unreachable:
        return  # without that person nobody could decide, so it was refused at once
    await must_refuse(world.approve(proposal, person), "an approval by whom it acts for", OwnProposal)
    await world.stays(proposal, Status.pending)


async def one_person_once(world: World) -> None:
    """One person approves twice where two are asked, and with two roles where both are."""
    why_not = "nothing that an agent may propose asks two people"
    candidate = world.one(why_not, lambda each: len(each.people) > 1)
    proposal = await world.proposed(candidate)
    both = replace(candidate.people[0], roles=frozenset(candidate.gate.roles))
    await world.approve(proposal, both)
    refusals = (AlreadyDecided, RoleFull)
    await must_refuse(world.approve(proposal, both), "a second approval by the same person", *refusals)
    await world.stays(proposal, Status.pending)


async def strangers(world: World) -> None:
    """Somebody without any role of the gate approves and rejects."""
    proposal = await world.proposed(world.asking())
    await must_refuse(world.approve(proposal, STRANGER), "an approval by a stranger", NotYourRole)
    no = world.lifecycle.reject(proposal.id, STRANGER, "No.", proposal.nonce)
    await must_refuse(no, "a rejection by a stranger", NotYourRole)
    await world.stays(proposal, Status.pending)


async def stale_card(world: World) -> None:
    """A click with another card's secret, and one on the card from before an edit."""
    candidate = world.asking()
    proposal = await world.proposed(candidate)
    forged = world.approve(proposal, candidate.people[0], nonce="of-another-card-0000000")
    await must_refuse(forged, "a click that carries another card's secret", Changed)
    await world.stays(proposal, Status.pending)


async def clicked_again(world: World) -> None:
    """The click that decided is sent again."""
    candidate = world.asking()
    proposal = await world.approved(candidate)
    before = len(await world.store.audit.entries())
    again = world.approve(proposal, candidate.people[-1])
    await must_refuse(again, "the same click again", AlreadyResolved, AlreadyDecided, Changed)
    after = [each.tag for each in await world.store.audit.entries()][before:]
    if set(after) - {"proposal:refused"}:
        raise Broken(f"the same click again was recorded as {', '.join(after)}")


async def rejected_stays(world: World) -> None:
    """Somebody approves what another has rejected."""
    candidate = world.asking()
    proposal = await world.proposed(candidate)
    await world.lifecycle.reject(proposal.id, candidate.people[0], "No.", proposal.nonce)
    await must_refuse(
        world.approve(proposal, candidate.people[-1]), "an approval of what was rejected", AlreadyResolved, Changed
    )
    await must_refuse(world.claim(proposal), "a claim of what was rejected", NotApproved)


async def typed_words(world: World) -> None:
    """A click alone where words have to be typed."""
    why_not = "no rule asks for typed words"
    candidate = world.one(why_not, lambda each: asks(each) and takes_words(each.gate))
    proposal = await world.proposed(candidate)
    alone = world.lifecycle.approve(proposal.id, candidate.people[0], proposal.nonce)
    await must_refuse(alone, "a click without the words that it takes", NotTyped)
    await world.stays(proposal, Status.pending)


async def edited(world: World) -> None:
    """One person changes what others approved before: their approval is not carried over to it."""
    why_not = "nothing that asks two people may be edited"
    candidate = world.one(
        why_not, lambda each: len(each.people) > 1 and each.gate.edit is None and not takes_words(each.gate)
    )
    proposal = await world.proposed(candidate)
    await world.approve(proposal, candidate.people[0])
    payload = {**candidate.action.payload, "signoff_verify": "changed"}
    try:
        changed = await world.lifecycle.edit(proposal.id, candidate.people[1], payload, proposal.nonce)
    except Exception as fault:
        if type(fault).__name__ in ("EditFaulty", "EditBlocked", "NobodyLeft"):
            raise NotApplicable("what asks two people cannot be edited as it would have to be for this") from fault
        raise
    if changed.status is not Status.pending:
        raise Broken(f"it is {changed.status}, though only one person has seen what would run")
    await must_refuse(world.approve(proposal, candidate.people[0]), "a click on the card from before the edit", Changed)


async def stopped_agent(world: World) -> None:
    """An agent is stopped: nothing of it is proposed or claimed."""
    candidate = world.asking()
    stoppers = world.policy.stoppers(candidate.agent)
    if not stoppers:
        raise NotApplicable("nobody may stop an agent: name its owner, or operators under ops")
    proposal = await world.approved(candidate)
    person = Reviewer(user=min(stoppers), team=TEAM, name=min(stoppers))
    await Stopping(world.lifecycle).stop(candidate.agent, actor_of(person), "Tried by signoff verify.")
    await must_refuse(world.claim(proposal), "a claim by a stopped agent", Stopped, NotApproved)
    await must_refuse(world.proposed(candidate), "a proposal by a stopped agent", Stopped)


async def tier_of_its_rules(world: World) -> None:
    """Everything that the policy asks people about waits for them, whoever proposes it."""
    asked = [each for each in world.found if each.gate.tier is Tier.approve]
    if not asked:
        raise NotApplicable("no rule asks people about anything that its agents may propose")
    for each in asked:
        proposal = await world.proposed(each)
        if proposal.status not in (Status.pending, Status.rejected):
            raise Broken(f"{each.action.name} by {each.agent} is {proposal.status} at once")
