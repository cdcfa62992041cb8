"""List pages for one person, as `/approvals` answers them: empty states, one proposal with its trail."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from approvals.decision import Verdict
from approvals.proposal import RollbackStatus, Status
from bot.slack.blockkit.blocks import (
    Block,
    actions,
    button,
    context_block,
    divider,
    header,
    json_size,
    ours,
    paragraph,
    person,
    plain_text,
    rich,
    run,
    section,
    when,
)
from bot.slack.blockkit.modals import modal
from bot.slack.blockkit.text import escape, one_line, shorten, text_weight
from bot.slack.blockkit.words import TITLE
from bot.slack.cards.card import MOST, beginning, labelled, what
from bot.slack.cards.claims import payload, summary
from bot.slack.cards.diff import difference_blocks
from bot.slack.cards.redaction import veiled, veiled_lines
from bot.slack.cards.remembered import remembered_listing
from bot.slack.cards.title import caption
from bot.slack.cards.warnings import policy_reasons
from bot.slack.lists.query import DAY, ListQuery
from bot.slack.words import lists as say
from bot.slack.words import shared
from bot.slack.words.history import history_line, with_words, written_words
from bot.slack.words.lists import GROUPS, HELP
from bot.slack.words.shared import OVERDUE, ROLLBACKS, name, roughly, state
from bot.slack.words.status import approved_so_far, rollback_line, status_sentence

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from approvals.paging import Listed
    from approvals.ports import Line
    from approvals.proposal import Proposal
    from approvals.remembered.decision import RememberedDecision

OPEN_LIST = "open_list"
NEXT = "next"
"""The callback id of what stands in place of a review after its decision."""
NEXT_IN_LIST = "go_on"
"""The same way on as a button, where what was decided can still be undone."""
_TITLES: dict[str, tuple[str, str]] = {
    "waiting": (shared.WAITING_FOR_YOU, shared.NOTHING_WAITS_FOR_YOU),
    "approved": (say.WHAT_YOU_APPROVED, say.NOTHING_YOU_APPROVED_WAITS),
    "mine": (shared.WHAT_YOU_OWN_OR_ASKED_FOR, say.NO_PROPOSAL_IS_YOURS),
    "all": (say.WHAT_YOU_MAY_DECIDE_OR_OWN, say.THERE_IS_NOTHING_THAT_YOU),
    "role": (say.FOR_THE_ROLE, say.THERE_IS_NOTHING_FOR_THIS_ROLE),
    "agent": (say.OF_THE_AGENT, say.THERE_IS_NOTHING_OF_THIS_AGENT),
    "action": (say.OF_THE_ACTION, say.THERE_IS_NOTHING_OF_THIS_ACTION),
    "overdue": ("Overdue", say.NOTHING_IS_OVERDUE_OF_WHAT_YOU),
    "history": (say.WHAT_IS_OVER, say.NOTHING_IS_OVER_YET),
}
MOST_MISSING = 2
_WORDS, _FEW_WORDS = 160, 40
"""How much of what the agent says stands in a list; few where the rest would not fit a message."""
_TRAIL_SIZE = 5_500
_TRAIL_BLOCKS = 35
_MOST_DIFFERENCE = 1_500
_MOST_REASONS = 1_500


def list_page(
    query: ListQuery, found: "Listed", now: "datetime", missing: "Sequence[Block]" = (), *, back: bool = False
) -> tuple[list[Block], str]:
    """One page of a list, and its text for notifications; `missing` stands above it.

    `back` says that a review leads back to this very page.
    """
    title, nothing = _TITLES[query.kind]
    said = query.role or query.agent or query.action if query.kind in ("role", "agent", "action") else ""
    named = f"{title} {shorten(one_line(said), 80)[0]}" if said else title
    narrowed = filters(query)
    told = [context_block(ours(narrowed))] if narrowed else []
    damage = [context_block(ours(damaged_rows_line(len(found.damaged))))] if found.damaged else []
    if not found.proposals and not found.damaged:
        gone = shared.THIS_PAGE_IS_EMPTY_NOW if query.at else say.NOTHING_LIKE_IT if narrowed else nothing
        gone = say.LOOK_FURTHER_BACK if found.after else gone
        return [header(named), *told, *missing, section(ours(gone)), *turns(query, found), _hint()], gone
    last = found.first + len(found.proposals) + len(found.damaged) - 1
    whole = found.first == 1 and last >= found.total and found.exact
    count = total(found) if whole else f"{found.first} to {last} of {total(found)}"
    blocks = [header(f"{named} ({count})"), *told, *missing]
    beside = query if back else replace(query, at=None, as_of=0)
    go_on = beside if back or query.decidable else None
    below = [*damage, *turns(query, found), _hint()]
    for words in (_WORDS, _FEW_WORDS):
        entries = [each for one in found.proposals for each in entry(one, now=now, listed=go_on, words=words)]
        if back or json_size([*blocks, *entries, *below]) < MOST:
            break
    return [*blocks, *entries, *below], f"{title}: {count}"


def list_modal(
    query: ListQuery, found: "Listed", now: "datetime", missing: "Sequence[Block]" = (), *, modal_id: str
) -> dict[str, Any]:
    """The same as a modal that Slack opened for this person."""
    return modal(TITLE, list_page(query, found, now, missing, back=True)[0], form_id=modal_id)


def total(found: "Listed") -> str:
    """How many are in a list."""
    return f"{found.total}" if found.exact else say.more_than(found.total)


def missing_reports(found: "Listed", now: "datetime") -> list[Block]:
    """What belongs to the person and nobody has reported, to stand above all else; nothing where there is none."""
    if not found.proposals:
        return []
    blocks: list[Block] = [section(ours(say.how_many_overdue(found.total)))]
    for each in found.proposals[:MOST_MISSING]:
        blocks += entry(each, now=now, words=_FEW_WORDS)
    if found.total > MOST_MISSING:
        blocks.append(context_block(ours(say.and_more(found.total - MOST_MISSING))))
    return [*blocks, divider()]


def damaged_rows_line(count: int) -> str:
    """That some rows cannot be shown, a sentence."""
    some = say.ONE_PROPOSAL_IS_DAMAGED if count == 1 else say.proposals_are_damaged(count)
    return say.damaged_rows(some)


def filters(query: ListQuery) -> str:
    """Which filters of a history or of figures hold, as our markup; empty for none."""
    said = [] if query.kind in ("role", "agent", "action") else [("role", query.role), ("agent", query.agent)]
    named = [f"{what} *{name(value)}*" for what, value in said if value]
    if query.action and query.kind != "action":
        named.append(f"action `{name(query.action).replace('`', '')}`")
    if query.by:
        named.append(f"decided by {person(query.by)}")
    if query.status:
        named.append(f"*{name(query.status)}*")
    if query.days:
        named.append(say.THE_LAST_DAY if query.days == 1 else say.the_last_days(query.days))
    return f"Only: {' · '.join(named)}" if named else ""


def entry(
    proposal: "Proposal",
    *,
    label: str | None = None,
    now: "datetime | None" = None,
    listed: ListQuery | None = None,
    words: int = _WORDS,
) -> list[Block]:
    """Two lines about a proposal, with a button that opens it; `label` is what that says instead.

    With `listed`, deciding it goes on to the next of that list. `words` is how much of what the agent says is shown.
    """
    proposal = veiled(proposal)
    action = caption(proposal)
    said = summary(proposal) or one_line(proposal.ask.reasoning)
    shown_words, left = shorten(said, words, text_weight)
    pending = proposal.status is Status.pending
    label = label or ("Review" if pending else "Open")
    value = proposal.id if listed is None else f"{proposal.id}.{listed.to_value()}"
    open_it = button(label, "open_review", value, said=f"{label} {shorten(action, 60)[0]}")
    agent = shorten(one_line(proposal.ask.agent), 60)[0]
    return [
        section(plain_text(f"{action}\n{shown_words}{' …' if left else ''}"), open_it),
        context_block(ours(_state(proposal, now)), plain_text(f"by {agent}")),
    ]


def decided(said: str, modal_id: str) -> dict[str, Any]:
    """What stands in place of a review after its decision: `said`, markup of ours, and the way on in the list."""
    blocks = [section(ours(said)), context_block(ours(say.WHAT_NEXT_SHOWS))]
    return modal(TITLE, blocks, form_id=modal_id, callback_id=NEXT, submit="Next")


def trail_page(proposal: "Proposal", trail: "Sequence[Line]", page: int = 0) -> tuple[list[Block], str]:
    """One proposal with its trail; page 0 has the newest events, and each page reads from old to new."""
    query = ListQuery(kind="show", name=proposal.id, page=page)
    trail, proposal = veiled_lines(proposal, trail), veiled(proposal)
    title = shorten(f"{state(proposal)[1]}: {caption(proposal)}", 150)[0]
    open_it = button("Open", "open_review", proposal.id, said=say.OPEN_THIS_PROPOSAL)
    top = [header(title), *what(proposal), section(ours(status_sentence(proposal)), open_it)]
    if proposal.rollback is not None:
        top.append(section(ours(rollback_line(proposal.rollback))))
    top += beginning("Payload", payload(proposal), 1000)
    if why := [
        f"{each.text} · {'our records' if each.known else f'rule {each.rule}'}" for each in policy_reasons(proposal)
    ]:
        top += beginning(shared.WHY_A_PERSON_IS_ASKED, "\n".join(why), _MOST_REASONS)
    top.append(labelled("Id", proposal.id, small=True))
    pages = _trail_pages(proposal, trail, json_size(top))
    page = min(page, len(pages) - 1)
    label = "Trail" if len(pages) == 1 else say.trail_page(len(pages) - page, len(pages))
    blocks = [*top, divider(), rich(paragraph(run(label, bold=True))), *pages[page]]
    turning = pages_around(replace(query, page=page), more=page < len(pages) - 1)
    return [*blocks, *turning], say.with_its_trail(escape(title))


def remembered(
    decisions: "Sequence[RememberedDecision]",
    total: int,
    query: ListQuery,
    page_size: int,
    endable: "Collection[str]",
) -> tuple[list[Block], str]:
    """One page of the remembered decisions, with the button that ends it for those who may."""
    paging = pages_around(query, more=total > query.page * page_size + len(decisions))
    if not decisions:
        said = shared.THIS_PAGE_IS_EMPTY_NOW if query.page else say.NOTHING_IS_REMEMBERED
        return [header(say.REMEMBERED), section(plain_text(said)), *paging, _hint()], said
    entries = remembered_listing(decisions, endable)
    return [header(f"{say.REMEMBERED} ({total})"), *entries, *paging, _hint()], f"{say.REMEMBERED}: {total}"


def not_found(proposal_id: str) -> tuple[list[Block], str]:
    """The answer for an id that does not exist or is not the asker's to see; the two sound the same."""
    text = say.THERE_IS_NO_SUCH_PROPOSAL
    return [section(plain_text(f"{text}\n{shorten(one_line(proposal_id), 100)[0]}")), _hint()], text


