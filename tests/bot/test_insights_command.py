"""`signoff insights`, run as an operator runs it, beside whatever else uses the database."""

import json
import os
from dataclasses import replace

import pytest

from approvals.decision import Attestation, FirstSeen
from approvals.lifecycle import Lifecycle
from approvals.oversight import Oversight
from approvals.proposal import Action
from bot.cli.insights import insight_lines
from bot.clock import SystemClock
from bot.ids import RandomIds
from bot.insights import insight_object
from bot.keys import seal_keys, seeds_for
from storage import Insight, open_store
from tests import program
from tests.making import START, Lots
from tests.storage.town import ALICE, BOB, CAROL, TablePolicy, submission


def signoff(folder, *words):
    """Exit code, standard output and standard error of a command in the folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "SIGNOFF_"))}
    env = {**kept, "SIGNOFF_DATABASE_URL": f"sqlite:///{folder}/signoff.db"}
    ran = program.run(("insights", *words), env=env, cwd=folder)
    return ran.returncode, ran.stdout, ran.stderr


@pytest.fixture
async def folder(tmp_path):
    """A database with an approval that was rushed, one that two gave, a rejection, and one that waits."""
    file, clock = tmp_path / "signoff.db", SystemClock()
    key = seal_keys(seeds_for(file, None))
    async with open_store(f"sqlite:///{file}", seal_key=key, clock=clock) as store:
        verbs = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=RandomIds(), randomness=Lots())
        at_once = Attestation(first_seen=FirstSeen(at=clock.now(), words=9000))
        made, _ = await verbs.submit(submission())
        await verbs.approve(made.id, ALICE, made.nonce, attestation=at_once)
        both, _ = await verbs.submit(submission(2500))
        await verbs.approve(both.id, ALICE, both.nonce)
        await verbs.reject(both.id, CAROL, "No.", both.nonce)
        refused, _ = await verbs.submit(submission())
        await verbs.reject(refused.id, BOB, "No.", refused.nonce)
        await verbs.submit(replace(submission(), action=Action(name="odd\u202e.name", payload={"amount": 250})))
    return tmp_path


def test_people_read_what_was_asked_and_how_it_was_decided(folder):
    code, said, wrong = signoff(folder)
    assert (code, wrong) == (0, "")
    lines = [line.strip() for line in said.splitlines()]
    assert "4 asked: 1 approved untouched, 2 rejected, 1 wait" in lines
    assert "4 decisions: 2 approved, 2 rejected" in lines
    assert "seen for 0.0 times its reading time in the median; 1 of 1 (100%, 21%-100%) in less than half of it" in lines
    assert "the second disagreed with the first in 1 of 1 (100%, 21%-100%)" in lines
    assert [line for line in lines if line.startswith("support: 1, the oldest for ")]
    assert "odd\\u202e.name" in lines
    assert "U0" not in said


def test_for_programs_it_is_what_an_auditor_is_told(folder):
    code, said, _ = signoff(folder, "--json", "--since", "7d")
    found = json.loads(said)
    assert (code, found["everything"]["decisions"]["made"]) == (0, 4)
    assert [each["name"] for each in found["actions"]] == ["refund.create", "odd\u202e.name"]
    assert "U0" not in said
    code, said, _ = signoff(folder, "--json", "--role", "finance")
    assert json.loads(said)["everything"]["proposals"]["asked"] == 1


def test_where_nothing_was_asked_it_says_so(folder):
    code, said, _ = signoff(folder, "--agent", "nobody")
    assert (code, said.split(" ", 2)[2]) == (0, "nobody was asked anything, and no sample was drawn.\n")


def test_a_time_that_is_none_and_a_database_that_is_not_there_are_said(folder, tmp_path_factory):
    code, _, wrong = signoff(folder, "--since", "yesterday")
    assert (code, wrong.startswith("--since: name a day (2026-11-01")) == (2, True)
    code, _, wrong = signoff(tmp_path_factory.mktemp("empty"))
    assert (code, "signoff.db" in wrong) == (2, True)


def test_how_drills_ended_is_a_line_of_its_own():
    counts = {("caught", 0): (3, 0), ("missed", 0): (1, 0), ("unanswered", 0): (2, 0), ("broken_off", 0): (1, 0)}
    of = Oversight(counts=counts)
    lines = [each.strip() for each in insight_lines(Insight(everything=of, left_out={}), (), START, START)]
    assert "drills: caught 3 of 4 (75%, 30%-95%); 2 unanswered, 1 broken off" in lines
    assert not [each for each in lines if "asked" in each or "decision" in each]
    figures = insight_object(Insight(everything=of, left_out={}), (), START, START)["everything"]
    assert (figures["proposals"]["asked"], figures["decisions"]["made"]) == (0, 0)
    assert figures["drills"]["caught"]["count"] == 3
    assert {name: figures["drills"][name] for name in ("missed", "unanswered", "broken_off")} == {
        "missed": 1,
        "unanswered": 2,
        "broken_off": 1,
    }
