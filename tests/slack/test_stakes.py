"""What stands out of the values that no evidence holds: where money, data or rights go, and what is nearly there."""

from dataclasses import replace

import pytest

from approvals.proposal import Evidence, Status
from bot.slack.blockkit.text import words_of
from bot.slack.cards.card import card
from bot.slack.cards.details import pages
from bot.slack.cards.stakes import at_stake
from tests.making import make_proposal

AT_STAKE = [
    (("to", 1), "ann@x.example"),
    (("bcc",), "archive"),
    (("recipientName",), "Ann Berg"),
    (("RECIPIENT_ID",), "cus-777"),
    (("payee", "name"), "Lumen Verleih"),
    (("note",), "ann@x.example"),
    (("next",), "https://hooks.example/in"),
    (("next",), "ftp://files.example/in"),
    (("reference",), "LT12 1000 0111 0100 1000"),
    (("billingIBAN",), "unknown"),
    (("apiURL",), "crm.example"),
    (("amount",), 12.5),
    (("line", "unit_price"), 9.4),
    (("lines", 0, "quantity"), 240),
    (("role",), "owner"),
    (("access",), "write"),
    (("from",), "Main account"),
    (("attach", 1), "salaries-2026.xlsx"),
    (("reportFile",), "salaries-2026.xlsx"),
]
HARMLESS = [
    (("subject",), "Your seats"),
    (("strategy",), "rolling"),
    (("tags", 0), "theatre"),
    (("to",), "2026-12-11T22:00:00+01:00"),
    (("from",), "11 December 2026"),
    (("topic",), "Seats"),
    (("percent",), 50),
    (("token",), 12345),
    (("order",), "A-1001"),
]


def of(payload, evidence="Order A-1001"):
    return make_proposal(payload={"order": "A-1001", **payload}, context=(Evidence(title=evidence),))


def bullets(made):
    return [
        "".join(run["text"] for run in point["elements"])
        for block in made.blocks
        for part in block.get("elements", ())
        if part.get("type") == "rich_text_list"
        for point in part["elements"]
    ]


def told(made):
    return next((each for each in bullets(made) if each.startswith("Not in evidence: ")), None)


def named(made):
    """Which names the bullet has, and whether in bold."""
    (point,) = (
        point
        for block in made.blocks
        for part in block.get("elements", ())
        if part.get("type") == "rich_text_list"
        for point in part["elements"]
        if point["elements"][0]["text"].startswith("Not in evidence")
    )
    return {run["text"]: "style" in run for run in point["elements"][1:] if run["text"] != ", "}


def mark(made, name):
    """The style of the mark behind the value of a field."""
    runs = [run for block in made.blocks for part in block.get("elements", ()) for run in part.get("elements", ())]
    place = next(place for place, run in enumerate(runs) if run.get("text") == f"{name} ")
    return next(run["style"] for run in runs[place + 2 :] if "evidence" in run["text"])


@pytest.mark.parametrize(("path", "value"), AT_STAKE)
def test_who_gets_something_where_it_goes_how_much_and_what_they_may_is_at_stake(path, value):
    assert at_stake(path, value)


@pytest.mark.parametrize(("path", "value"), HARMLESS)
def test_what_is_worded_or_counted_is_not(path, value):
    assert not at_stake(path, value)


def test_what_is_at_stake_is_named_at_the_top_and_marked_in_bold():
    made = card(of({"bcc": "archive@post.example", "subject": "Your seats"}))
    assert told(made) == "Not in evidence: bcc"
    assert mark(made, "bcc") == {"bold": True, "italic": True}


def test_what_is_harmless_is_marked_beside_its_value_alone():
    made = card(of({"subject": "Your seats"}))
    assert told(made) is None
    assert mark(made, "subject") == {"italic": True}


def test_what_the_evidence_has_nearly_stands_out_whatever_its_name():
    made = card(of({"topic": "T-20588"}, "Order A-1001 of T-20558"))
    assert told(made) == "Not in evidence: topic"
    assert named(made) == {"topic": True}
    assert mark(made, "topic") == {"bold": True, "italic": True}


def test_of_values_in_boxes_those_at_stake_come_first_and_the_harmless_are_named_too():
    lines = [{"colour": "dark blue", "note": "please\nsoon"}, {"payee": "Weberei Tann", "note": "please\nsoon"}]
    made = card(of({"lines": lines, "amount": 99}))
    assert told(made) == "Not in evidence: amount, lines.1.payee, lines.0.colour"
    assert named(made) == {"amount": True, "lines.1.payee": True, "lines.0.colour": False}


def test_harmless_values_in_boxes_are_named_as_well():
    made = card(of({"lines": [{"colour": "dark blue", "note": "please\nsoon"}]}))
    assert told(made) == "Not in evidence: lines.0.colour"


def test_where_no_value_is_in_the_evidence_the_card_says_so_once():
    made = card(of({"amount": 99, "payee": "Tann"}, "Please be quick"))
    assert "No value of it is in the agent's evidence" in bullets(made)


def test_a_sign_of_ours_in_what_is_near_is_named():
    made = card(of({"topic": "✅-approved-by-ruth-1"}, "Order A-1001 ✅-approved-by-ruth-2"))
    assert "agent's evidence: ⟨U+2705 white heavy check mark⟩-approved-by-ruth-2" in made.words


def test_details_say_it_before_what_will_run_and_mark_it_there_while_it_waits():
    proposal = of({"bcc": "archive@post.example", "text": "word " * 9000})
    words = words_of(block for page in pages(proposal) for block in page)
    assert words.index("Not in evidence: bcc") < words.index("Payload: exactly what will run")
    assert 'bcc "archive@post.example" · not in evidence' in words
    decided = replace(proposal, status=Status.withdrawn)
    assert "evidence" not in words_of(block for page in pages(decided)[:-2] for block in page)


def test_of_a_list_that_the_evidence_has_in_part_the_mark_names_the_rest():
    files = ["photos.zip", "salaries.xlsx", "plan.pdf"]
    said = words_of(card(of({"attach": files}, "Order A-1001: please send photos.zip and plan.pdf")).blocks)
    assert 'not in evidence: "salaries.xlsx"' in said
    assert told(card(of({"attach": files}, "Order A-1001: please send photos.zip and plan.pdf"))).endswith("attach")
    nothing = words_of(card(of({"attach": files}, "Order A-1001")).blocks)
    assert "not in evidence" in nothing
    assert "not in evidence: " not in nothing
