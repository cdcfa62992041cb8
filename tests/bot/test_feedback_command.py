"""`signoff feedback export`: what people said, as cases; each period's once, nobody named, nothing redacted or erased."""

import json
import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing
from types import SimpleNamespace

import jsonpatch
import pytest

from approvals.drill import DrillOrigin
from bot.cli.feedback.datasets import TASK
from bot.cli.feedback.drafts import AS_IT_WAS, draft
from policy import PolicyFaults, load
from policy.file.yaml_file import Document
from tests.house.tree import ROOT
from tests.lessons import GONE, IBAN, OTHER_IBAN, past_in
from tests.policy.files import ENVIRON, written
from tests.program import run

pytestmark = pytest.mark.sqlite

DAY = "2026-11-20"


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    """The command on a past that has everything."""
    folder = tmp_path_factory.mktemp("lessons")
    url, ids = past_in(folder)
    environ = {"SIGNOFF_DATABASE_URL": url, "PATH": "/usr/bin:/bin"}

    def export(*options):
        return run(("feedback", "export", *options), env=environ, cwd=folder)

    return SimpleNamespace(export=export, ids=ids, folder=folder, environ=environ)


def lines(finished):
    assert finished.returncode == 0, finished.stderr
    return [json.loads(line) for line in finished.stdout.splitlines()]


def by_life(past, finished=None):
    named = {proposal_id: life for life, proposal_id in past.ids.items()}
    return {named[each["id"]]: each for each in lines(finished or past.export())}


def test_each_case_has_its_kind_what_people_answered_and_comes_in_the_order_of_decision(past):
    found = lines(past.export())
    assert [each["at"] for each in found] == sorted(each["at"] for each in found)
    assert {life: (each["kind"], each["answer"]) for life, each in by_life(past).items()} == {
        "rejected": ("negative", "reject"),
        "corrected": ("corrected", "edit"),
        "confirmed": ("confirmed", "approve"),
        "failed": ("regression", None),
        "objected": ("regression", "reject"),
        "taken_back": ("regression", "reject"),
    }
    assert {each["form"] for each in found} == {1}


def test_a_case_has_the_proposal_the_decision_and_the_reason(past):
    case = by_life(past)["rejected"]
    assert (case["proposal"]["action"], case["proposal"]["agent"]) == ("refund.create", "support-bot")
    assert (case["proposal"]["payload"]["amount"], case["proposal"]["reasoning"][:19]) == (250, "The parcel is lost;")
    assert case["decision"] == {"verdict": "reject", "approvals": 0, "rushed": False, "seconds": 300.0}
    assert case["questions"] == [{"text": "Who asked for it?", "reply": "The customer."}]
    assert case["gate"]["rules"] == ["refund-large"]
    assert case["reason"].startswith("Never to ▮")
    assert by_life(past)["objected"]["afterwards"] == {
        "what": "objected",
        "at": by_life(past)["objected"]["afterwards"]["at"],
        "reason": "Not again.",
    }


def test_an_edit_is_a_pair_and_a_patch_that_makes_one_of_the_other(past):
    case = by_life(past)["corrected"]
    edit = case["edit"]
    assert edit["before"] == case["proposal"]["payload"]
    assert (edit["before"]["amount"], edit["after"]["amount"]) == (250, 200)
    assert {"op": "replace", "path": "/amount", "value": 200} in edit["patch"]
    assert jsonpatch.apply_patch(edit["before"], edit["patch"]) == edit["after"]


@pytest.mark.parametrize("form", ["jsonl", "inspect", "pydantic-evals"])
def test_nothing_redacted_nothing_erased_and_nobody_is_in_it(past, form):
    said = past.export("--format", form).stdout
    assert said
    for secret in (IBAN, OTHER_IBAN, GONE, past.ids["erased"], "U0ALICE", "U0BOB", "alex"):
        assert secret not in said, secret
    assert past.ids["rejected"] in said


