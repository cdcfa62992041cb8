"""A person with the places that others have lent them, each looked up now: what is not surely lent is not lent."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import replace

from approvals.decision import Lent, Reviewer
from approvals.refusals import NotEligible, Unverified
from bot.slack.people import People


async def with_lent(
    people: People, user: str, team: str, lenders: Iterable[str], wanted: Collection[str] | None = None
) -> Reviewer:
    """The person with those of the `wanted` roles (all, if None) that are surely theirs or surely lent to them.

    All look-ups together take no longer than one person's. What a lender was lent is not theirs to pass on: only their
    own roles count. Raises NotEligible for the person themself, Unverified where Slack did not answer and the answer
    might have mattered.
    """
    asked = [each for each in sorted(lenders) if wanted is None or not people.surely_outside(each, wanted)]
    (reviewer, doubtful), lent = await asyncio.gather(
        people.looked_up(user, team, wanted),
        asyncio.gather(*(_lent(people, each, team, wanted) for each in asked)),
    )
    found = tuple(each for each, _ in lent if each is not None and each.roles)
    if wanted is not None and not reviewer.roles and not found and (doubtful or any(doubt for _, doubt in lent)):
        raise Unverified("a role could not be looked up")
    return replace(reviewer, lent=found)


async def _lent(people: People, lender: str, team: str, wanted: Collection[str] | None) -> tuple[Lent | None, bool]:
    """The lender's own roles, none from an account that may decide nothing; and whether more could be true."""
    try:
        found, doubtful = await people.looked_up(lender, team, wanted)
    except NotEligible:
        return None, False
    except Unverified:
        return None, True
    return Lent(by=lender, roles=found.roles, proof=found.proof), doubtful
