"""Foreign text in Slack: equal display means equal text, and nothing is cut without a word."""

import itertools
import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.digest import canonical
from bot.slack.blockkit.direction import ISOLATES, isolated
from bot.slack.blockkit.text import (
    TOKEN,
    chunks,
    escape,
    has_invisible,
    length,
    one_line,
    pretty,
    shorten,
    text_weight,
    unescape,
    visible,
    words_of,
)
from tests.slack.hostile import TRICKS, decoded, exactly, payloads, texts
from tests.slack.limits import sent
from tests.slack.texts import DECEPTIONS, ORDINARY, SPELLED, looks, same_to_all

anything = st.one_of(
    texts, st.text(st.characters(), max_size=40), st.lists(st.sampled_from(TRICKS), max_size=8).map("".join)
)
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"}
IN_PLACE = {"\n", " ", "\u00a0", "\u202f", "\u2007", "\u2009", "\u3000", "\u200b", "\u200c", "\u200d"}
SEPARATE = "a\u05d11\u06f3 \u0639\u05d0(\u0662%,-"
"""Of each kind that the bidirectional algorithm treats apart."""
ALIKE = (
    "ae.l1-:/ \u0430\u0435\u2024\u2010\u2044\ua789\uff0e\uff41\U0001d41a\u0301\u200b\u200d\ufe0f\u202e\U000e0061\u05d0"
)


@settings(max_examples=400)
@given(anything)
def test_equal_display_means_equal_text(text):
    assert decoded(visible(text)) == text
    assert decoded(one_line(text)) == text


@settings(max_examples=400)
@given(anything)
def test_no_character_without_a_picture_is_left(text):
    left = {char for char in visible(text) if unicodedata.category(char) in HIDDEN}
    assert {char for char in left if char not in "\U000e0067\U000e0062\U000e0065\U000e007f"} <= IN_PLACE
    assert "\n" not in one_line(text)


@settings(max_examples=400)
@given(anything)
def test_what_is_shown_survives_normalisation_and_unescaping(text):
    shown = visible(text)
    composed = unicodedata.normalize("NFC", decoded(unicodedata.normalize("NFC", shown)))
    assert composed == unicodedata.normalize("NFC", text)
    assert unescape(shown) == shown
    assert unescape(escape(shown)) == shown


@settings(max_examples=200)
@given(anything)
def test_blanks_at_the_edges_of_lines_and_texts_are_spelled_out(text):
    shown = visible(text)
    assert shown == shown.strip(" \n")
    assert all(line == line.rstrip(" ") for line in shown.split("\n"))
    assert "\n\n\n\n" not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pay \u202eEUR", "pay ⟨U+202E⟩EUR"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("⟨U+202E⟩", "⟨U+27E8⟩U+202E⟩"),
        ("e\u0301 and \u00e9", "e\u0301 and \u00e9"),
        ("a" + " " * 40 + "b", "a⟨U+0020 x40⟩b"),
        ("a\n\n\n\n\n\nb", "a⟨U+000A x6⟩b"),
        ("&lt;b&gt; & <b>", "⟨U+0026⟩lt;b⟨U+0026⟩gt; & <b>"),
        ("    indented\nhere", "⟨U+0020 x4⟩indented\nhere"),
        ("one\n    two", "one\n    two"),
        ("हिन्दी ไทย שָׁלוֹם 漢字", "हिन्दी ไทย ⟨←⟩שָׁלוֹם 漢字"),
    ],
)
def test_hidden_things_are_spelled_out_and_honest_scripts_are_left_alone(text, shown):
    assert visible(text) == shown


def test_only_what_people_cannot_see_counts_as_invisible():
    hidden = ["a\u202eb", "a\u200bb", "a\u00a0b", "e\u0301\u0301", "\x1b", "\U000e0041", "a️"]
    assert all(has_invisible(text) for text in hidden)
    seen = ["", "tab\tand\r\nline", " padded ", "⟨U+202E⟩", "&lt;", "漢字 é 👍", "\n" * 9]
    assert not any(has_invisible(text) for text in seen)


