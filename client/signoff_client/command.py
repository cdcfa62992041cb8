"""The command `signoff` where only the client is installed; with the bot beside it, the bot's own takes over."""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from typing import Final

Command = Callable[[Sequence[str]], int]
COMMANDS: Final[dict[str, tuple[Command, str]]] = {}
"""Each with what it does, given its arguments, and one line of help. What it needs is imported when it is called."""


def main() -> None:
    """The entry point."""
    for whole in entry_points(group="signoff.command"):
        whole.load()()
        return
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """One command of the client's; the exit code."""
    parser = argparse.ArgumentParser(prog="signoff", description="For agents and pipelines that ask people first.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, told) in COMMANDS.items():
        commands.add_parser(name, help=told, add_help=False)
    known = parser.parse_args(list(arguments[:1]))
    return COMMANDS[known.command][0](arguments[1:])