def test_it_says_what_was_redacted_what_was_erased_and_how_many_there_are(past):
    finished = past.export()
    assert all(each["redacted"] for each in lines(finished))
    assert "6 cases, of 8 decided in the period, 6 with something redacted" in finished.stderr
    assert "1 confirmed, 1 corrected, 1 negative, 3 regression" in finished.stderr
    assert "1 erased since: nothing of it is here." in finished.stderr
    assert "1 that failed, of which nobody said" in past.export("--format", "inspect").stderr


def test_two_periods_that_meet_have_every_case_once(past):
    whole = past.export().stdout
    at = lines(past.export())[3]["at"]
    first, second = past.export("--until", at).stdout, past.export("--since", at).stdout
    assert first
    assert second
    assert first + second == whole
    assert json.loads(second.splitlines()[0])["at"] == at
    assert past.export("--since", "2026-11-22", "--until", "2026-11-23").stdout == ""


def test_the_same_period_gives_the_same_bytes_and_a_file_is_only_its_owners(past):
    printed = past.export("--since", DAY).stdout
    assert past.export("--since", DAY, "--output", "kept.jsonl").stdout == ""
    kept = past.folder / "kept.jsonl"
    assert kept.read_text() == printed
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not list(past.folder.glob("*.part"))


def test_a_sample_for_inspect_asks_for_the_answer_and_keeps_it_from_the_model(past):
    samples = {each["id"]: each for each in lines(past.export("--format", "inspect"))}
    assert past.ids["failed"] not in samples
    corrected = samples[past.ids["corrected"]]
    assert corrected["target"] == "edit"
    assert corrected["input"].startswith(TASK)
    shown = json.loads(corrected["input"].removeprefix(TASK))
    assert shown["payload"]["amount"] == 250
    assert not {"reason", "edit", "decision", "gate", "kind", "run_id", "proposed_at"} & shown.keys()
    assert corrected["metadata"]["edit"]["after"]["amount"] == 200


def test_a_document_for_pydantic_evals_has_the_payload_that_people_wanted(past):
    document = json.loads(past.export("--format", "pydantic-evals").stdout)
    cases = {each["name"]: each for each in document["cases"]}
    wanted = {life: cases[past.ids[life]]["expected_output"] for life in ("rejected", "corrected", "confirmed")}
    assert {life: each["answer"] for life, each in wanted.items()} == {
        "rejected": "reject",
        "corrected": "edit",
        "confirmed": "approve",
    }
    assert wanted["rejected"]["payload"] is None
    assert (wanted["corrected"]["payload"]["amount"], wanted["confirmed"]["payload"]["amount"]) == (200, 250)
    assert cases[past.ids["taken_back"]]["expected_output"] == {"answer": "reject", "payload": None}


def test_a_dataset_of_nothing_is_one_that_can_be_read(past):
    empty = ("--until", "2026-11-01", "--format")
    assert json.loads(past.export(*empty, "pydantic-evals").stdout)["cases"] == []
    assert past.export(*empty, "inspect").stdout == ""


def test_on_a_terminal_it_shows_how_far_it_is(past):
    leader, follower = pty.openpty()
    environ = {**past.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'client'}", "TERM": "xterm"}
    code = "from bot.cli.main import main; main()"
    words = [sys.executable, "-c", code, "feedback", "export", "--output", "shown.jsonl"]
    with subprocess.Popen(words, env=environ, cwd=past.folder, stderr=follower) as process:
        os.close(follower)
        shown = b""
        while piece := _read(leader):
            shown += piece
    os.close(leader)
    assert process.returncode == 0
    assert b"proposals" in shown


def _read(leader):
    try:
        return os.read(leader, 4096)
    except OSError:  # as Linux says that nobody writes there any more
        return b""


