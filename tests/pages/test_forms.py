"""The edit form on what frameworks write, filled in in a browser at both widths."""

import json

import pytest

from tests.browser import needs_chromium
from tests.pages.conftest import scene
from tests.town import FINANCE, POLICY

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), needs_chromium]

OPEN = POLICY.replace("    edit: [amount, note]\n", "    edit: [amount, priority, note, lines, due]\n")
assert OPEN != POLICY
SCHEMED = OPEN + "schemas: {refund.create: refund.json}\n"
NULL = {"type": "null"}
REFUND = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "properties": {
        "amount": {"type": "number", "minimum": 0},
        "priority": {"anyOf": [{"enum": ["low", "medium", "high"], "type": "string"}, NULL]},
        "note": {"anyOf": [{"type": "string"}, NULL]},
        "due": {"type": "string", "format": "date"},
        "lines": {"type": "array", "items": {"$ref": "#/definitions/line"}, "minItems": 1},
    },
    "required": ["amount", "lines"],
    "definitions": {
        "line": {
            "type": "object",
            "properties": {"sku": {"type": "string"}, "qty": {"type": "integer", "minimum": 1}},
            "required": ["sku", "qty"],
        }
    },
}
PAYLOAD = {
    "amount": 249.9,
    "currency": "EUR",
    "priority": "low",
    "note": None,
    "lines": [{"sku": "LAMP-1", "qty": 1}, {"sku": "BULB-7", "qty": 2}],
}


async def test_a_menu_a_null_and_the_rows_of_a_table_are_filled_in(tmp_path, device, pictures):
    (tmp_path / "refund.json").write_text(json.dumps(REFUND), encoding="utf-8")
    async with scene(tmp_path, device, pictures, SCHEMED) as (town, look):
        proposal = await town.propose("refund.create", PAYLOAD, summary="Refund for order 48213")
        await look.go("U0DAVE", FINANCE)
        card = look.card("LAMP-1")
        await look.press(card, "Edit")
        await look.dialog.get_by_label("priority", exact=True).select_option("null: nothing")
        await look.dialog.get_by_role("textbox", name="note").fill("By phone")
        await look.dialog.get_by_label("lines[row 2].qty").fill("0")
        await look.press(look.dialog, "Review changes")
        await look.says(look.dialog, "Too small: write 1 or more.")
        await look.picture("form-rows")
        await look.dialog.get_by_label("lines[row 2].qty").fill("3")
        await look.press(look.dialog, "Review changes")
        await look.says(look.dialog, "Your approval counts for")
        await look.press(look.dialog, "Approve with changes")
        await look.says(card, "with changes")
        assert (await town.get(proposal["id"]))["payload"] == {
            **PAYLOAD,
            "priority": None,
            "note": "By phone",
            "lines": [{"sku": "LAMP-1", "qty": 1}, {"sku": "BULB-7", "qty": 3}],
        }


async def test_a_field_comes_in_another_goes_and_a_row_is_added_in_inputs_of_their_own(tmp_path, device, pictures):
    (tmp_path / "refund.json").write_text(json.dumps(REFUND), encoding="utf-8")
    async with scene(tmp_path, device, pictures, SCHEMED) as (town, look):
        proposal = await town.propose("refund.create", PAYLOAD, summary="Refund for order 48213")
        await look.go("U0DAVE", FINANCE)
        card = look.card("LAMP-1")
        await look.press(card, "Edit")
        await look.dialog.get_by_label("due").fill("2026-12-01")
        await look.dialog.get_by_role("button", name="Remove priority").click()
        await look.dialog.get_by_label("lines[new row].sku").fill("CORD-3")
        await look.press(look.dialog, "Review changes")
        await look.says(look.dialog, "This is needed: fill it in.")
        await look.picture("form-new-row")
        await look.dialog.get_by_label("lines[new row].qty").fill("4")
        await look.press(look.dialog, "Review changes")
        await look.says(look.dialog, "Your approval counts for")
        await look.press(look.dialog, "Approve with changes")
        await look.says(card, "with changes")
        assert (await town.get(proposal["id"]))["payload"] == {
            "amount": 249.9,
            "currency": "EUR",
            "note": None,
            "lines": [*PAYLOAD["lines"], {"sku": "CORD-3", "qty": 4}],
            "due": "2026-12-01",
        }
