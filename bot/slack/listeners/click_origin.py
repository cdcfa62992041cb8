"""Where a click comes from: a message that is recorded as ours, or a form that we opened for this very person.

Every listener asks here first. What people saw is compared by words wherever a button decides; since when they had it
before them, and how many words of it there were to read, goes with the decision.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from approvals.attestation import Seen
from approvals.events import Mismatched
from approvals.proposal import Proposal
from approvals.refusals import CardAltered, NotACard, NotFound
from approvals.sample import Sample
from bot.slack.blockkit.text import word_count, words_of
from bot.slack.cards import sample_card
from bot.slack.cards.batch_card import Together
from bot.slack.cards.buttons import APPROVE_NEXT, RETRACT, chosen
from bot.slack.cards.remembered import NEXT_LABEL
from bot.slack.context import Desk
from bot.slack.web.interaction import Interaction
from bot.slack.words.status import LABEL as UNDO_LABEL
from storage import Burst, CardRow, Form, Modal, SampleCard
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
    "burst",
    "type",
]
Row = TypeVar("Row", CardRow, SampleCard)
WHOLE = "whole"
"""Where the form of a review keeps whether it shows all that would run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickTarget:
    """What a click is about, once it is sure that it comes from a card or form of ours."""

    proposal: Proposal
    nonce: str
    """The nonce the clicked card or form carries; the moves compare it with the proposal's."""
    form: Form | None = None
    card: CardRow | None = None
    whole: bool | None = None
    """Whether what was clicked shows all that would run, as it was noted when it was sent; None where it was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTarget:
    """What a click on a sample's card is about."""

    sample: Sample
    proposal: Proposal
    nonce: str
    """The nonce that the clicked card carries."""


async def target(desk: Desk, at: Interaction) -> ClickTarget:
    """Of a click on a proposal's own card or in a form. Raises NotACard, NotFound, CardAltered."""
    if at.in_modal:
        found = await form(desk, at)
        if mislabelled(at):
            raise CardAltered
        proposal, whole = await desk.proposal(found.proposal_id), found.typed.get(WHOLE)
        return ClickTarget(
            proposal=proposal, nonce=found.nonce, form=found, whole=None if whole is None else whole is True
        )
    proposal_id, _, nonce = chosen(at.value)[1].rpartition(".")
    proposal = await desk.proposal(proposal_id)

    async def adopt(channel: str, ts: str) -> CardRow | None:
        return await _adopt_card(desk, channel, ts, proposal) if nonce == proposal.nonce else None

    row = await _message(desk, at, CardRow, proposal.id, proposal.channels, adopt)
    if note := _mismatch(desk, at, row):
        await desk.lifecycle.note(proposal.id, note, desk.actor(at))
        await desk.store.want_card(proposal.id)
        _obey_setting(desk, at)
    return ClickTarget(proposal=proposal, nonce=nonce, card=row, whole=_whole(at, row))


async def batch(desk: Desk, at: Interaction) -> Together:
    """Those on the batch's card that was clicked. Raises NotACard.

    Its words are not compared, nor those of a summary: their button decides nothing, it lists what the database has.
    """
    together = None if at.channel is None else await desk.sender.together(at.value, at.channel)
    if together is None:
        raise NotACard
    lead = together.lead
    await _message(desk, at, CardRow, lead.id, [at.channel], lambda channel, ts: _adopt_card(desk, channel, ts, lead))
    return together


async def flood(desk: Desk, at: Interaction) -> Burst:
    """The summary that was clicked. Raises NotACard."""
    burst = None if at.channel is None else await desk.store.bursts.of(at.value, at.channel, desk.clock.now())
    if burst is None or burst.lead != at.value:
        raise NotACard
    lead = await desk.proposal(burst.lead)
    await _message(
        desk, at, CardRow, lead.id, [burst.channel], lambda channel, ts: _adopt_card(desk, channel, ts, lead)
    )
    return burst


