"""Submissions of forms. The answer goes back with the acknowledgement: that is how Slack shows it."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from approvals.decision import Attestation
from approvals.digest import JSON
from approvals.moves.confirmation import Word
from approvals.moves.confirmation import words as words_of
from approvals.proposal import Proposal
from approvals.refusals import (
    AlreadyJudged,
    AlreadyResolved,
    CannotExtend,
    Changed,
    CodeRefusal,
    EditFaulty,
    EditRefused,
    Expired,
    JudgementUnexplained,
    NotACard,
    NotFound,
    NotTyped,
    ObjectionClosed,
    QuestionRefused,
    ReasonMissing,
    Refusal,
    Tired,
)
from approvals.sample import SampleVerdict
from approvals.second_factor import CodesLocked
from bot.slack.blockkit.blocks import person
from bot.slack.blockkit.modals import sentence_modal
from bot.slack.cards.sample_card import NOT_FINE
from bot.slack.cards.status import MORE_TIME_BLOCK, QUESTION_BLOCK, question_in
from bot.slack.context import SlackContext
from bot.slack.forms import dialogs, reason
from bot.slack.forms.edit_conflict import EDITED, edit_conflict
from bot.slack.forms.edit_form import faults_of, read_back
from bot.slack.forms.typed_confirmation import (
    code_block,
    has_inputs,
    type_form,
    typed_in_state,
    word_faults,
)
from bot.slack.listeners import breaks, click_origin, next_in_list
from bot.slack.listeners.batch import approve_ticked, reject_ticked
from bot.slack.listeners.click_origin import ClickTarget, FormKind, open_form
from bot.slack.listeners.replies import CLEAR, Acknowledgement, Submission, View, errors, push, update
from bot.slack.lists.pages import NEXT
from bot.slack.web.interaction import Interaction
from bot.slack.words import answers, refusals
from bot.slack.words.drills import is_over, told_privately
from bot.slack.words.second_factor import at_the_field, is_locked
from bot.worker import LIMITS
from storage import Form

CONFLICTS = (AlreadyJudged, AlreadyResolved, Changed, Expired, NotTyped, ObjectionClosed, Tired)
"""Somebody or something else was first: what was typed is shown back, nothing is lost."""


async def reject(context: SlackContext, at: Interaction) -> Acknowledgement:
    """The reason for a no."""
    form, proposal, given = await _reasoned(context, at, "reject")
    reviewer = await context.reviewer(at, proposal)
    seen = Attestation(first_seen=form.first_seen)
    rejected = await context.lifecycle.reject(
        proposal.id, reviewer, given.reason, form.nonce, attestation=seen, remember=given.remember
    )
    breaks.suggest(context, at, rejected)
    return _told_of_drill(rejected)


async def revoke(context: SlackContext, at: Interaction) -> Acknowledgement:
    """The reason for taking an approval back."""
    form, proposal, given = await _reasoned(context, at, "revoke")
    reviewer = await context.reviewer(at, proposal)
    seen = Attestation(first_seen=form.first_seen)
    await context.lifecycle.revoke(
        proposal.id, reviewer, given.reason, form.nonce, attestation=seen, remember=given.remember
    )
    return CLEAR


async def object_to(context: SlackContext, at: Interaction) -> Acknowledgement:
    """The reason for an objection."""
    form, proposal, given = await _reasoned(context, at, "object")
    reviewer = await context.reviewer(at, proposal)
    await context.lifecycle.object(proposal.id, reviewer, given.reason, form.nonce)
    return CLEAR


async def hand_over(context: SlackContext, at: Interaction) -> Acknowledgement:
    """The role that is to decide too."""
    form = await click_origin.form(context, at, "hand_over")
    proposal = await context.proposal(form.proposal_id)
    role = dialogs.role_of(at.state or {})
    reviewer = await context.reviewer(at, proposal)
    try:
        await context.lifecycle.hand_over(proposal.id, reviewer, role, form.nonce)
    except NotFound:
        return errors({dialogs.ROLE_BLOCK: answers.ROLE_GONE})
    return CLEAR


async def ask(context: SlackContext, at: Interaction) -> Acknowledgement:
    """The question to the agent; a fault stays beside what was typed, so that no question is lost."""
    form = await click_origin.form(context, at, "ask")
    text, more_time = question_in(at.state or {})
    await context.store.forms.save(form.id, typed={"question": text})
    proposal = await context.proposal(form.proposal_id)
    reviewer = await context.reviewer(at, proposal)
    try:
        asked = await context.lifecycle.ask(proposal.id, reviewer, text, form.nonce, more_time=more_time)
    except (QuestionRefused, CannotExtend) as refusal:
        await context.refused(at, proposal.id, "ask", refusal)
        block = MORE_TIME_BLOCK if isinstance(refusal, CannotExtend) else QUESTION_BLOCK
        return errors({block: refusals.refusal(refusal)})
    await context.store.forms.save(form.id, typed={})
    return _told_of_drill(asked)


async def edit(context: SlackContext, at: Interaction) -> Acknowledgement:
    """The first step of an edit: reads the form, keeps what was typed, and shows the difference."""
    form = await click_origin.form(context, at, "edit")
    proposal = await context.proposal(form.proposal_id)
    # Read on the revision that the form showed: what was typed is kept whatever happened since.
    operators = context.schema(proposal)
    typed = await context.showing(read_back, proposal, operators, form.revision, at.state or {})
    await context.store.forms.save(form.id, typed=typed.typed)
    if typed.stale:
        return errors(dict(typed.faults))
    if proposal.revision != form.revision:
        raise Changed
    if typed.faults:
        others = await context.lifecycle.edit_faults(
            proposal.id, await context.presumed(at.user, at.team, proposal.gate.asked), typed.payload, form.nonce
        )
        told = await context.showing(faults_of, proposal, operators, form.revision, others, typed)
        return errors({**told, **dict(typed.faults)})
    reviewer = await context.reviewer(at, proposal)
    try:
        foreseen = await context.lifecycle.preview_edit(proposal.id, reviewer, typed.payload, form.nonce)
    except EditFaulty as faulty:
        told = await context.showing(faults_of, proposal, operators, form.revision, faulty.faults, typed)
        return errors(told)
    except EditRefused as refused:
        await context.refused(at, proposal.id, "edit", refused)
        said = refusals.refusal(refused)
        return errors(dict.fromkeys(typed.blocks, said))
    target = ClickTarget(proposal=proposal, nonce=form.nonce, form=form)
    confirm = await open_form(context, at, target, "confirm", {"payload": typed.payload, "typed": typed.typed})
    return push(await confirm_view(context, at, proposal, foreseen, confirm.id))


async def confirm(context: SlackContext, at: Interaction) -> Acknowledgement:
    """The second step: `Approve with changes`."""
    form = await click_origin.form(context, at, "confirm")
    proposal = await context.proposal(form.proposal_id)
    reviewer = await context.reviewer(at, proposal)
    payload = payload_of(form)
    foreseen = await context.lifecycle.preview_edit(proposal.id, reviewer, payload, form.nonce)
    if form.page < await context.showing(dialogs.confirm_pages, proposal, foreseen) - 1:
        raise NotACard  # the last page has the button; whoever submits before did not see everything
    tired = await _is_asked_for_more(context, at, foreseen)
    wanted = words_of(foreseen, tired=tired) if _counts(at, foreseen) else ()
    if not has_inputs(at.state or {}, wanted):  # the policy changed since: it shows what has to be typed now
        return update(await confirm_view(context, at, proposal, foreseen, form.id, form.page))
    edited = partial(context.lifecycle.edit, proposal.id, reviewer, payload, form.nonce)
    return await _typed(context, at, form, wanted, edited, tired=tired)


async def type_words(context: SlackContext, at: Interaction) -> Acknowledgement:
    """The words with which somebody approves what takes some."""
    form = await click_origin.form(context, at, "type")
    proposal = await context.proposal(form.proposal_id)
    reviewer = await context.reviewer(at, proposal)
    tired = await _is_asked_for_more(context, at, proposal)
    wanted = words_of(proposal, tired=tired)
    if not has_inputs(at.state or {}, wanted):
        return update(await context.showing(type_form, proposal, form.id, tired=tired))
    approve = partial(context.lifecycle.approve, proposal.id, reviewer, form.nonce)
    return await _typed(context, at, form, wanted, approve, tired=tired)


async def not_fine(context: SlackContext, at: Interaction) -> Acknowledgement:
    """What was not fine of a sample."""
    form = await click_origin.form(context, at, "not_fine")
    reason = dialogs.reason_of(at.state or {})
    await context.store.forms.save(form.id, typed={"reason": reason})
    sample = await context.store.samples.get(form.proposal_id)
    if sample is None:
        raise NotACard
    reviewer = await context.people.reviewer(at.user, at.team, sample.roles)
    await context.reviews.judge(form.proposal_id, reviewer, SampleVerdict.not_fine, reason, form.nonce)
    return CLEAR


_VERBS: dict[str, Submission] = {
    "reject": reject,
    "revoke": revoke,
    "object": object_to,
    "hand_over": hand_over,
    "ask": ask,
    "edit": edit,
    "confirm": confirm,
    "type": type_words,
    NOT_FINE: not_fine,
    "batch": approve_ticked,
    "batch_reject": reject_ticked,
    NEXT: next_in_list.next_one,
}


async def answer_submission(context: SlackContext, at: Interaction, verb: str) -> Acknowledgement:
    """The submission's answer, or the refusal shown in the modal; nothing typed is lost."""
    try:
        answer = await _VERBS[verb](context, at)
        closes = isinstance(answer, _DrillTold)  # where the review is from a list, the way on tells of the drill, too
        instead = await next_in_list.instead_of_closing(context, at, CLEAR if closes else answer)
    except (ReasonMissing, JudgementUnexplained) as refusal:
        return errors({dialogs.REASON_BLOCK: refusals.refusal(refusal)})
    except Refusal as refusal:
        return await _conflict(context, at, verb, refusal)
    except LIMITS:
        if not at.state:
            raise
        return errors({next(iter(at.state)): answers.TOO_MUCH})  # the form stays, with all that was typed
    return answer if instead == CLEAR else instead


