"""What was left alone in a form keeps its bytes, whatever Slack does to a text in an input."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.patch import changed_fields
from bot.slack.forms.field_types import CONTROLS
from bot.slack.forms.fields import FieldType
from bot.slack.forms.input_text import restored, untouched
from bot.slack.forms.parse import ACTION, read_form
from tests.making import make_proposal
from tests.slack.forms import answer, opened, typed_into

EMOJI = {
    "🎉": ":tada:",
    "👍": ":+1:",
    "🔥": ":fire:",
    "⚠": ":warning:",
    "👋🏽": ":wave::skin-tone-4:",
    "🇩🇪": ":flag-de:",
}


CODES = {code: emoji for emoji, code in EMOJI.items() if code != ":flag-de:"}


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
    open_fields = [field for field in shown if field.locked is None and field.kind not in CONTROLS]
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
    value = [{"subject": "well done 🎉", "amount": 250.0}, 1]
    said = '[\n  {\n    "subject": "well done :tada:",\n    "amount": 99\n  },\n  1\n]'
    assert typed_into(value, said) == [{"subject": "well done 🎉", "amount": 99}, 1]
