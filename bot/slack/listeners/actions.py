"""Button actions: a listener resolves from where and by whom, calls one verb, and answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

from approvals.decision import Attestation, FirstSeen
from approvals.digest import JSON
from approvals.moves.confirmation import takes_words
from approvals.moves.deadlines import later_deadline
from approvals.moves.look_ahead import FormVerb
from approvals.moves.reviewer import require_another
from approvals.moves.samples import may_judge
from approvals.proposal import Proposal, Status
from approvals.refusals import NotACard, Refusal
from approvals.reviewer import Reviewer
from approvals.seats import places
from bot.slack.blockkit.modals import sentence_modal
from bot.slack.cards import buttons
from bot.slack.cards.buttons import RETRACT, menu_choice
from bot.slack.cards.card import is_whole
from bot.slack.cards.details import Shown, opened
from bot.slack.cards.flood_card import REVIEW
from bot.slack.cards.remembered import END_REMEMBERED
from bot.slack.cards.status import ask_form
from bot.slack.context import SlackContext, may_see
from bot.slack.forms import dialogs
from bot.slack.forms.edit_form import form_for
from bot.slack.forms.typed_confirmation import type_form
from bot.slack.listeners import breaks, click_origin, next_in_list
from bot.slack.listeners.batch import batch_reject, batch_review, flood_review, turn_flood
from bot.slack.listeners.click_origin import ClickTarget, first_seen, open_form
from bot.slack.listeners.end_remembered import end_remembered
from bot.slack.listeners.paging import turn_confirm, turn_lost, turn_page, verdicts_of
from bot.slack.listeners.replies import Handler, Open, Reply, Say, Show, View
from bot.slack.lists.pages import NEXT_IN_LIST
from bot.slack.lists.query import ListQuery
from bot.slack.web.interaction import Interaction
from bot.slack.words import answers, refusals
from bot.slack.words.drills import is_over
from bot.worker import light

Refusing: TypeAlias = Literal["reject", "revoke", "object"]


async def approve(context: SlackContext, at: Interaction) -> Reply:
    """`Approve` on a card, or in a review that we opened for this person."""
    target = await click_origin.target(context, at)
    if target.form is not None and target.form.kind != "review":
        raise NotACard  # only a review shows the whole card; other forms have no Approve
    if not await _shows_all(context, target):
        raise NotACard  # such a card has no Approve; whoever sends one did not see everything
    return await _agreed(context, at, target)


async def approve_next(context: SlackContext, at: Interaction) -> Reply:
    """`Approve and the next like it`, from where `Approve` stands too."""
    target = await click_origin.target(context, at)
    if target.form is not None and target.form.kind != "review":
        raise NotACard
    if not await _shows_all(context, target):
        raise NotACard
    reviewer = await context.reviewer(at, target.proposal)
    seen = await first_seen(context, at.user, target)
    decided = await context.lifecycle.approve_and_next(
        target.proposal.id, reviewer, target.nonce, attestation=Attestation(first_seen=seen)
    )
    return await _thanked(context, at, target, decided)


async def retract(context: SlackContext, at: Interaction) -> Reply:
    """`Undo my approval`: one's own approval, at once. Nobody is looked up: whoever gave it may, and time runs."""
    target = await click_origin.target(context, at)
    if target.form is not None and target.form.kind not in ("review", "details", "type"):
        raise NotACard
    reviewer = Reviewer(user=at.user, team=at.team, name="")
    waits = await context.lifecycle.retract(target.proposal.id, reviewer, target.nonce)
    if not at.in_modal:
        return None
    await next_in_list.refresh_home(context, at)
    return Show(view=sentence_modal(answers.approval_retracted(waits)))


async def details_approve(context: SlackContext, at: Interaction) -> Reply:
    """`Approve` after the last page of `Details`."""
    target = await click_origin.target(context, at)
    form, proposal = target.form, target.proposal
    if form is None or form.kind != "details":
        raise NotACard
    same = target.nonce == proposal.nonce  # what was changed since has other pages, and the verb says that it was
    if same and form.typed.get(click_origin.READ) is not True:
        raise NotACard
    return await _agreed(context, at, target)


