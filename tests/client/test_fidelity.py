"""What people are shown is what would run, and what they approved is what runs: for any type, or it is refused."""

import dataclasses
import enum
import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    TypeAdapter,
    ValidationError,
    create_model,
    field_serializer,
    field_validator,
)

from signoff_client import Invalid, Unfit
from signoff_client.fidelity import arguments_of, identical, payload_of, refuse_unknown

patient = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


class Mode(enum.StrEnum):
    DRY = "dry"
    REAL = "real"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Colour(enum.Enum):
    RED = "red"
    ONE = 1


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.5


@dataclasses.dataclass(frozen=True)
class Place:
    where: Point
    when: date | None = None
    tags: list[str] = dataclasses.field(default_factory=list)


def ways(annotation, **dumping):
    """The two ways that a framework on pydantic has for the arguments of a function."""
    adapter = TypeAdapter(annotation)
    return {
        "show": lambda value: adapter.dump_python(value, mode="json", **dumping),
        "validate": lambda payload: adapter.validate_json(json.dumps(payload)),
        "name": "transfer",
    }


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


def asked(call):
    """The arguments, the two ways of the function, and what people are asked; None if they are not."""
    function, arguments = call
    both = ways(function, by_alias=True)
    try:
        return arguments, both, payload_of(arguments, **both)
    except Invalid:
        return arguments, both, None


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


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(-2, 2) | st.sampled_from(["", "1", "a"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=6,
)


def exact(value):
    """As text, in which types show and the order of keys does not."""
    if isinstance(value, dict):
        return {key: exact(each) for key, each in value.items()}
    return [exact(each) for each in value] if isinstance(value, list) else repr(value)


@given(json_values, json_values)
@patient
def test_two_values_are_identical_where_they_are_written_the_same(one, other):
    assert identical(one, other) == (exact(one) == exact(other))
    assert identical(one, json.loads(json.dumps(one)))


class Scaled(BaseModel):
    amount: float

    @field_validator("amount", mode="after")
    @classmethod
    def scale(cls, amount):
        return amount * 100


class Private(BaseModel):
    amount: int
    _seen: bool = PrivateAttr(default=False)


@dataclasses.dataclass
class Hidden:
    amount: int
    factor: dataclasses.InitVar[int] = 1

    def __post_init__(self, factor):
        self.scaled = self.amount * factor


class Money(Decimal):
    currency = "EUR"


class Lazy(BaseModel):
    amount: int

    @cached_property
    def doubled(self):
        return self.amount * 2


def in_euro(currency):
    money = Money("5")
    money.currency = currency
    return money


NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DIFFERENT = {
    "an integer and a float": (1, 1.0),
    "a number and a truth": (1, True),
    "a member and its value": (Mode.DRY, "dry"),
    "members of two enums": (Level.LOW, Colour.ONE),
    "zeros": (0.0, -0.0),
    "places of a decimal": (Decimal("1.0"), Decimal("1.00")),
    "keys": ({1: "a"}, {True: "a"}),
    "a tuple and a list": ((1,), [1]),
    "a date and a time": (date(2026, 11, 20), NOON),
    "an aware and a naive time": (NOON, NOON.replace(tzinfo=None)),
    "two offsets": (NOON, NOON.astimezone(timezone(timedelta(hours=1)))),
    "a zone and an offset": (NOON.astimezone(ZoneInfo("Europe/Berlin")), NOON.astimezone(timezone(timedelta(hours=1)))),
    "secrets": (SecretStr("a"), SecretStr("b")),
    "what a dataclass keeps beside its fields": (Hidden(1, 1), Hidden(1, 2)),
    "what a number of its own class carries": (in_euro("EUR"), in_euro("JPY")),
    "sets": ({1, 2}, {1, 3}),
    "objects without equality": (object(), object()),
    "lengths": ([1], [1, 2]),
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_what_only_looks_alike_is_not_identical(what):
    one, other = DIFFERENT[what]
    assert not identical(one, other)
    assert not identical({"a": [one]}, {"a": [other]})
    assert identical(one, one)


def test_what_a_model_remembers_or_was_filled_in_by_default_makes_no_difference_and_what_it_hides_does():
    one, other = Lazy(amount=5), Lazy(amount=5)
    assert one.doubled == 10
    assert identical(one, other)
    used = Private(amount=5)
    used._seen = True
    assert not identical(used, Private(amount=5))
    assert identical(float("nan"), float("nan"))
    assert identical(NOON, datetime.fromisoformat(NOON.isoformat()))
    open_to_more = create_model("M", __config__=ConfigDict(extra="allow"))
    assert not identical(open_to_more(a=1), open_to_more(a=2))


def test_what_goes_round_in_circles_is_identical_to_nothing_but_itself():
    one, other = [], []
    one.append(one)
    other.append(other)
    assert not identical(one, other)


class Aliased(BaseModel):
    amount: int = Field(1, validation_alias="amountIn", serialization_alias="amountOut")


class Excluded(BaseModel):
    amount: int
    dry_run: bool = Field(False, exclude=True)


class Secret(BaseModel):
    token: SecretStr


class Shouting(BaseModel):
    note: str

    @field_serializer("note")
    def shout(self, note):
        return note.upper()


class Untyped(BaseModel):
    what: Any


ASKED = {
    "a validator that would run twice": (Scaled(amount=5), "amount would come back as another float"),
    "aliases that differ": (Aliased(amountIn=250), "amount would come back as another int"),
    "what is shown as asterisks": (Secret(token="hunter2"), "token would come back as another SecretStr"),
    "what is not shown": (Excluded(amount=5, dry_run=True), "dry_run would come back as another bool"),
    "what is shown otherwise than it is": (Shouting(note="a"), "note would come back as another str"),
    "what no type says": (Untyped(what=date(2026, 11, 20)), "what would come back as a str, and was a date"),
    "what is no JSON": (Untyped(what=float("inf")), "what would come back as a NoneType"),
    "a number too big for JSON": (Untyped(what=2**60), "cannot be sent as JSON"),
    "half a character": (Untyped(what="\ud800"), ""),
}


@pytest.mark.parametrize("what", ASKED)
def test_nobody_is_asked_for_what_would_not_come_back(what):
    arguments, why = ASKED[what]
    with pytest.raises(Invalid) as refused:
        payload_of(arguments, **ways(type(arguments), by_alias=True))
    assert why in refused.value.message
    assert refused.value.message.startswith("People cannot be asked for transfer with these arguments, so nothing ran")
    assert not isinstance(refused.value, Unfit)
    assert "hunter2" not in refused.value.message


class Nested(BaseModel):
    inner: Excluded
    note: str = "none"


APPROVED = {
    "a key that is dropped": ({"amount": 5, "more": 1}, Lazy, "it would ignore more, approved as 1"),
    "a key that is dropped below": (
        {"inner": {"amount": 5, "dry_run": True}, "note": ""},
        Nested,
        "it would ignore inner.dry_run, approved as true",
    ),
    "a default that slips in": (
        {"inner": {"amount": 5}},
        Nested,
        'it would add note as "none", which nobody approved',
    ),
    "a value that is changed": ({"amount": 5}, Scaled, "amount was approved as 5, and it would run with 500.0"),
    "a text for a number": ({"amount": "5"}, Lazy, 'amount was approved as "5", and it would run with 5'),
    "a float for an integer": ({"amount": 5.0}, Lazy, "amount was approved as 5.0, and it would run with 5"),
    "what it cannot read": ({"amount": "much"}, Lazy, "ValidationError"),
    "nothing": ({}, Lazy, "ValidationError"),
}


@pytest.mark.parametrize("what", APPROVED)
def test_what_was_approved_is_refused_where_something_else_would_run(what):
    payload, model, why = APPROVED[what]
    before = json.dumps(payload)
    with pytest.raises(Unfit) as refused:
        arguments_of(payload, **ways(model))
    assert why in refused.value.message
    assert refused.value.message.startswith("transfer does not take what people approved as it stands")
    assert json.dumps(payload) == before


def test_a_default_that_is_the_integer_of_a_float_is_shown_and_the_float_of_an_integer_is_not():
    def asked(kind, value):
        adapter = TypeAdapter(kind)
        return payload_of(
            value,
            show=lambda it: {"amount": it},
            validate=lambda it: adapter.validate_python(it["amount"]),
            name="refund",
        )

    assert asked(float, 0) == {"amount": 0}
    with pytest.raises(Invalid, match="come back"):
        asked(int, 0.0)


def test_an_approved_integer_is_taken_as_the_float_of_the_same_value_and_as_nothing_else():
    taken = arguments_of({"x": 5, "y": 7}, **ways(Point))
    assert repr(taken) == "Point(x=5, y=7.0)"
    with pytest.raises(Unfit):
        arguments_of({"x": 5, "y": True}, **ways(Point))
    wide = ways(float)
    wide = {**wide, "show": lambda value: {"a": value}, "validate": lambda payload: float(payload["a"])}
    assert arguments_of({"a": 2**53}, **wide) == 2.0**53
    with pytest.raises(Unfit):
        arguments_of({"a": 2**53 - 1}, **{**wide, "validate": lambda payload: float(payload["a"] + 2)})


def test_what_is_shown_is_a_copy_and_so_is_what_is_validated():
    arguments = {"order": {"lines": [1]}}

    def show(value):
        return value

    def greedy(payload):
        payload["order"]["lines"].append(2)
        return {"order": {"lines": [1]}}

    payload = payload_of(arguments, show=show, validate=greedy, name="f")
    arguments["order"]["lines"].append(3)
    assert payload == {"order": {"lines": [1]}}
    approved = {"order": {"lines": [1]}}
    arguments_of(approved, show=show, validate=greedy, name="f")
    assert approved == {"order": {"lines": [1]}}


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        ([], "no JSON object but a list"),
        ({"mode": Mode.DRY}, "mode is a Mode, which is no JSON"),
        ({"a": {1: "b"}}, "a has the key 1"),
        ({"a": [(1, 2)]}, "a.0 is a tuple"),
    ],
)
def test_what_is_no_json_is_not_made_into_some(shown, why):
    with pytest.raises(Invalid, match=why):
        payload_of(shown, show=lambda value: value, validate=lambda payload: payload, name="f")


def test_a_refusal_of_either_way_keeps_its_sentence():
    def refuse(_payload):
        raise Invalid("The order has no such line.")

    with pytest.raises(Invalid, match=r"nothing ran: The order has no such line\.$"):
        payload_of({}, show=dict, validate=refuse, name="f")
    with pytest.raises(Unfit, match=r"as it stands: The order has no such line\.$"):
        arguments_of({}, show=dict, validate=refuse, name="f")


def test_keys_that_the_function_does_not_have_are_refused_with_their_names():
    refuse_unknown({"amount": 5}, {"amount", "note"}, name="refund")
    with pytest.raises(Invalid, match="it has no argument dry_run; it takes amount, note") as refused:
        refuse_unknown({"amount": 5, "dry_run": True}, ["note", "amount"], name="refund")
    assert refused.value.errors == (("/dry_run", "The function has no such argument."),)
    with pytest.raises(Invalid, match="it takes nothing"):
        refuse_unknown({"amount": 5}, (), name="refund")
