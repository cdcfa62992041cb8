"""Facade attributes: one shows that of a part, so that a facade need not say everything twice."""

from typing import Any, Generic, TypeVar

T = TypeVar("T")


class PartAttribute(Generic[T]):
    """Reads and sets the attribute of the same name of the owner's part."""

    def __init__(self, part: str = "workspace") -> None:
        self._part = part
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type | None = None) -> T:
        value: T = getattr(getattr(instance, self._part), self._name)
        return value

    def __set__(self, instance: Any, value: T) -> None:
        setattr(getattr(instance, self._part), self._name, value)
