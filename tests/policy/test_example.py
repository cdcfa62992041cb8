"""The policy that ships as an example does what its comments say."""

import json
from pathlib import Path

import pytest

import policy
from policy import check, explain

EXAMPLE = Path(policy.__file__).parent / "example.yml"
ENVIRON = {
    "SUPPORT_BOT_TOKEN": "support-bot-token-0123456789abcdefgh",
    "PLATFORM_BOT_TOKEN": "platform-bot-token-0123456789abcdefg",
    "AUDITOR_TOKEN": "auditor-token-0123456789abcdefghijkl",
    "SUPPORT_BOT_CALLBACK": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
}
MAIL = {"to": ["mira@example.com"], "subject": "Your parcel", "body": "It is on its way."}
REFUND = {"order": "A-1001", "currency": "EUR"}
ACCESS = {"person": "ben@example.com", "system": "warehouse", "level": "read", "hours": 4}


def told(agent, action, payload, **said):
    explanation = explain(EXAMPLE, json.dumps({"agent": agent, "action": action, "payload": payload, **said}))
    assert explanation.allowed
    assert explanation.faults == ()
    return str(explanation.tier), explanation.roles, explanation.approvals


def test_the_example_is_sound_and_has_nothing_to_warn_of():
    report = check(EXAMPLE, ENVIRON)
    assert report.faults == ()
    assert report.warnings == ()


def test_the_example_says_which_variables_are_missing():
    assert {fault.message for fault in check(EXAMPLE, {}).faults} == {f"{name} is not set" for name in ENVIRON}


@pytest.mark.parametrize(
    ("agent", "action", "payload", "said", "gate"),
    [
        ("support-bot", "email.send", MAIL, {}, ("approve", ("support",), 1)),
        (
            "support-bot",
            "email.send",
            MAIL | {"to": [f"m{n}@example.com" for n in range(6)]},
            {},
            ("approve", ("support",), 2),
        ),
        ("support-bot", "email.draft", {}, {}, ("auto", (), 1)),
        ("support-bot", "refund.create", REFUND | {"amount": 80}, {}, ("approve", ("support",), 1)),
        ("support-bot", "refund.create", REFUND | {"amount": 250}, {}, ("approve", ("finance",), 1)),
        ("support-bot", "refund.create", REFUND | {"amount": 1500.0}, {}, ("approve", ("finance", "support"), 1)),
        ("support-bot", "crm.read_contact", {}, {}, ("auto", (), 1)),
        ("support-bot", "crm.update_contact", {}, {"confidence": 0.9}, ("auto", (), 1)),
        ("support-bot", "crm.update_contact", {}, {"confidence": 0.5}, ("approve", ("support",), 1)),
        ("support-bot", "crm.update_contact", {}, {}, ("approve", ("support",), 1)),
        ("support-bot", "crm.delete_contact", {}, {}, ("approve", ("support",), 1)),
        ("platform-bot", "db.migrate", {}, {}, ("approve", ("platform",), 2)),
        ("platform-bot", "db.drop_table", {}, {}, ("block", (), 1)),
        ("platform-bot", "access.grant", ACCESS, {}, ("approve", ("platform",), 1)),
        ("platform-bot", "access.grant", ACCESS | {"hours": 9}, {}, ("approve", ("finance", "platform"), 1)),
        ("platform-bot", "access.grant", ACCESS | {"level": "admin"}, {}, ("approve", ("finance", "platform"), 1)),
    ],
)
def test_the_example_judges_as_its_comments_say(agent, action, payload, said, gate):
    assert told(agent, action, payload, **said) == gate


def test_the_examples_schemas_refuse_what_they_should():
    wrong = {"order": "x", "amount": 0, "currency": "BTC", "iban": "x"}
    proposal = {"agent": "support-bot", "action": "refund.create", "payload": wrong}
    pointers = {fault.pointer for fault in explain(EXAMPLE, json.dumps(proposal)).faults}
    assert pointers == {"/order", "/amount", "/currency", "/iban"}
