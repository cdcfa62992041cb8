"""Draws docs/states.md from the table: `python -m tests.house.draw_states`."""

from approvals.events import Submitted
from approvals.states import FINAL, TRANSITIONS
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "states.md"
SENTENCE = (
    "What may follow what: every arrow is an event, named as in its audit tag, and what has no arrow cannot happen."
)


def diagram() -> str:
    """The state machine as a mermaid stateDiagram, one line an arrow, in the table's order."""
    born = next(iter(TRANSITIONS))
    lines = ["stateDiagram-v2", f"    [*] --> {born}: {_verb(Submitted.tag)}"]
    for status, follows in TRANSITIONS.items():
        lines += [f"    {status} --> {after}: {_verb(event.tag)}" for event, after in follows.items()]
    lines += [f"    {status} --> [*]" for status in TRANSITIONS if status in FINAL]
    return "\n".join(lines)


def page() -> str:
    """The whole file."""
    return f"# States\n\n{SENTENCE}\n\n```mermaid\n{diagram()}\n```\n"


def _verb(tag: str) -> str:
    return tag.partition(":")[2]


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
