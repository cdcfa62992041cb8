"""`signoff policy suggest`: reads a real past, shows what it bears with figures, diff and replay, and applies nothing."""

import asyncio
import json
import shlex
from dataclasses import replace
from types import SimpleNamespace

import pytest

from approvals.proposal import Action
from policy.checks.suggestion import Bounds
from storage import open_store
from tests.databases import KEY, new_database
from tests.examples.pages import blocks
from tests.house.tree import ROOT
from tests.lessons import Lessons
from tests.lives import Lives
from tests.making import Clock
from tests.policy.decided import FILE
from tests.program import run
from tests.storage.town import ALICE, submission

pytestmark = pytest.mark.sqlite

BEARS = ("--at-least", "50", "--error", "0.1", "--since", "3650d")


async def _lived(url):
    clock = Clock()
    async with open_store(url, KEY, clock) as store:
        lessons = Lessons(store, clock)
        for _ in range(60):
            await lessons.confirmed()
        for _ in range(20):
            asked = replace(submission(), action=Action(name="email.send", payload={"amount": 250}))
            made, _ = await lessons.lifecycle.submit(asked)
            await lessons.lifecycle.reject(made.id, ALICE, "No.", made.nonce)
        await lessons.erased()


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    folder = tmp_path_factory.mktemp("past")
    url = new_database(folder / "signoff.db")
    asyncio.run(_lived(url))
    (folder / "policy.yml").write_text(FILE)

    def suggest(*options, policy="policy.yml", since=BEARS):
        words = ("policy", "suggest", policy, *since, *options)
        return run(words, env={"SIGNOFF_DATABASE_URL": url, "PATH": "/usr/bin:/bin"}, cwd=folder)

    return SimpleNamespace(suggest=suggest, folder=folder, url=url)


def test_it_says_what_the_past_bears_with_figures_diff_and_replay_and_changes_nothing(past):
    finished = past.suggest()
    assert finished.returncode == 0, finished.stderr
    said = finished.stdout
    assert "policy.yml, held against 80 proposals since" in said
    assert "refunds: sample" in said
    assert "approved as it was, without a question: 60 of 60 (94 % to 100 %)" in said
    assert "replayed, of these proposals would be judged otherwise: approve→auto 60" in said
    assert "+    tier: auto             # people look" in said
    assert "mails: block" in said
    assert "replayed, of these proposals would be judged otherwise: approve→block 20" in said
    assert "Nothing was changed" in said
    assert (past.folder / "policy.yml").read_text() == FILE


def test_for_programs_it_says_the_same(past):
    found = json.loads(past.suggest("--json").stdout)
    assert {(each["rule"], each["kind"]) for each in found["suggestions"]} == {
        ("refunds", "sample"),
        ("mails", "block"),
        ("searches", "remove"),
    }
    refunds = next(each for each in found["suggestions"] if each["rule"] == "refunds")
    assert refunds["figures"]["wrong"] == {"hits": 0, "cases": 60, "low": 0.0, "high": pytest.approx(0.0602, abs=0.001)}
    assert refunds["replay"] == {"approve→auto": 60}
    assert refunds["diff"].startswith("--- policy.yml\n+++ policy.yml (suggested)\n")
    assert (found["proposals"], found["erased"], found["damaged"]) == (80, 1, [])
    assert "guard" in found["nothing_for"]["drops"]


def test_with_the_usual_bounds_the_same_past_bears_less_and_it_says_how_much_is_missing(past):
    said = past.suggest(since=("--since", "3650d")).stdout
    assert "mails: block" in said
    assert "refunds: approved as it was: 60 of 60 (94 % to 100 %); 140 more approvals that were read" in said


def test_a_short_past_bears_nothing_and_says_so(past):
    said = past.suggest(since=("--since", "1h")).stdout
    assert "held against 0 proposals" in said
    assert "The past bears no change of this policy." in said


