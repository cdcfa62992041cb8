"""List queries: which list somebody looks at, its filters and the place in it; a button below carries one."""

import json
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from approvals.paging import PLAIN, Cursor, Filter, is_order, urgency
from bot.slack.blockkit.text import length

if TYPE_CHECKING:
    from approvals.proposal import Proposal

Kind = Literal[
    "waiting",
    "approved",
    "mine",
    "all",
    "role",
    "agent",
    "action",
    "overdue",
    "history",
    "show",
    "stats",
    "remembered",
]
LONGEST = 100
"""Of a name in a filter."""
DAY = 86_400
MOST_DAYS = 3650
_MOST_PAGE = 100_000
_MOST_VALUE = 1900
_MOST_MOMENT = 10**14
_DECIDABLE = ("waiting", "all", "role", "agent", "action")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """What a list shows, and from where on."""

    kind: Kind
    name: str = ""
    """The id of the proposal that is shown."""
    role: str = ""
    agent: str = ""
    action: str = ""
    """A name or a pattern with `*`."""
    by: str = ""
    """A person's id."""
    status: str = ""
    days: int = 0
    """So many days back; 0 for all there is."""
    page: int = 0
    """Counted from 0, of what has no places."""
    as_of: int = 0
    """The moment at which the list was first shown, in milliseconds; 0 for now."""
    at: Cursor | None = None
    order: int = 0
    """In which what is equally urgent stands; 0 for as it falls due."""
    home: bool = False
    """Whether it stands on the home tab."""

    @property
    def only(self) -> Filter:
        """Its filters as the store has them."""
        return Filter(agent=self.agent or None, action=self.action or None, role=self.role or None)

    @property
    def decidable(self) -> bool:
        """Whether what it lists may wait for the person who looks at it."""
        return self.kind in _DECIDABLE

    def after(self, proposal: "Proposal") -> "ListQuery":
        """What waits in the same list after a proposal that stood in it."""
        due = urgency(round(proposal.expires_at.timestamp() * 1000), self.order or PLAIN)
        place = Cursor(rank=0, key=due, id=proposal.id)
        return replace(self, kind="waiting", at=place, as_of=0, page=0)

    def to_value(self) -> str:
        """For a button's value or a view's private metadata, at most 2000 characters."""
        known: dict[str, Any] = {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if each.name != "at" and getattr(self, each.name) != each.default
        }
        if self.at is not None:
            known["at"] = [self.at.rank, self.at.key, self.at.id, self.at.before, self.at.place]
        return json.dumps(known, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_value(cls, value: str) -> "ListQuery | None":
        """What `to_value` wrote; None for anything else."""
        try:
            known = json.loads(value) if length(value) <= _MOST_VALUE else None
        except ValueError:
            return None
        if not isinstance(known, dict) or not set(known) <= {each.name for each in fields(cls)}:
            return None
        kind, at = known.pop("kind", None), known.pop("at", None)
        place = _place(at)
        if kind not in get_args(Kind) or (place is None) != (at is None) or not all(map(_sound, known, known.values())):
            return None
        return cls(kind=kind, at=place, **known)


def _sound(name: str, said: object) -> bool:
    match name:
        case "home":
            return isinstance(said, bool)
        case "order":
            return isinstance(said, int) and not isinstance(said, bool) and is_order(said)
        case "days" | "page" | "as_of":
            most = {"days": MOST_DAYS, "page": _MOST_PAGE, "as_of": _MOST_MOMENT}[name]
            return isinstance(said, int) and not isinstance(said, bool) and 0 <= said <= most
        case _:
            return isinstance(said, str) and len(said) <= LONGEST and said.isprintable()


def _place(said: object) -> Cursor | None:
    match said:
        case [int(rank), int(key), str(proposal_id), bool(before), int(place)] if (
            abs(rank) <= 9
            and abs(key) <= _MOST_MOMENT
            and len(proposal_id) <= LONGEST
            and not isinstance(place, bool)
            and 0 <= place <= _MOST_MOMENT
        ):
            return Cursor(rank=int(rank), key=int(key), id=proposal_id, before=before, place=place)
        case _:
            return None
