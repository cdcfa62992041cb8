"""T18: an edit goes through schema and policy again; the gate can only rise, blocked stays blocked, locked stays locked.

Into a stricter gate, and into a block: tests/journeys/test_edit.
"""

import json

import pytest

from bot.slack.forms.parse import fields
from tests.threats.ground import ground
from tests.town import FINANCE, POLICY, SUPPORT

SCHEMA = {
    "type": "object",
    "properties": {"amount": {"type": "number", "minimum": 0}, "note": {"type": "string", "maxLength": 20}},
    "required": ["amount"],
}


async def edited(town, user, channel, card, **values):
    await town.click(user, channel, card, "edit")
    await town.modal_saying(user, "amount")
    await town.slack.submit(user, values)


async def test_t18_an_edit_to_a_small_amount_still_needs_everybody_whom_the_large_one_needed(town):
    proposal, card = await town.proposed("refund.create", {"amount": 1500, "note": "n"}, channel=FINANCE)
    await edited(town, "U0CAROL", FINANCE, card, amount="5")
    await town.modal_saying("U0CAROL", "Approve with changes")
    await town.slack.submit("U0CAROL")
    answer = await town.get(proposal["id"])
    assert (answer["status"], answer["payload"]["amount"], answer["gate"]["roles"]) == (
        "pending",
        5,
        ["finance", "support"],
    )
    await town.click("U0ALICE", SUPPORT, await town.card(SUPPORT, proposal), "approve")
    assert await town.status(proposal) in ("approved", "pending")


async def test_t18_up_and_down_again_keeps_the_strictest_gate(town):
    proposal, card = await town.proposed("refund.create", {"amount": 150, "note": "n"}, channel=FINANCE)
    await edited(town, "U0CAROL", FINANCE, card, amount="1500")
    await town.modal_saying("U0CAROL", "Approve with changes")
    await town.slack.submit("U0CAROL")
    fresh = await town.card_saying(FINANCE, card["ts"], "1500")
    await edited(town, "U0DAVE", FINANCE, fresh, amount="150")
    await town.modal_saying("U0DAVE", "Approve with changes")
    await town.slack.submit("U0DAVE")
    answer = await town.get(proposal["id"])
    assert (answer["revision"], answer["status"], answer["gate"]["roles"]) == (3, "pending", ["finance", "support"])
    assert {rule["rule"] for rule in answer["risk"]} == {"refund-large", "refund-huge"}


async def test_t18_a_field_that_the_policy_locks_stays_whatever_the_submission_says(town):
    payload = {"amount": 150, "customer": "01234", "note": "n"}
    proposal, card = await town.proposed("refund.create", payload, channel=FINANCE)
    await town.click("U0CAROL", FINANCE, card, "edit")
    view = await town.modal_saying("U0CAROL", "amount")
    await town.slack.submit("U0CAROL", {"amount": "140"})
    sent = town.slack.last_payload
    await town.slack.close_modal("U0CAROL")
    inputs = {block["label"]["text"]: block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    assert set(inputs) == {"amount", "note"}
    values = sent["view"]["state"]["values"]
    shown = {field.name: field.block_id for field in fields(await town.bot.store.find(proposal["id"]))}
    for name in ("customer", "/customer", "field.9.00000000", shown["customer"]):
        values.pop("field.9.00000000", None)
        values[name] = {action: {**state, "value": "EVIL"} for action, state in values[inputs["note"]].items()}
        answer = await town.slack.deliver(sent, "interactive")
        assert "EVIL" not in json.dumps(answer.body)
    assert "cannot be changed here" in json.dumps(answer.body)
    town.slack.workspace.stacks.clear()
    card = await town.card(FINANCE, proposal)
    await edited(town, "U0CAROL", FINANCE, card, amount="140")
    await town.modal_saying("U0CAROL", "Approve with changes")
    await town.slack.submit("U0CAROL")
    assert (await town.get(proposal["id"]))["payload"] == {**payload, "amount": 140}


async def test_t18_an_edit_is_held_to_the_operators_schema_on_its_field(tmp_path):
    (tmp_path / "refund.json").write_text(json.dumps(SCHEMA))
    policy = POLICY.replace("rules:\n", "schemas: {refund.create: refund.json}\nrules:\n", 1)
    async with ground(tmp_path, policy=policy) as town, town.serving():
        proposal, card = await town.proposed("refund.create", {"amount": 150, "note": "n"}, channel=FINANCE)
        await edited(town, "U0CAROL", FINANCE, card, amount="-5")
        assert town.slack.modal("U0CAROL")["errors"]
        await town.slack.submit("U0CAROL", {"amount": "140", "note": "x" * 21})
        assert town.slack.modal("U0CAROL")["errors"]
        assert (await town.get(proposal["id"]))["revision"] == 1


async def test_t18_no_edit_where_the_policy_allows_none_not_even_a_forged_one(tmp_path):
    policy = POLICY.replace("edit: [amount, note]", "edit: []")
    async with ground(tmp_path, policy=policy) as town, town.serving():
        proposal, card = await town.proposed("refund.create", {"amount": 150, "note": "n"}, channel=FINANCE)
        payload = await town.made("U0CAROL", FINANCE, card, "reject")
        payload["actions"][0] |= {"action_id": "edit"}
        await town.slack.deliver(payload, "interactive")
        view = await town.slack.until(lambda: town.slack.modal("U0CAROL"))
        assert not [block for block in view["blocks"] if block["type"] == "input"]
        assert (await town.get(proposal["id"]))["revision"] == 1


@pytest.mark.parametrize("amount", ["9500", "9000.01", "1e5"])
async def test_t18_what_is_blocked_after_the_form_was_confirmed_is_blocked_all_the_same(tmp_path, amount):
    """The policy that allows the edit when it is typed is not the one in force when it is confirmed."""
    lax = POLICY.replace("payload.amount > 9000.0", "payload.amount > 900000.0")
    async with ground(tmp_path, policy=lax) as town:
        async with town.serving():
            proposal, card = await town.proposed("refund.create", {"amount": 1500, "note": "n"}, channel=FINANCE)
            await edited(town, "U0CAROL", FINANCE, card, amount=amount)
            await town.modal_saying("U0CAROL", "Approve with changes")
        town.policy = POLICY
        async with town.serving():
            answer = await town.slack.submit("U0CAROL")
            assert "Nobody refunds that much" in json.dumps(answer.body)
            after = await town.get(proposal["id"])
            assert (after["status"], after["revision"]) == ("pending", 1)
