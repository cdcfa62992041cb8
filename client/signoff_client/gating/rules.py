"""Gating rules: which tools people are asked about, as which action, and whose ticket is whose."""

import logging
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from signoff_client.digest import digest_of
from signoff_client.errors import Invalid, NotConfigured, Tampered
from signoff_client.fidelity import refuse_unknown
from signoff_client.gating.calls import ACTION, Denied, FieldsOf, ToolCall, action_of, denied

if TYPE_CHECKING:
    from signoff_client.model import Proposal, Ticket

log = logging.getLogger(__name__)

IT_IS: Final = "The tool is "
"""How the condition begins that tells the tools of one action apart."""
NAMED: Final = 200
"""Characters of a tool's name that people read as they are."""


class Rules:
    """Which tools are asked for, under which name."""

    def __init__(
        self,
        *,
        actions: Mapping[str, str],
        free: Collection[str],
        wait: float,
        fields: FieldsOf | None,
        keep: bool,
    ) -> None:
        for tool, action in actions.items():
            if not ACTION.fullmatch(action):
                raise NotConfigured(
                    f"{action!r} is no action for {tool}: use 1 to 100 of a-z, 0-9, dot, dash and underscore."
                )
        self._actions = dict(actions)
        self._tools = Counter(actions.values())
        self._free = frozenset(free)
        self._wait = wait
        self._fields = fields
        self._keep = keep
        self._met: dict[str, str] = {}
        self._waited: Counter[tuple[str, str]] = Counter()
        self._reserved: set[str] = set()
        self._lock = threading.Lock()

    def concerns(self, tool: str) -> bool:
        """Whether people are asked; a tool that nobody named is asked for."""
        return tool not in self._free

    def actions(self, tools: Iterable[str]) -> dict[str, str]:
        """The action of each of these tools, without the free ones: what a policy has to name.

        Raises NotConfigured where two of them come to one action that `actions` does not give to both.
        """
        found = {tool: self._action(tool) for tool in tools if self.concerns(tool)}
        for tool, action in found.items():
            others = [each for each in found if each != tool and found[each] == action]
            if others and not {tool, *others} <= self._actions.keys():
                raise NotConfigured(_shared(action, tool, *others))
        return found

    def refuse_unknown(
        self, call: ToolCall, *, tools: Collection[str] | None = None, arguments: Collection[str] | None = None
    ) -> Denied | None:
        """Before people are asked: Denied for a tool that is none of `tools`, an argument that is none of its own."""
        if tools is not None and call.tool not in tools:
            return denied(Invalid(f"There is no tool {call.tool}, so nobody was asked and nothing ran."))
        try:
            refuse_unknown(call.arguments, call.arguments if arguments is None else arguments, name=call.tool)
        except Invalid as refusal:
            return denied(refusal)
        return None

    def digest(self, call: ToolCall) -> str:
        """What people would approve for it as it stands. Raises Invalid for arguments that are no JSON."""
        return digest_of(self._action(call.tool), call.arguments)

    def _action(self, tool: str) -> str:
        """Raises NotConfigured for a tool that comes to the action of another one that was met before."""
        if (action := self._actions.get(tool)) is not None:
            return action
        action = action_of(tool)
        other = self._met.get(action)
        if other is None and action != tool:
            log.info("People are asked for the tool %s as the action %s: name that in the policy.", tool, action)
        if other not in (None, tool):
            raise NotConfigured(_shared(action, str(other), tool))
        self._met[action] = tool
        return action

    def _asked(self, call: ToolCall) -> Any:
        said = call.reasoning or f"The model called the tool {call.tool} and gave no reason."
        fields = {} if self._fields is None else dict(self._fields(call))
        reasoning = str(fields.pop("reasoning", said))[:8000]
        own: dict[str, Any] = {"run_id": call.run_id[:255], "tool_call_id": call.call_id[:255]}
        if (only := self._only(call.tool)) is not None:
            own["preconditions"] = [*fields.pop("preconditions", ()), only]
        return {"reasoning": reasoning, "key": call.key, **{n: v for n, v in own.items() if v}, **fields}

    def _only(self, tool: str) -> str | None:
        """The condition that tells this tool from the others of its action, on the card and in each answer."""
        others = self._tools[self._action(tool)] - (tool in self._actions)
        if not others:
            return None
        return f"{IT_IS}{tool if tool.isprintable() and len(tool) <= NAMED else action_of(tool)}."

    def _is_of(self, proposal: "Proposal", call: ToolCall) -> bool:
        """Whether it was asked for this tool, and not for another one of the same action."""
        tools = [each for each in proposal.preconditions if each.startswith(IT_IS)]
        only = self._only(call.tool)
        return tools[-1:] == ([] if only is None else [only])

    def _ticket(self, proposal: "Proposal", call: ToolCall) -> "Ticket":
        return replace(proposal.ticket, key=call.key, tool=call.tool, digest=self.digest(call))

    @contextmanager
    def _waited_for(self, call: ToolCall) -> Iterator[None]:
        """Meanwhile the question of this call is taken by no other call of this gate."""
        name = (call.run_id[:255], call.call_id[:255])
        self._waited[name] += 1
        try:
            yield
        finally:
            self._waited[name] -= 1

    def _reserve(self, found: "Iterable[Proposal]", call: ToolCall, tried: AbstractSet[str]) -> "Ticket | None":
        """Of what is parked in its run and was not `tried`, the oldest that was asked for the same tool and arguments.

        It has to be freed again. What another call waits for, or goes on with, is not parked.
        """
        digest = self.digest(call)
        with self._lock:
            for each in reversed(list(found)):
                own = each.tool_call_id == call.call_id[:255]
                waited = self._waited[(each.run_id or "", each.tool_call_id or "")] > 0 and not own
                free = each.id not in self._reserved and each.id not in tried
                if each.digest == digest and self._is_of(each, call) and not waited and free:
                    self._reserved.add(each.id)
                    return replace(each.ticket, tool=call.tool)
        return None

    def _free_again(self, ticket: "Ticket") -> None:
        self._reserved.discard(ticket.id)

    def _refuse_foreign(self, ticket: "Ticket", call: ToolCall) -> None:
        """Raises Tampered for the ticket of another action, tool, run, call, or of other arguments."""
        theirs = {
            "action": (ticket.action, self._action(call.tool)),
            "tool": (ticket.tool, call.tool),
            "run": (ticket.run_id, call.run_id[:255]),
            "call": (ticket.tool_call_id, call.call_id[:255]),
            "key": (ticket.key, call.key),
            "arguments": (ticket.digest, self.digest(call)),
        }
        for what, (of, wanted) in theirs.items():
            if of is not None and of != wanted:
                raise Tampered(
                    f"This ticket belongs to another call than {call.tool} ({what}: {str(of)[:NAMED]}), so nothing ran."
                )


def _shared(action: str, *tools: str) -> str:
    return (
        f"The tools {' and '.join(tools)} have the same action, {action}: give each its own in `actions`, or name all "
        "of them there to have them share it."
    )
