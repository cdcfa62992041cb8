"""Capability of an agent: people decide about all that it runs."""

from dataclasses import dataclass
from typing import Any

from pydantic_ai import DeferredToolRequests, DeferredToolResults, RunContext, ToolApproved
from pydantic_ai.agent import AbstractAgent
from pydantic_ai.capabilities import AbstractCapability, WrapOutputProcessHandler
from pydantic_ai.output import OutputContext
from pydantic_ai.tools import AgentDepsT
from pydantic_ai.toolsets import AbstractToolset

from signoff_client.adapters.pydantic_ai.output import OutputFunction, refuse_unseen, run_approved
from signoff_client.adapters.pydantic_ai.tickets import TICKET
from signoff_client.adapters.pydantic_ai.toolset import SignoffToolset
from signoff_client.gating import AsyncGate


@dataclass(kw_only=True)
class SignoffApprovals(AbstractCapability[AgentDepsT]):
    """People decide before any tool of the agent runs that the gate concerns. `park` and `wait` as in SignoffToolset.

    A tool with `requires_approval=True` is asked for like any other. An output function is asked for by its own name,
    and cannot be put aside: it waits where it stands.
    """

    gate: AsyncGate
    park: bool = False
    wait: float | None = None

    @classmethod
    def get_serialization_name(cls) -> str | None:
        """None: a gate is no part of a file."""
        return None

    def for_agent(self, agent: AbstractAgent[AgentDepsT, Any]) -> AbstractCapability[AgentDepsT]:
        """The same. Raises NotConfigured for an agent that could end with what nobody can be asked about."""
        refuse_unseen(agent.output_type, self.gate.concerns)
        return self

    def get_wrapper_toolset(self, toolset: AbstractToolset[AgentDepsT]) -> AbstractToolset[AgentDepsT]:
        """All tools of the agent, held back."""
        return SignoffToolset(wrapped=toolset, gate=self.gate, park=self.park, wait=self.wait)

    async def wrap_output_process(
        self,
        ctx: RunContext[AgentDepsT],
        *,
        output_context: OutputContext,
        output: Any,
        handler: WrapOutputProcessHandler,
    ) -> Any:
        """What the output function gives; raises ModelRetry where it does not run. Plain output passes."""
        function = OutputFunction.of(ctx, output_context, handler, output)
        if function is None or not self.gate.concerns(function.name):
            return await handler(output)
        return await run_approved(self.gate, function, output, handler, wait=self.wait)

    async def handle_deferred_tool_calls(
        self,
        ctx: RunContext[AgentDepsT],  # noqa: ARG002 the framework names it
        *,
        requests: DeferredToolRequests,
    ) -> DeferredToolResults | None:
        """Lets calls through to the toolset that the framework holds back by itself; it asks for them."""
        theirs = [
            call.tool_call_id
            for call in requests.approvals
            if self.gate.concerns(call.tool_name) and TICKET not in requests.metadata.get(call.tool_call_id, {})
        ]
        return requests.build_results(approvals=dict.fromkeys(theirs, ToolApproved())) if theirs else None
