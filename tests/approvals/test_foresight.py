"""What is judged before its transaction begins: used only where that makes no difference."""

from dataclasses import dataclass, field

from approvals.past import About, PastAnswer, PastQuery
from approvals.proposal import Status
from tests.approvals.rules import Rules
from tests.approvals.verbs import AGENT, ask_for

RATE = PastQuery(about=About.rate, agent=AGENT, action="search.*", per=3600)
MEMBERS = {"S0TEAM": frozenset({"U0ALICE"})}


@dataclass
class Grouped(Rules):
    """Asks how many searches came lately, and who is in a user group."""

    asks: dict = field(default_factory=lambda: {"search": (RATE,)})
    groups: list = field(default_factory=list)
    """Whom it was told of at each judgement."""

    def groups_of(self, _agent):
        return ("S0TEAM",)

    def judge(self, *args, groups=None, **more):
        self.groups.append(groups)
        return super().judge(*args, groups=groups, **more)


class Team:
    async def members(self, _wanted):
        return MEMBERS


async def test_what_the_past_knows_nothing_of_is_judged_once_and_else_with_what_it_knows(lifecycle):
    lifecycle.policy, lifecycle.groups = policy, _ = Grouped(), Team()
    await lifecycle.submit(ask_for("search.orders"))
    assert [known for known, _ in policy.told] == [{RATE: PastAnswer()}]
    await lifecycle.submit(ask_for("search.orders"))
    assert [known for known, _ in policy.told[1:]] == [{RATE: PastAnswer()}, {RATE: PastAnswer(count=1)}]
    assert policy.groups == [MEMBERS] * 3


async def test_what_was_judged_before_the_policy_changed_is_judged_by_the_new_one_with_all_that_it_asks(lifecycle):
    lifecycle.groups = Team()
    await lifecycle.submit(ask_for("search.orders"))
    old, new = Grouped(asks={}), Grouped(version="v2", free=set())
    old.judged.append(lambda _gate: setattr(lifecycle, "policy", new))
    lifecycle.policy = old
    proposal, _ = await lifecycle.submit(ask_for("search.orders"))
    assert (proposal.status, proposal.gate.policy_version) == (Status.pending, "v2")
    assert new.told[-1][0] == {RATE: PastAnswer(count=1)}
    assert new.groups == [MEMBERS] * len(new.told)
