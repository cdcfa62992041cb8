"""What a stranger has to hold in their head, as figures: `python -m tests.house.structure [--json] [CHECKOUT …]`.

Per room its modules, how long they are, how many floors they stand on and where they go in circles; then the words
with more than one meaning, the lines, and the files that one proposal passes through. Of this checkout, or of each
that is named: `git worktree add ../before COMMIT`, then `python -m tests.house.structure ../before .`
"""

import argparse
import ast
import json
import math
import os
import statistics
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

from tests.house.graph import Checkout, circles, contracted, floors, within
from tests.house.tree import INSIDE, MADE, ROOMS, ROOT

SPLIT = "bot"
"""The room whose sub-packages are rooms of their own."""
APART = {"sandbox", "demo", "client", "fsck"}
"""What meets the bot only over HTTP or in the database: a word there may mean its own."""
TRACE = Path(__file__).with_name("traced.py")


def room_of(module):
    """The room that a module is in: its top-level package, of the bot the sub-package."""
    parts = Path(module).parts
    return "/".join(parts[:2]) if parts[0] == SPLIT and len(parts) > 2 else parts[0]


def part_of(module):
    """What a module is part of in its room: the sub-package right below, or else itself."""
    room = room_of(module)
    inside = Path(module).relative_to(INSIDE.get(room, room)).parts
    return inside[0].removesuffix(".py")


def rooms(checkout):
    """The figures of each room: of its modules, and of the sub-packages and modules that stand right in it."""
    found = defaultdict(list)
    for module in checkout.sources:
        found[room_of(module)].append(module)
    return {room: _figures(checkout, room, found[room]) for room in sorted(found, key=_bottom_up)}


def _figures(checkout, room, members):
    graph = within(checkout.graph, members)
    parts = contracted(graph, {module: part_of(module) for module in members})
    lengths = sorted(len(checkout.sources[module].splitlines()) for module in members)
    return {
        "modules": len(members),
        "median": round(statistics.median(lengths)),
        "p90": lengths[math.ceil(0.9 * len(lengths)) - 1],
        "max": lengths[-1],
        "below_60": sum(length < 60 for length in lengths),
        "lines": sum(lengths),
        "floors": floors(graph),
        "parts": len(parts),
        "floors_of_parts": floors(parts),
        "circles": [list(circle) for circle in circles(graph)],
        "circles_of_parts": [list(circle) for circle in circles(parts)],
    }


def homonyms(checkout):
    """The public functions and classes at the top of two and more of the bot's modules, by name."""
    homes = defaultdict(set)
    for module, tree in checkout.trees.items():
        if Path(module).parts[0] not in APART:
            for node in tree.body:
                if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_":
                    homes[node.name].add(module)
    return {name: sorted(modules) for name, modules in sorted(homes.items()) if len(modules) > 1}


def lines(checkout):
    """Of what ships, in Python and in SQL, and of the tests."""
    inside = [checkout.root / INSIDE.get(room, room) for room in ROOMS]
    return {
        "python": _lines(inside, "*.py"),
        "sql": _lines(inside, "*.sql"),
        "tests": _lines([checkout.root / "tests", checkout.root / "client" / "tests"], "*.py"),
    }


def _lines(folders, pattern):
    found = [path for folder in folders for path in folder.rglob(pattern) if MADE.isdisjoint(path.parts)]
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in found)


def passed_through(root):
    """The files in which a line ran for one proposal, from POST to outcome, in that checkout."""
    found = os.pathsep.join([str(root), str(root / "client")])
    environ = {**os.environ, "PYTHONPATH": found, "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run([sys.executable, "-P", TRACE], cwd=root, env=environ, check=True, capture_output=True)
    return json.loads(ran.stdout.splitlines()[-1])


def structure(root):
    """All figures of the checkout in that folder."""
    checkout = Checkout(root)
    return {
        "rooms": rooms(checkout),
        "circles": [list(circle) for circle in circles(checkout.graph)],
        "homonyms": homonyms(checkout),
        "lines": lines(checkout),
        "passed_through": passed_through(root),
    }


def printed(found):
    """The figures as people read them."""
    yield "                    modules  median  p90  max  <60   floors   sub-packages, floors   circles"
    for room, each in found["rooms"].items():
        yield (
            f"{room:20}{each['modules']:7}{each['median']:8}{each['p90']:5}{each['max']:5}{each['below_60']:5}"
            f"{each['floors']:9}{each['parts']:15}{each['floors_of_parts']:8}"
            f"{len(each['circles']) + len(each['circles_of_parts']):10}"
        )
    total = sum(each["modules"] for each in found["rooms"].values())
    yield f"{'all':20}{total:7}"
    yield ""
    yield f"circles of modules: {len(found['circles'])}, of {', '.join(str(len(each)) for each in found['circles']) or 'no'} modules"
    yield f"words with more than one meaning: {len(found['homonyms'])}"
    worst = sorted(found["homonyms"].items(), key=lambda each: (-len(each[1]), each[0]))[:12]
    yield "  " + ", ".join(f"{name} {len(homes)}" for name, homes in worst)
    yield "lines: {python} of Python and {sql} of SQL that ship, {tests} of tests".format(**found["lines"])
    yield f"files that a proposal passes through: {len(found['passed_through'])}"
    through = Counter(room_of(module) for module in found["passed_through"])
    yield "  " + ", ".join(
        f"{room} {count}" for room, count in sorted(through.items(), key=lambda each: _bottom_up(each[0]))
    )


def _bottom_up(room):
    return ROOMS.index(room.partition("/")[0]), room


def main():
    said = argparse.ArgumentParser(prog="python -m tests.house.structure", description=__doc__.partition(":")[0])
    said.add_argument("checkouts", nargs="*", type=Path, default=[ROOT], metavar="CHECKOUT")
    said.add_argument("--json", action="store_true", help="everything, with the names")
    asked = said.parse_args()
    found = {str(path): structure(path.resolve()) for path in asked.checkouts}
    if asked.json:
        text = json.dumps(found, indent=1)
    else:
        text = "\n\n".join("\n".join([f"== {path} ==", *printed(each)]) for path, each in found.items())
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
