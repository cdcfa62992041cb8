"""A plain function's arguments are shown by what its annotations say, and come back as they were, or are refused."""

import dataclasses
import enum
import functools
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NewType, NotRequired, TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr

from signoff_client import Invalid, Unfit
from signoff_client.fidelity.parameters import Parameters
from tests.client.argument_types import Colour, Level, Mode
from tests.client.test_fidelity import changed, plain
from tests.client.test_identity import exact

patient = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])

Cents = NewType("Cents", int)


@dataclasses.dataclass
class Line:
    sku: str
    count: int = 1
    due: date | None = None


@dataclasses.dataclass
class Tree:
    name: str
    below: list["Tree"] = dataclasses.field(default_factory=list)


class Order(TypedDict):
    id: str
    mode: NotRequired[Mode]


class Model(BaseModel):
    amount: Decimal
    note: str = Field("none", alias="noteText")


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
scalars = st.sampled_from(
    [
        (int, st.integers(-(2**53) + 1, 2**53 - 1)),
        (float, st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9)),
        (str, texts),
        (bool, st.booleans()),
        (None, st.none()),
        (Cents, st.integers(0, 99)),
        (date, st.dates()),
        (datetime, st.datetimes(timezones=st.none() | st.just(UTC)).map(lambda at: at.replace(fold=0))),
        (time, st.times().map(lambda at: at.replace(fold=0))),
        (Decimal, st.decimals(allow_nan=False, allow_infinity=False)),
        (UUID, st.uuids()),
        (Path, st.sampled_from(["a", "a/b", "/tmp"]).map(Path)),
        (Mode, st.sampled_from(Mode)),
        (Level, st.sampled_from(Level)),
        (Colour, st.sampled_from(Colour)),
        (Line, st.builds(Line, texts, st.integers(0, 9), st.none() | st.dates())),
        (Tree, st.builds(Tree, texts, st.lists(st.builds(Tree, texts), max_size=2))),
        (Order, st.fixed_dictionaries({"id": texts}, optional={"mode": st.sampled_from(Mode)})),
        (Model, st.builds(Model, amount=st.decimals(allow_nan=False, allow_infinity=False, places=2), noteText=texts)),
        (Literal["a", 1, True], st.sampled_from(["a", 1, True])),
        (Any, st.none() | st.booleans() | texts | st.lists(st.integers(-9, 9), max_size=2)),
        (Annotated[int, "cents"], st.integers(-9, 9)),
    ]
)


def containers(inner):
    return st.one_of(
        inner.map(lambda kind: (list[kind[0]], st.lists(kind[1], max_size=3))),
        inner.map(lambda kind: (Sequence[kind[0]], st.lists(kind[1], max_size=3))),
        inner.map(lambda kind: (dict[str, kind[0]], st.dictionaries(texts, kind[1], max_size=3))),
        inner.map(lambda kind: (Mapping[str, kind[0]], st.dictionaries(texts, kind[1], max_size=3))),
        inner.map(lambda kind: (tuple[kind[0], ...], st.lists(kind[1], max_size=3).map(tuple))),
        st.tuples(inner, inner).map(lambda two: (tuple[two[0][0], two[1][0]], st.tuples(two[0][1], two[1][1]))),
    )


kinds = st.recursive(scalars, containers, max_leaves=4)
unions = st.tuples(kinds, kinds).map(lambda two: (two[0][0] | two[1][0], two[0][1] | two[1][1]))


def function_of(annotations, defaults=None):
    """A function with these parameters, keyword-only, that gives what it is called with."""
    names = ", ".join(f"{name}=defaults[{name!r}]" if name in (defaults or {}) else name for name in annotations)
    made = {"defaults": defaults or {}}
    exec(f"def function(*, {names}): return dict({', '.join(f'{name}={name}' for name in annotations)})", made)
    made["function"].__annotations__ = annotations
    return made["function"]


@st.composite
def calls(draw, kinds=kinds):
    parameters = draw(st.dictionaries(st.sampled_from(["amount", "order", "note"]), kinds, min_size=1))
    annotations = {name: kind[0] for name, kind in parameters.items()}
    arguments = {name: draw(kind[1]) for name, kind in parameters.items()}
    defaults = {name: draw(kind[1]) for name, kind in parameters.items() if draw(st.booleans())}
    return function_of(annotations, defaults), arguments


