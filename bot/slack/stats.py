"""What samples say of what runs without anyone asked, as `/approvals stats` answers it. Pure."""

from typing import TYPE_CHECKING

from approvals.estimate import CONFIDENCE, interval
from bot.slack.blocks import Block, context, header, ours, plain, section
from bot.slack.text import one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage import Figures

NOTHING = (
    "Nothing that you may judge or own was drawn yet. A rule of tier auto draws a share of what it lets run "
    "where the policy says sample."
)
_TITLE = "How often what ran by itself was not fine"


def stats(figures: "Sequence[Figures]", turns: "Sequence[Block]", page: int = 0) -> tuple[list[Block], str]:
    """One page of figures, by action, and its text for notifications; `turns` are the buttons below it."""
    if not figures:
        gone = "This page is empty now." if page else NOTHING
        return [header(_TITLE), section(plain(gone)), *turns], gone
    told = [section(plain(f"{shorten(one_line(each.action), 100)[0]}\n{sentence(each)}")) for each in figures]
    how = (
        "Counted is what people said of cards drawn at random. The range holds the true rate in "
        f"{CONFIDENCE:.0%} of cases (Wilson's interval); the more is judged, the narrower it is."
    )
    return [header(_TITLE), *told, context(ours(how)), *turns], _TITLE


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
