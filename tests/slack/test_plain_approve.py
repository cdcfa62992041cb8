"""Approve has no colour: one that is green only where nothing is wrong would be read in place of the card."""

import pytest

from approvals.proposal import Preview
from bot.slack.cards.card import card
from bot.slack.cards.details import Verdicts, details, pages
from tests.making import make_proposal
from tests.slack.card_states import TWINS
from tests.slack.hostile import buttons

HIDDEN = "Berg\u200b"


@pytest.mark.parametrize(
    "proposal",
    [
        make_proposal(),
        make_proposal(payload={"name": HIDDEN}),
        make_proposal(reasoning=HIDDEN),
        make_proposal(preview=Preview(kind="text", text=HIDDEN)),
        make_proposal(excluded=("U0OWEN",), self_review=("support",)),
    ],
)
@pytest.mark.parametrize("equals", [(), TWINS[:1]])
def test_whatever_a_card_warns_of_approve_looks_the_same(proposal, equals):
    made = buttons(card(proposal, equals=equals).blocks)
    assert "style" not in made["approve"]
    assert made["reject"]["style"] == "danger"


@pytest.mark.parametrize("name", ["Berg", HIDDEN])
def test_so_it_does_after_the_last_page_of_details(name):
    proposal = make_proposal(payload={"name": name, "text": "word " * 9000})
    last = len(pages(proposal)) - 1
    view = details(proposal, "form", last, Verdicts(approve=True, reject=True))
    assert "style" not in buttons(view["blocks"])["details_approve"]
