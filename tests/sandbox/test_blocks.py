import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.blockkit.blocks import IN_HOME, IN_MESSAGE, IN_MODAL, check_blocks, too_long
from sandbox.blockkit.checks import Faults
from sandbox.blockkit.normalise import normalise


def plain(text="words"):
    return {"type": "plain_text", "text": text}


def mrkdwn(text="words"):
    return {"type": "mrkdwn", "text": text}


def button(**changes):
    return {"type": "button", "action_id": "go", "text": plain(), **changes}


def actions(*elements, **changes):
    return {"type": "actions", "elements": list(elements), **changes}


def options(count=2):
    return [{"text": plain(f"choice {n}"), "value": f"v{n}"} for n in range(count)]


def asking(element, **changes):
    return {"type": "input", "label": plain("Label"), "element": {"action_id": "a", **element}, **changes}


def rich(*parts):
    return {"type": "rich_text", "elements": list(parts)}


def spoken(*elements):
    return {"type": "rich_text_section", "elements": list(elements)}


def faults(blocks, surface="message"):
    found = Faults()
    check_blocks(blocks, surface, "/blocks", found)
    return found.messages()


SOUND = [
    {"type": "header", "text": plain("x" * 150)},
    {"type": "section", "text": mrkdwn("x" * 3000)},
    {"type": "section", "fields": [mrkdwn("x" * 2000)] * 10, "accessory": button()},
    {"type": "section", "text": plain(), "accessory": {"type": "overflow", "action_id": "more", "options": options(5)}},
    {
        "type": "context",
        "elements": [mrkdwn(), plain(), {"type": "image", "image_url": "https://a.example/i.png", "alt_text": "i"}],
    },
    {"type": "divider"},
    {"type": "image", "image_url": "https://a.example/i.png", "alt_text": "i", "title": plain()},
    actions(
        button(value="v" * 2000, style="primary", url="https://a.example/"),
        button(
            action_id="sure",
            style="danger",
            confirm={
                "title": plain("x" * 100),
                "text": mrkdwn("x" * 300),
                "confirm": plain("x" * 30),
                "deny": plain("No"),
            },
        ),
        {"type": "static_select", "action_id": "s", "options": options(100), "initial_option": options()[1]},
        {"type": "users_select", "action_id": "u"},
        {"type": "datepicker", "action_id": "d", "initial_date": "2026-11-21"},
        {"type": "checkboxes", "action_id": "c", "options": options(10)},
    ),
    asking(
        {
            "type": "plain_text_input",
            "multiline": True,
            "min_length": 1,
            "max_length": 3000,
            "initial_value": "x" * 3000,
        }
    ),
    asking({"type": "number_input", "is_decimal_allowed": True, "initial_value": "1.5", "min_value": "0"}),
    asking({"type": "email_text_input"}),
    asking({"type": "url_text_input"}),
    asking({"type": "multi_static_select", "option_groups": [{"label": plain(), "options": options()}]}),
    asking(
        {"type": "radio_buttons", "options": [{"text": mrkdwn("*one*"), "value": "1"}]}, optional=True, hint=plain()
    ),
    asking({"type": "timepicker", "initial_time": "23:59"}),
    asking({"type": "datetimepicker", "initial_date_time": 1_760_000_000}),
    asking({"type": "conversations_select", "filter": {"include": ["public"]}}),
    rich(
        spoken(
            {"type": "text", "text": "a", "style": {"bold": True}},
            {"type": "link", "url": "https://a.example/", "text": "b"},
            {"type": "emoji", "name": "wave"},
            {"type": "user", "user_id": "U0ALICE"},
            {"type": "date", "timestamp": 1_760_000_000, "format": "{date}"},
        ),
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1"}], "border": 0},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "q"}]},
        {"type": "rich_text_list", "style": "bullet", "elements": [spoken({"type": "text", "text": "l"})], "indent": 1},
    ),
]


@pytest.mark.parametrize("block", SOUND, ids=lambda block: block["type"])
@pytest.mark.parametrize("surface", ["message", "modal", "home"])
def test_a_block_within_slacks_limits_is_taken_everywhere(block, surface):
    assert faults([block], surface) == []


