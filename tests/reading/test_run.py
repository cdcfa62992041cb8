"""The run of 36: what it is for a reader, what its cards show, and how what a reader said is counted."""

import pytest

from approvals.gate import Tier
from bot.slack.cards.card import card
from tests.browser import needs_chromium
from tests.reading.proposals import policy
from tests.reading.run import STRETCHES, run
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
