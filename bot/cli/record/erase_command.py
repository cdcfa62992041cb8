"""Erase command as it is typed: its options, and the question before anything goes."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import FINDING, AsJson, fail, print_answer

if TYPE_CHECKING:
    from bot.cli.record.erase import Erased


def erase(  # noqa: PLR0913 each is an option
    proposals: Annotated[list[str] | None, typer.Argument(metavar="[ID]", help="Proposals, by their ids.")] = None,
    env_file: Annotated[Path, typer.Option(help="Settings.")] = Path(".env"),
    *,
    person: Annotated[
        str | None, typer.Option(metavar="EMAIL|ID", help="All that was asked for them, or that names them.")
    ] = None,
    written_by: Annotated[
        str | None, typer.Option(metavar="ID", help="All on which they wrote something as a reviewer, each whole.")
    ] = None,
    older_than: Annotated[
        str | None, typer.Option(metavar="TIME", help="All that was decided so long ago: 90d.")
    ] = None,
    why: Annotated[
        str, typer.Option(metavar="TEXT", help="For the log, which is kept: name nobody here.")
    ] = "asked for",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be erased, and erase nothing.")] = False,
    rewrite: Annotated[
        bool, typer.Option("--rewrite", help="Make the file or the tables anew afterwards; the bot waits meanwhile.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Erase payloads, reasoning and reasons; that and by whom it was decided stays, and stays provable."""
    from bot.cli.record.erase import NotErased, Wanted  # noqa: PLC0415 imports take a second; help must not
    from bot.cli.record.erase import erase as erased  # noqa: PLC0415
    from bot.cli.stops import account  # noqa: PLC0415
    from bot.settings import SettingsFault, read_store_settings  # noqa: PLC0415

    def agree(foreseen: "Erased") -> bool:
        if dry_run or yes:
            return not dry_run
        if as_json or not sys.stdin.isatty():
            fail("Nothing was erased: say --yes where nobody can be asked, or --dry-run to look.")
        print_answer(foreseen.lines())
        return typer.confirm("It cannot be brought back. Erase it?")

    try:
        settings, wanted = (
            read_store_settings(env_file),
            Wanted(ids=proposals or (), person=person, written_by=written_by, older_than=older_than),
        )
        made = asyncio.run(erased(settings, wanted, by=account(), why=why, agree=agree, rewrite=rewrite))
    except (SettingsFault, NotErased) as fault:
        fail(*str(fault).splitlines())
    print_answer(made.as_json() if as_json else made.lines())
    raise typer.Exit(FINDING if made.kept and not made.proposals else 0)
