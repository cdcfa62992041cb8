"""Second factor services: enrolled by a first code, reset by two operators; each step is an entry."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.second_factor import (
    RESET_WAITS,
    AlreadyEnrolled,
    AnotherOperator,
    NothingToReset,
    OperatorsReset,
    ResetRequest,
    ResetRequested,
    SecondFactorEnrolled,
    SecondFactorReset,
)
from approvals.transactional import transactional

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.events import Actor
    from approvals.ports import Clock, Store, Transaction
    from approvals.refusals import CodeRefusal


@dataclass(slots=True, kw_only=True)
class SecondFactors:
    """What can be done about second factors, over the ports. Raises FactorRefused, CodeRefusal, StoreBusy."""

    store: "Store"
    clock: "Clock"

    async def enrol(self, actor: "Actor", sealed: str, code: str, notices: "Mapping[str, str] | None" = None) -> None:
        """Keeps the secret as the person's second factor, if the code is one of its own."""
        if (refused := await self._enrol(actor, sealed, code, notices or {})) is not None:
            raise refused

    @transactional
    async def _enrol(
        self, tx: "Transaction", actor: "Actor", sealed: str, code: str, notices: "Mapping[str, str]"
    ) -> "CodeRefusal | None":
        """The refusal is given back, for what it keeps of a wrong code is kept."""
        now = self.clock.now()
        if await tx.enrolment(actor.id) is not None:
            raise AlreadyEnrolled
        if (refused := await tx.take_code(actor, code, None, now, sealed=sealed)) is not None:
            return refused
        enrolled = SecondFactorEnrolled(at=now, person=actor.id, sealed=await tx.enrol(actor.id, sealed, now))
        await tx.note(None, enrolled, actor)
        for channel, text in notices.items():
            await tx.tell(f"enrolled:{actor.id}:{now.isoformat()}:{channel}", channel, text, now)
        return None

    @transactional
    async def reset_asked(self, tx: "Transaction", person: str, operators: frozenset[str]) -> ResetRequest | None:
        """That one who still is an operator asked for the reset within a day."""
        return await self._asked(tx, person, operators)

    async def _asked(self, tx: "Transaction", person: str, operators: frozenset[str]) -> ResetRequest | None:
        asked = await tx.reset_request(person)
        good = asked is not None and self.clock.now() - asked.at < RESET_WAITS and asked.by in operators
        return asked if good else None

    @transactional
    async def reset(
        self,
        tx: "Transaction",
        person: str,
        actor: "Actor",
        operators: frozenset[str],
        notices: "Mapping[str, str] | None" = None,
    ) -> bool:
        """Whether it is reset by now: the first operator asks for it, and another one within a day does it."""
        now = self.clock.now()
        if actor.id not in operators:
            raise OperatorsReset
        if await tx.enrolment(person) is None:
            raise NothingToReset
        asked = await self._asked(tx, person, operators)
        if asked is not None:
            if asked.by == actor.id:
                raise AnotherOperator
            await tx.forget_enrolment(person)
            await tx.note(None, SecondFactorReset(at=now, person=person, by=actor.id, requested_by=asked.by), actor)
        else:
            await tx.note(None, ResetRequested(at=now, person=person, by=actor.id), actor)
        for channel, text in (notices or {}).items():
            await tx.tell(f"reset:{person}:{now.isoformat()}:{channel}", channel, text, now)
        return asked is not None
