"""Blocks and where they may stand: Slack's limits for messages, modals and the home tab."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.blockkit.checks import (
    ID,
    URL,
    Check,
    Faults,
    anything,
    array,
    boolean,
    by_type,
    each_of,
    one_of,
    shape,
    string,
)
from sandbox.blockkit.elements import IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION
from sandbox.blockkit.rich_text import RICH_TEXT
from sandbox.blockkit.texts import plain, text

NAMED = {"type": anything, "block_id": ID}


def _words_or_fields(block: Any, at: str, faults: Faults) -> None:
    if "text" not in block and "fields" not in block:
        faults.add("must define either `text` or `fields`", at)


SECTION = each_of(
    shape(
        {},
        {
            **NAMED,
            "text": text(3000),
            "fields": array(text(2000), 1, 10),
            "accessory": by_type(IN_SECTION),
            "expand": boolean,
        },
    ),
    _words_or_fields,
)
RAW_CELL = shape({"type": anything, "text": string(1, 3000)})
CELL = by_type({"raw_text": RAW_CELL, "rich_text": RICH_TEXT})
COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _column(value: Any, at: str, faults: Faults) -> None:
    if value is not None:
        COLUMN(value, at, faults)


SHARED: dict[str, Check] = {
    "header": shape({"type": anything, "text": plain(150)}, {"block_id": ID}),
    "section": SECTION,
    "context": shape(
        {
            "type": anything,
            "elements": array(by_type({"image": IMAGE, "mrkdwn": text(2000), "plain_text": text(2000)}), 1, 10),
        },
        {"block_id": ID},
    ),
    "actions": shape({"type": anything, "elements": array(by_type(IN_ACTIONS), 1, 25)}, {"block_id": ID}),
    "divider": shape({"type": anything}, {"block_id": ID}),
    "image": shape(
        {"type": anything, "image_url": URL, "alt_text": string(1, 2000)},
        {"block_id": ID, "title": plain(2000)},
    ),
    "input": shape(
        {"type": anything, "label": plain(2000), "element": by_type(IN_INPUT)},
        {"block_id": ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
}
IN_MESSAGE: dict[str, Check] = {
    **SHARED,
    "markdown": shape({"type": anything, "text": string(1, 12_000)}, {"block_id": ID}),
    "table": shape(
        {"type": anything, "rows": array(array(CELL, 1, 20), 1, 100)},
        {"block_id": ID, "column_settings": array(_column, 1, 20)},
    ),
}
IN_MODAL: dict[str, Check] = {
    **SHARED,
    "alert": shape(
        {"type": anything, "text": text(3000)},
        {"block_id": ID, "level": one_of("default", "info", "warning", "error", "success")},
    ),
}
IN_HOME: dict[str, Check] = SHARED

SURFACES: dict[str, tuple[dict[str, Check], int]] = {
    "message": (IN_MESSAGE, 50),
    "modal": (IN_MODAL, 100),
    "home": (IN_HOME, 100),
}
MESSAGE_BLOCKS_CHARACTERS = 13_000


def elements(block: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The elements of a block with their place in it, interactive or not."""
    if block.get("type") in ("actions", "context"):
        within = block.get("elements")
        for index, element in enumerate(within if isinstance(within, list) else []):
            if isinstance(element, dict):
                yield f"elements/{index}", element
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            yield key, block[key]


def check_blocks(blocks: Any, surface: str, at: str, faults: Faults) -> None:
    """Note every fault of `blocks` on a `message`, `modal` or `home`."""
    kinds, most = SURFACES[surface]
    array(by_type(kinds), 0, most)(blocks, at, faults)
    if isinstance(blocks, list):
        named = [(index, block) for index, block in enumerate(blocks) if isinstance(block, dict)]
        _unique_ids(named, at, faults)
        _one_of_a_kind(named, at, faults)


def too_long(blocks: Any) -> bool:
    """Whether a message's blocks are more than Slack takes, written out as JSON."""
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > MESSAGE_BLOCKS_CHARACTERS


def _unique_ids(named: list[tuple[int, dict[str, Any]]], at: str, faults: Faults) -> None:
    blocks_seen: set[str] = set()
    for index, block in named:
        block_id = block.get("block_id")
        if isinstance(block_id, str):
            if block_id in blocks_seen:
                faults.add(f'`block_id` "{block_id}" already exists', f"{at}/{index}/block_id")
            blocks_seen.add(block_id)
        actions_seen: set[str] = set()
        for place, element in elements(block):
            action_id = element.get("action_id")
            if not isinstance(action_id, str):
                continue
            if action_id in actions_seen:
                faults.add(f'`action_id` "{action_id}" already exists', f"{at}/{index}/{place}/action_id")
            actions_seen.add(action_id)


def _one_of_a_kind(named: list[tuple[int, dict[str, Any]]], at: str, faults: Faults) -> None:
    tables = [index for index, block in named if block.get("type") == "table"]
    for index in tables[1:]:
        faults.add("only one table allowed", f"{at}/{index}")
    focused = [
        f"{at}/{index}/{place}"
        for index, block in named
        for place, element in elements(block)
        if element.get("focus_on_load") is True
    ]
    for place in focused[1:]:
        faults.add("only one element may have `focus_on_load`", f"{place}/focus_on_load")
