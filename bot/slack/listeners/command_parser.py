"""Command parsing: what stands behind `/approvals`, as a list or a sentence that says what to type. Pure."""

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from approvals.proposal import Cause, Status
from bot.slack.lists.query import LONGEST, MOST_DAYS, ListQuery
from bot.slack.words import commands as say
from bot.slack.words.lists import HELP
from bot.slack.words.shared import listed, name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

PERSON = re.compile(r"<@([UW][A-Z0-9]{2,})(?:\|[^>]*)?>")
_LINK = re.compile(
    r"<?https?://[^\s/|>]+/archives/(?P<channel>[CGD][A-Z0-9]+)/p(?P<seconds>\d{10})(?P<rest>\d{6})"
    r"(?:\?(?P<more>[^\s|>]*))?(?:\|[^>]*)?>?"
)
_THREAD = re.compile(r"(?:^|&(?:amp;)?)thread_ts=(\d{10}\.\d{6})")
_PROPOSAL = re.compile(r"(?:prp_)?[0-9a-f]{1,32}")
_PATTERN = re.compile(r"[a-z0-9_.*-]{1,100}")
_SPAN = re.compile(r"(\d{1,4})([dw])")
_UNITS = {"d": 1, "w": 7}
STATUSES = (*(str(each) for each in Status if each is not Status.pending), str(Cause.expired))
"""What `history status` understands."""
WINDOW = 30
"""Days that `stats` looks back unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCommand:
    """What was typed cannot be answered; `text` is a sentence of ours that says what to type."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """The list of all verbs, below a sentence if one was typed that there is not."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A message that was linked: the card of what is to be shown, or a reply below it."""

    channel: str
    ts: str


def parse_command(text: str) -> "ListQuery | Linked | BadCommand | Help":
    """What the words ask for."""
    verb, *rest = text.split() or [""]
    match verb.lower():
        case "":
            return ListQuery(kind="waiting")
        case "help":
            return Help()
        case "approved" | "mine" | "all" | "overdue" | "remembered" as kind:
            bare: ListQuery = ListQuery(kind=kind)
            return BadCommand(text=say.nothing_follows_here(kind)) if rest else bare
        case "role" | "agent" | "action" as kind:
            if len(rest) != 1:
                return BadCommand(text=say.say_which(kind, _EXAMPLES[kind]))
            return _filtered(ListQuery(kind=kind), (kind,), rest)
        case "show":
            return _shown(rest)
        case "history":
            return _filtered(ListQuery(kind="history"), tuple(_HISTORY), rest)
        case "stats":
            return _stats(rest)
        case _:
            return _unknown(verb)


def as_meant(query: ListQuery, roles: "Iterable[str]", agents: "Iterable[str]") -> "ListQuery | BadCommand":
    """The query by the names of the policy, whatever their case; a sentence where another name is probably meant.

    What happened to an agent or a role of an older policy can still be asked for: only a list of what waits has to be
    of a name that there is.
    """
    role, agent = own_name(query.role, roles), own_name(query.agent, agents)
    for kind, said, meant, known in (("role", query.role, role, roles), ("agent", query.agent, agent, agents)):
        if said and meant is None and query.kind == kind and (near := nearest_name(said, known)):
            return BadCommand(text=say.there_is_none_of_this_name(kind, name(said), f"{kind} {near}"))
    return replace(query, role=role or query.role, agent=agent or query.agent)


def own_name(said: str, known: "Iterable[str]") -> str | None:
    """The name of ours that was typed, exactly or in another case; None for none, and for two alike."""
    names = list(known)
    if said in names:
        return said
    alike = [each for each in names if each.casefold() == said.casefold()]
    return alike[0] if len(alike) == 1 else None


def nearest_name(said: str, known: "Iterable[str]") -> str | None:
    """The name that is probably meant, if one is near."""
    folded = {each.casefold(): each for each in known}
    return next((folded[each] for each in get_close_matches(said.casefold(), folded, 1)), None)


