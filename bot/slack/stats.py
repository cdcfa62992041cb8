"""How it went, as `/approvals stats` answers it: what people were asked, and what samples say of the rest. Pure."""

from typing import TYPE_CHECKING

from approvals.estimate import CONFIDENCE, interval
from bot.slack.blocks import Block, context, header, ours, plain, section
from bot.slack.queue import filters
from bot.slack.text import one_line, shorten
from bot.slack.words.labels import listed, name, roughly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.slack.query import Query
    from storage import Asked, Figures

PAGE_SIZE = 6
NOTHING = (
    "Nobody was asked anything in this time that is yours to see, and nothing that you may judge or own was drawn. "
    "Look further back: `/approvals stats 90d`."
)
_TITLE = "How it went"
_MOST_ROLES = 4
"""Shown of one action; the rest are counted."""
_OWN = "what you own"


def stats(figures: "Sequence[Figures]", query: "Query", turns: "Sequence[Block]") -> tuple[list[Block], str]:
    """One page of figures, by action, and its text for notifications; `turns` are the buttons below it."""
    held = context(ours(filters(query)))
    if not figures:
        gone = "This page is empty now." if query.page else NOTHING
        return [header(_TITLE), held, section(ours(gone)), *turns], gone
    told = [section(plain("\n".join([shorten(one_line(each.action), 100)[0], *_lines(each)]))) for each in figures]
    notes = []
    if any(each.asked for each in figures):
        notes.append("The wait is the median: half were decided sooner. What is still open has none.")
    if any(asked.hasty for each in figures for asked in each.asked):
        notes.append("Hasty are decisions that came sooner than there was time to read.")
    if any(each.drawn for each in figures):
        notes.append(
            "Judged are cards drawn at random of what ran by itself. The range holds the true rate in "
            f"{CONFIDENCE:.0%} of cases (Wilson's interval); the more is judged, the narrower it is."
        )
    below = [context(ours(" ".join(notes)))] if notes else []
    return [header(_TITLE), held, *told, *below, *turns], _TITLE


def not_yours(role: str) -> str:
    """The answer for a role that is not the asker's, be it that there is none of the name; markup of ours."""
    return f"You are not in a role *{name(role)}*, so there are no figures of it for you."


def asked_of(each: "Asked") -> list[str]:
    """What became of what one role was asked, in at most three short lines."""
    whom = shorten(one_line(each.role), 40)[0] if each.role else _OWN
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
    told += [f"{each.hasty} hasty"] if each.hasty else []
    return [*lines, *([" · ".join(told)] if told else [])]


def sentence(each: "Figures") -> str:
    """What became of one action's samples, in plain words."""
    waiting = each.drawn - each.judged
    open_ones = f"{waiting} wait{'s' if waiting == 1 else ''} to be judged" if waiting else "none waits to be judged"
    drawn = f"{each.drawn} {'was' if each.drawn == 1 else 'were'} drawn, {open_ones}."
    if not each.judged:
        return f"Nothing is judged yet, so nothing can be said of its errors. {drawn}"
    low, high = interval(each.not_fine, each.judged)
    were = "was" if each.not_fine == 1 else "were"
    return (
        f"{each.not_fine} of {each.judged} judged {were} not fine: {each.not_fine / each.judged:.1%}. "
        f"The true rate is likely between {low:.1%} and {high:.1%}. {drawn}"
    )


def _lines(each: "Figures") -> list[str]:
    lines = [told for asked in each.asked[:_MOST_ROLES] for told in asked_of(asked)]
    if more := len(each.asked) - _MOST_ROLES:
        lines += [f"… and {more} more: /approvals stats role NAME"] if more > 0 else []
    return [*lines, *([sentence(each)] if each.drawn else [])]
