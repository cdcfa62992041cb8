"""The command line, run as a user runs it: exit codes, and sentences instead of tracebacks."""

import asyncio
import hashlib
import json
import os
import re
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from approvals.lifecycle import Lifecycle
from bot.clock import SystemClock
from bot.ids import RandomIds
from bot.keys import seal_keys, seeds_for
from storage import open_store
from tests import program
from tests.making import Clock, Ids, Lots
from tests.postgresql import on_server, url_of
from tests.storage.town import ALICE, TablePolicy, submission
from tests.town import POLICY

ROOT = Path(__file__).parents[2]
LEAST = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": "http://127.0.0.1:9/api/"}
TOKENS = {"SHOP_TOKEN": "s" * 40, "OTHER_TOKEN": "o" * 40}


@pytest.fixture
def signoff(tmp_path):
    """Runs `signoff` in an empty folder, with these variables and no other setting."""

    def run(*words, given=None, **environ):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "SIGNOFF_"))}
        return program.run(words, env={**kept, "PYTHONPATH": str(ROOT), **environ}, cwd=tmp_path, given=given or "")

    return run


@pytest.fixture
def policy(tmp_path):
    file = tmp_path / "policy.yml"
    file.write_text(POLICY, encoding="utf-8")
    return file


def sentences(finished):
    """What it said, which is never a traceback."""
    assert "Traceback" not in finished.stderr
    return finished.stderr


def test_serve_with_nothing_set_names_exactly_what_is_missing(signoff, tmp_path):
    finished = signoff("serve")
    assert finished.returncode == 2
    assert sentences(finished).splitlines() == [
        "The bot cannot start:",
        "SLACK_BOT_TOKEN is missing. Put it into .env; .env.example says where it comes from.",
        (
            "SLACK_APP_TOKEN is missing: with it clicks come through a socket (Socket Mode; Slack app, page Basic "
            "Information). Without it SLACK_SIGNING_SECRET is needed (HTTP mode); with neither, no click arrives."
        ),
        f"There is no .env in {tmp_path}. `signoff init` writes one; go to its folder, or run it here.",
    ]


@pytest.mark.parametrize("words", [("serve",), ("audit", "verify")])
def test_settings_that_were_named_and_are_not_there_are_wrong_use(signoff, words):
    finished = signoff(*words, "--env-file", "prod.env", **LEAST)
    assert finished.returncode == 2
    assert "prod.env is not there" in sentences(finished)


def test_serve_without_a_policy_says_where_it_looked(signoff):
    finished = signoff("serve", **LEAST)
    assert finished.returncode == 2
    assert "policy.yml" in sentences(finished)


def test_serve_with_a_wrong_policy_says_file_line_and_rule(signoff, policy):
    policy.write_text(POLICY.replace("role: finance\n", "role: nobody\n"), encoding="utf-8")
    finished = signoff("serve", **LEAST, **TOKENS)
    assert finished.returncode == 2
    assert re.search(r"policy\.yml:\d+: .*refund-large.*nobody", sentences(finished))


def test_serve_without_the_key_of_its_database_does_not_start(signoff, policy, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "signoff.db").touch()
    finished = signoff("serve", **LEAST, **TOKENS)
    assert finished.returncode == 2
    assert "signoff.db.key is missing" in sentences(finished)


@pytest.mark.parametrize("url", ["mysql://localhost/signoff", "sqlite://", "sqlite:///:memory:", "signoff.db"])
def test_a_database_we_cannot_open_is_a_sentence_for_every_command(signoff, policy, url):
    for words in (("serve",), ("audit", "verify")):
        finished = signoff(*words, **LEAST, **TOKENS, SIGNOFF_DATABASE_URL=url)
        assert finished.returncode in (1, 2)
        assert "sqlite:///" in sentences(finished) + finished.stdout


def test_a_folder_that_cannot_be_made_is_told_as_such_and_not_as_a_port(signoff, policy, tmp_path):
    (tmp_path / "var").write_text("a file where the folder should be", encoding="utf-8")
    finished = signoff("serve", **LEAST, **TOKENS)
    assert finished.returncode == 2
    assert "var" in sentences(finished)
    assert "cannot be opened" not in finished.stderr, "what a taken port is told as"


