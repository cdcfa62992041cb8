"""Command `signoff` where only the client is installed; with the bot beside it, the bot's own takes over."""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from typing import Final

Command = Callable[[Sequence[str]], int]


def _ask(arguments: Sequence[str]) -> int:
    from signoff_client.commands.ask import main  # noqa: PLC0415 as said below

    return main(arguments)


def _report(arguments: Sequence[str]) -> int:
    from signoff_client.commands.report import main  # noqa: PLC0415

    return main(arguments)


def _hook(arguments: Sequence[str]) -> int:
    from signoff_client.commands.hook import main  # noqa: PLC0415

    main(arguments)


def _actions(arguments: Sequence[str]) -> int:
    from signoff_client.commands.actions import main  # noqa: PLC0415

    return main(arguments)


def _mcp(arguments: Sequence[str]) -> int:
    try:
        serving = import_module("signoff_client.adapters.mcp.command")
    except ModuleNotFoundError as missing:
        sys.stderr.write(f"signoff mcp needs {missing.name}: pip install 'signoff-client[mcp]'\n")
        return 2
    code: int = serving.main(arguments)
    return code


COMMANDS: Final[dict[str, tuple[Command, str]]] = {
    "ask": (_ask, "Ask people, wait, and claim what they approved."),
    "report": (_report, "Say what came of acting on it."),
    "hook": (_hook, "A hook for Claude Code: asks people before a tool runs, reports after it."),
    "actions": (_actions, "Say which action each tool is to the policy."),
    "mcp": (_mcp, "An MCP server on standard input and output: ask people, look again, report."),
}
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
    for name, (_, summary) in COMMANDS.items():
        commands.add_parser(name, help=summary, add_help=False)
    known = parser.parse_args(list(arguments[:1]))
    return COMMANDS[known.command][0](arguments[1:])
