"""The cards of the 24 as they wait: each value once and whole, what is odd named, and the agent's text unlike ours."""

import json
from statistics import median

import pytest

from approvals.paths import path_text
from bot.slack.cards.card import card
from bot.slack.cards.evidence import held_against_evidence
from bot.slack.words import cards as say
from tests.reading.measures import counted
from tests.reading.proposals import readings
from tests.reading.shown import claims, fields, is_label, noted
from tests.slack.hostile import exactly

READINGS = readings()
LONG = [reading for reading in READINGS if reading.number == 11]
MADE = {reading.number: card(reading.proposal()) for reading in READINGS}
REDACTED = {"secret"}
MOST_BLOCKS, MOST_WORDS, MOST_REPEATS = 8, 120, 2
"""At the median of all."""


def unsupported(proposal):
    """The ways to the values that stand in no evidence."""
    return held_against_evidence(proposal).instead.keys()


def of_each(among):
    return pytest.mark.parametrize("reading", among, ids=lambda reading: f"{reading.number:02}-{reading.group}")


def named(value, names=()):
    """Each value of a payload by the way to it; a list is one."""
    if isinstance(value, dict):
        return {path: leaf for name, member in value.items() for path, leaf in named(member, (*names, name)).items()}
    return {path_text(names): value}


@of_each([reading for reading in READINGS if reading not in LONG])
def test_every_value_of_the_payload_stands_there_once_and_whole(reading):
    read = fields(MADE[reading.number].blocks)
    expected = named(reading.payload)
    assert sorted(name for name, _ in read) == sorted(expected)
    for name, value in read:
        assert name in REDACTED or exactly(value) == exactly(expected[name])


@of_each(LONG)
def test_of_a_payload_too_long_for_a_card_its_short_values_stand_there_whole(reading):
    read = dict(fields(MADE[reading.number].blocks))
    assert {name: read[name] for name in ("host", "count")} == {"host": "www.fennmark.example", "count": 140}


@of_each(READINGS)
def test_what_is_redacted_stands_nowhere(reading):
    words = MADE[reading.number].words
    assert not [name for name in REDACTED & set(reading.payload) if reading.payload[name] in words]


@of_each([reading for reading in READINGS if reading not in LONG])
def test_what_stands_in_no_evidence_says_so_behind_its_value_and_nothing_else_does(reading):
    marks = (say.NOT_IN_THE_EVIDENCE, say.THE_AGENTS_EVIDENCE)
    told = {name.partition(".")[0] for name in noted(MADE[reading.number].blocks, *marks)}
    assert told == {path[0] for path in unsupported(reading.proposal())}
    assert reading.wrong is None or reading.wrong in told


@of_each(READINGS)
def test_every_bold_word_among_the_claims_is_ours(reading):
    text, labels = claims(MADE[reading.number].blocks)
    assert labels
    assert all(map(is_label, labels))
    assert reading.asked["reasoning"].split(". ")[0] in text


@of_each([reading for reading in READINGS if reading.harmless])
def test_signs_of_ours_in_the_agents_text_are_named_and_not_shown(reading):
    written = json.dumps(reading.body, ensure_ascii=False)
    shown = json.dumps(MADE[reading.number].blocks, ensure_ascii=False)
    for sign in reading.harmless:
        assert sign in written
        assert sign not in shown
        assert f"U+{ord(sign):04X}" in shown


def test_the_cards_are_short():
    measured = [counted(reading, MADE[reading.number].blocks) for reading in READINGS]
    assert median(each["blocks"] for each in measured) <= MOST_BLOCKS
    assert median(each["words"] for each in measured) <= MOST_WORDS
    assert median(each["repeats"] for each in measured) <= MOST_REPEATS
