"""Submit: an agent proposes; what runs by itself runs, what is blocked is answered, the rest becomes a card."""

from tests.town import FINANCE, SUPPORT, has_button, visible_text


async def test_what_the_policy_lets_run_is_approved_and_claimed_in_one_call(town):
    answer = await town.propose("search.orders", {"q": "48213"}, claim=True, claimant="word-of-this-attempt")
    assert (answer["status"], answer["cause"], answer["payload"]) == ("claimed", "auto", {"q": "48213"})
    assert town.slack.messages(SUPPORT) == town.slack.messages(FINANCE) == []


async def test_what_the_policy_blocks_is_answered_with_its_reason_and_asks_nobody(town):
    answer = await town.propose("db.drop_table", {"table": "orders"})
    assert (answer["status"], answer["cause"]) == ("rejected", "blocked")
    assert "Tables are never dropped by agents" in answer["message"]
    assert town.slack.messages(SUPPORT) == []


async def test_what_waits_becomes_one_card_in_the_roles_channel_that_calls_its_reviewers_once(town):
    answer = await town.propose(
        "email.send", {"to": "mira@example.com", "subject": "Ölwechsel"}, summary="Write to Mira"
    )
    assert answer["status"] == "pending"
    card = await town.card(SUPPORT, answer)
    said = visible_text(card)
    for word in ("email.send", "Write to Mira", "mira@example.com", "Ölwechsel", "The customer asked for it.", "shop"):
        assert word in said
    assert all(has_button(card, action) for action in ("approve", "edit", "reject", "more"))
    assert "<@U0ALICE>" in said + card["text"]
    assert len(town.cards(SUPPORT, answer["id"])) == 1
    assert town.cards(FINANCE, answer["id"]) == []


async def test_a_gate_of_two_roles_has_a_card_in_each_channel(town):
    answer = await town.propose("refund.create", {"amount": 1500})
    assert answer["gate"]["roles"] == ["finance", "support"]
    for channel in (SUPPORT, FINANCE):
        assert "Refund above 1000 needs two" in visible_text(await town.card(channel, answer))


async def test_a_retry_under_the_same_key_is_the_same_proposal_and_makes_no_second_card(town):
    first = await town.propose(key="mail-1")
    again = await town.propose(key="mail-1", expect=200)
    assert again["id"] == first["id"]
    await town.card(SUPPORT, first)
    await town.propose(key="mail-1", expect=200)
    assert len(town.slack.messages(SUPPORT)) == 1


async def test_two_equal_proposals_stay_two_and_their_cards_point_at_each_other(town):
    first = await town.propose("email.send", {"to": "a@example.com"})
    await town.card(SUPPORT, first)
    second = await town.propose("email.send", {"to": "a@example.com"})
    assert first["id"] != second["id"]
    await town.slack.until(lambda: len(town.slack.messages(SUPPORT)) == 2)
    assert first["id"][-8:] in visible_text(town.slack.messages(SUPPORT)[1])
