"""Agent stops: a stopped agent, the audit entries about it, and the refusals when somebody stops or resumes one."""

from dataclasses import dataclass
from datetime import datetime

from approvals.events import Actor, Note
from approvals.refusals import StopRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """That an agent is stopped, since when, by whom and why."""

    agent: str
    by: str
    team: str
    at: datetime
    reason: str | None

    @property
    def actor(self) -> Actor:
        """Who closes what the agent still had open: whoever stopped it, however late that is done."""
        return Actor(kind="reviewer", id=self.by, team=self.team)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStopped(Note):
    """A person stopped an agent: what waits or is unclaimed ends, and nothing new of it is taken in."""

    tag = "agent:stopped"
    agent: str
    by: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentResumed(Note):
    """The operators let a stopped agent propose again; what had ended stays as it is."""

    tag = "agent:resumed"
    agent: str
    by: str


class AgentUnknown(StopRefused):
    """The policy has no agent of this name."""

    slug = "agent-unknown"


class NotYourAgent(StopRefused):
    """Whoever asks is neither the agent's owner nor one of the operators."""

    slug = "not-your-agent"


class OperatorsOnly(StopRefused):
    """An agent is resumed by the operators alone."""

    slug = "operators-only"


class AlreadyStopped(StopRefused):
    """Somebody stopped it before."""

    slug = "already-stopped"

    def __init__(self, by: str, at: datetime) -> None:
        super().__init__(f"by {by}")
        self.by = by
        self.at = at


class NotStopped(StopRefused):
    """It is not stopped, so there is nothing to resume."""

    slug = "not-stopped"
