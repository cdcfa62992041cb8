"""What the policy redacts is seen nowhere in Slack, and is what it was everywhere else."""

import copy
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.decision import Decision, Verdict
from approvals.digest import digest
from approvals.events import Actor
from approvals.gate import Fact, Reason
from approvals.ports import Line
from approvals.proposal import Action, Cause, Evidence, Outcome, Preview, Revision, Rollback, Status
from bot.slack.cards.batch_card import Batched, shared_card
from bot.slack.cards.buttons import consequence
from bot.slack.cards.card import card
from bot.slack.cards.details import Verdicts, details, pages
from bot.slack.cards.redaction import redacted_fields, veiled, veiled_lines
from bot.slack.cards.sample_card import sample_card
from bot.slack.forms.batch_form import Done, batch_form, results
from bot.slack.forms.dialogs import object_form, reject_form
from bot.slack.forms.edit_form import confirm_form, edit_form
from bot.slack.forms.parse import fields, read_form
from bot.slack.lists.pages import entry, trail_page
from tests.making import START, make_proposal
from tests.slack.hostile import buttons, exactly, payloads, proposals
from tests.slack.limits import message_faults, sdk_accepts, view_faults
from tests.slack.test_sampled import SAMPLE

slow = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
SECRET = "078-05-1120"
MARKED = "▮▮▮ redacted (11 characters)"
TEXT = f"The number {SECRET} is right"


def telling(**changes):
    """A proposal that repeats a redacted value wherever an agent can write."""
    facts = {
        "payload": {"amount": 250, "ssn": SECRET, "person": {"ssn": SECRET, "name": "Mira"}, "note": "late"},
        "redact": ("person.ssn", "ssn"),
        "title": "Refund {payload.amount} to {payload.ssn} of {payload.person.ssn}",
        "show": ("ssn", "person", "amount"),
        "summary": TEXT,
        "reasoning": TEXT,
        "signals": {"seen": SECRET, SECRET: 1},
        "context": (Evidence(title=TEXT, text=TEXT, url=f"https://x.example/{SECRET}"),),
        "preview": Preview(kind="diff", before=f"open {SECRET}", after=f"closed {SECRET}"),
        "rollback_plan": TEXT,
        "preconditions": (TEXT,),
        "run_id": SECRET,
        "tool_call_id": SECRET,
        "risk": (Reason(rule="r", reason=TEXT),),
        "facts": (Fact(rule="r", name="rate", value=TEXT),),
    }
    return make_proposal(**facts | changes)


def edited(proposal, **payload):
    action = Action(name=proposal.action.name, payload={**proposal.action.payload, **payload})
    revision = Revision(number=2, action=action, at=START, editor="U0BOB")
    return replace(proposal, revisions=(*proposal.revisions, revision), round=2)


def ended(proposal):
    """The same, decided, run and objected to, with the value in everything that was said of it."""
    no = Decision(reviewer="U0BOB", verdict=Verdict.reject, revision=1, round=1, at=START, reason=TEXT)
    return replace(
        proposal,
        status=Status.succeeded,
        cause=Cause.watch,
        decisions=(no,),
        reason=TEXT,
        outcome=Outcome(status=Status.succeeded, at=START, detail=TEXT, verification=TEXT),
        rollback=Rollback(requested_by="U0BOB", reason=TEXT, requested_at=START, detail=TEXT),
    )


def trail():
    facts = {"reason": TEXT, "outcome": {"detail": TEXT}, "list": [TEXT]}
    return (Line(tag="proposal:withdrawn", facts=facts, actor=Actor(kind="agent", id="a"), at=START),)


def together(*several):
    return Batched(
        proposals=tuple(replace(each, id=f"prp_{number:032x}") for number, each in enumerate(several)), closes_at=START
    )


def surfaces(proposal):
    """Everything in Slack that shows a proposal."""
    twin = replace(proposal, id="prp_" + "1" * 32)
    other = together(proposal, edited(twin, amount=9))
    later = edited(proposal, amount=9)
    return {
        "card": [card(proposal).blocks, card(proposal).text],
        "edited card": [card(later).blocks, card(later).text],
        "details": pages(ended(later)),
        "ended": [card(ended(proposal)).blocks, card(ended(proposal)).text],
        "edit form": edit_form(proposal, "frm_1", fields(proposal), {}),
        "difference": confirm_form(proposal, edited(proposal, ssn=f"{SECRET}!"), "frm_1", editor_counts=False),
        "shared card": [shared_card(other).blocks, shared_card(other).text],
        "list": batch_form(other, "frm_1")[0],
        "results": results("Approved", [Done(number=1, proposal=proposal)], 0),
        "sample": [sample_card(SAMPLE, proposal).blocks, sample_card(SAMPLE, proposal).text],
        "question": consequence(proposal),
        "entry": entry(proposal),
        "trail": trail_page(proposal, trail()),
        "object": object_form(proposal, "frm_1", {}),
        "reject": reject_form(proposal, "frm_1", {}),
        "history": [line.facts for line in veiled_lines(proposal, trail())],
    }


