"""Stop commands, `signoff stop` and `resume`: the kill switch where the database is, for when Slack is not there.

Whoever may run them has the database and the key of its seals already; who it was stands in the audit log.
"""

import getpass
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from approvals.agent_stop import EVERYTHING, AlreadyStopped, NotStopped, Stop, at_the_machine
from approvals.events import Actor, instant
from approvals.lifecycle import Lifecycle
from approvals.ports import StoreBusy
from approvals.services.agent_stops import Stopping
from bot.cli.console import terminal_safe
from bot.clock import SystemClock
from bot.ids import RandomIds, SystemRandomness
from bot.keys import KeyFault, seal_keys, seeds_for
from bot.slack.listeners.stop_agent import stop_announcement
from bot.slack.listeners.stop_everything import announcement, told_channels
from bot.slack.words.commands import everything_is_resumed_by, is_resumed_by
from bot.slack.words.shared import name
from policy import check_policy
from storage import StoreFault, database_file, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from approvals.ports import Policy
    from bot.settings import LocalSettings
    from policy import LoadedPolicy
    from storage import SqlStore

NOT_TOLD = "The policy cannot be read, so no channel is told; `signoff policy check` says why."


class Unchanged(Exception):
    """Nothing was stopped or resumed; a sentence."""


@dataclass(slots=True, kw_only=True)
class _Switch:
    stopping: Stopping
    store: "SqlStore"
    policy: "LoadedPolicy | None"
    actor: Actor

    @property
    def channels(self) -> list[str]:
        return [] if self.policy is None else told_channels(self.policy)

    @property
    def ops(self) -> list[str]:
        return [] if self.policy is None or self.policy.ops is None else [self.policy.ops.channel]

    def require_agent(self, agent: str) -> None:
        if self.policy is not None and agent not in self.policy.agents:
            raise Unchanged(
                f"The policy has no agent {terminal_safe(agent)}, so nothing of it can begin. Nothing was changed."
            )


async def stop(settings: "LocalSettings", environ: "Mapping[str, str]", target: str, reason: str) -> list[str]:
    """Stops an agent, or EVERYTHING. Raises Unchanged."""
    async with _switch(settings, environ) as switch:
        if target == EVERYTHING:
            await switch.stopping.stop(target, switch.actor, reason, dict.fromkeys(switch.channels, announcement))
            said = (
                "Everything is stopped: nothing is proposed, approved or claimed from now on, whichever bot is asked."
            )
        else:
            switch.require_agent(target)
            await switch.stopping.stop(target, switch.actor, reason, dict.fromkeys(switch.ops, stop_announcement))
            said = f"{terminal_safe(target)} is stopped: nothing of it is proposed or claimed from now on."
        return _answer(
            switch, said, "The cards follow as soon as a bot runs; `signoff stop list` shows what is stopped."
        )


async def resume(settings: "LocalSettings", environ: "Mapping[str, str]", target: str) -> list[str]:
    """Resumes an agent, or EVERYTHING. Raises Unchanged."""
    async with _switch(settings, environ) as switch:
        if target == EVERYTHING:
            text = everything_is_resumed_by(switch.actor.id)
            ended = await switch.stopping.resume(target, switch.actor, dict.fromkeys(switch.channels, text))
            said = "Everything is resumed; agents that are stopped for themselves stay so."
        else:
            switch.require_agent(target)
            text = is_resumed_by(name(target), switch.actor.id)
            ended = await switch.stopping.resume(target, switch.actor, dict.fromkeys(switch.ops, text))
            said = f"{terminal_safe(target)} is resumed."
        before = (
            f"It was stopped by {terminal_safe(ended.by)} at {instant(ended.at)}: {terminal_safe(ended.reason or '-')}"
        )
        return _answer(switch, said, before, "What was approved before the stop is asked again.")


async def stopped(settings: "LocalSettings", environ: "Mapping[str, str]") -> tuple[list[Stop], list[str]]:
    """What is stopped, and which agents were resumed since everything is. Raises Unchanged."""
    async with _switch(settings, environ) as switch:
        store = switch.store
        found = await store.stops.all()
        everything = any(each.everything for each in found)
        return found, await store.stops.resumed_meanwhile() if everything else []


def lines(stops: list[Stop], resumed: list[str]) -> list[str]:
    """What is stopped, for people."""
    said = []
    for each in stops:
        what = "everything" if each.everything else f"agent {terminal_safe(each.agent)}"
        since = f" but for {', '.join(map(terminal_safe, resumed))}" if each.everything and resumed else ""
        why = terminal_safe(each.reason or "-")
        said.append(f"{what}{since}  by {terminal_safe(each.by)}  {instant(each.at)}  {why}")
    return said or ["Nothing is stopped."]


def as_json(stops: list[Stop], resumed: list[str]) -> dict[str, Any]:
    """The same for programs."""
    own = [each for each in stops if not each.everything]
    everything = next((each for each in stops if each.everything), None)
    return {
        "everything": None if everything is None else {**_stop_json(everything), "resumed": resumed},
        "agents": {each.agent: _stop_json(each) for each in own},
    }


def _stop_json(stop: Stop) -> dict[str, Any]:
    return {"by": stop.by, "at": instant(stop.at), "reason": stop.reason}


def _answer(switch: "_Switch", *said: str) -> list[str]:
    return [*said, *([NOT_TOLD] if switch.policy is None else [])]


def account() -> str:
    """Of whoever runs this; in a container there may be a number alone."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


@asynccontextmanager
async def _switch(settings: "LocalSettings", environ: "Mapping[str, str]") -> "AsyncIterator[_Switch]":
    signing_key, clock = settings.signoff_signing_key, SystemClock()
    policy = check_policy(settings.signoff_policy, environ).policy
    try:
        database = database_file(settings.signoff_database_url)
        if database is not None and not database.exists():
            raise Unchanged(f"There is no database at {database}; SIGNOFF_DATABASE_URL names it.")
        seeds = seeds_for(database, signing_key.get_secret_value() if signing_key else None)
        async with open_store(settings.signoff_database_url, seal_key=seal_keys(seeds), clock=clock) as store:
            lifecycle = Lifecycle(
                store=store,
                policy=cast("Policy", policy),  # of who is at the machine nothing is asked that it would answer
                clock=clock,
                ids=RandomIds(),
                randomness=SystemRandomness(),
            )
            yield _Switch(stopping=Stopping(lifecycle), store=store, policy=policy, actor=at_the_machine(account()))
    except AlreadyStopped as before:
        raise Unchanged(f"It is stopped already, by {terminal_safe(before.by)} at {instant(before.at)}.") from None
    except NotStopped:
        raise Unchanged("It is not stopped, so there is nothing to resume.") from None
    except (KeyFault, StoreFault, StoreBusy) as fault:
        raise Unchanged(terminal_safe(str(fault))) from None
    except OSError as error:
        raise Unchanged(f"{error.filename or database} cannot be read: {error.strerror or error}.") from None