def ran(function, payload):
    """What the function is called with for an approved payload."""
    bound = Parameters(function, ()).bound(payload, {})
    return function(*bound.args, **bound.kwargs)


@given(calls())
@patient
def test_what_fits_its_annotation_is_shown_and_comes_back_as_it_was(call):
    function, arguments = call
    payload, unseen = Parameters(function, ()).payload((), arguments)
    assert unseen == {}
    assert json.loads(json.dumps(payload, allow_nan=False)) == payload
    assert exact(ran(function, json.loads(json.dumps(payload)))) == exact(arguments)


@given(calls(kinds | unions))
@patient
def test_what_may_be_one_of_two_comes_back_as_it_was_or_nobody_is_asked(call):
    function, arguments = call
    try:
        payload, _ = Parameters(function, ()).payload((), arguments)
    except Invalid:
        return
    assert exact(ran(function, payload)) == exact(arguments)


@given(calls(kinds | unions), st.data())
@patient
def test_an_approved_payload_with_one_thing_changed_runs_so_or_not_at_all(call, data):
    function, arguments = call
    parameters = Parameters(function, ())
    try:
        payload, _ = parameters.payload((), arguments)
    except Invalid:
        return
    edited = changed(data.draw, payload)
    try:
        taken = ran(function, edited)
    except Unfit:
        return
    assert edited.keys() == arguments.keys()
    shown, _ = parameters.payload((), taken)
    assert plain(shown) == plain(edited)


def shown(function, *args, **kwargs):
    return Parameters(function, ()).payload(args, kwargs)[0]


class Where(enum.Flag):
    HERE = 1
    THERE = 2


def deploy(mode: Mode, when: date | None = None, share: Decimal = Decimal("0.50")): ...


def test_a_member_of_an_enum_is_shown_by_its_value_and_runs_as_the_member():
    payload = shown(deploy, Mode.DRY, date(2026, 11, 20))
    assert payload == {"mode": "dry", "when": "2026-11-20", "share": "0.50"}
    bound = Parameters(deploy, ()).bound({**payload, "mode": "real"}, {})
    assert bound.arguments["mode"] is Mode.REAL
    assert exact(bound.arguments["share"]) == "Decimal('0.50')"


