"""Edit with schemas: each value in the input that suits it, faults on the very input, and exactly the typed change."""

import json

import pytest

from tests.town import FINANCE, POLICY, has_button, open_town, visible_text

OPEN = POLICY.replace(
    "    edit: [amount, note]\n", "    edit: [amount, currency, due, express, customer, tags, body]\n"
)
SCHEMED = OPEN + "schemas: {refund.create: refund.json}\n"
OPERATORS = {
    "properties": {
        "amount": {"type": "number", "maximum": 500},
        "currency": {"enum": ["eur", "usd"]},
        "customer": {"properties": {"address": {"properties": {"zip": {"pattern": "^[0-9]{5}$"}}}}},
    }
}
AGENTS = {
    "properties": {
        "amount": {"exclusiveMinimum": 0},
        "currency": {"enum": ["gbp", "usd", "eur"]},
        "due": {"format": "date"},
        "customer": {"properties": {"email": {"format": "email"}}},
        "tags": {"items": {"type": "string", "maxLength": 12}, "maxItems": 3},
    }
}
BODY = "\r\n\r\n".join(f"Paragraph {number}. " + "Your parcel was lost. " * 30 for number in range(5))
PAYLOAD = {
    "amount": 250.0,
    "currency": "eur",
    "due": "2026-11-30",
    "express": True,
    "customer": {"name": "Mira", "email": "mira@example.com", "address": {"zip": "01234", "floor": 2, "door": None}},
    "tags": ["lost", "parcel", "lost"],
    "body": BODY,
    "note": "as agreed",
}


@pytest.fixture
async def schemed(mode, tmp_path):
    (tmp_path / "refund.json").write_text(json.dumps(OPERATORS))
    async with open_town(tmp_path, mode, policy=SCHEMED) as town, town.serving():
        yield town


async def opened(town, user="U0CAROL"):
    proposal = await town.propose("refund.create", PAYLOAD, payload_schema=AGENTS)
    card = await town.card(FINANCE, proposal)
    await town.click(user, FINANCE, card, "edit")
    return proposal, await town.modal_saying(user, "amount")


