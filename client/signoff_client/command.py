"""The command `signoff` where only the client is installed; with the bot beside it, the bot's own takes over."""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from typing import Final

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "ask": ("signoff_client.ask", "ask people, wait, and claim what they approved"),
    "report": ("signoff_client.report", "say what came of acting on it"),
}
"""Each with the module whose `main(arguments) -> int` it is, and one line of help."""


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
    command: Callable[[Sequence[str]], int] = import_module(COMMANDS[known.command][0]).main
    return command(arguments[1:])
