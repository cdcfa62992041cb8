"""Control builds: what holds everything up taken out of a copy of the program, one thing at a time, and the suite sees it.

Each test named here passes on the program as it is, as the suite itself shows, and has to fail on the broken copy for
the reason named; a text that is no longer found fails loudly, so that no control is ever of nothing.
"""

import os
import subprocess
import sys
from dataclasses import dataclass

import pytest

from tests.house.tree import ROOT, tracked
from tests.tally import injected

WRITER = "storage/engine/sqlite/writer.py"
COMMIT = '            connection.execute("COMMIT")\n        except BaseException as fault:\n'
GIVEN_UP = "if nonce != proposal.nonce:\n        raise Changed"
IN_STATEMENT = "WHEN 'approved' THEN execute_by END > $"
ANY_TIME = "WHEN 'approved' THEN execute_by END IS NOT NULL OR 0 > $"


@dataclass(frozen=True)
class Break:
    """What is taken out, by the texts that are replaced in each file, and the test that has to see it, and how."""

    name: str
    texts: tuple
    tests: tuple
    says: str

    def __str__(self):
        return self.name.replace(" ", "-")


BREAKS = (
    Break(
        "two transactions",
        (
            (
                "storage/audit/log.py",
                "        record = Record(\n            at=millis(event.at),\n",
                (
                    "        if event.tag == 'proposal:submitted':\n"
                    "            for text in ('COMMIT', 'BEGIN IMMEDIATE', 'SAVEPOINT turn'):\n"
                    "                self._statements._connection.execute(text)\n"
                    "        record = Record(\n            at=millis(event.at),\n"
                ),
            ),
        ),
        ("tests/faults/test_injected.py", "-k", "every_call and sqlite and fdatasync and KILL"),
        "no entry tells that it was ever proposed",
    ),
    Break(
        "answer before the commit",
        (
            (
                WRITER,
                COMMIT,
                "            for each in batch:\n"
                "                if each._fault is None:\n"
                "                    answer = each._answer\n"
                "                    answer.get_loop().call_soon_threadsafe(answer.set_result, each._result)\n"
                + COMMIT,
            ),
        ),
        ("tests/storage/test_database.py::test_where_the_commit_fails_nobody_who_shared_it_is_told_anything_else",),
        "assert",
    ),
    Break(
        "no deadline in the statement",
        (("storage/sql/proposals.sql", IN_STATEMENT, ANY_TIME),),
        ("tests/storage/test_guards.py::test_nothing_is_decided_at_the_deadline_or_after_it",),
        "DID NOT RAISE",
    ),
    Break(
        "no deadline anywhere",
        (
            ("storage/sql/proposals.sql", IN_STATEMENT, ANY_TIME),
            (
                "approvals/moves/reviewer.py",
                "    present = after_all(proposal, run_out(proposal, now))\n    if present.status is not Status.pending:\n",
                "    present = proposal\n    if present.status is not Status.pending:\n",
            ),
        ),
        ("tests/faults/test_f11_races.py::test_f11_a_click_after_the_deadline_loses_with_the_sweep_off_too",),
        "after its deadline",
    ),
    Break(
        "no nonce",
        (("approvals/moves/reviewer.py", GIVEN_UP, GIVEN_UP.replace("nonce != proposal.nonce", "not nonce")),),
        (
            "tests/threats/test_t02_replayed_click.py::test_t02_an_approval_from_before_an_edit_does_not_approve_the_edited_payload",
        ),
        "assert",
    ),
    Break(
        "no origin check",
        (
            (
                "bot/slack/listeners/click_origin.py",
                (
                    '    if found is None or found.key.kind not in kinds or found.key.subject != subject or found.state == "closed":\n'
                    "        raise NotACard\n"
                ),
                (
                    "    for each in channels:\n"
                    "        from storage import MessageKey\n"
                    "        key = MessageKey(kind=MessageKind.card, subject=subject, channel=str(each))\n"
                    "        found = found or await context.store.messages.get(key)\n"
                    "    if found is None:\n        raise NotACard\n"
                ),
            ),
        ),
        ("tests/threats/test_t05_rewritten_card.py::test_t05_a_copy_of_the_card_in_another_channel_decides_nothing",),
        "assert",
    ),
)


def broken(text, old, new, where):
    """The text with one thing taken out of it."""
    assert text.count(old) == 1, f"{where} no longer has, once: {old}"
    return text.replace(old, new)


@pytest.mark.parametrize("each", BREAKS, ids=str)
def test_what_a_control_build_takes_out_is_there(each):
    for path, old, new in each.texts:
        assert broken((ROOT / path).read_text(encoding="utf-8"), old, new, path)


@pytest.mark.exhaustive
@pytest.mark.parametrize("each", BREAKS, ids=str)
def test_a_build_that_is_broken_on_purpose_is_caught(each, tmp_path_factory, record_property):
    copy = tmp_path_factory.mktemp("copy")
    for path in tracked():
        if path.suffix in (".py", ".sql", ".toml", ".yml", ".json") and path.parts[0] != "docs":
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_bytes((ROOT / path).read_bytes())
    for path, old, new in each.texts:
        text = (copy / path).read_text(encoding="utf-8")
        (copy / path).write_text(broken(text, old, new, path), encoding="utf-8")
    environ = {**os.environ, "PYTHONPATH": f"{copy}{os.pathsep}{copy / 'client'}", "SIGNOFF_FAULTS": "all"}
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-n", "0", *each.tests]
    found = subprocess.run(words, cwd=copy, env=environ, capture_output=True, text=True, check=False)
    said = found.stdout + found.stderr
    assert found.returncode == 1, f"{each.name} is not caught:\n{said[-4000:]}"
    assert each.says in said, f"{each.name} is caught for another reason:\n{said[-4000:]}"
    injected(record_property, f"control build: {each.name}", "", 1, f"caught by {each.tests[0].partition('::')[0]}")
