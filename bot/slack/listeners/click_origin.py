"""Click origins: a message that is recorded as ours, or a form that we opened for this very person.

Every listener asks here first. What people saw is compared by words wherever a button decides; since when they had it
before them, and how many words of it there were to read, goes with the decision.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from approvals.decision import FirstSeen
from approvals.events import Mismatched
from approvals.proposal import Proposal
from approvals.refusals import CardAltered, NotACard, NotFound
from approvals.sample import Sample
from bot.slack.blockkit.text import word_count, words_of
from bot.slack.cards import sample_card
from bot.slack.cards.batch_card import Batched
from bot.slack.cards.buttons import APPROVE_NEXT, RETRACT, menu_choice
from bot.slack.cards.remembered import NEXT_LABEL
from bot.slack.context import SlackContext
from bot.slack.outbound.keeper import Draft
from bot.slack.web.interaction import Interaction
from bot.slack.words.answers import characters_more
from bot.slack.words.status import LABEL as UNDO_LABEL
from storage import Flood, Form, Message, MessageKind, Modal
from storage.messages.modals import Purpose

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.slack.blockkit.blocks import Block


DECIDING = {
    "approve": "Approve",
    "details_approve": "Approve",
    APPROVE_NEXT: NEXT_LABEL,
    RETRACT: UNDO_LABEL,
    **sample_card.LABELS,
}
"""Buttons that decide at once, with what each says."""
FormKind = Literal[
    "edit",
    "confirm",
    "reject",
    "revoke",
    "object",
    "hand_over",
    "ask",
    "details",
    "review",
    "not_fine",
    "batch",
    "batch_reject",
    "flood",
    "type",
]
OWN = (MessageKind.card, MessageKind.batch)
"""What stands where a proposal's own card does: on one that others joined, what was on it before is still an answer."""
WHOLE = "whole"
"""Where the form of a review keeps whether it shows all that would run."""

LONGEST_SEEN = 20_000
"""So many characters of what a person saw are noted: more than Slack takes in a message."""
READ = "read"
"""Where the form of `Details` keeps whether it shows the last page: what others do meanwhile may add one after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickTarget:
    """What a click is about, once it is sure that it comes from a card or form of ours."""

    proposal: Proposal
    nonce: str
    """The nonce the clicked card or form carries; the moves compare it with the proposal's."""
    form: Form | None = None
    card: Message | None = None
    whole: bool | None = None
    """Whether what was clicked shows all that would run, as it was noted when it was sent; None where it was not."""
    words: str | None = None
    """What stood on the card when it was clicked, as far as it is about this proposal alone."""
    sample: Sample | None = None
    """On the card of a sample: what is looked over."""

    @property
    def roles(self) -> Collection[str]:
        """Who may be asked."""
        return self.proposal.gate.asked if self.sample is None else self.sample.roles


async def target(context: SlackContext, at: Interaction) -> ClickTarget:
    """Of a click on a proposal's own card or in a form. Raises NotACard, NotFound, CardAltered."""
    if at.in_modal:
        found = await form(context, at)
        if mislabelled(at):
            raise CardAltered
        proposal, whole = await context.proposal(found.proposal_id), found.typed.get(WHOLE)
        return ClickTarget(
            proposal=proposal, nonce=found.nonce, form=found, whole=None if whole is None else whole is True
        )
    proposal_id, _, nonce = menu_choice(at.value)[1].rpartition(".")
    proposal = await context.proposal(proposal_id)

    async def draft(channel: str) -> Draft | None:
        return await context.sender.draft(proposal, channel) if nonce == proposal.nonce else None

    message = await _message(context, at, OWN, proposal.id, proposal.channels, draft)
    seen = await _compare(context, at, message)
    return ClickTarget(
        proposal=proposal, nonce=nonce, card=message, whole=_whole(seen, message), words=_own_words(seen, message)
    )


async def batch(context: SlackContext, at: Interaction) -> Batched:
    """Those on the batch's card that was clicked. Raises NotACard.

    Its words are not compared, nor those of a summary: their button decides nothing, it lists what the database has.
    """
    found = None if at.channel is None else await context.sender.batch_of(at.value, at.channel)
    if found is None:
        raise NotACard
    shared = found
    await _message(
        context, at, OWN, shared.lead.id, [at.channel], lambda channel: context.sender.batch_draft(shared, channel)
    )
    return shared


