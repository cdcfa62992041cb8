"""Statistics, as `/approvals stats` answers: what people were asked, and what samples say of the rest. Pure."""

from typing import TYPE_CHECKING

from approvals.estimate import CONFIDENCE, interval, more_to_show
from approvals.oversight import BOUNDS
from bot.slack.blockkit.blocks import Block, button, context_block, header, ours, plain_text, section
from bot.slack.blockkit.text import one_line, shorten
from bot.slack.lists.pages import filters
from bot.slack.words import lists as say
from bot.slack.words import shared
from bot.slack.words.shared import listed, name, roughly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.slack.lists.query import ListQuery
    from storage import RoleStats, Stats

AS_PICTURE = "stats_picture"
"""The action id of the button below a role's figures, where there is what draws."""
PAGE_SIZE = 6
NOTHING = say.NOBODY_WAS_ASKED_ANYTHING
_MOST_ROLES = 4
"""Shown of one action; the rest are counted."""


def stats(
    figures: "Sequence[Stats]", query: "ListQuery", turns: "Sequence[Block]", reading: "Sequence[Block]" = ()
) -> tuple[list[Block], str]:
    """One page of figures, by action, and its text for notifications; `turns` are the buttons below it.

    `reading` stands above them: how people decided.
    """
    held = context_block(ours(filters(query)))
    if not figures:
        gone = shared.THIS_PAGE_IS_EMPTY_NOW if query.page else NOTHING
        return [header(say.TITLE), held, *reading, section(ours(gone)), *turns], gone
    told = [section(plain_text("\n".join([shorten(one_line(each.action), 100)[0], *_lines(each)]))) for each in figures]
    notes = []
    if any(each.asked for each in figures):
        notes.append(say.THE_WAIT_IS_THE_MEDIAN)
    if any(asked.rushed for each in figures for asked in each.asked):
        notes.append(say.RUSHED_DECISIONS_CAME_SOONER)
    if any(each.sampled for each in figures):
        notes.append(say.judged_are(CONFIDENCE))
    below = [context_block(ours(" ".join(notes)))] if notes else []
    return [header(say.TITLE), held, *reading, *told, *below, *turns], say.TITLE


def picture_button(query: "ListQuery") -> Block:
    """The button that draws the same."""
    return button(say.AS_PICTURE, AS_PICTURE, query.to_value(), said=say.AS_PICTURE_SAID)


def not_yours(role: str) -> str:
    """The answer for a role that is not the asker's, be it that there is none of the name; markup of ours."""
    return say.you_are_not_in_a_role(name(role))


def asked_of(each: "RoleStats") -> list[str]:
    """What became of what one role was asked, in at most three short lines."""
    whom = shorten(one_line(each.role), 40)[0] if each.role else say.OWN
    waits = f", {each.waits} wait{'s' if each.waits == 1 else ''}" if each.waits else ""
    ended = [
        (each.untouched, "approved untouched"),
        (each.edited, "edited"),
        (each.rejected, "rejected"),
        (each.expired, "expired"),
        (each.revoked, "revoked"),
        (each.otherwise, "ended otherwise"),
    ]
    counted = listed([f"{count} {word}" for count, word in ended if count])
    lines = [f"{whom}: {each.asked} asked{waits}", *([counted] if counted else [])]
    told = [] if each.median is None else [f"median wait {roughly(each.median)}"]
    told += [f"{each.rushed} rushed"] if each.rushed else []
    return [*lines, *([" · ".join(told)] if told else [])]


def sample_stats(each: "Stats") -> str:
    """What became of one action's samples, in plain words."""
    waiting = each.sampled - each.judged
    open_ones = say.wait_to_be_judged(waiting) if waiting else say.NONE_WAITS_TO_BE_JUDGED
    sampled = f"{each.sampled} {'was' if each.sampled == 1 else 'were'} drawn, {open_ones}."
    if not each.judged:
        return say.nothing_is_judged_yet(sampled)
    low, high = interval(each.not_fine, each.judged)
    were = "was" if each.not_fine == 1 else "were"
    told = say.of_judged(each.not_fine, each.judged, were, each.not_fine / each.judged, low, high, sampled)
    bound, more = next(
        ((bound, more) for bound in BOUNDS if (more := more_to_show(each.not_fine, each.judged, bound))), (0.0, 0)
    )
    return f"{told} {say.look_over(more, bound)}" if more else told


def _lines(each: "Stats") -> list[str]:
    lines = [told for asked in each.asked[:_MOST_ROLES] for told in asked_of(asked)]
    if more := len(each.asked) - _MOST_ROLES:
        lines += [say.more_roles(more)] if more > 0 else []
    return [*lines, *([sample_stats(each)] if each.sampled else [])]
