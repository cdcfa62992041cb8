"""When two values are identical, and what nobody is asked for."""

import dataclasses
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    TypeAdapter,
    create_model,
    field_serializer,
    field_validator,
)

from signoff_client import Invalid, Unfit
from signoff_client.fidelity import arguments_of, identical, payload_of, refuse_unknown
from tests.client.argument_types import Colour, Level, Mode, Point, patient, ways

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
