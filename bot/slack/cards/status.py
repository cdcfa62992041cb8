"""Status lines: how a proposal stands, near the top of its card, and what is asked of its agent meanwhile."""

from typing import TYPE_CHECKING, Any

from approvals.moves.questions import LONGEST_QUESTION
from approvals.proposal import Status
from bot.slack.blockkit.blocks import (
    Block,
    context_block,
    ours,
    paragraph,
    person,
    plain_text,
    quote,
    rich,
    run,
    section,
    when,
)
from bot.slack.blockkit.modals import modal
from bot.slack.blockkit.text import characters, length, one_line, shorten, text_weight, visible
from bot.slack.cards.redaction import veiled
from bot.slack.words import cards as say
from bot.slack.words import shared, status
from bot.slack.words.history import with_words
from bot.slack.words.shared import listed
from bot.slack.words.status import rollback_line, stand_ins, who_retracted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from approvals.digest import JSON
    from approvals.proposal import Inquiry, Proposal, Revision

_REPORTED = 700
"""How much of each of the agent's reports a card shows."""


def status_lines(proposal: "Proposal") -> list[Block]:
    """How many must agree, who has and until when; or by whom it was decided, why, and how it went."""
    if proposal.status is Status.pending:
        return [section(ours("\n".join(_waits(proposal))))]
    blocks: list[Block] = []
    if proposal.rollback is not None:
        blocks += with_words(rollback_line(proposal.rollback), visible(proposal.rollback.reason))
        blocks += reported(shared.THE_AGENT_REPORTS_OF_THE_ROLLBACK, proposal.rollback.detail)
    blocks += with_words(status.status_sentence(proposal), visible(proposal.reason) if proposal.reason else None)
    if proposal.revision > 1:
        makers = listed(list(dict.fromkeys(maker(each) for each in proposal.revisions[1:])))
        blocks.append(context_block(ours(say.changed_and_counts(makers, proposal.revision))))
    if proposal.outcome is not None:
        blocks += reported(shared.THE_AGENT_REPORTS, proposal.outcome.detail)
        blocks += reported(shared.HOW_IT_CHECKED, proposal.outcome.verification)
    return blocks


def _so_far(proposal: "Proposal") -> list[str]:
    """Who has changed and approved what, and whose approval is missing."""
    sentences = []
    active = proposal.active_decisions
    if proposal.revision > 1:
        by = maker(proposal.revisions[-1])
        needed = "" if active else f" {status.missing(proposal)}"
        sentences.append(say.changed_and_void(by, needed))
    if active:
        sentences.append(status.missing(proposal))
    if (slip := who_retracted(proposal)) is not None:
        sentences.append(slip)
    return sentences


def reported(label: str, said: str | None) -> list[Block]:
    """What the agent reports, quoted and as far as a card has room for it."""
    if not said:
        return []
    shown, left = shorten(visible(said), _REPORTED, text_weight)
    parts = [paragraph(run(label, bold=True)), quote(shown)]
    if left:
        parts.append(paragraph(run(shared.more_in_details(characters(left)), italic=True)))
    return [rich(*parts)]


def _waits(proposal: "Proposal") -> list[str]:
    needed = status.approvals_needed(proposal)
    first = say.needed(status.severity(proposal.gate), needed, when(proposal.expires_at))
    held = [] if proposal.suspension is None else [status.suspended(proposal.suspension)]
    return [*held, first, *_so_far(proposal), *filter(None, [stand_ins(proposal.gate)])]


QUESTION_BLOCK = "question"
_QUESTION_ACTION = "input_question"
MORE_TIME_BLOCK = "more_time"
_MORE_TIME_ACTION = "input_more_time"
_QUESTION, _ANSWER = 600, 900
"""How much of each a card shows; the rest is in Details."""


def ask_form(
    proposal: "Proposal", form_id: str, typed: "Mapping[str, JSON]", *, later: "datetime | None"
) -> dict[str, Any]:
    """Wants a question; `typed` is `{"question": …}` from before, `later` the deadline that the person may choose."""
    about = [rich(paragraph(run("Ask about "), run(one_line(proposal.action.name), bold=True), run(".")))]
    if summary := veiled(proposal).ask.summary:
        about.append(rich(quote(visible(summary))))
    told = say.THE_AGENT_GETS_YOUR_QUESTION
    until = say.this_waits_until(when(proposal.expires_at))
    if later is not None:
        until += say.with_more_time_it_waits_until(when(later))
    blocks = [*about, section(plain_text(told)), _input(typed.get("question")), section(ours(until))]
    if later is not None:
        blocks.append(_more_time())
    return modal(shared.ASK_THE_AGENT, blocks, form_id=form_id, callback_id="ask", submit="Ask", close="Cancel")


def question_in(state: "Mapping[str, Any]") -> tuple[str, bool]:
    """The question in the state of the form, empty if there is none, and whether more time is wanted with it."""
    text = state.get(QUESTION_BLOCK, {}).get(_QUESTION_ACTION, {}).get("value") or ""
    ticked = state.get(MORE_TIME_BLOCK, {}).get(_MORE_TIME_ACTION, {}).get("selected_options") or ()
    return str(text), bool(ticked)


def newest_question(proposal: "Proposal", *, brief: bool = False) -> list[Block]:
    """The newest question about what waits, with the agent's answer once there is one; nothing where nobody asked."""
    if not proposal.questions:
        return []
    newest, earlier = proposal.questions[-1], len(proposal.questions) - 1
    word = say.WAITING_FOR_THE_AGENTS_ANSWER if newest.reply is None else say.ASKED_AND_ANSWERED
    part = 3 if brief else 1
    blocks = with_words(f":speech_balloon: {word} {asks(newest)}", visible(newest.text), _QUESTION // part)
    if newest.reply is not None:
        blocks += with_words(say.THE_AGENT_ANSWERS, visible(newest.reply), _ANSWER // part)
    if earlier:
        blocks.append(context_block(plain_text(say.earlier_questions(earlier))))
    return blocks


def asks(question: "Inquiry") -> str:
    """Who asked, and when."""
    return f"{person(question.asked_by)} asks · {when(question.asked_at)}"


def maker(revision: "Revision") -> str:
    """Who changed the payload, as our markup."""
    return say.THE_AGENT_IN_ITS_REPLY if revision.editor is None else person(revision.editor)


def changed_by(proposal: "Proposal") -> str:
    """Whose changes there are since the proposal, as a heading."""
    match proposal.edited, proposal.revised:
        case False, True:
            return say.CHANGED_BY_THE_AGENT_IN_ITS
        case True, True:
            return say.CHANGED_BY_A_REVIEWER
        case _:
            return say.CHANGED_BY_A_REVIEWER_SINCE


def _input(before: "JSON") -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": _QUESTION_ACTION,
        "multiline": True,
        "max_length": LONGEST_QUESTION,
    }
    if isinstance(before, str) and before and length(before) <= LONGEST_QUESTION:
        element["initial_value"] = before
    return {
        "type": "input",
        "block_id": QUESTION_BLOCK,
        "label": plain_text("Question"),
        "element": element,
        "optional": False,
    }


def _more_time() -> Block:
    option = {"text": plain_text(say.GIVE_MORE_TIME), "value": "yes"}
    return {
        "type": "input",
        "block_id": MORE_TIME_BLOCK,
        "label": plain_text("More time"),
        "element": {"type": "checkboxes", "action_id": _MORE_TIME_ACTION, "options": [option]},
        "optional": True,
    }
