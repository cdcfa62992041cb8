"""Card titles: the policy's own words for the first line of a card, with slots that the proposal fills."""

import re
from dataclasses import dataclass

from approvals.paths import STEP_OF_A_TITLE, BadPath, canonical_path

ACTION = "action"
_INSIDE = rf"{STEP_OF_A_TITLE}(?:\.{STEP_OF_A_TITLE})*"
_PLACE = re.compile(rf"\{{(?:{_INSIDE})\}}")
_PIECE = re.compile(rf"\{{\{{|\}}\}}|\{{{_INSIDE}\}}|[^{{}}]+|\{{[^{{}}]*\}}?|\}}")


class BadTitle(ValueError):
    """Something in braces that is no place; `piece` is what is written there."""

    def __init__(self, piece: str) -> None:
        super().__init__(piece)
        self.piece = piece


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value goes."""

    path: str | None
    """The way to a field of the payload; None for the action's name."""


def parse_title(title: str) -> tuple[str | Slot, ...]:
    """The words and places of a title in their order; doubled braces stand for one. Raises BadTitle."""
    return tuple(_read(found.group()) for found in _PIECE.finditer(title))


def _read(piece: str) -> str | Slot:
    if piece in ("{{", "}}"):
        return piece[0]
    if piece[0] not in "{}":
        return piece
    if not _PLACE.fullmatch(piece):
        raise BadTitle(piece)
    place = piece[1:-1]
    if place == ACTION:
        return Slot(None)
    try:
        return Slot(canonical_path(place))
    except BadPath:
        raise BadTitle(piece) from None
