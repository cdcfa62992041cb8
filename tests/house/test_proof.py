"""The bot and the client prove a receipt by the very same text, though neither imports the other."""

import sys
from pathlib import Path

from tests.house.tree import ROOT, roots

OURS, THEIRS = "approvals/proof.py", "client/signoff_client/proof.py"


def test_the_client_carries_the_very_same_proof():
    assert (ROOT / THEIRS).read_bytes() == (ROOT / OURS).read_bytes(), f"run: cp {OURS} {THEIRS}"


def test_the_proof_needs_nothing_but_the_standard_library():
    assert roots(Path(OURS)) <= sys.stdlib_module_names