async def sample(desk: Desk, at: Interaction) -> SampleTarget:
    """Of a click on a sample's card. Raises NotACard, NotFound, CardAltered."""
    proposal_id, _, nonce = at.value.rpartition(".")
    found = await desk.store.samples.get(proposal_id)
    if found is None:
        raise NotFound(proposal_id)
    proposal, drawn = await desk.proposal(proposal_id), found

    async def adopt(channel: str, ts: str) -> SampleCard | None:
        if nonce != drawn.nonce:
            return None
        shown = sample_card.sample_card(drawn, proposal)
        if not await desk.store.samples.posted(proposal.id, channel, ts, words=shown.words, digest=shown.digest):
            return None
        return await desk.store.samples.at(channel, ts)

    row = await _message(desk, at, SampleCard, proposal_id, drawn.channels, adopt)
    if note := _mismatch(desk, at, row):
        await desk.lifecycle.note(None, note, desk.actor(at))  # the agent may one day read its proposals' entries
        await desk.store.samples.want(proposal_id, row.channel)
        _obey_setting(desk, at)
    return SampleTarget(sample=drawn, proposal=proposal, nonce=nonce)


async def form(desk: Desk, at: Interaction) -> Form:
    """The form this modal was opened with; NotACard unless we opened it for this very person in this view."""
    found = await desk.store.forms.get(at.form_id) if at.form_id else None
    if found is None or found.reviewer != at.user or found.view_id not in (None, at.view_id):
        raise NotACard
    return found


async def modal(desk: Desk, at: Interaction, *purposes: Purpose) -> Modal:
    """The modal of such a purpose that Slack opened for this person in this view; NotACard for any other."""
    found = await desk.store.modals.get(at.form_id) if at.form_id else None
    known = found is not None and (found.reviewer, found.view_id) == (at.user, at.view_id)
    if found is None or not known or found.purpose not in purposes:
        raise NotACard
    return found


async def use_modal(desk: Desk, kept: Modal) -> None:
    """Its submission counts, and no other will; raises NotACard where one did before."""
    if not await desk.store.modals.use(kept.id, desk.clock.now()):
        raise NotACard


async def require_ours(desk: Desk, at: Interaction) -> None:
    """NotACard unless Slack opened for this person the modal in which this happened.

    A view id alone says nothing: whoever signs requests can put any into them.
    """
    try:
        await modal(desk, at, "list", "next")
    except NotACard:
        await form(desk, at)


async def open_form(
    desk: Desk,
    at: Interaction,
    clicked: ClickTarget,
    kind: FormKind,
    typed: dict[str, Any] | None = None,
    view_id: str | None = None,
) -> Form:
    """Records that we open a form for this person and revision; with a view, that it takes the place of another."""
    opened = Form(
        id=desk.ids.form_id(),
        proposal_id=clicked.proposal.id,
        revision=clicked.proposal.revision,
        nonce=clicked.nonce,
        reviewer=at.user,
        kind=kind,
        typed=typed or {},
        page=0,
        view_id=view_id,
        opened_at=desk.clock.now(),
        seen=await first_seen(desk, at.user, clicked),
    )
    await desk.store.forms.open(opened)
    return opened


async def first_seen(desk: Desk, user: str, clicked: ClickTarget) -> Seen | None:
    """Since when the person has had before them what they click on, and how much it is; None if nobody knows."""
    proposal = clicked.proposal
    if clicked.form is not None:
        return clicked.form.seen
    if clicked.card is None:
        return None
    opened = await desk.store.forms.first_opened(proposal.id, proposal.revision, user)
    return card_seen(proposal, clicked.card, opened)


def mislabelled(at: Interaction) -> bool:
    """Whether the pressed button decides something else than it says; no rewriting of Slack's makes that of ours."""
    return at.label != DECIDING.get(at.action_id, at.label)


