"""`signoff policy replay`, `lint` and `schema`, run as a person or a pipeline runs them."""

import json
import os

import pytest

from approvals.lifecycle import Lifecycle, Submission
from approvals.proposal import Action
from bot.cli.console import terminal_safe
from bot.clock import SystemClock
from policy import load
from policy.reference.editor_schema import policy_schema_text
from storage import open_store
from tests import program
from tests.databases import KEY
from tests.making import Ids, Lots
from tests.policy.files import ENVIRON, SOUND, ask, rule, written
from tests.storage.town import by_hand

LARGE = rule("large", when=["payload.amount > 100.0"], role="finance")
SMALL = rule("small", tier="auto", when=["payload.amount <= 100.0"])


@pytest.fixture
async def past(tmp_path):
    """A folder whose database has three refunds, judged by two rules."""
    policy = load(written(tmp_path, rules=[LARGE, SMALL]), ENVIRON)
    clock = SystemClock()
    async with open_store(f"sqlite:///{tmp_path}/signoff.db", KEY, clock) as store:
        lifecycle = Lifecycle(store=store, policy=policy, clock=clock, ids=Ids(), randomness=Lots())
        for amount in (5, 250, 2500):
            action = Action(name="refund.create", payload={"amount": amount})
            await lifecycle.submit(Submission(action=action, ask=ask(), idempotency_key=None, fingerprint="f" * 64))
    return tmp_path


