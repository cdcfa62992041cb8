"""What people are shown of a proposal that was erased: that it was, what became of it, and nothing that was written."""

from dataclasses import replace

from approvals.content import ERASED, without_content
from approvals.proposal import Status
from bot.slack.blockkit.text import words_of
from bot.slack.cards.card import card
from bot.slack.cards.details import pages
from bot.slack.cards.title import caption, in_brief
from tests.making import START
from tests.slack.card_states import resolved

SECRET = "Hunter2-canary"


def erased():
    proposal = resolved(Status.rejected, reason=f"{SECRET} is wrong.")
    gate = replace(proposal.gate, title="Refund {payload.order}", show=("order",))
    proposal = replace(proposal, gate=gate, ask=replace(proposal.ask, reasoning=SECRET, summary=SECRET))
    assert SECRET in words_of(card(proposal).blocks)
    return replace(without_content(proposal), erased_at=START)


def test_a_card_says_that_it_was_erased_and_what_became_of_it():
    made = card(erased())
    said = words_of(made.blocks)
    assert "was erased" in said
    assert "Rejected" in said
    assert SECRET not in str(made)
    assert "no fields" not in said


def test_details_say_so_too_and_keep_who_and_which_digest():
    proposal = erased()
    said = " ".join(words_of(page) for page in pages(proposal))
    assert "was erased" in said
    assert proposal.digest in said
    assert SECRET not in said


def test_a_list_calls_it_by_its_action_and_has_no_values_to_show():
    assert caption(erased()) == "refund.create"
    assert in_brief(erased(), 100) == "erased"


def test_what_people_gave_as_a_reason_is_told_to_have_been_erased():
    assert ERASED in words_of(card(erased()).blocks)
