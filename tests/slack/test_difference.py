import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.blockkit.blocks import json_size
from bot.slack.blockkit.modals import modal
from bot.slack.blockkit.text import length, visible
from bot.slack.cards.alignment import MOST_PAIRS, MOST_WORK, Budget, Run, aligned
from bot.slack.cards.diff import ABSENT, PIECE, Change, changed_members, difference_blocks, text_blocks
from tests.slack.view_limits import judged, texts

SMALL = st.text("ab \n", max_size=12)
ODD = st.text(st.characters(codec="utf-8"), max_size=30)
SCALARS = (
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | SMALL | ODD
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD, inner, max_size=3), max_leaves=5
)
PAYLOADS = st.dictionaries(ODD, VALUES, max_size=5)


def shown(before, after, limit=None):
    """The words of the difference, a line a text."""
    blocks, whole = difference_blocks(before, after, limit)
    assert whole is (limit is None)
    return "\n".join(texts(blocks))


def styled(blocks, style):
    """What is said in one style, joined."""
    return "".join(
        element["text"]
        for block in blocks
        for part in block["elements"]
        for element in part["elements"]
        if element.get("style", {}).get(style)
    )


def test_only_fields_that_differ_are_in_the_difference_in_the_order_sent():
    before = {"zeta": 1, "same": [1], "gone": 2}
    after = {"new": 3, "same": [1.0], "zeta": 2}
    assert changed_members(before, after) == (
        Change(field="zeta", before=1, after=2),
        Change(field="gone", before=2, after=ABSENT),
        Change(field="new", before=ABSENT, after=3),
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (250, 99.5, "it: 250 → 99.5"),
        (True, False, "it: true → false"),
        (None, "a", 'it: null → "a"'),
        ("250", 250, 'it: "250" → 250'),
        ("a", "", 'it: "a" → ""'),
        ("a", "a ", 'it: "a" → "a "'),
        ("a", "a\u200b", 'it: "a" → "a⟨U+200B⟩"'),
    ],
)
def test_short_values_stand_side_by_side_as_json(before, after, said):
    assert shown({"it": before}, {"it": after}) == said


def test_what_came_and_what_went_is_called_absent():
    assert shown({}, {"it": 1}) == "it: absent → 1"
    assert shown({"it": 1}, {}) == "it: 1 → absent"
    assert "it: was absent" in shown({}, {"it": [1]})
    assert "it: is absent now" in shown({"it": [1]}, {})
    assert "it before: absent" in shown({}, {"it": "long\ntext"})


def test_a_long_text_marks_what_went_and_what_came():
    before = "Dear Bob,\nyour refund of 250 is on its way.\nYours"
    after = "Dear Bob,\nyour refund of 99 is on its way!\nYours"
    blocks, whole = difference_blocks({"body": before}, {"body": after})
    assert whole
    assert styled(blocks, "strike") == "250 ."
    assert styled(blocks, "bold") == "body99 !"


def test_a_rewritten_text_stands_whole_before_and_after():
    said = shown({"body": "one two three\nfour"}, {"body": "other words here\naltogether"})
    assert said == "body before\none two three\nfour\nbody after\nother words here\naltogether"


def test_a_text_that_was_cleared_says_so():
    assert shown({"body": "a\nb"}, {"body": ""}) == "body before\na\nb\nbody after: empty text"


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("long text\nwith lines here", "long text\n\nwith lines here", "⟨line break⟩"),
        ("aaa bbb\nccc", "aaa bbb\n  ccc", "⟨blank⟩⟨blank⟩"),
        ("aaa bbb\nccc", "aaa bbb\n\tccc", "⟨U+0009⟩"),
    ],
)
def test_a_change_of_blanks_alone_is_spelled_out(before, after, named):
    assert named in shown({"body": before}, {"body": after})
    assert named in styled(difference_blocks({"body": before}, {"body": after})[0], "bold")
    assert named in styled(difference_blocks({"body": after}, {"body": before})[0], "strike")


def test_json_shows_every_line_with_what_went_and_what_came():
    before = {"to": {"name": "Bob", "zip": "1"}}
    after = {"to": {"name": "Ann", "zip": "1"}}
    assert shown(before, after) == 'to\n  {\n-   "name": "Bob",\n+   "name": "Ann",\n    "zip": "1"\n  }'


