"""What a card warns of: the button to approve it is not the one to press."""

import pytest

from approvals.proposal import Preview
from bot.slack.cards.card import card
from bot.slack.cards.details import Verdicts, details, pages
from tests.making import make_proposal
from tests.slack.card_states import TWINS
from tests.slack.hostile import buttons

HIDDEN = "Berg\u200b"
WARNED = [
    make_proposal(payload={"name": HIDDEN}),
    make_proposal(reasoning=HIDDEN),
    make_proposal(preview=Preview(kind="text", text=HIDDEN)),
    make_proposal(excluded=("U0OWEN",), self_review=("support",)),
]


@pytest.mark.parametrize("proposal", WARNED)
def test_beside_a_warning_approve_is_no_green_button(proposal):
    made = buttons(card(proposal).blocks)
    assert "style" not in made["approve"]
    assert made["reject"]["style"] == "danger"


def test_without_one_it_is():
    assert buttons(card(make_proposal()).blocks)["approve"]["style"] == "primary"


def test_the_same_again_is_a_warning():
    assert "style" not in buttons(card(make_proposal(), equals=TWINS[:1]).blocks)["approve"]


@pytest.mark.parametrize("name", ["Berg", HIDDEN])
def test_nor_is_it_green_after_the_last_page_of_details(name):
    proposal = make_proposal(payload={"name": name, "text": "word " * 9000})
    last = len(pages(proposal)) - 1
    view = details(proposal, "form", last, Verdicts(approve=True, reject=True))
    assert ("style" in buttons(view["blocks"])["details_approve"]) is (name == "Berg")
