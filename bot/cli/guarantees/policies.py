"""Guarantees of the policy: a broken one never takes over, and a changed one never approves."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from approvals.proposal import Status
from bot.cli.guarantees.scratch import Broken, World
from bot.reload import Reloader
from policy import LoadedPolicy, check_policy

FAULTS: dict[str, Callable[[str], str]] = {
    "is cut off in the middle of a word": lambda text: text[: len(text) // 2] + "\n  {",
    "names a role that is not there": lambda text: text + _RULE.format("role: nobody_of_this_name"),
    "has a tier that there is not": lambda text: (
        text + _RULE.format("role: nobody_of_this_name").replace("tier: approve", "tier: allow")
    ),
    "has a key that there is not": lambda text: text + "\nsignoff_verify: true\n",
    "is empty": lambda _: "",
    "has a version that there is not": lambda text: text.replace("version: 1", "version: 99", 1),
}
"""What is done to a copy of the policy file, each of which makes it one that may not be used."""
_RULE = "\n  - {{id: signoff-verify, action: signoff.verify, tier: approve, {}}}\n"


def _copied(world: World) -> Path:
    """The policy file beside its schemas, in the scratch folder; its folder may hold much else."""
    copy = world.folder / "policy" / world.path.name
    copy.parent.mkdir()
    for file in (world.path, *check_policy(world.path, None).sources):
        try:
            to = copy.parent / file.resolve().relative_to(world.path.resolve().parent)
        except ValueError:
            continue  # it is found by its own path
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, to)
    return copy


async def faulty(world: World) -> None:
    """The file is broken in several ways, one after the other, while the bot runs and a proposal waits."""
    candidate = world.asking()
    proposal = await world.proposed(candidate)
    file = _copied(world)
    text = file.read_text(encoding="utf-8")
    reloader = _reloader(world, file)
    await reloader.begin()
    for what, broken in FAULTS.items():
        file.write_text(broken(text), encoding="utf-8")
        if check_policy(file, None).policy is not None:
            raise Broken(f"a policy that {what} was taken for a sound one")
        reloader.asked.set()
        for _ in range(3):  # two looks have to find the same before a file is read
            await reloader.look()
        if world.lifecycle.policy is not world.policy:
            raise Broken(f"a policy that {what} took over")
        if reloader.trouble is None:
            raise Broken(f"nothing is said of a policy that {what}")
        again = await world.proposed(candidate)
        if again.gate.tier is not candidate.gate.tier:
            raise Broken(f"under a policy that {what} the same comes to {again.gate.tier}")
    await world.stays(proposal, Status.pending)


async def without_its_file(world: World) -> None:
    """The file is deleted while the bot runs."""
    candidate = world.asking()
    file = _copied(world)
    reloader = _reloader(world, file)
    await reloader.begin()
    file.unlink()
    reloader.asked.set()
    for _ in range(3):
        await reloader.look()
    if world.lifecycle.policy is not world.policy or reloader.trouble is None:
        raise Broken("without its file another policy is in force, or nothing is said")
    proposal = await world.proposed(candidate)
    await world.stays(proposal, Status.pending)


def _reloader(world: World, file: Path) -> Reloader:
    """As the bot has one; tokens are looked for nowhere."""

    async def alone() -> bool:
        return True

    def present() -> LoadedPolicy:
        return world.policy

    return Reloader(
        path=file,
        environment=lambda: None,  # type: ignore[arg-type, return-value]  # None: no tokens are looked for
        sources=check_policy(file, None).sources,
        lifecycle=world.lifecycle,
        policy=present,
        messages=world.store.messages,
        reads=world.store.reads,
        texts=world.store.policy_texts,
        clock=world.clock,
        alone=alone,
        reloaded=lambda: None,
        retry=world.store.outbox.requeue,
        asked=asyncio.Event(),
    )
