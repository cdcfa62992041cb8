"""Two people in the forms of one proposal at once: exactly one wins, and the other loses nothing typed."""

import json
from itertools import permutations

import pytest

from tests.town import FINANCE

CAROL, DAVE = "U0CAROL", "U0DAVE"
ORDERS = sorted(
    {
        order
        for order in permutations([(CAROL, "submit"), (CAROL, "confirm"), (DAVE, "submit"), (DAVE, "confirm")])
        if all(order.index((who, "submit")) < order.index((who, "confirm")) for who in (CAROL, DAVE))
    }
)
"""All ways in which two people may submit their forms and confirm what they saw."""
REFUND = {"amount": 1500, "note": "as agreed"}
TYPED = {
    "the same field": {CAROL: {"amount": "1400"}, DAVE: {"amount": "1300"}},
    "other fields": {CAROL: {"amount": "1400"}, DAVE: {"note": "half of it"}},
}


def named(order):
    return "-".join(f"{who[2:].lower()} {step}" for who, step in order)


async def both_open(town):
    proposal = await town.propose("refund.create", REFUND)
    card = await town.card(FINANCE, proposal)
    for user in (CAROL, DAVE):
        await town.click(user, FINANCE, card, "edit")
        await town.modal_saying(user, "amount")
    return proposal, card


def values(view):
    """What stands in the inputs of a form."""
    return {
        block["label"]["text"]: block["element"].get("initial_value", "")
        for block in view["blocks"]
        if block["type"] == "input"
    }


def said_in(view):
    return json.dumps(view["blocks"], ensure_ascii=False)


@pytest.mark.parametrize("fields", TYPED)
@pytest.mark.parametrize("order", ORDERS, ids=named)
async def test_the_first_to_confirm_wins_and_the_other_goes_on_from_there(town, order, fields):
    typed = TYPED[fields]
    proposal, card = await both_open(town)
    winner = next(who for who, step in order if step == "confirm")
    loser = DAVE if winner == CAROL else CAROL
    beaten = False
    for who, step in order:
        if (
            beaten
            and who == loser
            and step == "confirm"
            and order.index((winner, "confirm")) < order.index((loser, "submit"))
        ):
            continue  # their submission was told already that it came too late
        if step == "submit":
            await town.slack.submit(who, typed[who])
        else:
            await town.slack.submit(who)
        beaten = beaten or (who, step) == (winner, "confirm")
    assert town.slack.modal(winner) is None
    won = {**REFUND, **read(typed[winner])}
    answer = await town.get(proposal["id"])
    assert (answer["revision"], answer["status"], answer["payload"]) == (2, "pending", won)
    assert [tag for tag in await town.tags(proposal["id"]) if tag == "proposal:edited"] == ["proposal:edited"]

    late = await town.modal_saying(loser, "Too late")
    (mine,) = typed[loser].values()
    assert mine in said_in(late), "what was typed stays to be copied"
    assert "This was edited while you had it open" in said_in(late)
    assert f"<@{winner}> edited this" in said_in(late)
    assert "Press *Edit* on the card again" in said_in(late)

    await town.slack.close_modal(loser)
    while town.slack.modal(loser) is not None:
        await town.slack.close_modal(loser)
    (theirs,) = typed[winner].values()
    await town.card_saying(FINANCE, card["ts"], theirs)
    await town.click(loser, FINANCE, card, "edit")
    form = await town.modal_saying(loser, f"<@{winner}> edited this")
    assert values(form) == {"amount": str(won["amount"]), "note": won["note"], **typed[loser]}
    twice = "Somebody else changed this too" in said_in(form)
    assert twice == (fields == "the same field")
    assert (f"Stands there now: {won['amount']}" in said_in(form)) == twice

    await town.slack.submit(loser)
    await town.modal_saying(loser, "Approve with changes")
    await town.slack.submit(loser)
    answer = await town.get(proposal["id"])
    assert (answer["revision"], answer["payload"]) == (3, {**won, **read(typed[loser])})