def test_a_port_that_is_taken_is_told_as_such(signoff, policy):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        finished = signoff("serve", **LEAST, **TOKENS, SIGNOFF_PORT=str(port))
    assert finished.returncode == 2
    assert f"127.0.0.1:{port} cannot be opened" in sentences(finished)


def test_a_file_for_checkpoints_that_cannot_be_written_stops_the_start_with_what_to_do(signoff, policy):
    finished = signoff("serve", **LEAST, **TOKENS, SIGNOFF_CHECKPOINTS="nowhere/kept.jsonl")
    assert finished.returncode == 2
    assert "nowhere/kept.jsonl cannot be written" in sentences(finished)
    assert "SIGNOFF_CHECKPOINTS names the file" in sentences(finished)


@pytest.mark.parametrize("wrong", [{"SIGNOFF_CHECKPOINTS_CHANNEL": "#audit"}, {"SIGNOFF_CHECKPOINTS_EVERY": "0"}])
def test_wrong_settings_of_checkpoints_stop_the_start_by_name(signoff, policy, wrong):
    finished = signoff("serve", **LEAST, **TOKENS, **wrong)
    assert finished.returncode == 2
    assert next(iter(wrong)) in sentences(finished)


def test_a_database_locked_by_another_program_is_a_sentence(signoff, policy, tmp_path):
    file = tmp_path / "signoff.db"
    url = f"sqlite:///{file}"
    assert signoff("audit", "verify", SIGNOFF_DATABASE_URL=url).returncode == 1
    seeds_for(file, None)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("CREATE TABLE t (x)")
        other.execute("BEGIN EXCLUSIVE")
        for words in (("serve",), ("audit", "verify")):
            finished = signoff(*words, **LEAST, **TOKENS, SIGNOFF_DATABASE_URL=url)
            assert finished.returncode in (1, 2)
            assert "database" in (sentences(finished) + finished.stdout).lower()


def test_migrate_copies_a_store_and_says_what_is_left_to_do(signoff, policy, tmp_path):
    source, target = f"sqlite:///{tmp_path}/old.db", f"sqlite:///{tmp_path}/new.db"
    assert "There is no database" in sentences(signoff("migrate", source, target))
    (key,) = seeds_for(tmp_path / "old.db", None)
    asyncio.run(_lived(source, seal_keys((key,))))
    finished = signoff("migrate", source, target)
    assert finished.returncode == 0, finished.stderr
    assert "the log of 2 entries is whole" in finished.stdout
    assert "old.db.key" in finished.stdout
    assert "proposals: 1" in finished.stderr
    (tmp_path / "new.db.key").write_bytes((tmp_path / "old.db.key").read_bytes())
    assert signoff("audit", "verify", SIGNOFF_DATABASE_URL=target).returncode == 0
    again = signoff("migrate", source, target)
    assert again.returncode == 2
    assert "not empty" in sentences(again)
    assert "same database" in sentences(signoff("migrate", source, source))


def test_the_page_on_databases_leads_from_a_file_to_a_server(signoff, policy, tmp_path):
    page = (ROOT / "docs" / "how-to" / "choose-the-database.md").read_text(encoding="utf-8")
    role, database = re.findall(r"CREATE .*;", page)
    (command,) = re.findall(r"^signoff (migrate .*)$", page, re.MULTILINE)
    (tmp_path / "var").mkdir()
    (key,) = seeds_for(tmp_path / "var" / "signoff.db", None)
    asyncio.run(_lived(f"sqlite:///{tmp_path}/var/signoff.db", seal_keys((key,))))
    on_server(role.replace("signoff", "page"), database.replace("signoff", "page"))
    try:
        url = url_of("page").replace("postgres:@", "page@")
        words = command.replace("postgresql://signoff@db.example.com/signoff", url).split()
        finished = signoff(*words)
        assert finished.returncode == 0, finished.stderr
        key = (tmp_path / "var" / "signoff.db.key").read_text(encoding="ascii").strip()
        settings = {"SIGNOFF_DATABASE_URL": url, "SIGNOFF_SIGNING_KEY": key}
        assert signoff("audit", "verify", **settings).returncode == 0
        assert "The database server answers" in signoff("doctor", **LEAST, **TOKENS, **settings).stdout
    finally:
        on_server("DROP DATABASE page WITH (FORCE)", "DROP ROLE page")


