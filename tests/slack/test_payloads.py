"""Payloads and previews as people read them: mails, SQL, differences; equal display means equal content."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.proposal import Preview
from bot.slack.blockkit.text import words_of
from bot.slack.cards.card import card
from bot.slack.cards.details import pages
from bot.slack.cards.payload import payload_blocks
from bot.slack.cards.preview import changes, folded, preview_blocks
from bot.slack.cards.title import value_on_a_line
from tests.making import make_proposal
from tests.slack.hostile import buttons, decoded, exactly, parts, preview_of, texts, values
from tests.slack.limits import message_faults, sdk_accepts

slow = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
whole = st.integers(-(2**53) + 1, 2**53 - 1)
people = st.one_of(texts, st.lists(texts, max_size=4), st.lists(texts | st.none(), max_size=3), st.none())
mails = st.fixed_dictionaries(
    {"subject": texts, "to": people},
    optional={"body": texts, "text": texts | whole, "cc": people, "bcc": people, "track": values, "To": texts},
)
statements = st.fixed_dictionaries(
    {}, optional={"sql": texts, "query": texts, "statement": texts | whole, "table": texts, "rows": values}
)
NAMES = {"To": "to", "Cc": "cc", "Bcc": "bcc", "Subject": "subject", "Body": "body", "Text": "text"}
MAIL = {
    "to": ["mira@example.com", "noor@example.com"],
    "cc": "lead@example.com",
    "subject": "Your parcel",
    "body": "Dear Mira,\n\nit is late.",
    "track": True,
}
WORDS = st.lists(
    st.sampled_from(
        ["the", "parcel", "of", "Mira", "is", "late", "and", "comes", "on", "Monday", ".", ",", "&", "<b>", "⟨-", "x⟩"]
    ),
    max_size=30,
)
prose = st.lists(WORDS.map(" ".join), min_size=1, max_size=3).map("\n".join)
lines = st.lists(st.sampled_from(["a", "b = 1", "", "+ c", "⋯ 9 unchanged lines", "-", "x" * 50]), max_size=40)


def runs_of(blocks):
    """Each part's kind, with its runs as pairs of text and style."""
    for block in blocks:
        for part in block["elements"]:
            yield part["type"], [(run["text"], *run.get("style", ())) for run in part["elements"]]


def read_payload(blocks):
    """The payload that a reader of the card finds, by labels and boxes alone."""
    found, label, box = {}, None, None
    joint = False
    kind = ""
    for part, runs in runs_of(blocks):
        if part == "rich_text_preformatted":
            box = (box + ("" if joint else "\n") if box is not None else "") + runs[0][0]
            joint = False
        elif runs == [("(the line goes on)", "italic")]:
            joint = True
        elif runs == [("(empty)", "italic")]:
            box = ""
        else:
            kind = put(found, label, box, kind)
            label = box = None
            if len(runs) == 2:
                name, _, place = runs[0][0].removesuffix(" ").partition(" ")
                value = "" if runs[1] == ("(empty)", "italic") else decoded(runs[1][0])
                if place:
                    found.setdefault(NAMES[name], []).append(value)
                else:
                    found[NAMES[name]] = value
            else:
                label = runs[0][0]
    put(found, label, box, kind)
    return found


def put(found, label, box, kind):
    if label is not None and label.startswith("Payload") and box is None:
        return label.partition(", ")[2]
    if box is not None and label in ("Payload: exactly what will run", "and all its other fields"):
        found.update(json.loads(decoded(box)))
    elif box is not None:
        found[NAMES.get(label, label) if "mail" in kind else label] = decoded(box)
    return kind


@slow
@given(st.one_of(mails, statements))
def test_every_view_of_a_payload_can_be_read_back_exactly(payload):
    assert exactly(read_payload(payload_blocks(payload))) == exactly(payload)


@slow
@given(st.one_of(mails, statements), prose, prose)
def test_cards_with_these_views_keep_slacks_limits(payload, before, after):
    made = card(make_proposal(payload=payload, preview=Preview(kind="diff", before=before, after=after)))
    assert message_faults(made.blocks, made.text) == []
    assert sdk_accepts(made.blocks)