async def _message(
    desk: Desk,
    at: Interaction,
    kind: type[Row],
    proposal_id: str,
    channels: Collection[str | None],
    adopt: Callable[[str, str], Awaitable[Row | None]],
) -> Row:
    """The clicked message as it is recorded, of such a kind and of this proposal. Raises NotACard for any other.

    One that we posted but did not live to record is adopted if the channel has none; else it is a twin, and closed.
    What is recorded at all is neither: a click that says something else of it is not from it.
    """
    channel, ts = at.channel, at.message_ts
    if channel is None or ts is None or at.in_modal:
        raise NotACard
    row = await desk.store.cards.at(channel, ts) or await desk.store.samples.at(channel, ts)
    if row is None and _by_us(desk, at) and channel in channels:
        row = await adopt(channel, ts)
        if row is None:
            desk.later(desk.sender.close_twin(channel, ts, proposal_id))
    if not isinstance(row, kind) or row.proposal_id != proposal_id:
        raise NotACard
    if isinstance(row, CardRow) and row.state == "closed":
        raise NotACard
    return row


def _by_us(desk: Desk, at: Interaction) -> bool:
    """Whether this app posted the clicked message."""
    identity = desk.identity()
    if identity is None:
        return False
    by_app = at.by_app == identity.app_id
    return by_app or (identity.bot_id is not None and at.by_bot == identity.bot_id)


async def _adopt_card(desk: Desk, channel: str, ts: str, proposal: Proposal) -> CardRow | None:
    rendered = await desk.sender.render(proposal, channel)
    await desk.store.cards.intend(proposal.id, channel, desk.clock.now(), words=rendered.words, whole=rendered.whole)
    adopted = await desk.store.cards.posted(
        proposal.id,
        channel,
        ts,
        version=proposal.version,
        digest=rendered.digest,
        words=rendered.words,
        revision=proposal.revision,
        now=desk.clock.now(),
        adopted=True,
        whole=rendered.whole,
    )
    if not adopted:
        return None
    await desk.store.want_card(proposal.id)  # nobody knows which version of it Slack shows
    return await desk.store.cards.at(channel, ts)


def _mismatch(desk: Desk, at: Interaction, row: CardRow | SampleCard) -> Mismatched | None:
    """What the person saw, where it is not what we rendered or the button says something else than it does.

    By words: Slack rewrites blocks, not words.
    """
    seen, expected = words_of(at.blocks), (row.words, row.previous_words)
    if seen in expected and not mislabelled(at):
        return None
    return Mismatched(at=desk.clock.now(), channel=row.channel, ts=row.ts or "", expected=row.words, seen=seen)


def _whole(at: Interaction, row: CardRow) -> bool | None:
    """Of the rendering that the person saw; of one that is not ours nothing is noted."""
    seen = words_of(at.blocks)
    if seen == row.words:
        return row.whole
    return row.previous_whole if seen == row.previous_words else None


def _obey_setting(desk: Desk, at: Interaction) -> None:
    """Raises CardAltered where the operators will not have altered cards count, and wherever a button lies."""
    if desk.mismatch == "refuse" or mislabelled(at):
        raise CardAltered


def card_seen(proposal: "Proposal", row: "CardRow", opened: "datetime | None") -> Seen | None:
    """For a click on a card: since it was posted, since the payload was last changed, or since the person opened it.

    The latest of what is known counts; `opened` is when the person first opened `Details` or a review. None where
    neither that nor when it was posted is known.
    """
    if row.posted_at is None and opened is None:
        return None
    known = [each for each in (row.posted_at, opened, proposal.revisions[-1].at) if each is not None]
    return Seen(at=max(known), words=word_count(row.words))


def opened_seen(opened: "datetime", shown: "Sequence[Block]") -> Seen:
    """For a click in a modal that a person first opened then, and what it shows them."""
    return Seen(at=opened, words=word_count(words_of(shown)))