def elements(view):
    return {block["label"]["text"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


async def test_each_value_has_the_input_that_suits_it_and_the_agent_claims_exactly_the_typed_changes(schemed):
    proposal, view = await opened(schemed)
    shown = elements(view)
    assert {name: element["type"] for name, element in shown.items() if "plain" not in element["type"]} == {
        "currency": "static_select",
        "due": "datepicker",
        "express": "static_select",
        "customer.email": "email_text_input",
        "fields to keep": "multi_static_select",
    }
    assert [option["value"] for option in shown["currency"]["options"]] == ["eur", "usd"], "what both schemas take"
    last = [name for name in shown if name.startswith("body (")][-1]
    await schemed.slack.submit(
        "U0CAROL",
        {
            "currency": "usd",
            "due": "2026-12-01",
            "customer.email": "noor@example.com",
            "customer.address.floor": "3",
            "tags": "lost\nfound\nlost",
            last: "The end.",
        },
    )
    confirm = await schemed.modal_saying("U0CAROL", "Approve with changes")
    assert "noor@example.com" in json.dumps(confirm)
    await schemed.slack.submit("U0CAROL")
    answer = await schemed.get(proposal["id"])
    assert (answer["status"], answer["revision"]) == ("approved", 2)
    claimed = (await schemed.claim(answer))["payload"]
    kept = claimed.pop("body")
    expected = {
        **PAYLOAD,
        "currency": "usd",
        "due": "2026-12-01",
        "customer": {
            "name": "Mira",
            "email": "noor@example.com",
            "address": {"zip": "01234", "floor": 3, "door": None},
        },
        "tags": ["lost", "found", "lost"],
    }
    del expected["body"]
    assert json.dumps(claimed) == json.dumps(expected), "kinds of numbers, order, nulls and duplicates as they were"
    assert kept.endswith("\r\n\r\nThe end. ")
    assert BODY.startswith(kept.removesuffix("The end. ")), "not a byte of the other parts is different"


async def test_all_faults_are_told_at_once_each_on_its_own_input_and_nothing_typed_is_lost(schemed):
    proposal, view = await opened(schemed)
    labels = {block["block_id"]: block["label"]["text"] for block in view["blocks"] if block["type"] == "input"}
    typed = {
        "amount": "900",
        "customer.address.floor": "two",
        "customer.address.zip": "12",
        "tags": "a\nfar too long a tag",
    }
    await schemed.slack.submit("U0CAROL", typed)
    errors = {labels[block]: said for block, said in schemed.slack.modal("U0CAROL")["errors"].items()}
    assert errors == {
        "amount": "Too large: write 500 or less.",
        "customer.address.floor": "Write a number as JSON does, such as 250, -3.5 or 1e3.",
        "customer.address.zip": "Make it match ^[0-9]{5}$.",
        "tags": "Line 2: Too long: write at most 12 characters; there are 18.",
    }
    await schemed.slack.close_modal("U0CAROL")
    card = await schemed.card(FINANCE, proposal)
    await schemed.click("U0CAROL", FINANCE, card, "edit")
    again = elements(await schemed.modal_saying("U0CAROL", "far too long a tag"))
    assert {name: again[name]["initial_value"] for name in typed} == typed
    assert (await schemed.get(proposal["id"]))["revision"] == 1


async def test_a_form_left_as_it_is_says_so_before_it_approves(schemed):
    proposal, _ = await opened(schemed)
    await schemed.slack.submit("U0CAROL")
    said = await schemed.modal_saying("U0CAROL", "Nothing was changed.")
    assert said["submit"]["text"] == "Approve"
    assert (await schemed.get(proposal["id"]))["status"] == "pending"
    await schemed.slack.submit("U0CAROL")
    answer = await schemed.get(proposal["id"])
    assert (answer["status"], answer["revision"]) == ("approved", 1)
    assert json.dumps(answer["payload"]) == json.dumps(PAYLOAD)


async def test_what_the_policy_does_not_list_is_locked_as_a_whole(schemed):
    _, view = await opened(schemed)
    assert "note" not in elements(view)
    assert "note · locked: the policy does not let reviewers change it" in visible_text(view).replace("\n", "")
    assert not has_button(view, "approve")


ORDERS = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "properties": {
        "amount": {"type": "number"},
        "express": {
            "anyOf": [
                {"type": "number"},
                {"type": "string", "pattern": r"^(?!^[-+.]*$)[+-]?0*(?:\d{0,3}|(?=[\d.]{1,6}0*$)\d{0,3}\.\d{0,2}0*$)$"},
            ]
        },
        "currency": {"anyOf": [{"$ref": "#/definitions/Currency"}, {"type": "null"}]},
        "due": {"type": "string", "format": "date-time"},
        "customer": {"$ref": "#/definitions/Customer"},
        "tags": {"type": "array", "items": {"$ref": "#/definitions/Line"}, "minItems": 1},
        "body": {"type": "string", "nullable": True},
    },
    "definitions": {
        "Currency": {"enum": ["eur", "usd"], "type": "string"},
        "Customer": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "phone": {"type": "string"}},
            "additionalProperties": False,
        },
        "Line": {
            "type": "object",
            "properties": {"sku": {"type": "string"}, "qty": {"type": "integer", "minimum": 1}},
            "required": ["sku", "qty"],
        },
    },
}
ORDER = {
    "amount": 249.9,
    "express": "49.90",
    "currency": "eur",
    "due": "2026-11-30T14:30:00Z",
    "customer": {"name": "Mira"},
    "tags": [{"sku": "LAMP-1", "qty": 1}, {"sku": "BULB-7", "qty": 2}],
    "body": None,
}


@pytest.fixture
async def unschemed(mode, tmp_path):
    async with open_town(tmp_path, mode, policy=OPEN) as town, town.serving():
        yield town