async def _lived(url, key):
    async with open_store(url, key, Clock()) as store:
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=Clock(), ids=Ids(), randomness=Lots())
        await lifecycle.submit(submission(50))


def test_wrong_use_is_two(signoff):
    for words in (("fly",), ("serve", "--loud"), ("policy", "explain")):
        finished = signoff(*words)
        assert finished.returncode == 2
        sentences(finished)


def test_policy_check_of_a_sound_policy_is_zero_and_names_its_version(signoff, policy):
    finished = signoff("policy", "check", **TOKENS)
    assert finished.returncode == 0
    assert "sound, version" in finished.stdout


def test_policy_check_of_a_wrong_policy_is_one_and_tells_every_fault(signoff, policy):
    policy.write_text(POLICY.replace("U0ALICE, U0BOB, U0OWEN", "").replace('"db.*"]', '"db.*"]\n    colour: blue'))
    finished = signoff("policy", "check", "--json", **TOKENS)
    assert finished.returncode == 1
    report = json.loads(finished.stdout)
    assert not report["sound"]
    assert len(report["faults"]) >= 2
    assert all(fault["line"] for fault in report["faults"])


def test_policy_explain_says_which_rules_matched_and_which_did_not(signoff, policy):
    proposal = {"agent": "shop", "action": "refund.create", "payload": {"amount": 150.0}, "reasoning": "r"}
    finished = signoff("policy", "explain", "policy.yml", "-", "--json", given=json.dumps(proposal), **TOKENS)
    assert finished.returncode == 0, finished.stderr
    assert "finance" in finished.stdout
    assert "refund-large" in finished.stdout


@pytest.mark.parametrize(
    ("when", "made"),
    [
        (("--at", "2026-11-20T16:50"), "Fri 2026-11-20 16:50"),
        (("--at", "2026-11-20T16:50+0100"), "Fri 2026-11-20 15:50"),
    ],
)
def test_policy_explain_says_the_moments_of_a_proposal_made_then(signoff, policy, when, made):
    given = json.dumps({"agent": "shop", "action": "refund.create", "payload": {"amount": 150.0}, "reasoning": "r"})
    finished = signoff("policy", "explain", "policy.yml", "-", *when, given=given, **TOKENS)
    assert finished.returncode == 0, finished.stderr
    assert f"made on {made} in UTC, it" in finished.stdout
    assert "made on" in signoff("policy", "explain", "policy.yml", "-", given=given, **TOKENS).stdout
    wrong = signoff("policy", "explain", "policy.yml", "-", "--at", "friday", given=given, **TOKENS)
    assert (wrong.returncode, wrong.stdout) == (2, "")


@pytest.mark.parametrize("given", ["", "{", "[]"])
def test_policy_explain_of_what_is_no_proposal_is_two_and_a_sentence(signoff, policy, given):
    finished = signoff("policy", "explain", "policy.yml", "-", given=given, **TOKENS)
    assert finished.returncode == 2
    assert sentences(finished).strip()


def test_policy_explain_of_a_missing_file_is_two_and_a_sentence(signoff, policy):
    finished = signoff("policy", "explain", "policy.yml", "nowhere.json", **TOKENS)
    assert finished.returncode == 2
    assert "nowhere.json cannot be read" in sentences(finished)


def test_a_new_token_is_new_each_time_and_comes_with_its_digest(signoff):
    outputs = [signoff("token", "new").stdout for _ in range(2)]
    tokens = [re.search(r"sgn_\S{43}", output)[0] for output in outputs]
    assert tokens[0] != tokens[1]
    assert hashlib.sha256(tokens[0].encode()).hexdigest() in outputs[0]


