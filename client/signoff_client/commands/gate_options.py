"""Gate options of commands: which tools people are asked for, and how long to wait for them."""

import argparse
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMER: Final = {"SIGNOFF_FREE_TOOLS": "--free", "SIGNOFF_TOOL_ACTIONS": "--action"}
"""Variables that were read once, and the options in their place: a project's settings could set them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOptions:
    """What `gate_options` read. Times are in seconds."""

    free: frozenset[str]
    """Tools that need nobody."""
    actions: "Mapping[str, str]"
    """Tool → action, where it is not the tool's own name in lower case."""
    wait: float
    """For people, before a call is parked."""
    timeout: float
    """For one answer of the service."""
    patience: float
    """For how long one request is tried again while the service is away."""
    url: str | None
    """Of the service; None: that of SIGNOFF_URL."""

    @property
    def longest(self) -> float:
        """Seconds that one call takes at most: whatever is not done by then has gone wrong."""
        return self.wait + 2 * (self.patience + self.timeout) + 2.0


def parser(command: str, description: str, *, wait: float) -> argparse.ArgumentParser:
    """With the options that gate_options reads. A wrong option ends the process with exit code 2."""
    made = argparse.ArgumentParser(prog=f"signoff {command}", description=description, allow_abbrev=False)
    made.add_argument(
        "--free",
        action="append",
        type=_tools,
        metavar="TOOL,…",
        help="Tools that need nobody; all others are asked for.",
    )
    made.add_argument(
        "--action",
        action="append",
        type=_actions,
        metavar="TOOL=ACTION,…",
        help="The action of a tool, by default its name in lower case.",
    )
    made.add_argument(
        "--url", help="Of the service; else SIGNOFF_URL. Say it here where a project's settings could set the variable."
    )
    made.add_argument("--wait", type=_seconds, default=wait, metavar="SECONDS", help="For people (%(default)s).")
    made.add_argument("--timeout", type=_seconds, default=10.0, metavar="SECONDS", help="For one answer (%(default)s).")
    made.add_argument(
        "--patience",
        type=_seconds,
        default=30.0,
        metavar="SECONDS",
        help="For how long to try again while the service is away (%(default)s).",
    )
    return made


def gate_options(
    options: argparse.ArgumentParser, arguments: "Sequence[str]"
) -> tuple[GateOptions, argparse.Namespace]:
    """Of the command line, and of nothing else. Ends the process with exit code 2 where a former variable is set."""
    for name, option in FORMER.items():
        if os.environ.get(name):
            options.error(
                f"{name} is not read any more, for a project's settings could set it: say {option} in the command "
                "itself, and unset the variable."
            )
    known = options.parse_args(list(arguments))
    return GateOptions(
        free=frozenset(tool for each in known.free or () for tool in each),
        actions={tool: action for each in known.action or () for tool, action in each.items()},
        wait=known.wait,
        timeout=known.timeout,
        patience=known.patience,
        url=known.url,
    ), known


def _tools(text: str) -> list[str]:
    return [tool for each in text.split(",") if (tool := each.strip())]


def _actions(text: str) -> dict[str, str]:
    pairs = [each.partition("=") for each in _tools(text)]
    if faulty := ["".join(each) for each in pairs if not (each[0].strip() and each[2].strip())]:
        raise argparse.ArgumentTypeError(f"{faulty[0]!r} is not TOOL=ACTION.")
    return {tool.strip(): action.strip() for tool, _, action in pairs}


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds from 0 to 86400.")
    return seconds