def several(ids: "Sequence[str]") -> tuple[list[Block], str]:
    """The answer where several proposals have ids that begin so."""
    text = say.SEVERAL_PROPOSALS_BEGIN_LIKE_THAT
    return [section(plain_text("\n".join([text, *(one_line(each) for each in ids)]))), _hint()], text


def help_text(said: str = "") -> tuple[list[Block], str]:
    """What `/approvals` understands, in groups; `said` is markup of ours that stands above it."""
    told = [section(ours(said))] if said else []
    groups: dict[str, list[str]] = {}
    for verb, meaning in HELP:
        group = GROUPS.get(verb.partition(" ")[0], "More")
        groups.setdefault(group, []).append(f"`/approvals{f' {verb}' if verb else ''}`  {meaning}")
    lines = [section(ours(f"*{group}*\n" + "\n".join(each))) for group, each in groups.items()]
    rest = say.CARDS_STAND_IN_THE_CHANNELS
    return [*told, header(say.WHAT_YOU_CAN_ASK), *lines, section(ours(rest))], said or say.WHAT_YOU_CAN_ASK


def sentence_page(text: str) -> tuple[list[Block], str]:
    """An answer of one sentence, markup of ours."""
    return [section(ours(text)), _hint()], text


def _state(proposal: "Proposal", now: "datetime | None") -> str:
    emoji, word = state(proposal)
    if proposal.status is Status.pending:
        left = "" if now is None else f" · {roughly(proposal.expires_at - now)} left"
        count = approved_so_far(proposal)
        return f"{emoji} *{word}* until {when(proposal.expires_at)}{left}{f' · {count}' if count else ''}"
    if word == OVERDUE and proposal.report_by is not None:
        return say.report_was_due(emoji, word, when(proposal.report_by))
    if word in (OVERDUE, ROLLBACKS[RollbackStatus.failed][1]):
        return say.somebody_must_look(emoji, word)
    if proposal.rollback is not None:
        return f"{emoji} *{word}* {when(proposal.rollback.reported_at or proposal.rollback.requested_at)}"
    at = proposal.outcome.at if proposal.outcome else proposal.claimed_at or proposal.resolved_at
    return f"{emoji} *{word}*{f' {when(at)}' if at else ''}"


