"""The floors of the rooms, and the picture of them in docs/architecture.md: `python -m tests.house.floors` draws it."""

import ast
from collections.abc import Mapping
from pathlib import Path

from tests.house.graph import Checkout, Graph, contracted, reached, within
from tests.house.tree import INSIDE, ROOMS, ROOT

FLOORS: Mapping[str, tuple[str, ...]] = {
    "approvals": ("moves", "remembered", "lifecycle", "services"),
    "policy": ("file", "json_schema expressions", "keys", "checks", "reference"),
    "storage": ("engine", "audit", "remembered", "messages", "listing", "store", "databases"),
    "bot": ("api telemetry", "slack", "compose", "cli"),
    "bot/slack": (
        "blockkit",
        "words",
        "cards web",
        "forms lists outbound people",
        "context",
        "direct_messages doctor",
        "listeners",
        "app",
    ),
    "bot/cli": ("policies", "evidence guarantees", "record", "backup feedback"),
    "sandbox": ("blockkit", "web", "people"),
    "client": ("transport", "fidelity", "gating", "commands", "adapters"),
}
"""Of each room that has sub-packages: these from the bottom to the top, several on one floor side by side.

Modules that stand right in the room may be named too. What is on a floor needs nothing of those above, nor of those
beside it, however many modules are between them.
"""
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- drawn by python -m tests.house.floors -->", "<!-- drawn until here -->"


def parts(checkout: Checkout, room: str) -> Graph:
    """What a room consists of, and who of it needs whom: its sub-packages, and the modules that stand right in it."""
    folder = INSIDE.get(room, room)
    inside = [module for module in checkout.sources if module.startswith(f"{folder}/")]
    names = {module: Path(module).relative_to(folder).parts[0].removesuffix(".py") for module in inside}
    return contracted(within(checkout.graph, inside), names)


def sub_packages(checkout: Checkout, room: str) -> frozenset[str]:
    """The parts of it that have modules of their own."""
    folder = INSIDE.get(room, room)
    below = [Path(module).relative_to(folder).parts for module in checkout.sources if module.startswith(f"{folder}/")]
    return frozenset(inside[0] for inside in below if len(inside) > 1)


def rooms(checkout: Checkout) -> Graph:
    """The packages at the top, and who needs whom."""
    return contracted(checkout.graph, {module: Path(module).parts[0] for module in checkout.sources})


def drawn(graph: Graph, names: list[str]) -> str:
    """A picture in which an arrow leads down to what is needed; one that others lead round to is left out."""
    needed = {name: reached(graph, name) & set(names) - {name} for name in names}
    lines = ["flowchart TD"]
    for name in reversed(names):
        below = [other for other in names if other in needed[name]]
        nearest = [other for other in below if not any(other in needed[between] for between in below)]
        lines += [f"    {name} --> {other}" for other in nearest] or [f"    {name}"]
    return "\n".join(lines)


def pictures() -> str:
    """What stands between the marks of the page: all rooms, then each that has floors."""
    checkout = Checkout(ROOT)
    found = [("The rooms", drawn(rooms(checkout), list(ROOMS)), "")]
    for room, floors in FLOORS.items():
        names = [name for floor in floors for name in floor.split()]
        said = "\n".join(f"- `{name}`: {meaning(room, name)}" for name in reversed(names))
        found.append((f"`{room}/`", drawn(parts(checkout, room), names), f"\n\n{said}"))
    return "\n\n".join(f"{title}:\n\n```mermaid\n{picture}\n```{said}" for title, picture, said in found)


def meaning(room: str, name: str) -> str:
    """What a part of a room says of itself: the first paragraph of its docstring, on one line."""
    part = ROOT / INSIDE.get(room, room) / name
    package, module = part / "__init__.py", part.with_suffix(".py")
    told = (package if package.exists() else module).read_text(encoding="utf-8")
    doc = ast.get_docstring(ast.parse(told)) or ""
    return " ".join(doc.partition("\n\n")[0].split())


def page() -> str:
    """The page with its pictures drawn anew."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n\n{pictures()}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
