"""Judges a view twice: by the limits the sandbox enforces as Slack does, and by slack_sdk's own models."""

import json

from slack_sdk.models.views import View

from sandbox.web.views import view_faults


def judged(view):
    """The view, if Slack would take it."""
    faults = view_faults(view, view["type"])
    assert not faults.found, faults.messages()
    assert len(json.dumps(view)) <= 250_000
    assert len(view["blocks"]) <= 100
    View(**view).validate_json()
    assert not stray_markup(view)
    return view


def stray_markup(value):
    """Texts in which Slack would turn codes into emoji, or that are markup although nobody said it is ours."""
    if isinstance(value, list):
        return [found for member in value for found in stray_markup(member)]
    if not isinstance(value, dict):
        return []
    own = [value] if value.get("type") == "plain_text" and value.get("emoji") is not False else []
    return own + [found for member in value.values() for found in stray_markup(member)]


def seen(view):
    """All words of a view's blocks that are not inputs, a line a text."""
    return "\n".join(texts(view["blocks"]))


def texts(value):
    """Every text in rich text and text objects, elements of one line joined."""
    if isinstance(value, list):
        return [found for member in value for found in texts(member)]
    if not isinstance(value, dict):
        return []
    if value.get("type") in ("rich_text_section", "rich_text_quote", "rich_text_preformatted"):
        return ["".join(element["text"] for element in value["elements"])]
    if value.get("type") in ("plain_text", "mrkdwn"):
        return [value["text"]]
    return [found for member in value.values() for found in texts(member)]


def inputs(view):
    """The input blocks of a view by their label."""
    return {block["label"]["text"]: block for block in view["blocks"] if block["type"] == "input"}
