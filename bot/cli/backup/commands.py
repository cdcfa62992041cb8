"""Command line of `signoff backup` and `signoff restore`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import FINDING, AsJson, fail, print_answer


def backup(
    to: Annotated[
        Path | None,
        typer.Argument(
            metavar="FOLDER", help="Where backups are kept, each in a folder of its own; else SIGNOFF_BACKUPS names it."
        ),
    ] = None,
    env_file: Annotated[Path, typer.Option(help="Settings.")] = Path(".env"),
    *,
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="With the key that seals the log: then it is a secret itself.")
    ] = False,
    keep: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=1, help="Remove all but the newest so many, once it is whole.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Back up the store beside a running bot and prove the copy whole.

    1 where the database is damaged, or --keep met an older backup that it could not read or take away.
    """
    from bot.cli.backup.make import NotBackedUp, back_up  # noqa: PLC0415 imports take a second; help must not wait
    from bot.settings import SettingsFault, read_local_settings  # noqa: PLC0415

    try:
        settings = read_local_settings(env_file)
        if to is None and not settings.signoff_backups:
            fail("Name the folder for backups, as in signoff backup FOLDER, or set SIGNOFF_BACKUPS to it.")
        to = to or Path(settings.signoff_backups)
        made = asyncio.run(
            back_up(settings, to, with_keys=with_keys, keep=keep, say=lambda said: typer.echo(said, err=True))
        )
    except (SettingsFault, NotBackedUp) as fault:
        fail(*str(fault).splitlines())
    print_answer(made.as_json() if as_json else made.lines())
    raise typer.Exit(0 if made.well else FINDING)


def restore(
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="The folder of one backup.")],
    env_file: Annotated[Path, typer.Option(help="Settings; they say where to.")] = Path(".env"),
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Prove that it can be restored, and restore nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup where nothing is, proven whole and with everything stopped; 1 where it is not whole."""
    from bot.cli.backup.restore import NotRestored, restore  # noqa: PLC0415 imports take a second; help must not wait
    from bot.settings import SettingsFault, read_local_settings  # noqa: PLC0415

    try:
        settings = read_local_settings(env_file)
        made = asyncio.run(restore(settings, source, dry_run=dry_run, say=lambda said: typer.echo(said, err=True)))
    except SettingsFault as fault:
        fail(*str(fault).splitlines())
    except NotRestored as fault:
        print_answer({"restored": False, "why": str(fault).splitlines()} if as_json else str(fault).splitlines())
        raise typer.Exit(FINDING) from None
    print_answer(made.as_json() if as_json else made.lines())
