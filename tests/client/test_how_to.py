"""The programs that the pages on permits, receipts and the agents' library show do what the pages say."""

import asyncio
import json
import re
from pathlib import Path

import pytest

from approvals.digest import digest
from approvals.receipt import PERMIT
from tests.api.conftest import TOKEN
from tests.client.conftest import decided
from tests.recording import SIGNER, changed, edited_and_run

ROOT = Path(__file__).parents[2]
PAYLOAD = {"order": "A-1001", "amount": 250}


def shown(page, folder, monkeypatch):
    """What the one Python program of the page defines."""
    (program,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "how-to" / page).read_text(), re.DOTALL)
    monkeypatch.chdir(folder)
    names = {}
    exec(compile(program, page, "exec"), names)
    return names


@pytest.fixture
def permit():
    claims = {
        "iss": "https://signoff.example.com",
        "sub": "prp_1",
        "act": "refund.create",
        "digest": digest("refund.create", PAYLOAD),
        "agent": "support-bot",
        "iat": 1_000_000_000,
        "exp": 4_000_000_000,
    }
    return SIGNER.signed(json.dumps(claims).encode(), PERMIT)


def test_the_tool_of_the_page_refunds_once_what_was_approved(tmp_path, monkeypatch, permit):
    refund = shown("permits.md", tmp_path, monkeypatch)["refund"]
    assert refund({**PAYLOAD, "amount": 9000}, permit, SIGNER.jwks()).startswith(
        "Refused: The permit is for the digest"
    )
    assert refund(PAYLOAD, permit, SIGNER.jwks()) == "Refunded 250."
    assert refund(PAYLOAD, permit, SIGNER.jwks()) == "Refused: The permit of prp_1 was used before."


def test_the_check_of_the_page_believes_a_sound_receipt_alone(tmp_path, monkeypatch):
    outcome = shown("receipts.md", tmp_path, monkeypatch)["outcome"]
    receipt = edited_and_run().receipt()
    assert outcome(receipt, SIGNER.jwks()) == "succeeded"
    assert (
        outcome(changed(receipt, ("proposal", "status"), "failed"), SIGNER.jwks())
        == "Not to be believed: The signature does not hold."
    )


def test_the_page_on_the_library_shows_what_a_gate_says_of_its_tools(capsys):
    page = (ROOT / "docs" / "reference" / "client.md").read_text()
    ((program, printed),) = re.findall(r"```python\n((?:(?!```).)*)```\n\n```text\n(.*?)```", page, re.DOTALL)
    exec(compile(program, "client.md", "exec"), {})
    assert capsys.readouterr().out == printed


async def test_the_page_on_the_library_catches_an_error_that_nobody_could_report(door, endpoint, monkeypatch, capsys):
    page = (ROOT / "docs" / "reference" / "client.md").read_text()
    (program,) = (each for each in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "Unreported" in each)
    monkeypatch.setenv("SIGNOFF_URL", door.url)
    monkeypatch.setenv("SIGNOFF_TOKEN", TOKEN)
    asked = []

    async def approve(known):
        asked.append(known["id"])
        door.script = ["pass", 401]  # the claim, and the report
        await endpoint.approve(known)

    names = {}
    await decided(endpoint, asyncio.to_thread(exec, compile(program, "client.md", "exec"), names), approve)
    names["refund"]._client().close()  # else it lives as long as the program
    assert capsys.readouterr().out == f"report {asked[0]} later as failed\ndeclined\n"
