"""Text objects, confirmation dialogs and options: the parts of elements."""

from typing import Any

from sandbox.blockkit.checks import (
    URL,
    Check,
    Faults,
    anything,
    array,
    boolean,
    by_type,
    kept_length,
    one_of,
    shape,
    string,
)


def plain(high: int) -> Check:
    """A `plain_text` object of 1 to `high` characters."""
    return by_type({"plain_text": _plain(high)})


def text(high: int) -> Check:
    """A text object of either kind; a fault in it is told twice, as Slack does."""
    either = by_type(
        {
            "plain_text": _plain(high),
            "mrkdwn": _mrkdwn(high),
        }
    )

    def check(value: Any, at: str, faults: Faults) -> None:
        found = Faults()
        either(value, at, found)
        if found.found:
            faults.add("failed to match all allowed schemas", at)
            faults.found.extend(found.found)

    return check


def _plain(high: int) -> Check:
    return shape({"type": anything, "text": string(1, high, count=kept_length)}, {"emoji": boolean})


def _mrkdwn(high: int) -> Check:
    return shape({"type": anything, "text": string(1, high)}, {"verbatim": boolean})


CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)

MENU_OPTION = shape({"text": plain(75), "value": string(1, 150)}, {"description": plain(75)})
CHOICE_OPTION = shape({"text": text(75), "value": string(1, 150)}, {"description": text(75)})
OVERFLOW_OPTION = shape({"text": plain(75), "value": string(1, 150)}, {"description": plain(75), "url": URL})
GROUPS = array(shape({"label": plain(75), "options": array(MENU_OPTION, 1, 100)}), 1, 100)