SURFACES = sorted(surfaces(telling()))


@pytest.mark.parametrize("surface", SURFACES)
def test_no_surface_shows_a_redacted_value(surface):
    told = json.dumps(surfaces(telling())[surface], ensure_ascii=False)
    assert SECRET not in told
    if surface != "results":
        assert "redacted (11 characters)" in told
    assert SECRET in json.dumps(surfaces(telling(redact=()))[surface], ensure_ascii=False)


def test_what_runs_and_its_digest_are_what_they_were():
    proposal = telling()
    before = copy.deepcopy(proposal)
    surfaces(proposal)
    assert proposal == before
    assert veiled(proposal).digest == proposal.digest == digest("refund.create", proposal.action.payload)
    assert veiled(veiled(proposal)) == veiled(proposal)
    assert proposal.digest[:19] in card(proposal).words


def test_a_redacted_field_counts_as_shown_and_the_card_says_how_many_there_are():
    made = card(telling())
    assert made.whole
    assert "approve" in buttons(made.blocks)
    assert "2 fields redacted" in made.words
    assert "1 field redacted" in card(telling(redact=("ssn", "absent"))).words
    assert "redacted" not in card(make_proposal()).words


def test_the_mark_stands_for_what_is_there_and_says_of_what_kind():
    payload = {"text": "abc", "one": "x", "number": 12345, "yes": True, "no": None, "list": [1, 2], "map": {"a": 1}}
    kinds = veiled(make_proposal(payload=payload, redact=tuple(payload))).action.payload
    said = {key: value.split("redacted ")[1] for key, value in kinds.items()}
    assert said == {
        "text": "(3 characters)",
        "one": "(1 character)",
        "number": "(a number)",
        "yes": "(true or false)",
        "no": "(null)",
        "list": "(a list of 2)",
        "map": "(1 field)",
    }


def test_a_list_on_the_way_is_entered():
    payload = {"people": [{"ssn": SECRET, "name": "Mira"}, {"name": "Noor"}, "x"]}
    proposal = make_proposal(payload=payload, redact=("people.ssn",), reasoning=TEXT)
    assert SECRET not in json.dumps(card(proposal).blocks)
    assert "Noor" in card(proposal).words
    assert redacted_fields(proposal) == {"people"}


def test_nobody_but_us_can_write_the_mark():
    made = card(make_proposal(payload={"a": MARKED}))
    assert "▮" not in made.words
    assert "⟨U+25AE⟩⟨U+25AE⟩⟨U+25AE⟩ redacted" in made.words


def test_an_agent_can_hide_nothing_else_of_the_payload_by_what_it_writes_into_a_redacted_field():
    made = card(make_proposal(payload={"ssn": "DROP", "sql": "DROP TABLE x"}, redact=("ssn",), reasoning="DROP it"))
    assert "DROP TABLE x" in made.words
    assert "DROP it" not in made.words


@pytest.mark.parametrize(
    ("value", "text", "seen"),
    [
        ("a", "a cat sat", "▮▮▮ redacted (1 character) cat sat"),
        (" ", "a cat", "a cat"),
        (1234, "pay 1234 of 91234", "pay ▮▮▮ redacted (a number) of 91234"),
        (12, "pay 12", "pay 12"),
        (True, "true", "true"),
        ('a"b\nc', 'it is a\\"b\\nc here', "it is ▮▮▮ redacted (5 characters) here"),
    ],
)
def test_in_texts_the_very_same_value_is_marked_and_no_letter_of_other_words(value, text, seen):
    proposal = make_proposal(payload={"it": value}, redact=("it",), reasoning=text)
    assert seen in card(proposal).words


def test_where_too_much_is_redacted_to_look_for_each_of_it_no_text_is_shown_and_it_says_so():
    values = ["a" * length + "c" for length in range(4, 450)]
    text = f"{SECRET} " + ("a" * 440 + "b") * 15
    proposal = make_proposal(
        payload={"ssn": SECRET, "words": values, "amount": 250},
        redact=("ssn", "words"),
        reasoning=text,
        preview=Preview(kind="text", text=text),
        summary="Nothing but words",
    )
    told = json.dumps([card(proposal).blocks, pages(proposal)], ensure_ascii=False)
    assert SECRET not in told
    assert "▮▮▮ redacted (all of 6627 characters: too much is redacted to look for each of it here)" in told
    assert "250" in card(proposal).words


