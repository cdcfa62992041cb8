"""Method table of the Web API: what each is called, who may call it, what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.web.arguments import Arguments
from sandbox.workspace import Workspace

Json = dict[str, Any]
Act = Callable[[Workspace, Arguments], Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method; `scopes` are those it always needs, `token` the kind it takes."""

    name: str
    act: Act
    scopes: tuple[str, ...] = ()
    token: str = "bot"  # noqa: S105 - a kind of token, not one
    takes_json: bool = True


METHODS: dict[str, Method] = {}


def method(
    name: str,
    *scopes: str,
    token: str = "bot",  # noqa: S107 - a kind of token, not one
    takes_json: bool = True,
) -> Callable[[Act], Act]:
    """Put a function into the table."""

    def register(act: Act) -> Act:
        METHODS[name] = Method(name=name, act=act, scopes=scopes, token=token, takes_json=takes_json)
        return act

    return register
