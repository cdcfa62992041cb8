"""A card as its reader takes it apart: which fields it says will run, and what of it is the agent's."""

import json
import re

from tests.slack.hostile import decoded


def payload_part(blocks):
    """The part that says what will run: right above the first small print."""
    end = next(place for place, block in enumerate(blocks) if block["type"] == "context")
    return next(block for block in reversed(blocks[:end]) if block["type"] == "rich_text")


def fields(blocks):
    """Every field that is read there, in order, with the value that a reader takes it for."""
    found, name = [], None
    for part in payload_part(blocks)["elements"]:
        if part["type"] == "rich_text_preformatted":
            found.append((name, decoded("".join(run["text"] for run in part["elements"]))))
            continue
        for run in part["elements"]:
            style = run.get("style", {})
            if style.get("bold"):
                name = run["text"].strip()
            elif style.get("code"):
                found.append((name, json.loads(decoded(run["text"]))))
    return found


def claims(blocks):
    """The text of the agent, and the labels in it."""
    quoted = [part for block in blocks for part in block.get("elements", ()) if part.get("type") == "rich_text_quote"]
    runs = [run for part in quoted for run in part["elements"]]
    labels = [run["text"].strip() for run in runs if run.get("style", {}).get("bold")]
    return "".join(run["text"] for run in runs if not run.get("style")), labels


def is_label(text):
    """Whether it is one of ours."""
    return (
        re.fullmatch(r"In one line|Why|Evidence|\+|Preview(, says the agent)?|Preconditions|\u2013", text) is not None
    )


def noted(blocks, *notes):
    """The fields in lines of their own that have one of the notes behind their value."""
    found, name = [], None
    for run in (run for part in payload_part(blocks)["elements"] for run in part["elements"]):
        style = run.get("style", {})
        if style.get("bold") and not style.get("italic"):
            name = run["text"].strip()
        elif style.get("italic") and any(note in run["text"] for note in notes):
            found.append(name)
    return found
