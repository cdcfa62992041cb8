"""`signoff callbacks list` and `retry`, run as an operator runs them."""

import json
import os
from pathlib import Path

import pytest

from approvals.lifecycle import Lifecycle
from bot.clock import SystemClock
from bot.ids import RandomIds
from bot.keys import seal_keys, seeds_for
from storage import open_store
from tests import program
from tests.making import Lots
from tests.storage.town import ALICE, TablePolicy, submission

ROOT = Path(__file__).parents[2]
URL = "https://agents.example.com/hooks/1\u202e"


def signoff(folder, *words):
    """Exit code, standard output and standard error of a command in the folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "SIGNOFF_"))}
    env = {**kept, "SIGNOFF_DATABASE_URL": f"sqlite:///{folder}/signoff.db"}
    ran = program.run(("callbacks", *words), env=env, cwd=folder)
    return ran.returncode, ran.stdout, ran.stderr


@pytest.fixture
async def folder(tmp_path):
    """A database with three callbacks: one given up, one stopped, one told."""
    file, clock = tmp_path / "signoff.db", SystemClock()
    key = seal_keys(seeds_for(file, None))
    async with open_store(f"sqlite:///{file}", seal_key=key, clock=clock) as store:
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=RandomIds(), randomness=Lots())
        leased = []
        for _ in range(3):
            made, _ = await lifecycle.submit(submission(callback_url=URL))
            await lifecycle.approve(made.id, ALICE, made.nonce)
            leased.append(await store.callbacks.lease(clock.now(), 30))
        await store.callbacks.dead_letter(leased[0], "the receiver answered 500", tell=None)
        await store.callbacks.stop(leased[1], "the receiver answered 410")
        await store.callbacks.complete(leased[2])
    return tmp_path


def test_the_list_has_what_was_not_told_and_is_a_finding_while_any_was_given_up(folder):
    code, said, wrong = signoff(folder, "list")
    assert (code, wrong) == (1, "")
    dead_letter, stopped = said.splitlines()
    assert "  dead_letter  approved  prp_" in dead_letter
    assert dead_letter.endswith("https://agents.example.com/hooks/1\\u202e  1 attempt: the receiver answered 500")
    assert "  stopped  approved  prp_" in stopped


def test_for_programs_it_is_json_and_with_all_has_what_was_told_too(folder):
    code, said, _ = signoff(folder, "list", "--json")
    assert code == 1
    assert [each["state"] for each in json.loads(said)] == ["dead_letter", "stopped"]
    code, said, _ = signoff(folder, "list", "--all", "--json")
    told = json.loads(said)
    assert [each["state"] for each in told] == ["delivered", "stopped", "dead_letter"]
    assert {"type": "signoff.proposal.approved", "attempts": 1, "url": URL, "next_attempt": None}.items() <= (
        told[2].items()
    )


def test_all_that_was_given_up_begins_anew_and_nothing_that_was_stopped(folder):
    code, said, wrong = signoff(folder, "retry", "--all")
    assert (code, wrong, len(said.splitlines())) == (0, "", 1)
    code, said, _ = signoff(folder, "list", "--json")
    assert (code, [(each["state"], each["attempts"]) for each in json.loads(said)]) == (
        0,
        [("stopped", 1), ("waiting", 0)],
    )


def test_one_begins_anew_by_its_id_be_it_stopped(folder):
    stopped = json.loads(signoff(folder, "list", "--json")[1])[1]["id"]
    assert signoff(folder, "retry", stopped, "--json") == (0, json.dumps([stopped]) + "\n", "")
    assert json.loads(signoff(folder, "list", "--json")[1])[1]["state"] == "waiting"
    code, said, _ = signoff(folder, "retry", stopped)
    assert (code, said) == (1, "There is none to begin anew with: signoff callbacks list shows what there is.\n")


@pytest.mark.parametrize("words", [("retry",), ("retry", "ent_1", "--all")])
def test_a_retry_names_one_or_all(folder, words):
    code, said, wrong = signoff(folder, *words)
    assert (code, said) == (2, "")
    assert "Name one callback by its id, or all that were given up with --all." in wrong


@pytest.mark.parametrize("words", [("list",), ("retry", "--all")])
def test_without_a_database_there_is_a_sentence_and_none_is_made(tmp_path, words):
    code, said, wrong = signoff(tmp_path, *words)
    assert (code, said) == (2, "")
    assert "There is no database at" in wrong
    assert list(tmp_path.iterdir()) == []
