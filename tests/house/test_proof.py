"""The bot and the client prove a receipt by the very same text: it is the client's, of the very same version."""

import sys
import tomllib
from pathlib import Path

from tests.house.over import of_every
from tests.house.tree import ROOMS, ROOT, imports, modules, roots

PROOF = Path("client/signoff_client/proof.py")
USERS = {
    "bot/signing.py": "signoff_client.proof",
    "bot/cli/record/verify_receipt.py": "signoff_client.proof",
    "bot/cli/main.py": "signoff_client.command",
}
"""What of the client each module of the bot uses: the proof, and the command that both answer to."""


def declared(folder):
    return tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_proof_needs_nothing_but_the_standard_library():
    assert roots(PROOF) <= sys.stdlib_module_names


@of_every(modules(*(room for room in ROOMS if room != "client")))
def test_of_the_client_the_bot_has_the_proof_and_the_command_and_nothing_else(module):
    used = {name.rpartition(".")[0] for name in imports(module) if name.partition(".")[0] == "signoff_client"}
    assert used <= {USERS.get(str(module))}


def test_the_bot_takes_the_client_of_its_own_version_alone():
    assert f"signoff-client=={declared('client')['version']}" in declared(".")["dependencies"]
    assert declared("client")["version"] == declared(".")["version"]
