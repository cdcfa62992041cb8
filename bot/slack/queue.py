"""Lists of proposals for one person, as `/approvals` answers them: pages, empty states, one proposal with its trail."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from approvals.proposal import Status, UndoStatus
from bot.slack.blocks import (
    Block,
    actions,
    button,
    context,
    divider,
    header,
    ours,
    paragraph,
    plain,
    rich,
    run,
    section,
    size,
    when,
)
from bot.slack.cards import beginning, what
from bot.slack.claims import payload, summary
from bot.slack.headline import caption
from bot.slack.history import line, with_words, written
from bot.slack.holds import listing_of as held_of
from bot.slack.labels import OVERDUE, UNDOING, state
from bot.slack.ladder import undoing
from bot.slack.redaction import veiled, veiled_lines
from bot.slack.standing import listing_of
from bot.slack.text import escape, one_line, shorten, weight
from bot.slack.words import HELP, truth

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from approvals.holds import Hold
    from approvals.ports import Line
    from approvals.proposal import Proposal
    from approvals.standing import StandingApproval

Kind = Literal["waiting", "mine", "all", "role", "agent", "history", "show", "stats", "standing", "holds"]
_TITLES: dict[str, tuple[str, str]] = {
    "waiting": ("Waiting for you", "Nothing waits for you."),
    "mine": ("What you own or asked for", "No proposal is yours: your agents have asked for nothing yet."),
    "all": ("What you may decide or own", "There is nothing that you may decide or own."),
    "role": ("For the role", "There is nothing for this role that you may see."),
    "agent": ("Of the agent", "There is nothing of this agent that you may see."),
    "history": ("What is over", "Nothing is over yet of what you may see."),
    "show": ("The trail of", ""),
    "holds": ("Held after a no", "Nothing is held of what you may see."),
    "standing": ("Approved for the next like it", "No approval stands for the next like it of what you may see."),
}
_MOST_PAGE = 100_000
_TRAIL_SIZE = 5_500
_TRAIL_BLOCKS = 35


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a list shows, and which page of it; pages count from 0."""

    kind: Kind
    name: str = ""
    """Of the role, the agent or the proposal."""
    page: int = 0

    def to_value(self) -> str:
        """For a button's value, at most 2000 characters."""
        return f"{self.kind}:{self.page}:{self.name[:500]}"

    @classmethod
    def from_value(cls, value: str) -> "Query | None":
        """What `to_value` wrote; None for anything else."""
        kind, _, rest = value.partition(":")
        page, colon, name = rest.partition(":")
        if kind not in get_args(Kind) or not colon or not (page.isascii() and page.isdigit()) or len(page) > 6:
            return None
        return cls(kind=kind, name=name, page=min(int(page), _MOST_PAGE))  # type: ignore[arg-type]  # checked above


def listing(query: Query, proposals: "Sequence[Proposal]", total: int, page_size: int) -> tuple[list[Block], str]:
    """One page of a list, and its text for notifications."""
    title, nothing = _TITLES[query.kind]
    named = f"{title} {shorten(one_line(query.name), 80)[0]}" if query.name else title
    if not proposals:
        gone = "This page is empty now." if query.page else nothing
        row = turns(query, older=False)
        return [header(named), section(plain(gone)), *row, _hint()], f"{gone}"
    first = query.page * page_size + 1
    last = first + len(proposals) - 1
    count = f"{total}" if total <= page_size else f"{first} to {last} of {total}"
    blocks = [header(f"{named} ({count})")]
    for each in proposals:
        blocks += entry(each)
    return [*blocks, *turns(query, older=total > last), _hint()], f"{title}: {count}"


def entry(proposal: "Proposal", *, label: str | None = None) -> list[Block]:
    """Two lines about a proposal, with a button that opens it; `label` is what that says instead."""
    proposal = veiled(proposal)
    action = caption(proposal)
    said = summary(proposal) or one_line(proposal.ask.reasoning)
    words, left = shorten(said, 160, weight)
    pending = proposal.status is Status.pending
    label = label or ("Review" if pending else "Open")
    open_it = button(label, "open_review", proposal.id, said=f"Open {shorten(action, 60)[0]}")
    agent = shorten(one_line(proposal.ask.agent), 60)[0]
    return [
        section(plain(f"{action}\n{words}{' …' if left else ''}"), open_it),
        context(ours(_standing(proposal)), plain(f"by {agent}")),
    ]


