import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.patch import changed_fields
from approvals.proposal import Action
from approvals.refusals import Fault
from bot.slack.forms.dialogs import edit_form
from bot.slack.forms.fields import INPUT_BYTES, MOST_INPUTS, MOST_TRIED, NO_ROOM, REDACTED, FieldType
from bot.slack.forms.input_text import restored, untouched
from bot.slack.forms.parse import ACTION, NOT_HERE, STALE, block_of, errors, fields, pointer_to, read_form
from sandbox.blockkit.inputs import initial
from tests.making import make_proposal
from tests.slack.view_limits import inputs, judged

EMOJI = {
    "🎉": ":tada:",
    "👍": ":+1:",
    "🔥": ":fire:",
    "⚠": ":warning:",
    "👋🏽": ":wave::skin-tone-4:",
    "🇩🇪": ":flag-de:",
}
CODES = {code: emoji for emoji, code in EMOJI.items() if code != ":flag-de:"}


def one(value, **changes):
    """The only field of a form for this value."""
    (field,) = fields(make_proposal(payload={"it": value}, **changes))
    return field


def state_of(view):
    """What Slack holds of a form that was just opened."""
    return initial(view["blocks"])


def opened(proposal):
    shown = fields(proposal)
    return shown, state_of(edit_form(proposal, "frm_1", shown, {}, ()))


def typing(proposal, **said):
    """The form, read after these texts were typed into fields of these names."""
    shown, state = opened(proposal)
    for field in shown:
        if field.name in said:
            state[field.block_id][ACTION] = answer(field, said[field.name])
    return read_form(shown, state)


def answer(field, said):
    if field.kind is FieldType.several:
        return {"type": "multi_static_select", "selected_options": [{"value": one} for one in said.split("\n") if one]}
    if field.kind is FieldType.date:
        return {"type": "datepicker", "selected_date": said}
    if field.choices:
        return {
            "type": "static_select",
            "selected_option": {"text": {"type": "plain_text", "text": said}, "value": said},
        }
    return {"type": "plain_text_input", "value": said}


def typed_into(value, said, **changes):
    """The one value after this was typed into its field; a string is the fault."""
    result = typing(make_proposal(payload={"it": value}, **changes), it=said)
    return result.payload["it"] if not result.faults else result.faults[0][1]


# What each value is typed in


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("Hello", FieldType.text),
        ("01234", FieldType.text),
        ("true", FieldType.text),
        ("", FieldType.text),
        (250, FieldType.number),
        (250.5, FieldType.number),
        (True, FieldType.boolean),
        (False, FieldType.boolean),
        (None, FieldType.json),
        ([1], FieldType.numbers),
        (["a", "b"], FieldType.lines),
        ([], FieldType.json),
        ([1, "a"], FieldType.json),
        ([True], FieldType.json),
        ([{"a": 1}], FieldType.json),
        ({}, FieldType.json),
        ({"": 1}, FieldType.json),
    ],
)
def test_every_json_type_has_its_input(value, kind):
    assert one(value).kind is kind


def test_one_input_a_field_in_the_payloads_order_labelled_with_its_name():
    proposal = make_proposal(payload={"zeta": "a", "alpha": 1, "mid": None})
    assert list(inputs(edit_form(proposal, "frm_1", fields(proposal), {}))) == ["zeta", "alpha", "mid"]


def test_a_text_may_be_cleared_and_nothing_else_may():
    view = edit_form(
        proposal := make_proposal(payload={"t": "a", "n": 1, "b": True, "j": None}), "frm_1", fields(proposal), {}
    )
    assert {label: block["optional"] for label, block in inputs(view).items()} == {
        "t": True,
        "n": False,
        "b": False,
        "j": False,
    }


@pytest.mark.parametrize(
    ("value", "multiline"), [("short", False), ("two\nlines", True), ("x" * 81, True), (5, False), ([], True)]
)
def test_long_texts_and_json_have_several_lines(value, multiline):
    assert one(value).multiline is multiline


def test_a_schema_makes_a_menu_of_its_enum():
    schema = {"properties": {"it": {"enum": ["eur", "usd"]}}}
    assert one("eur", payload_schema=schema).kind is FieldType.choice
    assert typed_into("eur", "usd", payload_schema=schema) == "usd"


def test_a_menu_gives_the_values_of_the_schema_not_their_texts():
    assert typed_into(1, "2.5", payload_schema={"properties": {"it": {"enum": [1, 2.5]}}}) == 2.5


