"""Dialects of JSON Schema, from draft-04 to 2020-12 and OpenAPI's: what their keywords mean in 2020-12.

A keyword that a dialect would pass over in silence is refused, with what to write: whoever wrote it meant it.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING

from policy.json_schema.patterns import UnknownPattern, without_looking_ahead

if TYPE_CHECKING:
    from approvals.digest import JSON


class Draft(IntEnum):
    """What `$schema` names. A schema that names nothing may use the words of all, as far as they mean one thing."""

    draft_04 = 4
    draft_06 = 6
    draft_07 = 7
    draft_2019_09 = 2019
    draft_2020_12 = 2020

    @property
    def title(self) -> str:
        """Its name, as people write it."""
        return self.name.removeprefix("draft_").replace("_", "-") if self > Draft.draft_07 else f"draft-0{self.value}"


_ADDRESSES = {
    **{f"json-schema.org/draft-0{draft.value}/schema": draft for draft in Draft if draft <= Draft.draft_07},
    **{f"json-schema.org/draft/{draft.title}/schema": draft for draft in Draft if draft > Draft.draft_07},
}
_SINCE = {
    **dict.fromkeys(("const", "contains", "propertyNames"), Draft.draft_06),
    **dict.fromkeys(("if", "then", "else"), Draft.draft_07),
    **dict.fromkeys(
        (
            "dependentRequired",
            "dependentSchemas",
            "unevaluatedItems",
            "unevaluatedProperties",
            "minContains",
            "maxContains",
            "$anchor",
            "$recursiveRef",
        ),
        Draft.draft_2019_09,
    ),
    **dict.fromkeys(("prefixItems", "$dynamicRef"), Draft.draft_2020_12),
}
_GONE = {
    "dependencies": (Draft.draft_07, "`dependentRequired` or `dependentSchemas`"),
    "additionalItems": (Draft.draft_2019_09, "`items`, beside `prefixItems`"),
    "$recursiveRef": (Draft.draft_2019_09, "`$ref`"),
}
_NEVER = {"divisibleBy": "`multipleOf`", "extends": "`allOf`", "disallow": "`not`"}
_BESIDE = {"then": "if", "else": "if", "minContains": "contains", "maxContains": "contains"}
_ASSERTING = frozenset(
    [
        "type",
        "enum",
        "const",
        "multipleOf",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "maxProperties",
        "minProperties",
        "required",
        "format",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "dependencies",
        "properties",
        "patternProperties",
        "additionalProperties",
        "propertyNames",
        "items",
        "additionalItems",
        "contains",
    ]
)
"""Words of drafts that pass over all that stands beside `$ref`."""
_ANNOTATIONS = frozenset(
    [
        "title",
        "description",
        "default",
        "examples",
        "example",
        "deprecated",
        "readOnly",
        "writeOnly",
        "$comment",
        "$defs",
        "definitions",
    ]
)
_COMPOSED = ("$ref", "$dynamicRef", "$recursiveRef", "allOf", "anyOf", "oneOf", "not", "if", "const")
_TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})
_MEANT = {
    **dict.fromkeys(("float", "double", "decimal"), "number"),
    **dict.fromkeys(("int", "long", "int32", "int64"), "integer"),
    **dict.fromkeys(("str", "text", "date", "datetime", "uuid", "email"), "string"),
    "bool": "boolean",
    **dict.fromkeys(("dict", "map", "record"), "object"),
    **dict.fromkeys(("list", "tuple", "set"), "array"),
    **dict.fromkeys(("none", "nil", "undefined"), "null"),
}
_LONGEST = 60


class UnknownConstruct(ValueError):
    """A schema says something that would be ignored, or cannot be followed; says what, where, and what to write."""


def draft_of(schema: "Mapping[str, JSON]") -> Draft | None:
    """The dialect that it names; None if it names none. Raises UnknownConstruct for one that is not known."""
    named = schema.get("$schema")
    if named is None:
        return None
    address = named.removeprefix("http://").removeprefix("https://").removesuffix("#") if isinstance(named, str) else ""
    if address not in _ADDRESSES:
        known = ", ".join(draft.title for draft in reversed(Draft))
        said = f"{quoted(named)} is not known" if isinstance(named, str) else "has to be a text"
        raise UnknownConstruct(f"$schema: {said}; write the address of one of {known}, or leave it out")
    return _ADDRESSES[address]


def modernize(schema: "dict[str, JSON]", draft: Draft | None) -> None:
    """Rewrites one subschema to 2020-12, in its place; what is in it stays the very same objects.

    Raises UnknownConstruct, without the place.
    """
    _bounds(schema, draft)
    _items(schema, draft)
    _dependencies(schema)
    _patterns(schema)
    _nullable(schema)


def quoted(text: str) -> str:
    """A text of the schema as far as a sentence has room for it."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def refuse(schema: "Mapping[str, JSON]", draft: Draft | None) -> None:
    """Raises UnknownConstruct, without the place, for words that the dialect does not have, or that say nothing."""
    for word in schema:
        _refuse_word(word, draft)
    for word, other in _BESIDE.items():
        if word in schema and other not in schema:
            raise UnknownConstruct(f"`{word}` without `{other}` would be ignored: take it out, or add `{other}`")
    if "$ref" in schema and draft is not None and draft <= Draft.draft_07:
        beside = sorted(_ASSERTING & schema.keys())
        if beside:
            raise UnknownConstruct(
                f"`{beside[0]}` beside `$ref` would be ignored by {draft.title}: "
                "put both under `allOf`, or name 2020-12 as `$schema`"
            )
    if isinstance(schema.get("required"), bool):
        raise UnknownConstruct("`required` is true or false: list the names of fields under `required` of their object")
    _refuse_types(schema.get("type"))


