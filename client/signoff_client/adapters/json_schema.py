"""Tools known by a JSON Schema alone: their arguments are validated by it, names at every depth too."""

from collections.abc import Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types
from referencing import Registry

from signoff_client.errors import NotConfigured

KEYED: Final = ("properties", "patternProperties", "$ref", "allOf", "anyOf", "oneOf", "if")
"""With one of them a schema says which keys an object has."""
SAID: Final = ("additionalProperties", "unevaluatedProperties")
"""With one of them it says by itself what happens to the others."""
BELOW: Final = ("items", "additionalProperties", "contains")
"""Of another value than the schema they stand in; `properties` and `prefixItems` hold several of these."""
BESIDE: Final = ("allOf", "anyOf", "oneOf")
"""Of the same value."""


class Judge:
    """Of one tool's arguments."""

    def __init__(self, schema: Mapping[str, Any], *, name: str) -> None:
        """Raises NotConfigured for a schema that is none, or does not say which arguments there are."""
        if "properties" not in schema and "additionalProperties" not in schema:
            raise NotConfigured(
                f"{name} cannot be guarded: its schema does not say which arguments it takes. Name them under "
                '"properties", or say "additionalProperties": true if it takes any.'
            )
        try:
            closed = _closed(dict(schema))
            Draft202012Validator.check_schema(closed)
        except Exception as fault:
            raise NotConfigured(f"{name} cannot be guarded: its schema is no JSON Schema ({fault}).") from fault
        self._validator = Draft202012Validator(closed, registry=Registry())  # the empty registry fetches nothing

    def fault(self, arguments: Mapping[str, Any]) -> str | None:
        """What is wrong with them, and where; None if they fit. Raises for a schema that refers to another document."""
        found = next(self._validator.iter_errors(dict(arguments)), None)
        return None if found is None else f"{'.'.join(map(str, found.absolute_path)) or 'the whole'}: {found.message}"


def _closed(schema: Any, *, whole: bool = True) -> Any:
    """The same schema, in which an object that has names for its keys takes no others unless it says so.

    A validator ignores a key that no schema names, and a function drops it; people would have approved it.
    `whole`: all that is said of a value; what stands in an `allOf` is not.
    """
    if not isinstance(schema, dict):
        return schema
    closed = dict(schema)
    for key in ("properties", "patternProperties", "$defs", "definitions"):
        if isinstance(schema.get(key), dict):
            inside = key in ("properties", "patternProperties")
            closed[key] = {name: _closed(each, whole=inside) for name, each in schema[key].items()}
    closed |= {key: _closed(schema[key]) for key in BELOW if key in schema}
    for key in (*BESIDE, "prefixItems"):
        if isinstance(schema.get(key), list):
            closed[key] = [_closed(each, whole=key == "prefixItems") for each in schema[key]]
    if whole and any(key in schema for key in KEYED) and not any(key in schema for key in SAID):
        closed["unevaluatedProperties"] = False
    return closed
