"""Interactive elements, one row of the table each, with Slack's limits."""

import re
from typing import Any

from sandbox.blockkit.checks import (
    ID,
    URL,
    Check,
    Faults,
    anything,
    array,
    boolean,
    each_of,
    one_of,
    shape,
    string,
    whole,
)
from sandbox.blockkit.texts import CHOICE_OPTION, CONFIRM, GROUPS, MENU_OPTION, OVERFLOW_OPTION, plain

DATE = string(10, 10, r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
TIME = string(5, 5, r"([01]\d|2[0-3]):[0-5]\d")
NUMBER = re.compile(r"-?\d+(\.\d+)?")

HINTED = {"type": anything, "action_id": ID, "placeholder": plain(150), "focus_on_load": boolean}
ASKED = {**HINTED, "confirm": CONFIRM}
DISPATCH = shape({}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 1, 2)})


def _bounded(value: Any, at: str, faults: Faults) -> None:
    low, high = value.get("min_length", 0), value.get("max_length", 3000)
    if isinstance(low, int) and isinstance(high, int) and low > high:
        faults.add("min_length must be less than or equal to max_length", at)
    initial = value.get("initial_value")
    if isinstance(initial, str) and isinstance(low, int) and isinstance(high, int):
        string(low, high)(initial, f"{at}/initial_value", faults)


def _numeric(value: Any, at: str, faults: Faults) -> None:
    for key in ("initial_value", "min_value", "max_value"):
        text = value.get(key)
        if not isinstance(text, str):
            continue
        if not NUMBER.fullmatch(text):
            faults.add("must be a number", f"{at}/{key}")
        elif "." in text and value.get("is_decimal_allowed") is False:
            faults.add("must be an integer", f"{at}/{key}")


def _options_or_groups(value: Any, at: str, faults: Faults) -> None:
    if ("options" in value) == ("option_groups" in value):
        faults.add("must define either `options` or `option_groups`", at)


def _initial_among_options(value: Any, at: str, faults: Faults) -> None:
    offered = _offered(value)
    if "initial_option" in value and value["initial_option"] not in offered:
        faults.add("must be one of the provided options", f"{at}/initial_option")
    for index, option in enumerate(_listed(value.get("initial_options"))):
        if option not in offered:
            faults.add("must be one of the provided options", f"{at}/initial_options/{index}")


def _distinct_values(value: Any, at: str, faults: Faults) -> None:
    seen: set[str] = set()
    for index, option in enumerate(_offered(value)):
        text = option.get("value") if isinstance(option, dict) else None
        if isinstance(text, str) and text in seen:
            faults.add("option values must be unique", f"{at}/options/{index}/value")
        elif isinstance(text, str):
            seen.add(text)


def _offered(value: Any) -> list[Any]:
    options: list[Any] = []
    for holder in [value, *_listed(value.get("option_groups"))]:
        options += _listed(holder.get("options")) if isinstance(holder, dict) else []
    return options


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _choice(option: Check, high: int, *, many: bool) -> Check:
    initial: dict[str, Check] = {"initial_options": array(option, 1, high)} if many else {"initial_option": option}
    fields: dict[str, Check] = {
        "type": anything,
        "action_id": ID,
        "confirm": CONFIRM,
        "focus_on_load": boolean,
        **initial,
    }
    return each_of(shape({"options": array(option, 1, high)}, fields), _initial_among_options, _distinct_values)


def _static(*, many: bool) -> Check:
    initial: dict[str, Check] = (
        {"initial_options": array(MENU_OPTION, 1, 100), "max_selected_items": whole(1, 100)}
        if many
        else {"initial_option": MENU_OPTION}
    )
    fields = {**ASKED, "options": array(MENU_OPTION, 1, 100), "option_groups": GROUPS, **initial}
    return each_of(shape({}, fields), _options_or_groups, _initial_among_options, _distinct_values)


FILTER = shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)

BUTTON = shape(
    {"type": anything, "text": plain(75)},
    {
        "action_id": ID,
        "url": URL,
        "value": string(1, 2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(1, 75),
    },
)
OVERFLOW = each_of(
    shape(
        {"options": array(OVERFLOW_OPTION, 1, 5)},
        {"type": anything, "action_id": ID, "confirm": CONFIRM},
    ),
    _distinct_values,
)
IMAGE = shape({"type": anything, "image_url": URL, "alt_text": string(1, 2000)})

SELECTS: dict[str, Check] = {
    "static_select": _static(many=False),
    "multi_static_select": _static(many=True),
    "users_select": shape({}, {**ASKED, "initial_user": ID}),
    "multi_users_select": shape({}, {**ASKED, "initial_users": array(ID, 1, 100), "max_selected_items": whole(1, 100)}),
    "conversations_select": shape(
        {},
        {
            **ASKED,
            "initial_conversation": ID,
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": FILTER,
        },
    ),
    "channels_select": shape({}, {**ASKED, "initial_channel": ID, "response_url_enabled": boolean}),
}
CHOICES: dict[str, Check] = {
    "radio_buttons": _choice(CHOICE_OPTION, 10, many=False),
    "checkboxes": _choice(CHOICE_OPTION, 10, many=True),
}
PICKERS: dict[str, Check] = {
    "datepicker": shape({}, {**ASKED, "initial_date": DATE}),
    "timepicker": shape({}, {**ASKED, "initial_time": TIME, "timezone": string(1, 100)}),
}
MOMENT: dict[str, Check] = {
    "datetimepicker": shape(
        {},
        {
            "type": anything,
            "action_id": ID,
            "initial_date_time": whole(1_000_000_000, 9_999_999_999),
            "confirm": CONFIRM,
            "focus_on_load": boolean,
        },
    )
}
TEXT_INPUTS: dict[str, Check] = {
    "plain_text_input": each_of(
        shape(
            {},
            {
                **HINTED,
                "initial_value": string(0, 3000),
                "multiline": boolean,
                "min_length": whole(0, 3000),
                "max_length": whole(1, 3000),
                "dispatch_action_config": DISPATCH,
            },
        ),
        _bounded,
    ),
    "number_input": each_of(
        shape(
            {"is_decimal_allowed": boolean},
            {
                **HINTED,
                "initial_value": string(1, 100),
                "min_value": string(1, 100),
                "max_value": string(1, 100),
                "dispatch_action_config": DISPATCH,
            },
        ),
        _numeric,
    ),
    "email_text_input": shape({}, {**HINTED, "initial_value": string(1, 3000), "dispatch_action_config": DISPATCH}),
    "url_text_input": shape({}, {**HINTED, "initial_value": URL, "dispatch_action_config": DISPATCH}),
}

IN_ACTIONS: dict[str, Check] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    **SELECTS,
    **CHOICES,
    **PICKERS,
    **MOMENT,
}
IN_SECTION: dict[str, Check] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "image": IMAGE,
    **SELECTS,
    **CHOICES,
    **PICKERS,
}
IN_INPUT: dict[str, Check] = {**SELECTS, **CHOICES, **PICKERS, **MOMENT, **TEXT_INPUTS}