def _refuse_word(word: str, draft: Draft | None) -> None:
    if word in _NEVER:
        raise UnknownConstruct(f"`{word}` is of draft-03: write {_NEVER[word]}")
    if draft is None:
        return
    if (since := _SINCE.get(word, draft)) > draft:
        raise UnknownConstruct(
            f"`{word}` would be ignored, {draft.title} does not have it: name {since.title} as `$schema`"
        )
    if word in _GONE and draft > (last := _GONE[word])[0]:
        raise UnknownConstruct(f"`{word}` would be ignored, {draft.title} does not have it: write {last[1]}")


def _refuse_types(said: "JSON") -> None:
    for one in said if isinstance(said, list) else [said]:
        if isinstance(one, str) and one not in _TYPES:
            meant = _MEANT.get(one.lower())
            remedy = (
                f"write {meant}" if meant else "leave it out for any" if one == "any" else "write one of JSON's own"
            )
            raise UnknownConstruct(f"`type` {quoted(one)} is none of JSON Schema's: {remedy}")


def _bounds(schema: "dict[str, JSON]", draft: Draft | None) -> None:
    """Draft-04 and OpenAPI 3.0 say with true that a bound itself is not allowed."""
    for word, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        strict = schema.get(word)
        if not isinstance(strict, bool):
            continue
        if draft not in (None, Draft.draft_04):
            raise UnknownConstruct(f"`{word}` is {str(strict).lower()}: {draft.title} wants the number itself there")
        if strict and bound not in schema:
            raise UnknownConstruct(f"`{word}` without `{bound}` would be ignored: write the number itself there")
        del schema[word]
        if strict:
            schema[word] = schema.pop(bound)


def _items(schema: "dict[str, JSON]", draft: Draft | None) -> None:
    items = schema.get("items")
    if not isinstance(items, list):
        if "additionalItems" in schema:
            raise UnknownConstruct("`additionalItems` would be ignored, `items` is no list: take it out")
        return
    if draft is Draft.draft_2020_12:
        raise UnknownConstruct("`items` as a list is of older drafts: write `prefixItems`")
    schema["prefixItems"] = schema.pop("items")
    if "additionalItems" in schema:
        schema["items"] = schema.pop("additionalItems")


def _dependencies(schema: "dict[str, JSON]") -> None:
    said = schema.get("dependencies")
    if not isinstance(said, Mapping):
        return
    del schema["dependencies"]
    for name, needed in said.items():
        word = "dependentRequired" if isinstance(needed, list) else "dependentSchemas"
        into = schema.setdefault(word, {})
        if not isinstance(into, dict) or name in into:
            raise UnknownConstruct(f"`dependencies` says of {quoted(name)} what `{word}` says: write it once")
        into[name] = needed


def _patterns(schema: "dict[str, JSON]") -> None:
    try:
        names = schema.get("patternProperties")
        for name in names if isinstance(names, Mapping) else ():
            if without_looking_ahead(name) != ((name,), ()):
                raise UnknownConstruct(f"`patternProperties`: {quoted(name)} looks ahead: write what the names may be")
        said = schema.get("pattern")
        if not isinstance(said, str):
            return
        asked, forbidden = without_looking_ahead(said)
    except UnknownPattern as unknown:
        raise UnknownConstruct(f"pattern {unknown}") from None
    if (asked, forbidden) == ((said,), ()):
        return
    del schema["pattern"]
    _all_of(schema, [{"pattern": one} for one in asked])
    _all_of(schema, [{"not": {"type": "string", "pattern": one}} for one in forbidden])


def _all_of(schema: "dict[str, JSON]", parts: "list[JSON]") -> None:
    joined = schema.setdefault("allOf", [])
    if isinstance(joined, list):  # else the validator says what it is
        joined += parts


def _nullable(schema: "dict[str, JSON]") -> None:
    """OpenAPI 3.0: null as well, or what the rest says."""
    said = schema.pop("nullable", False)
    if not isinstance(said, bool):
        raise UnknownConstruct("`nullable` has to be true or false")
    if not said:
        return
    if any(word in schema for word in _COMPOSED):
        inner = {word: schema.pop(word) for word in [*schema] if word not in _ANNOTATIONS}
        schema["anyOf"] = [inner, {"type": "null"}]
        return
    types = schema.get("type")
    if isinstance(types, str):
        types = [types]
    if isinstance(types, list) and "null" not in types:
        schema["type"] = [*types, "null"]
    listed = schema.get("enum")
    if isinstance(listed, list) and None not in listed:
        schema["enum"] = [*listed, None]