def test_a_mail_is_shown_as_a_mail_with_its_text_as_it_is():
    words = words_of(payload_blocks(MAIL))
    assert words.startswith(
        "Payload: exactly what will run, as a mail\nTo 1 of 2 mira@example.com\nTo 2 of 2 noor@example.com\n"
        "Cc lead@example.com\nSubject Your parcel\nBody\nDear Mira, it is late.\nand all its other fields"
    )
    box = [text for kind, text in parts(payload_blocks(MAIL)) if kind == "rich_text_preformatted"]
    assert box == ["Dear Mira,\n\nit is late.", '{\n  "track": true\n}']
    assert "approve" in buttons(card(make_proposal(payload=MAIL)).blocks)


@pytest.mark.parametrize(
    "changes_to_it",
    [
        {"to": None},
        {"to": []},
        {"to": [1]},
        {"subject": 7},
        {"body": None},
        {"to": ["a"] * 40},
        {"subject": "x" * 1001},
    ],
)
def test_what_is_no_mail_or_has_too_long_a_head_is_json(changes_to_it):
    words = words_of(payload_blocks({**MAIL, **changes_to_it}))
    assert "as a mail" not in words
    assert words.startswith("Payload: exactly what will run\n{")


def test_sql_keeps_its_lines_and_other_fields_stand_beside():
    made = payload_blocks({"statement": "UPDATE orders\n  SET paid = true", "rows": 3})
    assert [text for _, text in parts(made)] == [
        "Payload: exactly what will run, as SQL",
        "statement",
        "UPDATE orders\n  SET paid = true",
        "and all its other fields",
        '{\n  "rows": 3\n}',
    ]
    details = words_of([block for page in pages(make_proposal(payload={"sql": "SELECT\n1"})) for block in page])
    assert "as SQL\nsql\nSELECT 1" in details


def test_a_mail_that_is_too_long_for_a_card_is_whole_in_details():
    long = {**MAIL, "body": "word " * 3000}
    proposal = make_proposal(payload=long)
    assert "approve" not in buttons(card(proposal).blocks)
    details = words_of([block for page in pages(proposal) for block in page])
    assert details.count("word") >= 3000
    assert "To 1 of 2 mira@example.com" in details


def test_a_difference_counts_in_words_and_folds_what_stays_with_its_number():
    before = "\n".join(f"line {number}" for number in range(60))
    after = before.replace("line 30", "line thirty\nand one more")
    shown = Preview(kind="diff", before=before, after=after)
    made = card(make_proposal(preview=shown))
    assert "Preview: the effect as the agent foresees it · added 2 lines, removed 1 line" in made.words
    text = folded(shown).split("\n")
    assert text[0].startswith("⋯ 27 unchanged lines, whole in Details (sha256 ")
    assert text[1:8] == [
        "  line 27",
        "  line 28",
        "  line 29",
        "- line 30",
        "+ line thirty",
        "+ and one more",
        "  line 31",
    ]
    assert text[-1].startswith("⋯ 26 unchanged lines")
    details = words_of([block for page in pages(make_proposal(preview=shown)) for block in page])
    assert all(f"line {number} " in details for number in range(59))


@slow
@given(lines, lines, lines)
def test_a_folded_difference_holds_both_texts(kept, before, after):
    shown = Preview(kind="diff", before="\n".join([*kept, *before, *kept]), after="\n".join([*kept, *after, *kept]))
    assert preview_of(preview_blocks(shown), "diff", shown.before) == shown


def test_a_difference_that_nobody_could_compare_says_so_and_holds_both_texts():
    lines = [f"line {number % 50}" for number in range(3000)]
    shown = Preview(kind="diff", before="\n".join(lines), after="\n".join(["new", *lines[::-1]]))
    assert changes(shown).startswith("too much differs to compare every line")
    assert "too much differs to compare every line" in words_of(preview_blocks(shown))
    assert preview_of(preview_blocks(shown), "diff") == shown


@slow
@given(prose, prose, WORDS)
def test_prose_marked_word_by_word_holds_both_texts(start, end, words):
    before = f"{start}\nthe parcel of Mira is late and comes on Monday of this week\n{end}"
    shown = Preview(kind="diff", before=before, after=before.replace("Monday", " ".join(words)))
    assert preview_of(preview_blocks(shown), "diff", shown.before) == shown


