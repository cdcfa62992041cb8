"""Normalisation: what Slack makes of blocks and texts before it keeps them."""

import copy
import re
import secrets
import unicodedata
from collections.abc import Callable
from typing import Any

from sandbox.blockkit.blocks import elements
from sandbox.blockkit.checks import AMP, escape

Json = dict[str, Any]

MARKUP = re.compile(
    r"<(?:@[A-Z0-9]+|#[A-Z0-9]+|!(?:here|channel|everyone|subteam\^[A-Z0-9]+|date\^[^<>]+)|(?:https?://|mailto:|tel:)[^<>|]+)"
    r"(?:\|[^<>]*)?>"
)
ADDRESS = re.compile(r"https?://(?:(?!&[lg]t;)[^\s<>|])+(?<![.,;:!?)])")
LOOKS = {"rich_text_preformatted": ("border",), "rich_text_list": ("indent", "border")}
UNINTERACTIVE = frozenset({"image", "mrkdwn", "plain_text"})


def keep_markup(text: str, *, verbatim: bool = False) -> str:
    """Markup as Slack keeps it: links and mentions stay, other `&` and `<` become entities.

    A `>` stays at the start of a line, where it quotes. Emoji become codes; a bare address becomes a
    link unless `verbatim`.
    """
    kept: list[str] = []
    end = 0
    for found in MARKUP.finditer(text):
        kept += [_loose(text[end : found.start()], verbatim=verbatim), AMP.sub("&amp;", found.group())]
        end = found.end()
    return "".join([*kept, _loose(text[end:], verbatim=verbatim)])


def _loose(text: str, *, verbatim: bool) -> str:
    markup = AMP.sub("&amp;", text).replace("<", "&lt;")
    markup = stored(re.sub(r"(?m)(?<!^)>", "&gt;", markup))
    return markup if verbatim else ADDRESS.sub(r"<\g<0>>", markup)


def new_block_id() -> str:
    """A short random id such as Slack gives a block that has none."""
    return secrets.token_urlsafe(4)[:5]


def normalise(blocks: list[Json], *, mint: Callable[[], str] = new_block_id) -> list[Json]:
    """A copy of valid blocks as Slack stores them."""
    stored = copy.deepcopy(blocks)
    for block in stored:
        block.setdefault("block_id", mint())
        if block["type"] == "rich_text":
            _merge_texts(block)
        else:
            _fill_texts(block)
        for _, element in elements(block):
            if element["type"] not in UNINTERACTIVE:
                element.setdefault("action_id", mint())
        if block["type"] == "input":
            block.setdefault("optional", False)
            block.setdefault("dispatch_action", False)
    return stored


def normalise_text(value: Json) -> Json:
    """A copy of one text object as Slack stores it."""
    stored = copy.deepcopy(value)
    _fill_texts(stored)
    return stored


def _fill_texts(value: Any) -> None:
    if isinstance(value, list):
        for member in value:
            _fill_texts(member)
    elif isinstance(value, dict):
        if value.get("type") == "plain_text" and isinstance(value.get("text"), str):
            value["text"] = escape(value["text"])
            if value.setdefault("emoji", True):
                value["text"] = stored(value["text"])
        elif value.get("type") == "mrkdwn" and isinstance(value.get("text"), str):
            value["text"] = keep_markup(value["text"], verbatim=value.setdefault("verbatim", False))
        elif value.get("type") == "rich_text":
            _merge_texts(value)
        else:
            for member in value.values():
                _fill_texts(member)


def _merge_texts(value: Json) -> None:
    merged: list[Json] = []
    for element in value.get("elements", []):
        if "elements" in element:
            _merge_texts(element)
        for key in LOOKS.get(element.get("type", ""), ()):
            element.setdefault(key, 0)
        last = merged[-1] if merged else None
        if (
            element.get("type") == "text"
            and last is not None
            and last.get("type") == "text"
            and last.get("style") == element.get("style")
        ):
            last["text"] += element["text"]
        else:
            merged.append(element)
    value["elements"] = merged


TABLE = """
white_check_mark ✅|heavy_check_mark ✔|ballot_box_with_check ☑|x ❌|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑
warning ⚠|rotating_light 🚨|exclamation ❗|question ❓|information_source ℹ|hourglass ⌛|hourglass_flowing_sand ⏳
alarm_clock ⏰|calendar 📆|lock 🔒|unlock 🔓|key 🔑|shield 🛡|robot_face 🤖|gear ⚙|wrench 🔧|package 📦|rocket 🚀
fire 🔥|zap ⚡|sparkles ✨|star ⭐|bulb 💡|mag 🔍|link 🔗|pushpin 📌|memo 📝|pencil2 ✏|page_facing_up 📄|clipboard 📋
scroll 📜|inbox_tray 📥|email 📧|bell 🔔|mega 📣|speech_balloon 💬|eyes 👀|hand ✋|raised_hands 🙌|wave 👋|+1 👍|-1 👎
clap 👏|pray 🙏|bust_in_silhouette 👤|busts_in_silhouette 👥|smile 😄|thinking_face 🤔|tada 🎉|100 💯|heart ❤
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|arrow_right ➡
arrow_left ⬅|leftwards_arrow_with_hook ↩|arrows_counterclockwise 🔄|repeat 🔁|heavy_plus_sign ➕|heavy_minus_sign ➖
moneybag 💰|money_with_wings 💸|credit_card 💳|chart_with_upwards_trend 📈|bar_chart 📊|house 🏠|coffee ☕|bug 🐛
"""  # noqa: RUF001 - signs are what this table is about
CODES = {sign: code for code, sign in (entry.rsplit(" ", 1) for entry in TABLE.strip().replace("\n", "|").split("|"))}
KNOWN = re.compile("[" + "".join(CODES) + "]\ufe0f?")
ANY = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?|" + KNOWN.pattern)


def stored(text: str) -> str:
    """A text whose usual emoji are codes, as Slack keeps it."""
    return KNOWN.sub(lambda found: f":{CODES[found[0][0]]}:", text)


def typed(text: str) -> str:
    """A text whose emoji are all codes, as Slack's editor may send it."""
    return ANY.sub(_code, text)


def _code(found: re.Match[str]) -> str:
    sign = found[0][0]
    name = CODES.get(sign) or unicodedata.name(sign, "emoji").lower().replace(" ", "_")
    return f":{name}:"
