"""What a card has of an agent's long text: whatever could be compared with what would run; the rest is in Details."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.gate import Choice
from approvals.proposal import Evidence
from bot.slack.blockkit.text import visible, words_of
from bot.slack.cards.abridgement import abridged, argument, yardstick
from bot.slack.cards.card import card
from bot.slack.cards.details import pages
from tests.laws import examples
from tests.making import make_proposal

IDLE = "We always do it like that and everybody is happy with how it goes. "
LONG = IDLE * 6
PAYLOAD = {"order": "A-17", "to": ["Mira Lindqvist"], "more": {"method": "card", "copies": 3}}
KNOWN = yardstick(PAYLOAD)


def alone(text):
    """A text as the only evidence."""
    return abridged([text], KNOWN)[0]


def on_card(payload=PAYLOAD, **said):
    made = card(make_proposal(payload=payload, **said))
    return " ".join(made.words.split())


def in_details(**said):
    return " ".join(words_of(block for page in pages(make_proposal(payload=PAYLOAD, **said)) for block in page).split())


def test_a_short_text_stays_whole():
    text = IDLE * 3
    assert alone(text) == (text, 0, 0)


@pytest.mark.parametrize(
    "sentence",
    [
        "It costs 12 euros.",
        "It costs twelve euros.",
        "Send just one.",
        "Ask mira@shop.example.",
        "See shop/orders.",
        "Lindquist asked.",
        "Ask Petra about it.",
        "Petra asked.",
        "No CARDS.",
        "A ⟨U+0430⟩.",
        "It is for monday.",
        "It is for December.",
        "It was paid with a cheque, but they want it in cash.",
        "We don't want that.",
        "The method is cash.",
        "Спросите Петра.",
        "اسأل بيتر عن ذلك من فضلك.",
    ],
)
def test_a_sentence_with_something_to_compare_stays_wherever_it_stands(sentence):
    text = f"{LONG}{sentence} {LONG}"
    shown = alone(text).text
    assert sentence in shown
    assert len(shown) < len(text) / 2


@pytest.mark.parametrize(("payload", "stays"), [({"due": "2026-12-08"}, True), ({"due": "soon"}, False)])
def test_tomorrow_may_be_another_day_where_the_payload_names_one(payload, stays):
    (shown,) = abridged([f"{LONG}it is for tomorrow. {LONG}"], yardstick(payload))
    assert ("tomorrow" in shown.text) is stays


def test_what_the_schema_could_have_been_given_instead_stays():
    choices = (Choice(path="role", offered=("viewer", "owner")),)
    text = f"{LONG}it is enough to view it. {LONG}"
    shown = [abridged([text], yardstick({"role": "owner"}, some))[0].text for some in ((), choices)]
    assert ["view it" in each for each in shown] == [False, True]


def test_what_is_missing_shows_where_it_was_and_is_counted():
    text = f"{LONG}and so it stays.\n{LONG}It costs 12 euros."
    shown, words, characters = alone(text)
    assert re.fullmatch(rf"{re.escape(IDLE * 3)}… ?It costs 12 euros\.", shown)
    assert words == len(text.split()) - len((IDLE * 3).split()) - 4
    assert characters > 6 * len(IDLE)


@given(st.lists(st.sampled_from([IDLE, "It is 5.\n", "so. ", "\n", "Mira! "]), max_size=40).map("".join))
def test_what_stays_is_all_of_it_in_order_but_for_what_is_folded(text):
    shown, words, characters = alone(text)
    rest = text
    for part in shown.split("…"):
        assert part.strip() in rest
        rest = rest[rest.index(part.strip()) + len(part.strip()) :]
    assert (words > 0) == ("…" in shown)
    assert len(shown) - shown.count("…") + characters >= len(text) - 2


def test_the_first_words_of_all_evidence_stay_and_of_later_pieces_their_titles():
    said = [Evidence(title=f"title {name}", text=f"{IDLE * 3}the end of {name}.") for name in ("one", "two", "six")]
    shown = on_card(context=tuple(said))
    assert [f"title {name}" in shown for name in ("one", "two", "six")] == [True, True, True]
    assert [shown.count(IDLE.strip()), shown.count("the end of")] == [3, 3]
    assert shown.count("(+42 words)") == 2


AMOUNTS = st.integers(1_000, 99_999).map(lambda cents: cents / 100)
CODES = st.from_regex(r"[A-Z]-[0-9]{5}", fullmatch=True)
NAMES = st.sampled_from(["Mira Lindqvist", "Jonas Lindholm", "Ana Maria Kovac", "Ólafur Jónsson", "Мария Орлова"])
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
SAID = st.one_of(
    AMOUNTS.map(lambda amount: f"please take {amount:,.2f} for it."),
    AMOUNTS.map(lambda amount: f"that makes €{amount:,.2f} in all."),
    st.sampled_from(["ten", "twelve", "two hundred", "half", "double"]).map(lambda much: f"we want {much} of it."),
    CODES.map(lambda code: f"it is about {code} alone."),
    NAMES.map(lambda name: f"it is for {name} this time."),
    NAMES.map(lambda name: f"it goes to {name.split()[0].lower()}@post.example now."),
    DAYS.map(lambda day: f"it has to be there on {day.day} {day:%B}."),
    DAYS.map(lambda day: f"it has to be there on {day:%A}."),
    DAYS.map(lambda day: f"it has to be there by {day:%d.%m.%Y}."),
    st.sampled_from("\u200b\u202e\u00ad\u3164").map(lambda hidden: f"as we sa{hidden}id before."),
    st.sampled_from(["not", "only", "without", "except"]).map(lambda limit: f"they want it {limit} by card."),
    st.sampled_from(["https://shop.example/a", "DE71 7005 0000 0009 8765 43", "5 %"]).map(
        lambda it: f"see {it} there."
    ),
)
"""Sentences in which somebody might find a mistake, most of which say nothing that the payload has."""
PAYLOADS = st.fixed_dictionaries(
    {"amount": AMOUNTS, "booking": CODES, "name": NAMES, "due": DAYS.map(lambda day: day.isoformat())}
)
IDLE_ONES = st.integers(0, 6).map(lambda times: IDLE * times)
TELLING = re.compile(r"\S*[0-9@/]\S*")
TEXTS = st.lists(st.tuples(IDLE_ONES, SAID), min_size=1, max_size=3)


def written(parts):
    return "".join(f"{idle}{said} " for idle, said in parts)


def present(said, shown):
    """Whether a sentence stands there as people see it."""
    return " ".join(visible(said).split()) in shown


@settings(max_examples=examples(200))
@given(PAYLOADS, st.lists(TEXTS, min_size=1, max_size=3))
def test_no_sentence_of_the_evidence_with_an_amount_a_recipient_a_day_or_a_hidden_character_is_folded(payload, pieces):
    context = tuple(Evidence(title=f"Piece {number}", text=written(each)) for number, each in enumerate(pieces))
    shown = on_card(payload, context=context, reasoning="so it is.")
    for _, said in (part for each in pieces for part in each):
        assert present(said, shown), said


@settings(max_examples=examples(200))
@given(PAYLOADS, st.sampled_from(["amount", "booking", "name", "due"]), IDLE_ONES, IDLE_ONES, st.data())
def test_what_is_nearly_a_value_stays_in_the_evidence_wherever_it_stands(payload, field, before, after, draw):
    value = f"{payload[field]:,.2f}" if field == "amount" else payload[field]
    places = [place for place, char in enumerate(value) if char.isalnum()]
    place = draw.draw(st.sampled_from(places))
    other = "7" if value[place].isdigit() else "q"
    near = f"{value[:place]}{other}{value[place + 1 :]}"
    shown = on_card(payload, context=(Evidence(title="Mail", text=f"{before}it says {near} here. {after}"),))
    assert present(f"it says {near} here.", shown)


@settings(max_examples=examples(200))
@given(PAYLOADS, TEXTS, TEXTS)
def test_of_the_reasoning_no_figure_and_no_address_is_folded_that_stands_nowhere_else(payload, parts, evidence):
    context = (Evidence(title="Mail", text=f"{IDLE}{IDLE}{written(evidence)}"),)
    shown = on_card(payload, context=context, reasoning=f"{IDLE}{written(parts)}")
    for _, said in parts:
        assert present(said, shown) or all(word in shown for word in TELLING.findall(said)), said


def test_the_reasoning_beside_evidence_leaves_to_details_what_stands_there_already():
    said = {
        "reasoning": "The customer paid twice. Order A-17 was paid on 3 May as one can see. So we give it back.",
        "context": (Evidence(title="Order A-17", text=f"Paid on 3 May and again on 4 May with a card. {IDLE}"),),
    }
    shown = on_card(**said)
    assert "Why The customer paid twice. … (+16 words)" in shown
    assert said["reasoning"] in in_details(**said)


@pytest.mark.parametrize(
    "sentence",
    [
        "Order A-71 was paid on 3 May as one can see.",
        "Order A-17 was paid on 4 June as one can see.",
        "Order A-17 was paid on 3 June as one can see.",
        "Order A-17 was not paid on 3 May as one can see.",
        "Order A-17 was paid on 30 May as one can see.",
        "Order A-17 was paid on 3 May with 4 tickets.",
        "Order A-17 was paid on -3 May as one can see.",
        "Order A-17 was paid on 3 May by Petra.",
        "Order A-17 was paid on 3 May as one c\u200ban see.",
    ],
)
def test_but_not_what_differs_in_a_figure_a_day_a_name_or_a_not(sentence):
    context = (Evidence(title="Order A-17", text=f"Paid on 3 May and again on 4 May with a card. {IDLE}"),)
    shown = on_card(reasoning=f"The customer paid twice. {sentence} So we give it back.", context=context)
    assert present(sentence, shown)


def test_beside_evidence_that_is_not_whole_on_the_card_nothing_counts_as_said_there():
    context = (Evidence(title="Log", text=f"{'Lindqvist 12 ' * 400}A-17 was paid on 3 May."),)
    repeated = "Order A-17 was paid on 3 May as one can see."
    assert present(repeated, on_card(reasoning=f"The customer paid twice. {repeated}", context=context))


def test_beside_little_evidence_the_reasoning_keeps_its_beginning():
    text = f"{IDLE * 3}The end of it."
    shown = on_card(reasoning=text, context=(Evidence(title="Ticket", text="Order A-17"),))
    assert text in shown


def test_a_card_says_how_much_of_the_reasoning_is_in_details_which_has_all_of_it():
    said = {"reasoning": f"{LONG}and so it ends.", "context": (Evidence(title="Ticket", text="Order A-17"),)}
    shown = on_card(**said)
    assert "… (+46 words)" in shown
    assert "and so it ends." not in shown
    assert "and so it ends." in in_details(**said)


def test_without_evidence_the_reasoning_is_all_there_is_and_stays():
    assert "and so it ends." in on_card(reasoning=f"{LONG}and so it ends.", context=())


def test_an_argument_beside_ample_evidence_keeps_its_first_sentence_whatever_it_says():
    shown = argument(f"{IDLE}{IDLE}", KNOWN, [LONG], "")
    assert shown.text.startswith(IDLE.strip())
    assert shown.words == len(IDLE.split())