UNSOUND = [
    (
        {"type": "header", "text": plain("x" * 151)},
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    ({"type": "header", "text": mrkdwn()}, "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"),
    (
        {"type": "header", "text": plain("<" * 38)},
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    ({"type": "header"}, "missing required field: text [json-pointer:/blocks/0]"),
    (
        {"type": "section", "text": mrkdwn("x" * 3001)},
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        {"type": "section", "text": mrkdwn("&" * 601)},
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    ({"type": "section", "text": mrkdwn("")}, "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ({"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    ({"type": "section", "fields": [plain()] * 11}, "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    (
        {"type": "section", "fields": [plain("x" * 2001)]},
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    ({"type": "section", "text": {**plain(), "emoji": "yes"}}, "must be a boolean [json-pointer:/blocks/0/text/emoji]"),
    (
        {"type": "section", "text": {**mrkdwn(), "emoji": True}},
        "invalid additional property: emoji [json-pointer:/blocks/0/text]",
    ),
    (
        {"type": "section", "text": plain(), "colour": "red"},
        "invalid additional property: colour [json-pointer:/blocks/0]",
    ),
    (
        {"type": "section", "text": plain(), "block_id": "x" * 256},
        "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
    ),
    (
        {"type": "context", "elements": [plain()] * 11},
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    ({"type": "context", "elements": []}, "must provide at least 1 items [json-pointer:/blocks/0/elements]"),
    (
        actions(*[button(action_id=f"b{n}") for n in range(26)]),
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (actions(), "must provide at least 1 items [json-pointer:/blocks/0/elements]"),
    (
        actions(button(text=plain("x" * 76))),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (actions(button(text=mrkdwn())), "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text/type]"),
    (actions(button(value="x" * 2001)), "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"),
    (
        actions(button(url="https://a.example/" + "x" * 3000)),
        "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]",
    ),
    (
        actions(button(style="warning")),
        "must be a valid enum value: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    (actions(button(disabled=True)), "invalid additional property: disabled [json-pointer:/blocks/0/elements/0]"),
    (
        actions(button(action_id="x" * 256)),
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    (actions(button(), button()), '`action_id` "go" already exists [json-pointer:/blocks/0/elements/1/action_id]'),
    (
        actions(button(confirm={"title": plain("x" * 101), "text": plain(), "confirm": plain(), "deny": plain()})),
        "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
    ),
    (
        actions(button(confirm={"title": plain(), "text": plain(), "confirm": plain("x" * 31), "deny": plain()})),
        "must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/confirm/text]",
    ),
    (
        actions(button(confirm={"title": plain()})),
        "missing required field: text [json-pointer:/blocks/0/elements/0/confirm]",
    ),
    (
        actions({"type": "overflow", "action_id": "m", "options": options(6)}),
        "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        actions({"type": "checkboxes", "action_id": "c", "options": options(11)}),
        "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        actions({"type": "static_select", "action_id": "c", "options": options(101)}),
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        actions({"type": "static_select", "action_id": "c"}),
        "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]",
    ),
    (
        actions({"type": "static_select", "action_id": "c", "options": [{"text": plain("x" * 76), "value": "v"}]}),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]",
    ),
    (
        actions({"type": "static_select", "action_id": "c", "options": [{"text": plain(), "value": "x" * 151}]}),
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
    ),
    (
        actions({"type": "static_select", "action_id": "c", "options": options(), "initial_option": options(3)[2]}),
        "must be one of the provided options [json-pointer:/blocks/0/elements/0/initial_option]",
    ),
    (
        actions({"type": "plain_text_input", "action_id": "a"}),
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        asking({"type": "plain_text_input", "max_length": 3001}),
        "must be less than 3001 [json-pointer:/blocks/0/element/max_length]",
    ),
    (
        asking({"type": "plain_text_input", "max_length": 3, "initial_value": "four"}),
        "must be less than 4 characters [json-pointer:/blocks/0/element/initial_value]",
    ),
    (
        asking({"type": "plain_text_input", "initial_value": None}),
        "must be a string [json-pointer:/blocks/0/element/initial_value]",
    ),
    (
        asking({"type": "plain_text_input", "min_length": 5, "max_length": 4}),
        "min_length must be less than or equal to max_length [json-pointer:/blocks/0/element]",
    ),
    (
        asking({"type": "number_input", "is_decimal_allowed": True, "min_value": "low"}),
        "must be a number [json-pointer:/blocks/0/element/min_value]",
    ),
    (
        actions({"type": "static_select", "action_id": "c", "options": [*options(1), *options(1)]}),
        "option values must be unique [json-pointer:/blocks/0/elements/0/options/1/value]",
    ),
    (asking({"type": "number_input"}), "missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]"),
    (
        asking({"type": "number_input", "is_decimal_allowed": False, "initial_value": "1.5"}),
        "must be an integer [json-pointer:/blocks/0/element/initial_value]",
    ),
    (asking({"type": "datepicker", "initial_date": "21.11.2026"}), "does not match the required format"),
    (asking({"type": "button", "text": plain()}), "unsupported type: button [json-pointer:/blocks/0/element/type]"),
    (
        asking({"type": "plain_text_input"}, label=mrkdwn()),
        "unsupported type: mrkdwn [json-pointer:/blocks/0/label/type]",
    ),
    (
        rich(spoken({"type": "text", "text": ""})),
        "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
    ),
    (
        rich(spoken({"type": "mrkdwn", "text": "x"})),
        "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    (
        rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]}),
        "unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    (
        {"type": "image", "image_url": "ftp://a/i.png", "alt_text": "i"},
        "does not match the required format [json-pointer:/blocks/0/image_url]",
    ),
    ({"type": "image", "image_url": "https://a/i.png"}, "missing required field: alt_text [json-pointer:/blocks/0]"),
    ({"type": "marquee"}, "unsupported type: marquee [json-pointer:/blocks/0/type]"),
    ({"text": plain()}, "missing required field: type [json-pointer:/blocks/0]"),
    ("words", "must be an object [json-pointer:/blocks/0]"),
]


@pytest.mark.parametrize(("block", "told"), UNSOUND, ids=[told.split("[")[0].strip() for _, told in UNSOUND])
def test_a_block_beyond_slacks_limits_is_refused_with_a_pointer(block, told):
    found = faults([block])
    assert any(message.startswith(told) for message in found), found


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_each_surface_holds_so_many_blocks_and_not_one_more(surface, most):
    assert faults([{"type": "divider"}] * most, surface) == []
    assert faults([{"type": "divider"}] * (most + 1), surface) == [
        f"no more than {most} items allowed [json-pointer:/blocks]"
    ]


def test_an_alert_stands_only_in_modals():
    alert = {"type": "alert", "text": plain("Careful"), "level": "warning"}
    assert faults([alert], "modal") == []
    assert faults([alert], "message") == ["unsupported type: alert [json-pointer:/blocks/0/type]"]
    assert faults([alert], "home") == ["unsupported type: alert [json-pointer:/blocks/0/type]"]


@pytest.mark.parametrize(
    "block",
    [
        {"type": "markdown", "text": "**bold**"},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]], "column_settings": [None]},
    ],
    ids=["markdown", "table"],
)
def test_markdown_and_tables_stand_only_in_messages(block):
    told = [f"unsupported type: {block['type']} [json-pointer:/blocks/0/type]"]
    assert faults([block], "message") == []
    assert faults([block], "modal") == told
    assert faults([block], "home") == told


def test_a_message_holds_one_table():
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}
    assert faults([table, table]) == ["only one table allowed [json-pointer:/blocks/1]"]


def test_two_blocks_may_not_share_a_block_id_but_may_share_action_ids():
    twice = [actions(button(), block_id="one"), actions(button(), block_id="one")]
    assert faults(twice) == ['`block_id` "one" already exists [json-pointer:/blocks/1/block_id]']
    assert faults([actions(button(), block_id="one"), actions(button(), block_id="two")]) == []


def test_only_one_element_takes_the_focus():
    fields = [asking({"type": "plain_text_input", "focus_on_load": True}, block_id=name) for name in "ab"]
    assert len(faults(fields, "modal")) == 1


def test_blocks_of_a_message_have_a_length_all_together():
    assert not too_long([{"type": "section", "text": plain("x" * 2900)}] * 4)
    assert too_long([{"type": "section", "text": plain("x" * 2900)}] * 5)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "text", "x"]), inner),
    max_leaves=4,
)
KINDS = sorted({*IN_MESSAGE, *IN_MODAL, *IN_HOME})


@st.composite
def damaged(draw):
    """A sound block with one member replaced by anything."""
    block = copy.deepcopy(draw(st.sampled_from(SOUND)))
    place = block
    while True:
        key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or draw(st.booleans()):
            place[key] = draw(JSON)
            return block
        place = inner


@settings(max_examples=300, deadline=None)
@given(blocks=st.lists(damaged(), max_size=2), surface=st.sampled_from(["message", "modal", "home"]))
def test_whatever_is_sent_as_blocks_is_judged_and_what_is_taken_can_be_stored(blocks, surface):
    if not faults(blocks, surface):
        stored = normalise(blocks)
        assert normalise(stored) == stored
        assert json.loads(json.dumps(stored)) == stored


@given(blocks=JSON)
def test_nothing_that_is_no_list_of_blocks_passes(blocks):
    if blocks != []:
        assert faults(blocks)


def test_every_kind_of_block_has_a_sound_example():
    assert {block["type"] for block in SOUND} | {"alert", "markdown", "table"} == set(KINDS)
