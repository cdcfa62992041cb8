"""What people are shown is what would run, and what they approved is what runs: for any type, or it is refused."""

import dataclasses
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import (
    AliasChoices,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
)

from signoff_client import Invalid, Unfit
from signoff_client.fidelity import arguments_of, payload_of
from tests.client.argument_types import Colour, Level, Mode, Point, asked, patient, ways


@dataclasses.dataclass(frozen=True)
class Place:
    where: Point
    when: date | None = None
    tags: list[str] = dataclasses.field(default_factory=list)


# What a random function may take: an annotation, and a strategy for what fits it.

scalars = st.sampled_from(
    [
        (int, st.integers(-(2**53) + 1, 2**53 - 1)),
        (float, st.floats(allow_nan=False, allow_infinity=False)),
        (str, st.text(st.characters(exclude_categories=["Cs"]))),
        (bool, st.booleans()),
        (type(None), st.none()),
        (date, st.dates()),
        (datetime, st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(fold=0))),
        (time, st.times().map(lambda at: at.replace(fold=0))),
        (Decimal, st.decimals(allow_nan=False, allow_infinity=False, places=2)),
        (UUID, st.uuids()),
        (Mode, st.sampled_from(Mode)),
        (Level, st.sampled_from(Level)),
        (Colour, st.sampled_from(Colour)),
        (Point, st.builds(Point, st.integers(-9, 9), st.floats(-9, 9))),
        (Place, st.builds(Place, st.builds(Point, st.integers(0, 9)), st.none() | st.dates(), st.lists(st.just("a")))),
        (Literal["a", 1, True], st.sampled_from(["a", 1, True])),
    ]
)


names = st.sampled_from(["amount", "order", "note", "mode"])


def containers(inner):
    return st.one_of(
        inner.map(lambda kind: (list[kind[0]], st.lists(kind[1], max_size=3))),
        inner.map(lambda kind: (dict[str, kind[0]], st.dictionaries(names, kind[1], max_size=3))),
        inner.map(lambda kind: (tuple[kind[0], ...], st.lists(kind[1], max_size=3).map(tuple))),
        inner.map(lambda kind: (kind[0] | None, st.none() | kind[1])),
        st.tuples(inner, inner).map(lambda kinds: (kinds[0][0] | kinds[1][0], kinds[0][1] | kinds[1][1])),
        models(inner),
    )


@st.composite
def models(draw, inner):
    """A pydantic model with defaults and aliases, and its instances."""
    fields, values = {}, {}
    for name, (annotation, strategy) in draw(st.dictionaries(names, inner, min_size=1, max_size=3)).items():
        more = {}
        if draw(st.booleans()):
            more["alias"] = f"{name}Alias"
        elif draw(st.booleans()):
            more["validation_alias"] = AliasChoices(name, f"{name}In")
            more["serialization_alias"] = draw(st.sampled_from([f"{name}In", f"{name}Out"]))
        if draw(st.booleans()):
            more["default"] = draw(strategy)
        fields[name] = (annotation, Field(**more))
        values[name] = strategy
    model = create_model("Random", __config__=ConfigDict(populate_by_name=True), **fields)
    return model, st.fixed_dictionaries(values).map(lambda given: model(**given))


kinds = st.recursive(scalars, containers, max_leaves=4)


@st.composite
def calls(draw):
    """The annotations of a random function, and one call of it."""
    parameters = draw(st.dictionaries(names, kinds, min_size=1, max_size=3))
    function = create_model("Function", **{name: (kind[0], ...) for name, kind in parameters.items()})
    return function, function(**{name: draw(kind[1]) for name, kind in parameters.items()})


@given(calls(), st.booleans())
@patient
def test_what_is_shown_comes_back_as_it_was_or_nobody_is_asked(call, by_alias):
    function, arguments = call
    both = ways(function, by_alias=by_alias)
    try:
        payload = payload_of(arguments, **both)
    except Invalid:
        return
    assert json.loads(json.dumps(payload, allow_nan=False)) == payload
    taken = arguments_of(payload, **both)
    assert (taken, written(taken)) == (arguments, written(arguments))


@given(calls())
@patient
def test_what_fits_without_aliases_and_unions_is_never_refused(call):
    function, arguments = call
    if any(mark in repr(function.model_json_schema(mode="serialization")) for mark in ("anyOf", "In'", "Out'")):
        return
    payload_of(arguments, **ways(function, by_alias=True))


@given(calls(), st.data())
@patient
def test_an_approved_payload_with_one_thing_changed_runs_so_or_not_at_all(call, data):
    _, both, payload = asked(call)
    if payload is None:
        return
    edited = changed(data.draw, payload)
    try:
        taken = arguments_of(edited, **both)
    except Unfit:
        return
    shown = both["show"](taken)
    assert shown == edited
    assert plain(shown) == plain(edited)


@given(calls(), st.data())
@patient
def test_a_function_that_changes_one_thing_by_itself_is_refused_or_gets_what_was_approved(call, data):
    arguments, both, payload = asked(call)
    if payload is None:
        return
    other = changed(data.draw, payload)
    lies = {**both, "validate": lambda _payload: both["validate"](other)}
    try:
        same = written(both["validate"](other)) == written(arguments)
    except ValidationError:
        same = False
    if same:
        assert payload_of(arguments, **lies) == payload
        assert written(arguments_of(payload, **lies)) == written(arguments)
    else:
        with pytest.raises(Invalid):
            payload_of(arguments, **lies)
        with pytest.raises(Unfit):
            arguments_of(payload, **lies)


def written(arguments):
    """As text, in which all types show; UTC is UTC, whoever wrote it."""
    return repr(arguments).replace("TzInfo(0)", "datetime.timezone.utc")


def changed(draw, payload):
    """The payload with a key more, one less, or another value somewhere."""
    edited = json.loads(json.dumps(payload))
    place, key = edited, draw(st.sampled_from(sorted(edited)))
    while isinstance(place[key], dict) and place[key] and draw(st.booleans()):
        place = place[key]
        key = draw(st.sampled_from(sorted(place)))
    match draw(st.sampled_from(["add", "remove", "replace"])):
        case "add":
            place["dry_run"] = True
        case "remove":
            del place[key]
        case "replace":
            place[key] = draw(st.sampled_from(["7", 7, 7.5, True, None, "", [], {}, "dry", "2026-11-20", 0, False]))
    return edited


def plain(value):
    """A JSON value with the types of its parts, the order of its keys left out, numbers as the law takes them."""
    match value:
        case bool() | None | str():
            return (type(value).__name__, value)
        case int() | float():
            return ("number", value)
        case list():
            return [plain(each) for each in value]
        case dict():
            return {key: plain(each) for key, each in value.items()}
