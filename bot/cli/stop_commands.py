"""Command line of `signoff stop` and `signoff resume`."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.cli.console import FINDING, AsJson, environment, fail, print_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.settings import LocalSettings

T = TypeVar("T")

stop_app = typer.Typer(help="Stop an agent, or everything, without Slack.", no_args_is_help=True)
resume_app = typer.Typer(help="Resume an agent, or everything, without Slack.", no_args_is_help=True)
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; agents, cards and the audit log show it.")]
EnvFile = Annotated[Path, typer.Option(help="Settings.")]


@stop_app.command("everything")
def stop_everything(reason: Reason, env_file: EnvFile = Path(".env")) -> None:
    """Let nothing be proposed, approved or claimed from now on, by whichever bot; what waits can still be rejected."""
    _stop("*", reason, env_file)


@stop_app.command("agent")
def stop_agent(
    agent: Annotated[str, typer.Argument(metavar="NAME", help="The agent's name.")],
    reason: Reason,
    env_file: EnvFile = Path(".env"),
) -> None:
    """End all that an agent may still begin."""
    _stop(agent, reason, env_file)


@stop_app.command("list")
def stop_list(env_file: EnvFile = Path(".env"), *, as_json: AsJson = False) -> None:
    """List what is stopped, by whom and why; 1 where anything is."""
    from bot.cli import stops  # noqa: PLC0415 imports take a second; help must not

    found, resumed = _of_stops(stops.stopped, env_file)
    print_answer(stops.as_json(found, resumed) if as_json else stops.lines(found, resumed))
    raise typer.Exit(FINDING if found else 0)


@resume_app.command("everything")
def resume_everything(env_file: EnvFile = Path(".env")) -> None:
    """Let agents propose and take again, and people approve; what was approved before the stop is asked again."""
    _resume("*", env_file)


@resume_app.command("agent")
def resume_agent(
    agent: Annotated[str, typer.Argument(metavar="NAME", help="The agent's name.")], env_file: EnvFile = Path(".env")
) -> None:
    """Let one agent go on, also while everything else is stopped."""
    _resume(agent, env_file)


def _stop(target: str, reason: str, env_file: Path) -> None:
    from bot.cli import stops  # noqa: PLC0415

    if not reason.strip():
        fail("Say why, with --reason: everybody whom this stops reads it.")
    print_answer(_of_stops(lambda settings, environ: stops.stop(settings, environ, target, reason.strip()), env_file))


def _resume(target: str, env_file: Path) -> None:
    from bot.cli import stops  # noqa: PLC0415

    print_answer(_of_stops(lambda settings, environ: stops.resume(settings, environ, target), env_file))


def _of_stops(ask: "Callable[[LocalSettings, dict[str, str]], Coroutine[Any, Any, T]]", env_file: Path) -> T:
    from bot.cli.stops import Unchanged  # noqa: PLC0415
    from bot.settings import SettingsFault, read_local_settings  # noqa: PLC0415

    try:
        return asyncio.run(ask(read_local_settings(env_file), environment(env_file)))
    except (SettingsFault, Unchanged) as fault:
        fail(*str(fault).splitlines())