@settings(max_examples=200)
@given(anything)
def test_length_is_what_slack_counts(text):
    assert length(text) >= sent(isolated(text))
    assert length(text) == sent(text) or isolated(text) != text or not text.isascii()
    assert text_weight(text) >= length(text)


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_text_of_any_language_stays_as_it_is(text):
    assert visible(text).replace("⟨←⟩", "") == text
    assert not has_invisible(text)
    assert not has_invisible(pretty({"text": text}))


@pytest.mark.parametrize("case", DECEPTIONS.values(), ids=DECEPTIONS)
def test_what_could_deceive_is_spelled_out_where_it_stands(case):
    text, said, *count = case
    shown = visible(text)
    assert said in shown
    assert len(SPELLED.findall(shown)) == (count or [len(SPELLED.findall(said))])[0]
    assert has_invisible(text)
    assert decoded(shown) == text


def test_numbers_beside_a_letter_from_right_to_left_keep_their_side():
    sent_texts = [isolated(visible(pretty(text))) for text in ("א 12 34", "34 12 א")]
    assert sent_texts == ['"⟨←⟩\u2067א\u2069 12 34"', '"34 12 ⟨←⟩\u2067א\u2069"']
    assert [looks(each) for each in sent_texts] == ['"⟨←⟩א 12 34"', '"34 12 ⟨←⟩א"']


def test_no_two_texts_of_both_directions_are_laid_out_alike():
    texts_by_look = {}
    every = ["".join(each) for size in (1, 2, 3) for each in itertools.product(SEPARATE, repeat=size)]
    every += ["".join(each) for each in itertools.product(SEPARATE[::2] + SEPARATE[5:8:2], repeat=4)]
    for text in every:
        texts_by_look.setdefault(looks(isolated(visible(text))), set()).add(text)
    assert [alike for alike in texts_by_look.values() if len(alike) > 1] == []


@settings(max_examples=300)
@given(st.lists(st.text(SEPARATE + '"\\', min_size=5, max_size=9), min_size=2, max_size=2, unique=True))
def test_longer_texts_of_both_directions_are_laid_out_apart_in_a_payload_too(both):
    first, second = (looks(isolated(visible(pretty({"to": text})))) for text in both)
    assert first != second


def test_no_two_short_texts_of_look_alikes_and_hidden_characters_look_the_same():
    texts_by_look = {}
    for size in (1, 2, 3):
        for each in itertools.product(ALIKE, repeat=size):
            text = "".join(each)
            texts_by_look.setdefault(looks(isolated(visible(text))), set()).add(same_to_all(text))
    assert [alike for alike in texts_by_look.values() if len(alike) > 1] == []


@settings(max_examples=400)
@given(anything, st.data())
def test_equal_display_means_equal_text_whatever_letter_is_exchanged(text, data):
    if not text:
        return
    place = data.draw(st.integers(0, len(text) - 1))
    other = text[:place] + data.draw(st.sampled_from([*ALIKE, ""])) + text[place + data.draw(st.integers(0, 1)) :]
    if looks(isolated(visible(text))) == looks(isolated(visible(other))):
        assert same_to_all(text) == same_to_all(other)


def test_in_a_line_of_very_many_words_whatever_has_a_twin_is_named():
    text = "h\u0430fen " * 4000 + "Россия"
    shown = visible(text)
    assert visible("h\u0430fen Россия").endswith("Россия")
    twins = [("0420", "P"), ("043E", "o"), ("0441", "c"), ("0441", "c")]
    assert shown.endswith("".join(f"⟨U+{code} Cyrillic, like {like}⟩" for code, like in twins) + "ия")
    assert decoded(shown) == text


def test_in_a_line_of_its_script_a_whole_word_of_letters_that_latin_shares_is_not_named():
    assert visible("Сара, оса и АВС") == "Сара, оса и АВС"
    assert "Cyrillic, like" in visible("Сара\nоса и АВС")


