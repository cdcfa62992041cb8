"""T13: what does not show is spelled out with a mark, equal display means equal text, and what runs is unchanged."""

import unicodedata

import pytest

from tests.town import SUPPORT, has_button, visible_text

HIDDEN = {
    "right to left": "user\u202egpj.exe",
    "zero width": "pay\u200bpal",
    "joiner": "a\u2060b",
    "tags": "ok\U000e0041\U000e0042",
    "control": "one\x7ftwo\x9b",
    "line separator": "a\u2028b",
    "soft hyphen": "a\u00adb",
    "padding": "safe" + "\u2003" * 200 + "not safe",
    "filler": "\u3164\u115f",
    "decomposed": "e\u0301",
    "variation": "a\ufe0f",
    "private": "\ue000",
    "no-break blank": "a\u00a0b",
}


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN.keys())
async def test_t13_it_is_spelled_out_on_the_card_and_the_agent_claims_its_own_bytes(town, text):
    proposal, card = await town.proposed(payload={"to": text, text: 1})
    shown = visible_text(card)
    assert "⟨U+" in shown
    assert "Hidden characters" in shown
    assert text not in shown
    await town.click("U0ALICE", SUPPORT, card, "approve")
    claimed = await town.claim(proposal)
    assert claimed["payload"] == {"to": text, text: 1}
    assert "card:mismatched" not in await town.tags(proposal["id"])


async def test_t13_payloads_that_look_alike_have_cards_that_do_not(town):
    cards = []
    for text in ("paypal", "pay\u200bpal", "pay\u200cpal", "⟨U+200B⟩", "pay⟨U+200B⟩pal"):
        proposal, card = await town.proposed(payload={"to": text})
        shown = visible_text(card)
        seen = "".join(char for char in shown if unicodedata.category(char) != "Cf")
        cards.append(seen[: seen.index(proposal["id"])])
    assert len(set(cards)) == len(cards)


async def test_t13_a_field_with_hidden_characters_is_locked_and_keeps_its_bytes_through_an_edit_of_another(town):
    proposal, card = await town.proposed(payload={"to": "pay\u200bpal", "subject": "x"})
    await town.click("U0ALICE", SUPPORT, card, "edit")
    view = await town.modal_saying("U0ALICE", "subject")
    assert "⟨U+200B⟩" in visible_text(view)
    assert len([block for block in view["blocks"] if block["type"] == "input"]) == 1
    await town.slack.submit("U0ALICE", {"subject": "y"})
    await town.modal_saying("U0ALICE", "Approve with changes")
    await town.slack.submit("U0ALICE")
    claimed = await town.claim(await town.get(proposal["id"]))
    assert claimed["payload"] == {"to": "pay\u200bpal", "subject": "y"}


async def test_t13_what_a_reviewer_types_with_hidden_characters_is_marked_on_the_difference(town):
    proposal, card = await town.proposed(payload={"subject": "x", "to": "a"})
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.modal_saying("U0ALICE", "subject")
    await town.slack.submit("U0ALICE", {"to": "a\u202eb"})
    assert "⟨U+202E⟩" in visible_text(await town.modal_saying("U0ALICE", "Approve with changes"))
    assert has_button(card, "approve")
    assert await town.status(proposal) == "pending"