async def flood(context: SlackContext, at: Interaction) -> Flood:
    """The flood whose card was clicked. Raises NotACard."""
    found = None if at.channel is None else await context.store.floods.of(at.value, at.channel, context.clock.now())
    if found is None or found.lead != at.value:
        raise NotACard
    flood, lead = found, await context.proposal(found.lead)
    await _message(
        context, at, (MessageKind.flood,), lead.id, [flood.channel], lambda _: context.sender.flood_draft(flood)
    )
    return flood


async def sample_click(context: SlackContext, at: Interaction) -> ClickTarget:
    """Of a click on a sample's card. Raises NotACard, NotFound, CardAltered."""
    proposal_id, _, nonce = at.value.rpartition(".")
    found = await context.store.samples.get(proposal_id)
    if found is None:
        raise NotFound(proposal_id)
    proposal, sampled = await context.proposal(proposal_id), found

    async def draft(channel: str) -> Draft | None:
        return await context.sender.sample_draft(sampled, proposal, channel) if nonce == sampled.nonce else None

    await _compare(
        context, at, await _message(context, at, (MessageKind.sample,), proposal_id, sampled.channels, draft)
    )
    return ClickTarget(proposal=proposal, nonce=nonce, sample=sampled)


async def form(context: SlackContext, at: Interaction, *kinds: FormKind) -> Form:
    """The form this modal was opened with; NotACard unless we opened it for this very person in this view.

    Of any kind where none is named.
    """
    found = await context.store.forms.get(at.form_id) if at.form_id else None
    if found is None or found.reviewer != at.user or found.view_id not in (None, at.view_id):
        raise NotACard
    if kinds and found.kind not in kinds:
        raise NotACard
    return found


async def opened_modal(context: SlackContext, at: Interaction, *purposes: Purpose) -> Modal:
    """The modal of such a purpose that Slack opened for this person in this view; NotACard for any other."""
    found = await context.store.modals.get(at.form_id) if at.form_id else None
    known = found is not None and (found.reviewer, found.view_id) == (at.user, at.view_id)
    if found is None or not known or found.purpose not in purposes:
        raise NotACard
    return found


async def use_modal(context: SlackContext, kept: Modal) -> None:
    """Its submission counts, and no other will; raises NotACard where one did before."""
    if not await context.store.modals.use(kept.id, context.clock.now()):
        raise NotACard


async def require_own_modal(context: SlackContext, at: Interaction) -> None:
    """NotACard unless Slack opened for this person the modal in which this happened.

    A view id alone says nothing: whoever signs requests can put any into them.
    """
    try:
        await opened_modal(context, at, "list", "next")
    except NotACard:
        await form(context, at)


async def open_form(
    context: SlackContext,
    at: Interaction,
    clicked: ClickTarget,
    kind: FormKind,
    typed: dict[str, Any] | None = None,
    view_id: str | None = None,
) -> Form:
    """Records that we open a form for this person and revision; with a view, that it takes the place of another."""
    opened = Form(
        id=context.ids.form_id(),
        proposal_id=clicked.proposal.id,
        revision=clicked.proposal.revision,
        nonce=clicked.nonce,
        reviewer=at.user,
        kind=kind,
        typed=typed or {},
        page=0,
        view_id=view_id,
        opened_at=context.clock.now(),
        first_seen=await first_seen(context, at.user, clicked),
    )
    await context.store.forms.open(opened)
    return opened


async def first_seen(context: SlackContext, user: str, clicked: ClickTarget) -> FirstSeen | None:
    """Since when the person has had before them what they click on, and how much it is; None if nobody knows."""
    proposal = clicked.proposal
    if clicked.form is not None:
        return clicked.form.first_seen
    if clicked.card is None:
        return None
    opened = await context.store.forms.first_opened(proposal.id, proposal.revision, user)
    return card_seen(proposal, clicked.card, opened, clicked.words)


def mislabelled(at: Interaction) -> bool:
    """Whether the pressed button decides something else than it says; no rewriting of Slack's makes that of ours."""
    return at.label != DECIDING.get(at.action_id, at.label)


