"""Emoji as the `:code:` Slack makes of them; the usual ones by their Slack names."""

import re
import unicodedata

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
