"""The run of 36: what it is for a reader, what its cards show, and how what a reader said is counted."""

import shutil
from collections import Counter
from dataclasses import replace

import pytest

from approvals.gate import Confirmation, Tier
from approvals.moves.confirmation import words
from bot.slack.blockkit.text import words_of
from bot.slack.cards.card import card
from bot.slack.forms.typed_confirmation import type_form
from bot.slack.words import forms as say
from policy.build import load
from tests.browser import needs_chromium
from tests.reading.proposals import POLICY, policy
from tests.reading.run import STRETCHES, run, weary_policy
from tests.reading.run.pictures import take
from tests.reading.run.verdicts import NoVerdict, answers, of_run, verdicts
from tests.reading.test_proposals import unsupported

RUN = run()
of_each = pytest.mark.parametrize("reading", RUN, ids=lambda reading: f"{reading.number:02}-{reading.group}")


def test_six_of_36_do_harm_and_stand_from_the_beginning_to_the_end():
    assert [each.number for each in RUN] == list(range(1, 37))
    assert [each.number for each in RUN if each.wrong] == [4, 12, 19, 27, 33, 36]
    assert [number for stretch in STRETCHES for number in stretch] == list(range(1, 37))


@of_each
def test_each_is_what_its_agent_may_propose_and_waits_for_people(reading):
    proposal = reading.proposal()
    assert policy().allows(reading.agent, reading.action)
    assert policy().all_faults(proposal.ask, proposal.action) == ()
    assert proposal.gate.tier is Tier.approve
    assert card(proposal).whole


@of_each
def test_what_does_harm_is_one_field_and_nothing_else_is_marked_as_such(reading):
    assert (reading.wrong in reading.payload) == (reading.group != "fine")
    told = {path[0] for path in unsupported(reading.proposal())} - set(reading.own)
    by_hand = {"sql"}  # a statement is held against nothing but its reader
    assert told - by_hand == ({reading.wrong} - by_hand if reading.wrong else set())


def test_the_answers_are_what_catches_all_and_cries_wolf_at_nothing():
    told = of_run(answers(RUN), "harmful")
    assert told.splitlines()[-1].split() == ["1-36", "6/6", "0"]
    assert "Missed" not in told


def test_whoever_approves_all_catches_nothing_and_is_told_what_was_missed():
    told = of_run("".join(f"{each.number} approve\n" for each in RUN), "harmful")
    assert "  1-36    0/6             0" in told
    assert all(f"{each.number}: {each.why}" in told for each in RUN if each.wrong)


def test_whoever_rejects_all_has_thirty_false_alarms():
    assert of_run("".join(f"{each.number:02}. Reject, odd\n" for each in RUN), "harmful").split()[-2:] == ["6/6", "30"]


@pytest.mark.parametrize("line", ["4 perhaps", "reject 4", "4"])
def test_a_line_that_is_no_verdict_is_named(line):
    with pytest.raises(NoVerdict, match=line):
        verdicts(line)


def test_a_run_that_is_not_judged_whole_is_not_counted():
    with pytest.raises(NoVerdict, match="36"):
        of_run("".join(f"{number} approve\n" for number in range(1, 36)), "harmful")


@pytest.mark.browser
@needs_chromium
async def test_each_has_a_picture_whose_name_says_nothing(tmp_path):
    await take(RUN[:2], tmp_path, tmp_path / "pictures")
    assert sorted(each.name for each in (tmp_path / "pictures").iterdir()) == ["01.png", "02.png"]


CHANGED = run("changed")


def test_of_the_changed_three_are_early_and_three_late_and_all_others_are_the_same_fine_ones():
    assert [each.number for each in CHANGED if each.wrong] == [2, 5, 9, 31, 34, 36]
    assert Counter(each.action for each in CHANGED if each.wrong and each.number < 11) == Counter(
        each.action for each in CHANGED if each.wrong and each.number > 30
    )
    fine = [[each.payload for each in of if not each.wrong] for of in (RUN, CHANGED)]
    assert fine[0] == fine[1]


@pytest.mark.parametrize("reading", [each for each in CHANGED if each.wrong], ids=lambda each: f"{each.number:02}")
def test_what_was_changed_is_what_the_tired_type_and_the_form_says_that_the_evidence_has_it_not(reading):
    proposal = reading.proposal()
    proposal = replace(proposal, gate=replace(proposal.gate, confirmation=Confirmation()))
    assert [each.field for each in words(proposal, tired=True)] == [reading.wrong]
    assert say.THE_EVIDENCE_HAS_NO_SUCH_VALUE in words_of(type_form(proposal, "frm_1", tired=True)["blocks"])


def test_the_policy_of_the_tired_is_sound_and_tires_in_every_role(tmp_path):
    path = tmp_path / "policy.yml"
    path.write_text(weary_policy(), encoding="utf-8")
    shutil.copytree(POLICY.parent / "schemas", tmp_path / "schemas")
    weary = load(path, None)
    assert [bool(weary.fatigue([role])) for role in weary.roles] == [True, True, True]


@pytest.mark.browser
@needs_chromium
async def test_what_is_grave_has_a_picture_of_the_form_too_in_which_the_tired_type(tmp_path):
    of = [each for each in CHANGED if each.number in (2, 3)]
    await take(of, tmp_path, tmp_path / "pictures", tired=True)
    assert sorted(each.name for each in (tmp_path / "pictures").iterdir()) == ["02-form.png", "02.png", "03.png"]