async def edit(context: SlackContext, at: Interaction) -> Reply:
    """`Edit`: opens the form at once, then makes sure that it is this person's to fill in."""

    async def form(target: ClickTarget, _: Reviewer) -> OpenForm:
        proposal = target.proposal
        require_another(proposal, at.user)
        forms = context.store.forms
        typed = await forms.typed_for(proposal.id, proposal.revision, at.user, "edit")
        made = await open_form(context, at, target, "edit", typed)
        before = None if typed else await forms.typed_before(proposal.id, proposal.revision, at.user, "edit")
        view = partial(context.showing, form_for, at.user, proposal, context.schema(proposal), made.id, typed, before)
        return OpenForm(id=made.id, view=view)

    return await opens(context, at, await click_origin.target(context, at), "edit", form)


async def reject(context: SlackContext, at: Interaction) -> Reply:
    """`Reject`: a form that wants a reason."""
    return await _refuse(context, at, "reject")


async def object_to(context: SlackContext, at: Interaction) -> Reply:
    """`Object`: a form that wants a reason."""
    return await _refuse(context, at, "object")


async def more(context: SlackContext, at: Interaction) -> Reply:
    """The menu with the rest."""
    match menu_choice(at.value)[0]:
        case buttons.REVOKE:
            return await _refuse(context, at, "revoke")
        case buttons.EXTEND:
            return await extend(context, at)
        case buttons.HAND_OVER:
            return await hand_over(context, at)
        case _:
            return await open_details(context, at)


async def extend(context: SlackContext, at: Interaction) -> Reply:
    """`More time`: moves the deadline at once; the card shows it."""
    target = await click_origin.target(context, at)
    reviewer = await context.reviewer(at, target.proposal)
    moved = await context.lifecycle.extend(target.proposal.id, reviewer, target.nonce)
    return Show(view=sentence_modal(answers.extended(moved))) if at.in_modal else None


async def hand_over(context: SlackContext, at: Interaction) -> Reply:
    """`Hand over`: a form that wants a role, for whoever holds a place themselves."""

    async def form(target: ClickTarget, _: Reviewer) -> OpenForm | Say:
        proposal = target.proposal
        roles = buttons.takers(proposal.gate, context.policy().roles)
        if not roles:
            return Say(text=answers.NO_ROLE_LEFT)
        made = await open_form(context, at, target, "hand_over")
        return OpenForm(id=made.id, view=partial(context.showing, dialogs.hand_over_form, proposal, made.id, roles))

    return await opens(context, at, await click_origin.target(context, at), "hand_over", form)


async def ask(context: SlackContext, at: Interaction) -> Reply:
    """`Ask the agent`: a form that wants a question, and offers more time to whoever may give it."""

    async def form(target: ClickTarget, presumed: Reviewer) -> OpenForm:
        proposal = target.proposal
        typed = await context.store.forms.typed_for(proposal.id, proposal.revision, at.user, "ask")
        made = await open_form(context, at, target, "ask")
        later = later_deadline(proposal) if places(proposal.gate, presumed) else None
        return OpenForm(id=made.id, view=partial(context.showing, ask_form, proposal, made.id, typed, later=later))

    return await opens(context, at, await click_origin.target(context, at), "ask", form)


async def open_details(context: SlackContext, at: Interaction) -> Reply:
    """`Details`: everything, whole, page by page, for those who may see it."""
    target = await click_origin.target(context, at)
    if not may_see(target.proposal, await context.presumed(at.user, at.team, target.roles)):
        return Say(text=answers.NOT_VISIBLE)
    return await details_of(context, at, target)


async def details_of(context: SlackContext, at: Interaction, target: ClickTarget) -> Reply:
    """The same, once the policy's text says that they may."""
    proposal = target.proposal
    form = await open_form(context, at, target, "details")
    verdicts = await verdicts_of(context, at, proposal)
    sure = _at_once(context, at, target)

    async def page() -> tuple[Shown, FirstSeen]:
        shown, words = await context.showing(opened, proposal, form.id, verdicts)
        text = None if form.first_seen is None else form.first_seen.text
        return shown, FirstSeen(at=await context.first_opened(at.user, proposal), words=words, text=text)

    first = await page() if sure else None

    async def then(view_id: str) -> View | None:
        if not await context.sees(at, proposal):
            return sentence_modal(answers.NOT_VISIBLE)
        shown, seen = first or await page()
        typed: dict[str, JSON] = {**form.typed, click_origin.READ: shown.last}
        await context.store.forms.save(form.id, view_id=view_id, first_seen=seen, typed=typed)
        return None if sure else shown.view

    return Open(view=first[0].view if first else sentence_modal(answers.ONE_MOMENT), then=then)


