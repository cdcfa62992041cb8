"""T13: what could deceive is spelled out with a mark, ordinary text is left alone, and what runs is unchanged."""

import unicodedata

import pytest

from bot.slack.blockkit.direction import ISOLATES
from tests.slack.texts import DECEPTIONS, ORDINARY, looks
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
    "marks": "e\u0301\u0301",
    "look-alike": "h\u0430fenlogistik.example",
    "whole word": "\u0440\u0430\u0443\u0440\u0430",
    "one dot": "paypal\u2024com",
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
        cards.append(seen[: seen.index(proposal["id"][:16])])
    assert len(set(cards)) == len(cards)


async def test_t13_every_deception_is_on_the_card_as_what_it_is(town):
    proposal, card = await town.proposed(payload={name: case[0] for name, case in DECEPTIONS.items()})
    shown = ISOLATES.sub("", visible_text(card))
    assert [name for name, case in DECEPTIONS.items() if case[1] not in shown] == []
    assert "Hidden characters" in shown
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert (await town.claim(proposal))["payload"] == {name: case[0] for name, case in DECEPTIONS.items()}


async def test_t13_ordinary_text_of_forty_languages_has_no_warning_and_no_locked_input(town):
    _, card = await town.proposed(payload=ORDINARY)
    shown = visible_text(card)
    assert "Hidden characters" not in shown
    assert "⟨U+" not in shown
    await town.click("U0ALICE", SUPPORT, card, "edit")
    view = await town.modal_saying("U0ALICE", "Thai")
    assert "locked" not in visible_text(view)
    assert len([block for block in view["blocks"] if block["type"] == "input"]) == len(ORDINARY)


async def test_t13_an_edit_of_another_field_leaves_the_bytes_of_ordinary_text(town):
    proposal, card = await town.proposed(payload={**ORDINARY, "subject": "x"})
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.modal_saying("U0ALICE", "subject")
    await town.slack.submit("U0ALICE", {"subject": "y"})
    await town.modal_saying("U0ALICE", "Approve with changes")
    await town.slack.submit("U0ALICE")
    claimed = await town.claim(await town.get(proposal["id"]))
    assert claimed["payload"] == {**ORDINARY, "subject": "y"}


async def test_t13_one_reviewers_heart_does_not_lock_the_field_for_the_next(town):
    proposal, card = await town.proposed(payload={"note": "Thanks ❤️", "to": "a"})
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.modal_saying("U0ALICE", "note")
    await town.slack.submit("U0ALICE", {"note": "Thanks 👍🏽, ❤️"})
    view = await town.modal_saying("U0ALICE", "Approve with changes")
    assert "⟨U+" not in visible_text(view)
    await town.slack.submit("U0ALICE")
    claimed = await town.claim(await town.get(proposal["id"]))
    assert claimed["payload"]["note"] == "Thanks 👍🏽, ❤️"


async def test_t13_numbers_beside_hebrew_are_laid_out_where_they_stand(town):
    cards = []
    for text in ("א 12 34", "34 12 א"):
        _, card = await town.proposed(payload={"to": text})
        cards.append(next(line for line in visible_text(card).split("\n") if "א" in line))
    assert cards == ['"⟨←⟩\u2067א\u2069 12 34"', '"34 12 ⟨←⟩\u2067א\u2069"']
    assert looks(cards[0]) != looks(cards[1])


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
