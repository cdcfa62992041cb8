"""Evidence held against the payload: what counts as the same value, what does not, and that the work is bounded."""

import sys
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.proposal import Evidence
from bot.slack.blockkit.lookalikes import lookalike
from bot.slack.cards.doubts import Doubt
from bot.slack.cards.evidence import MOST_WORDS, held_against_evidence, leaves
from bot.slack.cards.payload import whole
from tests.laws import examples
from tests.making import make_proposal
from tests.slack.hostile import payloads, texts

FOUND = [
    (12840.0, "in total 12,840.00 EUR"),
    (12840.0, "Summe 12.840,00 EUR"),
    (12840, "12 840 kr"),
    (12840, "12\u202f840 kr"),
    (12840, "12'840.00 CHF"),
    (12840.5, "12,840.50"),
    (76.0, "76 euros"),
    (76, "€76.00"),
    (1.284, "1.284 kg"),
    (1284, "1.284 kg"),
    (-30.5, "a correction of -30.50"),
    (-30.5, "a correction of \u221230,50"),
    (24, "24m of black cloth"),
    (0.05, "5 % of visitors"),
    (0.125, "12.5 percent"),
    (2026, "on 22 November 2026"),
    (2026, "2026-11-22"),
    (1234567, "1,234,567 rows"),
    (86.5, "(86.5 hours)"),
    ("1284.00", "1,284.00"),
    ("1,284.00", "it is 1284"),
    (20, "3-20 days"),
    ("DE02120300000000202051", "IBAN DE02 1203 0000 0000 2020 51."),
    ("DE02 1203 0000 0000 2020 51", "IBAN:DE02120300000000202051"),
    ("de02120300000000202051", "DE02 1203 0000 0000 2020 51"),
    ("+49301234567", "+49 (30) 123-4567"),
    ("2026-11-22", "due 22 November 2026"),
    ("2026-11-22", "due 22 Nov"),
    ("2026-11-22", "November 22nd, 2026"),
    ("2026-11-22", "on the 22nd of November"),
    ("2026-11-22", "22.11.2026"),
    ("2026-11-22", "11/22/2026"),
    ("2026-11-22", "2026/11/22"),
    ("2026-11-22", "2026-11-22T10:00:00Z"),
    ("2026-12-04", "4 to 20 December 2026"),
    ("22 November 2026", "2026-11-22"),
    ("22 Nov", "2026-11-22"),
    ("22.11.2026", "22 November"),
    ("2026-11", "November 2026"),
    ("Nov 2026", "2026-11"),
    ("2026-12-11T16:00:00+01:00", "11 December 2026, from 16:00 to 22:00"),
    ("2026-12-11T16:00:00+01:00", "2026-12-11T15:00:00Z"),
    ("2026-12-11T16:00:00", "on 11 December at 4 pm"),
    ("2026-12-11T16:30:00", "on 11 December at 4:30 p.m."),
    ("2026-12-11T00:00:00Z", "11 December"),
    ("EUR", "76 eur"),
    ("EUR", "€76"),
    ("Jos\u00e9 Pe\u00f1a", "JOSE\u0301 PEN\u0303A wrote"),
    ("O'Brien", "Mr O\u2019Brien called"),
    ("T-20588", "(T-20588):"),
    ("T-20588", "about T-20588's parcel"),
    ("T-20588", "T-20587/T-20588"),
    ("SA-0714 Fennmark", "Invoice SA-0714"),
    ("order PO-5538 of SA-0714", "SA-0714, PO-5538"),
    ("lighting-desk", "the lighting desk"),
    ("read_only", "to read only"),
    ("Gerbergasse 14, 8001 Zürich", "we moved to Gerbergasse 14 / 8001 Zürich!"),
    ("shop.example", "https://shop.example/a?b=c"),
    ("shop.example", "mail of mira@shop.example"),
    ("https://shop.example/a?b=c", "see https://shop.example/a?b=c."),
    ("ΟΔΟΣ", "στην οδοσ ερμού"),
    ("東京都庁", "会場は東京都庁です"),
]
MISSED = [
    (12840.0, "1,284.00 EUR"),
    (1942.5, "1,924.50"),
    (240, "24 m"),
    (240, "2400 or 24.0"),
    (284, "1,284"),
    (20588, "T-20588"),
    (30.5, "-30.50"),
    (-30.5, "30.50"),
    (512, "v5.12.2, 5.12.2 and x512"),
    (192.168, "192.168.0.1"),
    (22, "2026-11-22"),
    (50, "5 % of visitors"),
    (12, "\u0661\u0662"),
    (840, "in 2840 and 840th-birthday"),
    ("0284", "284"),
    ("GBP", "USD 10, €10"),
    ("T-2055", "T-20558"),
    ("T-2055", "XT-2055"),
    ("T-2055", "T-2055-A"),
    ("T-20588", "T-20\u200b588"),
    ("contract.pdf", "old-contract.pdf"),
    ("fennmark.example", "www.fennmark.example"),
    ("ann@x.example", "joann@x.example, mary.ann@x.example"),
    ("fennm\u0430rk.example", "fennmark.example"),
    ("fennmark.example", "fennm\u0430rk.example"),
    ("\uff41dmin", "admin"),
    ("admin\u200b", "admin"),
    ("read only", "read\u2028only"),
    ("\u212aelvin", "kelvin"),
    ("long\u017fword", "longsword"),
    ("2026-11-22", "29 November 2026"),
    ("2026-11-22", "22 November 2025"),
    ("2026-11-22", "122 November, 22 December"),
    ("2026-10", "29 October 2026"),
    ("2026-10", "November 2026"),
    ("3-5 December", "5 December"),
    ("2026-12-11T18:00:00+01:00", "11 December 2026, from 16:00 to 22:00"),
    ("2026-12-12T16:00:00+01:00", "11 December 2026, from 16:00 to 22:00"),
    ("2026-13-99T99:00:00Z", "11 December"),
    ("0001-01-01T00:00:00+05:00", "11 December"),
    ("DE02120300000000202051", "DE02 1203 0000 0000 2020 52"),
    ("DE02120300000000202051", "DE02 1203 0000 0000 2020 511"),
    ("jonas.lindgren", "jonas.lindholm"),
    ("SA-0715 Fennmark", "Invoice SA-0714"),
    ("order PO-5538 of SA-0714", "SA-0714"),
    ("SA-0714 x@evil.example", "Invoice SA-0714"),
    ("Bahnhofstrasse 14, 8001 Zürich", "Gerbergasse 14, 8001 Zürich"),
    ("Ann Berg", "Ann Lind and Mia Berg"),
    ("東京都庁", "会場は京都です"),
]
NOT_ASKED = [
    True,
    None,
    7,
    0,
    -0.0,
    "",
    "ab",
    "---",
    "a text of five words",
    "two\nlines",
    "x" * 301,
    {},
    [],
]