def turns(query: ListQuery, found: "Listed") -> list[Block]:
    """The buttons to the pages beside this one, of a list whose rows have places."""
    row = []
    if found.before is not None:
        row.append(_turn("Back", "page_back", replace(query, at=found.before)))
    if found.after is not None:
        row.append(_turn("Next", "page_next", replace(query, at=found.after)))
    return [actions(*row)] if row else []


def pages_around(query: ListQuery, *, more: bool) -> list[Block]:
    """The same of what is counted in pages."""
    row = []
    if query.page > 0:
        row.append(_turn("Back", "page_back", replace(query, page=query.page - 1)))
    if more:
        row.append(_turn("Next", "page_next", replace(query, page=query.page + 1)))
    return [actions(*row)] if row else []


def list_button(label: str, query: ListQuery) -> Block:
    """A button that opens a list in a modal."""
    return button(label, OPEN_LIST, query.to_value(), said=label)


def since(query: ListQuery) -> timedelta:
    """How far back a query looks."""
    return timedelta(seconds=query.days * DAY)


def _turn(label: str, action_id: str, query: ListQuery) -> Block:
    return button(label, action_id, query.to_value(), said=f"{label} page")


def _hint() -> Block:
    return context_block(ours(say.LISTS_WHAT_YOU_CAN_ASK))


