"""Payloads and previews as people read them: mails, SQL, differences; equal display means equal content."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.proposal import Preview
from bot.slack.blockkit.text import words_of
from bot.slack.cards.card import card
from bot.slack.cards.details import pages
from bot.slack.cards.payload import payload_blocks, whole
from bot.slack.cards.preview import changes, folded, preview_blocks
from bot.slack.cards.title import value_in_a_title, value_on_a_line
from tests.making import make_proposal
from tests.slack.hostile import buttons, exactly, parts, preview_of, read_payload, texts, values
from tests.slack.limits import message_faults, sdk_accepts

slow = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
several_lines = st.lists(texts, min_size=2, max_size=4).map("\n".join)
members = st.recursive(
    st.one_of(
        texts, several_lines, st.text("abc ", min_size=150, max_size=200), st.integers(-(2**53) + 1, 2**53 - 1), values
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=10,
)
names = st.one_of(
    texts, st.sampled_from(["to", "subject", "body", "sql", "amount", "a.b", '"', "", "payload", "text 1"])
)
payloads = st.dictionaries(names, members, max_size=5)
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


@slow
@given(payloads, st.lists(st.sampled_from(["to", "body", "amount", "gone.far", '"a.b"']), max_size=3, unique=True))
def test_every_view_of_a_payload_can_be_read_back_exactly(payload, show):
    (block,) = payload_blocks(whole(payload, show))
    assert exactly(read_payload(block)) == exactly(payload)


@slow
@given(payloads, prose, prose)
def test_cards_with_these_views_keep_slacks_limits(payload, before, after):
    made = card(make_proposal(payload=payload, preview=Preview(kind="diff", before=before, after=after)))
    assert message_faults(made.blocks, made.text) == []
    assert sdk_accepts(made.blocks)


def shown(payload, *show):
    """The parts of the payload's block, each as its kind and text."""
    return [text for _, text in parts(payload_blocks(whole(payload, show)))]


def test_a_mail_reads_from_its_addresses_to_its_text_as_it_is():
    assert shown(MAIL) == [
        'to ["mira@example.com", "noor@example.com"]\ncc "lead@example.com"\nsubject "Your parcel"\ntrack true',
        "body",
        "Dear Mira,\n\nit is late.",
    ]
    assert "approve" in buttons(card(make_proposal(payload=MAIL)).blocks)


def test_long_texts_keep_their_lines_in_boxes_wherever_they_are():
    payload = {
        "post": {"title": "News", "body": "One.\nTwo."},
        "statement": "UPDATE orders\n  SET paid = true",
        "steps": [{"run": "a\nb", "rows": 1}, {"run": "c\nd", "rows": 2}],
        "rows": 3,
    }
    assert shown(payload) == [
        'post.title "News"\nrows 3',
        "post.body",
        "One.\nTwo.",
        "statement",
        "UPDATE orders\n  SET paid = true",
        "steps · as JSON",
        '[\n  {\n    "rows": 1,\n    "run": ⟨text 1, below⟩\n  },\n  {\n    "rows": 2,\n    "run": ⟨text 2, below⟩\n  }\n]',
        "steps · text 1",
        "a\nb",
        "steps · text 2",
        "c\nd",
    ]
    words = words_of([block for page in pages(make_proposal(payload=payload)) for block in page])
    assert "UPDATE orders SET paid = true" in words


def test_what_the_policy_wants_shown_comes_first_and_what_is_not_there_says_so():
    payload = {"amount": 250, "note": "late", "order": {"number": 7, "shop": "Berlin"}}
    assert shown(payload, "order", "note", "gone")[0] == (
        'gone (missing)\norder.number 7\norder.shop "Berlin"\nnote "late"\u2003amount 250'
    )


def test_names_that_could_be_taken_for_others_are_told_apart():
    assert shown({"a.b": 1, "a": {"b": 2}})[0].replace("\u2003", "\n") == 'a.b 2\n"a.b" 1'
    long = {"n" * 200: "x", "a": 1}
    assert shown(long)[1:] == ["other fields, as JSON", '{\n  "' + "n" * 200 + '": "x"\n}']


def test_an_empty_payload_says_so():
    assert shown({}) == ["(no fields)"]
    assert sorted(re.split("[\n\u2003]", shown({"a": {}, "b": [], "c": ""})[0])) == ["a {}", "b []", 'c ""']


