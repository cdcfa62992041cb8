"""Approvals in a workflow: ask, wait durably, claim, act once, report. Deterministic."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

from temporalio import exceptions, workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from signoff_client.adapters.temporal.arguments import Act, act_of, act_unchecked, result_of
from signoff_client.adapters.temporal.messages import (
    DECIDED,
    Approved,
    Asked,
    Outcome,
    ProposalState,
    Taking,
    TakingBack,
)
from signoff_client.adapters.temporal.outcomes import verdict
from signoff_client.errors import Invalid, Unfit

Result = TypeVar("Result")

ATTEMPT: Final = timedelta(minutes=2)
"""For one call of the service; the client's own patience is shorter."""
RETRIES: Final = RetryPolicy(
    maximum_interval=timedelta(minutes=1), non_retryable_error_types=["TypeError", "ValueError"]
)
"""While the service is away; what it says no to is never asked again."""
FIRST_LOOK: Final = timedelta(seconds=5)
"""After it the service is asked, if no update came; each further pause is twice as long."""
FAREWELL: Final = timedelta(seconds=30)
"""What a workflow that is cancelled spends on taking its proposal back."""


class NotApproved(ApplicationError):
    """Nothing ran. `type` names the reason as the client's exceptions do: Rejected, Expired, Unavailable and so on."""

    def __init__(self, message: str, *, type: str, proposal_id: str | None = None) -> None:  # noqa: A002 the base's word
        super().__init__(message, proposal_id, type=type, non_retryable=True)


