"""The key `confirmation`: what an approval takes beside the click, and what a rule may not say beside it."""

from typing import TYPE_CHECKING

from approvals.gate import Confirmation
from policy.file.faults import UnplacedFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policy.file.rulebook import Rulebook


def strictest(said: "Iterable[Confirmation | None]") -> Confirmation | None:
    """All that any of them wants typed, a code among it; a question where none does and one asks."""
    wanted = [each for each in said if each is not None]
    if not wanted:
        return None
    typed = tuple(sorted({path for each in wanted for path in each.typed}))
    return Confirmation(typed=typed, code=any(each.code for each in wanted))


def faults(book: "Rulebook") -> "Iterator[UnplacedFault]":
    """What keeps the program from starting, rule by rule."""
    for index, rule in book.rules.items():
        path = ("rules", index, "confirmation")
        if rule.confirmation is None or not rule.confirmation.takes_words:
            continue
        if rule.batch is not None:
            message = "is typed for each, and with a batch many are approved at once"
            yield UnplacedFault(path=path, message=message, remedy="Keep one of the two, or write confirmation: ask.")
        if rule.remember_approval is not None:
            message = "is typed for each, and with remember_approval the next are approved without a look"
            yield UnplacedFault(path=path, message=message, remedy="Keep one of the two, or write confirmation: ask.")