@pytest.mark.parametrize(
    ("payload", "read"),
    [
        ({"amount": 12840.0, "currency": "EUR"}, "amount 12840.0 12,840.00"),
        ({"amount": 12840, "currency": "JPY"}, "amount 12840 12,840"),
        ({"amount": 76.5, "currency": "EUR"}, "amount 76.5"),
        ({"unitPrice": 1284000.125, "currency": "EUR"}, "unitPrice 1284000.125 1,284,000.125"),
        ({"rows": 150000}, "rows 150000 150,000"),
        ({"customer_id": 77120, "currency": "EUR"}, "customer_id 77120"),
        ({"order": 20261129}, "order 20261129"),
        ({"iban": "DE02120300000000202051"}, 'iban "DE02120300000000202051" DE02 1203 0000 0000 2020 51'),
        (
            {"iban": "DE02120300000000202052"},
            'iban "DE02120300000000202052" DE02 1203 0000 0000 2020 52, check digits do not match',
        ),
        ({"order": "DE02120300000000202052"}, 'order "DE02120300000000202052"'),
        ({"due": "2026-11-29"}, 'due "2026-11-29" Sun 29 Nov'),
        ({"at": "2026-11-29T18:30:00+01:00"}, 'at "2026-11-29T18:30:00+01:00" Sun'),
        ({"due": "2026-02-30"}, 'due "2026-02-30"'),
        ({"amount": 1e30, "currency": "EUR"}, "amount 1e+30"),
        ({"amount": True, "currency": "EUR"}, "amount true"),
    ],
)
def test_a_reading_form_stands_beside_the_bytes_that_run(payload, read):
    assert read in re.split("[\n\u2003]", shown(payload)[0])


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Dear Mira,\n\nyours\n", "Dear Mira,\n\nyours⟨↵⟩"),
        ("Dear Mira,\n\nyours\n\n", "Dear Mira,\n\nyours⟨U+000A x2⟩"),
        ("Dear Mira,\n\nyours⟨↵⟩", "Dear Mira,\n\nyours⟨U+27E8⟩↵⟩"),
        ("one line\n", "one line⟨↵⟩"),
    ],
)
def test_a_text_that_ends_with_a_line_break_says_so_with_a_small_sign_that_no_text_has(text, read):
    assert [box.text for box in whole({"body": text}).boxes] == [read]


def test_a_mail_that_is_too_long_for_a_card_is_whole_in_details():
    long = {**MAIL, "body": "word " * 3000}
    proposal = make_proposal(payload=long)
    assert "approve" not in buttons(card(proposal).blocks)
    details = words_of([block for page in pages(proposal) for block in page])
    assert details.count("word") >= 3000
    assert 'to ["mira@example.com", "noor@example.com"]' in details


def test_a_difference_counts_in_words_and_folds_what_stays_with_its_number():
    before = "\n".join(f"line {number}" for number in range(60))
    after = before.replace("line 30", "line thirty\nand one more")
    shown = Preview(kind="diff", before=before, after=after)
    made = card(make_proposal(preview=shown))
    assert "Preview, says the agent · added 2 lines, removed 1 line" in made.words
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
    assert {f"line {number}" for number in range(60)} <= set(re.findall(r"line \d+", details))


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
    ("field", "siblings", "value", "read"),
    [
        ("amount", {"currency": "EUR"}, 12840.0, "12,840.00"),
        ("amount", {"currency": "JPY"}, 12840, "12,840"),
        ("amount", {}, 250, "250"),
        ("customer", {}, "cus_77", "cus_77"),
        ("to", {}, ["mira@example.com"], "mira@example.com"),
        ("to", {}, ["a@example.com", "b@example.com"], "“a@example.com”, “b@example.com”"),
        ("iban", {}, "DE02120300000000202051", "DE02 1203 0000 0000 2020 51"),
        ("iban", {}, "DE02120300000000202052", "DE02120300000000202052"),
        ("due", {}, "2026-12-01", "2026-12-01"),
        ("payee", {}, "Holzhandel Rhön KG", "“Holzhandel Rhön KG”"),
        ("payee", {}, "Rhön", "“Rhön”"),
        ("payee", {}, "approved", "“approved”"),
        ("payee", {}, "Needed", "“Needed”"),
        ("payee", {}, "x:", "“x:”"),
        ("payee", {}, "-rf", "“-rf”"),
        ("payee", {}, "x" * 50, f"“{'x' * 40}…” (50 characters)"),
        ("payee", {}, "", "“”"),
        ("active", {}, True, "true"),
    ],
)
def test_a_plain_word_stands_in_a_title_without_quotes_and_nothing_else_does(field, siblings, value, read):
    assert value_in_a_title(field, value, siblings, 40) == read


@pytest.mark.parametrize(
    ("payload", "header"),
    [
        ({"amount": 250, "to": {"name": "Mira"}}, "Refund 250 to Mira {ok} by refund.create"),
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
