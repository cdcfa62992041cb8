"""What SQL would do, by verb and table: nothing in a text, a comment or quotes passes for it, nor is it guessed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.cards.sql import MOST_TOKENS, effects, statements
from tests.laws import examples


def done(text):
    found = statements(text)
    return None if found is None else [each for of in found for each in effects(of)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("UPDATE orders SET a = 1 WHERE id = 2", ["UPDATE orders"]),
        ("update only shop.orders set a = 1 where id = 2;", ["UPDATE shop.orders"]),
        ('UPDATE "Orders" SET a = 1 WHERE b', ['UPDATE "Orders"']),
        ("UPDATE [dbo].[users] SET a = 1 WHERE b", ["UPDATE [dbo].[users]"]),
        ("UPDATE a, b SET a.x = b.x WHERE a.id = b.id", ["UPDATE a", "UPDATE b"]),
        ("UPDATE users SET admin = true", ["UPDATE users without WHERE"]),
        ("UPDATE users SET n = (SELECT 1 FROM x WHERE y)", ["UPDATE users without WHERE"]),
        ("DELETE FROM users", ["DELETE FROM users without WHERE"]),
        ("DELETE a, b FROM a JOIN b ON a.i = b.i WHERE a.x", ["DELETE FROM a", "DELETE FROM b"]),
        ("INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2", ["INSERT INTO t"]),
        ("INSERT OR REPLACE INTO t VALUES (1)", ["INSERT INTO t"]),
        ("INSERT IGNORE t VALUES (1)", ["INSERT INTO t"]),
        ("REPLACE INTO t VALUES (replace(a, 'b', 'c'))", ["REPLACE INTO t"]),
        (
            "MERGE INTO t USING s ON t.i = s.i WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN INSERT (a) VALUES (1)",
            ["MERGE INTO t"],
        ),
        ("TRUNCATE TABLE a, b CASCADE", ["TRUNCATE a", "TRUNCATE b"]),
        ("SELECT truncate(1.5, 0) FROM t", ["SELECT t"]),
        ("DROP TABLE IF EXISTS a, b", ["DROP TABLE a", "DROP TABLE b"]),
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON orders (a)", ["CREATE INDEX i ON orders"]),
        ("CREATE TABLE IF NOT EXISTS t (a int REFERENCES x ON DELETE CASCADE)", ["CREATE TABLE t"]),
        ("ALTER TABLE t DROP COLUMN a", ["ALTER TABLE t DROP"]),
        ("ALTER TABLE t ADD a int", ["ALTER TABLE t"]),
        ("GRANT ALL ON users TO eve", ["GRANT ALL ON users TO eve"]),
        ("CALL purge(1)", ["CALL purge"]),
        ("SELECT a FROM t JOIN u ON t.i = u.i FOR UPDATE", ["SELECT t, u"]),
        ("SELECT * INTO copy_of_users FROM users", ["SELECT INTO copy_of_users"]),
        ("WITH gone AS (DELETE FROM users WHERE a RETURNING *) SELECT * FROM gone", ["DELETE FROM users"]),
        ("WITH x AS (SELECT 1 FROM b) INSERT INTO c SELECT * FROM x", ["INSERT INTO c"]),
        ("EXPLAIN ANALYZE DELETE FROM users WHERE a", ["DELETE FROM users", "EXPLAIN"]),
        ("SELECT 1 DELETE FROM users WHERE b", ["DELETE FROM users"]),
        ("SELECT 1 before DELETE FROM users WHERE b", ["DELETE FROM users"]),
        ("CREATE TRIGGER t BEFORE UPDATE ON x FOR EACH ROW", ["CREATE TRIGGER t ON x"]),
        ("CREATE TABLE t (a int REFERENCES x ON UPDATE CASCADE)", ["CREATE TABLE t"]),
        ("BEGIN; UPDATE a SET b = 1 WHERE c; COMMIT", ["BEGIN", "UPDATE a", "COMMIT"]),
        ("DO $$ BEGIN DELETE FROM users; END $$", ["code or text in $…$, not looked into"]),
        (
            "CREATE FUNCTION f() RETURNS int AS $body$ ; DELETE FROM x $body$ LANGUAGE sql",
            ["CREATE FUNCTION f", "code or text in $…$, not looked into"],
        ),
        ("FROBNICATE users", ["not understood: FROBNICATE"]),
        ("UPDATE ? SET a = 1 WHERE b", ["UPDATE (a name not understood)"]),
    ],
)
def test_each_statement_says_its_verb_and_tables(text, said):
    assert done(text) == said


@pytest.mark.parametrize(
    "hidden",
    [
        "'; DELETE FROM users; '",
        "'it''s; DELETE FROM users'",
        '"; DELETE FROM users"',
        "/* ; DELETE FROM users */ 1",
        "1 -- ; DELETE FROM users\n",
        "'\\n; DELETE FROM users'",
    ],
)
def test_what_stands_in_texts_names_and_comments_is_no_statement(hidden):
    assert done(f"SELECT {hidden} FROM orders; COMMIT") == ["SELECT orders", "COMMIT"]


@pytest.mark.parametrize("around", ["'a'", '"a"', "/* ' */", "-- '\n", "$1", "'--'", "'/*'", "'$$'", "-----\n"])
def test_a_statement_after_such_a_text_is_found(around):
    assert "DELETE FROM users" in done(f"SELECT 1 {around} ; DELETE FROM users WHERE a")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 'a\\'; DELETE FROM users; --'",
        "SELECT 1 # ; DELETE FROM users",
        "SELECT 1 --2; DELETE FROM users",
        "/*! DELETE FROM users */",
        "/* /* */ DELETE FROM users; */",
        "SELECT 'open",
        "SELECT $a$ open $b$",
        "SELECT 1 -- a\rDELETE FROM users",
        "\\copy users from file",
    ],
)
def test_what_databases_read_differently_or_nobody_takes_is_not_understood(text):
    assert done(text) is None


def test_comments_are_no_part_of_a_statement():
    plain, *others = statements(
        "UPDATE a SET b = 1; /* x; */ UPDATE a /* y */ SET b = 1 -- z\n; UPDATE a SET -- ;\n b = 1"
    )
    assert [[token.text for token in each.tokens] for each in others] == [[token.text for token in plain.tokens]] * 2


def test_more_changes_in_one_statement_than_are_looked_at_are_said_to_be_more():
    said = done("UPDATE a SET b = 1 " * 60)
    assert said[-1].startswith("more than is looked at")
    assert done("a " * (MOST_TOKENS + 1)) is None


PIECES = st.sampled_from(
    [
        "SELECT 1",
        "'x'",
        "'; DROP TABLE a; '",
        "-- c\n",
        "/* ; */",
        ";",
        " ",
        "\n",
        "$q$ ; $q$",
        '"n"',
        "UPDATE t SET a=1",
        "é",
    ]
)


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(PIECES, max_size=12))
def test_an_added_statement_is_never_lost(pieces):
    text = " ".join(pieces)
    before = done(text)
    after = done(f"{text}\n;DELETE FROM admin_users WHERE a;")
    assert before is not None
    assert after == [*before, "DELETE FROM admin_users"]