SUBMISSIONS: dict[str, Submission] = {verb: partial(answer_submission, verb=verb) for verb in _VERBS}
"""By the callback id of their forms."""


async def _conflict(context: SlackContext, at: Interaction, verb: str, refusal: Refusal) -> Acknowledgement:
    said = refusals.refusal(refusal)
    form = await context.store.forms.get(at.form_id) if at.form_id else None
    if form is None:
        return update(sentence_modal(said))
    await context.refused(at, form.proposal_id, verb, refusal)
    proposal = await context.store.find(form.proposal_id)
    if proposal is not None and isinstance(refusal, CONFLICTS) and form.reviewer == at.user:
        now = context.lifecycle.as_of_now(proposal)
        edited = edit_conflict(now, form.revision) if form.kind in ("edit", "confirm") else ()
        why = EDITED if isinstance(refusal, Changed) and edited and now.revision > form.revision else said
        return update(await context.showing(dialogs.lost_nothing, proposal, typed_in(form), why, form.id, news=edited))
    return update(sentence_modal(said))


async def confirm_view(
    context: SlackContext, at: Interaction, proposal: Proposal, foreseen: Proposal, form_id: str, page: int = 0
) -> View:
    """The second step of an edit: a page of the difference, and what it leads to."""
    counts, tired = _counts(at, foreseen), await context.lifecycle.is_tired(foreseen, at.user)
    return await context.showing(
        dialogs.confirm_form, proposal, foreseen, form_id, editor_counts=counts, page=page, tired=tired
    )