def shown(proposal: "Proposal", trail: "Sequence[Line]", page: int = 0) -> tuple[list[Block], str]:
    """One proposal with its trail; page 0 has the newest events, and each page reads from old to new."""
    query = Query(kind="show", name=proposal.id, page=page)
    trail, proposal = veiled_lines(proposal, trail), veiled(proposal)
    title = shorten(f"{state(proposal)[1]}: {caption(proposal)}", 150)[0]
    open_it = button("Open", "open_review", proposal.id, said="Open this proposal")
    top = [header(title), *what(proposal), section(ours(truth(proposal)), open_it)]
    if proposal.undo is not None:
        top.append(section(ours(undoing(proposal.undo))))
    top += beginning("Payload", payload(proposal), 1000)
    pages = _trail_pages(trail)
    page = min(page, len(pages) - 1)
    label = "Trail" if len(pages) == 1 else f"Trail, page {len(pages) - page} of {len(pages)}"
    blocks = [*top, divider(), rich(paragraph(run(label, bold=True))), *pages[page]]
    return [
        *blocks,
        *turns(replace(query, page=page), older=page < len(pages) - 1),
    ], f"{escape(title)}, with its trail"


def standing(
    approvals: "Sequence[StandingApproval]", total: int, query: Query, page_size: int
) -> tuple[list[Block], str]:
    """One page of the standing approvals, each with the button that ends it."""
    return _open([*listing_of(approvals)], query, total, older=total > query.page * page_size + len(approvals))


def holds(
    found: "Sequence[Hold]", total: int, query: Query, page_size: int, endable: "Collection[str]"
) -> tuple[list[Block], str]:
    """One page of what is held, with the button that ends it for those who may."""
    return _open([*held_of(found, endable)], query, total, older=total > query.page * page_size + len(found))


def _open(entries: list[Block], query: Query, total: int, *, older: bool) -> tuple[list[Block], str]:
    title, nothing = _TITLES[query.kind]
    paging = turns(query, older=older)
    if not entries:
        said = "This page is empty now." if query.page else nothing
        return [header(title), section(plain(said)), *paging, _hint()], said
    return [header(f"{title} ({total})"), *entries, *paging, _hint()], f"{title}: {total}"


def not_found(proposal_id: str) -> tuple[list[Block], str]:
    """The answer for an id that does not exist or is not the asker's to see; the two sound the same."""
    text = "There is no such proposal, or it is not yours to see."
    return [section(plain(f"{text}\n{shorten(one_line(proposal_id), 100)[0]}")), _hint()], text


def help_text() -> tuple[list[Block], str]:
    """What `/approvals` understands."""
    lines = [f"`/approvals{f' {verb}' if verb else ''}`  {meaning}" for verb, meaning in HELP]
    rest = (
        "Cards stand in the channels of their roles. Whoever opens a proposal from a list can decide it there. "
        "Unanswered proposals are rejected at their deadline."
    )
    return [header("What you can ask"), section(ours("\n".join(lines))), section(ours(rest))], "What you can ask"


def _standing(proposal: "Proposal") -> str:
    emoji, word = state(proposal)
    if proposal.status is Status.pending:
        return f"{emoji} *{word}* until {when(proposal.expires_at)}"
    if word in (OVERDUE, UNDOING[UndoStatus.failed][1]):
        return f"{emoji} *{word}:* somebody must look"
    if proposal.undo is not None:
        return f"{emoji} *{word}* {when(proposal.undo.reported_at or proposal.undo.requested_at)}"
    at = proposal.outcome.at if proposal.outcome else proposal.claimed_at or proposal.resolved_at
    return f"{emoji} *{word}*{f' {when(at)}' if at else ''}"


def turns(query: Query, *, older: bool) -> list[Block]:
    """The buttons to the pages beside this one."""
    row = []
    if query.page > 0:
        newer = replace(query, page=query.page - 1)
        row.append(button("Newer", "page_newer", newer.to_value(), said="Newer proposals"))
    if older:
        later = replace(query, page=query.page + 1)
        row.append(button("Older", "page_older", later.to_value(), said="Older proposals"))
    return [actions(*row)] if row else []


def _hint() -> Block:
    return context(ours("`/approvals help` lists what you can ask."))


def _trail_pages(trail: "Sequence[Line]") -> list[list[Block]]:
    """The trail in pages that fit below a proposal, newest page first."""
    pages: list[list[Block]] = [[]]
    for each in reversed(trail):
        told = with_words(f"{line(each)} · {when(each.at)}", written(each), 400)
        full = pages[-1] and (size([*pages[-1], *told]) > _TRAIL_SIZE or len(pages[-1]) + len(told) > _TRAIL_BLOCKS)
        if full:
            pages.append([])
        pages[-1] = [*told, *pages[-1]]
    return pages