def _trail_pages(proposal: "Proposal", trail: "Sequence[Line]", above: int) -> list[list[Block]]:
    """The trail in pages that fit below a proposal, newest page first; `above` is how much stands above it."""
    most = max(_TRAIL_SIZE - max(above - 3_000, 0), 2_500)
    void = _void(proposal)
    pages: list[list[Block]] = [[]]
    for each in reversed(trail):
        told = _event(proposal, each, void)
        full = pages[-1] and (json_size([*pages[-1], *told]) > most or len(pages[-1]) + len(told) > _TRAIL_BLOCKS)
        if full:
            pages.append([])
        pages[-1] = [*told, *pages[-1]]
    return pages


def _event(proposal: "Proposal", each: "Line", void: "Collection[tuple[object, object]]") -> list[Block]:
    """One event with what was written with it; of an edit, what it changed."""
    decision = each.facts.get("decision")
    said = history_line(each)
    if isinstance(decision, dict) and (decision.get("reviewer"), decision.get("round")) in void:
        said += say.VOID_SINCE_MARKED
    blocks = with_words(f"{said} · {when(each.at)}", written_words(each), 400)
    revision = each.facts.get("revision")
    number = revision.get("number") if isinstance(revision, dict) else None
    if each.tag == "proposal:edited" and isinstance(number, int) and 2 <= number <= proposal.revision:
        before, after = (proposal.revisions[at].action.payload for at in (number - 2, number - 1))
        blocks += difference_blocks(before, after, _MOST_DIFFERENCE)[0]
    return blocks


def _void(proposal: "Proposal") -> set[tuple[object, object]]:
    """Who approved in which earlier round: what they said does not count any more."""
    return {
        (each.reviewer, each.round)
        for each in proposal.decisions
        if each.round != proposal.round and each.verdict is Verdict.approve
    }
