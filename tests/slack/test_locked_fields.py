"""What a form does not let people change, what it says of faults, and what fills it again."""

import json
from dataclasses import replace

import pytest

from approvals.proposal import Action
from approvals.refusals import Fault
from bot.slack.forms.dialogs import edit_form
from bot.slack.forms.fields import INPUT_BYTES, MOST_INPUTS, MOST_TRIED, NO_ROOM, REDACTED, FieldType
from bot.slack.forms.parse import ACTION, NOT_HERE, STALE, block_of, errors, fields, pointer_to, read_form
from tests.making import make_proposal
from tests.slack.forms import answer, one, opened, state_of, typing
from tests.slack.view_limits import inputs, judged

# What is locked


def locked(value, name="it", **changes):
    (field,) = fields(make_proposal(payload={name: value}, **changes))
    return field.locked


def test_fields_outside_the_policys_list_are_locked():
    proposal = make_proposal(payload={"amount": 1, "to": "bob"}, edit=("amount",))
    assert [(field.name, field.locked) for field in fields(proposal)] == [
        ("amount", None),
        ("to", "the policy does not let reviewers change it"),
    ]
    assert all(field.locked is None for field in fields(make_proposal(edit=None)))
    assert all(field.locked for field in fields(make_proposal(edit=())))


@pytest.mark.parametrize(
    "value", ["a\u202eb", ["\u200b"], {"k": {"\u200b": 1}}, "tag\U000e0041", "bell\x07", "a\u00a0b"]
)
def test_values_with_invisible_characters_are_locked(value):
    assert locked(value) == "it has invisible characters"


@pytest.mark.parametrize("value", ["a\r\nb", "tab\there", "emoji 🎉", "x" * 3000, ""])
def test_ordinary_texts_are_not_locked(value):
    assert locked(value) is None


@pytest.mark.parametrize("value", ["x" * 40_000, "🎉" * 20_000, "&" * 8000, ["x" * 3001], [None, "x" * 2990]])
def test_what_does_not_fit_an_input_is_locked(value):
    assert "do not fit an input" in locked(value)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\u202e", "x" * 2001, "<" * 501])
def test_a_name_that_cannot_be_a_label_locks_its_field(name):
    assert locked(1, name) == "its name cannot stand over an input"


def test_more_fields_than_fit_are_locked():
    shown = fields(make_proposal(payload={f"f{number}": number for number in range(100)}))
    assert [field.locked is None for field in shown] == [True] * MOST_INPUTS + [False] * (100 - MOST_INPUTS)


def test_fields_that_would_make_the_view_too_large_are_locked():
    shown = fields(make_proposal(payload={f"f{number}": "é" * 3000 for number in range(30)}))
    open_fields = [field for field in shown if field.locked is None]
    assert len(open_fields) == INPUT_BYTES // (3000 * 6 + 410)
    assert shown[-1].locked == "there are more fields than fit one form"


def test_a_field_locked_since_the_form_opened_is_a_fault_not_lost():
    shown, state = opened(make_proposal(payload={"it": "before"}))
    state[shown[0].block_id][ACTION]["value"] = "after"
    now = fields(make_proposal(payload={"it": "before"}, edit=()))
    result = read_form(now, state)
    assert result.faults == ((now[0].block_id, NOT_HERE),)
    assert (result.payload, result.typed) == ({"it": "before"}, {"it": "after"})


def test_a_form_of_another_revision_is_a_fault_not_lost():
    shown, state = opened(make_proposal(payload={"it": "before"}))
    result = read_form(fields(make_proposal(payload={"it": "edited meanwhile"})), state)
    assert result.faults == ((shown[0].block_id, STALE),)


def test_block_ids_are_the_same_in_every_opening_and_others_for_another_value():
    first, again = fields(make_proposal(payload={"a": 1, "b": 1})), fields(make_proposal(payload={"a": 1, "b": 1}))
    assert [field.block_id for field in first] == [field.block_id for field in again]
    assert len({field.block_id for field in (*first, *fields(make_proposal(payload={"a": 2, "b": 2})))}) == 4


def test_state_that_is_no_state_is_an_empty_input():
    shown, state = opened(make_proposal(payload={"it": 5}))
    for odd in ({}, {ACTION: None}, None, {ACTION: {"value": 7}}):
        assert read_form(shown, {shown[0].block_id: odd}).faults[0][0] == shown[0].block_id
    assert read_form(shown, {**state, "elsewhere": {}}).faults == ()


# Faults of the schemas


def test_a_schemas_fault_stands_on_its_field():
    shown = fields(make_proposal(payload={"a/b": 1, "c": {"d": 1}}))
    assert block_of(shown, "/a~1b") == shown[0].block_id
    assert block_of(shown, pointer_to("a/b")) == shown[0].block_id
    assert block_of(shown, "/c/d") == shown[1].block_id


