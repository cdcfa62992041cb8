"""Parameters of a plain function as a payload, and back: nothing but what its signature says."""

import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from signoff_client.errors import Invalid
from signoff_client.fidelity.annotations import AS_IT_IS, Kind, hints_of, kind_of
from signoff_client.fidelity.equality import identical
from signoff_client.fidelity.law import SCALARS, arguments_of, payload_of

Arguments = dict[str, Any]
MANY: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def name_of(function: Callable[..., Any]) -> str:
    """As it is called in its module; a partial is called as what it calls."""
    called = function.func if isinstance(function, functools.partial) else function
    name: str = getattr(called, "__qualname__", type(called).__qualname__)
    return name.rpartition("<locals>.")[2]


class Parameters:
    """Those that people approve, and those named in `without`, which they do not see."""

    def __init__(self, function: Callable[..., Any], without: Collection[str]) -> None:
        """Raises TypeError for a parameter without a name, or of which no value comes back from JSON."""
        self.name = name_of(function)
        self._signature = inspect.signature(function)
        self._function = function
        self._without = frozenset(without)
        known = self._signature.parameters
        for parameter in known.values():
            if parameter.kind in MANY:
                raise TypeError(
                    f"{self.name} takes {parameter}: what people approve needs a name for each value, so an approved "
                    "function has named parameters alone."
                )
        if unknown := self._without - known.keys():
            raise TypeError(f"{self.name} has no parameter {', '.join(sorted(unknown))}, which `without` names.")
        self._visible = [name for name in known if name not in self._without]
        self._kinds: dict[str, Kind] | None = None
        self._looked_up()  # what cannot come back is refused here, as far as it can be looked up already

    def payload(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Arguments, Arguments]:
        """What people see of a call, and what is handed on unseen.

        Raises TypeError as the call would, and Invalid where what people see would not come back as it is.
        """
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        visible = {name: bound.arguments[name] for name in self._visible}
        unseen = {name: value for name, value in bound.arguments.items() if name in self._without}
        return payload_of(visible, show=self._show, validate=self._validate, name=self.name), unseen

    def bound(self, payload: Mapping[str, Any], unseen: Arguments) -> inspect.BoundArguments:
        """What the function is called with for an approved payload. Raises Unfit."""
        visible = arguments_of(payload, show=self._show, validate=self._validate, name=self.name)
        return inspect.BoundArguments(self._signature, {**visible, **unseen})

    def unseen(self, values: Arguments) -> Arguments:
        """What a resumption hands on beside the payload, with the defaults. Raises TypeError for anything else."""
        if other := sorted(values.keys() - self._without):
            raise TypeError(
                f"{self.name} is resumed with what people approved, so it takes no {', '.join(other)} here: only what "
                "`without` names may be handed on."
            )
        known = self._signature.parameters
        missing = [
            name
            for name in known
            if name in self._without - values.keys() and known[name].default is inspect.Parameter.empty
        ]
        if missing:
            raise TypeError(f"{self.name} needs {', '.join(missing)} to be resumed with.")
        defaults = {name: known[name].default for name in self._without if name not in values}
        return {**defaults, **values}

    def _show(self, arguments: Arguments) -> Arguments:
        kinds = self._looked_up()
        return {name: _through(name, kinds[name].show, value) for name, value in arguments.items()}

    def _validate(self, payload: Arguments) -> Arguments:
        if other := payload.keys() - set(self._visible):
            raise Invalid(f"it has no parameter {', '.join(sorted(other))}")
        if missing := [name for name in self._visible if name not in payload]:
            raise Invalid(f"{', '.join(missing)} is not in it, and a default is nothing that people approved")
        kinds = self._looked_up()
        return {name: _through(name, kinds[name].read, payload[name]) for name in self._visible}

    def _looked_up(self) -> dict[str, Kind]:
        """Of each parameter that people see. What stands further down in its module is not there at first."""
        if self._kinds is not None:
            return self._kinds
        known = self._signature.parameters
        annotations = {name: known[name].annotation for name in self._visible}
        hints = hints_of(annotations, _names_around(self._function))
        kinds = {name: self._kind(known[name], hints[name]) for name in self._visible}
        if not any(isinstance(hint, str) for hint in hints.values()):
            self._kinds = kinds
        return kinds

    def _kind(self, parameter: inspect.Parameter, annotation: Any) -> Kind:
        if annotation is inspect.Parameter.empty:
            return AS_IT_IS
        try:
            kind = kind_of(annotation)
        except TypeError as fault:
            why = (
                f"{self.name} takes {parameter}: {fault}; or name it in `without`, if it is no part of what people "
                "approve."
            )
            if type(parameter.default) not in SCALARS:
                raise TypeError(why) from None
            kind = _refusing(why)  # it may be left out of every call
        return _or_default(kind, parameter.default)


def _names_around(function: Callable[..., Any]) -> dict[str, Any]:
    """Among which its annotations are looked up: of its module, and of the functions that it stands in."""
    called = function.func if isinstance(function, functools.partial) else function
    plain: Any = inspect.unwrap(getattr(called, "__func__", called))
    if not inspect.isfunction(plain):
        plain = vars(type(called)).get("__call__")
    if not inspect.isfunction(plain):
        return {}
    return {**plain.__globals__, **inspect.getclosurevars(plain).nonlocals}


def _refusing(why: str) -> Kind:
    def refuse(_value: Any) -> Any:
        raise Invalid(why)

    return Kind(refuse, refuse)


def _or_default(kind: Kind, default: Any) -> Kind:
    """A default need not be what its annotation says, as in `amount: int = None`."""
    if default is inspect.Parameter.empty:
        return kind
    try:
        if identical(kind.read(kind.show(default)), default):
            return kind
    except (Invalid, ValueError, TypeError, ArithmeticError):
        pass
    return Kind(
        lambda value: value if identical(value, default) else kind.show(value),
        lambda shown: shown if identical(shown, default) else kind.read(shown),
    )


def _through(name: str, way: Callable[[Any], Any], value: Any) -> Any:
    try:
        return way(value)
    except Invalid as refusal:
        raise Invalid(f"{name}: {refusal.message}") from refusal
    except (ValueError, TypeError, ArithmeticError) as fault:
        raise Invalid(f"{name}: {type(fault).__name__}: {fault}"[:300]) from fault
