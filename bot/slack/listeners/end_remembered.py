"""`End` of a remembered rejection or approval: a form says what it is and what follows, and its submission ends it."""

from typing import TYPE_CHECKING

from approvals.refusals import NotFound, NotYourRole, Refusal, RememberedOver
from approvals.remembered.rejection import RememberedRejectionOver
from approvals.seats import require_place
from bot.slack.blockkit.blocks import Block, context, ours, person, plain_text, quote, rich, section, when
from bot.slack.blockkit.modals import sentence_modal
from bot.slack.blockkit.text import one_line, shorten, visible
from bot.slack.listeners import finder
from bot.slack.listeners.powers import Power, PowerForm, Subject, blank_form
from bot.slack.listeners.replies import Relist, deliver
from bot.slack.web.interaction import Interaction
from bot.slack.words import remembered as say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.slack.context import Desk
    from bot.slack.listeners.finder import Blocks
    from bot.slack.listeners.replies import Reply, View

_LONGEST_REASON = 1000


async def end_remembered_rejection(desk: "Desk", at: Interaction) -> "Reply":
    """`End` of a remembered rejection, on the card it came from or in the list."""
    return blank_form(desk, at, REJECTION, _clicked(at))


async def end_remembered_approval(desk: "Desk", at: Interaction) -> "Reply":
    """`End` of what is approved for the next like it."""
    return blank_form(desk, at, APPROVAL, _clicked(at))


async def _ask_rejection(desk: "Desk", at: Interaction, subject: Subject) -> PowerForm:
    rejection_id = str(subject["id"])
    reviewer = await desk.known(at.user, at.team)
    rejection = await desk.store.remembered_rejections.of(rejection_id)
    if rejection is None:
        raise NotFound(rejection_id)
    if reviewer.user != rejection.by:
        require_place((await desk.proposal(rejection_id)).gate, reviewer)
    if rejection.ended is not None:
        raise RememberedRejectionOver
    reason, left = shorten(visible(rejection.reason), _LONGEST_REASON)
    blocks = [
        section(ours(say.REJECTION)),
        _what(rejection.action, rejection.agent),
        rich(quote(f"{reason or '?'}{' …' if left else ''}")),
        context(ours(say.rejected_by(person(rejection.by), when(rejection.until)))),
    ]
    return PowerForm(title=say.END_REJECTION, submit=say.END, blocks=blocks, subject=subject)


async def _act_rejection(desk: "Desk", at: Interaction, subject: Subject) -> "View":
    await desk.lifecycle.end_remembered_rejection(str(subject["id"]), await desk.known(at.user, at.team))
    _relist(desk, at, subject, finder.holds)
    return sentence_modal(say.REJECTION_ENDED)


async def _ask_approval(desk: "Desk", at: Interaction, subject: Subject) -> PowerForm:
    approval_id = str(subject["id"])
    reviewer = await desk.people.reviewer(at.user, at.team)
    approval = await desk.store.remembered_approvals.of(approval_id)
    if approval is None:
        raise NotFound(approval_id)
    if reviewer.user != approval.by and not approval.gate.may_refuse(reviewer):
        raise NotYourRole(approval.gate.roles)
    if approval.ended is not None:
        raise RememberedOver
    told = say.left_of(person(approval.by), approval.left, approval.most, when(approval.until))
    blocks = [section(ours(say.APPROVAL)), _what(approval.action, approval.agent), context(ours(told))]
    return PowerForm(title=say.END_APPROVAL, submit=say.END, blocks=blocks, subject=subject)


async def _act_approval(desk: "Desk", at: Interaction, subject: Subject) -> "View":
    await desk.lifecycle.end_remembered_approval(str(subject["id"]), await desk.people.reviewer(at.user, at.team))
    _relist(desk, at, subject, finder.standing)
    return sentence_modal(say.APPROVAL_ENDED)


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


REJECTION = Power(
    purpose="remembered_rejection_end",
    verb="end_remembered_rejection",
    ask=_ask_rejection,
    act=_act_rejection,
    about=_about,
)
APPROVAL = Power(
    purpose="remembered_approval_end",
    verb="end_remembered_approval",
    ask=_ask_approval,
    act=_act_approval,
    about=_about,
)
