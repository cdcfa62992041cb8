"""What a call says and people would not be shown of it, because the function drops it."""

from collections.abc import Mapping, Sequence

from signoff_client.errors import Invalid


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
