"""Guarantees of what runs: the approved payload alone, once, to one of many, in time, and to nobody else's agent."""

import asyncio
import json
import sys
from contextlib import suppress

from approvals.gate import Tier
from approvals.lifecycle import Submission
from approvals.proposal import Action, Ask, Status
from approvals.refusals import ActionNotAllowed, AlreadyClaimed, DigestMismatch, NotApproved, NotFound
from bot.cli.guarantees.scratch import Broken, NotApplicable, World, must_refuse, seconds, url_of

PROCESSES = 8
ANOTHER = "sha256:" + "0" * 64
FIRST, SECOND = "1" * 64, "2" * 64
"""Two attempts, as the store knows them."""
PATIENCE = 300.0
"""Seconds in which eight processes have to begin and end, on however busy a machine."""


async def another_digest(world: World) -> None:
    """Names another digest than what was approved."""
    proposal = await world.approved(world.asking())
    await must_refuse(world.claim(proposal, digest=ANOTHER), "a claim of another digest", DigestMismatch)
    await world.stays(proposal, Status.approved)
    if (await world.claim(proposal)).action != proposal.action:
        raise Broken("the claim gave another payload than was approved")


async def replay(world: World) -> None:
    """Claims again what was claimed, with and without another attempt's word."""
    proposal = await world.approved(world.asking())
    await world.claim(proposal, claimant=FIRST)
    for word in (SECOND, None):
        await must_refuse(world.claim(proposal, claimant=word), "a second claim", AlreadyClaimed)
    await world.lifecycle.report(proposal.id, proposal.ask.agent, Status.succeeded, None, None)
    await must_refuse(world.claim(proposal, claimant=FIRST), "a claim after the report", AlreadyClaimed)


async def one_winner(world: World) -> None:
    """Eight processes claim the same at once."""
    proposal = await world.approved(world.asking())
    said = {
        "url": url_of(world.folder),
        "policy": str(world.path),
        "now": world.clock.now().isoformat(),
        "id": proposal.id,
        "agent": proposal.ask.agent,
        "digest": proposal.digest,
    }
    contenders = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "bot.cli.guarantees.contender", json.dumps(said), stdin=-1, stdout=-1, stderr=-1
        )
        for _ in range(PROCESSES)
    ]
    try:
        async with asyncio.timeout(PATIENCE):
            ready = [await each.stdout.readline() for each in contenders if each.stdout is not None]
            if ready != [b"ready\n"] * PROCESSES:
                raise Broken(f"of {PROCESSES} processes {ready.count(b'ready' + bytes([10]))} could begin")
            ends = await asyncio.gather(*(each.communicate(b"go\n") for each in contenders))
    except TimeoutError:
        raise Broken(f"{PROCESSES} processes gave no answer within {PATIENCE:g} s") from None
    finally:
        for each in contenders:
            with suppress(ProcessLookupError):
                each.kill()
            await each.wait()
    outcomes = sorted(end.decode().strip() for end, _ in ends)
    if outcomes != [*["AlreadyClaimed"] * (PROCESSES - 1), "claimed"]:
        raise Broken(f"the {PROCESSES} of them met: {', '.join(outcomes)}")
    tags = [each.tag for each in await world.store.audit.entries()]
    if tags.count("proposal:claimed") != 1:
        raise Broken(f"the log has {tags.count('proposal:claimed')} claims")


async def too_late(world: World) -> None:
    """Claims after the time in which it had to be claimed, with nothing swept."""
    proposal = await world.approved(world.asking())
    assert proposal.execute_by is not None
    world.clock.forward(proposal.execute_by)
    await must_refuse(world.claim(proposal), "a claim after its time", NotApproved)


async def revoked(world: World) -> None:
    """Takes an approval back before the claim."""
    candidate = world.asking()
    proposal = await world.approved(candidate)
    await world.lifecycle.reject(proposal.id, candidate.people[0], "Taken back.", proposal.nonce)
    await must_refuse(world.claim(proposal), "a claim of what was revoked", NotApproved)


async def unapproved(world: World) -> None:
    """Claims what people have not decided."""
    proposal = await world.proposed(world.asking())
    await must_refuse(world.claim(proposal), "a claim of what waits for people", NotApproved)


async def blocked(world: World) -> None:
    """Proposes what the policy blocks, and claims it."""
    why_not = "no rule blocks anything that an agent of the policy may propose"
    proposal = await world.proposed(world.one(why_not, lambda each: each.gate.tier is Tier.block))
    await world.stays(proposal, Status.rejected)
    await must_refuse(world.claim(proposal), "a claim of what is blocked", NotApproved)


async def another_agent(world: World) -> None:
    """Another agent claims, and withdraws, what is not its own."""
    proposal = await world.approved(world.asking())
    for other in (*(name for name in world.policy.agents if name != proposal.ask.agent), "nobody-of-the-policy"):
        await must_refuse(
            world.lifecycle.claim(proposal.id, other, proposal.digest, None), f"a claim by {other}", NotFound
        )
        await must_refuse(
            world.lifecycle.withdraw(proposal.id, other, "Not mine."), f"a withdrawal by {other}", NotFound
        )
    await world.stays(proposal, Status.approved)


async def beyond_its_entry(world: World) -> None:
    """An agent proposes what its entry does not name."""
    action = "signoff.verify.named.by.nobody"
    tried = [name for name, agent in world.policy.agents.items() if not agent.allows(action)]
    if not tried:
        raise NotApplicable("every agent may propose whatever it likes")
    for name in tried:
        submission = Submission(
            action=Action(name=action, payload={"amount": 1}), ask=Ask(agent=name, reasoning="Tried.")
        )
        await must_refuse(world.lifecycle.submit(submission), f"{action} by {name}", ActionNotAllowed)


async def runs_late(world: World) -> None:
    """Nobody reports what was claimed: it is never given again."""
    proposal = await world.approved(world.asking())
    await world.claim(proposal, claimant=FIRST)
    world.clock.forward(world.clock.now() + seconds(proposal.gate.report_within))
    await world.lifecycle.sweep()
    await must_refuse(world.claim(proposal, claimant=FIRST), "a claim after its report was due", AlreadyClaimed)