def unsupported(proposal):
    """The ways to the values that stand in no evidence."""
    return held_against_evidence(proposal).instead.keys()


def asked(payload, *said, **changes):
    context = tuple(Evidence(title="Note", text=text) for text in said)
    return unsupported(make_proposal(payload=payload, context=context, **changes))


@pytest.mark.parametrize(("value", "said"), FOUND)
def test_a_value_is_found_however_people_write_it(value, said):
    assert asked({"field": value}, "Nothing of it here", said) == frozenset()


@pytest.mark.parametrize(("value", "said"), MISSED)
def test_what_differs_by_a_digit_a_day_or_a_letter_is_not_found(value, said):
    assert asked({"field": value}, said) == {("field",)}


@pytest.mark.parametrize("value", NOT_ASKED)
def test_what_says_little_or_was_worded_by_the_agent_is_not_asked_for(value):
    assert asked({"field": value}, "Nothing of it here") == frozenset()


def test_the_way_to_each_value_is_told_through_objects_and_lists():
    payload = {"to": ["ann@x.example", "eve@y.example"], "line": {"sku": "K-99", "price": 12.5}}
    assert asked(payload, "for ann@x.example, 12.50 EUR") == {("to", 1), ("line", "sku")}


def test_titles_and_addresses_are_evidence_and_what_the_agent_says_besides_is_none():
    payload = {"order": "A-1001", "sku": "K-99", "city": "Ulm an der Donau"}
    context = (Evidence(title="Order A-1001", url="https://shop.example/sku/K-99"),)
    said = {"reasoning": "Ulm an der Donau", "summary": "Ulm an der Donau"}
    assert unsupported(make_proposal(payload=payload, context=context, **said)) == {("city",)}


def test_without_any_evidence_nothing_is_told():
    assert unsupported(make_proposal(payload={"order": "A-1001"}, context=())) == frozenset()


def test_what_stands_in_two_pieces_stands_in_none():
    context = (Evidence(title="for Ann", text="Berg, 12"), Evidence(title="840 EUR"))
    proposal = make_proposal(payload={"name": "Ann Berg", "sum": 12840}, context=context)
    assert unsupported(proposal) == {("name",), ("sum",)}


def test_what_can_no_longer_be_looked_for_counts_as_missing():
    names = [f"東{number}京" for number in range(400)]
    said = ["、".join(names), *["東" * 3990] * 18]
    told = asked({"names": names}, *said)
    assert told == {("names", place) for place in range(400 - len(told), 400)}
    assert 300 < len(told) < 399


