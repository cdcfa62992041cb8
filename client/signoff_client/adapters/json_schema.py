"""What a JSON schema of arguments says of their names: all that can be held without a validator of such schemas."""

from collections.abc import Mapping
from typing import Any

from signoff_client.errors import Invalid
from signoff_client.fidelity import refuse_unknown


def known_of(schema: Mapping[str, Any]) -> frozenset[str] | None:
    """The names of the arguments; None where the schema takes others, or does not name them at its top.

    A schema that says nothing of others counts as one that takes none: what is not named is what a tool drops.
    """
    names = schema.get("properties")
    others = schema.get("additionalProperties") or schema.get("patternProperties")
    return None if others or not isinstance(names, Mapping) else frozenset(names)


def refuse_misnamed(arguments: Mapping[str, Any], schema: Mapping[str, Any], *, name: str) -> None:
    """Raises Invalid for an argument that the schema does not name, and where one that it requires is missing."""
    if (known := known_of(schema)) is not None:
        refuse_unknown(arguments, known, name=name)
    if missing := [each for each in schema.get("required", ()) if each not in arguments]:
        raise Invalid(f"{name} needs {', '.join(missing)}, so people were not asked and nothing ran.")
