"""The graph of imports of a checkout, type-only imports included: its circles and its floors."""

import ast
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from tests.house.tree import INSIDE, ROOMS, imported_by

Graph = Mapping[str, frozenset[str]]
"""What each node needs; all that is needed is a node too."""


class Checkout:
    """The packages that ship, as they stand in a folder. Modules are named by path: `bot/slack/app.py`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def sources(self) -> dict[str, str]:
        """The text of each module. A package's `__init__.py` is one only if something besides its docstring is in it."""
        found = sorted(path for room in ROOMS for path in (self.root / INSIDE.get(room, room)).rglob("*.py"))
        read = {str(path.relative_to(self.root)): path.read_text(encoding="utf-8") for path in found}
        return {name: text for name, text in read.items() if not name.endswith("__init__.py") or _has_code(text)}

    @cached_property
    def trees(self) -> dict[str, ast.Module]:
        """The syntax tree of each module."""
        return {name: ast.parse(text) for name, text in self.sources.items()}

    @cached_property
    def graph(self) -> Graph:
        """Which modules each module imports, wherever in it and for whatever."""
        return {
            name: frozenset(
                found
                for each in imported_by(tree, _parts(name)[:-1])
                if (found := self._module(each)) is not None and found != name
            )
            for name, tree in self.trees.items()
        }

    def _module(self, dotted: str) -> str | None:
        parts = dotted.split(".")
        if parts[0] == "signoff_client":
            parts = [*Path(INSIDE["client"]).parts, *parts[1:]]
        ends = (".py", "/__init__.py")
        candidates = ("/".join(parts[:length]) + end for length in range(len(parts), 0, -1) for end in ends)
        return next((candidate for candidate in candidates if candidate in self.sources), None)


def within(graph: Graph, members: Iterable[str]) -> Graph:
    """The graph of these nodes alone."""
    kept = frozenset(members)
    return {name: graph[name] & kept for name in sorted(kept)}


def contracted(graph: Graph, names: Mapping[str, str]) -> Graph:
    """The graph of groups: each node goes by its name there, and what a group needs of itself is left out."""
    found: dict[str, set[str]] = {name: set() for name in sorted(set(names.values()))}
    for node, needed in graph.items():
        if node in names:
            found[names[node]] |= {names[each] for each in needed if each in names} - {names[node]}
    return {name: frozenset(needed) for name, needed in found.items()}


def reached(graph: Graph, node: str) -> frozenset[str]:
    """All that a node needs, and what that needs in turn."""
    found: set[str] = set()
    waiting = set(graph[node])
    while waiting:
        found |= waiting
        waiting = {each for name in waiting for each in graph[name]} - found
    return frozenset(found)


def circles(graph: Graph) -> tuple[tuple[str, ...], ...]:
    """The sets of two and more nodes that all need each other, largest first."""
    reach = {node: reached(graph, node) for node in graph}
    found = {
        tuple(sorted({node, *(other for other in reach[node] if node in reach[other])}))
        for node in graph
        if node in reach[node]
    }
    return tuple(sorted(found, key=lambda circle: (-len(circle), circle)))


def floors(graph: Graph) -> int:
    """How many nodes the longest way down passes; a circle, of which none is above the other, counts as one."""
    names = {node: node for node in graph} | {node: circle[0] for circle in circles(graph) for node in circle}
    acyclic = contracted(graph, names)
    height: dict[str, int] = {}

    def of(node: str) -> int:
        if node not in height:
            height[node] = 1 + max((of(each) for each in acyclic[node]), default=0)
        return height[node]

    return max((of(node) for node in acyclic), default=0)


def _parts(name: str) -> tuple[str, ...]:
    return Path(name).with_suffix("").parts


def _has_code(text: str) -> bool:
    body = ast.parse(text).body
    return not all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in body)
