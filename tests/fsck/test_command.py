"""`signoff fsck` as an operator runs it: what it says, for people and programs, and its exit code."""

import base64
import json
import os
import re
import shlex
from pathlib import Path

import pytest

from approvals.lifecycle import Lifecycle
from bot.clock import SystemClock
from bot.ids import RandomIds
from bot.keys import seal_keys, seeds_for
from fsck.findings import CHECKS
from storage import open_store
from tests import program
from tests.databases import hand_at, url_at
from tests.making import Lots
from tests.storage.town import ALICE, TablePolicy, submission

SEED = base64.b64encode(bytes(range(32))).decode()
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def kept(tmp_path):
    """A store as a bot leaves it, with an approved proposal that has no card yet."""
    path = tmp_path / "signoff.db"
    seeds = seeds_for(None, SEED)
    async with open_store(url_at(path), seal_keys(seeds), SystemClock()) as store:
        lifecycle = Lifecycle(
            store=store, policy=TablePolicy(), clock=SystemClock(), ids=RandomIds(), randomness=Lots()
        )
        made, _ = await lifecycle.submit(submission(250))
        await lifecycle.approve(made.id, ALICE, made.nonce)
        head = await store.audit.head()
    return path, head


def fsck(path, *words, **environ):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "SIGNOFF_"))}
    given = {"SIGNOFF_DATABASE_URL": url_at(path), "SIGNOFF_SIGNING_KEY": SEED, "PYTHONPATH": str(ROOT), **environ}
    finished = program.run(("fsck", "--env-file", os.devnull, *words), env={**kept, **given}, cwd=ROOT / "tests")
    assert "Traceback" not in finished.stdout + finished.stderr
    return finished


def damaged(path):
    hand = hand_at(path, without=("proposals_claimable_stays",))
    hand.execute("UPDATE proposals SET resolved_by = 'U0STRAY'")
    hand.close()


def test_of_a_sound_store_it_says_what_holds_and_ends_with_0(kept):
    path, _ = kept
    finished = fsck(path)
    assert finished.returncode == 0, finished.stdout
    assert "1 proposals" in finished.stdout
    assert "holds     chain: " in finished.stdout
    assert "NOT TRUE" not in finished.stdout


def test_of_a_damaged_one_it_names_the_row_says_what_to_do_and_ends_with_1(kept):
    path, _ = kept
    damaged(path)
    finished = fsck(path)
    assert finished.returncode == 1
    assert "its row says resolved_by 'U0STRAY', its newest entry, 3, leaves 'U0ALICE'" in finished.stdout
    assert "restore the newest backup" in finished.stdout


def test_programs_read_the_same_as_json(kept):
    path, _ = kept
    damaged(path)
    finished = fsck(path, "--json")
    said = json.loads(finished.stdout)
    checks = {each["check"]: each for each in said["checks"]}
    assert (finished.returncode, said["sound"], said["totals"]["entries"]) == (1, False, 3)
    assert checks["state"]["findings"][0]["what"].startswith("its row says resolved_by")
    assert (checks["state"]["found"], checks["chain"]["holds"], checks["state"]["holds"]) == (1, True, False)


def test_a_checkpoint_proves_the_end_of_the_log_or_finds_what_is_missing(kept):
    path, head = kept
    assert fsck(path, "--checkpoint", f"{head.seq}:{head.hash}").returncode == 0
    missing = fsck(path, "--checkpoint", f"{head.seq + 1}:{head.hash}")
    assert missing.returncode == 1
    assert f"noted the entry {head.seq + 1}, and the log ends at {head.seq} without it" in missing.stdout


@pytest.mark.parametrize("text", ["3", "3:abc", "x:" + "0" * 64, "3:" + "G" * 64, ":"])
def test_what_is_no_checkpoint_is_wrong_use(kept, text):
    finished = fsck(kept[0], "--checkpoint", text)
    assert finished.returncode == 2
    assert "Write the number of an entry, a colon and its hash" in finished.stderr


def test_a_key_that_is_not_the_stores_finds_every_seal(kept):
    other = base64.b64encode(bytes(32)).decode()
    finished = fsck(kept[0], SIGNOFF_SIGNING_KEY=other)
    assert finished.returncode == 1
    assert "NOT TRUE  seals: " in finished.stdout


def test_without_a_key_the_seals_are_said_to_be_unknown(kept):
    finished = fsck(kept[0], SIGNOFF_SIGNING_KEY="")
    assert finished.returncode == 0
    assert "unknown   seals: there is no key to hold the seals against" in finished.stdout


@pytest.mark.sqlite
def test_the_mark_beside_a_file_is_held_against_its_log(kept):
    path, head = kept
    assert "holds     end: " in fsck(path).stdout
    path.with_name("signoff.db.head").write_text(f"{head.seq + 4:020d} {'0' * 64}\n", encoding="ascii")
    finished = fsck(path)
    assert finished.returncode == 1
    assert f"signoff.db.head noted the entry {head.seq + 4}" in finished.stdout


@pytest.mark.sqlite
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_where_nothing_can_be_read_it_says_so_makes_nothing_and_ends_with_1(tmp_path, options):
    finished = fsck(tmp_path / "gone" / "signoff.db", *options)
    assert finished.returncode == 1
    assert "There is no database at" in finished.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_said_to_be_that(tmp_path):
    finished = fsck(tmp_path / "x", SIGNOFF_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert finished.returncode == 1
    assert "The server does not let us read" in finished.stdout


def test_an_address_that_names_no_database_is_said_to_be_that(tmp_path):
    finished = fsck(tmp_path / "x", SIGNOFF_DATABASE_URL="mysql://x/y")
    assert finished.returncode == 1
    assert "SIGNOFF_DATABASE_URL" in finished.stdout


def test_the_page_runs_as_it_is_written(kept):
    page = (ROOT / "docs" / "how-to" / "check-the-database.md").read_text(encoding="utf-8")
    path, head = kept
    blocks = re.findall(r"^```sh\n(.+?)^```$", page, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) == 3
    checkpoints = path.with_name("kept-elsewhere.jsonl")
    for noted, code in ((head.hash, 0), ("0" * 64, 1)):
        checkpoints.write_text(json.dumps({"seq": head.seq, "head": noted}) + "\n", encoding="utf-8")
        for line in lines:
            said = line.replace("$seq:$hash", f"{head.seq}:{noted}").replace(checkpoints.name, str(checkpoints))
            words = shlex.split(said)
            assert words[:2] == ["signoff", "fsck"]
            assert fsck(path, *words[2:]).returncode == (code if len(words) > 2 else 0)


@pytest.mark.parametrize("content", ["{}", "no", '{"seq": "x", "head": ""}', "[]"])
def test_what_is_no_file_of_checkpoints_is_wrong_use(kept, content):
    wrong = kept[0].with_name("wrong.jsonl")
    wrong.write_text(content, encoding="utf-8")
    finished = fsck(kept[0], "--checkpoints", str(wrong))
    assert finished.returncode == 2
    assert "no file of checkpoints" in finished.stderr


def test_the_page_tells_of_each_line_and_of_no_other():
    page = (ROOT / "docs" / "how-to" / "check-the-database.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(CHECKS)


async def test_it_says_on_a_long_store_how_far_it_has_come(kept):
    from bot.cli.record.fsck import told_every  # noqa: PLC0415

    said, now = [], [0.0]
    tell = told_every(said.append, lambda: now[0])
    for second in (1, 3, 4, 5, 9):
        now[0] = float(second)
        tell(f"{second} of it")
    assert said == ["… 3 of it", "… 5 of it", "… 9 of it"]
