"""The `rich_text` block: sections, lists, quotes and preformatted text."""

from sandbox.blockkit.checks import ID, Check, anything, array, boolean, by_type, one_of, shape, string, whole

STYLE = shape({}, {"bold": boolean, "italic": boolean, "strike": boolean, "code": boolean, "underline": boolean})
MENTION_STYLE = shape(
    {},
    {
        "bold": boolean,
        "italic": boolean,
        "strike": boolean,
        "highlight": boolean,
        "client_highlight": boolean,
        "unlink": boolean,
        "underline": boolean,
        "code": boolean,
    },
)


def _mention(key: str) -> Check:
    return shape({"type": anything, key: ID}, {"style": MENTION_STYLE})


TEXT = shape({"type": anything, "text": string(1, 250_000)}, {"style": STYLE})
LINK = shape({"type": anything, "url": string(1, 3000)}, {"text": string(1, 3000), "unsafe": boolean, "style": STYLE})
INLINE: dict[str, Check] = {
    "text": TEXT,
    "link": LINK,
    "emoji": shape(
        {"type": anything, "name": string(1, 100)},
        {"unicode": string(1, 100), "skin_tone": whole(1, 6), "style": STYLE},
    ),
    "user": _mention("user_id"),
    "usergroup": _mention("usergroup_id"),
    "channel": _mention("channel_id"),
    "team": _mention("team_id"),
    "broadcast": shape({"type": anything, "range": one_of("here", "channel", "everyone")}, {"style": MENTION_STYLE}),
    "date": shape(
        {"type": anything, "timestamp": whole(0, 9_999_999_999), "format": string(1, 1000)},
        {"url": string(1, 3000), "fallback": string(1, 1000), "style": STYLE},
    ),
    "color": shape({"type": anything, "value": string(1, 20)}, {"style": STYLE}),
}
SECTION = shape({"type": anything, "elements": array(by_type(INLINE), 0, 1000)})
BORDER = whole(0, 1)
INDENT = whole(0, 8)

PARTS: dict[str, Check] = {
    "rich_text_section": SECTION,
    "rich_text_preformatted": shape(
        {"type": anything, "elements": array(by_type({"text": TEXT, "link": LINK}), 0, 1000)},
        {"border": BORDER, "language": string(1, 100)},
    ),
    "rich_text_quote": shape({"type": anything, "elements": array(by_type(INLINE), 0, 1000)}, {"border": BORDER}),
    "rich_text_list": shape(
        {
            "type": anything,
            "style": one_of("bullet", "ordered"),
            "elements": array(by_type({"rich_text_section": SECTION}), 0, 1000),
        },
        {"indent": INDENT, "offset": whole(0, 100_000), "border": BORDER},
    ),
}
RICH_TEXT = shape({"type": anything, "elements": array(by_type(PARTS), 1, 1000)}, {"block_id": ID})
