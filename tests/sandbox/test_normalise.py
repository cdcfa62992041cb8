import pytest

from sandbox.blockkit.checks import escape
from sandbox.blockkit.normalise import keep_markup, normalise


def test_blocks_and_elements_without_ids_get_them():
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
    (stored,) = normalise([{"type": "actions", "elements": [button]}])
    assert stored["block_id"]
    assert stored["elements"][0]["action_id"]


def test_what_was_given_is_left_as_it_was():
    given = {"type": "header", "text": {"type": "plain_text", "text": "a & b"}}
    normalise([given])
    assert given == {"type": "header", "text": {"type": "plain_text", "text": "a & b"}}


def test_given_ids_stay():
    (stored,) = normalise([{"type": "divider", "block_id": "mine"}])
    assert stored == {"type": "divider", "block_id": "mine"}


def test_texts_get_their_flags_and_keep_those_they_have():
    said = [
        {"type": "plain_text", "text": "a"},
        {"type": "plain_text", "text": "b", "emoji": False},
        {"type": "mrkdwn", "text": "c"},
    ]
    (stored,) = normalise([{"type": "context", "elements": said}])
    assert stored["elements"] == [
        {"type": "plain_text", "text": "a", "emoji": True},
        {"type": "plain_text", "text": "b", "emoji": False},
        {"type": "mrkdwn", "text": "c", "verbatim": False},
    ]


def test_rich_text_neighbours_of_one_style_become_one():
    bold = {"bold": True}
    section = {
        "type": "rich_text_section",
        "elements": [
            {"type": "text", "text": "a"},
            {"type": "text", "text": "b"},
            {"type": "text", "text": "c", "style": bold},
            {"type": "text", "text": "d", "style": bold},
            {"type": "text", "text": "e"},
        ],
    }
    (stored,) = normalise([{"type": "rich_text", "elements": [section]}])
    assert stored["elements"][0]["elements"] == [
        {"type": "text", "text": "ab"},
        {"type": "text", "text": "cd", "style": bold},
        {"type": "text", "text": "e"},
    ]


def test_rich_text_is_never_escaped():
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": "<b> & &amp;"}]}
    (stored,) = normalise([{"type": "rich_text", "elements": [section]}])
    assert stored["elements"][0]["elements"][0]["text"] == "<b> & &amp;"


def test_plain_words_are_escaped_once():
    assert escape("a & <b> &amp; &lt;") == "a &amp; &lt;b&gt; &amp; &lt;"
    assert escape(escape("a & <b>")) == escape("a & <b>")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a & b &lt;c&gt;", "a &amp; b &lt;c&gt;"),
        ("<https://a.example/?a=1&b=2|here>", "<https://a.example/?a=1&amp;b=2|here>"),
        ("<@U0ALICE> <!here> <!subteam^S0FINANCE>", "<@U0ALICE> <!here> <!subteam^S0FINANCE>"),
        ("<script>", "&lt;script&gt;"),
        ("1 < 2 > 0", "1 &lt; 2 &gt; 0"),
        ("> quoted\nnot > quoted", "> quoted\nnot &gt; quoted"),
        ("see https://a.example/?a=1&b=2.", "see <https://a.example/?a=1&amp;b=2>."),
        ("<https://a.example/|https://a.example/>", "<https://a.example/|https://a.example/>"),
        ("careful ⚠️ 👋", "careful :warning: :wave:"),
    ],
)
def test_markup_keeps_links_and_mentions_and_escapes_the_rest(written, kept):
    assert keep_markup(written) == kept
    assert keep_markup(kept) == kept


def test_a_verbatim_address_is_no_link():
    text = {"type": "mrkdwn", "text": "https://a.example/", "verbatim": True}
    (stored,) = normalise([{"type": "section", "text": text}])
    assert stored["text"] == text


def test_emoji_of_plain_text_become_codes_unless_it_says_not_to():
    said = [{"type": "plain_text", "text": "✅", "emoji": emoji} for emoji in (True, False)]
    (stored,) = normalise([{"type": "context", "elements": said}])
    assert [element["text"] for element in stored["elements"]] == [":white_check_mark:", "✅"]


def test_lists_and_preformatted_parts_get_what_draws_them():
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]}
    parts = [
        {"type": "rich_text_list", "style": "bullet", "elements": [line], "indent": 2},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a"}]},
    ]
    (stored,) = normalise([{"type": "rich_text", "elements": parts}])
    assert [(part.get("indent"), part["border"]) for part in stored["elements"]] == [(2, 0), (None, 0)]
