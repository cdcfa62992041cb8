"""Commands about feedback: `signoff feedback export`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import FINDING, fail
from bot.cli.record.commands import period_of

feedback_app = typer.Typer(help="What people said of proposals, to learn and to evaluate from.", no_args_is_help=True)


@feedback_app.command("export")
def feedback_export(
    env_file: Annotated[Path, typer.Option(help="Settings.")] = Path(".env"),
    *,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Decided from when on: 2026-11-01, or 30d ago.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Up to when, without that moment itself.")] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="jsonl; a dataset for an eval tool: inspect, pydantic-evals; or drills, a library to look through.",
        ),
    ] = "jsonl",
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Instead of standard output.")] = None,
) -> None:
    """Export what people said of proposals in a period, without what the policy redacts; 1 where any is damaged."""
    from bot.cli.feedback.datasets import FORMATS  # noqa: PLC0415 imports take a second; help must not wait
    from bot.cli.feedback.export import NoFeedback, export  # noqa: PLC0415
    from bot.settings import SettingsFault, read_store_settings  # noqa: PLC0415

    if form not in FORMATS:
        fail(f"--format is one of {', '.join(FORMATS)}.")
    try:
        summary = asyncio.run(export(read_store_settings(env_file), period_of(since, until), form, output))
    except (SettingsFault, NoFeedback) as fault:
        fail(*str(fault).splitlines())
    for line in summary.lines():
        typer.echo(line, err=True)
    raise typer.Exit(FINDING if summary.damaged else 0)
