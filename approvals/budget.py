"""Budgets: how much proposals may come to together, whose amounts are added up, and what one of them adds. Pure.

Sums are exact: a number counts as the decimal that its JSON shows, and no float is ever added to another.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING

from approvals.digest import canonical
from approvals.paths import value_at

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from approvals.digest import JSON

NOTHING = Decimal(0)
LONGEST_LABEL = 200
"""Characters of the text by which a group is known; a longer one is known by its digest."""
_EXACT = Context(prec=1000, Emax=9999, Emin=-9999, traps=[Inexact, InvalidOperation])
"""From the smallest number of JSON to the largest are some 650 digits."""


class Per(StrEnum):
    """What a budget is for each of, beside a field of the payload."""

    agent = "agent"
    role = "role"
    action = "action"


class NoAmount(ValueError):
    """What stands there adds nothing that could be told; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetTerms:
    """Which proposals count together, and what of each: all of a budget but its limit and its window."""

    action: str
    """The rule's pattern, `*` for any run of characters."""
    sum: str
    """The field of the payload whose numbers are added up, `payload.` in front."""
    per: str | None = None
    """For each what there is a sum of its own: one of Per, or a field of the payload; None: one for all."""
    same: str | None = None
    """A field of the payload that parts them further, a currency: what differs there is never added up."""
    trust_reports: bool = False
    """Whether what its agent reports as failed or rolled back counts no longer."""


def amount_of(payload: "Mapping[str, JSON]", path: str) -> Decimal:
    """The number at the path. Raises NoAmount: what is below zero would be a way to make room."""
    found = value_at(payload, path)
    if not found:
        raise NoAmount("a field is missing")
    (value,) = found
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise NoAmount("a field is no number")
    amount = Decimal(repr(value))
    if not amount.is_finite():
        raise NoAmount("a field is no number")
    if amount < 0:
        raise NoAmount("a field is below zero")
    return amount


def added(one: Decimal, other: Decimal) -> Decimal:
    """The exact sum."""
    return _EXACT.add(one, other)


def without(one: Decimal, other: Decimal) -> Decimal:
    """The exact difference."""
    return _EXACT.subtract(one, other)


def groups_of(
    terms: BudgetTerms, agent: str, action: str, roles: "Collection[str]", payload: "Mapping[str, JSON]"
) -> tuple[str, ...] | None:
    """The groups in which a proposal counts; None where a field is missing by which that would be known."""
    same = [""] if terms.same is None else [_folded(value) for value in value_at(payload, terms.same)]
    match terms.per:
        case None:
            per = [""]
        case Per.agent:
            per = [agent]
        case Per.action:
            per = [action]
        case Per.role:
            return tuple(_label(role, each) for role in sorted(roles) for each in same) if same else None
        case path:
            per = [_folded(value) for value in value_at(payload, path)]
    return tuple(_label(each, other) for each in per for other in same) or None


def _folded(value: "JSON") -> str:
    """The text by which two values are the same to us: case, width and blanks around part nothing.

    Whoever writes a customer in two ways would else have two budgets.
    """
    text = value if isinstance(value, str) else canonical(value).decode()
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _label(per: str, same: str) -> str:
    label = "\n".join(filter(None, [per, same]))
    if len(label) <= LONGEST_LABEL and "\n" not in per and "\n" not in same:
        return label
    content = f"{len(per)}\n{per}{same}".encode("utf-8", "surrogatepass")
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