def test_a_file_with_the_changes_is_a_sound_policy_beside_the_one_there_is(past):
    (past.folder / "policy.yml").chmod(0o640)
    finished = past.suggest("--write", "next.yml", "--rule", "mails")
    assert finished.returncode == 0, finished.stderr
    assert "next.yml has the changes of mails; policy.yml is as it was." in finished.stderr
    content = (past.folder / "next.yml").read_text()
    assert (past.folder / "next.yml").stat().st_mode & 0o777 == 0o640
    assert content == FILE.replace("tier: approve, reason: Mail", "tier: block, reason: Mail")
    assert (past.folder / "policy.yml").read_text() == FILE
    environ = {"PATH": "/usr/bin:/bin"}
    checked = run(("policy", "check", "next.yml", "--no-secrets"), env=environ, cwd=past.folder)
    assert checked.returncode == 0, checked.stdout


def test_the_lines_of_the_page_run_and_it_tells_of_every_kind(past):
    page = ROOT / "docs" / "how-to" / "suggestions.md"
    look, write = (shlex.split(block)[1:] for block in blocks(page, "sh"))
    environ = {"SIGNOFF_DATABASE_URL": past.url, "PATH": "/usr/bin:/bin"}
    (past.folder / "next.yml").unlink(missing_ok=True)
    for words in (look, write):
        finished = run([*(each.replace("90d", "3650d") for each in words)], env=environ, cwd=past.folder)
        assert finished.returncode == 0, finished.stderr
        assert "mails: block" in finished.stdout
    assert (past.folder / "next.yml").exists()
    told = {row.split("`")[1] for row in page.read_text().splitlines() if row.startswith("| `")}
    assert told == {"watch", "sample", "block", "remove", "hours", "field"}
    bounds = Bounds()
    assert f"at least {bounds.decisions} as they were" in page.read_text()
    assert f"rejected at least {bounds.rejections}" in page.read_text()


def test_a_file_that_is_there_is_never_written_over(past):
    (past.folder / "mine.yml").write_text("mine")
    finished = past.suggest("--write", "mine.yml")
    assert finished.returncode == 2
    assert "is there already" in finished.stderr
    assert (past.folder / "mine.yml").read_text() == "mine"
    assert "is there already" in past.suggest("--write", "policy.yml").stderr
    assert (past.folder / "policy.yml").read_text() == FILE


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--since", "soon"), "--since"),
        (("--rule", "none"), "There is no rule none in policy.yml."),
        (("--rule", "drops", "--write", "new.yml"), "there is no change to write"),
        (("--write", "elsewhere/new.yml"), "where the schemas are"),
        (("--at-least", "3"), "--at-least"),
        (("--error", "0.5"), "--error"),
    ],
)
def test_wrong_use_is_two_and_says_what_is_right(past, options, told):
    finished = past.suggest(*options)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert told in finished.stderr
    assert not (past.folder / "new.yml").exists()


def test_a_policy_with_faults_is_held_against_nothing(past):
    (past.folder / "wrong.yml").write_text(FILE.replace("tier: block", "tier: blok"))
    finished = past.suggest(policy="wrong.yml")
    assert (finished.returncode, finished.stdout) == (2, "")
    assert "wrong.yml:19: rule drops" in finished.stderr
    assert past.suggest(policy="none.yml").returncode == 2


def test_without_a_database_it_says_that_there_is_none(tmp_path):
    (tmp_path / "policy.yml").write_text(FILE)
    environ = {"SIGNOFF_DATABASE_URL": f"sqlite:///{tmp_path}/none.db", "PATH": "/usr/bin:/bin"}
    finished = run(("policy", "suggest"), env=environ, cwd=tmp_path)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert "none.db" in finished.stderr


async def test_what_people_said_of_samples_is_read_by_proposal(tmp_path):
    clock = Clock()
    async with open_store(new_database(tmp_path / "signoff.db"), KEY, clock) as store:
        lives = Lives(store, clock, "support-bot", "U0OWNER")
        fine = await lives.auto_sampled()
        drawn = await lives.auto()
        assert await store.reads.sample_verdicts([fine, drawn, "prp_none"]) == {fine: True}