def test_a_redacted_field_is_locked_in_the_form_and_its_bytes_survive_an_edit():
    proposal = telling(edit=None)
    form = fields(proposal)
    locked = {field.name: field.locked for field in form}
    assert locked["ssn"] == locked["person"] == "the policy redacts it, so nobody changes what nobody sees"
    assert locked["amount"] is None
    (amount,) = [field for field in form if field.name == "amount"]
    typed = read_form(form, {amount.block_id: {"input": {"value": "99"}}})
    assert typed.payload == {**proposal.action.payload, "amount": 99}


def test_a_change_of_a_redacted_value_is_seen_as_a_change():
    proposal = edited(telling(), ssn="222-22-2222")
    made = card(proposal)
    assert "222-22-2222" not in json.dumps([made.blocks, pages(proposal)])
    assert f'ssn: "{MARKED}" → "▮▮▮ redacted (11 characters, changed in revision 2)"' in made.words


def test_of_several_on_one_card_what_any_rule_redacts_is_redacted_in_all():
    some = together(telling(), telling(redact=(), title=None, show=()))
    told = json.dumps(shared_card(replace(some, proposals=some.proposals)).blocks)
    assert f'"ssn\\": \\"{SECRET}' not in told.replace("\\\\", "\\")


@slow
@given(proposals(), st.booleans())
def test_cards_and_details_with_redacted_fields_keep_slacks_limits(proposal, worded):
    redact = tuple(sorted({name for name in proposal.action.payload if name.isalnum()}))
    title = "Do {payload.qzx}" if worded else None
    proposal = replace(proposal, gate=replace(proposal.gate, redact=redact, title=title, show=redact[:3]))
    made = card(proposal)
    assert message_faults(made.blocks, made.text) == []
    assert sdk_accepts(made.blocks)
    made_pages = pages(proposal)
    assert view_faults(details(proposal, "frm_1", len(made_pages) - 1, Verdicts(approve=True))) == []


@slow
@given(payloads)
def test_what_is_not_redacted_is_shown_as_it_is(payload):
    proposal = make_proposal(payload={**payload, "ssn": SECRET}, redact=("ssn",))
    kept = dict(veiled(proposal).action.payload)
    del kept["ssn"]
    assert exactly(kept) == exactly({key: value for key, value in payload.items() if key != "ssn"})


@pytest.mark.parametrize(
    ("redact", "payload"),
    [
        ("data.tls.key", {"data": {"tls.key": SECRET}}),
        ("data.tls.key", {"data.tls": {"key": SECRET}}),
        ("data.tls.key", {"data.tls.key": SECRET}),
        ('data."tls.key"', {"data": {"tls": {"key": SECRET}}}),
        ("headers.authorization", {"headers": {"Authorization": SECRET}}),
        ("headers.Authorization", {"HEADERS": [{"authorization": SECRET}, {"AUTHORIZATION": {"x": SECRET}}]}),
        ('"".ключ', {"": {"КЛЮЧ": SECRET}}),
        ('"payload".x', {"payload": {"x": SECRET}}),
        ("payload.x", {"x": 1, "payload": {"x": SECRET}}),
        ("straße", {"STRASSE": SECRET}),
    ],
    ids=str,
)
def test_a_path_hides_in_all_that_it_could_mean(redact, payload):
    proposal = make_proposal(payload={**payload, "amount": 250}, redact=(redact,), reasoning=TEXT)
    assert SECRET not in json.dumps([card(proposal).blocks, pages(proposal)], ensure_ascii=False)
    assert "250" in json.dumps(card(proposal).blocks)
    assert redacted_fields(proposal) == {*payload} - ({"x"} if redact == '"payload".x' else set())
    assert veiled(veiled(proposal)) == veiled(proposal)
    assert proposal.action.digest == veiled(proposal).action.digest


def test_paths_that_hide_parts_of_each_other_hide_both():
    payload = {"Data": {"Key": SECRET, "other": "x"}, "data": {"key": SECRET}}
    for redact in (("Data.key", "data"), ("data", "data.key"), ("data.key", "DATA.KEY")):
        proposal = make_proposal(payload=payload, redact=redact)
        assert SECRET not in json.dumps(card(proposal).blocks)


def test_a_title_and_what_matters_name_any_key():
    payload = {"data": {"tls.key": "visible", "": 7}}
    proposal = make_proposal(
        payload=payload, title='Key {data."tls.key"}, {payload.data.""}', show=('data."tls.key"', "data.tls.key")
    )
    said = json.dumps(card(proposal).blocks, ensure_ascii=False)
    assert "Key visible, 7" in said
    assert "(missing)" in said
