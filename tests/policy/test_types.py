"""What conditions say of values of every type: the examples of an attack, a table of operators by types, and the law."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.gate import Tier
from approvals.proposal import Action
from policy.evaluate import weigh
from policy.expressions.condition import Unevaluable, compiled, condition_inputs
from policy.rules import Rule
from tests.laws import examples
from tests.policy.files import ask

OTHER_TYPE = Unevaluable("a field has another type")
NOT_COMPUTED = Unevaluable("it cannot be computed")
MISSING = Unevaluable("a field is missing")


def answer(condition, **payload):
    action = Action(name="a", payload=payload)
    return compiled(condition).ask(condition_inputs(ask(), action))


@pytest.mark.parametrize(
    ("condition", "payload"),
    [
        ("payload.env == 'production'", {"env": ["production"]}),
        ("payload.env == 'production'", {"env": {"name": "production"}}),
        ("payload.env != 'production'", {"env": ["production"]}),
        ("payload.env != 'production'", {"env": None}),
        ("payload.table in ['customers']", {"table": ["customers"]}),
        ("payload.table in ['customers']", {"table": None}),
        ("!(payload.table in ['customers'])", {"table": ["customers"]}),
        ("'admin' in payload.roles", {"roles": {"x": "admin"}}),
        ("'admin' in payload.roles", {"roles": "admin"}),
        ("'admin' in payload.roles", {"roles": ["user", {"name": "admin"}]}),
        ("'admin' in payload.roles", {"roles": [["admin"]]}),
        ("payload.n == 1", {"n": True}),
        ("payload.flag == true", {"flag": 1}),
        ("payload.flag == false", {"flag": None}),
        ("payload.n == 1", {"n": "1"}),
        ("payload.n > 1", {"n": "2"}),
        ("payload.xs == ['a']", {"xs": [1]}),
        ("payload.xs == ['a']", {"xs": "a"}),
        ("payload.xs == []", {"xs": {}}),
        ("payload.xs != [['a'], ['b']]", {"xs": [["a"], "b"]}),
        ("payload.who == {'name': 'a'}", {"who": {"name": ["a"]}}),
        ("payload.a == payload.b", {"a": 1, "b": "1"}),
        ("payload.a == payload.b", {"a": None, "b": 0}),
        ("payload.xs.all(x, x == 'a')", {"xs": ["a", ["a"]]}),
        ("payload.xs.all(x, x.endsWith('@ours'))", {"xs": {"x@ours": 1}}),
        ("payload.xs.exists(x, x == 'a')", {"xs": ["b", {"a": 1}]}),
        ("payload.xs.exists(x, x == 'a')", {"xs": "a"}),
        ("payload.xs.exists_one(x, x == 'a')", {"xs": ["a", ["a"]]}),
        ("payload.xs.filter(x, x != 'a').size() == 0", {"xs": ["a", 1]}),
        ("payload.xs.map(x, x + 1) == [2]", {"xs": ["1"]}),
        ("size(payload.xs) > 3", {"xs": {"a": 1}}),
        ("size(payload.xs) > 3", {"xs": 4}),
        ("payload.s.startsWith('a')", {"s": ["a"]}),
        ("payload.s.contains('a')", {"s": ["a"]}),
        ("payload.s.matches('^a')", {"s": ["a"]}),
        ("has(payload.a.b)", {"a": "b"}),
        ("has(payload.a.b)", {"a": ["b"]}),
        ("payload.a.b == 'x'", {"a": None}),
        ("payload.m['k'] == 'x'", {"m": ["k"]}),
        ("payload.m[0] == 'x'", {"m": {"0": "x"}}),
        ("payload.flag ? true : false", {"flag": "yes"}),
        ("payload.a + payload.b > 3", {"a": "1", "b": 2}),
        ("payload.a + ['x'] == ['a', 'x']", {"a": "a"}),
        ("-payload.a < 0", {"a": "1"}),
        ("payload.a * 2 > 3", {"a": True}),
        ("timestamp(payload.at) > timestamp('2026-01-01T00:00:00Z')", {"at": ["2027-01-01T00:00:00Z"]}),
    ],
)
def test_a_value_of_another_type_gets_no_answer(condition, payload):
    assert answer(condition, **payload) == OTHER_TYPE


@pytest.mark.parametrize(
    ("condition", "payload", "right"),
    [
        ("payload.price * 12.0 > 10000.0", {"price": 900}, True),
        ("payload.price * 12.0 > 10000.0", {"price": 9}, False),
        ("payload.price * 12 > 10000", {"price": 900.5}, True),
        ("payload.qty * payload.price < 100.0", {"qty": 3, "price": 9.99}, True),
        ("payload.qty * payload.price == 29.97", {"qty": 3, "price": 9.99}, True),
        ("payload.cents / 100 > 50", {"cents": 5099}, True),
        ("payload.cents / 100 == 50.99", {"cents": 5099}, True),
        ("payload.cents / 100.0 <= 50", {"cents": 5000}, True),
        ("payload.a / payload.b * payload.b == payload.a", {"a": 1, "b": 3}, True),
        ("payload.amount == 0.1", {"amount": 0.1}, True),
        ("payload.a + payload.b == 0.3", {"a": 0.1, "b": 0.2}, True),
        ("payload.a + payload.b >= 0.8", {"a": 0.7, "b": 0.1}, True),
        ("payload.a - payload.b == 0.1", {"a": 0.3, "b": 0.2}, True),
        ("payload.a == 9", {"a": 9.0}, True),
        ("payload.a == 9.0", {"a": 9}, True),
        ("payload.a in [9.0, 10]", {"a": 9}, True),
        ("payload.a in [1, 2]", {"a": 9.5}, False),
        ("payload.xs == [1, 2.0]", {"xs": [1.0, 2]}, True),
        ("payload.who == {'n': 1}", {"who": {"n": 1.0}}, True),
        ("payload.n == 9007199254740993", {"n": 9007199254740991}, False),
        ("payload.n + 2 == 9007199254740993", {"n": 9007199254740991}, True),
        ("payload.n > 9007199254740990", {"n": 9007199254740991}, True),
        ("payload.n == 1e23", {"n": 1e23}, True),
        ("payload.n == 1u", {"n": 1}, True),
        ("payload.n % 2 == 0", {"n": 4.0}, True),
        ("payload.n % 2 == -1", {"n": -3}, True),
        ("-payload.n == 2.5", {"n": -2.5}, True),
        ("payload.items[0] == 'a' && payload.items[1.0] == 'b'", {"items": ["a", "b"]}, True),
        ("payload.items[size(payload.items) - 1] == 'b'", {"items": ["a", "b"]}, True),
        ("size(payload.items) > 1", {"items": ["a", "b"]}, True),
        ("size(payload.items) > 1.5", {"items": ["a", "b"]}, True),
        ("size(payload.items) / 2 < 1.5", {"items": ["a", "b"]}, True),
        ("payload.text.size() == 2", {"text": "äb"}, True),
        ("size(payload) == 2", {"a": 1, "b": 2}, True),
        ("'a' in payload && payload.exists(k, k == 'b')", {"a": 1, "b": 2}, True),
        ("confidence < 1", {}, True),
        ("string(payload.n) == '9'", {"n": 9.0}, True),
        ("string(payload.n) == '0.5'", {"n": 0.5}, True),
        ("double(payload.n) == 9.5", {"n": "9.5"}, True),
        ("int(payload.n) == 9", {"n": 9.9}, True),
        ("type(payload.n) == type(1.5) && type(payload.n) == int", {"n": 1}, True),
        ("payload.n == null", {"n": None}, True),
        ("payload.n == null", {"n": "x"}, False),
        ("payload.n != null && payload.n > 1", {"n": 2}, True),
        ("payload.n in [null, 'a']", {"n": "a"}, True),
        ("payload.n in ['a', 1]", {"n": 2}, False),
        ("payload.n in []", {"n": 2}, False),
        ("payload.a in payload.xs", {"a": "x", "xs": [1, "x"]}, True),
        ("payload.a in payload.xs", {"a": "x", "xs": ["y", "z"]}, False),
        ("payload.xs == ['a', 'b']", {"xs": ["a"]}, False),
        ("payload.who == {'n': 1}", {"who": {"n": 1, "more": 2}}, False),
        ("payload.a == 1 && payload.b == 2", {"a": "1", "b": 3}, False),
        ("payload.a == 1 || payload.b == 2", {"a": "1", "b": 2}, True),
        ("payload.xs.exists(x, x == 'a')", {"xs": [1, "a"]}, True),
        ("payload.xs.all(x, x == 'a')", {"xs": [1, "b"]}, False),
        ("payload.xs.exists(x, x == 'a')", {"xs": ["a", 1]}, True),
        ("payload.xs.all(x, x == 'a')", {"xs": ["b", 1]}, False),
        ("payload.xs.filter(x, x > 1).map(x, x * 2) == [4, 6]", {"xs": [1, 2, 3]}, True),
        ("payload.xs.map(x, x > 1, x * 2) == [4, 6]", {"xs": [1, 2, 3]}, True),
        ("payload.xs.exists_one(x, x > 2)", {"xs": [1, 2, 3]}, True),
        ("payload.a < payload.b", {"a": "x", "b": "y"}, True),
        ("payload.a > payload.b", {"a": True, "b": False}, True),
        ("payload.a + payload.b == 'xy'", {"a": "x", "b": "y"}, True),
        ("payload.flag ? payload.a == 1 : payload.b == 1", {"flag": False, "b": 1}, True),
        ("{'eu': 10, 'us': 20}[payload.region] < 15", {"region": "eu"}, True),
        ("timestamp(payload.to) - timestamp(payload.at) > duration('24h')", {"at": "2026-01-01T00:00:00Z", "to": "2026-01-03T00:00:00Z"}, True),
        ("timestamp(payload.at).getHours('Europe/Berlin') == 13", {"at": "2026-01-01T12:00:00Z"}, True),
        ("timestamp(payload.at) + duration('1h') == timestamp(3600)", {"at": "1970-01-01T00:00:00Z"}, True),
        ("int(timestamp(payload.at)) == 60", {"at": "1970-01-01T00:01:00Z"}, True),
        ("string(timestamp(payload.at)) == '1970-01-01T00:01:00Z'", {"at": "1970-01-01T00:01:00Z"}, True),
        ("duration(payload.d).getMinutes() == 90 && string(duration(payload.d)) == '5400s'", {"d": "1h30m"}, True),
        ("-duration(payload.d) < duration('0s')", {"d": "1h"}, True),
        ("duration(payload.d) + duration('1h') == duration('2h')", {"d": "1h"}, True),
        ("duration('1h') + timestamp(payload.at) > timestamp(0)", {"at": "1970-01-01T00:01:00Z"}, True),
        ("duration('2h') - duration('1h') == duration('60m')", {}, True),
        ("timestamp('2026-01-02T00:00:00Z') - duration('24h') == timestamp('2026-01-01T00:00:00Z')", {}, True),
        ("size(bytes(payload.s)) == 3 && string(bytes(payload.s)) == 'äb'", {"s": "äb"}, True),
        ("bytes(payload.s) + b'c' == bytes(b'ac') && payload.s == string('a')", {"s": "a"}, True),
        ("bool(payload.s) && bool(true) && string(true) == 'true' && string(false) == 'false'", {"s": "true"}, True),
        ("uint(payload.n) == 3", {"n": 3.5}, True),
        ("dyn(payload.n) == 3", {"n": 3}, True),
        ("payload.a.matches('^[a-z]+$') && matches(payload.a, 'b')", {"a": "abc"}, True),
    ],
)  # fmt: skip
def test_what_a_person_reads_is_what_a_condition_says(condition, payload, right):
    assert answer(condition, **payload) is right


@pytest.mark.parametrize(
    ("condition", "payload"),
    [
        ("payload.n / 0 > 1", {"n": 1}),
        ("payload.n % payload.n > 1", {"n": 0}),
        ("1 / payload.n > 1", {"n": 0.0}),
        ("payload.n * payload.n > 1", {"n": 1e308}),
        ("payload.n + payload.n > 1", {"n": 1.7e308}),
        ("payload.n % 2 == 0", {"n": 0.5}),
        ("payload.items[0.5] == 'a'", {"items": ["a"]}),
        ("double(payload.s) > 1", {"s": "inf"}),
        ("double(payload.s) > 1", {"s": "nan"}),
        ("int(payload.s) > 1", {"s": "0x10"}),
        ("uint(payload.n) > 1", {"n": -3}),
        ("bool(payload.s)", {"s": "yes"}),
        ("timestamp(payload.s) > timestamp(0)", {"s": "yesterday"}),
        ("timestamp(payload.n) > timestamp(0)", {"n": 1e300}),
        ("timestamp(payload.s) + duration('24h') > timestamp(0)", {"s": "9999-12-31T23:00:00Z"}),
        ("duration(payload.s) > duration('1h')", {"s": "long"}),
        ("duration('1h').getHours(payload.s) > 1", {"s": "UTC"}),
        ("timestamp(0).getHours(payload.s) > 1", {"s": "Nowhere"}),
        ("'a'.matches(payload.s)", {"s": "("}),
        ("'a'.matches(payload.s)", {"s": "a" * 1001}),
        ("string(b'\\xff') == payload.s", {"s": "a"}),
        ("string(double(payload.s)) == '1'", {"s": "1" * 400 + ".5"}),
        ("double(payload.s) > 1", {"s": "1e999"}),
    ],
)
def test_what_cannot_be_computed_gets_no_answer(condition, payload):
    assert answer(condition, **payload) == NOT_COMPUTED


def test_a_number_that_grows_without_end_is_not_computed():
    assert answer("payload.n" + " * payload.n" * 20 + " > 0", n=1e-300) == NOT_COMPUTED


def test_a_number_beyond_all_numbers_is_not_computed():
    action = Action(name="a", payload={"n": 1})
    object.__setattr__(action, "payload", {"n": float("inf")})
    assert compiled("payload.n > 1").ask(condition_inputs(ask(), action)) == NOT_COMPUTED


@pytest.mark.parametrize("condition", ["payload.items[1] == 'a'", "payload.items[-1] == 'a'", "payload.m['k'] == 'a'"])
def test_what_is_not_there_is_missing(condition):
    assert answer(condition, items=["a"], m={}) == MISSING


VALUES = {
    "null": [None],
    "truth": [True, False],
    "number": [0, 1, 1.5],
    "text": ["", "a", "true"],
    "list": [[], ["a"], [1]],
    "object": [{}, {"a": 1}],
}
ORDERED = {"truth", "number", "text"}
FITS = {
    "==": lambda one, other: one == other,
    "!=": lambda one, other: one == other,
    "<": lambda one, other: one == other and one in ORDERED,
    ">=": lambda one, other: one == other and one in ORDERED,
    "+": lambda one, other: one == other and one in {"number", "text", "list"},
    "-": lambda one, other: one == other == "number",
    "*": lambda one, other: one == other == "number",
    "/": lambda one, other: one == other == "number",
    "%": lambda one, other: one == other == "number",
    "&&": lambda one, other: one == other == "truth",
    "||": lambda one, other: one == other == "truth",
    "in": lambda one, other: other == "list",  # and then by what is in it
}
"""Which types an operator has an answer for."""


@pytest.mark.parametrize("sign", FITS)
@pytest.mark.parametrize(("one", "other"), list(product(VALUES, VALUES)))
def test_an_operator_has_an_answer_for_values_of_one_type_alone(sign, one, other):
    arithmetic = sign in "+-*/%"
    condition = (
        f"(payload.a {sign} payload.b) == (payload.a {sign} payload.b)" if arithmetic else f"payload.a {sign} payload.b"
    )
    for a, b in product(VALUES[one], VALUES[other]):
        said = answer(condition, a=a, b=b)
        if not FITS[sign](one, other):
            # What decides alone is an answer, whatever stands on the other side.
            decided = {"&&": False, "||": True}.get(sign)
            assert said == OTHER_TYPE or (decided is not None and said is decided and decided in (a, b))
        elif (sign == "in" and b != [] and type(a) is not type(b[0]) and one != "number") or (
            sign == "==" and one == "list" and a and b and type(a[0]) is not type(b[0])
        ):
            assert said == OTHER_TYPE
        else:
            assert isinstance(said, bool) or said in (NOT_COMPUTED, OTHER_TYPE)


LITERALS = {"number": ["1", "2.5", "0"], "text": ["'a'", "''"], "truth": ["true"], "list": ["['a']", "[1, 2]", "[]"], "object": ["{'a': 1}"]}  # fmt: skip
FIELDS = ("a", "b", "c")
ATOMS = st.one_of(
    *(
        st.builds("payload.{} {} {}".format, st.sampled_from(FIELDS), st.sampled_from(signs), st.sampled_from(literals))
        for literals, signs in (
            (LITERALS["number"], ["==", "!=", "<", "<=", ">", ">="]),
            (LITERALS["text"], ["==", "!=", "<", ">"]),
            (LITERALS["truth"], ["==", "!="]),
            (LITERALS["list"], ["==", "!="]),
            (LITERALS["object"], ["==", "!="]),
        )
    ),
    st.builds("payload.{} in {}".format, st.sampled_from(FIELDS), st.sampled_from(["['a', 'b']", "[1, 2]", "[true]"])),
    st.builds("{} in payload.{}".format, st.sampled_from(["'a'", "1", "true"]), st.sampled_from(FIELDS)),
    st.builds("payload.{} {} 2 > 1".format, st.sampled_from(FIELDS), st.sampled_from(["*", "-", "/", "+"])),
    st.builds("payload.{}.{}('a')".format, st.sampled_from(FIELDS), st.sampled_from(["startsWith", "contains", "matches"])),
    st.builds("payload.{}.{}(x, x {})".format, st.sampled_from(FIELDS), st.sampled_from(["all", "exists", "exists_one"]), st.sampled_from(["== 'a'", "> 1", "!= 'a'", "in ['a', 'b']"])),
    st.builds("payload.{}.filter(x, x == 'a') == ['a']".format, st.sampled_from(FIELDS)),
    st.builds("payload.{}.map(x, x + 1) == [2]".format, st.sampled_from(FIELDS)),
    st.builds("payload.{}.n == 1".format, st.sampled_from(FIELDS)),
    st.builds("has(payload.{}.n)".format, st.sampled_from(FIELDS)),
    st.builds("payload.{}[0] == 'a'".format, st.sampled_from(FIELDS)),
    st.builds("payload.{}".format, st.sampled_from(FIELDS)),
)  # fmt: skip
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("(!({}))".format, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
    ),
    max_leaves=4,
)
SCALARS = st.sampled_from([None, True, False, 0, 1, 2, 2.5, "", "a", "b", "true"])
ANY = st.one_of(
    SCALARS,
    st.lists(st.sampled_from(["a", "b"]), max_size=2),
    st.lists(st.sampled_from([1, 2.5]), max_size=2),
    st.lists(SCALARS, max_size=2),
    st.fixed_dictionaries({}, optional={"n": SCALARS, "a": SCALARS}),
)


def shape(value):
    """A type, as a person sees it."""
    return {bool: "truth", int: "number", float: "number", type(None): "null"}.get(type(value), type(value).__name__)


@settings(max_examples=examples(400))
@given(CONDITIONS, st.fixed_dictionaries(dict.fromkeys(FIELDS, ANY)), st.sampled_from(FIELDS), ANY)
def test_another_type_never_changes_what_a_condition_says_but_to_no_answer(condition, payload, field, other):
    if shape(payload[field]) == shape(other):
        return
    before, after = answer(condition, **payload), answer(condition, **{**payload, field: other})
    # Where the first value had no answer, it was the other that is of the right type.
    assert after == before or isinstance(after, Unevaluable) or isinstance(before, Unevaluable)


@settings(max_examples=examples(400))
@given(CONDITIONS, st.fixed_dictionaries(dict.fromkeys(FIELDS, ANY)), st.sampled_from(FIELDS), ANY)
def test_another_type_never_lets_a_strict_rule_go_and_never_brings_a_loose_one(condition, payload, field, other):
    if shape(payload[field]) == shape(other) or isinstance(answer(condition, **payload), Unevaluable):
        return

    def tier(rule, values):
        weighed = weigh(rule, condition_inputs(ask(), Action(name="a", payload=values)))
        return weighed.tier if weighed.matched else None

    for strict in (Tier.approve, Tier.block):
        rule = Rule(id="r", action="a", tier=strict, conditions=(compiled(condition),))
        assert tier(rule, payload) is None or tier(rule, {**payload, field: other}) is strict
    loose = Rule(id="r", action="a", tier=Tier.auto, conditions=(compiled(condition),))
    assert tier(loose, {**payload, field: other}) is not Tier.auto or tier(loose, payload) is Tier.auto
