"""Corrections: whether people change always the same one field, and to what. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeGuard

from approvals.digest import canonical
from approvals.estimate import Share
from approvals.patch import changed_fields
from policy.checks.suggestion import Suggestion, share_text

if TYPE_CHECKING:
    from approvals.digest import JSON
    from approvals.feedback import Feedback
    from policy.checks.suggestion import Bounds

ALWAYS = 0.95
OFTEN = 0.5
FEW = 5
"""So many values that people choose make a list to choose from."""
LONGEST = 60
"""Characters of a value that is quoted."""


@dataclass(slots=True, kw_only=True)
class Corrections:
    """The edits of what a rule asks about."""

    decided: int = 0
    edited: int = 0
    fields: "Counter[tuple[str, ...]]" = field(default_factory=Counter)
    pairs: "dict[str, list[tuple[JSON, JSON]]]" = field(default_factory=dict)
    """By the one field that an edit changed: before and after."""

    def add(self, case: "Feedback") -> None:
        """One more that was edited and approved."""
        assert case.edited is not None
        before, after = case.original.action.payload, case.edited.action.payload
        changed = changed_fields(before, after)
        self.edited += 1
        self.fields[changed] += 1
        if len(changed) == 1:
            (name,) = changed
            self.pairs.setdefault(name, []).append((before.get(name), after.get(name)))

    def suggestion(self, rule: str, bounds: "Bounds", redacted: "frozenset[str]") -> Suggestion | None:
        """What follows of them; None where they are few, or of several fields."""
        if self.edited < bounds.edits or self.edited < OFTEN * self.decided:
            return None
        names, count = self.fields.most_common(1)[0]
        if len(names) != 1 or count < ALWAYS * self.edited:
            return None
        (name,) = names
        shares = {"edited": Share(self.edited, self.decided), "this_field": Share(count, self.edited)}
        schema, values = None, "its values are redacted"
        if name not in redacted:
            schema, values = _schema(self.pairs[name])
        return Suggestion(
            kind="field",
            rule=rule,
            what=f"Have the agent propose {name} as people leave it: {values}."
            + ("" if schema is None else " Or hold it to a schema, under schemas in the policy."),
            why=(
                f"edited before it was approved: {share_text(shares['edited'])}",
                f"of these {name} alone was changed: {share_text(shares['this_field'])}",
            ),
            shares=shares,
            schema=None if schema is None else {"properties": {name: schema}},
        )


def _schema(pairs: "list[tuple[JSON, JSON]]") -> "tuple[dict[str, JSON] | None, str]":
    """What a schema could say of what people left, and what that is in words."""
    after = [value for _, value in pairs]
    distinct = {canonical(value): value for value in after}
    if len(distinct) == 1:
        return {"const": after[0]}, f"always {_quoted(after[0])}"
    numbers = [value for value in after if _number(value)]
    if len(numbers) == len(after) and all(_number(before) and before > max(numbers) for before, _ in pairs):
        return {"maximum": max(numbers)}, f"at most {_quoted(max(numbers))}"
    texts = sorted(value for value in distinct.values() if isinstance(value, str))
    if len(texts) == len(distinct) <= FEW:
        choices: list[JSON] = [*texts]
        return {"enum": choices}, f"one of {', '.join(map(_quoted, choices))}"
    return None, f"{len(distinct):,} values, which have nothing in common that a schema could say"


def _number(value: "JSON") -> "TypeGuard[int | float]":
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _quoted(value: "JSON") -> str:
    said = canonical(value).decode()
    return said if len(said) <= LONGEST else said[:LONGEST] + "…"
