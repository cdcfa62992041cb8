"""Editor schema: the JSON Schema of the policy file, made from the models that read it.

It says what can be said of one value at a time; what contradicts, or does nothing, is for `signoff policy check`.
"""

import json
from typing import TYPE_CHECKING, Any

from policy.file.durations import DURATION, duration_text
from policy.file.parse import OWN
from policy.file.rulebook import PolicyFile

if TYPE_CHECKING:
    from approvals.digest import JSON

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The newest that all editors know."""
"""Where it is kept, beside `example.yml`."""


def editor_schema() -> "dict[str, JSON]":
    """The schema."""
    made = PolicyFile.model_json_schema()
    entries = {name: _simplified(entry) for name, entry in made.pop("$defs").items()}
    whole: dict[str, JSON] = _simplified(made)
    own: JSON = {f"^{OWN}": {"description": "Yours: what is repeated elsewhere, with an anchor."}}
    return {
        "$schema": DIALECT,
        "title": "The policy of Signoff",
        **whole,
        "patternProperties": own,
        "definitions": entries,
    }


def policy_schema_text() -> str:
    """The schema as the file has it."""
    return json.dumps(editor_schema(), indent=2, ensure_ascii=False) + "\n"


def _simplified(node: Any) -> Any:
    """As an editor should see it: a key that may be left out has no null to offer, and no title but its name."""
    if isinstance(node, list):
        return [_simplified(member) for member in node]
    if not isinstance(node, dict):
        return node
    schema = {key: _keyed(key, value) for key, value in node.items() if key != "title" or not isinstance(value, str)}
    if schema.get("default", ...) is None:
        del schema["default"]
    if isinstance(schema.get("anyOf"), list):
        schema |= _without_null(schema.pop("anyOf"))
    if schema.get("pattern") == f"^{DURATION}$" and "default" in schema:
        schema["default"] = duration_text(schema["default"])
    if "patternProperties" in schema:
        schema["additionalProperties"] = False
    if "$ref" in schema and len(schema) > 1:  # in this dialect nothing beside a reference counts
        schema["allOf"] = [{"$ref": schema.pop("$ref")}]
    return schema


def _keyed(key: str, value: Any) -> Any:
    match key:
        case "description":
            return " ".join(value.split()) if isinstance(value, str) else _simplified(value)
        case "$ref":
            return value.replace("#/$defs/", "#/definitions/")
        case "examples" | "enum" | "required":
            return value
    return _simplified(value)


def _without_null(choices: list[Any]) -> dict[str, Any]:
    left = [choice for choice in choices if choice != {"type": "null"}]
    if len(left) > 1:
        return {"anyOf": left}
    return dict(left[0])