def read(typed):
    return {name: int(said) if said.isdigit() else said for name, said in typed.items()}


@pytest.mark.parametrize("step", ["submit", "confirm"])
@pytest.mark.parametrize("how", ["approve", "reject", "withdraw"])
async def test_what_was_typed_stays_when_it_is_decided_meanwhile(town, step, how):
    proposal = await town.propose("refund.create", {"amount": 150, "note": "as agreed"})
    card = await town.card(FINANCE, proposal)
    await town.click(CAROL, FINANCE, card, "edit")
    await town.modal_saying(CAROL, "amount")
    typed = {"note": "half of it"}
    if step == "confirm":
        await town.slack.submit(CAROL, typed)
        await town.modal_saying(CAROL, "Approve with changes")
    if how == "withdraw":
        await town.call("POST", f"/v1/proposals/{proposal['id']}/withdraw", {"reason": "No need"})
    elif how == "approve":
        await town.click(DAVE, FINANCE, card, "approve")
    else:
        await town.click(DAVE, FINANCE, card, "reject")
        await town.modal_saying(DAVE, "Reason")
        await town.slack.submit(DAVE, {"Reason": "No"})
    await town.slack.submit(CAROL, typed if step == "submit" else None)
    late = said_in(await town.modal_saying(CAROL, "Too late"))
    assert "half of it" in late
    assert {"approve": "approved already by", "reject": "rejected by", "withdraw": "withdrawn"}[how] in late
    assert how == "withdraw" or f"<@{DAVE}>" in late
    assert "<!date^" in late
    assert "Press *Edit*" not in late, "there is nothing left to edit"
    assert (await town.get(proposal["id"]))["revision"] == 1


async def test_a_faulty_form_of_what_is_over_says_that_it_is_over(town):
    proposal = await town.propose("refund.create", {"amount": 150, "note": "as agreed"})
    card = await town.card(FINANCE, proposal)
    await town.click(CAROL, FINANCE, card, "edit")
    await town.modal_saying(CAROL, "amount")
    await town.click(DAVE, FINANCE, card, "approve")
    await town.slack.submit(CAROL, {"amount": "twelve"})
    late = said_in(await town.modal_saying(CAROL, "Too late"))
    assert "twelve" in late
    assert f"<@{DAVE}>" in late


async def test_what_the_editor_brought_in_is_not_offered_to_them_again(town):
    _, card = await both_open(town)
    await town.slack.submit(CAROL, {"amount": "1400"})
    await town.modal_saying(CAROL, "1400")
    await town.slack.submit(CAROL)
    await town.slack.close_modal(DAVE)
    await town.card_saying(FINANCE, card["ts"], "1400")
    await town.click(DAVE, FINANCE, card, "edit")
    form = await town.modal_saying(DAVE, "amount")
    await town.slack.submit(DAVE, {"amount": "1350"})
    await town.modal_saying(DAVE, "1350")
    await town.slack.submit(DAVE)
    assert "edited this" not in said_in(form), "who typed nothing has nothing to be told"
    await town.card_saying(FINANCE, card["ts"], "1350")
    await town.click(CAROL, FINANCE, card, "edit")
    form = await town.modal_saying(CAROL, "amount")
    assert values(form) == {"amount": "1350", "note": "as agreed"}


async def test_what_somebody_typed_is_nobody_elses_to_see(town):
    _, card = await both_open(town)
    await town.slack.submit(DAVE, {"note": "a secret of Dave's", "amount": "x"})
    await town.slack.submit(CAROL, {"amount": "1400"})
    await town.modal_saying(CAROL, "1400")
    await town.slack.submit(CAROL)
    await town.card_saying(FINANCE, card["ts"], "1400")
    await town.click("U0ERIN", FINANCE, card, "edit")
    form = await town.modal_saying("U0ERIN", "amount")
    assert "secret" not in said_in(form)
