"""The schema of each database, read from its catalogue: the same tables, constraints, indexes and triggers by name."""

import json
import re
import sqlite3
from collections import defaultdict
from contextlib import closing

import pytest

from storage.databases.migrate import shipped
from tests.postgresql import new_server_database, on_server

pytestmark = pytest.mark.sqlite

TYPES = {"INTEGER": "bigint", "TEXT": "text"}
OF_ONE = {"sqlite": {"migrations"}, "postgresql": {"migrations", "turns"}}
"""Tables that the other one has no need of, or that are made before any migration."""
NOTIFY = re.compile(r"_notify(_again)?$|_untruncated$")
"""Triggers that only a server needs: other processes hear of a commit, and a table can be emptied without its rows."""


@pytest.fixture(scope="module")
def lite():
    with closing(sqlite3.connect(":memory:")) as connection:
        for migration in shipped("sqlite"):
            connection.executescript(migration.script)
        yield lambda text: connection.execute(text).fetchall()


@pytest.fixture(scope="module")
def server():
    with new_server_database() as url:

        def found(text):
            return [tuple(row) for row in on_server("SET search_path = signoff", text, url=url)[1]]

        yield found


def tables(lite):
    return sorted(name for (name,) in lite("SELECT name FROM sqlite_master WHERE type = 'table'"))


def body(lite, name):
    """What makes it, without comments."""
    ((text,),) = lite(f"SELECT sql FROM sqlite_master WHERE name = '{name}'")
    return re.sub(r"--.*", "", text)


def literals(text):
    """The texts and numbers that an expression names; how a database writes its signs is its own."""
    found = re.findall(r"'((?:[^']|'')*)'|\b(\d+)\b", text)
    return frozenset("".join(each) for each in found)


def by_table(rows):
    found = defaultdict(list)
    for table, *rest in rows:
        found[table].append(tuple(rest))
    return {table: sorted(each, key=repr) for table, each in found.items()}


def test_both_have_the_same_tables(lite, server):
    there = {name for (name,) in server("SELECT tablename FROM pg_tables WHERE schemaname = 'signoff'")}
    assert there - OF_ONE["postgresql"] == set(tables(lite)) - OF_ONE["sqlite"]


def test_the_columns_of_each_table_are_in_the_same_order_with_the_same_type_and_may_be_missing_likewise(lite, server):
    here = [
        (table, number, name, TYPES[kind], bool(required))
        for table in tables(lite)
        for number, name, kind, required, *_ in lite(f"PRAGMA table_xinfo({table})")
    ]
    there = server(
        "SELECT c.relname, a.attnum - 1, a.attname, format_type(a.atttypid, NULL), a.attnotnull "
        "FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid "
        "WHERE c.relnamespace = 'signoff'::regnamespace AND c.relkind = 'r' AND a.attnum > 0"
    )
    there = by_table(there)
    assert {table: there[table] for table in tables(lite)} == by_table(here)


def test_every_text_is_compared_by_its_bytes(server):
    assert not server(
        "SELECT c.relname, a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid "
        "JOIN pg_collation AS l ON l.oid = a.attcollation "
        "WHERE c.relnamespace = 'signoff'::regnamespace AND c.relkind = 'r' AND l.collname <> 'C' "
        "AND c.relname <> 'migrations'"
    )


@pytest.mark.parametrize(("kind", "origin"), [("p", "pk"), ("u", "u")])
def test_keys_and_what_is_unique_are_over_the_same_columns(lite, server, kind, origin):
    here = set()
    for table in tables(lite):
        for _, index, _, made_by, _ in lite(f"PRAGMA index_list({table})"):
            if made_by == origin:
                here.add((table, tuple(name for _, _, name in lite(f"PRAGMA index_info({index})"))))
        columns = lite(f"PRAGMA table_info({table})")
        if origin == "pk":
            here.add((table, tuple(row[1] for row in sorted(columns, key=lambda row: row[5]) if row[5])))
    there = server(
        "SELECT conrelid::regclass::text, (SELECT array_agg(a.attname::text ORDER BY k.place) "
        "FROM unnest(conkey) WITH ORDINALITY AS k (number, place) "
        "JOIN pg_attribute AS a ON a.attrelid = conrelid AND a.attnum = k.number) "
        f"FROM pg_constraint WHERE connamespace = 'signoff'::regnamespace AND contype = '{kind}'"
    )
    assert {(table, tuple(names)) for table, names in there if table != "migrations"} == here


def test_what_refers_to_what_is_the_same_and_is_checked_at_the_same_moment(lite, server):
    here = []
    for table in tables(lite):
        keys = defaultdict(list)
        for number, place, parent, column, to, *_ in lite(f"PRAGMA foreign_key_list({table})"):
            keys[number, parent].append((place, column, to))
        deferred = "INITIALLY DEFERRED" in body(lite, table)
        for (_, parent), pairs in keys.items():
            columns = [f"{column} {to}" for _, column, to in sorted(pairs)]
            here.append((table, parent, tuple(columns), deferred and len(columns) == 1))
    there = server(
        "SELECT c.conrelid::regclass::text, c.confrelid::regclass::text, c.condeferred, "
        "(SELECT array_agg(a.attname || ' ' || b.attname ORDER BY k.place) "
        "FROM unnest(c.conkey, c.confkey) WITH ORDINALITY AS k (one, other, place) "
        "JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.one "
        "JOIN pg_attribute AS b ON b.attrelid = c.confrelid AND b.attnum = k.other) "
        "FROM pg_constraint AS c WHERE c.connamespace = 'signoff'::regnamespace AND c.contype = 'f'"
    )
    assert by_table(here) == by_table((table, parent, tuple(pairs), late) for table, parent, late, pairs in there)