@pytest.mark.parametrize(
    ("value", "enum"),
    [
        ("eur", ["usd"]),
        ("eur", ["eur", 1]),
        (True, [True, False]),
        (1, [1, True]),
        ("a", ["a", ""]),
        ("a", ["a", "x" * 76]),
        ("a", ["a", "b\u202e"]),
        ("a", ["a", "a"]),
        ("a", ["a", *(str(number) for number in range(100))]),
        ("a", "a"),
    ],
)
def test_an_enum_that_no_menu_can_show_is_typed(value, enum):
    assert one(value, payload_schema={"properties": {"it": {"enum": enum}}}).kind is not FieldType.choice


def test_a_picked_emoji_is_never_taken_for_another_option():
    schema = {"properties": {"it": {"enum": ["🎉", ":tada:"]}}}
    assert typed_into("🎉", ":tada:", payload_schema=schema) == ":tada:"


def test_a_schema_of_another_type_than_the_value_decides_nothing():
    assert one("01234", payload_schema={"properties": {"it": {"type": "integer"}}}).kind is FieldType.text
    assert one(2.5, payload_schema={"properties": {"it": {"type": "integer"}}}).kind is FieldType.number


@pytest.mark.parametrize(
    "schema", [{"properties": []}, {"properties": {"it": True}}, {"properties": {"it": {"type": ["text"]}}}, {}]
)
def test_a_schema_that_says_nothing_of_the_field_changes_nothing(schema):
    assert one(250, payload_schema=schema).kind is FieldType.number


def test_fields_the_payload_does_not_have_are_not_offered():
    proposal = make_proposal(payload={"a": 1}, payload_schema={"properties": {"b": {"type": "string"}}})
    assert [field.name for field in fields(proposal)] == ["a"]


# Numbers


@pytest.mark.parametrize(
    ("value", "said", "result"),
    [
        (250, "99", 99),
        (250, " 99 ", 99),
        (250, "99.5", 99.5),
        (250, "99.0", 99),
        (250, "1e3", 1000),
        (250, "1e300", 1e300),
        (250.0, "99", 99.0),
        (250.0, "99.5", 99.5),
        (1e300, "1e301", 1e301),
        (0.0, "-5", -5.0),
        (5, "9007199254740991", 9007199254740991),
        (5, "9007199254740992.0", 9007199254740992.0),
    ],
)
def test_a_number_keeps_its_kind_wherever_that_can_hold_it(value, said, result):
    typed = typed_into(value, said)
    assert (typed, type(typed)) == (result, type(result))


@pytest.mark.parametrize(
    ("value", "said"), [(250, "250.0"), (250.0, "250"), (-0.0, "0"), (1e21, "1000000000000000000000.0"), (1000, "1e3")]
)
def test_another_spelling_of_a_number_changes_nothing(value, said):
    result = typing(make_proposal(payload={"it": value}), it=said)
    assert result.changed == ()
    assert result.payload["it"] is value


@pytest.mark.parametrize(
    "said",
    [
        "",
        "abc",
        "1,000",
        "+5",
        ".5",
        "5.",
        "05",
        "0x10",
        "1_000",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "9007199254740992",
        "٣",
        "true",
        "null",
        '"5"',
        "1 2",
    ],
)
def test_what_is_no_json_number_is_a_fault_on_the_field(said):
    shown, state = opened(proposal := make_proposal(payload={"it": 250}))
    state[shown[0].block_id][ACTION]["value"] = said
    result = read_form(shown, state)
    assert [block for block, _ in result.faults] == [shown[0].block_id]
    assert result.payload == proposal.action.payload
    assert result.changed == ()


def test_an_integer_of_the_schema_stays_whole():
    schema = {"properties": {"it": {"type": "integer"}}}
    assert typed_into(250, "99.5", payload_schema=schema) == "Write a whole number."
    assert typed_into(250, "300.0", payload_schema=schema) == 300
    assert isinstance(typed_into(250, "300.0", payload_schema=schema), int)


# Texts, booleans and JSON


@pytest.mark.parametrize("said", ["01234", "5", "true", "null", "{}", "a\nb", "<@U0ALICE> & :tada:"])
def test_a_text_stays_a_text_whatever_it_looks_like(said):
    assert typed_into("before", said) == said


@pytest.mark.parametrize("said", [None, ""])
def test_a_cleared_text_is_empty(said):
    result = typing(make_proposal(payload={"it": "before"}), it=said)
    assert result.payload == {"it": ""}
    assert result.changed == ("it",)


def test_booleans_are_picked():
    assert typed_into(True, "false") is False
    assert typed_into(False, "true") is True
    assert typed_into(True, "maybe") == "Pick one of the options."


