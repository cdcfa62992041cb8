"""Console of all commands: the environment over `.env`, what is printed, and how wrong use ends."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

FINDING, WRONG_USE = 1, 2
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def environment(env_file: Path) -> dict[str, str]:
    """The environment over `.env`: where the policy finds the tokens it names."""
    from dotenv import dotenv_values  # noqa: PLC0415 imports take a second; help must not

    from bot.settings import SettingsFault, require_readable  # noqa: PLC0415

    try:
        require_readable(env_file)
    except SettingsFault as fault:
        fail(str(fault))
    kept = dotenv_values(env_file) if env_file.exists() else {}
    return {**{name: value for name, value in kept.items() if value is not None}, **os.environ}


def database_url() -> str:
    """Of the database that the bot here would use; nothing else of its settings is needed to read."""
    from bot.settings import Settings  # noqa: PLC0415

    default = Settings.model_fields["signoff_database_url"].default
    return environment(Path(".env")).get("SIGNOFF_DATABASE_URL") or str(default)


def print_answer(said: "dict[str, Any] | Sequence[str]") -> None:
    """Prints JSON, or line by line."""
    typer.echo(json.dumps(said, indent=2, ensure_ascii=False) if isinstance(said, dict) else "\n".join(said))


def terminal_safe(text: str) -> str:
    """The text with whatever could steer a terminal written out: agents name their fields."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def fail(*lines: str) -> NoReturn:
    """Says on standard error what is wrong and what to do, and ends with 2."""
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(WRONG_USE)
