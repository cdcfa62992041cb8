"""Trial of all guarantees: each in a world of its own, with what came of it and why."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.cli.guarantees import claims, people, policies, record
from bot.cli.guarantees.scratch import Broken, NotApplicable, World, candidates, scratch
from policy import load


class Verdict(StrEnum):
    """What came of trying a guarantee."""

    passed = "passed"
    failed = "failed"
    not_applicable = "not applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One guarantee, and what came of it."""

    name: str
    promise: str
    verdict: Verdict
    why: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {"guarantee": self.name, "promise": self.promise, "verdict": str(self.verdict), "why": self.why}


GUARANTEES: dict[str, tuple[str, Callable[[World], Awaitable[None]]]] = {
    "other-digest": ("A claim of another digest than was approved is refused", claims.another_digest),
    "replay": ("What was claimed is never given again", claims.replay),
    "one-winner": ("Of eight processes that claim at once one wins", claims.one_winner),
    "claim-in-time": ("What was approved lapses when it is not claimed in time", claims.too_late),
    "unreported": ("What nobody reported is not run again by itself", claims.runs_late),
    "unapproved": ("What people have not decided cannot be claimed", claims.unapproved),
    "revoked": ("What was revoked before the claim cannot be claimed", claims.revoked),
    "blocked": ("What the policy blocks never runs", claims.blocked),
    "other-agent": ("An agent can do nothing with another agent's proposal", claims.another_agent),
    "beyond-its-entry": ("An agent proposes nothing that its entry does not name", claims.beyond_its_entry),
    "asked": ("What the policy asks people about waits for them", people.tier_of_its_rules),
    "late-click": ("A click after the deadline is refused, whether or not anything swept", people.late_click),
    "silence": ("Silence is a no", people.silence),
    "self-approval": ("An agent's owner approves nothing that it proposes", people.self_approval),
    "on-behalf-of": ("Nobody approves what is done for them", people.on_behalf),
    "one-person-once": ("One person counts once", people.one_person_once),
    "strangers": ("Who is in no role of it decides nothing", people.strangers),
    "stale-card": ("A click that does not carry the card's secret is refused", people.stale_card),
    "replayed-click": ("The same click again changes nothing", people.clicked_again),
    "rejected": ("One no ends it", people.rejected_stays),
    "edited": ("An approval is not carried over to what was changed since", people.edited),
    "typed-words": ("Where words have to be typed a click alone approves nothing", people.typed_words),
    "stopped-agent": ("A stopped agent proposes and claims nothing", people.stopped_agent),
    "faulty-policy": ("A broken policy never takes over, and never loosens", policies.faulty),
    "policy-gone": ("A policy whose file is gone stays in force", policies.without_its_file),
    "untouched-log": ("A log that nobody touched verifies", record.untouched),
    "guarded-log": ("The database refuses to change or delete an entry", record.guards),
    "altered-log": ("An entry that was altered is found", record.altered),
    "removed-entry": ("An entry that was taken out is found", record.removed),
    "cut-log": ("A log whose end was cut off contradicts a checkpoint", record.cut),
    "forged-checkpoint": ("A checkpoint that our key did not sign is not believed", record.forged_checkpoint),
    "approved-by-hand": ("What was set to approved in the database gives nothing", record.approved_by_hand),
    "payload-by-hand": ("A payload that was changed in the database is not given out", record.payload_by_hand),
}
"""By the name that a pipeline knows it by: the promise, and what tries it."""


async def tried(policy: Path, only: Collection[str]) -> AsyncIterator[Tried]:
    """What came of each that is asked for, or of all. Raises PolicyFaults."""
    policy = await asyncio.to_thread(policy.resolve)
    loaded = load(policy, None)
    found = candidates(loaded, policy)
    for name, (promise, trying) in GUARANTEES.items():
        if only and name not in only:
            continue
        verdict, why = Verdict.passed, None
        try:
            async with scratch(loaded, policy, found) as world:
                await trying(world)
        except NotApplicable as reason:
            verdict, why = Verdict.not_applicable, str(reason)
        except Broken as broken:
            verdict, why = Verdict.failed, str(broken)
        except Exception as fault:  # noqa: BLE001 a guarantee that ends in an error is none that was shown
            verdict, why = Verdict.failed, f"it ended in an error: {type(fault).__name__}: {fault}"
        yield Tried(name=name, promise=promise, verdict=verdict, why=why)
