"""The 24 proposals: what they are for a reader, and what their cards show of them."""

from collections import Counter

import pytest

from approvals.gate import Tier
from bot.slack.cards.card import card
from bot.slack.cards.evidence import held_against_evidence
from tests.reading.measures import leaves
from tests.reading.proposals import policy, readings

READINGS = readings()
of_each = pytest.mark.parametrize("reading", READINGS, ids=lambda reading: f"{reading.number:02}-{reading.group}")


def unsupported(proposal):
    """The ways to the values that stand in no evidence."""
    return held_against_evidence(proposal).instead.keys()


def marked(reading):
    return [pytest.param(reading, mark, id=f"{reading.number:02}-{mark}") for mark in reading.marks]


def test_ten_are_fine_eight_are_mistaken_and_six_mean_ill():
    assert Counter(reading.group for reading in READINGS) == {"fine": 10, "mistaken": 8, "hostile": 6}
    assert [reading.number for reading in READINGS] == list(range(1, 25))
    assert len({reading.action for reading in READINGS}) >= 12


def test_the_policy_has_nothing_to_mend():
    assert policy().warnings == ()


@of_each
def test_each_is_what_its_agent_may_propose_and_waits_for_people(reading):
    proposal = reading.proposal()
    assert policy().allows(reading.agent, reading.action)
    assert policy().all_faults(proposal.ask, proposal.action) == ()
    assert proposal.gate.tier is Tier.approve


@of_each
def test_what_is_wrong_is_one_field_and_only_what_is_fine_has_none(reading):
    assert (reading.wrong in reading.payload) == (reading.group != "fine")
    assert set(reading.own) <= set(reading.payload)


@of_each
def test_the_card_is_whole_unless_the_payload_is_too_long_for_any(reading):
    made = card(reading.proposal())
    long = any(len(str(leaf)) > 5_000 for leaf in leaves(reading.payload))
    assert made.whole != long


@pytest.mark.parametrize(("reading", "mark"), [each for reading in READINGS for each in marked(reading)])
def test_what_hides_or_poses_is_named_on_the_card(reading, mark):
    assert mark in card(reading.proposal()).words


@of_each
def test_the_value_that_is_wrong_is_told_to_stand_in_no_evidence_and_of_what_is_right_none(reading):
    told = {path[0] for path in unsupported(reading.proposal())}
    by_hand = {"redirects", "role"}  # too long to be asked for, and a second thing that nobody of the house wrote
    assert told - {*reading.own, *by_hand} == ({reading.wrong} - by_hand if reading.wrong else set())
