"""Input state: what a person typed or picked, in Slack's shapes, and what is refused before it is sent."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.blockkit.blocks import elements
from sandbox.blockkit.checks import escape

Json = dict[str, Any]
Values = dict[str, dict[str, Json]]

# element type → (key in the state, key of the initial value, value when empty)
KEYS: dict[str, tuple[str, str, Any]] = {
    "plain_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "static_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "multi_static_select": ("selected_options", "initial_options", []),
    "checkboxes": ("selected_options", "initial_options", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "channels_select": ("selected_channel", "initial_channel", None),
}
REQUIRED = "Please complete this required field."
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LINK = re.compile(r"https?://\S+")


def stateful(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every element that has a state, with its block."""
    for block in blocks:
        for _, element in elements(block):
            if element["type"] in KEYS:
                yield block, element


def initial(blocks: list[Json], before: Values | None = None) -> Values:
    """The state of fresh blocks; what stood in the same block and action before is kept."""
    values: Values = {}
    for block, element in stateful(blocks):
        key, first, empty = KEYS[element["type"]]
        state = {"type": element["type"], key: element.get(first, empty)}
        kept = (before or {}).get(block["block_id"], {}).get(element["action_id"])
        if kept is not None and kept["type"] == element["type"]:
            state = kept
        values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def picked(element: Json, wanted: Any) -> Json:
    """The state after a person chose or typed `wanted`: options by their value or label.

    Raises LookupError for an option that is not offered.
    """
    kind = element["type"]
    key = KEYS[kind][0]
    if key == "selected_option":
        return {"type": kind, key: None if wanted is None else option(element, wanted)}
    if key == "selected_options":
        return {"type": kind, key: [option(element, one) for one in wanted or []]}
    if key == "value" and wanted is not None:
        return {"type": kind, key: str(wanted)}
    return {"type": kind, key: wanted}


def option(element: Json, wanted: Any) -> Json:
    """The offered option with this value or label."""
    offered: list[Json] = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        offered += group["options"]
    asked = wanted.get("value") if isinstance(wanted, dict) else wanted
    for one in offered:
        if asked == one["value"] or escape(str(asked)) == one["text"]["text"]:
            return {k: v for k, v in one.items() if k in ("text", "value", "description")}
    raise LookupError(f"no option {asked!r}; offered: {[one['value'] for one in offered]}")


def objections(blocks: list[Json], values: Values) -> dict[str, str]:
    """What Slack's own client refuses before anything is sent: block id → sentence."""
    found: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        state = values[block["block_id"]][element["action_id"]]
        content = state[KEYS[element["type"]][0]]
        sentence = REQUIRED if not content and not block.get("optional") else ""
        if isinstance(content, str) and content:
            sentence = _malformed(element, content)
        if sentence:
            found[block["block_id"]] = sentence
    return found


def _malformed(element: Json, content: str) -> str:
    kind = element["type"]
    if kind == "plain_text_input":
        low, high = element.get("min_length", 0), element.get("max_length", 3000)
        if len(content) < low:
            return f"Must be at least {low} characters."
        return f"Must be at most {high} characters." if len(content) > high else ""
    if kind == "email_text_input" and not EMAIL.fullmatch(content):
        return "Must be an email address."
    if kind == "url_text_input" and not LINK.fullmatch(content):
        return "Must be a URL."
    return _not_the_number(element, content) if kind == "number_input" else ""


def _not_the_number(element: Json, content: str) -> str:
    try:
        number = Decimal(content)
    except InvalidOperation:
        return "Must be a number."
    if not number.is_finite() or "e" in content.lower():
        return "Must be a number."
    if not element["is_decimal_allowed"] and "." in content:
        return "Must be a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Must be at least {element['min_value']}."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Must be at most {element['max_value']}."
    return ""