def checks(text):
    """What stands in the brackets of each CHECK."""
    for begin in re.finditer(r"CHECK \(", text):
        depth, end = 1, begin.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        yield text[begin.end() : end - 1]


def test_the_checks_of_each_table_are_over_the_same_columns_and_values(lite, server):
    here = []
    for table in tables(lite):
        columns = {row[1] for row in lite(f"PRAGMA table_xinfo({table})")}
        for text in checks(body(lite, table)):
            bare = re.sub(r"'[^']*'", "", text)
            here.append((table, tuple(sorted(columns & set(re.findall(r"\w+", bare)))), tuple(sorted(literals(text)))))
    there = server(
        "SELECT c.conrelid::regclass::text, (SELECT array_agg(a.attname::text ORDER BY a.attname) "
        "FROM pg_attribute AS a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)), pg_get_constraintdef(c.oid) "
        "FROM pg_constraint AS c WHERE c.connamespace = 'signoff'::regnamespace AND c.contype = 'c'"
    )
    assert by_table(here) == by_table(
        (table, tuple(sorted(columns)), tuple(sorted(literals(text)))) for table, columns, text in there
    )


def test_the_indexes_have_the_same_columns_and_order_and_hold_the_same_rows(lite, server):
    here = {}
    for name, table in lite("SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND sql <> ''"):
        ((unique, partial),) = lite(
            f"SELECT \"unique\", partial FROM pragma_index_list('{table}') WHERE name = '{name}'"
        )
        columns = [
            (column, bool(downward))
            for _, number, column, downward, _, key in lite(f"PRAGMA index_xinfo({name})")
            if key and number >= -2
        ]
        _, _, condition = body(lite, name).partition("WHERE ")
        here[name] = (table, bool(unique), bool(partial), columns, literals(condition))
    there = server(
        "SELECT c.relname, i.indrelid::regclass::text, i.indisunique, i.indpred IS NOT NULL, "
        "(SELECT json_agg(json_build_array(a.attname, (i.indoption[k.place - 1] & 1) = 1) ORDER BY k.place) "
        "FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place) "
        "LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number <> 0), "
        "pg_get_expr(i.indpred, i.indrelid) "
        "FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid "
        "WHERE c.relnamespace = 'signoff'::regnamespace "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u'))"
    )
    assert {
        name: (table, unique, partial, [tuple(each) for each in json.loads(columns)], literals(condition or ""))
        for name, table, unique, partial, columns, condition in there
    } == here


def test_the_expressions_of_indexes_are_the_same(lite, server):
    here = dict(lite("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '%json_extract%'"))
    there = dict(server("SELECT indexname::text, indexdef FROM pg_indexes WHERE indexdef LIKE '%json_extract%'"))
    paths = re.compile(r"json_extract\((\w+), '([^']*)'")
    assert here.keys() == there.keys()
    assert {name: paths.findall(text) for name, text in here.items()} == {
        name: paths.findall(text) for name, text in there.items()
    }


def test_the_triggers_act_on_the_same_occasion_and_say_the_same(lite, server):
    here = {}
    for name, table, text in lite("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"):
        occasion = re.search(r"(BEFORE|AFTER) (INSERT|UPDATE|DELETE)(?: OF\s+([\w,\s]+?)\s+ON\b)?", text)
        columns = frozenset(re.findall(r"\w+", occasion[3] or ""))
        said = re.search(r"RAISE\(ABORT, '([^']*)'\)", text)
        here[name] = (table, occasion[1], occasion[2], columns, said and said[1])
    there = server(
        "SELECT t.tgname::text, t.tgrelid::regclass::text, CASE WHEN t.tgtype & 2 = 2 THEN 'BEFORE' ELSE 'AFTER' END, "
        "CASE t.tgtype & 28 WHEN 4 THEN 'INSERT' WHEN 8 THEN 'DELETE' WHEN 16 THEN 'UPDATE' END, "
        "(SELECT array_agg(a.attname::text) FROM pg_attribute AS a WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr)), "
        "t.tgargs FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid "
        "WHERE c.relnamespace = 'signoff'::regnamespace AND NOT t.tgisinternal"
    )
    assert {
        name: (table, when, event, frozenset(columns or ()), args.rstrip(b"\0").decode() or None)
        for name, table, when, event, columns, args in there
        if not NOTIFY.search(name)
    } == here


def test_every_function_that_a_trigger_calls_with_what_it_says_refuses_with_that(server):
    refusing = server(
        "SELECT DISTINCT p.proname::text, p.prosrc FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid "
        "WHERE p.pronamespace = 'signoff'::regnamespace AND t.tgargs <> '' AND p.proname <> 'notify_of'"
    )
    assert len(refusing) > 5
    for name, text in refusing:
        assert "RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];" in text, name


def test_the_views_have_the_same_columns(lite, server):
    names = [name for (name,) in lite("SELECT name FROM sqlite_master WHERE type = 'view'")]
    assert sorted(names) == [name for (name,) in server("SELECT viewname FROM pg_views WHERE schemaname = 'signoff'")]
    for name in names:
        there = server(
            f"SELECT attname FROM pg_attribute WHERE attrelid = '{name}'::regclass AND attnum > 0 ORDER BY attnum"
        )
        assert [row[1] for row in lite(f"PRAGMA table_info({name})")] == [column for (column,) in there]


@pytest.mark.parametrize("table", ["entries", "questions", "samples", "delegations", "remembered_decisions"])
def test_what_no_row_may_be_deleted_from_is_not_emptied_at_once_either(server, table):
    with pytest.raises(Exception, match=r"only added to|stays|never forgotten|never deleted"):
        server(f"TRUNCATE {table} CASCADE")
