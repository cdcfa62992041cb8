"""What the evidence has that is nearly a value of the payload, shown beside the mark."""

import sys
from contextlib import contextmanager
from dataclasses import replace

import pytest

from approvals.gate import Choice
from approvals.proposal import Evidence
from bot.slack.cards import near_misses as near_misses_module
from bot.slack.cards.card import card
from bot.slack.cards.evidence import held_against_evidence
from bot.slack.cards.near_misses import MOST, MOST_COMPARED, MOST_VALUES, near_misses
from tests.making import make_proposal

NEAR = [
    (1924.5, "total 1,942.50 EUR, VAT 310.15", ("1,942.50",)),
    (12840.0, "1,284.00 EUR for the year", ("1,284.00",)),
    (12840, "1.284 EUR", ("1,284",)),
    (240, "24 m of molton", ("24",)),
    (50, "5 % of visitors", ("5",)),
    (-250, "250 EUR", ("250",)),
    (1999, "it was 1899, or 1998", ("1,899", "1,998")),
    ("T-20588", "Ticket T-20558 of Monday", ("T-20558",)),
    ("B-51177", "booking B-51717, not B-51790", ("B-51717",)),
    ("contract-v4.pdf", "Please send contract-v5.pdf", ("contract-v5.pdf",)),
    ("press@fennm\u0430rk.example", "mail press@fennmark.example", ("press@fennmark.example",)),
    ("jonas.lindgren@fennmark.example", "for jonas.lindholm@fennmark.example", ("jonas.lindholm@fennmark.example",)),
    ("Petra Lindquist", "Ms Petra Lindqvist asked", ("Petra Lindqvist",)),
    ("DE22700500000009876543", "to DE22 7005 0000 0009 8765 34, please", ("DE22 7005 0000 0009 8765 34",)),
    ("GBP", "1,284.00 USD and not EUR", ("USD", "EUR")),
    ("2026-11-22", "on 29 November 2026", ("29 Nov 2026",)),
    ("2026-11-22", "on 22 December", ("22 Dec",)),
    ("2026-10", "Timesheet of November 2026", ("Nov 2026",)),
    ("2026-12-11T18:00:00+01:00", "11 December 2026, from 16:00 to 22:30", ("16:00", "22:30")),
]
FAR = [
    (1924.5, "310.15 EUR and 1,632.35 EUR"),
    (15, "14 and 16"),
    ("c41f9e2", "commit 8b7d210"),
    ("clinics", "the dental list"),
    ("B-51177", "B-60290 and B-99999"),
    ("read", "road and bead"),
    ("2026-11-22", "30 December 2026"),
    ("GBP", "the usual fee"),
    ("LT121000011101001000", "LT33 9999 0111 0100 2222"),
]


def near(value, *said):
    proposal = make_proposal(
        payload={"field": value}, context=tuple(Evidence(title="Note", text=text) for text in said)
    )
    return near_misses(proposal, held_against_evidence(proposal).instead)


@pytest.mark.parametrize(("value", "said", "expected"), NEAR)
def test_what_is_nearly_the_value_is_found_as_the_evidence_has_it(value, said, expected):
    assert near(value, "Nothing of it here", said) == {("field",): expected}


@pytest.mark.parametrize(("value", "said"), FAR)
def test_what_is_another_value_altogether_is_not(value, said):
    assert near(value, said) == {("field",): ()}


def test_a_card_shows_it_beside_the_mark_without_a_word_of_judgement():
    context = (Evidence(title="Invoice", text="total 1,942.50 EUR"),)
    words = card(make_proposal(payload={"amount": 1924.5, "currency": "EUR"}, context=context)).words
    assert "1,924.50 · agent's evidence: 1,942.50" in words


def test_a_card_shows_it_beside_the_name_of_a_value_in_a_box():
    payload = {"lines": [{"sku": "AB-12345", "note": "blue\nplease"}]}
    words = card(make_proposal(payload=payload, context=(Evidence(title="Order AB-12354"),))).words
    assert "Not in evidence: lines.0.sku (it has AB-12354)" in words


def test_what_is_shown_has_no_style_of_ours_and_hides_nothing():
    context = (Evidence(title="Order", text="AB-1234\u200b5"),)
    blocks = card(make_proposal(payload={"sku": "AB-12345"}, context=context)).blocks
    runs = [run for block in blocks for part in block.get("elements", ()) for run in part.get("elements", ())]
    (place,) = (place for place, run in enumerate(runs) if run.get("text") == " · agent's evidence: ")
    assert runs[place + 1] == {"type": "text", "text": "AB-1234⟨U+200B⟩5"}


def test_only_the_nearest_are_named():
    (found,) = near(1924.5, " ".join(f"19{number}4.5" for number in range(10) if number != 2)).values()
    assert len(found) == MOST


def test_where_none_of_several_values_is_in_the_evidence_but_one_is_near_each_has_its_mark():
    payload = {"order": "A-10017", "amount": 250, "name": "Petra Lindquist"}
    far = card(make_proposal(payload=payload, context=(Evidence(title="Note"),))).words
    assert "No value of it is in the agent's evidence" in far
    words = card(make_proposal(payload=payload, context=(Evidence(title="Order A-10071"),))).words
    assert "No value of it is in the agent's evidence" not in words
    assert "agent's evidence: A-10071" in words


def chosen(value, said, offered=("viewer", "operator", "owner")):
    proposal = make_proposal(payload={"role": value}, context=(Evidence(title="Note", text=said),))
    gate = replace(proposal.gate, choices=(Choice(path="role", offered=offered),))
    return held_against_evidence(replace(proposal, gate=gate)).instead


def test_what_the_schema_takes_from_a_list_is_unmarked_unless_the_evidence_has_another_of_the_list():
    assert chosen("owner", "Please let him in") == {}
    assert chosen("owner", "Please make him owner") == {}
    assert chosen("owner", "Please make him viewer") == {("role",): ("viewer",)}
    assert chosen("transfer", "Please make him viewer", offered=("transfer",)) == {}


def test_a_constant_of_the_schema_counts_as_no_value_that_evidence_could_hold():
    payload = {"order": "A-10017", "amount": 250, "name": "Petra", "currency": "EUR"}
    proposal = make_proposal(payload=payload, context=(Evidence(title="Note"),))
    gate = replace(proposal.gate, choices=(Choice(path="currency", offered=("EUR",)),))
    assert held_against_evidence(replace(proposal, gate=gate)).nothing


@contextmanager
def calls_of(function):
    """How often the interpreter enters the function, as a list that grows."""
    entered = []

    def seen(frame, event, _):
        if event == "call" and frame.f_code is function.__code__:
            entered.append(1)

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        yield entered
    finally:
        sys.setprofile(before)


def test_however_much_evidence_there_is_the_work_is_bounded():
    said = " ".join(f"AB-{number:05}x" for number in range(40_000))
    payload = {f"sku{number}": f"AB-{number:05}y" for number in range(MOST_VALUES * 2)}
    proposal = make_proposal(payload=payload, context=(Evidence(title="Note", text=said),) * 3)
    with calls_of(near_misses_module._slipped) as compared:
        assert len(near_misses(proposal, held_against_evidence(proposal).instead)) == MOST_VALUES
    assert 0 < len(compared) <= MOST_COMPARED