class Approvals:
    """Made in a workflow's `__init__`, so that a decision finds it. One for all that the workflow asks.

    `check_every` is the longest pause between two looks at a proposal while no update comes; `patience` is how long an
    activity is tried again while the service is away; `task_queue` is where the activities run, if not where the
    workflow does. A workflow that is cancelled takes back what it asks; with `keep` the question stays, for a later run
    with the same id and `call_id`.
    """

    def __init__(
        self,
        *,
        check_every: timedelta = timedelta(minutes=10),
        patience: timedelta = timedelta(hours=1),
        task_queue: str | None = None,
        keep: bool = False,
    ) -> None:
        self._keep = keep
        self._check_every = check_every
        self._patience = patience
        self._task_queue = task_queue
        self._asking = 0
        self._waiting: set[str] = set()
        self._updates: dict[str, ProposalState] = {}
        workflow.set_update_handler(DECIDED, self._decided, validator=self._expected)

    async def run(
        self,
        act: Callable[..., Any] | str,
        action: str,
        payload: Mapping[str, Any],
        *,
        reasoning: str,
        call_id: str,
        start_to_close_timeout: timedelta,
        fields: Mapping[str, Any] | None = None,
        arg_type: Any = None,
        **options: Any,
    ) -> Any:
        """What the activity `act` returns, run once with the approved payload as its only argument, and reported.

        `call_id` names this step: with the workflow's id it is one proposal for ever, over retries, continue-as-new and
        later runs of that id. `fields` are further body fields of the proposal; `options` are the others of
        `execute_activity`, but for `retry_policy`; `arg_type` is what an activity takes that is given by its name.
        What people are shown is what the activity would get of the payload, its defaults too.
        Raises NotApproved where nothing ran, and what the activity raised.
        """
        if "retry_policy" in options:
            raise ApplicationError("What people approved runs once: it takes no retry_policy.", non_retryable=True)
        options["start_to_close_timeout"] = start_to_close_timeout
        try:
            known = act_of(act, options, arg_type)
            shown = known.payload(payload)
        except Invalid as wrong:
            if workflow.patched(f"signoff.fits.{_short(call_id)}"):
                raise NotApproved(f"{wrong.message} Nobody was asked, and nothing ran.", type="Invalid") from wrong
            known, shown = act_unchecked(act, options), dict(payload)
        approved = await self.ask(action, shown, reasoning=reasoning, call_id=call_id, fields=fields)
        try:
            known.check(approved.payload)
        except Unfit as unfit:
            if workflow.patched(f"signoff.unfit.{approved.id}"):
                raise await self._unrun(approved, unfit.message) from unfit
        return await self._run(known, approved, options)

    async def _run(self, act: Act, approved: Approved, options: dict[str, Any]) -> Any:
        """Whatever happens from here on is reported: it is claimed."""
        once = RetryPolicy(maximum_attempts=1)
        try:
            acting = workflow.start_activity(
                act.name, approved.payload, retry_policy=once, **{**options, "result_type": RawValue}
            )
        except Exception as fault:
            raise await self._unrun(approved, f"{act.name} could not be started: {fault}") from fault
        try:
            raw = await acting
        except (ActivityError, asyncio.CancelledError) as error:
            await self.report(approved, *verdict(error))
            raise
        try:
            result = result_of(raw, act.returns)  # read here, where what goes wrong can still be reported
        except Exception as fault:
            lost = f"{act.name} ran, and what it returned cannot be read: {type(fault).__name__}: {fault}"
            await self.report(approved, "unknown", lost)
            raise ApplicationError(f"{lost}. Do not run it again.", type="Unfinished", non_retryable=True) from fault
        await self.report(approved, "succeeded")
        return result

    async def _unrun(self, approved: Approved, why: str) -> NotApproved:
        """Tells the reviewers that what they approved did not run."""
        await self.report(approved, "failed", f"Nothing ran: {why}")
        return NotApproved(f"{why} Nothing ran, and the reviewers were told.", type="Unfit", proposal_id=approved.id)

    async def ask(
        self,
        action: str,
        payload: Mapping[str, Any],
        *,
        reasoning: str,
        call_id: str,
        fields: Mapping[str, Any] | None = None,
    ) -> Approved:
        """The right to act once: run `.payload`, once, then `report`. Raises NotApproved."""
        info = workflow.info()
        where = [info.namespace, info.workflow_id, call_id]
        asked = Asked(
            action=action,
            payload=dict(payload),
            reasoning=reasoning,
            key=f"temporal:{hashlib.sha256(json.dumps(where).encode()).hexdigest()}",
            fields={**_origin(info.workflow_id, call_id), **(fields or {})},
        )
        claimant = str(workflow.uuid4())
        state = await self._propose(asked)
        self._waiting.add(state.id)
        try:
            approved = await self._take(state, claimant)
        except asyncio.CancelledError:
            if not self._keep:
                await self._withdraw(state.id)
            raise
        finally:
            self._waiting.discard(state.id)
            self._updates.pop(state.id, None)
        return approved

    async def report(self, approved: Approved, status: str, detail: str | None = None) -> None:
        """Says what came of it: succeeded, failed or unknown.

        What cannot be told within `patience` is logged, and the service tells people that the report is overdue.
        """
        outcome = Outcome(id=approved.id, status=status, detail=None if detail is None else detail[:2000])
        try:
            await asyncio.shield(self._start("signoff.report", outcome, None))
        except ActivityError as error:
            workflow.logger.error("%s was not reported as %s: %s", approved.id, status, _cause(error).message)

    async def _propose(self, asked: Asked) -> ProposalState:
        self._asking += 1
        proposing = self._start("signoff.propose", asked, ProposalState)
        try:
            return await asyncio.shield(proposing)
        except asyncio.CancelledError:
            done, _ = await workflow.wait([proposing], timeout=FAREWELL.total_seconds())
            if not done or proposing.exception() is not None:
                proposing.cancel()
            elif not self._keep:
                await self._withdraw(proposing.result().id)
            raise
        except ActivityError as error:
            raise _refusal(error) from error
        finally:
            self._asking -= 1

    async def _take(self, state: ProposalState, claimant: str) -> Approved:
        while True:
            state = await self._over(state)
            if state.refusal is not None:
                raise NotApproved(state.message, type=state.refusal, proposal_id=state.id)
            if state.claimable_at is not None:
                await asyncio.sleep(min(_until(state.claimable_at), self._check_every).total_seconds())
            taking, seed = Taking(id=state.id, claimant=claimant), workflow.random_seed()
            try:
                approved = await self._start("signoff.claim", taking, Approved)
            except ActivityError as error:
                if is_cancelled_exception(error):
                    await self._unclaim(taking)
                    raise asyncio.CancelledError from error
                if _cause(error).type not in ("ApprovalPending", "Superseded"):
                    raise _refusal(error, state.id) from error
            else:
                if workflow.random_seed() == seed:
                    return approved
                # A reset copied the claim from another run of this workflow, which may have acted on it.
                message = (
                    f"{approved.action} was claimed before this workflow was reset, and may have run. Nothing ran now."
                )
                raise NotApproved(message, type="AlreadyClaimed", proposal_id=approved.id)
            state = await self._read(state.id)  # taken back or changed between the decision and the claim

    async def _over(self, state: ProposalState) -> ProposalState:
        """The proposal once it is no longer pending: an update says so, or a look after a while."""
        pause = FIRST_LOOK
        while state.status == "pending":
            left = max(_until(state.expires_at), timedelta()) + timedelta(seconds=1)
            try:
                await workflow.wait_condition(partial(self._news, state), timeout=min(pause, self._check_every, left))
            except TimeoutError:
                pause *= 2
                state = await self._read(state.id)
            else:
                state = self._updates.pop(state.id)  # believed once: whether it may run, the claim says
        return state

    def _news(self, known: ProposalState) -> bool:
        update = self._updates.get(known.id)
        return update is not None and update.version > known.version

    async def _read(self, proposal_id: str) -> ProposalState:
        try:
            return await self._start("signoff.read", proposal_id, ProposalState)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise asyncio.CancelledError from error
            raise _refusal(error, proposal_id) from error

    async def _withdraw(self, proposal_id: str) -> None:
        back = TakingBack(id=proposal_id, reason="The workflow was cancelled.")
        try:
            await self._start("signoff.withdraw", back, None, patience=FAREWELL)
        except ActivityError as error:
            workflow.logger.warning("%s was not taken back: %s", proposal_id, _cause(error).message)

    async def _unclaim(self, taking: Taking) -> None:
        """For a workflow that was cancelled while it claimed: if it has the claim, the reviewers hear that nothing ran.

        The same claimant is answered again; anybody else's claim is refused, and stays theirs.
        """
        if not workflow.patched(f"signoff.unclaims.{taking.id}"):
            return
        try:
            approved = await self._start("signoff.claim", taking, Approved, patience=FAREWELL)
        except ActivityError:
            return
        await self.report(approved, "failed", "Nothing ran: the workflow was cancelled.")

    def _start(
        self, name: str, arg: object, kind: type[Result] | None, *, patience: timedelta | None = None
    ) -> "workflow.ActivityHandle[Result]":
        return workflow.start_activity(
            name,
            arg,
            result_type=kind,
            task_queue=self._task_queue,
            start_to_close_timeout=ATTEMPT,
            schedule_to_close_timeout=patience or self._patience,
            retry_policy=RETRIES,
        )

    def _expected(self, decided: ProposalState) -> None:
        """A decision that nobody here waits for is not taken into the history."""
        if not self._asking and decided.id not in self._waiting:
            raise ValueError(f"This workflow does not wait for {decided.id}.")

    async def _decided(self, decided: ProposalState) -> None:
        known = self._updates.get(decided.id)
        if known is None or decided.version > known.version:
            self._updates[decided.id] = decided


def _origin(workflow_id: str, call_id: str) -> dict[str, Any]:
    """Where it comes from, as far as the service takes such names."""
    names = {"run_id": workflow_id, "tool_call_id": call_id}
    return {name: text for name, text in names.items() if 0 < len(text) <= 255 and text.isprintable()}


def _short(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _until(moment: str) -> timedelta:
    return max(datetime.fromisoformat(moment) - workflow.now(), timedelta())


def _cause(error: ActivityError) -> ApplicationError:
    cause = error.cause
    if isinstance(cause, exceptions.TimeoutError):
        said = "The approval service could not be asked in time"
        inner = cause.cause
        if isinstance(inner, ApplicationError):
            return inner
        return ApplicationError(f"{said}; nothing ran.", type="Unavailable")
    return cause if isinstance(cause, ApplicationError) else ApplicationError(str(cause), type="Unavailable")


def _refusal(error: ActivityError, proposal_id: str | None = None) -> NotApproved:
    cause = _cause(error)
    kind = cause.type or "SignoffError"
    message = cause.message if kind == "Unavailable" else f"{cause.message} Nothing ran now."
    return NotApproved(message, type=kind, proposal_id=proposal_id)
