"""Law of fidelity, between a function and what people approve: what they are shown is what would run, and runs.

Two ways make it: `show`, from a function's arguments to the JSON that people read, and `validate`, back from there.
A field that does not survive both ways is refused, and never approximated.
"""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, TypeVar

from signoff_client.digest import digest_of
from signoff_client.errors import Invalid, SignoffError, Unfit
from signoff_client.fidelity.equality import MISSING, Difference, difference, identical

__all__ = ["arguments_of", "identical", "payload_of", "refuse_unknown"]

T = TypeVar("T")
Show = Callable[[T], Mapping[str, Any]]
Validate = Callable[[dict[str, Any]], T]

EXCERPT: Final = 80
"""Characters of a value in a sentence."""
LONGEST: Final = 300
"""Characters of another's error in a sentence."""
SCALARS: Final = (str, int, float, bool, type(None))


def payload_of(arguments: T, *, show: Show[T], validate: Validate[T], name: str) -> dict[str, Any]:
    """What people are shown of a call's arguments; `name` is the function's.

    Raises Invalid, with a sentence for the model, where the function would not take from it exactly what it was called
    with: validate(show(arguments)) has to be identical to `arguments`. Also where `show` gives no JSON. As in
    arguments_of, an integer may come back as the float of the same value: `amount: float = 0` is no other call.
    """
    try:
        payload = _json(show(arguments), name)
        returned = validate(_copy(payload))
    except SignoffError as refusal:
        raise Invalid(_unasked(name, refusal.message)) from refusal
    except Exception as fault:
        raise Invalid(_unasked(name, _words(fault))) from fault
    differs = difference(arguments, returned, numbers=True)
    if differs is not None:
        raise Invalid(_unasked(name, _changed(differs)))
    return payload


def arguments_of(payload: Mapping[str, Any], *, show: Show[T], validate: Validate[T], name: str) -> T:
    """What the function takes of an approved payload; nothing may validate it once more.

    Raises Unfit where show(validate(payload)) is not identical to the payload (a dropped key, a changed value, a
    default that slipped in), or where one of them raises. One thing may differ, because JSON has one kind of number: an
    approved integer may come back as the float of the same value, as it does from a parameter that is a float.
    """
    try:
        arguments = validate(_copy(payload))
        shown = _json(show(arguments), name)
    except SignoffError as refusal:
        raise Unfit(_unrun(name, refusal.message)) from refusal
    except Exception as fault:
        raise Unfit(_unrun(name, _words(fault))) from fault
    differs = difference(payload, shown, numbers=True)
    if differs is not None:
        raise Unfit(_unrun(name, _replaced(differs)))
    return arguments


def refuse_unknown(arguments: Mapping[str, Any], known: Collection[str], *, name: str) -> None:
    """Raises Invalid for keys that the function does not have: it would drop what people read and approve."""
    unknown = [str(key) for key in arguments if key not in known]
    if unknown:
        takes = ", ".join(sorted(known)) or "nothing"
        raise Invalid(
            _unasked(name, f"it has no argument {', '.join(unknown)[:LONGEST]}; it takes {takes[:LONGEST]}"),
            [{"pointer": f"/{key}", "detail": "The function has no such argument."} for key in unknown],
        )


def _json(shown: object, name: str) -> dict[str, Any]:
    """A copy, if it is JSON and nothing but JSON: an Enum member or a subclass of str would come back as another."""
    if not isinstance(shown, Mapping):
        raise Invalid(f"what it shows is no JSON object but {_kind(shown)}")
    plain = dict(shown)
    _refuse_foreign(plain, ())
    digest_of(name, plain)  # numbers that JSON does not carry, text that is no Unicode
    return _copy(plain)


def _refuse_foreign(shown: object, path: tuple[str, ...]) -> None:
    if type(shown) is dict:
        for key, value in shown.items():
            if type(key) is not str:
                raise Invalid(
                    f"{'.'.join(path) or 'the whole'} has the key {_excerpt(key)}, and JSON has keys of text only"
                )
            _refuse_foreign(value, (*path, key))
    elif type(shown) is list:
        for number, value in enumerate(shown):
            _refuse_foreign(value, (*path, str(number)))
    elif type(shown) not in SCALARS:
        raise Invalid(
            f"{'.'.join(path)} is {_kind(shown)}, which is no JSON: pass a list, dict, text or number, or annotate it"
        )


def _copy(payload: Mapping[str, Any]) -> dict[str, Any]:
    copied: dict[str, Any] = json.loads(json.dumps(dict(payload)))
    return copied


def _unasked(name: str, why: str) -> str:
    return f"People cannot be asked for {name} with these arguments, so nothing ran: {why.rstrip('.')}."


def _unrun(name: str, why: str) -> str:
    return f"{name} does not take what people approved as it stands: {why.rstrip('.')}."


def _changed(differs: Difference) -> str:
    """For the model. It says no value: what people are not shown may be a secret."""
    one, other = differs.one, differs.other
    if other is MISSING:
        how = "would be missing from what people approve"
    elif one is MISSING:
        how = "would be added to what it was called with"
    elif type(one) is not type(other):
        how = f"would come back as {_kind(other)}, and was {_kind(one)}"
    else:
        how = f"would come back as another {type(one).__name__}"
    return f"{differs.field} {how}"


def _replaced(differs: Difference) -> str:
    """For the people who approved it: both sides are what they are shown anyway."""
    one, other = differs.one, differs.other
    if other is MISSING:
        return f"it would ignore {differs.field}, approved as {_excerpt(one)}"
    if one is MISSING:
        return f"it would add {differs.field} as {_excerpt(other)}, which nobody approved"
    return f"{differs.field} was approved as {_excerpt(one)}, and it would run with {_excerpt(other)}"


def _excerpt(value: object) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = _kind(value)
    return text if len(text) <= EXCERPT else text[:EXCERPT] + "…"


def _kind(value: object) -> str:
    kind = type(value).__qualname__.rpartition(">.")[2]
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def _words(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:LONGEST]