def test_a_text_that_became_json_shows_both():
    assert shown({"it": "x"}, {"it": ["y"]}) == 'it\n- "x"\n+ [\n+   "y"\n+ ]'


def test_a_scalar_against_a_long_text_shows_both():
    assert shown({"it": None}, {"it": "long\ntext"}) == "it before\nnull\nit after\nlong\ntext"


def test_a_field_without_a_name_is_told_apart_from_one_of_that_name():
    blocks, _ = difference_blocks({"": 1}, {"": 2})
    assert styled(blocks, "italic") == "a field without a name"
    assert styled(difference_blocks({"a field without a name": 1}, {})[0], "bold") == "a field without a name"


def test_no_payload_forges_our_words():
    before, after = {"a\nb: 1 → 2": 1}, {"a\nb: 1 → 2": "⟨goes on⟩"}
    said = shown(before, after)
    assert "\n" not in said
    assert "⟨goes on⟩" not in said


@given(before=PAYLOADS, after=PAYLOADS)
@settings(deadline=None)
def test_every_difference_keeps_slacks_limits(before, after):
    blocks, whole = difference_blocks(before, after)
    assert whole
    judged(modal("Difference", blocks[:99] + text_blocks("below")))
    assert bool(blocks) is bool(changed_members(before, after))


@given(before=PAYLOADS, after=PAYLOADS, limit=st.integers(400, 3000))
@settings(deadline=None)
def test_a_limit_holds_and_what_is_missing_is_said(before, after, limit):
    blocks, whole = difference_blocks(before, after, limit)
    assert json_size(blocks) <= limit
    judged(modal("Difference", blocks + text_blocks("below")))
    assert ("not shown here" in "\n".join(texts(blocks))) is not whole


def test_what_fits_only_in_one_line_but_wholly_is_whole():
    blocks, whole = difference_blocks({}, {"it": [None]}, json_size(difference_blocks({}, {"it": [None]})[0]) - 1)
    assert whole
    assert texts(blocks) == ["it: absent → [null]"]


def test_what_a_limit_leaves_out_is_counted():
    before = {f"field{number}": number for number in range(20)}
    after = {f"field{number}": number + 1 for number in range(20)}
    assert "16 more changed fields not shown here" in shown(before, after, 1500)


def test_what_a_limit_shortens_names_the_number_of_missing_characters():
    said = shown({"body": "x" * 500}, {"body": "y" * 500}, 700)
    assert said == f'body: "{"x" * 59}… → "{"y" * 59}… · 884 characters not shown here'


@given(before=SMALL, after=SMALL)
def test_a_marked_text_holds_both_texts_whole(before, after):
    before, after = f"some words that stay\n{before}\nat both ends", f"some words that stay\n{after}\nat both ends"
    blocks, _ = difference_blocks({"it": before}, {"it": after})
    if before == after:
        assert blocks == []
        return
    runs = [(run["text"], run.get("style", {})) for run in blocks[1]["elements"][0]["elements"]]
    for style, whole in (("bold", before), ("strike", after)):
        said = (
            text.replace("⟨line break⟩\n", "\n").replace("⟨line break⟩", "\n").replace("⟨blank⟩", " ")
            for text, styles in runs
            if style not in styles
        )
        assert "".join(said) == visible(whole)


@given(
    pair=st.lists(st.text("ab \n", min_size=1, max_size=40), min_size=2, max_size=2, unique=True),
    other=st.text("ab \n", min_size=1, max_size=40),
)
def test_different_results_look_different(pair, other):
    first, second = (f"some words that stay\n{text}" for text in pair)
    before = f"some words that stay\n{other}"
    looks = [json.dumps(difference_blocks({"it": before}, {"it": after})[0]) for after in (first, second)]
    assert looks[0] != looks[1]


@given(text=st.text(st.sampled_from("ab \n&<⟨\u202e🎉"), max_size=60), times=st.integers(1, 300))
@settings(deadline=None, max_examples=40)
def test_a_text_of_any_length_is_shown_whole(text, times):
    whole = text * times
    blocks = text_blocks(whole)
    for piece in texts(blocks):
        assert length(piece) <= PIECE + 20
    if whole:
        joined = ""
        for piece in texts(blocks):
            joined += piece.removesuffix("⟨goes on⟩") if piece.endswith("⟨goes on⟩") else piece + "\n"
        assert joined.rstrip("\n") == visible(whole).rstrip("\n")


