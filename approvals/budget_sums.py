"""Budget sums: what counts in each group of a budget, added up with each step of each proposal. Pure.

What may still run is one sum. What was claimed is a list of sums from the first claim on, so that what any window holds
is the difference of two, however much was claimed in it.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from approvals.budget import NOTHING, BudgetTerms, NoAmount, added, amount_of, groups_of, without
from approvals.past import PastAnswer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from decimal import Decimal

    from approvals.digest import JSON
    from approvals.past import PastQuery


class MayRun(NamedTuple):
    """What may still run. None stands for what is not known, and so may be anything."""

    agent: str
    action: str | None
    roles: tuple[str, ...]
    payload: "Mapping[str, JSON] | None"


UNREAD = MayRun("", None, (), None)
"""Of which nothing is known."""
_EVERY = ""
"""The group of what may belong to any: it counts in all."""


class _Share(NamedTuple):
    """What one proposal adds, and to which groups."""

    groups: tuple[str, ...]
    amount: "Decimal | None"


class RunningSum:
    """One group of a budget: what may still run, and what was claimed, added up from the first on."""

    def __init__(self) -> None:
        self._open, self._unsure = NOTHING, 0
        self._times: list[int] = []
        self._sums: list[tuple[Decimal, int]] = [(NOTHING, 0)]

    def reserve(self, amount: "Decimal | None") -> None:
        """One more may run."""
        self._open, self._unsure = _and(self._open, self._unsure, amount)

    def free(self, amount: "Decimal | None") -> None:
        """It may run no longer."""
        if amount is None:
            self._unsure -= 1
        else:
            self._open = without(self._open, amount)

    def spend(self, at: int, amount: "Decimal | None") -> None:
        """One was claimed; mostly it is the last that was."""
        later = self._cut(bisect_right(self._times, at))
        self._extend([(at, amount), *later])

    def take_back(self, at: int, amount: "Decimal | None") -> None:
        """It was claimed, and counts no longer."""
        later = self._cut(bisect_left(self._times, at))
        later.remove((at, amount))
        self._extend(later)

    def since(self, moment: int) -> "tuple[Decimal, int]":
        """What counts, with what was claimed after a moment, and of how many no amount is known."""
        (all_of_it, unsure), (before, unsure_before) = self._sums[-1], self._sums[bisect_right(self._times, moment)]
        return added(self._open, without(all_of_it, before)), self._unsure + unsure - unsure_before

    def forget(self, moment: int) -> bool:
        """Forgets what was claimed up to a moment; whether anything is left."""
        if self._times and self._times[0] <= moment:
            later = self._cut(bisect_right(self._times, moment))
            self._times, self._sums = [], [(NOTHING, 0)]
            self._extend(later)
        return bool(self._times or self._open or self._unsure)

    def _cut(self, place: int) -> "list[tuple[int, Decimal | None]]":
        """Takes away what was claimed from a place on, and gives each of it by itself."""
        later: list[tuple[int, Decimal | None]] = []
        for number in range(place, len(self._times)):
            (before, unsure_before), (after, unsure) = self._sums[number : number + 2]
            later.append((self._times[number], None if unsure > unsure_before else without(after, before)))
        del self._times[place:], self._sums[place + 1 :]
        return later

    def _extend(self, claimed: "Iterable[tuple[int, Decimal | None]]") -> None:
        for at, amount in claimed:
            self._times.append(at)
            self._sums.append(_and(*self._sums[-1], amount))


class BudgetSums:
    """What counts by the terms of one budget."""

    def __init__(self, terms: BudgetTerms) -> None:
        self._terms = terms
        self._sums: defaultdict[str, RunningSum] = defaultdict(RunningSum)
        self._open: dict[str, _Share] = {}
        self._claimed: dict[str, tuple[_Share, int]] = {}
        """Only where a report may still change what counts."""

    def reserve(self, proposal_id: str, one: MayRun) -> None:
        """The proposal may run, as it stands."""
        self.free(proposal_id)
        if one.action is not None and not fnmatchcase(one.action, self._terms.action):
            return
        share = self._open[proposal_id] = self._share(one)
        for group in share.groups:
            self._sums[group].reserve(share.amount)

    def free(self, proposal_id: str) -> "_Share | None":
        """It may not, or not any more."""
        if (share := self._open.pop(proposal_id, None)) is not None:
            for group in share.groups:
                self._sums[group].free(share.amount)
        return share

    def spend(self, proposal_id: str, at: int) -> None:
        """It was claimed."""
        if (share := self.free(proposal_id)) is None:
            return
        for group in share.groups:
            self._sums[group].spend(at, share.amount)
        if self._terms.trust_reports:
            self._claimed[proposal_id] = (share, at)

    def report(self, proposal_id: str) -> None:
        """Its agent says that it came to nothing."""
        if (claimed := self._claimed.pop(proposal_id, None)) is not None:
            share, at = claimed
            for group in share.groups:
                self._sums[group].take_back(at, share.amount)

    def answer(self, question: "PastQuery", since: int) -> PastAnswer:
        """What counts in the group that is asked of, and with it what may belong to any."""
        total, unsure, group = NOTHING, 0, question.value or ""
        for each in {group, _EVERY} & self._sums.keys():
            amount, unknown = self._sums[each].since(since)
            total, unsure = added(total, amount), unsure + unknown
        own = self._open.get(question.apart_from or "")
        for _ in {group, _EVERY}.intersection(own.groups if own else ()):
            assert own is not None
            total, unsure = (total, unsure - 1) if own.amount is None else (without(total, own.amount), unsure)
        return PastAnswer(total=total, unsure=unsure)

    def groups(self) -> set[str]:
        """Of which something may count."""
        return set(self._sums)

    def forget(self, moment: int) -> None:
        """Forgets what was claimed up to a moment."""
        self._sums = defaultdict(RunningSum, {group: each for group, each in self._sums.items() if each.forget(moment)})
        self._claimed = {each: kept for each, kept in self._claimed.items() if kept[1] > moment}

    def _share(self, one: MayRun) -> _Share:
        if one.payload is None or one.action is None:
            return _Share((_EVERY,), None)
        groups = groups_of(self._terms, one.agent, one.action, one.roles, one.payload)
        try:
            amount = amount_of(one.payload, self._terms.sum)
        except NoAmount:
            amount = None
        return _Share((_EVERY,) if groups is None else groups, amount)


class AllSums:
    """The sums of several budgets, and what may still run of all proposals."""

    def __init__(self, terms: "Iterable[BudgetTerms]" = ()) -> None:
        self._of = {each: BudgetSums(each) for each in terms}
        self._may_run: dict[str, MayRun] = {}

    @property
    def terms(self) -> "Collection[BudgetTerms]":
        """Of which there are sums."""
        return self._of.keys()

    def answer(self, question: "PastQuery", now: int) -> PastAnswer:
        """What counts at a moment, in milliseconds, in the group that is asked of."""
        assert question.budget is not None
        return self._of[question.budget].answer(question, now - 1000 * (question.per or 0))

    def groups(self, terms: BudgetTerms) -> set[str]:
        """The groups of a budget of which something may count."""
        return self._of[terms].groups()

    def known(self, proposal_id: str) -> MayRun | None:
        """The proposal as it may still run; None where it may not."""
        return self._may_run.get(proposal_id)

    def may_run(self, proposal_id: str, one: MayRun) -> None:
        """It may run as it stands now: proposed, edited, judged anew."""
        self._may_run[proposal_id] = one
        for each in self._of.values():
            each.reserve(proposal_id, one)

    def claimed(self, proposal_id: str, at: int) -> None:
        """It was claimed. One that nobody knows may be anything."""
        if self._may_run.pop(proposal_id, None) is None:
            self.may_run(proposal_id, UNREAD)
            del self._may_run[proposal_id]
        for each in self._of.values():
            each.spend(proposal_id, at)

    def over(self, proposal_id: str) -> None:
        """It never runs."""
        self._may_run.pop(proposal_id, None)
        for each in self._of.values():
            each.free(proposal_id)

    def came_to_nothing(self, proposal_id: str) -> None:
        """Its agent reports that it failed, or was rolled back."""
        for each in self._of.values():
            each.report(proposal_id)

    def forget(self, moment: int) -> None:
        """Forgets what was claimed up to a moment."""
        for each in self._of.values():
            each.forget(moment)


def _and(total: "Decimal", unsure: int, amount: "Decimal | None") -> "tuple[Decimal, int]":
    return (total, unsure + 1) if amount is None else (added(total, amount), unsure)
