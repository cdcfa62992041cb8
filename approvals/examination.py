"""Examinations: what the schemas say of a payload. It may take long, so it is done outside of any transaction.

A verb that needs it inside of its transaction raises `Unexamined`, which rolls back; the payload is examined, and the
verb begins anew. So nothing is examined for an agent that may not propose at all, nobody waits for it but whoever
asked, and the answer is that of the schemas which are in force when the verb is done.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from approvals.ports import Examination, WorkLimit, WorkRefused
from approvals.refusals import Fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from approvals.ports import Elsewhere

T = TypeVar("T")

ATTEMPTS = 3
"""How often a verb is tried: more than twice only where the policy is replaced meanwhile."""
REMEMBERED = 256
TOO_LONG = Fault("", "cannot be checked in the time there is; send a smaller payload, or a simpler payload_schema")


class Unexamined(Exception):
    """The verb cannot be done before this is examined; nothing was changed."""

    def __init__(self, examination: Examination) -> None:
        super().__init__("the payload is to be examined first")
        self.examination = examination


class Nowhere:
    """Refuses all long work: what stands for whoever does it where nobody does."""

    async def run(self, function: "Callable[..., T]", *args: Any, who: str | None = None) -> T:
        """Raises WorkRefused."""
        del args, who
        raise WorkRefused(f"nobody does {function.__name__}")


@dataclass(slots=True)
class Examiner:
    """Has payloads examined, and remembers the answers for a while."""

    agents: "Elsewhere" = field(default_factory=Nowhere)
    """Where it is done for agents."""
    people: "Elsewhere" = field(default_factory=Nowhere)
    """Where it is done for people, whom no agent shall keep waiting."""
    _known: "OrderedDict[tuple[str, ...], tuple[Fault, ...]]" = field(default_factory=OrderedDict)

    def faults(self, found: "tuple[Fault, ...] | Examination") -> tuple[Fault, ...]:
        """What was found at once, or is known by now. Raises Unexamined."""
        if not isinstance(found, Examination):
            return found
        known = self._known.get(found.key)
        if known is None:
            raise Unexamined(found)
        return known

    async def for_agent(self, agent: str, verb: "Callable[[], Awaitable[T]]") -> T:
        """What the verb gives, with all that it needs examined. Raises WorkRefused, and what the verb raises."""
        return await self._until_done(self.agents, agent, verb)

    async def for_person(self, user: str, verb: "Callable[[], Awaitable[T]]") -> T:
        """The same, for a person."""
        return await self._until_done(self.people, user, verb)

    async def _until_done(self, elsewhere: "Elsewhere", who: str, verb: "Callable[[], Awaitable[T]]") -> T:
        for _ in range(ATTEMPTS):
            try:
                return await verb()
            except Unexamined as needed:
                await self._examine(needed.examination, elsewhere, who)
        raise WorkRefused("the policy is being replaced")

    async def _examine(self, examination: Examination, elsewhere: "Elsewhere", who: str) -> None:
        """Finds out; what takes too long is a fault."""
        try:
            answer = await elsewhere.run(examination.function, *examination.args, who=who)
        except WorkLimit:
            answer = (TOO_LONG,)
        self._known[examination.key] = answer
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