def test_what_is_damaged_is_left_out_named_and_a_finding(tmp_path):
    url, ids = past_in(tmp_path, "rejected", "confirmed")
    with closing(sqlite3.connect(tmp_path / "signoff.db")) as file, file:
        (text,) = file.execute("SELECT sql FROM sqlite_master WHERE name = 'revisions_stay'").fetchone()
        file.execute("DROP TRIGGER revisions_stay")
        file.execute("UPDATE revisions SET payload = '{}' WHERE proposal_id = ?", (ids["rejected"],))
        file.execute(text)
    finished = run(("feedback", "export"), env={"SIGNOFF_DATABASE_URL": url, "PATH": "/usr/bin:/bin"}, cwd=tmp_path)
    assert finished.returncode == 1
    assert [json.loads(line)["id"] for line in finished.stdout.splitlines()] == [ids["confirmed"]]
    assert ids["rejected"] in finished.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--since", "soon"), "--since: name a day"),
        (("--until", "soon"), "--until: name a day"),
        (("--format", "csv"), "--format is one of jsonl, inspect, pydantic-evals"),
        (("--output", "none/kept.jsonl"), "cannot be used"),
    ],
)
def test_wrong_use_is_two_and_says_what_is_right(past, options, told):
    finished = past.export(*options)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert told in finished.stderr


def test_a_database_that_is_not_there_is_said(tmp_path):
    environ = {"SIGNOFF_DATABASE_URL": f"sqlite:///{tmp_path}/none.db", "PATH": "/usr/bin:/bin"}
    finished = run(("feedback", "export"), env=environ, cwd=tmp_path)
    assert finished.returncode == 2
    assert "There is no database" in finished.stderr
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """What the command makes a library of, of a past in which nothing is redacted; and where, and the ids."""
    folder = tmp_path_factory.mktemp("rejected")
    url, ids = past_in(folder, "rejected", "corrected", "confirmed", "taken_back", "erased", redact=())
    finished = run(
        ("feedback", "export", "--format", "drills", "--output", "drills.yml"),
        env={"SIGNOFF_DATABASE_URL": url, "PATH": "/usr/bin:/bin"},
        cwd=folder,
    )
    assert finished.returncode == 0, finished.stderr
    return SimpleNamespace(folder=folder, ids=ids, said=finished.stderr, text=(folder / "drills.yml").read_text())


def test_what_people_rejected_is_a_library_once_somebody_wrote_where_it_shows(library, tmp_path):
    policy = written(tmp_path, drills={"library": "drills.yml", "roles": ["support"]})
    (tmp_path / "drills.yml").write_text(library.text)
    with pytest.raises(PolicyFaults, match=r"drills\.yml:\d+: drills\[0\]\.look_at"):
        load(policy, ENVIRON)
    (tmp_path / "drills.yml").write_text(library.text.replace("look_at: ''", "look_at: The account."))
    ((plant,),) = load(policy, ENVIRON).drills.plants.values()
    assert (plant.action.name, plant.action.payload["amount"], plant.action.payload["iban"]) == (
        "refund.create",
        250,
        IBAN,
    )
    assert plant.reasoning.startswith("The parcel is lost;")
    assert (plant.drill.origin, plant.drill.wrong) == (DrillOrigin.past, f"Never to {IBAN}.")
    assert library.ids["rejected"] in library.text


def test_only_what_was_rejected_as_it_came_and_is_still_there_is_in_it(library):
    assert library.text.count("- action:") == 1
    assert GONE not in library.text
    for other in ("corrected", "confirmed", "taken_back", "erased"):
        assert library.ids[other] not in library.text
    assert "1 case, of 5 decided in the period: 1 negative." in library.said
    assert "3 that nobody rejected, or of which something is redacted: left out." in library.said


def test_what_would_be_told_by_a_mark_in_it_is_no_drill(past):
    finished = past.export("--format", "drills")
    assert "- action:" not in finished.stdout
    assert "0 cases" in finished.stderr


def test_a_long_reason_of_many_lines_is_one_line_as_a_library_takes_it():
    case = {"kind": "negative", "redacted": False, "id": f"prp_{'0' * 32}", "reason": "No.\n" + "word " * 100}
    case["proposal"] = {"action": "a.b", "payload": {}, "reasoning": "Why."} | dict.fromkeys(AS_IT_WAS)
    (entry,) = Document("drills.yml", draft(case).encode()).value
    assert entry["wrong"].startswith("No. word word")
    assert len(entry["wrong"]) == 300
    assert set(entry) == {"action", "rejected", "payload", "reasoning", "wrong", "look_at"}
