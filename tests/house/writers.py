"""Which module writes which table, from the queries that it uses: `python -m tests.house.writers` draws it."""

import ast
import re
from collections import defaultdict
from pathlib import Path

from tests.house.floors import PAGE
from tests.house.tree import ROOT, modules, parsed

BEGIN, END = "<!-- drawn by python -m tests.house.writers -->", "<!-- drawn by it until here -->"
SQL = ROOT / "storage" / "sql"
QUERY = re.compile(r"^-- name: (\w+)\n(.*?)(?=^-- name: |\Z)", re.MULTILINE | re.DOTALL)
WRITES = re.compile(r"\b(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) (\w+)\b(?! SET)|\bUPDATE (\w+) SET\b")
TRIGGER = re.compile(r"^CREATE TRIGGER .*?^END;", re.MULTILINE | re.DOTALL)
MADE = re.compile(r"^(CREATE|DROP) TABLE (\w+)", re.MULTILINE)


def tables() -> set[str]:
    """All that there are after the last migration."""
    found: set[str] = set()
    for path in sorted((ROOT / "storage" / "migrations" / "sqlite").glob("*.sql")):
        for verb, table in MADE.findall(path.read_text(encoding="utf-8")):
            found = found | {table} if verb == "CREATE" else found - {table}
    return found


def written(query: str) -> set[str]:
    """The tables that a statement inserts into, updates or deletes from."""
    bare = re.sub(r"--.*", "", query)
    bare = bare.replace("DO UPDATE SET", "")
    return {name for names in WRITES.findall(" ".join(bare.split())) for name in names if name}


def writers() -> dict[str, set[Path]]:
    """By table, the modules that use a query which writes it; where none does, the schema whose triggers do."""
    found: dict[str, set[Path]] = defaultdict(set)
    for module in modules("storage"):
        for file, name in used(parsed(module)):
            for table in written(dict(QUERY.findall((SQL / f"{file}.sql").read_text(encoding="utf-8")))[name]):
                found[table].add(module)
    for path in sorted((ROOT / "storage" / "migrations" / "sqlite").glob("*.sql")):
        kept = {table for each in TRIGGER.findall(path.read_text(encoding="utf-8")) for table in written(each)}
        for table in (kept & tables()) - found.keys():
            found[table].add(path.relative_to(ROOT))
    return found


def used(tree: ast.Module) -> list[tuple[str, str]]:
    """The queries that a module uses, each by its file and its name."""
    files: dict[str, str] = {}
    for node in tree.body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="queries"), args=[ast.Constant(value=str(file))]),
            ):
                files[name] = file
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=query)) if name in files:
                found.append((files[name], str(query)))
            case ast.Subscript(value=ast.Name(id=name)) if name in files:  # chosen at run time, among those it names
                known = dict(QUERY.findall((SQL / f"{files[name]}.sql").read_text(encoding="utf-8")))
                said = {each.value for each in ast.walk(tree) if isinstance(each, ast.Constant)}
                found += [(files[name], query) for query in known.keys() & said]
    return found


def table() -> str:
    """As it stands in the page."""
    found = writers()
    rows = [
        f"| `{name}` | {', '.join(f'`{module}`' for module in sorted(found[name])) or 'nobody'} |"
        for name in sorted(tables())
    ]
    return "\n".join(["| table | is written by |", "|---|---|", *rows])


def page() -> str:
    """The page with the table drawn anew."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
