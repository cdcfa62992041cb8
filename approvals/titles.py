"""The first line of a card as a policy words it: its own words, with places that the proposal fills."""

import re
from dataclasses import dataclass

PLACE = r"action|payload(?:\.[A-Za-z0-9_-]{1,100}){1,16}"
"""What may stand in braces."""
_PIECE = re.compile(rf"\{{\{{|\}}\}}|\{{(?:{PLACE})\}}|[^{{}}]+|\{{[^{{}}]*\}}?|\}}")


class BadTitle(ValueError):
    """Something in braces that is no place; `piece` is what is written there."""

    def __init__(self, piece: str) -> None:
        super().__init__(piece)
        self.piece = piece


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value goes."""

    path: str | None
    """The way to a field of the payload, with dots between; None for the action's name."""


def parsed(title: str) -> tuple[str | Place, ...]:
    """The words and places of a title in their order; doubled braces stand for one. Raises BadTitle."""
    return tuple(_read(found.group()) for found in _PIECE.finditer(title))


def _read(piece: str) -> str | Place:
    if piece in ("{{", "}}"):
        return piece[0]
    if piece[0] not in "{}":
        return piece
    if not re.fullmatch(rf"\{{(?:{PLACE})\}}", piece):
        raise BadTitle(piece)
    place = piece[1:-1]
    return Place(None if place == "action" else place.removeprefix("payload."))