def signoff(folder, *words, database="signoff.db"):
    """Exit code, standard output and standard error of a command."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("SIGNOFF", "SLACK"))}
    environ["SIGNOFF_DATABASE_URL"] = f"sqlite:///{folder}/{database}"
    ran = program.run(words, env=environ, cwd=folder)
    return ran.returncode, ran.stdout, ran.stderr


def test_a_replay_under_the_policy_they_were_judged_by_finds_nothing(past):
    code, said, wrong = signoff(past, "policy", "replay", str(written(past, rules=[LARGE, SMALL])))
    assert (code, wrong) == (0, "")
    assert ": 0 of 3 proposals since " in said


def test_a_replay_shows_what_would_be_judged_differently_and_counts_each_change(past):
    huge = rule("huge", when=["payload.amount > 1000.0"], roles=["finance", "support"])
    path = written(past, rules=[LARGE, huge])
    code, said, wrong = signoff(past, "policy", "replay", str(path), "--since", "1h")
    assert (code, wrong) == (1, "")
    lines = [line.split() for line in said.splitlines()]
    (row,) = [line for line in said.splitlines() if " roles " in line]
    assert row.startswith("prp_00000000000000000000000000000003 ")
    assert row.rstrip().endswith("approve: finance  approve: finance and support")
    assert ["1", "auto→approve"] in lines
    assert ["1", "roles"] in lines
    assert said.rstrip().endswith(" UTC would be judged differently, 2 of them more strictly.")


def test_a_replay_for_programs_is_json_alone(past):
    code, said, _ = signoff(past, "policy", "replay", str(written(past, rules=[LARGE])), "--json")
    told = json.loads(said)
    assert (code, told["proposals"], told["different"], told["changes"]) == (1, 3, 1, {"auto→approve": 1})
    assert (told["differences"][0]["was"]["tier"], told["differences"][0]["now"]["roles"]) == ("auto", ["support"])


def test_a_replay_looks_no_further_back_than_it_is_told(past):
    with by_hand(past) as connection:
        connection.execute("UPDATE proposals SET created_at = created_at - 7200000 WHERE status = 'pending'")
    path = str(written(past, rules=[LARGE]))
    assert json.loads(signoff(past, "policy", "replay", path, "--since", "1h", "--json")[1])["proposals"] == 1
    assert json.loads(signoff(past, "policy", "replay", path, "--since", "3h", "--json")[1])["proposals"] == 3


def test_a_row_that_cannot_be_read_is_named_and_no_all_clear_is_given(past):
    with by_hand(past, without=["revisions_stay"]) as connection:
        connection.execute("UPDATE revisions SET payload = '{}' WHERE payload LIKE '%2500%'")
    code, said, _ = signoff(past, "policy", "replay", str(written(past, rules=[LARGE, SMALL])))
    assert code == 1
    assert "cannot be judged: revisions prp_" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--since", "soon"], "--since: 'soon' is no duration. Write a whole number and its unit"),
        (["--since", "0d"], "--since: '0d' is no duration."),
        (["--sinc", "1d"], "No such option"),
    ],
)
def test_wrong_use_of_a_replay_is_said_in_a_sentence(past, words, told):
    code, said, wrong = signoff(past, "policy", "replay", str(written(past)), *words)
    assert (code, said) == (2, "")
    assert told in wrong


def test_a_replay_without_a_database_or_with_a_faulty_policy_is_wrong_use(past):
    code, said, wrong = signoff(past, "policy", "replay", str(written(past)), database="other.db")
    assert (code, said) == (2, "")
    assert wrong == f"There is no database at {past}/other.db; SIGNOFF_DATABASE_URL names it.\n"
    assert not (past / "other.db").exists()
    code, said, wrong = signoff(past, "policy", "replay", str(written(past, rules=[rule(role="nobody")])))
    assert (code, said) == (2, "")
    assert "there is no role 'nobody'" in wrong


def test_a_replay_changes_nothing_in_the_database(past):
    with by_hand(past) as connection:
        before = list(connection.iterdump())
    signoff(past, "policy", "replay", str(written(past, rules=[])))
    with by_hand(past) as connection:
        assert list(connection.iterdump()) == before


def test_the_longest_look_back_there_can_be_is_taken(past):
    path = str(written(past, rules=[LARGE, SMALL]))
    assert signoff(past, "policy", "replay", path, "--since", "999999999d")[0] == 0


def test_a_lint_names_the_rules_that_no_stored_proposal_matched(past):
    roles = {**SOUND["roles"]}
    never = rule("never", when=["payload.amount > 9000.0"], role="finance")
    (past / "refund.json").write_text("{}", encoding="utf-8")
    path = written(past, rules=[LARGE, SMALL, never], roles=roles, schemas={"refund.create": "refund.json"})
    code, said, wrong = signoff(past, "policy", "lint", str(path))
    assert (code, wrong) == (0, "")
    assert [line.split()[0] for line in said.splitlines() if " never matched" in line] == ["note"]
    code, said, wrong = signoff(past, "policy", "lint", str(path), "--unused")
    assert (code, wrong) == (1, "")
    (finding,) = [line for line in said.splitlines() if line.startswith("finding")]
    assert "rule never: never matched in 3 proposals since " in finding
    assert ", 3 of its action. Ask `signoff policy explain` why" in finding
    assert "Held against 3 proposals since " in said


def test_a_lint_names_who_is_asked_for_a_code_and_has_no_second_factor_where_the_database_is(past):
    path = str(written(past, rules=[{**LARGE, "confirmation": {"code": "totp"}}, SMALL]))
    code, said, _ = signoff(past, "policy", "lint", path)
    assert code == 1
    assert "nobody who is asked has a second factor. Have them type `/approvals enrol`" in said
    assert "second factor" not in signoff(past, "policy", "lint", path, database="other.db")[1]


def test_a_lint_without_a_database_says_so_and_judges_the_rest(past):
    (past / "refund.json").write_text("{}", encoding="utf-8")
    path = written(past, rules=[LARGE, SMALL], schemas={"refund.create": "refund.json"})
    code, said, wrong = signoff(past, "policy", "lint", str(path), "--json", database="other.db")
    told = json.loads(said)
    assert (code, wrong, told["clean"], told["findings"]) == (0, "", True, [])
    assert told["history"] == (
        f"There is no database at {past}/other.db; SIGNOFF_DATABASE_URL names it. "
        "So nothing is known of rules that never matched."
    )


def test_a_lint_of_a_faulty_policy_tells_its_faults(past):
    code, said, _ = signoff(past, "policy", "lint", str(written(past, rules=[rule(role="nobody")])))
    assert code == 1
    assert said.splitlines()[0].startswith("fault ")
    assert "Past proposals were not looked at." in said


def test_a_lint_of_a_database_that_is_none_is_wrong_use(past):
    (past / "broken.db").write_bytes(b"x" * 5000)
    code, _, wrong = signoff(past, "policy", "lint", str(written(past)), database="broken.db")
    assert code == 2
    assert "file is not a database" in wrong


def test_the_schema_command_prints_the_schema_that_ships(past):
    assert signoff(past, "policy", "schema") == (0, policy_schema_text(), "")


def test_what_could_steer_a_terminal_is_written_out():
    assert terminal_safe("/a\x1b[2Jb\u202e Größe") == "/a\\u001b[2Jb\\u202e Größe"


def test_a_check_without_secrets_looks_for_no_token(tmp_path):
    path = str(written(tmp_path))
    assert signoff(tmp_path, "policy", "check", path)[0] == 1
    code, said, _ = signoff(tmp_path, "policy", "check", path, "--no-secrets")
    assert (code, "sound" in said) == (0, True)


@pytest.mark.parametrize(
    ("expected", "code", "wrong"),
    [
        ("approve:finance", 0, ""),
        ("approve:support", 1, "It comes to approve:finance, and approve:support was expected.\n"),
        ("perhaps", 2, "'perhaps' is nothing to expect."),
    ],
)
def test_an_explanation_is_held_against_what_is_expected(tmp_path, expected, code, wrong):
    (tmp_path / "refund.json").write_text(json.dumps({"action": "refund.create", "payload": {"amount": 250}}))
    path = str(written(tmp_path, rules=[LARGE]))
    ended, said, told = signoff(tmp_path, "policy", "explain", path, "refund.json", "--expect", expected)
    assert (ended, told.startswith(wrong)) == (code, True)
    assert ("refund.create by bot: approve" in said) is (code != 2)


def test_a_policy_is_held_against_cases_by_a_person_and_by_a_program(tmp_path):
    path = str(written(tmp_path, rules=[LARGE]))
    cases = [
        {"action": "refund.create", "payload": {"amount": amount}, "expect": "approve:finance"} for amount in (250, 5)
    ]
    (tmp_path / "cases.yml").write_text(json.dumps(cases))
    code, said, wrong = signoff(tmp_path, "policy", "test", "cases.yml", "--policy", path)
    assert (code, wrong) == (1, "")
    assert "differs  cases.yml:1: case 2, refund.create: approve:support instead of approve:finance" in said
    code, said, _ = signoff(tmp_path, "policy", "test", "cases.yml", "--policy", path, "--json")
    assert (code, [each["met"] for each in json.loads(said)["cases"]]) == (1, [True, False])
    (tmp_path / "cases.yml").write_text(json.dumps(cases[:1]))
    assert signoff(tmp_path, "policy", "test", "cases.yml", "--policy", path)[0] == 0
    assert signoff(tmp_path, "policy", "test", "gone.yml", "--policy", path)[0] == 2
    (tmp_path / "cases.yml").write_text("[3]")
    assert signoff(tmp_path, "policy", "test", "cases.yml", "--policy", path)[0] == 2
