"""Lists of proposals, for tests."""

from tests.making import make_reviewer
from tests.storage.town import submission

STRANGER = make_reviewer(user="U0STRANGER", roles=frozenset({"legal"}))


def ids(found):
    return [proposal.id for proposal in found.proposals]


async def many(lifecycle, clock, number, **fields):
    made = []
    for _ in range(number):
        made.append((await lifecycle.submit(submission(**fields)))[0].id)
        clock.forward(milliseconds=1)
    return made
