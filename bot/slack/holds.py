"""What is held after a no, in Slack: the line on the card it came from, the list, the lines of history."""

from typing import TYPE_CHECKING

from bot.slack.blocks import Block, button, context, ours, person, plain, quote, rich, section, when
from bot.slack.text import one_line, shorten, visible, weight
from bot.slack.words import holds as say
from bot.slack.words.holds import how_ended, stopped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from approvals.holds import Hold

END = "end_hold"
_REASON = 250


def held(hold: "Hold") -> list[Block]:
    """What the card says of the hold that came with a no, with the button that ends it."""
    if hold.ended is not None:
        over = how_ended(str(hold.ended), hold.ended_by)
        return [section(ours(say.no_longer_held(over, stopped(hold.stopped))))]
    told = say.holds_the_same_until(person(hold.by), when(hold.until))
    return [section(ours(say.proposed_again_by_then(told)), _end(hold))]


def listing_of(holds: "Sequence[Hold]", endable: "Collection[str]") -> "Iterator[Block]":
    """For each what and which agent, who, until when, how many it stopped and why; `End` for those `endable` by id."""
    for each in holds:
        action = shorten(one_line(each.action), 100)[0]
        agent = shorten(one_line(each.agent), 60)[0]
        reason, left = shorten(visible(each.reason), _REASON, weight)
        yield section(plain(f"{action}\nby {agent}"), _end(each) if each.id in endable else None)
        yield rich(quote(f"{reason or '?'}{' …' if left else ''}"))
        yield context(ours(f"{person(each.by)} until {when(each.until)} · {stopped(each.stopped)}"), plain(each.id))


def _end(hold: "Hold") -> Block:
    what = shorten(one_line(hold.action), 40)[0]
    return button("End", END, hold.id, said=say.end_the_hold_on(what), style="danger")
