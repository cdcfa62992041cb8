"""The named queries on PostgreSQL: each is one the server takes, with values and answers as SQLite has them."""

import asyncio
import re

import asyncpg
import pytest

from storage.engine.queries import Query, queries
from tests.house.tree import ROOT
from tests.postgresql import new_server_database

pytestmark = pytest.mark.sqlite

SQL = ROOT / "storage" / "sql"
NAMED = [(path.stem, name) for path in sorted(SQL.glob("*.sql")) for name in queries(path.stem)]
SECOND = [
    (path.stem, name)
    for path in sorted((SQL / "postgresql").glob("*.sql"))
    for name in re.findall(r"^-- name: (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
]
COUNTS_OF_FEW = {
    ("lists", "waiting", 8), ("lists", "waiting", 11), ("lists", "approved", 3), ("lists", "approved", 6),
    ("lists", "overdue", 4), ("lists", "overdue", 5), ("lists", "overdue", 8), ("lists", "open", 8),
    ("lists", "open", 12), ("lists", "ended_like", 8), ("proposals", "to_rejudge", 2),
}  # fmt: skip
"""Values that the server takes for numbers below 2³¹: yes or no, a rank, how many."""


@pytest.fixture(scope="module")
def prepared():
    """What the server says of each query: the types of its values, and its columns with their types."""
    with new_server_database() as url:
        yield asyncio.run(_prepared(url))


async def _prepared(url):
    connection = await asyncpg.connect(url, server_settings={"search_path": "signoff"})
    found = {}
    for file, name in NAMED:
        try:
            statement = await connection.prepare(queries(file)[name].postgresql)
        except asyncpg.PostgresError as fault:
            found[file, name] = fault
        else:
            found[file, name] = (
                [each.name for each in statement.get_parameters()],
                {each.name: each.type.name for each in statement.get_attributes()},
            )
    await connection.close()
    return found


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_the_server_takes_each_query_with_texts_and_whole_numbers_and_answers_with_them(prepared, file, name):
    assert isinstance(prepared[file, name], tuple), prepared[file, name]
    values, columns = prepared[file, name]
    few = {number for number, kind in enumerate(values, 1) if kind == "int4"}
    assert {(file, name, number) for number in few} == {each for each in COUNTS_OF_FEW if each[:2] == (file, name)}
    assert set(values) <= {"text", "int8", "int4"}
    assert set(columns.values()) <= {"text", "int8", "int4"} | ({"float8"} if columns.get("median") else set())


@pytest.mark.parametrize(("file", "name"), SECOND)
def test_a_second_text_is_of_a_query_that_there_is_and_says_why_it_differs(file, name):
    query = queries(file)[name]
    assert query.postgresql != query.text
    assert re.match(r"-- Differs, for .*\.\n", query.postgresql)
    assert set(re.findall(r"\$\d+", query.postgresql)) == set(re.findall(r"\$\d+", query.text))


def test_few_queries_have_a_second_text():
    assert len(SECOND) <= len(NAMED) / 20


def test_the_text_for_the_server_is_the_same_without_the_indexes_that_sqlite_is_told_to_take():
    query = Query("q", "Asks.", "SELECT 1 FROM a AS x INDEXED BY x_of_y CROSS JOIN b INDEXED BY z WHERE x.INDEXED = 1")
    assert query.postgresql == "SELECT 1 FROM a AS x CROSS JOIN b WHERE x.INDEXED = 1"
    assert not [each for each in NAMED if "INDEXED BY" in queries(each[0])[each[1]].postgresql]
