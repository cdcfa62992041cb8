"""`End` of a hold and of a standing approval: a form says what it is and what follows, and its submission ends it."""

from typing import TYPE_CHECKING

from approvals.refusals import NotFound, NotYourRole, Refusal, StandingOver
from approvals.remembered.rejection import HoldOver
from approvals.seats import require_place
from bot.slack.blockkit import modals
from bot.slack.blockkit.blocks import Block, context, ours, person, plain_text, quote, rich, section, when
from bot.slack.blockkit.text import one_line, shorten, visible
from bot.slack.listeners import finder
from bot.slack.listeners.powers import Power, PowerForm, Subject, blank_form
from bot.slack.listeners.replies import Relist, deliver
from bot.slack.web.interaction import Interaction
from bot.slack.words import remembered as say
from bot.slack.words.answers import TITLE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.slack.context import Desk
    from bot.slack.listeners.finder import Blocks
    from bot.slack.listeners.replies import Reply, View

_LONGEST_REASON = 1000


async def end_hold(desk: "Desk", at: Interaction) -> "Reply":
    """`End` of a hold, on the card it came from or in the list."""
    return blank_form(desk, at, HOLD, _clicked(at))


async def end_standing(desk: "Desk", at: Interaction) -> "Reply":
    """`End` of what is approved for the next like it."""
    return blank_form(desk, at, STANDING, _clicked(at))


async def _ask_hold(desk: "Desk", at: Interaction, subject: Subject) -> PowerForm:
    hold_id = str(subject["id"])
    reviewer = await desk.known(at.user, at.team)
    hold = await desk.store.holds.of(hold_id)
    if hold is None:
        raise NotFound(hold_id)
    if reviewer.user != hold.by:
        require_place((await desk.proposal(hold_id)).gate, reviewer)
    if hold.ended is not None:
        raise HoldOver
    reason, left = shorten(visible(hold.reason), _LONGEST_REASON)
    blocks = [
        section(ours(say.HOLD)),
        _what(hold.action, hold.agent),
        rich(quote(f"{reason or '?'}{' …' if left else ''}")),
        context(ours(say.held_by(person(hold.by), when(hold.until)))),
    ]
    return PowerForm(title=say.END_HOLD, submit=say.END, blocks=blocks, subject=subject)


async def _act_hold(desk: "Desk", at: Interaction, subject: Subject) -> "View":
    await desk.lifecycle.end_hold(str(subject["id"]), await desk.known(at.user, at.team))
    _relist(desk, at, subject, finder.holds)
    return modals.sentence_modal(TITLE, say.HOLD_ENDED)


async def _ask_standing(desk: "Desk", at: Interaction, subject: Subject) -> PowerForm:
    approval_id = str(subject["id"])
    reviewer = await desk.people.reviewer(at.user, at.team)
    approval = await desk.store.standing.of(approval_id)
    if approval is None:
        raise NotFound(approval_id)
    if reviewer.user != approval.by and not approval.gate.may_refuse(reviewer):
        raise NotYourRole(approval.gate.roles)
    if approval.ended is not None:
        raise StandingOver
    told = say.left_of(person(approval.by), approval.left, approval.most, when(approval.until))
    blocks = [section(ours(say.STANDING)), _what(approval.action, approval.agent), context(ours(told))]
    return PowerForm(title=say.END_STANDING, submit=say.END, blocks=blocks, subject=subject)


async def _act_standing(desk: "Desk", at: Interaction, subject: Subject) -> "View":
    await desk.lifecycle.end_standing(str(subject["id"]), await desk.people.reviewer(at.user, at.team))
    _relist(desk, at, subject, finder.standing)
    return modals.sentence_modal(TITLE, say.STANDING_ENDED)


def _clicked(at: Interaction) -> Subject:
    """Which one, and where its list stands, if it was clicked in one."""
    return {"id": at.value, "list": at.response_url if at.ephemeral else None}


def _what(action: str, agent: str) -> Block:
    return section(plain_text(f"{shorten(one_line(action), 100)[0]}\nby {shorten(one_line(agent), 60)[0]}"))


def _relist(
    desk: "Desk", at: Interaction, subject: Subject, listed: "Callable[..., Awaitable[tuple[Blocks, str]]]"
) -> None:
    """The list in which it was clicked, as it is afterwards."""
    url = subject.get("list")
    if not isinstance(url, str):
        return

    async def shown() -> None:
        blocks, text = await listed(desk, await desk.known(at.user, at.team), 0)
        here = Interaction(user=at.user, team=at.team, response_url=url)
        await deliver(desk.client, here, Relist(blocks=blocks, text=text))

    desk.later(shown())


def _about(subject: Subject, refusal: Refusal) -> tuple[str | None, str | None]:
    """Both are known by the proposal that they came with."""
    known = not isinstance(refusal, NotFound) and "id" in subject
    return (str(subject["id"]) if known else None), None


HOLD = Power(purpose="hold_end", verb="end_hold", ask=_ask_hold, act=_act_hold, about=_about)
STANDING = Power(purpose="standing_end", verb="end_standing", ask=_ask_standing, act=_act_standing, about=_about)
