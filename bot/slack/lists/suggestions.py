"""Suggestions in a modal: what the past bears of the policy, to be read; nothing of it is applied from here. Pure."""

from typing import TYPE_CHECKING, Any

from bot.slack.blockkit.blocks import (
    Block,
    boxed,
    bullets,
    button,
    context_block,
    ours,
    paragraph,
    rich,
    run,
    section,
)
from bot.slack.blockkit.modals import modal
from bot.slack.blockkit.text import one_line, shorten, visible
from bot.slack.words import suggestions as say

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.suggestions import Findings
    from policy.checks.suggestion import Suggestion

SUGGEST = "suggestions"
"""The action id of the button."""
ALL = "*"
"""Its value where it is of no single role: Slack takes none that is empty."""
MOST = 10
"""Suggestions that are shown; the rest are counted."""
_WORDS, _FIGURE, _LINES = 600, 300, 1_500
"""Characters of a sentence, of one figure and of a diff."""


def offer(role: str) -> Block:
    """The button below figures, of one role or of all that the person leads."""
    return button(say.BUTTON, SUGGEST, role or ALL, said=say.BUTTON_SAID)


def suggestions_modal(found: "Findings", rules: "Collection[str] | None") -> dict[str, Any]:
    """What is suggested of these rules, or of all."""
    mine = [each for each in found.suggestions if rules is None or each.rule in rules]
    blocks = [section(ours(say.held_against(found.proposals, found.since)))]
    blocks += [_block(each) for each in mine[:MOST]]
    if not mine:
        blocks.append(section(ours(say.NOTHING)))
    if (more := len(mine) - MOST) > 0:
        blocks.append(section(ours(say.more_of_them(more))))
    return modal(say.TITLE, [*blocks, context_block(ours(say.NOTHING_IS_APPLIED))])


def _block(each: "Suggestion") -> Block:
    figures = [shorten(one_line(why), _FIGURE)[0] for why in each.why]
    if each.edit is not None:
        changes = ", ".join(f"{change} {many:,}" for change, many in each.replay.items())
        figures.append(say.replayed(changes))
    parts = [
        paragraph(run(f"{one_line(each.rule)}: {each.kind}", bold=True)),
        paragraph(run(shorten(one_line(each.what), _WORDS)[0])),
        bullets(paragraph(run(each)) for each in figures),
    ]
    if each.diff is not None:
        shown, left = shorten(visible(_changed(each.diff)), _LINES)
        parts += [boxed(shown), *([paragraph(run(say.rest_of_the_diff(each.rule), italic=True))] if left else [])]
    return rich(*parts)


def _changed(diff: str) -> str:
    """Its lines of the file, without a head that would be longer than they are."""
    return "\n".join(line for line in diff.splitlines() if not line.startswith(("--- ", "+++ ")))
