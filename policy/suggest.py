"""Suggesting: a policy held against what people decided under it, and the changes of it that the figures bear.

For each rule that asks, its changes are drafted first, and each past proposal is judged under them as well: only what a
change would let by, or stop, speaks for or against it. What the rules beside it would ask for anyhow says nothing.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from difflib import unified_diff
from typing import TYPE_CHECKING

from approvals.decision import Verdict
from approvals.feedback import FeedbackKind, feedback_of
from approvals.gate import Tier
from approvals.proposal import Cause, Status
from policy.checks.absence import Absence
from policy.checks.corrections import Corrections
from policy.checks.lint import ASKING, WATCHING
from policy.checks.replay import judged
from policy.checks.suggestion import (
    USUAL,
    Bounds,
    Opinions,
    Suggestion,
    against_blocking,
    against_loosening,
    share_text,
)
from policy.file.edits import RuleEdit, Unwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from approvals.decision import Decision
    from approvals.estimate import Share
    from approvals.gate import Gate
    from approvals.proposal import Proposal
    from policy.build import PolicyCheck
    from policy.file.rulebook import RuleEntry
    from policy.loaded import LoadedPolicy

CONTEXT = 3
"""Lines around a change in its diff, where nobody says how many."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """One change of one rule, with what people said of all that it would judge otherwise."""

    kind: str
    edit: RuleEdit
    policy: "LoadedPolicy"
    content: bytes
    opinions: Opinions = field(default_factory=Opinions)
    replay: "Counter[str]" = field(default_factory=Counter)


@dataclass(slots=True, kw_only=True)
class RuleRecord:
    """What is known of one rule."""

    entry: "RuleEntry"
    drafts: "dict[str, Draft]"
    why_not: "dict[str, str]"
    """By kind, why a change of it cannot be written."""
    matched: int = 0
    redacted: set[str] = field(default_factory=set)
    corrections: Corrections = field(default_factory=Corrections)
    absence: Absence = field(default_factory=Absence)


@dataclass(slots=True, kw_only=True)
class Suggesting:
    """The policy at a path with its `content`; `check` says what the same file with another content would be."""

    file: "Path"
    content: bytes
    check: "Callable[[bytes], PolicyCheck]"
    bounds: Bounds = USUAL
    around: int = CONTEXT
    """How many lines of the file stand around a change in its diff, which may be of other rules."""
    count: int = 0
    erased: int = 0
    damaged: list[str] = field(default_factory=list)
    _policy: "LoadedPolicy" = field(init=False)
    _records: "dict[str, RuleRecord]" = field(init=False)

    def __post_init__(self) -> None:
        """Drafts all changes. Raises ValueError where the policy is not sound."""
        checked = self.check(self.content)
        if checked.policy is None or checked.lint is None:
            raise ValueError("only a sound policy can be held against the past")
        self._policy = checked.policy
        self._records = {}
        for entry in checked.lint.book.rules.values():
            record = RuleRecord(entry=entry, drafts={}, why_not={})
            for kind, edit in _edits(entry, checked.policy.defaults.role):
                try:
                    content = edit.made(self.content)
                    record.drafts[kind] = Draft(
                        kind=kind, edit=edit, policy=self._sound(content, edit), content=content
                    )
                except Unwritable as fault:
                    record.why_not[kind] = str(fault)
            self._records[entry.id] = record

    def add(self, proposals: "Iterable[Proposal]", damaged: "Iterable[str]", verdicts: "Mapping[str, bool]") -> None:
        """Some more of the past; `verdicts` are what people said of samples of it, by proposal: whether it was fine."""
        for proposal in proposals:
            if proposal.erased_at is not None:
                self.erased += 1
                continue
            self.count += 1
            if proposal.gate.earlier_rejection is None:
                self._add(proposal, verdicts.get(proposal.id))
        self.damaged += damaged

    def _add(self, proposal: "Proposal", fine: bool | None) -> None:  # noqa: FBT001 None: nobody looked it over
        gate = _now(self._policy, proposal)
        for name in gate.rules:
            record = self._records[name]
            record.matched += 1
            record.redacted |= {*gate.redact, *proposal.gate.redact}
            if gate.tier is not Tier.approve or record.entry.tier is not Tier.approve:
                continue
            _note_habits(record, proposal)
            for draft in record.drafts.values():
                tier = _now(draft.policy, proposal).tier
                if tier is not gate.tier:
                    draft.replay[f"{gate.tier}→{tier}"] += 1
                    note(draft.opinions, proposal, fine)

    def suggestions(self) -> list[Suggestion]:
        """All that the figures bear, rule by rule in the order of the file; one change of a rule at most."""
        return [each for record in self._records.values() for each in self._of(record)]

    def reasons(self) -> dict[str, str]:
        """By rule that asks and of which nothing is suggested: why not."""
        suggested = {each.rule for each in self.suggestions()}
        found = {}
        for name, record in self._records.items():
            if name in suggested:
                continue
            if (why := self._why_not(record)) is not None:
                found[name] = why
        return found

    def combination(self, rules: "Iterable[str] | None" = None) -> "tuple[bytes, list[Suggestion]]":
        """The file with all suggested changes, or those of some rules; and which they are. Raises Unwritable."""
        wanted = None if rules is None else set(rules)
        content, taken = self.content, []
        for each in self.suggestions():
            if each.edit is not None and (wanted is None or each.rule in wanted):
                content = each.edit.made(content)
                taken.append(each)
        if taken and self.check(content).policy is None:
            raise Unwritable("all changes together make no sound policy; take those of one rule at a time")
        return content, taken

    def _sound(self, content: bytes, edit: RuleEdit) -> "LoadedPolicy":
        """The policy that the content makes, if it is one and no other rule is touched. Raises Unwritable."""
        checked = self.check(content)
        if checked.policy is None or checked.lint is None:
            raise Unwritable(f"the policy would not be sound: {checked.faults[0].message}")
        mine = self.check(self.content).lint
        assert mine is not None
        others = [
            {rule.id: rule for rule in lint.book.rules.values() if rule.id != edit.rule}
            for lint in (mine, checked.lint)
        ]
        if others[0] != others[1]:
            raise Unwritable("another rule takes its keys from this one")
        return checked.policy

    def _of(self, record: RuleRecord) -> "Iterable[Suggestion]":
        changed = self._blocked(record) or self._loosened(record) or self._removed(record) or self._absent(record)
        if changed is not None:
            yield changed
        redacted = frozenset(name for path in record.redacted for name in (path, path.split(".")[0].split("[")[0]))
        if (corrected := record.corrections.suggestion(record.entry.id, self.bounds, redacted)) is not None:
            yield corrected

    def _blocked(self, record: RuleRecord) -> Suggestion | None:
        draft = record.drafts.get("block")
        if draft is None or against_blocking(draft.opinions, self.bounds) is not None:
            return None
        share = draft.opinions.share_rejected
        why = [f"rejected, of all that people decided: {share_text(share)}"]
        if draft.opinions.expired:
            why.append(f"nobody answered {draft.opinions.expired:,} more")
        return self._drafted(draft, "Block it: people are asked, and always say no.", why, {"rejected": share})

    def _loosened(self, record: RuleRecord) -> Suggestion | None:
        draft = _loosening(record)
        if draft is None or against_loosening(draft.opinions, self.bounds) is not None:
            return None
        opinions = draft.opinions
        shares = {"untouched": opinions.share_untouched, "wrong": opinions.share_wrong}
        why = [
            f"approved as it was, without a question: {share_text(opinions.share_untouched)}",
            f"of all approvals, taken back, objected to or failed: {share_text(opinions.share_wrong)}",
        ]
        if opinions.judged:
            shares["not_fine"] = opinions.share_not_fine
            why.append(f"of samples that were looked over, not fine: {share_text(opinions.share_not_fine)}")
        if opinions.rushed:
            why.append(f"approved faster than one can read, and not counted: {opinions.rushed:,}")
        what = (
            "Let it run at once, and let people object: each came with a plan for a rollback."
            if draft.kind == "watch"
            else "Let it run at once, and have all of it looked over afterwards: lower the share once that stays fine."
        )
        return self._drafted(draft, what, why, shares)

    def _removed(self, record: RuleRecord) -> Suggestion | None:
        draft = record.drafts.get("remove")
        if draft is None or record.matched or self.count < self.bounds.decisions:
            return None
        why = [f"met by none of {self.count:,} proposals"]
        return self._drafted(draft, "Remove it: the default asks for as much.", why, {})

    def _absent(self, record: RuleRecord) -> Suggestion | None:
        routed = record.entry.hours is not None or record.entry.escalate is not None
        found = record.absence.suggestion(record.entry.id, self.bounds, routed=routed)
        if found is None or found.edit is None:
            return found
        try:
            content = found.edit.made(self.content)
            self._sound(content, found.edit)
        except Unwritable:
            return replace(found, edit=None)
        return replace(found, diff=self._diff(content))

    def _drafted(self, draft: Draft, what: str, why: "list[str]", shares: "dict[str, Share]") -> Suggestion:
        return Suggestion(
            kind=draft.kind,
            rule=draft.edit.rule,
            what=what,
            why=tuple(why),
            shares=shares,
            edit=draft.edit,
            diff=self._diff(draft.content),
            replay=dict(draft.replay.most_common()),
        )

    def _why_not(self, record: RuleRecord) -> str | None:
        if not record.matched and record.entry.tier in (Tier.approve, Tier.block):
            return f"met by none of {self.count:,} proposals; it may be the guard that it is meant to be"
        if record.entry.tier is not Tier.approve or not record.matched:
            return None
        draft = _loosening(record)
        if draft is None:
            return "; ".join(dict.fromkeys(record.why_not.values()))
        if not draft.opinions.asked:
            return "nothing of what it alone asks for was decided"
        share = draft.opinions.share_untouched
        said = f"approved as it was: {share_text(share)}" if share.cases else "none of it was approved and read"
        return f"{said}; {against_loosening(draft.opinions, self.bounds)}"

    def _diff(self, content: bytes) -> str:
        before, after = (text.decode("utf-8-sig").splitlines(keepends=True) for text in (self.content, content))
        return "".join(unified_diff(before, after, str(self.file), f"{self.file} (suggested)", n=self.around))


def note(opinions: Opinions, proposal: "Proposal", fine: bool | None) -> None:  # noqa: FBT001 None: nobody looked it over
    """Counts what people said of one more."""
    if fine is not None:
        opinions.judged += 1
        opinions.not_fine += not fine
    if proposal.status is Status.rejected and proposal.cause in (Cause.reviewer, Cause.expired):
        opinions.asked += 1
        opinions.rejected += proposal.cause is Cause.reviewer
        opinions.expired += proposal.cause is Cause.expired
        opinions.undoable += proposal.ask.rollback_plan is not None
        return
    approving = _approving(proposal)
    if not approving:
        return
    opinions.asked += 1
    opinions.undoable += proposal.ask.rollback_plan is not None
    if proposal.edited or proposal.questions:
        opinions.changed += 1
    elif any(each.rushed for each in approving):
        opinions.rushed += 1
    else:
        opinions.untouched += 1
    case = feedback_of(proposal)
    opinions.wrong += case is not None and case.afterwards is not None


def _approving(proposal: "Proposal") -> "list[Decision]":
    """The approvals with which people let it through."""
    if proposal.cause is not Cause.reviewer:
        return []
    return [each for each in proposal.active_decisions if each.verdict is Verdict.approve]


def _note_habits(record: RuleRecord, proposal: "Proposal") -> None:
    """When it was decided or expired, and how it was edited."""
    if proposal.cause is Cause.expired:
        record.absence.add_expired(proposal.created_at)
        return
    if proposal.cause is not Cause.reviewer or proposal.resolved_at is None or not proposal.decisions:
        return
    record.corrections.decided += 1
    record.absence.add_decided(proposal.created_at, proposal.decisions[-1].at)
    case = feedback_of(proposal)
    if case is not None and case.kind is FeedbackKind.corrected:
        record.corrections.add(case)


def _now(policy: "LoadedPolicy", proposal: "Proposal") -> "Gate":
    ask = replace(proposal.ask, source=policy.source_for(proposal.ask.agent, proposal.ask.source))
    return judged(policy, ask, proposal)


def _loosening(record: RuleRecord) -> Draft | None:
    """To `watch` where all of it could be undone, else to samples."""
    watch, sample = record.drafts.get("watch"), record.drafts.get("sample")
    if watch is not None and watch.opinions.asked and watch.opinions.undoable == watch.opinions.asked:
        return watch
    return sample


def _edits(entry: "RuleEntry", default: str) -> "Iterable[tuple[str, RuleEdit]]":
    """The changes of a rule that could ever be suggested."""
    if entry.tier < Tier.approve and not entry.redact:  # what is redacted stays so
        yield "remove", RuleEdit(rule=entry.id, removed=True)
    if entry.tier is not Tier.approve:
        return
    yield "watch", RuleEdit(rule=entry.id, values={"tier": "watch"}, without=ASKING)
    named = {} if entry.role is not None or entry.roles is not None else {"role": default}
    yield (
        "sample",
        RuleEdit(rule=entry.id, values={"tier": "auto", "sample": "1", **named}, without=(*ASKING, "reject_reasons")),
    )
    without = (*WATCHING, "reject_reasons", "execute_within", *ASKING)
    yield "block", RuleEdit(rule=entry.id, values={"tier": "block"}, without=without)