def test_nothing_picked_is_a_fault():
    shown, state = opened(make_proposal(payload={"it": True}))
    state[shown[0].block_id][ACTION] = {"type": "static_select", "selected_option": None}
    assert read_form(shown, state).faults == ((shown[0].block_id, "Pick one of the options."),)


@pytest.mark.parametrize("result", [None, 5, 5.0, "text", [1, 2.0], {"b": 1, "a": [None, True]}])
def test_json_fields_take_any_json(result):
    typed = typed_into([{"old": 1}], json.dumps(result))
    assert (typed, type(typed)) == (result, type(result))


def test_null_is_edited_as_json():
    assert typed_into(None, '"now a text"') == "now a text"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (None, "null stands for nothing"),
        ("  ", "null stands for nothing"),
        ('{"a": 1, "a": 2}', "more than once"),
        ("[NaN]", "NaN"),
        ("[Infinity]", "Infinity"),
        ("[1e999]", "too large"),
        ("[9007199254740992]", "2^53"),
        ('["\\ud800"]', "surrogate"),
        ('{"\\ud800": 1}', "surrogate"),
        ("[" * 31 + "]" * 31, "deeper"),
        ("[" * 1400 + "]" * 1400, "deeper"),
        ("{a: 1}", "This is not JSON"),
        ("{“a”: 1}", "straight quotes"),
        ("[1] [2]", "This is not JSON"),
        ('1}, "x": {"y": 1', "This is not JSON"),
    ],
)
def test_json_is_read_as_strictly_as_an_agents(said, why):
    assert why in typed_into([None], said)


def test_json_takes_floats_beyond_the_integers():
    assert typed_into([], "9007199254740992.0") == 9007199254740992.0


def test_json_may_be_as_deep_as_a_body_lets_it_be():
    deep = "[" * 30 + "]" * 30
    assert typed_into([None], deep) == json.loads(deep)


@pytest.mark.parametrize("value", ["text", [None], ["text"]])
def test_half_a_character_is_a_fault(value):
    assert "half of a character" in typed_into(value, "a\ud83d")


def test_json_that_only_looks_otherwise_is_left_alone():
    value = [{"b": [1, 2], "a": None}]
    result = typing(make_proposal(payload={"it": value}), it='[{"a":null,"b":[1,2.0]}]')
    assert result.payload["it"] is value
    assert result.changed == ()


# What was left alone


LINES = st.sampled_from(["\n", "\r\n", "\r", "  \r\n", "\t\n"])
BITS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=6),
    LINES,
    st.sampled_from(
        [
            *EMOJI,
            *CODES,
            " ",
            "  ",
            "\u00a0",
            "\t",
            ":",
            "10:30:45",
            ":nobody-knows:",
            "\\",
            '"',
            "&lt;",
            "&",
            "<!channel>",
            "*b*",
        ]
    ),
)
TEXTS = st.lists(BITS, max_size=8).map("".join)
NUMBERS = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([-0.0, 0.0, 0, 1e300, 250, 250.0, 5e-324, 1e21, 1e16, -(2**53) + 1]),
)
SCALARS = st.one_of(TEXTS, NUMBERS, st.booleans(), st.none())
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6
)
PAYLOADS = st.dictionaries(TEXTS, VALUES, max_size=6)


def through_slack(text, how):
    """What may come back from an input that held this text."""
    if "newlines" in how:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "emoji" in how:
        for emoji, code in EMOJI.items():
            text = text.replace(emoji, code)
    if "codes" in how:
        for code, emoji in CODES.items():
            text = text.replace(code, emoji)
    if "blanks" in how:
        text = text.replace("\u00a0", " ")
    if "lines" in how:
        text = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    if "trim" in how:
        text = text.strip(" \t\u00a0\r\n")
    return text or None


HOW = st.sets(st.sampled_from(["newlines", "emoji", "codes", "blanks", "lines", "trim"])).filter(
    lambda how: not {"emoji", "codes"} <= how
)


def passed_through_slack(state, how):
    for actions in state.values():
        if "value" in actions[ACTION]:
            actions[ACTION]["value"] = through_slack(actions[ACTION]["value"] or "", how)


@given(payload=PAYLOADS, how=HOW)
@settings(deadline=None)
def test_a_form_submitted_untouched_gives_the_very_same_payload(payload, how):
    shown, state = opened(make_proposal(payload=payload))
    passed_through_slack(state, how)
    result = read_form(shown, state)
    assert (result.faults, result.changed, result.typed) == ((), (), {})
    assert list(result.payload) == list(payload)
    assert all(result.payload[name] is payload[name] for name in payload)
    assert result.payload is not payload


