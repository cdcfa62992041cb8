"""Activity arguments: what people see of one, and whether its worker makes just that of what they approve.

Both ways go through the workflow's own data converter, which decides what a JSON object becomes on the other side.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, is_typeddict

from temporalio import activity, workflow

from signoff_client.errors import Invalid
from signoff_client.fidelity import arguments_of, payload_of, refuse_unknown
from signoff_client.fidelity.omissions import refuse_dropped

OURS: Final = frozenset({"activity", "arg", "args", "retry_policy"})
"""Arguments of `start_activity` that are no options here."""
TEXTS: Final = ("task_queue", "activity_id", "summary")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An activity by its name, with the types of its one argument and of its result; None where they say nothing."""

    name: str
    takes: Any
    returns: Any

    def payload(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What people are shown. Raises Invalid where the activity would not get exactly this."""
        try:
            argument = self._decoded(dict(values))
        except Exception as fault:
            raise Invalid(f"{self.name} does not take this payload: {type(fault).__name__}: {_chain(fault)}") from fault
        payload = payload_of(argument, show=_encoded, validate=self._decoded, name=self.name)
        refuse_dropped(values, payload, name=self.name)
        if is_typeddict(self.takes):
            refuse_unknown(values, self.takes.__annotations__, name=self.name)
        return payload

    def check(self, approved: Mapping[str, Any]) -> None:
        """Raises Unfit where the activity would get something else than what people approved."""
        arguments_of(approved, show=_encoded, validate=self._decoded, name=self.name)

    def _decoded(self, payload: dict[str, Any]) -> Any:
        converter = workflow.payload_converter()
        hints = None if self.takes is None else [self.takes]
        return converter.from_payloads(converter.to_payloads([payload]), hints)[0]


def act_of(act: Callable[..., Any] | str, options: Mapping[str, Any], arg_type: Any) -> Act:
    """Raises Invalid for what cannot run, or what cannot be known of it: before anybody is asked."""
    known_options = inspect.signature(workflow.start_activity).parameters.keys() - OURS
    wrong = [name for name in options if name not in known_options]
    if wrong:
        raise Invalid(f"{', '.join(wrong)} cannot be given here: what people approved runs once, with that alone.")
    for name, value in options.items():
        if value is not None and (wanted := _unlike(name, value)):
            raise Invalid(f"{name} is {value!r}, and has to be {wanted}.")  # the SDK would find out after the claim
    if isinstance(act, str):
        if arg_type is None:
            raise Invalid(
                f"Nothing is known of what {act} takes: give the activity itself, or `arg_type`, the type of its "
                "argument (dict, if it takes the payload as it is)."
            )
        return Act(name=act, takes=arg_type, returns=options.get("result_type"))
    definition = activity._Definition.from_callable(act)  # noqa: SLF001 what start_activity itself goes by
    if definition is None or definition.name is None:
        raise Invalid(f"{getattr(act, '__name__', act)} is no activity that has a name: it needs @activity.defn.")
    taken = [each for each in inspect.signature(definition.fn).parameters if each != "self"]
    if len(taken) != 1:
        raise Invalid(
            f"{definition.name} takes {', '.join(taken) or 'nothing'}: what people approve is one argument, so make it "
            "a dataclass, a model or a dict."
        )
    known = None if definition.arg_types is None else definition.arg_types[0]
    if arg_type is not None and arg_type != known:
        raise Invalid(f"{definition.name} says itself what it takes: drop `arg_type`.")
    return Act(name=definition.name, takes=known, returns=definition.ret_type)


def _unlike(name: str, value: object) -> str | None:
    """What the option has to be, if it is not."""
    if name.endswith("_timeout") and not (isinstance(value, timedelta) and value > timedelta()):
        return "a timedelta above zero"
    return "a text" if name in TEXTS and not isinstance(value, str) else None


def act_unchecked(act: Callable[..., Any] | str, options: Mapping[str, Any]) -> Act:
    """For a workflow that began when nothing was checked, and is replayed."""
    if isinstance(act, str):
        return Act(name=act, takes=None, returns=options.get("result_type"))
    definition = activity._Definition.must_from_callable(act)  # noqa: SLF001 as above
    return Act(name=definition.name or "", takes=None, returns=definition.ret_type)


def result_of(raw: Any, kind: Any) -> Any:
    """What the activity returned, as the SDK would have read it. Raises whatever the converter does."""
    if raw is None:
        return None
    return workflow.payload_converter().from_payloads([raw.payload], None if kind is None else [kind])[0]


def _encoded(argument: Any) -> Any:
    """What goes to the activity's worker of it."""
    converter = workflow.payload_converter()
    return converter.from_payloads(converter.to_payloads([argument]))[0]


def _chain(fault: BaseException | None) -> str:
    """Its words, and those of what caused it: converters wrap one in the other."""
    said: list[str] = []
    while fault is not None and len(said) < 4:
        said.append(str(fault))
        fault = fault.__cause__
    return ": ".join(said)[:500]
