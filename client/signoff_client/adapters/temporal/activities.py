"""Activities that call the service, and the plugin that gives a worker all it needs."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from signoff_client import AsyncSignoff
from signoff_client.adapters.temporal.messages import Approved, Asked, Outcome, ProposalState, Taking, TakingBack
from signoff_client.errors import SignoffError, TooMany, Unavailable


class SignoffActivities:
    """`SignoffActivities(client).all` goes into the worker's activities. Only passing troubles are tried again."""

    def __init__(self, client: AsyncSignoff) -> None:
        self._client = client

    @property
    def all(self) -> Sequence[Callable[..., Any]]:
        """For `Worker(activities=…)`."""
        return [self.propose, self.read, self.claim, self.report, self.withdraw]

    @activity.defn(name="signoff.propose")
    async def propose(self, asked: Asked) -> ProposalState:
        """Asks; the same key again is the same proposal."""
        try:
            proposal = await self._client.propose(
                asked.action, asked.payload, reasoning=asked.reasoning, key=asked.key, **asked.fields
            )
        except SignoffError as error:
            raise _failure(error) from error
        return ProposalState.of(proposal)

    @activity.defn(name="signoff.read")
    async def read(self, proposal_id: str) -> ProposalState:
        """Looks."""
        try:
            return ProposalState.of(await self._client.get(proposal_id))
        except SignoffError as error:
            raise _failure(error) from error

    @activity.defn(name="signoff.claim")
    async def claim(self, taking: Taking) -> Approved:
        """Claims for this run of the workflow: what a reset makes of it is another run, and gets nothing."""
        run = activity.info().workflow_run_id
        assert run is not None  # it is a workflow's activity
        try:
            proposal = await self._client.get(taking.id)
            claimed = await self._client.claim(proposal, claimant=f"{taking.claimant}.{run}")
        except SignoffError as error:
            raise _failure(error) from error
        return Approved(
            id=claimed.id,
            action=claimed.proposal.action,
            payload=claimed.payload,
            edited=claimed.edited,
            permit=claimed.permit,
            preconditions=list(claimed.proposal.preconditions),
        )

    @activity.defn(name="signoff.report")
    async def report(self, outcome: Outcome) -> None:
        """Says what came of it; the same again is fine."""
        try:
            await self._client.report(outcome.id, outcome.status, detail=outcome.detail)
        except SignoffError as error:
            raise _failure(error) from error

    @activity.defn(name="signoff.withdraw")
    async def withdraw(self, back: TakingBack) -> None:
        """Takes it back, so that nobody decides on what nobody waits for."""
        try:
            await self._client.withdraw(back.id, back.reason)
        except SignoffError as error:
            raise _failure(error) from error


class SignoffPlugin(SimplePlugin):
    """`Worker(…, plugins=[SignoffPlugin(client)])`: the activities, and a sandbox that lets this package through."""

    def __init__(self, client: AsyncSignoff) -> None:
        super().__init__("signoff", activities=SignoffActivities(client).all, workflow_runner=_let_through)


def _let_through(runner: WorkflowRunner | None) -> WorkflowRunner:
    if runner is None:
        runner = SandboxedWorkflowRunner()
    if not isinstance(runner, SandboxedWorkflowRunner):
        return runner
    return replace(runner, restrictions=runner.restrictions.with_passthrough_modules("signoff_client"))


def _failure(error: SignoffError) -> ApplicationError:
    passing = isinstance(error, Unavailable | TooMany)
    return ApplicationError(error.message, type=type(error).__name__, non_retryable=not passing)