def test_an_empty_text_is_said_to_be_empty():
    assert texts(text_blocks("")) == ["empty text"]


# Alignment


class Counted(str):
    """A part that counts how often it is looked at."""

    __slots__ = ()
    looks = 0

    def __hash__(self):
        Counted.looks += 1
        return super().__hash__()

    __eq__ = str.__eq__


PARTS = st.lists(st.sampled_from("abcdefgh"), max_size=12)


@given(before=PARTS, after=PARTS, left=st.sampled_from([0, 5, 20, 60, MOST_WORK]))
def test_an_alignment_covers_both_and_same_means_same_whatever_its_budget(before, after, left):
    runs = aligned(before, after, Budget(left))
    assert [part for run in runs for part in before[run.start : run.end]] == before
    assert [part for run in runs for part in after[run.other_start : run.other_end]] == after
    assert all(before[run.start : run.end] == after[run.other_start : run.other_end] for run in runs if run.same)
    assert all(one.same is not other.same for one, other in pairwise(runs))
    for run in runs:
        if not run.same and not run.searched:
            assert {*before[run.start : run.end]} & {*after[run.other_start : run.other_end]}


@pytest.mark.parametrize("turn", [2, 3, 50])
def test_however_changes_are_spread_the_search_looks_at_no_more_than_its_budget(turn):
    before = [Counted(number) for number in range(4000)]
    after = [part if number % turn else Counted(f"x{part}") for number, part in enumerate(before)]
    Counted.looks = 0
    runs = aligned(before, after)
    assert Counted.looks < MOST_WORK + 20 * len(before)
    assert sum(run.end - run.start for run in runs if run.same) == sum(1 for number in range(4000) if number % turn)
    assert all(run.searched for run in runs)


def test_changes_side_by_side_share_one_budget():
    before = [Counted(number) for number in range(300)]
    after = [part if number % 2 else Counted(f"x{part}") for number, part in enumerate(before)]
    budget = Budget()
    Counted.looks = 0
    for _ in range(200):
        aligned(before, after, budget)
    assert Counted.looks < MOST_WORK + 200 * 20 * len(before)


def test_what_is_alike_around_what_stands_once_is_kept_beyond_the_budget():
    before, after = [*"aabaaXaabaacYabcabc"], [*"zabaaXaabaaYabcaab"]
    runs = aligned(before, after, Budget(0))
    assert ["".join(before[run.start : run.end]) for run in runs if run.same] == ["abaaXaabaa", "Yabca"]
    assert [run.searched for run in runs] == [True, True, True, True, False]


def test_a_difference_says_where_it_was_not_searched_whole():
    entries = [f"{number % 40}" for number in range(6000)]
    assert "too much differs to compare all of it" in shown({"it": entries}, {"it": entries[::-1]})
    assert "too much differs" not in shown({"it": entries[:50]}, {"it": entries[:49]})
    kept = " ".join(f"word{number}" for number in range(600))
    before, after = f"{kept} {'ab ba ' * 300}", f"{kept} or {'ba ab ab ' * 200}"
    assert "too much differs to compare all of it" in shown({"it": before}, {"it": after})
    assert "too much differs" not in shown({"it": kept}, {"it": f"{kept} more"})


def test_two_changes_apart_leave_what_is_between_them():
    assert aligned([*"axbyc"], [*"a1b2c"]) == [
        Run(True, 0, 1, 0, 1),
        Run(False, 1, 2, 1, 2),
        Run(True, 2, 3, 2, 3),
        Run(False, 3, 4, 3, 4),
        Run(True, 4, 5, 4, 5),
    ]


def test_what_would_take_too_long_to_compare_counts_as_changed():
    many = int(MOST_PAIRS**0.5) + 1
    runs = aligned(["head", "x", *["same"] * many, "end"], ["head", *["same"] * many, "y", "end"])
    assert [run.same for run in runs] == [True, False, True]