@given(texts)
def test_what_is_isolated_is_no_longer_than_length_says(text):
    shown = visible(text)
    assert sent(isolated(shown)) <= length(shown) <= 3 * sent(isolated(shown))
    assert ISOLATES.sub("", isolated(shown)) == shown


def whole_tokens(piece):
    return "⟨" not in TOKEN.sub("", piece).replace("⟨←⟩", "")


@settings(max_examples=300)
@given(anything, st.integers(24, 60), st.sampled_from([length, text_weight]))
def test_a_shortened_text_fits_and_says_how_much_is_missing(text, limit, measure):
    shown = visible(text * 3)
    cut, missing = shorten(shown, limit, measure)
    assert measure(cut) <= limit
    assert shown.startswith(cut)
    assert len(cut) + missing == len(shown)
    assert whole_tokens(cut)
    assert missing == 0 or len(cut) > 0 or limit < 40


@settings(max_examples=300)
@given(anything, st.integers(64, 200))
def test_chunks_hold_the_whole_text_and_cut_no_character_in_two(text, limit):
    shown = visible(text * 5)
    pieces = list(chunks(shown, limit))
    assert all(0 < length(piece) <= limit and whole_tokens(piece) for piece, _ in pieces)
    together = "".join(piece + ("" if goes_on else "\n") for piece, goes_on in pieces)
    assert together.removesuffix("\n") == shown
    assert not any(unicodedata.combining(piece[0]) for piece, _ in pieces[1:])


def test_a_chunk_ends_where_a_line_ends_if_one_does():
    assert list(chunks("one\ntwo\nthree", 10)) == [("one\ntwo", False), ("three", False)]
    assert list(chunks("abcdefgh", 5)) == [("abcde", True), ("fgh", False)]


@settings(max_examples=100)
@given(payloads)
def test_pretty_json_is_the_same_payload_in_the_order_of_its_digest(payload):
    shown = pretty(payload)
    assert exactly(json.loads(shown)) == exactly(payload)
    assert list(json.loads(shown)) == list(json.loads(canonical(payload)))


def test_numbers_are_shown_as_the_kind_they_were_sent_as():
    assert pretty({"a": 250, "b": 250.0, "c": True}) == '{\n  "a": 250,\n  "b": 250.0,\n  "c": true\n}'


def rich(*runs):
    return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(runs)}]}]


def test_words_do_not_depend_on_how_slack_cuts_and_flags_them():
    sent_blocks = [
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": ":warning: *Look*, <@U0BOB> &amp; co", "verbatim": True},
        },
        {"type": "context", "elements": [{"type": "plain_text", "text": "a < b & c", "emoji": False}]},
    ]
    given_back = [
        {
            "type": "section",
            "block_id": "Xy1",
            "text": {"type": "mrkdwn", "text": "⚠️ *Look*, <@U0BOB|bob> &amp; co", "verbatim": False},
        },
        {
            "type": "context",
            "block_id": "b",
            "elements": [{"type": "plain_text", "text": "a &lt; b &amp; c", "emoji": True}],
        },
    ]
    assert words_of(sent_blocks) == words_of(given_back)
    split = rich({"type": "text", "text": "amo"}, {"type": "text", "text": "unt 250"})
    assert words_of(split) == words_of(rich({"type": "text", "text": "amount 250"}))


@pytest.mark.parametrize(
    "other",
    [
        rich({"type": "text", "text": "amount 2500"}),
        rich({"type": "text", "text": "amount 250"}, {"type": "link", "url": "https://evil.example"}),
        rich({"type": "text", "text": "amount 250"}, {"type": "user", "user_id": "U0EVIL"}),
        rich({"type": "broadcast", "range": "channel"}, {"type": "text", "text": "amount 250"}),
        [
            *rich({"type": "text", "text": "amount 250"}),
            {"type": "header", "text": {"type": "plain_text", "text": "Fine"}},
        ],
    ],
)
def test_words_tell_when_somebody_wrote_something_else(other):
    assert words_of(other) != words_of(rich({"type": "text", "text": "amount 250"}))
