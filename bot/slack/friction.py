"""The question that repeats what will run before a click counts. Pure.

What agents say stands in it as values: in plain text, texts in quotes, shortened with a mark.
"""

import json
from typing import TYPE_CHECKING

from approvals.friction import asks_again
from bot.slack.blocks import confirming
from bot.slack.headline import said
from bot.slack.redaction import veiled
from bot.slack.text import length, one_line, shorten
from bot.slack.words import friction as say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from approvals.proposal import JSON, Proposal
    from bot.slack.blocks import Block

_TEXT = 300
"""What Slack takes in a question."""
_NAME = 80
_VALUE = 60
_KEY = 40
_MORE = 16
"""Room for `, and 12345 more`."""


def asking_again(made: "Block", proposal: "Proposal") -> "Block":
    """The button, or the box to tick, with the question before it counts where the proposal's gate wants one."""
    if not asks_again(proposal.gate):
        return made
    name = shorten(one_line(proposal.action.name), _NAME)[0]
    return confirming(made, f"Approve {name}?", consequence(proposal), "Approve")


def consequence(proposal: "Proposal") -> str:
    """What will run, for how much and to whom, in at most 300 characters; numbers first, the rest by name."""
    proposal = veiled(proposal)
    run = f"Run {shorten(one_line(proposal.action.name), _NAME)[0]}"
    fields = sorted(proposal.action.payload.items(), key=lambda pair: (not _is_number(pair[1]), pair[0]))
    room = _TEXT - length(run) - length(say.FINAL) - _MORE
    told, left = "", len(fields)
    for each in _shown(dict(fields)):
        more = f"{', ' if told else ': '}{each}"
        if length(told) + length(more) > room:
            break
        told, left = told + more, left - 1
    if left:
        told += f", and {left} more" if told else f" with {left} field{'' if left == 1 else 's'}"
    return f"{run}{told}{say.FINAL}"


def _shown(fields: "Mapping[str, JSON]") -> "Iterator[str]":
    for name, value in fields.items():
        yield f"{_cut(one_line(name), _KEY) or '(no name)'} {_value(value)}"


def _value(value: "JSON") -> str:
    match value:
        case str():
            return said(value, _VALUE)
        case dict():
            return f"{{{len(value)} field{'' if len(value) == 1 else 's'}}}"
        case list():
            return f"[{len(value)} entr{'y' if len(value) == 1 else 'ies'}]"
        case _:
            return json.dumps(value)


def _cut(text: str, most: int) -> str:
    shown, left = shorten(text, most)
    return f"{shown}…" if left else shown


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
