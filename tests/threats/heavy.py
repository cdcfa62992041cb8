"""The longest work that 256 KiB can ask for: shapes of proposals and edits, and the surfaces that show them."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from time import thread_time

from approvals.proposal import Action, Preview, Revision
from bot.api.present import answer
from bot.slack.cards import buttons, details
from bot.slack.cards.card import card
from bot.slack.forms import dialogs, edit_form, fields, parse
from bot.slack.forms.typed_confirmation import type_form
from tests.making import START, make_proposal

BYTES = 254_000
"""Of a payload; a body of 256 KiB has a few words beside it."""
UNITS = {
    "one letter": "a",
    "lines of a letter": "a\n",
    "words": "ab ",
    "tabs": "\t",
    "blank lines": "  \n",
    "padding": "a" + " " * 15,
    "right to left": "\u202e",
    "hebrew": "א 12 ",
    "mixed scripts": "h\u0430 ",
    "marks": "\u0301",
    "letters with marks": "e\u0301\u0301\u0301\u0301",
    "jamo": "\u1100\u1161",
    "emoji": "👩‍👩‍👧 ",
    "hearts": "❤️ ",
    "entities": "&lt;",
    "codes": ":smile: ",
    "tokens of ours": "⟨U+202E⟩",
    "quotes": '"',
    "backslashes": "\\",
    "controls": "\x00",
    "no-break spaces": "\u00a0",
    "sentences": "A. \n\n",
    "fullwidth quotes": "“",
}
"""Texts that repeat one thing."""


def filled(unit: str, size: int) -> str:
    """As often as it goes into so many bytes of JSON."""
    return unit * (size // len(json.dumps(unit, ensure_ascii=False).encode()[1:-1]))


def nested(depth: int) -> object:
    return {"a": nested(depth - 1)} if depth else 1


def numbered(size: int) -> list[str]:
    """Parts that are all different."""
    return [f"{number:05}" for number in range(size // 8)]


def alternating(size: int) -> tuple[list[str], list[str]]:
    """Two lists of parts of which every second one is the same."""
    before = numbered(size // 2)
    return before, [part if number % 2 else f"x{part}" for number, part in enumerate(before)]


def shuffled(size: int, alphabet: int) -> tuple[list[str], list[str]]:
    """The same parts in another order, of so many kinds."""
    randomness = random.Random(alphabet)
    before = [str(randomness.randrange(alphabet)) for _ in range(size // 12)]
    return before, randomness.sample(before, len(before))


def edited(payload, other):
    """A proposal with a second revision."""
    first = make_proposal(payload=payload)
    action = Action(name=first.action.name, payload=other)
    return replace(first, revisions=(*first.revisions, Revision(number=2, action=action, at=START, editor="U0BOB")))


def diff(before, after):
    return make_proposal(preview=Preview(kind="diff", before="\n".join(before), after="\n".join(after)))


PAYLOADS: dict[str, Callable[[int], dict]] = {
    "fields": lambda size: {f"f{number}": 1 for number in range(size // 12)},
    "fields of text": lambda size: {f"f{number}": "x" for number in range(size // 14)},
    "numbers": lambda size: {"list": list(range(size // 8))},
    "texts": lambda size: {"list": numbered(size)},
    "empty lists": lambda size: {"list": [[]] * (size // 4)},
    "deep": lambda size: {"list": [nested(26)] * (size // 160)},
    "objects": lambda size: {f"f{number}": {f"g{n}": {"h": n} for n in range(20)} for number in range(size // 340)},
    "addresses": lambda size: {"subject": "s", "body": "b", "to": [f"{n}@x.example" for n in range(size // 20)]},
    "names": lambda size: {filled("\u202e", size): 1},
    "statements": lambda size: {"sql": filled("SELECT 1;\n", size)},
}
SHAPES: dict[str, Callable[[int], object]] = {
    **{f"payload of {name}": lambda size, of=of: make_proposal(payload=of(size)) for name, of in PAYLOADS.items()},
    **{
        f"text of {name}": lambda size, unit=unit: make_proposal(payload={"text": filled(unit, size)})
        for name, unit in UNITS.items()
    },
    **{
        f"preview of {name}": lambda size, unit=unit: make_proposal(
            preview=Preview(kind="text", text=filled(unit, size))
        )
        for name, unit in UNITS.items()
    },
    **{
        f"edit of {name}": lambda size, of=of: edited(of(size // 2), {**of(size // 2 - 400), "new": 1})
        for name, of in PAYLOADS.items()
    },
    **{
        f"edit of text of {name}": lambda size, unit=unit: edited(
            {"text": filled(unit, size // 2)}, {"text": "z" + filled(unit, size // 2 - 9)}
        )
        for name, unit in UNITS.items()
    },
    "preview of alternating lines": lambda size: diff(*alternating(size)),
    "edit of alternating words": lambda size: edited(*({"text": " ".join(side)} for side in alternating(size))),
    "edit of an alternating list": lambda size: edited(*({"list": side} for side in alternating(size))),
    **{
        f"{what} shuffled of {kinds} kinds": lambda size, kinds=kinds, made=made: made(*shuffled(size, kinds))
        for kinds in (2, 30, 1000, 100_000)
        for what, made in (
            ("preview of lines", diff),
            ("edit of words", lambda one, two: edited({"text": " ".join(one)}, {"text": " ".join(two)})),
            ("edit of a list", lambda one, two: edited({"list": one}, {"list": two})),
        )
    },
    "many edited texts": lambda size: edited(
        *({f"f{n}": " ".join(f"{word}{x}" for word in range(60)) for n in range(size // 800)} for x in ("", "y"))
    ),
    "redacted words": lambda size: make_proposal(
        payload={"words": numbered(size // 2)},
        redact=("words",),
        preview=Preview(kind="text", text=" ".join(numbered(size // 2))),
    ),
    "redacted beginnings": lambda size: make_proposal(
        payload={"words": ["a" * length for length in range(1, int(size**0.5))]},
        redact=("words",),
        preview=Preview(kind="text", text=filled("a", size // 2)),
    ),
}


def _form(proposal):
    shown = fields.fields(proposal)
    return shown, edit_form.edit_form(proposal, "frm_1", shown, {})


def _read(proposal):
    shown, view = _form(proposal)
    state = {
        block["block_id"]: {parse.ACTION: {"value": block["element"].get("initial_value", "") + " x"}}
        for block in view["blocks"]
        if block["type"] == "input" and block["element"]["type"] == "plain_text_input"
    }
    return parse.read_form(shown, state)


def _confirmed(proposal):
    before = replace(proposal, revisions=proposal.revisions[:1])
    other = Action(name=proposal.action.name, payload={**proposal.action.payload, "note": "x"})
    after = Revision(number=2, action=other, at=START, editor="U0BOB")
    foreseen = proposal if len(proposal.revisions) == 2 else replace(proposal, revisions=(*before.revisions, after))
    return edit_form.confirm_form(before, foreseen, "frm_1", editor_counts=False)


SURFACES: dict[str, Callable[[object], object]] = {
    "card": card,
    "Details": details.pages,
    "edit form": _form,
    "form read back": _read,
    "difference": _confirmed,
    "question": buttons.consequence,
    "typed words": lambda proposal: type_form(proposal, "frm_1"),
    "too late": lambda proposal: dialogs.lost_nothing(proposal, dict(proposal.action.payload), "Too late."),
    "no": lambda proposal: dialogs.object_form(proposal, "frm_1", {}),
    "answer": lambda proposal: json.dumps(answer(proposal), ensure_ascii=False),
}


def cost(surface: str, proposal) -> float:
    """Seconds of this thread's own work on one surface."""
    began = thread_time()
    SURFACES[surface](proposal)
    return thread_time() - began
