"""Commands about the record: `signoff audit …` verifies and exports the log, `signoff evidence` gathers a period."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import FINDING, AsJson, fail, print_answer

if TYPE_CHECKING:
    from bot.audit_export import Period

audit_app = typer.Typer(help="Prove the record.", no_args_is_help=True)
evidence_app = typer.Typer(help="Gather how things were decided in a period, and check what was gathered.")


@audit_app.command("verify")
def audit_verify(
    env_file: Annotated[Path, typer.Option(help="Settings.")] = Path(".env"),
    *,
    checkpoints: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Signed checkpoints; else those that the bot keeps itself.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check every entry of the audit log, and checkpoints and every row that decides against them; 1 if any differs."""
    from bot.cli.record.audit import verify  # noqa: PLC0415 imports take a second; help must not wait
    from bot.settings import SettingsFault, read_store_settings  # noqa: PLC0415

    try:
        settings = read_store_settings(env_file)
    except SettingsFault as fault:
        fail(*str(fault).splitlines())
    verified = asyncio.run(verify(settings, checkpoints))
    print_answer(verified.as_json() if as_json else verified.lines())
    raise typer.Exit(0 if verified.sound else FINDING)


@audit_app.command("export")
def audit_export(
    env_file: Annotated[Path, typer.Option(help="Settings.")] = Path(".env"),
    *,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="From when on: 2026-11-01, or 30d ago.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Up to when, without that moment itself.")] = None,
    form: Annotated[str, typer.Option("--format", help="jsonl, or ocsf for a SIEM.")] = "jsonl",
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Instead of standard output.")] = None,
) -> None:
    """Export the audit log of a period, without what the policy redacts; 1 where the log does not hold."""
    from bot.cli.record.audit_export import FORMATS, NotExported, export  # noqa: PLC0415
    from bot.settings import SettingsFault, read_store_settings  # noqa: PLC0415

    if form not in FORMATS:
        fail(f"--format is one of {', '.join(FORMATS)}.")
    try:
        summary = asyncio.run(export(read_store_settings(env_file), period_of(since, until), form, output))
    except (SettingsFault, NotExported) as fault:
        fail(*str(fault).splitlines())
    typer.echo(summary.line(), err=True)
    if summary.broken is not None:
        typer.echo(f"The audit log is broken at entry {summary.broken.seq}: {summary.broken.what}", err=True)
    raise typer.Exit(0 if summary.broken is None else FINDING)


@evidence_app.callback(invoke_without_command=True)
def evidence(
    context: typer.Context,
    *,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="From when on: 2026-11-01, or 30d ago.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Up to when, without that moment itself.")] = None,
    output: Annotated[Path, typer.Option(metavar="FOLDER", help="A new folder.")] = Path("evidence"),
    env_file: Annotated[Path, typer.Option(help="Settings.")] = Path(".env"),
    as_json: AsJson = False,
) -> None:
    """Gather how things were decided in a period: tables, cards, policies, a signed manifest; 1 if any is damaged."""
    if context.invoked_subcommand is not None:
        return
    from bot.cli.evidence.make import NoEvidence, gather  # noqa: PLC0415
    from bot.settings import SettingsFault, read_local_settings  # noqa: PLC0415

    try:
        settings, period = read_local_settings(env_file), period_of(since, until)
        gathered = asyncio.run(gather(settings, period, output, lambda said: typer.echo(said, err=True)))
    except (SettingsFault, NoEvidence) as fault:
        fail(*str(fault).splitlines())
    print_answer(gathered.manifest if as_json else gathered.lines())
    raise typer.Exit(0 if gathered.sound else FINDING)


@evidence_app.command("verify")
def evidence_verify(
    folder: Annotated[Path, typer.Argument(help="The folder that signoff evidence made.")],
    *,
    jwks: Annotated[str | None, typer.Option(help="The public keys: a file or an address.", metavar="FILE|URL")] = None,
    env_file: Annotated[Path, typer.Option(help="Settings of the bot whose key it is.")] = Path(".env"),
    as_json: AsJson = False,
) -> None:
    """Check a folder of evidence: the manifest's signature, and every file against its digest; 1 where any differs."""
    from bot.cli.evidence.folder import faults_of  # noqa: PLC0415
    from bot.cli.record.verify_receipt import NoReceipt, keys_at, own_keys  # noqa: PLC0415
    from bot.settings import SettingsFault, read_store_settings  # noqa: PLC0415

    try:
        keys = keys_at(jwks) if jwks is not None else own_keys(read_store_settings(env_file))
        found, manifest = faults_of(folder, keys)
    except (SettingsFault, NoReceipt) as fault:
        fail(*str(fault).splitlines())
    except OSError as error:
        fail(f"{error.filename or folder} cannot be read: {error.strerror or error}.")
    well = f"All {len(manifest.get('files', ()))} files are as they were made at {manifest.get('made_at')}, signed."
    print_answer({"holds": not found, "faults": found} if as_json else found or [well])
    raise typer.Exit(FINDING if found else 0)


def period_of(since: str | None, until: str | None) -> "Period":
    """The period that two options name."""
    from bot.audit_export import Period, moment_named  # noqa: PLC0415
    from bot.clock import SystemClock  # noqa: PLC0415

    now, found = SystemClock().now(), {}
    for name, said in (("since", since), ("until", until)):
        try:
            found[name] = None if said is None else moment_named(said, now)
        except ValueError as wrong:
            fail(f"--{name}: {wrong}.")
    return Period(**found)
