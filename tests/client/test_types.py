"""The client's public types, as the two type checkers of the field see them on what a user would write."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
GOOD = [ROOT / "examples/agent.py", ROOT / "examples/guarded.py"]
METHODS = """\
from signoff_client import AsyncSignoff, Ticket, requires_approval
from signoff_client.gating import AsyncGate

class Shop:
    @requires_approval("refund.create", keep=True)
    def refund(self, order: str, amount: float = 5) -> str:
        return order

    @requires_approval("refund.create", without=("session",))
    async def later(self, order: str, *, session: object = None) -> int:
        return len(order)

async def uses(shop: Shop, ticket: Ticket) -> tuple[str, str, int, dict[str, str]]:
    gate = AsyncGate(AsyncSignoff(), actions={"refund": "refund.create"}, keep=True)
    number = await shop.later("A-1")
    number += await shop.later.resume(ticket, session=None)
    said = shop.refund.asking(key="k")("A-1", amount=250)
    return said, Shop.refund(shop, "A-1"), number, gate.actions(["refund"])
"""
WRONG = """\
from signoff_client import AsyncSignoff, Signoff, requires_approval

@requires_approval("refund.create", reasoning="Lost.")
def refund(order: str, amount: float) -> str:
    return order

@requires_approval("refund.create", colour="red")
def other(order: str) -> str:
    return order

number: int = refund("A-1", 250)
refund(order=1, amount=250)
refund("A-1")
Signoff().propose("refund.create", {"amount": 5})
Signoff().ask("refund.create", {"amount": 5}, reasoning="x", confidence="high")
Signoff().wait("prp_1").payload = {}

async def asks(client: AsyncSignoff) -> None:
    print((await client.get("prp_1")).no_such_thing)
    client.report("prp_1", 200)

class Shop:
    @requires_approval("refund.create")
    def refund(self, order: str) -> str:
        return order

Shop().refund(1)
Shop().refund("A-1").real
"""
CACHE = {**os.environ, "PYRIGHT_PYTHON_CACHE_DIR": str(ROOT / ".venv/pyright")}
"""Where `make` put pyright's own program."""
FAULTY = {7, 11, 12, 13, 14, 15, 16, 19, 20, 27, 28}
"""Lines; mypy and pyright find the same ones."""


def mypy(folder):
    return [BIN / "mypy", "--strict", "--python-version", "3.11", "--cache-dir", "/dev/null", *folder.glob("*.py")]


def pyright(folder):
    (folder / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict", "include": ["."]}))
    return [BIN / "pyright", "--pythonpath", sys.executable, "--project", folder]


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_what_a_user_writes_checks(checker, tmp_path):
    for each in GOOD:
        shutil.copy(each, tmp_path)
    (tmp_path / "methods.py").write_text(METHODS)
    ran = subprocess.run(checker(tmp_path), cwd=tmp_path, capture_output=True, text=True, check=False, env=CACHE)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_what_is_wrong_is_found(checker, tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text(WRONG)
    ran = subprocess.run(checker(tmp_path), cwd=tmp_path, capture_output=True, text=True, check=False, env=CACHE)
    told = {
        int(line.split("wrong.py:")[1].split(":")[0])
        for line in ran.stdout.splitlines()
        if "error" in line and "wrong.py:" in line
    }
    assert (ran.returncode, told) == (1, FAULTY), ran.stdout + ran.stderr