def test_prose_says_what_goes_and_what_comes_in_marks_and_in_style():
    shown = Preview(
        kind="diff",
        before="Dear Mira, the parcel is late and comes on Monday next week.",
        after="Dear Mira, the parcel is late and comes on Friday next week.",
    )
    words = words_of(preview_blocks(shown))
    assert "added 1 word, removed 1 word: ⟨- ⟩ struck through, ⟨+ ⟩ bold" in words
    assert "comes on ⟨-Monday⟩⟨+Friday⟩ next week." in words
    styles = {run.get("text"): set(run.get("style", ())) for run in preview_blocks(shown)[0]["elements"][1]["elements"]}
    assert styles["⟨-Monday⟩"] == {"strike"}
    assert styles["⟨+Friday⟩"] == {"bold"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("", "a\nb", "added 2 lines"),
        ("a", "", "removed 1 line"),
        ("a", "a", "nothing changes"),
        (None, None, "nothing changes"),
        ("a\nb", "a\nc", "added 1 line, removed 1 line"),
    ],
)
def test_changes_are_told_in_words(before, after, told):
    assert changes(Preview(kind="diff", before=before, after=after)) == told
    assert changes(Preview(kind="text", text="a")) == ""


# Values in titles and in what matters


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Mira", "“Mira”"),
        ("", "“”"),
        (250, "250"),
        (250.0, "250.0"),
        (True, "true"),
        (None, "null"),
        (["a", "b"], "“a”, “b”"),
        (["a", "b", "c", "d"], "“a”, “b” and 2 more"),
        ([1], "(a list of 1)"),
        ([], "(a list of 0)"),
        ({"a": 1}, "(1 field)"),
        ('a" “b”', "“a⟨U+0022⟩ ⟨U+201C⟩b⟨U+201D⟩”"),
        ("„c‟ ″d", "“⟨U+201E⟩c⟨U+201F⟩ ⟨U+2033⟩d”"),
        ("a\nb", "“a⟨U+000A⟩b”"),
        ("x" * 50, f"“{'x' * 40}…” (50 characters)"),
        ("<!channel> *b*", "“<!channel> *b*”"),
    ],
)
def test_a_value_on_one_line_stands_apart_from_our_words(value, shown):
    assert value_on_a_line(value, 40) == shown


@slow
@given(texts, texts)
def test_different_texts_of_a_line_look_different_and_hold_no_quotation_marks(one, other):
    first, second = value_on_a_line(one, 10_000), value_on_a_line(other, 10_000)
    assert (first == second) == (one == other)
    assert not set('“”"\n') & set(first[1:-1])


@pytest.mark.parametrize(
    ("payload", "header"),
    [
        ({"amount": 250, "to": {"name": "Mira"}}, "Refund 250 to “Mira” {ok} by refund.create"),
        ({"amount": 250, "to": "Mira"}, "Refund 250 to (missing) {ok} by refund.create"),
        ({}, "Refund (missing) to (missing) {ok} by refund.create"),
    ],
)
def test_a_title_is_made_of_the_policys_words_and_the_payload(payload, header):
    title = "Refund {payload.amount} to {payload.to.name} {{ok}} by {action}"
    assert card(make_proposal(payload=payload, title=title)).blocks[0]["text"]["text"] == header


def test_a_long_title_shortens_its_values_and_tells_their_length():
    title = "Move {payload.a} to {payload.b} for {payload.c}"
    made = card(make_proposal(payload=dict.fromkeys("abc", "value " * 40 + "end"), title=title))
    header = made.blocks[0]["text"]["text"]
    assert len(header) <= 150
    assert header.count("…” (243 characters)") == 3


def test_fields_that_matter_stand_right_below_the_title_names_bold():
    made = card(make_proposal(payload={"amount": 250, "note": "late"}, title="Refund", show=("note", "amount", "gone")))
    block = made.blocks[1]
    assert words_of([block]) == "note: “late”\namount: 250\ngone: (missing)"
    assert [part["elements"][0]["style"] for part in block["elements"]] == [{"bold": True}] * 3
    many = card(make_proposal(payload={}, show=tuple(f"f{number}" for number in range(12))))
    assert "and 4 more, in the payload below" in many.words
