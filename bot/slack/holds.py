"""What is held after a no, in Slack: the line on the card it came from, the list, the lines of history."""

from datetime import datetime
from typing import TYPE_CHECKING

from approvals.holds import HoldEnd
from bot.slack.blocks import Block, button, context, ours, person, plain, quote, rich, section, when
from bot.slack.text import one_line, shorten, visible, weight

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from approvals.holds import Hold
    from approvals.ports import Line

END = "end_hold"
_REASON = 250


def held(hold: "Hold") -> list[Block]:
    """What the card says of the hold that came with a no, with the button that ends it."""
    if hold.ended is not None:
        over = _over(str(hold.ended), hold.ended_by)
        return [section(ours(f":unlock: *No longer held:* {over}. {_stopped(hold.stopped)}"))]
    told = f":lock: *Held:* {person(hold.by)} holds the same until {when(hold.until)}."
    return [section(ours(f"{told} Proposed again by then, it is rejected at once."), _end(hold))]


def listing_of(holds: "Sequence[Hold]", endable: "Collection[str]") -> "Iterator[Block]":
    """For each what and which agent, who, until when, how many it stopped and why; `End` for those `endable` by id."""
    for each in holds:
        action = shorten(one_line(each.action), 100)[0]
        agent = shorten(one_line(each.agent), 60)[0]
        reason, left = shorten(visible(each.reason), _REASON, weight)
        yield section(plain(f"{action}\nby {agent}"), _end(each) if each.id in endable else None)
        yield rich(quote(f"{reason or '?'}{' …' if left else ''}"))
        yield context(ours(f"{person(each.by)} until {when(each.until)} · {_stopped(each.stopped)}"), plain(each.id))


def _end(hold: "Hold") -> Block:
    what = shorten(one_line(hold.action), 40)[0]
    return button("End", END, hold.id, said=f"End the hold on {what}", style="danger")


def _over(why: str, by: str | None) -> str:
    return f"{person(by or '')} ended it" if why == HoldEnd.person else "its time is over"


def _stopped(count: object) -> str:
    return f"It stopped *{count}*." if isinstance(count, int) and count else "It stopped none."


def _begun(each: "Line") -> str:
    hold = each.facts.get("hold")
    facts = hold if isinstance(hold, dict) else {}
    until = _moment(facts.get("until"))
    return f":lock: {person(str(facts.get('by')))} *holds the same* until {until}: nobody is asked about it till then."


def _ended(each: "Line") -> str:
    by = each.facts.get("by")
    over = _over(str(each.facts.get("why")), str(by) if by else None)
    return f":unlock: The same may be proposed again: {over}. {_stopped(each.facts.get('stopped'))}"


def _moment(instant: object) -> str:
    try:
        return when(datetime.fromisoformat(str(instant)))
    except ValueError:
        return "its end"


SENTENCES: "Mapping[str, str | Callable[[Line], str]]" = {"hold:begun": _begun, "hold:ended": _ended}
"""By audit tag."""