@given(payload=PAYLOADS, how=HOW, choose=st.randoms(use_true_random=False), text=TEXTS, number=NUMBERS)
@settings(deadline=None)
def test_changing_one_field_changes_only_that_field(payload, how, choose, text, number):
    shown, state = opened(make_proposal(payload=payload))
    open_fields = [field for field in shown if field.locked is None]
    passed_through_slack(state, how)
    if not open_fields:
        return
    field = choose.choice(open_fields)
    said = "false" if field.kind is FieldType.boolean else text if field.kind is FieldType.text else json.dumps(number)
    state[field.block_id][ACTION] = answer(field, said)
    result = read_form(shown, state)
    assert not result.faults
    assert set(result.changed) <= {field.path[0]}
    assert result.changed == changed_fields(payload, result.payload)
    assert list(result.payload) == list(payload)
    assert all(result.payload[name] is payload[name] for name in payload if name not in result.changed)


@given(payload=st.dictionaries(st.text("abc", min_size=1), NUMBERS | st.booleans() | st.none(), max_size=4))
def test_kinds_of_numbers_survive_untouched(payload):
    shown, state = opened(make_proposal(payload=payload))
    result = read_form(shown, state).payload
    assert [(type(v), math.copysign(1, v or 0) if v is not None else 0, repr(v)) for v in result.values()] == [
        (type(v), math.copysign(1, v or 0) if v is not None else 0, repr(v)) for v in payload.values()
    ]


@pytest.mark.parametrize(
    ("before", "typed"),
    [
        ("a\r\nb", "a\nb"),
        ("a\rb", "a\nb"),
        ("a  \nb", "a\nb"),
        ("a b\n\n", "a b"),
        ("  a", "a"),
        ("   ", ""),
        ("a\u00a0b", "a b"),
        ("🎉", ":tada:"),
        (":tada:", "🎉"),
        ("👍 ok", ":thumbsup: ok"),
        ("👋🏽", ":wave::skin-tone-4:"),
        ("⚠", "⚠\ufe0f"),
        ("🇩🇪", ":flag-de:"),
        ("💯", ":100:"),
    ],
)
def test_what_slack_does_is_no_edit(before, typed):
    assert untouched(before, typed)


@pytest.mark.parametrize(
    ("before", "typed"),
    [
        ("a\nb", "a b"),
        ("a b", "ab"),
        ("a b", "a  b"),
        (" a\n b", " a\nb"),
        ("🎉", ":bomb:"),
        ("🎉", "💣"),
        (":tada:", "💣"),
        (":nobody-knows:", "🎉"),
        ("🎉🎉", ":tada:"),
        ("🎉", "tada"),
        ("ok", ":nobody-knows:"),
        ("がんばれ", ":nobody-knows:んばれ"),
        ("A", "a"),
        ("x", ""),
    ],
)
def test_what_a_person_does_is_an_edit(before, typed):
    assert not untouched(before, typed)


@pytest.mark.parametrize(
    ("before", "typed", "result"),
    [
        ("Dear Bob,\r\n\r\nwell done 🎉\r\n", "Dear Ann,\n\nwell done :tada:", "Dear Ann,\r\n\r\nwell done 🎉\r\n"),
        ("one \ntwo", "one\n2", "one \n2"),
        ("  a b", "a c", "  a c"),
        ("a b  ", "c b", "c b  "),
        ("a  ", "b", "b"),
        ("keep ", "", ""),
        ("keep", "new :tada: here", "new :tada: here"),
        ("0\r0", "a\n\na", "a\n\na"),
    ],
)
def test_an_edit_keeps_the_bytes_around_it(before, typed, result):
    assert restored(before, typed) == result


@given(before=TEXTS, typed=st.text("ab \n", max_size=12))
def test_an_edited_text_says_what_was_typed(before, typed):
    assert untouched(restored(before, typed), typed) or untouched(before, typed)


def test_a_field_that_was_edited_keeps_the_bytes_of_what_was_not():
    assert typed_into("Dear Bob,\r\nwell done 🎉", "Dear Ann,\nwell done :tada:") == "Dear Ann,\r\nwell done 🎉"


def test_what_was_left_alone_inside_json_keeps_its_bytes():
    value = [{"subject": "well done 🎉", "amount": 250.0}]
    said = '[\n  {\n    "subject": "well done :tada:",\n    "amount": 99\n  }\n]'
    assert typed_into(value, said) == [{"subject": "well done 🎉", "amount": 99}]


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