async def open_review(context: SlackContext, at: Interaction) -> Reply:
    """From a list or the home tab: the card in a modal, for those who may see it."""
    named, _, listed = at.value.partition(".")
    proposal, query = await context.proposal(named), ListQuery.from_value(listed)
    in_place = query is not None and at.in_modal  # the list makes room, so that forms find theirs above
    if in_place:
        await click_origin.require_own_modal(context, at)
    form = await next_in_list.record_review(context, at, proposal, query, at.view_id if in_place else None)

    async def shown() -> View:
        try:
            reviewer = await context.known(at.user, at.team)
        except Refusal as refusal:
            return sentence_modal(refusals.refusal(refusal))
        if not may_see(proposal, reviewer):
            return sentence_modal(answers.NOT_VISIBLE)
        above = at.in_modal and not in_place
        return await next_in_list.review_view(context, form, proposal, above=above, back=query if in_place else None)

    async def show(view_id: str) -> View | None:
        await context.store.forms.save(form.id, view_id=view_id)
        return await shown()

    if in_place:
        return Show(view=await shown())
    return Open(then=show)


async def open_next(context: SlackContext, at: Interaction) -> Reply:
    """`Next` below the thanks for an approval that can still be undone."""
    query = ListQuery.from_value(at.value)
    if query is None:
        return Say(text=answers.OLD_BUTTON)
    await click_origin.require_own_modal(context, at)
    return Show(view=await next_in_list.next_in_place(context, at, query))


async def _shows_all(context: SlackContext, target: ClickTarget) -> bool:
    """As it was noted when it was sent; where that was not noted, or not by us, it is worked out from the proposal."""
    return await context.showing(is_whole, target.proposal) if target.whole is None else target.whole


async def _thanked(context: SlackContext, at: Interaction, target: ClickTarget, decided: Proposal) -> Reply:
    """On a card the card says it; in a modal a sentence does, with the button that undoes it while that can work."""
    breaks.suggest(context, at, decided)
    said = answers.thanks(decided)
    if target.form is None or not at.in_modal:
        return Say(text=said) if is_over(decided) else None
    if RETRACT not in context.sender.offered(decided):
        return Show(view=await next_in_list.next_view(context, at, said))
    return Show(view=dialogs.approved_modal(decided, target.form.id, said, await next_in_list.next_button(context, at)))


async def _agreed(context: SlackContext, at: Interaction, target: ClickTarget) -> Reply:
    """Approves, or opens the form for what has to be typed with it."""
    proposal, nonce = target.proposal, target.nonce
    tired = await context.lifecycle.is_tired(proposal, at.user)
    if tired or takes_words(proposal.gate):
        return await _typing(context, at, target, tired=tired)
    reviewer = await context.reviewer(at, proposal)
    seen = await first_seen(context, at.user, target)
    decided = await context.lifecycle.approve(proposal.id, reviewer, nonce, attestation=Attestation(first_seen=seen))
    return await _thanked(context, at, target, decided)


async def _typing(context: SlackContext, at: Interaction, target: ClickTarget, *, tired: bool) -> Reply:
    """In a modal it takes the place of what was read there: Slack stacks three, and that may have been the third."""
    proposal = target.proposal
    if at.in_modal:
        await context.lifecycle.may("approve", proposal.id, await context.reviewer(at, proposal), target.nonce)
        made = await open_form(context, at, target, "type", view_id=at.view_id)
        return Show(view=await context.showing(type_form, proposal, made.id, tired=tired))

    async def form(target: ClickTarget, _: Reviewer) -> OpenForm:
        made = await open_form(context, at, target, "type")
        return OpenForm(id=made.id, view=partial(context.showing, type_form, proposal, made.id, tired=tired))

    return await opens(context, at, target, "approve", form)