async def _message(
    context: SlackContext,
    at: Interaction,
    kinds: Collection[MessageKind],
    subject: str,
    channels: Collection[str | None],
    draft: Callable[[str], Awaitable[Draft | None]],
) -> Message:
    """The clicked message as it is recorded, of such a kind and about this proposal. Raises NotACard for any other.

    One that we posted but did not live to record is adopted as the draft, if there is one and the channel has none;
    else it is a twin, and closed. What is recorded at all is neither: a click that says something else of it is not
    from it.
    """
    channel, ts = at.channel, at.message_ts
    if channel is None or ts is None or at.in_modal:
        raise NotACard
    found = await context.store.messages.at(channel, ts)
    if found is None and _by_us(context, at) and channel in channels:
        made = await draft(channel)
        fits = made is not None and made.key.kind in kinds and made.key.subject == subject
        if made is not None and fits and await context.sender.keeper.adopt(made, ts):
            found = await context.store.messages.at(channel, ts)
        else:
            context.later(context.sender.keeper.close_twin(channel, ts, subject))
    if found is None or found.key.kind not in kinds or found.key.subject != subject or found.state == "closed":
        raise NotACard
    return found


def _by_us(context: SlackContext, at: Interaction) -> bool:
    """Whether this app posted the clicked message."""
    identity = context.identity()
    if identity is None:
        return False
    by_app = at.by_app == identity.app_id
    return by_app or (identity.bot_id is not None and at.by_bot == identity.bot_id)


async def _compare(context: SlackContext, at: Interaction, message: Message) -> str:
    """Notes and mends what is not as we rendered it, or whose button says something else than it does; the words of it.

    By words: Slack rewrites blocks, not words. Raises CardAltered as the setting says.
    """
    seen = words_of(at.blocks)
    if seen in (message.words, message.previous_words) and not mislabelled(at):
        return seen
    note = Mismatched(
        at=context.clock.now(), channel=message.key.channel, ts=message.ts or "", expected=message.words, actual=seen
    )
    of_sample = message.key.kind is MessageKind.sample  # the agent may one day read its proposals' entries
    await context.lifecycle.note(None if of_sample else message.key.subject, note, context.actor(at))
    await context.store.messages.enqueue(message.key)
    _obey_setting(context, at)
    return seen


def _own_words(words: str, message: Message) -> str | None:
    """What the person had before them, for the record; None where it tells of others too, which are erased apart.

    Whoever signs a click can make it say anything: it is kept as it may be kept, and no longer than a card can be.
    """
    if message.key.kind is MessageKind.batch and words != message.previous_words:
        return None
    kept = words[:LONGEST_SEEN].encode(errors="replace").decode().replace("\0", "\ufffd")
    left = len(words) - LONGEST_SEEN
    return kept if left <= 0 else f"{kept}\n{characters_more(left)}"


def _whole(words: str, message: Message) -> bool | None:
    """Of the rendering that the person saw; of one that is not ours nothing is noted."""
    if words == message.words:
        return message.whole
    return message.previous_whole if words == message.previous_words else None


def _obey_setting(context: SlackContext, at: Interaction) -> None:
    """Raises CardAltered where the operators will not have altered cards count, and wherever a button lies."""
    if context.mismatch == "refuse" or mislabelled(at):
        raise CardAltered


def card_seen(
    proposal: "Proposal", row: "Message", opened: "datetime | None", text: str | None = None
) -> FirstSeen | None:
    """For a click on a card: since it was posted, since the payload was last changed, or since the person opened it.

    The latest of what is known counts; `opened` is when the person first opened `Details` or a review. None where
    neither that nor when it was posted is known.
    """
    if row.posted_at is None and opened is None:
        return None
    known = [each for each in (row.posted_at, opened, proposal.revisions[-1].at) if each is not None]
    return FirstSeen(at=max(known), words=word_count(row.words), text=text)


def opened_seen(opened: "datetime", shown: "Sequence[Block]", *, alone: bool = True) -> FirstSeen:
    """For a click in a modal that a person first opened then, and what it shows them, be it of one proposal `alone`."""
    words = words_of(shown)
    return FirstSeen(at=opened, words=word_count(words), text=words if alone else None)
