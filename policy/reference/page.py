"""Reference page, made from the models: `python -m policy.reference.page > docs/reference/policy.md`."""

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from approvals.gate import Tier
from policy.expressions.condition import BOUND, VARIABLES
from policy.file.durations import DURATION, LONGEST_DURATION, UNITS, duration_text
from policy.reference.editor_schema import editor_schema
from policy.reference.fault_messages import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

UNIT_WORDS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
TIERS = {
    Tier.auto: "runs at once; nobody is asked",
    Tier.watch: "runs at once, and people can object for a while",
    Tier.approve: "waits for people; unanswered is rejected",
    Tier.block: "never runs",
}
READ = {
    "action": "the action's name",
    "agent": "the agent's name in this file",
    "payload": "what would run",
    "confidence": "0 to 1; 0.0 where the agent does not say",
    "signals": "what the agent measured; empty where it does not say",
    "source": "`trusted` or `untrusted`, at most what the agent's entry allows",
    "run_id": "the agent's run; `''` where it does not say",
    "on_behalf_of": "the Slack id of the person it acts for; `''` where there is none",
}


def page() -> str:
    """The whole page; the prose between the tables is in reference.md."""
    whole: dict[str, Any] = editor_schema()
    listed = ("\n".join([f"### {head}", "", *(f"- {each}" for each in said)]) for head, said in sentences().items())
    return (
        files("policy")
        .joinpath("reference.md")
        .read_text(encoding="utf-8")
        .format(
            keys="\n\n".join([_table("## Keys", whole, whole), *_sections(whole)]),
            tiers=_rows("tier", {str(tier): TIERS[tier] for tier in Tier}),
            variables=_rows("name", {name: READ[name] for name in VARIABLES}),
            loosening=_listed(str(tier) for tier in Tier if tier < Tier.approve),
            bound=_listed(name for name in VARIABLES if name in BOUND),
            units=", ".join(f"`{unit}` {UNIT_WORDS[unit]}" for unit in UNITS),
            longest=duration_text(LONGEST_DURATION),
            faults="\n\n".join(listed),
        )
    )


def _listed(names: "Iterable[str]") -> str:
    return ", ".join(f"`{name}`" for name in names)


def _rows(head: str, meanings: dict[str, str]) -> str:
    lines = [f"| {head} | |", "|---|---|", *(f"| `{name}` | {meaning} |" for name, meaning in meanings.items())]
    return "\n".join(lines)


def _sections(whole: dict[str, Any]) -> "Iterator[str]":
    """A table for each key that holds keys of its own, and for those within them."""
    waiting = [(f"## {name}", node) for name, node in whole["properties"].items()]
    while waiting:
        head, node = waiting.pop(0)
        if (name := _entry(node)) is None:
            continue
        entry = whole["definitions"][name]
        yield _table(f"{head}\n\n{entry['description']}", entry, whole)
        waiting = [(f"#{head}.{key}", inner) for key, inner in entry["properties"].items()] + waiting


def _table(head: str, node: dict[str, Any], whole: dict[str, Any]) -> str:
    lines = [head, "", "| key | value | default | |", "|---|---|---|---|"]
    for key, schema in node["properties"].items():
        default = "needed" if key in node.get("required", ()) else _default(schema)
        meaning = schema.get("description") or whole["definitions"][_entry(schema)]["description"]
        lines.append(f"| `{key}` | {_kind(schema)} | {default} | {meaning} |")
    return "\n".join(lines)


def _default(schema: dict[str, Any]) -> str:
    value = schema.get("default")
    if value in (None, [], {}):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _kind(node: dict[str, Any]) -> str:
    """What may be written there, in a few words."""
    if "const" in node:
        return f"`{node['const']}`"
    if "enum" in node:
        return ", ".join(f"`{member}`" for member in node["enum"])
    if "anyOf" in node:
        return "; or ".join("a list" if each.get("type") == "array" else _kind(each) for each in node["anyOf"])
    if node.get("pattern") == f"^{DURATION}$":
        return "duration"
    return _plain_kind(node)


def _plain_kind(node: dict[str, Any]) -> str:
    match node.get("type"):
        case "array":
            return "list of mappings" if _entry(node) else f"list: {_kind(node['items'])}"
        case "object":
            return "mapping by name" if _entry(node) else _mapping(node)
        case "boolean":
            return "`true`, `false`"
        case "integer" | "number":
            least = f"more than {node['exclusiveMinimum']}" if "exclusiveMinimum" in node else node.get("minimum")
            bounds = [least, node.get("maximum")]
            return " to ".join(str(bound) for bound in bounds if bound is not None) or "number"
        case "string":
            return f"such as `{node['examples'][0]}`" if "examples" in node else "text"
    return "mapping"


def _mapping(node: dict[str, Any]) -> str:
    if "properties" in node:
        return ", ".join(f"`{{{name}: …}}`" for name in node["properties"])
    (held,) = node.get("patternProperties", {}).values() or [node.get("additionalProperties", {})]
    return f"mapping by action: {_kind(held)}"


def _entry(node: dict[str, Any]) -> str | None:
    """The kind of entry that a key holds, by itself, in a list or by name."""
    held = [node, *node.get("allOf", []), node.get("items", {}), *node.get("patternProperties", {}).values()]
    return next((str(each["$ref"]).rpartition("/")[2] for each in held if "$ref" in each), None)


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 standard output is where a page is asked for