def test_a_fault_without_an_input_stands_on_the_first_and_says_what_it_is_about():
    shown = fields(make_proposal(payload={"far": "x" * 40_000, "near": 1, "c": {}}))
    said = errors(
        shown, [Fault("/far", "is too long"), Fault("", "is odd"), Fault("/near", "is low"), Fault("/c/d", "is bad")]
    )
    assert said == {
        shown[1].block_id: "/far: is too long The payload: is odd is low",
        shown[2].block_id: "/c/d: is bad",
    }


def test_a_long_fault_says_how_much_is_missing():
    shown = fields(make_proposal())
    (sentence,) = errors(shown, [Fault("/amount", "x" * 600)]).values()
    assert sentence.endswith("… (100 characters more)")


def test_a_form_without_inputs_has_no_block_to_put_a_fault_on():
    assert block_of(fields(make_proposal(edit=())), "/amount") == ""


# Filled in again


def test_what_was_typed_fills_the_form_again():
    proposal = make_proposal(payload={"amount": 250, "note": "late", "express": True, "tags": ["a"]})
    typed = typing(proposal, amount="9x", note="", express="false", tags='["b"]').typed
    assert typed == {"amount": "9x", "note": "", "express": "false", "tags": '["b"]'}
    again = judged(edit_form(proposal, "frm_2", fields(proposal), json.loads(json.dumps(typed)), ()))
    state = state_of(again)
    assert read_form(fields(proposal), state).typed == typed


def test_a_new_revision_is_what_the_form_shows():
    proposal = make_proposal(payload={"amount": 250})
    edited = replace(
        proposal,
        revisions=(
            *proposal.revisions,
            replace(proposal.revisions[0], number=2, action=Action(name="refund.create", payload={"amount": 99})),
        ),
    )
    assert inputs(edit_form(edited, "frm_1", fields(edited), {}))["amount"]["element"]["initial_value"] == "99"


class Asked(dict):
    """A schema that counts how often it is looked into."""

    looks = 0

    def get(self, *args):
        Asked.looks += 1
        return super().get(*args)


@pytest.mark.parametrize("shape", ["numbers", "texts", "objects"])
def test_of_thousands_of_fields_only_so_many_are_looked_at_closely_and_all_survive(shape):
    value = {"numbers": 1, "texts": "x", "objects": {"a": 1, "b": {"c": "x"}}}[shape]
    payload = {f"f{number}": value for number in range(6000)}
    proposal = make_proposal(payload=payload, payload_schema=Asked(properties=Asked()))
    Asked.looks = 0
    shown, state = opened(proposal)
    assert Asked.looks < 15 * MOST_TRIED
    open_fields = [field for field in shown if field.locked is None]
    assert 0 < len(open_fields) <= MOST_INPUTS
    assert {field.locked for field in shown[MOST_TRIED:]} == {NO_ROOM}
    view = edit_form(proposal, "frm_1", shown, {})
    judged(view)
    state[open_fields[0].block_id][ACTION] = answer(open_fields[0], "7" if shape != "texts" else "seven")
    result = read_form(shown, state)
    assert result.faults == ()
    assert result.changed == ("f0",)
    assert {**result.payload, "f0": value} == payload


def test_a_field_that_may_be_changed_has_its_input_however_many_locked_ones_stand_before_it():
    payload = {**{f"f{number}": "x" for number in range(2000)}, "amount": 250, "note": "late"}
    proposal = make_proposal(payload=payload, edit=("amount", "note"), redact=("f1999", "f5"))
    shown = fields(proposal)
    assert [field.name for field in shown if field.locked is None] == ["amount", "note"]
    assert [field.name for field in shown if field.locked == REDACTED] == ["f5", "f1999"]
    assert [field.shown.startswith("x") for field in shown[:2000]].count(False) == 2
    judged(edit_form(proposal, "frm_1", shown, {}))


@pytest.mark.parametrize("reference", ["#/$defs/My%20Enum", "#/%24defs/My%20%45num"])
def test_a_menu_is_found_behind_a_reference_that_is_percent_encoded(reference):
    schema = {"properties": {"it": {"$ref": reference}}, "$defs": {"My Enum": {"enum": ["small", "large"]}}}
    field = one("small", payload_schema=schema)
    assert (field.kind, [text for text, _ in field.choices]) == (FieldType.choice, ["small", "large"])


def test_a_reference_that_cannot_be_followed_asks_for_nothing():
    """Such a schema is refused today; one that was taken before may still wait for people."""
    assert one("small", payload_schema={"properties": {"it": {"$ref": "#name"}}}).kind is FieldType.text
