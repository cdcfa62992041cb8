"""Reading figures, at the head of `/approvals stats`: how a person decided; to a lead, how each of a role did. Pure."""

from typing import TYPE_CHECKING

from approvals.oversight import ONCE, Figure
from bot.slack.blockkit.blocks import Block, context_block, ours, person, plain_text, section
from bot.slack.blockkit.text import one_line, shorten
from bot.slack.words import lists as say
from bot.slack.words.shared import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.oversight import Oversight

_MOST_PEOPLE = 12


def own_reading(of: "Oversight | None") -> list[Block]:
    """How the person who asks decided, in at most four short lines; nothing where they did not."""
    if of is None or not of.decisions:
        return []
    lines = [say.HOW_YOU_DECIDED, *reading_lines(of)]
    return [section(plain_text("\n".join(lines))), context_block(ours(say.SEEN_IS_THE_TIME))]


def reading_of_role(role: str, people: "Sequence[Oversight]") -> list[Block]:
    """How each of a role's reviewers decided in it, for who leads it: those with the most first."""
    title = say.how_they_decided(shorten(one_line(role), 40)[0])
    if not people:
        return [section(plain_text(f"{title}\n{say.NOBODY_DECIDED}"))]
    told = [
        section(ours("\n".join([f"*{person(each.name)}*", *reading_lines(each)]))) for each in people[:_MOST_PEOPLE]
    ]
    more = len(people) - _MOST_PEOPLE
    left = [section(plain_text(say.more_people(more)))] if more > 0 else []
    return [section(plain_text(title)), *told, *left, context_block(ours(say.LEAD_SEES_HOW_THEY_DECIDED))]


def reading_lines(of: "Oversight") -> list[str]:
    """What a person decided, how long they looked, whether that changes within an hour, and what came of it."""
    counted = [
        (of.number(Figure.agreed), "approved"),
        (of.number(Figure.changed), "edited"),
        (of.number(Figure.refused), "rejected"),
        (of.number(Figure.details), "after Details"),
        (of.number(Figure.retracted), "taken back"),
    ]
    lines = [say.decided(of.decisions, listed([f"{count} {word}" for count, word in counted if count]))]
    middle = of.read.quantile(0.5)
    unread = of.unread
    lines.append(say.NOT_KNOWN_HOW_LONG if middle is None else say.seen_for(middle / ONCE, unread.hits, unread.cases))
    if of.tires:
        first, last = (each.below(ONCE // 2).value or 0.0 for each in (of.streaks[0].read, of.late))
        lines.append(say.late_in_a_row(first, last))
    if of.disagreed.cases:
        lines.append(say.second_disagreed(of.disagreed.hits, of.disagreed.cases))
    failed, undone = of.number(Figure.failed_later), of.number(Figure.undone_later)
    return [*lines, *([say.after_approval(failed, undone)] if failed or undone else [])]