async def test_what_a_framework_writes_is_edited_as_menus_nulls_and_rows_and_the_agent_claims_exactly_that(unschemed):
    proposal = await unschemed.propose("refund.create", ORDER, payload_schema=ORDERS)
    await unschemed.click("U0CAROL", FINANCE, await unschemed.card(FINANCE, proposal), "edit")
    view = await unschemed.modal_saying("U0CAROL", "Editing")
    shown = elements(view)
    labels = {block["block_id"]: block["label"]["text"] for block in view["blocks"] if block["type"] == "input"}
    first, _ = [each["value"] for each in shown["tags: rows to keep"]["options"]]
    typed = {
        "express": "1249.905",
        "due": "2026-11-30T15:30:00",
        "tags[row 1].qty": "0",
        "customer: new fields": "fax: 030",
    }
    await unschemed.slack.submit("U0CAROL", typed)
    assert {labels[block]: said for block, said in unschemed.slack.modal("U0CAROL")["errors"].items()} == {
        "express": "Write a decimal number, such as 12.50, at most 3 digits before the point, at most 2 digits after it.",
        "due": "The offset from UTC is missing: write 2026-11-30T15:30:00Z for UTC, "
        "or such as 2026-11-30T15:30:00+01:00.",
        "tags[row 1].qty": "Too small: write 1 or more.",
        "customer: new fields": "fax: is not a field of this action",
    }
    await unschemed.slack.submit(
        "U0CAROL",
        {
            "express": "59.90",
            "currency": "null",
            "due": "2026-11-30T15:30:00Z",
            "tags[row 1].qty": "2",
            "tags: rows to keep": [first],
            "tags: new rows": '{"sku": "CORD-3", "qty": 1}',
            "customer: new fields": "phone: 030 1234",
            "body": '""',
        },
    )
    await unschemed.modal_saying("U0CAROL", "Approve with changes")
    await unschemed.slack.submit("U0CAROL")
    answer = await unschemed.get(proposal["id"])
    claimed = (await unschemed.claim(answer))["payload"]
    assert json.dumps(claimed) == json.dumps(
        {
            "amount": 249.9,
            "express": "59.90",
            "currency": None,
            "due": "2026-11-30T15:30:00Z",
            "customer": {"name": "Mira", "phone": "030 1234"},
            "tags": [{"sku": "LAMP-1", "qty": 2}, {"sku": "CORD-3", "qty": 1}],
            "body": "",
        }
    )


async def test_a_schema_that_would_be_passed_over_is_refused_by_name_when_it_is_proposed(unschemed):
    answer = await unschemed.propose(
        "refund.create", ORDER, expect=422, payload_schema={"properties": {"amount": {"pattern": "a(?=b)"}}}
    )
    assert "properties/amount: pattern a(?=b) looks around with (?=…)" in json.dumps(answer, ensure_ascii=False)


async def test_what_came_in_what_went_and_what_became_null_is_what_the_agent_claims(unschemed):
    schema = {
        "properties": {
            **ORDERS["properties"],
            "customer": {"anyOf": [{"$ref": "#/definitions/Customer"}, {"type": "null"}]},
        },
        "required": ["amount", "customer", "tags"],
        "definitions": ORDERS["definitions"],
    }
    before = {name: ORDER[name] for name in ("amount", "currency", "express", "customer", "tags")}
    proposal = await unschemed.propose("refund.create", before, payload_schema=schema)
    await unschemed.click("U0CAROL", FINANCE, await unschemed.card(FINANCE, proposal), "edit")
    shown = elements(await unschemed.modal_saying("U0CAROL", "Editing"))
    stays = [each["value"] for each in shown["fields to keep"]["options"] if each["text"]["text"] == "currency"]
    await unschemed.slack.submit(
        "U0CAROL",
        {
            "due": "2026-11-30T15:30:00Z",
            "fields to keep": stays,
            "customer: keep or null": "null",
            "tags[new row].sku": "CORD-3",
            "tags[new row].qty": "1",
        },
    )
    view = await unschemed.modal_saying("U0CAROL", "Approve with changes")
    assert all(name in visible_text(view) for name in ("due", "express", "customer", "CORD-3"))
    await unschemed.slack.submit("U0CAROL")
    claimed = (await unschemed.claim(await unschemed.get(proposal["id"])))["payload"]
    assert json.dumps(claimed) == json.dumps(
        {
            "amount": 249.9,
            "currency": "eur",
            "customer": None,
            "tags": [*ORDER["tags"], {"sku": "CORD-3", "qty": 1}],
            "due": "2026-11-30T15:30:00Z",
        }
    )