def _counts(at: Interaction, foreseen: Proposal) -> bool:
    """Whether the edit is the person's approval, too."""
    return any(each.reviewer == at.user for each in foreseen.active_decisions)


async def _is_asked_for_more(context: SlackContext, at: Interaction, proposal: Proposal) -> bool:
    """Whether the person is tired, or was when the form opened: what it asked for then it takes."""
    more = words_of(proposal, tired=True)
    asked = len(more) > len(words_of(proposal)) and has_inputs(at.state or {}, more)
    return asked or await context.lifecycle.is_tired(proposal, at.user)


async def _typed(
    context: SlackContext,
    at: Interaction,
    form: Form,
    wanted: Sequence[Word],
    decide: Callable[..., Awaitable[Proposal]],
    *,
    tired: bool,
) -> Acknowledgement:
    """Decides with the words that take some; of those that are others than wanted the form says so."""
    typed = typed_in_state(at.state or {}, wanted)
    try:
        decided = await decide(attestation=Attestation(typed=typed, first_seen=form.first_seen, tired=tired))
    except (NotTyped, Tired) as refusal:
        if not (faults := word_faults(wanted, typed)):
            raise  # the policy changed in this very moment
        await context.refused(at, form.proposal_id, form.kind, refusal)
        return errors(faults)
    except CodeRefusal as refusal:
        if (block := code_block(wanted)) is None:
            raise  # the policy changed in this very moment
        await context.refused(at, form.proposal_id, form.kind, refusal)
        if isinstance(refusal, CodesLocked):
            await _tell_operators(context, at, refusal)
        return errors({block: at_the_field(refusals.refusal(refusal))})
    breaks.suggest(context, at, decided)
    return _told_of_drill(decided)


class _DrillTold(dict[str, Any]):
    """The acknowledgement of what turned out to have been a drill."""


def _told_of_drill(decided: Proposal) -> Acknowledgement:
    """Closes all modals; where what was decided turns out to have been a drill, that is told in their place."""
    return _DrillTold(update(sentence_modal(told_privately(decided)))) if is_over(decided) else CLEAR


async def _tell_operators(context: SlackContext, at: Interaction, locked: CodesLocked) -> None:
    """Once for each time that it comes so far: somebody else may have the account."""
    if (ops := context.policy().ops) is not None:
        about = f"codes:{at.user}:{locked.until.isoformat()}"
        await context.store.messages.notify(about, ops.channel, is_locked(person(at.user)))


def payload_of(form: Form) -> dict[str, JSON]:
    """The payload that a confirmation is about."""
    payload = form.typed.get("payload")
    if form.kind != "confirm" or not isinstance(payload, dict):
        raise NotACard
    return payload


def typed_in(form: Form) -> dict[str, JSON]:
    """What the person wrote: texts by field, or a reason; for a confirmation those of the form before it."""
    if form.kind != "confirm":
        return form.typed
    typed = form.typed.get("typed")
    return typed if isinstance(typed, dict) else payload_of(form)


async def _reasoned(
    context: SlackContext, at: Interaction, kind: FormKind
) -> tuple[Form, Proposal, reason.ReasonInput]:
    form = await click_origin.form(context, at, kind)
    given = reason.reason_in(at.state or {})
    await context.store.forms.save(form.id, typed=given.kept)
    if not given.reason:
        raise ReasonMissing
    return form, await context.proposal(form.proposal_id), given
