"""The policy that ships as an example does what its comments say."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

import policy
from approvals.gate import ApprovalTerms, Batch
from approvals.past import About, PastAnswer
from approvals.proposal import Action, Source
from policy import check, explain, load
from tests.policy.files import ask

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


USUAL = {
    About.first_time: PastAnswer(count=3),
    About.repeat: PastAnswer(),
    About.budget: PastAnswer(),
    About.effect: PastAnswer(),
}
NEW = {About.first_time: PastAnswer()}
MUCH = {About.budget: PastAnswer(total=Decimal(4990))}
BEFORE = {About.effect: PastAnswer(done="prp_1")}
REFUSED = {About.repeat: PastAnswer(by="U0ALICE")}
EXACTLY = {About.repeat: PastAnswer(by="U0ALICE", same=True)}
SURE = {"confidence": 0.9}
OUTSIDE = {"source": Source.untrusted}


def told(agent, action, payload, past, **said):
    """Tier, roles and approvals of a proposal, with the past as usual but for what is given."""
    example = load(EXAMPLE, None)
    asking = ask(**{**said, "agent": agent, "source": example.source_for(agent, said.get("source"))})
    proposed = Action(name=action, payload=payload)
    assert example.allows(agent, action)
    assert example.faults(asking, proposed) == ()
    answers = USUAL | past
    known = {question: answers[question.about] for question in example.questions(asking, proposed)}
    gate = example.judge(asking, [proposed], known)
    return str(gate.tier), gate.roles, gate.approvals


def test_the_example_is_sound_and_has_nothing_to_warn_of():
    report = check(EXAMPLE, ENVIRON)
    assert report.faults == ()
    assert report.warnings == ()


def test_the_example_says_which_variables_are_missing():
    assert {fault.message for fault in check(EXAMPLE, {}).faults} == {f"{name} is not set" for name in ENVIRON}


@pytest.mark.parametrize(
    ("action", "payload", "said", "past", "gate"),
    [
        ("email.send", MAIL, {}, {}, ("approve", ("support",), 1)),
        ("email.send", MAIL | {"to": [f"m{n}@example.com" for n in range(6)]}, {}, {}, ("approve", ("support",), 2)),
        ("email.draft", {}, {}, {}, ("auto", (), 1)),
        ("refund.create", REFUND | {"amount": 80}, {}, {}, ("approve", ("support",), 1)),
        ("refund.create", REFUND | {"amount": 250}, {}, {}, ("approve", ("finance",), 1)),
        ("refund.create", REFUND | {"amount": 1500.0}, {}, {}, ("approve", ("finance", "support"), 1)),
        ("refund.create", REFUND | {"amount": 80}, {}, REFUSED, ("approve", ("support",), 2)),
        ("refund.create", REFUND | {"amount": 10}, {}, MUCH, ("approve", ("support",), 1)),
        ("refund.create", REFUND | {"amount": 10.01}, {}, MUCH, ("approve", ("finance", "support"), 1)),
        ("refund.create", REFUND | {"amount": 80}, {}, BEFORE, ("approve", ("support",), 1)),
        ("crm.read_contact", {}, {}, {}, ("auto", (), 1)),
        ("crm.update_contact", {}, SURE, {}, ("auto", (), 1)),
        ("crm.update_contact", {}, {"confidence": 0.5}, {}, ("approve", ("support",), 1)),
        ("crm.update_contact", {}, {}, {}, ("approve", ("support",), 1)),
        ("crm.update_contact", {}, SURE, EXACTLY, ("approve", ("support",), 1)),
        ("crm.note", {}, {}, {}, ("watch", ("support",), 1)),
        ("crm.merge_contacts", {}, {}, {}, ("approve", ("support",), 1)),
        ("crm.tag", {"customer": "c_1", "tag": "vip"}, {}, {}, ("approve", ("support",), 1)),
        ("crm.delete_contact", {}, {}, {}, ("approve", ("support",), 1)),
        ("db.migrate", {}, {}, {}, ("approve", ("platform",), 2)),
        ("db.migrate", {}, OUTSIDE, {}, ("block", (), 2)),
        ("db.drop_table", {}, {}, {}, ("block", (), 1)),
        ("access.grant", ACCESS, SURE, {}, ("approve", ("platform",), 1)),
        ("access.grant", ACCESS, {}, {}, ("approve", ("platform",), 2)),
        ("access.grant", ACCESS, SURE | OUTSIDE, {}, ("approve", ("platform",), 2)),
        ("access.grant", ACCESS, SURE, NEW, ("approve", ("finance", "platform"), 1)),
        ("access.grant", ACCESS | {"hours": 9}, SURE, {}, ("approve", ("finance", "platform"), 1)),
        ("access.grant", ACCESS | {"level": "admin"}, SURE, {}, ("approve", ("finance", "platform"), 1)),
    ],
)
def test_the_example_judges_as_its_comments_say(action, payload, said, past, gate):
    agent = "support-bot" if action.split(".")[0] in {"email", "refund", "crm"} else "platform-bot"
    assert told(agent, action, payload, past, **said) == gate


def test_the_examples_schemas_refuse_what_they_should():
    wrong = {"order": "x", "amount": 0, "currency": "BTC", "iban": "x"}
    proposal = {"agent": "support-bot", "action": "refund.create", "payload": wrong}
    pointers = {fault.pointer for fault in explain(EXAMPLE, json.dumps(proposal)).faults}
    assert pointers == {"/order", "/amount", "/currency", "/iban"}


def test_merges_share_a_card_and_a_tag_may_stand_for_the_next_unless_one_was_rejected_before():
    example = load(EXAMPLE, None)
    asking = ask(agent="support-bot")

    def gate(action, payload, past):
        proposed = Action(name=action, payload=payload)
        known = {question: past[question.about] for question in example.questions(asking, proposed)}
        return example.judge(asking, [proposed], known)

    tag = ("crm.tag", {"customer": "c_1", "tag": "vip"})
    assert gate("crm.merge", {}, USUAL).batch == Batch(window=300, most=20)
    assert gate(*tag, USUAL).remember_approval == ApprovalTerms(may_differ=("payload.customer",), lasts=86400, most=20)
    assert gate("crm.merge", {}, EXACTLY).batch is None
    assert gate(*tag, EXACTLY).remember_approval is None