def _shown(rest: "Sequence[str]") -> "ListQuery | Linked | BadCommand":
    said = rest[0] if len(rest) == 1 else ""
    if link := _LINK.fullmatch(said):
        below = _THREAD.search(link["more"] or "")
        return Linked(channel=link["channel"], ts=below[1] if below else f"{link['seconds']}.{link['rest']}")
    if _PROPOSAL.fullmatch(said.lower()):
        return ListQuery(kind="show", name=f"prp_{said.lower().removeprefix('prp_')}")
    return BadCommand(text=say.SAY_WHICH_ONE)


def _stats(rest: "Sequence[str]") -> "ListQuery | BadCommand":
    """Where a filter is expected, a span of days alone is short for `since`."""
    words: list[str] = []
    for each in rest:
        if len(words) % 2 == 0 and _SPAN.fullmatch(each.lower()):
            words.append("since")
        words.append(each)
    return _filtered(ListQuery(kind="stats", days=WINDOW), tuple(_STATS), words)


def _filtered(query: ListQuery, known: "Sequence[str]", rest: "Sequence[str]") -> "ListQuery | BadCommand":
    """The query with the filters that follow, as pairs of a name and what it is to be."""
    words = [query.kind, *rest] if known == (query.kind,) else list(rest)
    forms = listed([f"`{each} {_EXAMPLES[each]}`" for each in known], "or")
    for number in range(0, len(words), 2):
        which = words[number].lower()
        if which not in known:
            near = get_close_matches(which, known, 1)
            meant = say.did_you_mean(near[0]) if near else ""
            return BadCommand(text=say.there_is_no_filter_here(name(which), meant, forms))
        if number + 1 == len(words):
            return BadCommand(text=say.something_must_follow(which, _EXAMPLES[which]))
        if which in [each.lower() for each in words[:number:2]]:
            return BadCommand(text=say.may_be_given_once(which))
        found = _READ[which](query, words[number + 1])
        if isinstance(found, BadCommand):
            return found
        query = found
    return query


def _role(query: ListQuery, said: str) -> "ListQuery | BadCommand":
    return replace(query, role=said) if _name(said) else _unnamed("role")


def _agent(query: ListQuery, said: str) -> "ListQuery | BadCommand":
    return replace(query, agent=said) if _name(said) else _unnamed("agent")


def _action(query: ListQuery, said: str) -> "ListQuery | BadCommand":
    if _PATTERN.fullmatch(said.lower()):
        return replace(query, action=said.lower())
    return BadCommand(text=say.AN_ACTION_IS_LETTERS)


def _by(query: ListQuery, said: str) -> "ListQuery | BadCommand":
    if found := PERSON.fullmatch(said):
        return replace(query, by=found[1])
    return BadCommand(text=say.NAME_THE_PERSON_WITH_AND_PICK)


def _status(query: ListQuery, said: str) -> "ListQuery | BadCommand":
    if said.lower() in STATUSES:
        return replace(query, status=said.lower())
    return BadCommand(text=say.a_status_is(listed([f"`{each}`" for each in STATUSES], "or")))


def _since(query: ListQuery, said: str) -> "ListQuery | BadCommand":
    found = _SPAN.fullmatch(said.lower())
    days = int(found[1]) * _UNITS[found[2]] if found else 0
    if 1 <= days <= MOST_DAYS:
        return replace(query, days=days)
    return BadCommand(text=say.say_how_far_back_in_days(MOST_DAYS))


def _unknown(verb: str) -> Help:
    known = sorted({line.split()[0] for line, _ in HELP if line})
    near = get_close_matches(verb.lower(), known, 1)
    meant = say.did_you_mean_command(near[0]) if near else ""
    return Help(text=say.there_is_no_command(name(verb), meant))


def _name(said: str) -> bool:
    return len(said) <= LONGEST and said.isprintable()


def _unnamed(which: str) -> BadCommand:
    return BadCommand(text=say.that_is_no_name_of(which))


_EXAMPLES = {
    "role": "NAME",
    "agent": "NAME",
    "action": "refund.*",
    "by": "@NAME",
    "status": "rejected",
    "since": "7d",
}
_READ: "dict[str, Callable[[ListQuery, str], ListQuery | BadCommand]]" = {
    "role": _role,
    "agent": _agent,
    "action": _action,
    "by": _by,
    "status": _status,
    "since": _since,
}
_HISTORY = ("agent", "action", "by", "status", "since")
_STATS = ("role", "agent", "since")
