"""The question before a click counts, and the form for what is typed: what they say, and Slack's limits."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.decision import FirstSeen
from approvals.gate import Confirmation
from approvals.moves.confirmation import words
from approvals.proposal import Evidence
from bot.slack.blockkit.blocks import button
from bot.slack.blockkit.text import length, word_count, words_of
from bot.slack.cards.buttons import asking_again, consequence
from bot.slack.cards.card import card
from bot.slack.cards.details import Verdicts, details
from bot.slack.forms.edit_form import confirm_form
from bot.slack.forms.typed_confirmation import has_inputs, type_form, typed_in_state, word_faults
from bot.slack.listeners.click_origin import card_seen, opened_seen
from bot.slack.words.history import rushed
from storage import Message
from tests.approvals.situations import after
from tests.making import START, make_ask, make_proposal
from tests.slack.hostile import elements, proposals
from tests.slack.view_limits import inputs, judged, seen
from tests.storage.town import key_of

CONFIRM = Confirmation()
slow = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def said(**payload):
    return consequence(make_proposal(payload=payload))


def test_it_says_what_runs_for_how_much_and_to_whom_numbers_first():
    assert said(customer="cus_1", amount=250, fast=True) == (
        "Run refund.create: amount 250, customer “cus_1”, fast true? "
        "It cannot be taken back once the agent has taken it."
    )


def test_what_is_long_is_shortened_with_a_mark_and_what_is_left_out_is_counted():
    told = said(**{f"field{number}": "x" * 80 for number in range(9)})
    assert f"field0 “{'x' * 60}…” (80 characters)" in told
    assert ", and 7 more?" in told
    assert length(told) <= 300
    assert f"Run refund.create: {'k' * 40}… “&&" in said(**{"k" * 300: "&" * 60})
    many = consequence(make_proposal(action="a" * 100, payload={"&" * 60: "&" * 60, "k" * 60: "x" * 90}))
    assert many.startswith(f"Run {'a' * 80}: &&")
    assert ", and 1 more?" in many


def test_what_is_redacted_is_not_in_the_question():
    asked = consequence(make_proposal(payload={"note": "the secret", "amount": 1}, redact=("note",)))
    assert "the secret" not in asked
    assert "redacted" in asked


def test_what_is_inside_is_counted_and_an_empty_payload_says_nothing():
    told = said(lines=[1, 2], to={"iban": "x"}, none=None)
    assert "lines [2 entries], none null, to {1 field}" in told
    assert said().startswith("Run refund.create? It")


@pytest.mark.parametrize(
    "hostile", ['" and nothing else? Yes', "” and nothing else? Yes", "\u202egnp", "<!channel>", "line\nline"]
)
def test_a_text_of_the_agent_stays_a_quoted_value(hostile):
    told = said(note=hostile)
    assert "\n" not in told
    assert "\u202e" not in told
    assert told.endswith("? It cannot be taken back once the agent has taken it.")
    assert (told.count("“"), told.count("”"), told.count('"')) == (1, 1, 0)


@slow
@given(proposals())
def test_whatever_the_proposal_the_question_is_within_slacks_limits(proposal):
    proposal = replace(proposal, gate=replace(proposal.gate, confirmation=CONFIRM, tier=make_proposal().gate.tier))
    asked = asking_again(button("Approve", "approve", "v", said="Approve"), proposal)["confirm"]
    assert 0 < length(asked["title"]["text"]) <= 100
    assert 0 < length(asked["text"]["text"]) <= 300
    assert max(length(asked[key]["text"]) for key in ("confirm", "deny")) <= 30
    assert {asked[key]["type"] for key in asked} == {"plain_text"}
    assert {asked[key]["emoji"] for key in asked} == {False}


def approve_of(blocks, action_id="approve"):
    return next(each for each in elements(blocks) if each["action_id"] == action_id)


def test_approve_asks_again_where_the_gate_wants_it_on_the_card_and_in_details():
    for changes, asks in (({}, False), ({"confirmation": CONFIRM}, True), ({"approvals": 2}, True)):
        proposal = make_proposal(**changes)
        assert ("confirm" in approve_of(card(proposal).blocks)) is asks
        long = make_proposal(payload={"text": "a line\n" * 2000}, **changes)
        view = details(long, "frm_1", 999, Verdicts(approve=True))
        assert ("confirm" in approve_of(view["blocks"], "details_approve")) is asks


def test_what_is_typed_asks_nothing_besides():
    proposal = make_proposal(approvals=2, confirmation=Confirmation(typed=("amount",)))
    assert "confirm" not in approve_of(card(proposal).blocks)


def test_the_words_of_a_question_are_among_those_that_a_click_is_compared_by():
    assert "It cannot be taken back once" in card(make_proposal(confirmation=CONFIRM)).words


@slow
@given(proposals(), st.lists(st.sampled_from(["", "amount", "a", "to.b"]), unique=True, min_size=1))
def test_whatever_the_proposal_slack_takes_the_form_and_each_word_has_an_input(proposal, paths):
    typed = Confirmation(typed=tuple(sorted(paths)))
    proposal = replace(proposal, gate=replace(proposal.gate, confirmation=typed))
    view = judged(type_form(proposal, "frm_1"))
    assert len(inputs(view)) == len(words(proposal)) >= 1
    assert view["submit"]["text"] == "Approve"


def test_the_form_shows_all_that_would_run():
    view = type_form(make_proposal(confirmation=Confirmation(typed=("amount",))), "frm_1")
    assert "late parcel" in seen(view)
    assert list(inputs(view)) == ["Type the value of amount"]
    assert view["blocks"][-1]["hint"]["text"] == "As it stands above."


def test_what_is_too_long_for_it_was_read_in_details_and_the_word_is_named():
    long = make_proposal(payload={"amount": 250, "rows": "x" * 90_000}, confirmation=Confirmation(typed=("amount",)))
    view = judged(type_form(long, "frm_1"))
    assert "You have read it whole in Details." in seen(view)
    assert "characters are missing here" in seen(view)
    assert view["blocks"][-1]["hint"]["text"] == "It is 250"


def test_what_was_typed_is_read_back_and_what_is_wrong_is_said_on_the_field():
    wanted = words(make_proposal(confirmation=Confirmation(typed=("", "amount"))))
    state = {"word.0": {"input_word": {"value": "refund"}}, "word.1": {"input_word": {"value": None}}}
    assert has_inputs(state, wanted)
    assert not has_inputs({"word.0": {}}, wanted)
    assert typed_in_state(state, wanted) == ("refund", "")
    assert word_faults(wanted, ("refund", "")) == {
        "word.0": "Type exactly refund.create",
        "word.1": "Type the number 250",
    }
    assert word_faults(wanted, ("refund.create", "250")) == {}


def test_the_last_page_of_an_edit_wants_the_word_of_what_it_makes_if_the_editor_counts():
    proposal = make_proposal(confirmation=Confirmation(typed=("amount",)))
    asked = inputs(confirm_form(proposal, proposal, "frm_1", editor_counts=True))
    assert {label: block["hint"]["text"] for label, block in asked.items()} == {"Type the value of amount": "It is 250"}
    assert inputs(confirm_form(proposal, proposal, "frm_1", editor_counts=False)) == {}


def row(posted_at, words="one two\n⟦approve 0123⟧\nthree"):
    return Message(
        key=key_of("prp_1"), ts="1.1", version=1, words=words, previous_words="",
        posting_since=None, state="posted", posted_at=posted_at,
    )  # fmt: skip


def test_a_card_is_seen_since_its_post_its_last_change_or_the_persons_opening_whichever_is_latest():
    proposal = make_proposal()
    edited = replace(proposal, revisions=(*proposal.revisions, replace(proposal.revisions[0], number=2, at=after(50))))
    assert card_seen(proposal, row(after(10)), None) == FirstSeen(at=after(10), words=3)
    assert card_seen(proposal, row(after(10)), after(90)) == FirstSeen(at=after(90), words=3)
    assert card_seen(edited, row(after(10)), None) == FirstSeen(at=after(50), words=3)
    assert card_seen(edited, row(after(70)), None) == FirstSeen(at=after(70), words=3)


def test_a_card_of_which_nobody_knows_since_when_it_stands_is_seen_since_it_was_opened_or_never():
    assert card_seen(make_proposal(), row(None), None) is None
    assert card_seen(make_proposal(), row(None), after(5)) == FirstSeen(at=after(5), words=3)


def test_words_are_counted_as_they_are_seen_without_what_buttons_do():
    blocks = card(make_proposal()).blocks
    counted = opened_seen(START, blocks).words
    assert counted == word_count(words_of(blocks)) > 40
    assert counted < len(words_of(blocks).split())
    assert word_count("") == 0
    assert word_count("amount 250 · until 5 - now\n⟦approve x⟧ 1\n= 7") == 6, "a lone sign is no word"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (
            {"rushed": True, "at": "2026-11-20T10:15:02.900Z", "first_seen_at": "2026-11-20T10:15:00.000Z"},
            " (after 2 s)",
        ),
        ({"rushed": True, "at": START, "first_seen_at": START}, " (after 0 s)"),
        ({"rushed": True}, ""),
    ],
)
def test_a_rushed_verdict_says_after_how_long(facts, told):
    assert rushed(facts) == f"{told}: sooner than it can be read"


def test_an_unhurried_verdict_says_nothing():
    assert rushed({"rushed": False, "at": START, "first_seen_at": START}) == rushed({}) == ""


def test_of_a_number_with_digits_that_only_a_computer_writes_the_form_says_which_are_enough():
    proposal = make_proposal(payload={"amount": 0.1 + 0.2}, confirmation=Confirmation(typed=("amount",)))
    form = type_form(proposal, "F1")
    (asked,) = [block for block in form["blocks"] if block["type"] == "input"]
    assert asked["hint"]["text"] == "0.3 is enough: the other digits need not be typed."
    assert word_faults(words(proposal), ["0.4"]) == {asked["block_id"]: "Type the number 0.3"}


@slow
@given(proposals(), st.lists(st.sampled_from(["", "amount", "a", "to.b"]), unique=True))
def test_whatever_the_proposal_slack_takes_the_form_of_the_tired_and_it_says_why_where_it_asks_more(proposal, paths):
    asked = Confirmation(typed=tuple(sorted(paths)))
    proposal = replace(proposal, gate=replace(proposal.gate, confirmation=asked))
    view = judged(type_form(proposal, "frm_1", tired=True))
    wanted = words(proposal, tired=True)
    assert len(inputs(view)) == len({each.field for each in wanted})
    assert ("You have decided a lot" in seen(view)) == (len(wanted) > len(words(proposal)))


def test_the_last_page_of_an_edit_wants_one_more_of_the_tired():
    proposal = make_proposal(confirmation=CONFIRM)
    asked = confirm_form(proposal, proposal, "frm_1", editor_counts=True, tired=True)
    assert list(inputs(asked)) == ["Type the value of amount"]
    assert "You have decided a lot" in seen(asked)
    assert inputs(confirm_form(proposal, proposal, "frm_1", editor_counts=True)) == {}


@pytest.mark.parametrize(("amount", "told"), [(250, False), (520, True)])
def test_the_tired_are_told_where_the_evidence_does_not_have_the_value_that_they_type(amount, told):
    ask = make_ask(context=(Evidence(title="Order 1001", text="One lamp, 250 EUR, for cus_1."),))
    payload = {"amount": amount, "customer": "cus_1"}
    view = type_form(make_proposal(ask=ask, payload=payload, confirmation=CONFIRM), "frm_1", tired=True)
    assert ("evidence does not have this value" in seen(view)) == told
