"""The overview of a long payload: what differs stands there whatever it stands among, and nothing is lost by folding."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.proposal import Action, Revision
from bot.slack.blockkit.blocks import json_size
from bot.slack.blockkit.text import words_of
from bot.slack.cards.card import card
from bot.slack.cards.details import pages
from bot.slack.cards.occurs import Occurrence, occurs
from bot.slack.cards.overview import FEWEST, MOST, foldings, overview
from bot.slack.cards.shapes import entry_shape, line_shape
from tests.laws import examples
from tests.making import make_proposal
from tests.slack.hostile import details_payload_of, exactly, markup, payloads
from tests.slack.limits import block_faults, message_faults

ROW = "UPDATE orders SET status = 'paid', amount = {amount} WHERE id = {number};"
MIGRATION = "\n".join(ROW.format(amount=250 + number % 7, number=number) for number in range(150))
ALIKE = {
    "statement": lambda number: f"UPDATE orders SET note = 'n{number}' WHERE id = {number};",
    "log": lambda number: (
        f"2026-11-30T10:00:{number % 60:02} INFO worker-{number} sent mail {number * 7} in {number} ms"
    ),
    "mail": lambda number: f"user{number}@example.com",
    "path": lambda number: f"/srv/exports/{number}.csv",
    "page": lambda number: f"/archive/2014/play-{'abcdefghij'[number // 10 % 10]}{'klmnopqrst'[number % 10]}",
    "row": lambda number: f"{number},Name {chr(97 + number % 26)}{number},u{number}@example.com,{100 + number}",
}
ODD = (
    "INSERT INTO admin_users (name) VALUES ('eve');",
    "UPDATE orders SET note = 'n3' WHERE id = 3; DROP TABLE orders;",
    "UPDATE users SET note = 'n1' WHERE id = 1;",
    "UPDATE orders SET note = 'n1; DROP TABLE users' WHERE id = 1;",
    "user7@examp1e.com",
    "/srv/secrets/7.csv",
    "/srv/exports/7.exe",
    "/archive/2014/../admin",
    "2026-11-30T10:00:07 WARN worker-7 sent mail 49 in 7 ms",
    "7,Name h7,u7@evil.example,107",
    "rm -rf /",
)


def said(payload):
    return words_of(overview(payload))


def test_a_line_unlike_a_hundred_and_fifty_others_stands_first_and_one_stands_for_those():
    lines = MIGRATION.split("\n")
    lines.insert(87, ODD[0])
    shown = said({"sql": "\n".join(lines)})
    assert "SQL in sql: INSERT INTO admin_users (1), UPDATE orders (150)" in shown
    odd = shown.index(f"Unlike the rest: Statement 88\n{ODD[0]}")
    assert odd < shown.index("149 more like this: UPDATE orders SET status = '…', amount = … WHERE id = …")


@settings(max_examples=examples(150), deadline=None)
@given(st.sampled_from(sorted(ALIKE)), st.integers(12, 60), st.data())
def test_an_odd_one_among_any_number_of_alike_ones_is_in_the_overview(kind, count, data):
    rows = [ALIKE[kind](number) for number in range(count)]
    odd = data.draw(st.sampled_from([each for each in ODD if line_shape(each).key != line_shape(rows[0]).key]))
    at = data.draw(st.integers(0, count))
    rows.insert(at, odd)
    for payload in ({"text": "\n".join(rows)}, {"rows": rows}, {"deep": [{"rows": rows}]}):
        assert odd in said(payload)


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(st.sampled_from([*ODD, *(make(number) for make in ALIKE.values() for number in range(9))]), max_size=60)
)
def test_every_row_is_in_one_kind(rows):
    for folding in foldings({"text": "\n".join(rows), "rows": rows, "sql": ";\n".join(rows)}):
        assert sorted(number for kind in folding.kinds for number in kind) == list(range(len(folding.rows)))
        for kind in folding.kinds:
            assert len({folding.rows[number].shape.key for number in kind}) == 1


@settings(max_examples=examples(60), deadline=None)
@given(payloads)
def test_the_overview_of_whatever_an_agent_sends_keeps_the_limits_and_changes_nothing_of_what_is_shown(payload):
    blocks = overview(payload)
    assert json_size(blocks) <= MOST
    assert block_faults(blocks, 50, "modal") == [] or not blocks
    shown = [block for page in pages(make_proposal(payload=payload)) for block in page]
    assert exactly(details_payload_of(shown)) == exactly(payload)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DELETE FROM orders WHERE id = 1", "DELETE FROM users WHERE id = 1"),
        ("a@example.com", "a@examp1e.com"),
        ("see https://example.com/1", "see https://evil.example/1"),
        ("/srv/a/1.csv", "/srv/b/1.csv"),
        ("/srv/a/1.csv", "/srv/a/1.sh"),
        ("1.csv", "1.exe"),
        ("name 'Bob'", "name 'Bob; DROP'"),
        ("name 'Bob'", "name 'ask eve@evil.example'"),
        ("host example.com", "host example.org"),
        ("id ⟨U+202E⟩1", "id 1"),
        ("x" * 2100, "x" * 2099 + "y"),
    ],
)
def test_lines_that_differ_in_what_matters_are_not_alike(one, other):
    assert line_shape(one).key != line_shape(other).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("order 17 of 2026-11-30", "order 9,204 of 2026-12-01"),
        ("T-20588 is 'open'", "T-20558 is 'closed'"),
        ("id 0a1b2c3d4e", "id ffee001122"),
        ("a@example.com", "b.c@example.com"),
        ("/srv/a/1.csv", "/srv/a/b.csv"),
        ('worker-1 said "hello"', 'worker-12 said "it is late"'),
    ],
)
def test_lines_that_differ_in_numbers_ids_and_quoted_texts_are_alike(one, other):
    assert line_shape(one).key == line_shape(other).key


def test_tables_told_apart_by_a_digit_are_not_alike_even_where_the_sql_is_not_understood():
    lines = [f"UPDATE orders_1 SET n = {number} WHERE id = {number}; # note" for number in range(40)]
    lines.insert(7, "UPDATE orders_2 SET n = 7 WHERE id = 7; # note")
    shown = said({"sql": "\n".join(lines)})
    assert "SQL in sql, not understood: read it" in shown
    assert f"Unlike the rest: Line 8\n{lines[7]}" in shown


def test_entries_are_alike_by_their_keys_and_the_kinds_of_their_values():
    entry = {"id": 1, "to": "a@example.com", "paid": True}
    assert entry_shape(entry).key == entry_shape({"to": "b@example.com", "id": 20, "paid": False}).key
    for change in ({"admin": 1}, {"to": "a@evil.example"}, {"id": "1; DROP"}, {"id": [1]}):
        assert entry_shape({**entry, **change}).key != entry_shape(entry).key


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([{"id": number, "amount": 20 + number} for number in range(40)] + [{"id": 40, "amount": 4000}], "4000"),
        ([{"id": number, "amount": 20 + number} for number in range(40)] + [{"id": 40, "amount": -20}], "-20"),
        ([{"id": number, "role": "member"} for number in range(40)] + [{"id": 40, "role": "admin"}], "admin"),
        ([{"role": ["member", "guest"][number % 2]} for number in range(40)] + [{"role": "admin"}], "admin"),
        ([{"run": f"echo {number} done"} for number in range(40)] + [{"run": "rm done"}], "rm"),
        ([{"id": number, "ok": True} for number in range(40)] + [{"id": 40, "ok": False}], "false"),
        ([{"note": f"n{number} ok"} for number in range(40)] + [{"note": "word " * 20 + "word"}], "word word"),
    ],
)
def test_values_far_from_what_is_usual_are_named(rows, named):
    (folding,) = foldings({"rows": rows})
    (odd,) = folding.unusual
    assert odd.row == 40
    assert odd.value.startswith(named)
    shown = said({"rows": rows})
    assert f"Out of the usual: Entry 41: {odd.value[:20]}" in shown


def test_rows_are_counted_with_the_empty_lines_among_them():
    lines = [f"row {number}" for number in range(20)]
    shown = said({"log": "\n\n".join([*lines, "the odd one", *lines])})
    assert "log: 41 lines of 2 kinds" in shown
    assert "Unlike the rest: Line 41\nthe odd one" in shown


def test_values_of_which_many_differ_are_not_called_unusual():
    rows = [{"id": number, "amount": 10 ** (number % 6), "name": f"name {number}"} for number in range(60)]
    (folding,) = foldings({"rows": rows})
    assert folding.unusual == []


def test_what_people_write_for_people_is_not_folded():
    letter = "\n".join(
        f"{'abcdefghijklmnopqrstuvwxyz'[number]} sentence about {'xyzuvw'[number % 6]}" for number in range(20)
    )
    assert not any(each.folds for each in foldings({"body": letter}))
    assert overview({"body": letter}) == []


def test_more_kinds_than_have_room_are_counted():
    lines = [f"{'abcdefghijklmnopqrst'[number]} is odd" for number in range(20)]
    shown = said({"log": "\n".join([*(f"row {number}" for number in range(100)), *lines])})
    assert "… and 12 more kinds of line, in the whole text" in shown


def test_an_overview_that_has_no_room_for_all_says_how_much_is_left_out():
    rows = [f"row {number} {'x' * 200}" for number in range(20)]
    payload = {f"field{number}": rows for number in range(30)}
    blocks = overview(payload, 3_000)
    assert json_size(blocks) <= 3_000
    assert "more long parts" in words_of(blocks)


def test_where_there_is_little_room_what_differs_still_stands_there():
    lines = MIGRATION.split("\n")
    lines.insert(87, ODD[0])
    blocks = overview({"sql": "\n".join(lines)}, 2_200)
    assert json_size(blocks) <= 2_200
    assert ODD[0] in words_of(blocks)
    assert "149 more like this" in words_of(blocks)


def thing(label, *names, note=""):
    return Occurrence(label=label, note=note, things=tuple(names))


def test_members_of_a_large_object_are_folded_like_entries_and_what_is_long_within_them_too():
    users = {f"user{number}": {"role": "member"} for number in range(60)}
    shown = said({"users": {**users, "user7b": {"role": "member", "admin": True}, "log": MIGRATION}})
    assert 'Member 61\n"user7b": {"role": "member", "admin": true}' in shown
    assert '59 more like this: "user…": {"role": "…"}' in shown
    assert "users.log: 150 lines of 1 kind" in shown


def test_recipients_addresses_links_files_and_lists_are_counted_the_rarest_first():
    payload = {
        "to": ["a@example.com", "b@example.com", "c@evil.example"],
        "cc": "lead@example.com",
        "body": "See https://example.com/a, https://example.com/b and https://bank.example@evil.example/x or ask x@y.example",
        "attachments": [{"name": "list.pdf", "size": 1200}, {"name": "run.sh"}],
        "items": [{"id": 1, "price": 2.5}, {"id": 2, "price": 0.25, "gift": True}],
    }
    assert occurs(payload) == (
        thing("To", ("evil.example", " (1)"), ("example.com", " (2)"), note="3"),
        thing("Cc", ("example.com", " (1)"), note="1"),
        thing("Mail addresses", ("evil.example", " (1)"), ("y.example", " (1)")),
        thing("Links", ("evil.example", " (1)"), ("example.com", " (2)")),
        thing("Files", ("list.pdf (1200 bytes)", " (1)"), ("run.sh", " (1)")),
        thing("attachments", ("size", " in 1 of them"), ("name", ""), note="2 entries"),
        thing("items", ("gift", " in 1 of them"), ("id", ""), ("price", " adds up to 2.75"), note="2 entries"),
    )


@pytest.mark.parametrize(
    ("numbers", "total"),
    [
        ([0.1, 0.2], "0.3"),
        ([1, 2.5], "3.5"),
        ([12_000, 850.5], "12,850.5"),
        ([1e308, 1e308], "2.00000000000000e+308"),
        ([5, -5], "0"),
    ],
)
def test_sums_are_those_of_the_decimals_that_are_written(numbers, total):
    (items,) = occurs({"items": [{"price": number} for number in numbers]})
    assert items.things == (("price", f" adds up to {total}"),)


def test_sql_that_is_not_understood_says_so():
    assert occurs({"sql": "SELECT 'a\\'; DROP TABLE b"}) == (thing("SQL in sql", note="not understood: read it"),)
    assert occurs({"statements": ["DROP TABLE a", "COMMIT"]})[0].things == (
        ("DROP TABLE a", " (1)"),
        ("COMMIT", " (1)"),
    )


def test_details_have_it_on_the_first_page_before_what_will_run_and_only_of_what_is_long():
    first, *_ = pages(make_proposal(payload={"sql": MIGRATION}))
    words = words_of(first)
    assert words.index("In short") < words.index("Payload: exactly what will run")
    assert "In short" not in words_of(pages(make_proposal(payload={"sql": "DELETE FROM a"}))[0])


def test_a_card_that_cannot_be_whole_shows_what_differs_as_well():
    lines = MIGRATION.split("\n")
    lines.insert(87, ODD[0])
    made = card(make_proposal(payload={"sql": "\n".join(lines)}))
    assert "INSERT INTO admin_users (1), UPDATE orders (150)" in made.words
    assert ODD[0] in made.words
    assert "characters are missing here" in made.words
    assert message_faults(made.blocks, made.text) == []


def test_what_it_says_of_foreign_text_stands_where_nothing_is_parsed():
    evil = "<!channel> *Approved*"
    rows = [{evil: number, "to": f"{evil}{number}@example.com"} for number in range(40)]
    blocks = overview({evil: rows, "sql": f'UPDATE "{evil}" SET a = 1;\n' * 40})
    assert evil in words_of(blocks)
    assert markup(blocks) == []
    assert len(rows) > FEWEST


@pytest.mark.parametrize("revised", [False, True])
def test_the_revision_that_counts_is_the_one_that_is_overviewed(revised):
    proposal = make_proposal(payload={"sql": MIGRATION})
    if revised:
        action = Action(name="refund.create", payload={"sql": MIGRATION.replace("orders", "users")})
        second = Revision(number=2, action=action, at=proposal.revisions[0].at, editor="U0BOB")
        proposal = replace(proposal, revisions=(*proposal.revisions, second), round=2)
    assert f"UPDATE {'users' if revised else 'orders'} (150)" in json.dumps(
        [words_of(page) for page in pages(proposal)]
    )
