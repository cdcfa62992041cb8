"""Rule usage: which rules past proposals matched, and which none did."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from approvals.events import instant
from policy.checks.fields import REMEDY, has_field, named_fields
from policy.checks.lint import finding
from policy.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from approvals.proposal import Proposal
    from policy.checks.lint import Lint
    from policy.file.faults import UnplacedFault
    from policy.loaded import LoadedPolicy


@dataclass(slots=True, kw_only=True)
class Usage:
    """The rules of a policy, held against what was proposed since a moment."""

    policy: "LoadedPolicy"
    since: "datetime"
    count: int = 0
    damaged: list[str] = field(default_factory=list)
    """What is wrong with rows that could not be held against them."""
    _named: Counter[str] = field(default_factory=Counter)
    _matched: Counter[str] = field(default_factory=Counter)
    _met: set[tuple[str, str, str]] = field(default_factory=set)
    """Which rule's paths some payload had, each with its key."""

    def add(self, proposals: "Iterable[Proposal]", damaged: "Iterable[str]" = ()) -> None:
        """Some more proposals, with all their revisions."""
        for proposal in proposals:
            if proposal.erased_at is not None:
                continue  # nothing is left to hold a rule against
            self.count += 1
            name = proposal.action.name
            self._named.update({rule.action for rule in self.policy.rules if matches(rule.action, name)})
            actions = [each.action for each in proposal.revisions]
            matched = self.policy.judge_apart(proposal.ask, actions, proposal.gate).rules
            self._matched.update(matched)
            payloads = [action.payload for action in actions]
            for rule in self.policy.rules:
                if rule.id in matched:
                    self._met |= {
                        (rule.id, key, path)
                        for key, path in named_fields(rule)
                        if any(has_field(payload, key, path) for payload in payloads)
                    }
        self.damaged += damaged

    def summary(self) -> str:
        """What the rules were held against, in a sentence or two."""
        sentence = f"Held against {self.count} proposals since {instant(self.since)}."
        return f"{sentence} Not readable: {'; '.join(self.damaged)}." if self.damaged else sentence

    def unmatched(self, lint: "Lint") -> "Iterator[UnplacedFault]":
        """The rules that matched none of them; nothing where there was none to match."""
        for index, rule in lint.rules.items() if self.count else ():
            if not self._matched[rule.id]:
                message = f"never matched in {self.count} proposals since {instant(self.since)}"
                if named := self._named[rule.action]:
                    yield finding(("rules", index), f"{message}, {named} of its action", _CONDITIONS)
                else:
                    yield finding(("rules", index), f"{message}, none of its action", _PATTERN)

    def absent_fields(self, lint: "Lint") -> "Iterator[UnplacedFault]":
        """The fields of rules that matched, which none of these payloads had."""
        for index, rule in lint.rules.items():
            for key, path in dict.fromkeys(named_fields(rule)) if self._matched[rule.id] else ():
                if (rule.id, key, path) not in self._met:
                    message = f"no payload had a field {path} in {self._matched[rule.id]} proposals that it matched"
                    yield finding(("rules", index, key), message, REMEDY)


_CONDITIONS = "Ask `signoff policy explain` why; keep it if it guards against what should not happen."
_PATTERN = "Mend its pattern or remove it; keep it if it guards against what should not happen."