@pytest.fixture
async def log(tmp_path):
    """A database with a few entries, and how to tamper with it behind the triggers' back."""
    file = tmp_path / "signoff.db"
    key = seal_keys(seeds_for(file, None))
    async with open_store(f"sqlite:///{file}", key, SystemClock()) as store:
        lifecycle = Lifecycle(
            store=store, policy=TablePolicy(), clock=SystemClock(), ids=RandomIds(), randomness=Lots()
        )
        for _ in range(3):
            made, _ = await lifecycle.submit(submission())
            await lifecycle.approve(made.id, ALICE, made.nonce)

    def tamper(*statements):
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            triggers = other.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                other.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                other.execute(statement)
            for _, sql in triggers:
                other.execute(sql)

    return f"sqlite:///{file}", tamper


async def test_a_sound_audit_log_verifies_and_says_what_it_cannot_know(signoff, log):
    url, _ = log
    finished = signoff("audit", "verify", SIGNOFF_DATABASE_URL=url)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "none altered" in finished.stdout
    assert "missing at the end cannot be seen" in finished.stdout


@pytest.mark.parametrize(
    ("statement", "entry"),
    [
        ("UPDATE entries SET actor_id = 'U0EVE' WHERE seq = 2", 2),
        ("UPDATE entries SET facts = replace(facts, 'approve', 'reject') WHERE seq = 5", 5),
        ("DELETE FROM entries WHERE seq = 4", 4),
        ("UPDATE entries SET seal = upper(seal) WHERE seq = 3", 3),
        ("UPDATE entries SET at = at + 1 WHERE seq = (SELECT max(seq) FROM entries)", None),
    ],
)
async def test_a_tampered_audit_log_is_a_finding(signoff, log, statement, entry):
    url, tamper = log
    tamper(statement)
    finished = signoff("audit", "verify", SIGNOFF_DATABASE_URL=url)
    assert finished.returncode == 1
    assert sentences(finished) == ""
    assert f"entry {entry}" in finished.stdout if entry else "does not hold" in finished.stdout


def test_the_doctor_of_a_setup_that_cannot_work_finds_all_of_it_and_exits_with_a_finding(signoff, policy):
    finished = signoff("doctor", "--json", **LEAST)
    assert (finished.returncode, sentences(finished)) == (1, "")
    found = {each["about"]: each for each in json.loads(finished.stdout)["findings"] if each["level"] == "fault"}
    assert {"policy", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"} == set(found)
    assert "SHOP_TOKEN" in finished.stdout


def test_the_doctor_says_which_settings_are_missing_and_looks_at_all_else_that_is_here(signoff, policy):
    finished = signoff("doctor", "--json", SLACK_BOT_TOKEN="", SLACK_APP_TOKEN="xapp-1")
    assert (finished.returncode, sentences(finished)) == (1, "")
    found = json.loads(finished.stdout)["findings"]
    (setting,) = [each["said"] for each in found if each["about"] == "settings" and "TOKEN" in each["said"]]
    assert setting.startswith("SLACK_BOT_TOKEN is empty")
    assert "SHOP_TOKEN is not set" in finished.stdout
    assert ("database", "well") in {(each["about"], each["level"]) for each in found}


def test_a_payload_named_without_its_sign_and_a_proposal_in_the_place_of_a_file_are_told_what_to_write(signoff, policy):
    reach = {"SIGNOFF_URL": "http://127.0.0.1:9", "SIGNOFF_TOKEN": "s" * 40}
    finished = signoff("ask", "--action", "a.b", "--payload", "refund.json", "--reasoning", "x", **reach)
    assert finished.returncode == 2
    assert "write @refund.json" in sentences(finished)
    finished = signoff("policy", "explain", "policy.yml", '{"action": "a.b", "payload": {}}')
    assert finished.returncode == 2
    assert "Name a file that holds the proposal, or write -" in sentences(finished)