@pytest.mark.parametrize("said", ["the key is tiger-7-tiger", "the key is another"])
def test_whether_a_redacted_value_stands_there_is_not_told(said):
    payload = {"order": "A-1001", "key": "tiger-7-tiger"}
    assert asked(payload, said, redact=("key",)) == {("order",)}


def test_only_the_present_payload_is_asked_for():
    proposal = make_proposal(payload={"order": "A-1001"}, context=(Evidence(title="Order A-1001"),))
    edited = replace(proposal.revisions[0], number=2, action=make_proposal(payload={"order": "A-1002"}).action)
    assert unsupported(replace(proposal, revisions=(*proposal.revisions, edited))) == {("order",)}


@settings(max_examples=examples(200))
@given(payloads, st.lists(texts, max_size=3))
def test_what_is_told_is_in_the_payload_and_more_evidence_only_takes_away(payload, said):
    told = asked(payload, "Nothing", *said)
    assert told <= {path for path, _ in leaves(payload)}
    assert asked(payload, "Nothing", *said, "One more") <= told


@settings(max_examples=examples(200))
@given(texts, st.sampled_from(["{}", "see {} there", "({})", "“{}”", "{}.", "a\n{}\nb"]))
def test_what_stands_there_as_it_is_is_found(value, around):
    assert asked({"field": value}, around.format(value)) == frozenset()


@settings(max_examples=examples(200))
@given(
    st.decimals(10, 10**9, places=2, allow_nan=False),
    st.sampled_from([",.", ".,", " .", " ,", "'.", "\u00a0,"]),
    st.sampled_from(["{} EUR", "€{}", "({})", "is {}.", "{}"]),
)
def test_a_number_is_found_with_any_signs_between_its_groups(number, signs, around):
    grouped = f"{number:,.2f}".translate({ord(","): signs[0], ord("."): signs[1]})
    assert asked({"sum": float(number)}, around.format(grouped)) == frozenset()


@settings(max_examples=examples(200))
@given(
    st.dates(date(1000, 1, 1)),
    st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%d %b", "%B %d, %Y", "%d.%m.%Y", "%d/%m/%Y", "%d. %b %Y"]),
)
def test_a_day_is_found_in_any_form(day, form):
    assert asked({"day": day.isoformat()}, f"on {day.strftime(form)}, they say") == frozenset()


def test_no_letter_or_digit_stands_for_another_that_looks_like_it():
    alike = {char: like for char in map(chr, range(0x80, 0x2FA20)) if (like := lookalike(char)) and like.isalnum()}
    said = "\n".join(f"a{like}-77 " for like in sorted({*alike.values()}))
    assert len(alike) > 1000
    assert asked({"names": [f"a{like}-77" for like in alike.values()]}, said) == frozenset()
    assert len(asked({"names": [f"a{char}-77" for char in alike]}, said)) == len(alike)


class Calls:
    """Counts calls of functions, ours and Python's, while it is on: no clock, so alike on every machine."""

    def __init__(self):
        self.count = 0

    def __call__(self, frame, event, _):
        self.count += event in ("call", "c_call")

    def __enter__(self):
        sys.setprofile(self)
        return self

    def __exit__(self, *_):
        sys.setprofile(None)


def calls(values, said):
    with Calls() as counted:
        asked({"values": values}, *said)
    return counted.count


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("word{0} word{0} x", "word1 word1 "),
        ("a a a {}", "a "),
        ("{:020}", "0 "),
        ("1111111111{:010}", "1 "),
        ("T-{}", "T-1, "),
        ("2026-11-22T10:00:{:02}", "22 nov, 10:00 "),
        ("漢字{}漢字", "漢字"),
        (100_000_000, "111 "),
    ],
)
def test_the_work_grows_with_payload_and_evidence_not_with_their_product(value, said):
    """Four times as much of both is about four times the work; a product would be sixteen times."""

    def work(times):
        values = [value.format(place) if isinstance(value, str) else value + place for place in range(100 * times)]
        return calls(values, [(said * 1000)[:1000]] * times)

    work(1)  # what is remembered is no work
    assert work(4) < 6 * work(1)


def test_the_work_of_marking_grows_with_the_values_not_with_their_square():
    def work(count):
        looks.clear()
        names = [f"k{number}" for number in range(count)]
        whole(dict.fromkeys(names, "v-1"), (), {Way((name,)): Doubt() for name in names})
        return len(looks)

    looks = []

    class Way(tuple):
        __slots__ = ()

        def __getitem__(self, part):
            looks.append(part)
            return tuple.__getitem__(self, part)

    assert 0 < work(400) <= 4 * work(100)


def test_a_text_has_as_many_words_as_are_looked_for_together():
    words = " ".join(["word"] * MOST_WORDS)
    assert asked({"field": words}, "Nothing") == {("field",)}
    assert asked({"field": f"{words} more"}, "Nothing") == frozenset()
