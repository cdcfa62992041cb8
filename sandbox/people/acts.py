"""Actions on elements: finding the element that is pressed or chosen, and the action Slack sends."""

from typing import Any

from sandbox.blockkit.blocks import elements
from sandbox.blockkit.inputs import KEYS, Values, initial, option, picked

Json = dict[str, Any]


def find_element(
    blocks: list[Json], action_id: str, *, block_id: str | None = None, value: str | None = None
) -> tuple[Json, Json]:
    """The block and element with this action id; block id and button value narrow the choice.

    Raises LookupError naming what is there.
    """
    there: list[str] = []
    for block in blocks:
        for _, element in elements(block):
            if "action_id" not in element:
                continue
            there.append(element["action_id"])
            if element["action_id"] != action_id or (block_id and block["block_id"] != block_id):
                continue
            if value is None or element["type"] != "button" or element.get("value") == value:
                return block, element
    raise LookupError(f"nothing to press called {action_id!r} here; there is {there}")


def act(block: Json, element: Json, chosen: Any, *, at: str) -> Json:
    """The action of one element; `chosen` is what was picked or typed, None for a button."""
    kind = element["type"]
    action: Json = {"type": kind, "action_id": element["action_id"], "block_id": block["block_id"]}
    if kind == "button":
        action |= {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    elif kind == "overflow":
        action["selected_option"] = option(element, chosen)
    else:
        action |= picked(element, chosen)
        if "placeholder" in element:
            action["placeholder"] = element["placeholder"]
        first = KEYS[kind][1]
        if first in element:
            action[first] = element[first]
    return {**action, "action_ts": at}


def goes_ahead(element: Json, *, sure: bool | None) -> bool:
    """Whether it is sent: where the element has a dialog, Slack asks first, and sends only what is confirmed.

    `sure` is the person's answer, yes where it is left out. Raises LookupError for an answer that nobody asked for.
    """
    if sure is not None and "confirm" not in element:
        raise LookupError(f"{element['action_id']!r} does not ask whether one is sure")
    return sure is not False


def remember(values: Values, block: Json, element: Json, chosen: Any) -> None:
    """Keep what was picked in the state, if the element has one."""
    if element["type"] in KEYS:
        values.setdefault(block["block_id"], {})[element["action_id"]] = picked(element, chosen)


def current(blocks: list[Json], before: Values | None) -> Values:
    """The state of a message's elements as this person sees it."""
    return initial(blocks, before)
