"""The key `batch`: which proposals may share a card, and what of that is left beside other rules."""

from dataclasses import replace
from typing import TYPE_CHECKING

from approvals.moves.confirmation import takes_words
from policy.file.faults import UnplacedFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from approvals.gate import Gate
    from policy.file.rulebook import Rulebook


def without_needless_batch(gate: "Gate") -> "Gate":
    """The gate without its batch where more is asked than one approval of one role: each of those has its own card."""
    one = len(gate.roles) * gate.approvals == 1 and not gate.second_person and not gate.stand_ins
    one = one and not takes_words(gate)  # a list has no room to type them
    return gate if one and gate.quorum_unreachable is None else replace(gate, batch=None)


def faults(book: "Rulebook") -> "Iterator[UnplacedFault]":
    """What keeps the program from starting, rule by rule."""
    for index, rule in book.rules.items():
        path = ("rules", index, "batch")
        if rule.batch is None:
            continue
        if len(rule.named_roles) > 1 or (rule.approvals or 1) > 1 or rule.edited is not None:
            message = "is for what one approval lets run, and this rule asks for more"
            yield UnplacedFault(path=path, message=message, remedy="Leave it out: each has a card of its own.")
        if rule.first_time or rule.unusual or rule.repeat_of_rejected or rule.rate or rule.budget:
            message = "a rule with a batch loosens, so it may not depend on the past"
            yield UnplacedFault(
                path=path, message=message, remedy="Write the condition in another rule, without batch."
            )
