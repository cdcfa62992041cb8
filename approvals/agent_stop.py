"""Agent stops: a stopped agent or all of them, the audit entries about it, and the refusals of who stops or resumes."""

from dataclasses import dataclass
from datetime import datetime

from approvals.events import Actor, Note
from approvals.refusals import StopRefused

EVERYTHING = "*"
"""In the place of an agent's name, which it cannot be: every agent, but those that were resumed since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """That an agent is stopped, or everything, since when, by whom and why."""

    agent: str
    """Its name, or EVERYTHING."""
    by: str
    team: str
    at: datetime
    reason: str | None

    @property
    def everything(self) -> bool:
        """Whether it is of every agent."""
        return self.agent == EVERYTHING

    @property
    def actor(self) -> Actor:
        """Who closes what the agent still had open: whoever stopped it, however late that is done."""
        if self.by.endswith(_AT_THE_MACHINE):  # which no id in Slack does
            return Actor(kind="system", id=self.by)
        return Actor(kind="reviewer", id=self.by, team=self.team)


_AT_THE_MACHINE = " at the command line"


def at_the_machine(account: str) -> Actor:
    """Somebody with a command where the bot's database and its keys are, by their account there."""
    return Actor(kind="system", id=f"{account}{_AT_THE_MACHINE}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStopped(Note):
    """A person stopped an agent: what waits or is unclaimed ends, and nothing new of it is taken in.

    With EVERYTHING for the agent nothing of anybody is taken in, approved or claimed; what waits goes on waiting.
    """

    tag = "agent:stopped"
    agent: str
    by: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentResumed(Note):
    """The operators let a stopped agent propose again, or everything; what had ended stays as it is.

    Of an agent it also ends, for this agent, that everything is stopped.
    """

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
    """Everything is stopped, and anything resumed, by the operators alone."""

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
