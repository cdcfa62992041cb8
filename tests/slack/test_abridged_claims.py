"""What a card has of an agent's long text: its beginning, and every sentence with something to compare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.proposal import Evidence
from bot.slack.blockkit.text import words_of
from bot.slack.cards.card import card
from bot.slack.cards.claims import abridged, beginnings
from bot.slack.cards.details import pages
from tests.making import make_ask, make_proposal

IDLE = "We always do it like that and everybody is happy with how it goes. "
LONG = IDLE * 6
PAYLOAD = {"order": "A-17", "to": ["Mira Lindqvist"], "more": {"method": "card", "copies": 3}}
KNOWN = beginnings(PAYLOAD)


def short_of(text):
    return abridged(text, KNOWN).text


def on_card(**said):
    made = card(make_proposal(payload=PAYLOAD, ask=make_ask(**said)))
    return " ".join(made.words.split())


def test_a_short_text_stays_whole():
    text = IDLE * 3
    assert abridged(text, KNOWN) == (text, 0, 0)


@pytest.mark.parametrize(
    "sentence",
    [
        "It costs 12 euros.",
        "Ask mira@shop.example.",
        "See shop/orders.",
        "Lindquist asked.",
        "No CARDS.",
        "A ⟨U+0430⟩.",
    ],
)
def test_a_sentence_with_something_to_compare_stays_wherever_it_stands(sentence):
    text = f"{LONG}{sentence} {LONG}"
    assert sentence in short_of(text)
    assert len(short_of(text)) < len(text) / 2


def test_what_is_missing_shows_where_it_was_and_is_counted():
    text = f"{LONG}Nobody looks here.\n{LONG}It costs 12 euros."
    shown, words, characters = abridged(text, KNOWN)
    assert shown == f"{IDLE * 3}…It costs 12 euros." or shown == f"{IDLE * 3}… It costs 12 euros."
    assert words == len(text.split()) - len((IDLE * 3).split()) - 4
    assert characters > 6 * len(IDLE)


@given(st.lists(st.sampled_from([IDLE, "It is 5.\n", "No. ", "\n", "Mira! "]), max_size=40).map("".join))
def test_what_stays_is_all_of_it_in_order_but_for_what_is_folded(text):
    shown, words, characters = abridged(text, KNOWN)
    rest = text
    for part in shown.split("…"):
        assert part.strip() in rest
        rest = rest[rest.index(part.strip()) + len(part.strip()) :]
    assert (words > 0) == ("…" in shown)
    assert len(shown) - shown.count("…") + characters >= len(text) - 2


def test_a_card_says_how_much_of_the_reasoning_is_in_details_which_has_all_of_it():
    said = {"reasoning": f"{LONG}The end.", "context": (Evidence(title="Ticket", text="Order A-17"),)}
    shown = on_card(**said)
    assert "… 41 words more in Details" in shown or "words more in Details" in shown
    assert "The end." not in shown
    assert "The end." in "".join(words_of(page) for page in pages(make_proposal(ask=make_ask(**said))))


def test_without_evidence_the_reasoning_is_all_there_is_and_stays():
    assert "The end." in on_card(reasoning=f"{LONG}The end.", context=())


def test_evidence_keeps_its_title_and_what_names_the_payload():
    shown = on_card(context=(Evidence(title="Mail", text=f"{LONG}Please send it to Lindqvist. {LONG}Bye."),))
    assert "Evidence 1 Mail" in shown
    assert "Please send it to Lindqvist." in shown
    assert "Bye." not in shown