REFUSED = {
    "a text for a member": (deploy, {"mode": "dry"}, "mode: 'dry' is no Mode"),
    "another enum's member": (deploy, {"mode": Level.LOW}, "is no Mode"),
    "a member of both flags": (lambda where: where, {"where": Where.HERE}, "where is a Where, which is no JSON"),
    "a tuple that no annotation speaks of": (lambda lines: lines, {"lines": (1, 2)}, "pass a list"),
    "a tuple for a list": (function_of({"a": list[int]}), {"a": (1,)}, "a tuple is no list"),
    "a text for a number": (function_of({"a": int}), {"a": "5"}, "a: '5' is no int"),
    "a truth for a number": (function_of({"a": float}), {"a": True}, "a: True is no float"),
    "a time in a named zone": (
        function_of({"a": datetime}),
        {"a": datetime(2026, 11, 20, tzinfo=ZoneInfo("Europe/Berlin"))},
        "a would come back as another datetime",
    ),
    "a time for a date": (
        function_of({"a": date}),
        {"a": datetime(2026, 11, 20, tzinfo=UTC)},
        "a would come back as a date, and was a datetime",
    ),
    "a subclass of a dataclass": (function_of({"a": Line}), {"a": type("Sub", (Line,), {})("x")}, "is no Line"),
    "a key that the dict may not have": (
        function_of({"a": Order}),
        {"a": {"id": "x", "b": 1}},
        "is no JSON|is an object",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_would_not_come_back_is_refused_at_the_call(what):
    function, arguments, why = REFUSED[what]
    with pytest.raises(Invalid, match=why) as refused:
        shown(function, **arguments)
    assert "nothing ran" in refused.value.message


UNCARRIED = {
    "a secret": SecretStr,
    "bytes": bytes,
    "a set": set,
    "a span": timedelta,
    "a list of bytes": list[bytes],
    "a dict by number": dict[int, str],
    "a dataclass with what it is not made of": dataclasses.make_dataclass(
        "Sum", [("a", int), ("total", int, dataclasses.field(init=False, default=0))]
    ),
    "a dataclass with what it does not keep": dataclasses.make_dataclass("Salted", [("a", dataclasses.InitVar[int])]),
    "a dataclass of bytes": dataclasses.make_dataclass("Blob", [("a", bytes)]),
}


@pytest.mark.parametrize("what", UNCARRIED)
def test_a_parameter_that_cannot_come_back_is_refused_when_the_function_is_written(what):
    function = function_of({"amount": int, "blob": UNCARRIED[what]})
    with pytest.raises(TypeError, match=r"function takes blob: .*name it in `without`"):
        Parameters(function, ())
    assert Parameters(function, {"blob"}).payload((), {"amount": 5, "blob": b""}) == ({"amount": 5}, {"blob": b""})


def test_what_stands_further_down_is_looked_up_when_it_is_there():
    def later(mode: "Later", other: "Never" = 1): ...  # noqa: F821

    parameters = Parameters(later, ())
    with pytest.raises(Invalid, match="mode is a Mode, which is no JSON"):
        parameters.payload((Mode.DRY,), {})
    later.__globals__["Later"] = Mode
    try:
        assert parameters.payload((Mode.DRY,), {})[0] == {"mode": "dry", "other": 1}
    finally:
        del later.__globals__["Later"]


def test_what_stands_beside_a_type_says_nothing_of_it():
    function = function_of({"a": Annotated[Mode, {"not": "hashable"}], "b": list[Annotated[int, {"nor": "this"}]]})
    assert shown(function, a=Mode.DRY, b=[1]) == {"a": "dry", "b": [1]}


def test_a_default_need_not_be_what_its_annotation_says():
    def refund(amount: int = None, mode: Mode = "dry"): ...  # noqa: RUF013

    payload = shown(refund)
    assert payload == {"amount": None, "mode": "dry"}
    assert Parameters(refund, ()).bound(payload, {}).arguments == {"amount": None, "mode": "dry"}


def test_a_default_that_can_be_changed_is_never_handed_out():
    def tag(order, tags=[]):  # noqa: B006
        tags.append(order)
        return tags

    payload = shown(tag, "A-1")
    for _ in range(2):
        bound = Parameters(tag, ()).bound(payload, {})
        assert tag(*bound.args, **bound.kwargs) == ["A-1"]
    assert shown(tag, "A-1")["tags"] == []


def test_a_key_that_was_taken_out_is_no_default_and_one_that_was_added_is_not_dropped():
    def refund(order, amount=9999): ...

    parameters = Parameters(refund, ())
    with pytest.raises(Unfit, match="amount is not in it, and a default is nothing that people approved"):
        parameters.bound({"order": "A-1"}, {})
    with pytest.raises(Unfit, match="it has no parameter dry_run"):
        parameters.bound({"order": "A-1", "amount": 5, "dry_run": True}, {})


def test_each_value_goes_where_it_was_whatever_kind_its_parameter_is():
    def move(source, /, target, *, count=1):
        return (source, target, count)

    bound = Parameters(move, ()).bound(shown(move, "a", "b", count=3), {})
    assert move(*bound.args, **bound.kwargs) == ("a", "b", 3)
    bound = Parameters(functools.partial(move, "x"), ()).bound({"target": "b", "count": 2}, {})
    assert functools.partial(move, "x")(*bound.args, **bound.kwargs) == ("x", "b", 2)


def test_a_parameter_that_cannot_come_back_may_be_left_out():
    def refund(amount: int, hook: Callable | None = None, blob: bytes = None): ...  # noqa: RUF013

    payload = shown(refund, 5)
    assert payload == {"amount": 5, "hook": None, "blob": None}
    assert Parameters(refund, ()).bound(payload, {}).arguments == payload
    with pytest.raises(Invalid, match="hook: a function is no"):
        shown(refund, 5, hook=deploy)
    with pytest.raises(Invalid, match=r"blob: refund takes blob: .*name it in `without`"):
        shown(refund, 5, blob=b"")


def test_an_annotation_that_nobody_can_look_up_leaves_json_as_it_is():
    function = function_of({"a": "Unknown", "b": "Unknown | None"})
    assert shown(function, a=None, b=[1]) == {"a": None, "b": [1]}
