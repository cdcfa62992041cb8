"""The systemd units: sound, locked up, and letting the bot and its backups do all that they do."""

import re
import shutil
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.compose import DRAINED
from tests.house.tree import ROOT

UNIT = ROOT / "deploy" / "signoff.service"
EXPOSED = 1.5
"""Of 10, as systemd-analyze counts; what reaches nothing but loopback would have less."""

WALK = "tests/journeys/test_claim.py::test_the_payload_is_given_once_and_the_card_says_that_it_was_taken"
"""A journey from a proposal to its claim, over the disk, sockets and processes of a whole bot."""

AS_ROOT = {"fchown"}
"""What SQLite calls for root alone, so that the files beside a database belong to whom it belongs to."""


def analyzed(*words):
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def installed(tmp_path):
    """The unit with a program that is there: systemd looks whether it can be run."""
    text = UNIT.read_text(encoding="utf-8")
    program = re.search(r"^ExecStart=(\S+)", text, re.MULTILINE)[1]
    assert program == "/opt/signoff/bin/signoff"
    made = tmp_path / "signoff.service"
    made.write_text(text.replace(program, sys.executable), encoding="utf-8")
    return made


def test_systemd_finds_nothing_wrong_with_it(installed):
    assert analyzed("verify", str(installed)) == (0, "")


def test_a_key_that_systemd_does_not_know_would_be_found(installed):
    installed.write_text(installed.read_text().replace("ProtectHome=yes", "ProtectHouse=yes"))
    assert "ProtectHouse" in analyzed("verify", str(installed))[1]


def test_it_is_shut_in_as_far_as_it_can_be(installed):
    _, said = analyzed("security", "--offline=true", str(installed))
    exposure = float(re.search(r"exposure level for signoff\.service: ([\d.]+)", said)[1])
    assert exposure <= EXPOSED


def test_it_is_given_longer_to_stop_than_the_bot_takes():
    seconds = int(re.search(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.MULTILINE)[1])
    assert seconds >= 2 * DRAINED


def allowed_calls():
    """The system calls that the unit lets through, as systemd itself spells them out."""
    filters = re.findall(r"^SystemCallFilter=(~?)(.+)$", UNIT.read_text(), re.MULTILINE)
    allowed = set()
    for denied, names in filters:
        calls = set().union(*(calls_in(name) for name in names.split()))
        allowed = allowed - calls if denied else allowed | calls
    return allowed


def calls_in(name):
    if not name.startswith("@"):
        return {name}
    _, said = analyzed("syscall-filter", "--no-pager", name)
    words = [line.strip() for line in said.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return set().union(*(calls_in(word) for word in words))


def test_the_bot_calls_nothing_of_the_kernel_that_the_unit_forbids(tmp_path):
    strace = shutil.which("strace")
    assert strace, "install strace (Debian: apt install strace)"
    trace = tmp_path / "calls"
    words = [
        strace,
        "-f",
        "-qq",
        "-e",
        "signal=none",
        "-o",
        str(trace),
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
    ]
    done = subprocess.run([*words, WALK], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    called = set(re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.MULTILINE))
    assert {"openat", "fdatasync", "bind", "accept4", "connect"} <= called, "the trace is not of a running bot"
    assert called - allowed_calls() <= AS_ROOT


@pytest.fixture
def backups(tmp_path):
    """The units of the backup, with a program that is there."""
    paths = [tmp_path / f"signoff-backup.{kind}" for kind in ("service", "timer")]
    for path in paths:
        text = (ROOT / "deploy" / path.name).read_text(encoding="utf-8")
        path.write_text(text.replace("/opt/signoff/bin/signoff", sys.executable), encoding="utf-8")
    return paths


def test_systemd_finds_nothing_wrong_with_the_backup_of_every_night(backups):
    assert analyzed("verify", *map(str, backups)) == (0, "")
    _, said = analyzed("security", "--offline=true", str(backups[0]))
    assert float(re.search(r"exposure level for signoff-backup\.service: ([\d.]+)", said)[1]) <= EXPOSED


def test_the_backup_may_do_what_the_bot_may_and_runs_a_command_that_there_is():
    bot, backup = (
        set(re.findall(r"^\w+=.+$", path.read_text(), re.MULTILINE))
        for path in (UNIT, UNIT.with_name("signoff-backup.service"))
    )
    shut_in = {
        line for line in bot if re.match(r"(Protect|Private|Restrict|System|Capab|NoNew|Lock|Keyring|UMask)", line)
    }
    assert len(shut_in) > 20
    assert shut_in <= backup
    (words,) = [line.partition(" ")[2].split() for line in backup if line.startswith("ExecStart=")]
    shown = CliRunner().invoke(app, ["backup", "--help"]).output
    assert words[0] == "backup"
    assert all(word in shown for word in words if word.startswith("--"))