async def _refuse(context: SlackContext, at: Interaction, kind: Refusing) -> Reply:
    target = await click_origin.target(context, at)
    proposal = target.proposal
    verb: Refusing = "revoke" if kind == "reject" and proposal.status is Status.approved else kind
    asked: FormVerb = "object" if kind == "object" else "reject"
    if at.is_third:  # Slack stacks three: the form takes the place of what was read there
        await context.lifecycle.may(asked, proposal.id, await context.reviewer(at, proposal), target.nonce)
        typed = await context.store.forms.typed_for(proposal.id, proposal.revision, at.user, verb)
        made = await open_form(context, at, target, verb, typed, view_id=at.view_id)
        return Show(view=await context.showing(REASONED[verb], proposal, made.id, typed))

    async def form(target: ClickTarget, _: Reviewer) -> OpenForm:
        typed = await context.store.forms.typed_for(proposal.id, proposal.revision, at.user, verb)
        made = await open_form(context, at, target, verb, typed)
        return OpenForm(id=made.id, view=partial(context.showing, REASONED[verb], proposal, made.id, typed))

    return await opens(context, at, target, asked, form, named=verb)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForm:
    """A form that is recorded, and what makes its view."""

    id: str
    view: Callable[[], Awaitable[View]]


async def opens(
    context: SlackContext,
    at: Interaction,
    target: ClickTarget,
    verb: FormVerb | Literal["judge"],
    form: Callable[[ClickTarget, Reviewer], Awaitable[OpenForm | Say]],
    named: str | None = None,
) -> Open | Say:
    """The form of a verb, if the person may as far as the policy's text tells; a look-up then makes sure of it.

    A trigger lives three seconds, so the look-up comes after the form has opened. Where only it tells whether the form
    is this person's, or the view takes a while, a sentence stands there until then. `named` is what the log calls the
    verb where a refusal is kept.
    """
    presumed = await context.presumed(at.user, at.team, target.roles)
    await _may(context, target, verb, presumed)
    made = await form(target, presumed)
    if isinstance(made, Say):
        return made
    sure = _at_once(context, at, target)

    async def then(view_id: str) -> View | None:
        try:
            await _may(context, target, verb, await context.known(at.user, at.team, target.roles))
        except Refusal as refusal:
            await context.refused(at, target.proposal.id, named or verb, refusal)
            return sentence_modal(refusals.refusal(refusal))
        await context.store.forms.save(made.id, view_id=view_id)
        return None if sure else await made.view()

    return Open(view=await made.view() if sure else sentence_modal(answers.ONE_MOMENT), then=then)


async def _may(
    context: SlackContext, target: ClickTarget, verb: FormVerb | Literal["judge"], reviewer: Reviewer
) -> None:
    if target.sample is not None:
        may_judge(target.sample, target.proposal.gate, reviewer, target.nonce)
    elif verb != "judge":
        await context.lifecycle.may(verb, target.proposal.id, reviewer, target.nonce)


def _at_once(context: SlackContext, at: Interaction, target: ClickTarget) -> bool:
    """Whether it is surely for this person's eyes, and short to make: else a trigger would not wait for either."""
    named = context.named(at.user, target.roles) or at.user in target.proposal.gate.excluded
    return named and light(target.proposal)


REASONED: Mapping[Refusing, Callable[[Proposal, str, Mapping[str, JSON]], View]] = {
    "reject": dialogs.reject_form,
    "revoke": dialogs.revoke_form,
    "object": dialogs.object_form,
}
ACTIONS: dict[str, Handler] = {
    "approve": approve,
    buttons.APPROVE_NEXT: approve_next,
    RETRACT: retract,
    END_REMEMBERED: end_remembered,
    "edit": edit,
    "reject": reject,
    "object": object_to,
    "more": more,
    buttons.ASK: ask,
    buttons.DETAILS: open_details,
    "details_next": turn_page,
    "details_back": turn_page,
    "details_approve": details_approve,
    "confirm_next": turn_confirm,
    "confirm_back": turn_confirm,
    "lost_next": turn_lost,
    "lost_back": turn_lost,
    "open_review": open_review,
    NEXT_IN_LIST: open_next,
    "batch_review": batch_review,
    "batch_reject": batch_reject,
    REVIEW: flood_review,
    "flood_next": turn_flood,
    "flood_back": turn_flood,
}
