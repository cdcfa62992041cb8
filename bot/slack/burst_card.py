"""The card that sums up a flood, and the list behind its `Review`. Nothing is decided on either. Pure."""

from typing import TYPE_CHECKING, Any

from bot.slack.blocks import actions, button, context, header, ours, paragraph, plain, rich, run, section, when
from bot.slack.cards import Card, made
from bot.slack.frame import modal, turning
from bot.slack.notification import notified
from bot.slack.queue import entry
from bot.slack.text import one_line, shorten
from bot.slack.words import burst_card as say
from bot.slack.words import shared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.proposal import Proposal
    from storage import Burst

REVIEW = "burst_review"
PAGE_SIZE = 8
MOST_CALLED = 40
"""People and groups that one summary calls."""
_MOST_KINDS = 8
_TIMES = "\u00d7"


def burst_card(burst: "Burst", *, mention: str = "") -> Card:
    """The summary as it stands. `mention` is markup of ours that calls the reviewers."""
    agent, count = _agent(burst), burst.count
    if burst.soonest is None:
        said = [run("Nothing of "), run(agent, bold=True), run(say.WAITS_HERE_NO_MORE)]
        blocks = [header(say.DECIDED), rich(paragraph(*said))]
        blocks.append(context(ours(say.WHAT_BECAME_OF_EACH)))
        return made(blocks, notified(say.nothing_waits_any_more(agent)))
    some = "1 request of " if count == 1 else f"{count} requests of "
    waits = " waits here: " if count == 1 else " wait here: "
    blocks = [
        header(say.APPROVAL_NEEDED),
        rich(paragraph(run(some), run(agent, bold=True), run(waits), run(f"{_kinds(burst)}."))),
        section(ours(say.first_rejected(when(burst.soonest)))),
        *([context(ours(shared.please_decide(mention)))] if mention else []),
        actions(button("Review", REVIEW, burst.lead, said=say.REVIEW_WHAT_WAITS_HERE, style="primary")),
    ]
    ends = say.ends(burst.soonest)
    return made(blocks, notified(f"{some}{agent}{waits}{_kinds(burst)}. {ends}"))


def burst_list(burst: "Burst", proposals: "Sequence[Proposal]", total: int, page: int, form_id: str) -> dict[str, Any]:
    """One page of what waits on a summary and the reader may see; pages count from 0."""
    agent = _agent(burst)
    if not total:
        said = say.NOTHING_THAT_YOU_MAY_SEE_WAITS if not burst.count else say.NOTHING_HERE_IS_YOURS_TO_SEE
        return modal("Review", [section(plain(said))], form_id=form_id, callback_id="burst")
    pages = pages_of(total)
    blocks = [
        rich(paragraph(run(f"{total} of "), run(agent, bold=True), run(say.THE_SOONEST_DEADLINE_FIRST))),
        *(block for each in proposals for block in entry(each, label="Open")),
        *turning("burst", page, pages, form_id),
        context(plain(say.OPEN_ONE_TO_SEE_IT_WHOLE)),
    ]
    return modal("Review", blocks, form_id=form_id, callback_id="burst")


def pages_of(total: int) -> int:
    """How many pages the list has, at least one."""
    return max(1, -(-total // PAGE_SIZE))


def _agent(burst: "Burst") -> str:
    return shorten(one_line(burst.agent), 80)[0] or "?"


def _kinds(burst: "Burst") -> str:
    named = [f"{count} {_TIMES} {shorten(one_line(action), 80)[0] or '?'}" for action, count in burst.kinds]
    rest = sum(count for _, count in burst.kinds[_MOST_KINDS:])
    return ", ".join([*named[:_MOST_KINDS], *([say.of_other_kinds(rest)] if rest else [])])
