"""Powers without a card: a command or button opens a form on the person's own trigger; its submission acts, once.

Whoever can sign requests can name anybody and any command, but no trigger that Slack would open a form on. So the
command or button does nothing else, what it is about stays with us, and a form is known only once Slack has shown it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from approvals.ports import StoreBusy
from approvals.refusals import CodeRefusal, NotACard, Refusal
from bot.slack.blockkit.modals import modal, sentence_modal
from bot.slack.listeners import click_origin
from bot.slack.listeners.replies import Acknowledgement, Open, View, errors, update
from bot.slack.words import answers, refusals
from bot.slack.words.second_factor import at_the_field

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from approvals.digest import JSON
    from bot.slack.blockkit.blocks import Block
    from bot.slack.context import SlackContext
    from bot.slack.web.interaction import Interaction
    from storage.messages.modals import Purpose

Subject: TypeAlias = "Mapping[str, JSON]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerForm:
    """The form, as the person who opened it is to see it."""

    title: str
    """At most 24 characters, as `submit`."""
    submit: str
    blocks: "list[Block]"
    subject: Subject
    """What its submission acts on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """One thing that a person can do so."""

    purpose: "Purpose"
    verb: str
    """As a refusal is recorded."""
    ask: "Callable[[SlackContext, Interaction, Subject], Awaitable[PowerForm | View]]"
    """Looks up what has to be so, and says what would be done, or why it cannot. Raises Refusal."""
    act: "Callable[[SlackContext, Interaction, Subject], Awaitable[View]]"
    """Does it, having looked again, and gives what takes the form's place. Raises Refusal."""
    faults: "Callable[[Interaction], Mapping[str, str]]" = lambda _at: {}
    """What of the form cannot be acted on, by input: it stays open then, and is not used."""
    code: str | None = None
    """The input of a code, where it takes one: a wrong one is said there, and the form may be sent again."""
    about: "Callable[[Subject, Refusal], tuple[str | None, str | None]]" = lambda _subject, _refusal: (None, None)
    """Of a refusal, the proposal it is about and what else is recorded of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerRequest:
    """What a command asks for: the form of a power."""

    power: Power
    subject: Subject


def blank_form(context: "SlackContext", at: "Interaction", power: Power, subject: Subject) -> Open:
    """The form as it is opened: empty until Slack has shown it and what it is about is looked up."""

    async def then(view_id: str) -> View:
        try:
            asked = await power.ask(context, at, subject)
        except Refusal as refusal:
            return await _refused(context, at, power, subject, refusal)
        if not isinstance(asked, PowerForm):
            return asked
        kept = await context.keep_modal(at.user, view_id, power.purpose, asked.subject)
        return modal(
            asked.title,
            asked.blocks,
            form_id=kept.id,
            callback_id=power.purpose,
            submit=asked.submit,
            close="Cancel",
        )

    return Open(then=then)


async def act_on_form(context: "SlackContext", at: "Interaction", power: Power) -> Acknowledgement:
    """Acts on a form that stands before this very person, and was never submitted before."""
    subject: Subject = {}
    try:
        kept = await click_origin.opened_modal(context, at, power.purpose)
        subject = kept.subject
        if faults := power.faults(at):
            return errors(faults)
        if power.code is None:
            await click_origin.use_modal(context, kept)
        view = await power.act(context, at, subject)
        if power.code is not None:
            await click_origin.use_modal(context, kept)
    except CodeRefusal as refusal:
        await context.refused(at, None, power.verb, refusal)
        return errors({str(power.code): at_the_field(refusals.refusal(refusal))})
    except NotACard as refusal:
        await context.refused(at, None, power.verb, refusal)
        view = sentence_modal(answers.FORM_USED)
    except Refusal as refusal:
        view = await _refused(context, at, power, subject, refusal)
    except StoreBusy:
        view = sentence_modal(answers.BUSY)
    return update(view)


async def _refused(
    context: "SlackContext", at: "Interaction", power: Power, subject: Subject, refusal: Refusal
) -> View:
    proposal_id, detail = power.about(subject, refusal)
    await context.refused(at, proposal_id, power.verb, refusal, detail)
    return sentence_modal(refusals.refusal(refusal))
