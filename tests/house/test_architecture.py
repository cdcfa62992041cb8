"""What docs/architecture.md tells of the code is so: the way of one proposal, the loops, who writes which table."""

import ast
import re
from pathlib import Path

from tests.house import writers
from tests.house.floors import PAGE
from tests.house.structure import passed_through
from tests.house.tree import ROOT, parsed

TEXT = PAGE.read_text(encoding="utf-8")


def part(heading):
    """What stands below a heading, up to the next of its kind."""
    return TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def test_one_proposal_passes_through_the_files_that_the_page_names():
    numbered = part("The way of one proposal").partition("\nThe claim and")[0]
    way = re.findall(r"`((?:bot|approvals|policy|storage|delivery)/[\w/]+\.py)`", numbered)
    through = passed_through(ROOT)
    assert {path.split("/")[0] for path in through} == {"approvals", "policy", "storage", "delivery", "bot"}
    assert len(way) > 9
    assert set(way) - set(through) == set()


def begun():
    """What runs on in the background, as it stands where it is begun, and what the sweeper does."""
    for node in ast.walk(parsed(Path("bot/compose.py"))):
        match node:
            case ast.Call(func=ast.Name(id="_task" | "_tasks"), args=[_, *works]):
                yield from (short(work.func) for work in works if isinstance(work, ast.Call))
            case ast.Assign(targets=[ast.Name(id="sweeps")], value=ast.Tuple(elts=sweeps)):
                yield from map(short, sweeps)


def short(work):
    """The last two words of what is called: `courier.run`, `DirectMessages.run`."""
    owner = work.value.func if isinstance(work.value, ast.Call) else work.value
    return f"{ast.unparse(owner).rpartition('.')[2]}.{work.attr}"


def test_every_loop_is_told_of_and_no_other():
    told = re.findall(r"`(\w+\.\w+)`", part("The loops"))
    assert sorted(told) == sorted(begun())
    assert len(told) > 8


def test_the_table_of_writers_is_the_one_of_the_queries():
    assert PAGE.read_text(encoding="utf-8") == writers.page(), "run: python -m tests.house.writers"


def test_every_table_is_written_by_one_module_or_two():
    found = writers.writers()
    assert found.keys() == writers.tables()
    assert {table: modules for table, modules in found.items() if len(modules) > 2} == {}


def test_what_a_query_writes_is_seen():
    assert writers.written("INSERT INTO a (x) SELECT x FROM b") == {"a"}
    assert writers.written("UPDATE a SET x = 1 -- UPDATE b SET\\nWHERE y") == {"a"}
    assert writers.written("INSERT INTO a (x) VALUES (1) ON CONFLICT (x) DO UPDATE SET x = 2") == {"a"}
    assert writers.written("DELETE FROM a WHERE x IN (SELECT y FROM b)") == {"a"}
    assert writers.written("SELECT updated FROM a") == set()
