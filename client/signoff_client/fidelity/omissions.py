"""Omissions: what a call says and the function would drop, so that people would read it in vain."""

from collections.abc import Mapping, Sequence
from typing import Any

from signoff_client.errors import Invalid
from signoff_client.fidelity.law import refuse_unknown


def refuse_dropped(sent: object, shown: object, *, name: str) -> None:
    """Raises Invalid for a key of `sent`, at any depth, that is not in `shown`, what the function makes of it.

    Values are not compared: what the function makes of them is what people are shown.
    """
    path = _dropped(sent, shown, ())
    if path is not None:
        raise Invalid(
            f"People cannot be asked for {name} with these arguments, so nothing ran: it has no {'.'.join(path)} and "
            "would drop it. Call it without."
        )


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


def _dropped(sent: object, shown: object, path: tuple[str, ...]) -> tuple[str, ...] | None:
    if isinstance(sent, Mapping) and isinstance(shown, Mapping):
        found = (
            _dropped(value, shown[key], (*path, str(key))) if key in shown else (*path, str(key))
            for key, value in sent.items()
        )
        return next((each for each in found if each is not None), None)
    if isinstance(sent, Sequence) and isinstance(shown, Sequence) and not isinstance(sent, str | bytes):
        return _dropped_of_rows(sent, shown, path)
    return None


def _dropped_of_rows(sent: Sequence[object], shown: Sequence[object], path: tuple[str, ...]) -> tuple[str, ...] | None:
    for number, value in enumerate(sent):
        here = (*path, str(number))
        alike = shown[number : number + 1] if len(sent) == len(shown) else shown
        found = [_dropped(value, each, here) for each in alike]
        if found and None not in found:
            return found[0]
    return None
