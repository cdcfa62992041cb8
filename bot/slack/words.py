"""The sentences of Slack: what stands, what is missing, what to do. Our markup, free of agents' text."""

from typing import TYPE_CHECKING

from approvals.decision import Verdict, tally
from approvals.gate import Tier
from approvals.proposal import Cause, Status
from bot.slack.blocks import person, when
from bot.slack.history import ending, line, lines, standing_in
from bot.slack.labels import STATUSES, listed, name, state
from bot.slack.ladder import objection
from bot.slack.refused import refusal
from bot.slack.settling import may_take
from bot.slack.settling import thanks as settling
from bot.slack.text import escape, one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.gate import Gate
    from approvals.proposal import Proposal

__all__ = ["line", "lines", "refusal"]

TITLE = "Signoff"
LIST_AGAIN = "The next one could not be shown here. Close this and open it from the list."
NO_MORE = "Nothing more waits for you in this list."
ONE_MOMENT = "One moment …"
NOT_VISIBLE = "This proposal is not yours to see: you are in none of its roles, and its agent does not act for you."
OLD_BUTTON = "This button is from an older list or card and does nothing any more. Use the card, or `/approvals`."
NO_ROLE_LEFT = "Every role of the policy is asked already, so there is nobody to hand this over to."
ROLE_GONE = "This role is no longer in the policy. Choose another."
NOTHING_TICKED = "Nothing is ticked. Close this, tick what you mean, then press the button again."
TOO_LATE = "Somebody or something else was first, so this was not decided with what you typed."
BUSY = "The database is busy, so nothing was changed. Please try again in a moment."
TROUBLE = "Something went wrong here, and your answer may not have counted. Look at the card, then try again."
UNKNOWN_COMMAND = "This command is unknown here. `/approvals help` lists what there is."

HELP: tuple[tuple[str, str], ...] = (
    ("", "what waits for you, the most urgent first"),
    ("overdue", "what an agent took and did not report, or was to undo"),
    ("mine", "what you own or asked for"),
    ("all", "what you may decide or own"),
    ("role NAME", "what a role may decide"),
    ("agent NAME", "what an agent proposed"),
    ("action refund.*", "what asks for an action"),
    ("history", "what is over; then any of `agent NAME`, `action refund.*`, `by @NAME`, `status rejected`, `since 7d`"),
    ("show ID", "one proposal with its trail; also the beginning of its id, or a link to its card"),
    ("stats", "how it went, by action and role, in the last 30 days; then any of `7d`, `role NAME`, `agent NAME`"),
    ("standing", "what is approved for the next like it, to be ended"),
    ("holds", "what is held after a no, to be ended"),
    ("delegate @NAME until friday", "lets somebody decide for you for a while; also `until 18:00`, `for 3d`"),
    ("delegate", "who decides for you, and for whom you do"),
    ("delegate stop @NAME", "ends that, from either side"),
    ("stop agent NAME because …", "ends at once all that an agent may still begin; its owner and the operators may"),
    ("stop", "which agents are stopped"),
    ("resume agent NAME", "lets it propose again; the operators alone may"),
    ("notify dm", "has me write to you when something waits for you; `notify off` ends that"),
    ("help", "this list"),
)
"""What may follow `/approvals`."""
GROUPS: dict[str, str] = {
    **dict.fromkeys(("", "overdue"), "What needs you"),
    **dict.fromkeys(("mine", "all", "role", "agent", "action", "history", "show"), "Looking things up"),
    "stats": "How it goes",
    **dict.fromkeys(("standing", "holds", "delegate"), "Asked less often, or somebody else"),
    **dict.fromkeys(("stop", "resume", "notify"), "In your hands"),
}
"""Under which title the help has a verb; the others stand under the last."""


def thanks(decided: "Proposal") -> str:
    """What a person reads who just approved."""
    instead = standing_in(decided.decisions[-1].stands_in_for) if decided.decisions else ""
    if decided.status is Status.pending:
        return f"Thank you, your approval{instead} counts. {missing(decided)}"
    return f"Thank you. It is approved now{instead}; the card shows how it goes on.{settling(decided)}"


def taken_back(proposal: "Proposal") -> str:
    """What a person reads who just took their approval back."""
    if proposal.status is not Status.pending:
        return "Your approval is undone. Its time was over meanwhile, so it is rejected."
    return f"Your approval is undone: it waits again until {when(proposal.expires_at)}. You may approve it later."


def extended(proposal: "Proposal") -> str:
    """What a person reads who just moved the deadline."""
    return f"There is time until {when(proposal.expires_at)} now."


def joined_later(calling: str) -> str:
    """Calls those whom only what joined a summary later needs; `calling` is markup of ours."""
    return f":bell: Please decide: {calling}"


def still_waiting(count: int, soonest: "datetime", calling: str) -> str:
    """Reminds people of what waits on a summary; `calling` is markup of ours."""
    wait = "1 request still waits" if count == 1 else f"{count} requests still wait"
    return f":bell: {wait} here, and the first is rejected {when(soonest)}: {calling}"


def undeliverable(proposal_id: str, why: str) -> str:
    """What the operators read when a card or a line of history could not be delivered."""
    sample = why.startswith("sample to ")
    why = escape(shorten(one_line(why), 400)[0])
    if sample:
        return (
            f":rotating_light: *Not delivered:* Slack does not take the sample {name(proposal_id)} that people are to "
            f"look over ({why}). Nothing else depends on it. Mend the cause, then restart."
        )
    return (
        f":rotating_light: *Not delivered:* Slack does not take what {name(proposal_id)} has to show ({why}). "
        "People may not see it, and unanswered it is rejected. Mend the cause, then restart."
    )


def policy_refused(file: str, since: "datetime", faults: "Sequence[str]", more: int) -> str:
    """What the operators read when a changed policy was not taken."""
    listed_faults = "\n".join(f"• {escape(shorten(one_line(fault), 400)[0])}" for fault in faults)
    others = f"\n{more} more are in the log." if more else ""
    return (
        f":warning: *{escape(one_line(file))} was changed but has faults,* so the policy from {when(since)} stays in "
        f"force.\n{listed_faults}{others}\nMend it and save; `signoff policy check` says when all is well."
    )


def missing(proposal: "Proposal") -> str:
    """Whose approval is still missing, a sentence."""
    counted = tally(proposal.standing_decisions, proposal.gate, proposal.editors)
    named = listed([f"{count} of *{name(role)}*" for role, count in counted.missing])
    if counted.second_person:
        return f"Still needed: {named + ', with ' if named else ''}somebody who did not change it."
    return f"Still needed: {named}." if named else "Nothing more is needed."


def second_person(proposal: "Proposal") -> str | None:
    """That whoever changes the payload is not enough, a sentence; None where they are."""
    if not proposal.gate.second_person:
        return None
    return "*Second person:* whoever changes the payload is not enough; somebody else has to agree as well."


def severity(gate: "Gate") -> tuple[str, str]:
    """How much the policy asks, as an emoji and a word."""
    if len(gate.roles) * gate.approvals > 1:
        return ":red_circle:", "High risk"
    return ":large_yellow_circle:", "Needs a person"


def demand(gate: "Gate") -> str:
    """Who has to agree, a phrase."""
    each = "one approval" if gate.approvals == 1 else f"{gate.approvals} approvals"
    named = listed([f"*{name(role)}*" for role in gate.roles])
    match len(gate.roles):
        case 0:
            return each
        case 1:
            return f"{each} of {named}"
        case _:
            return f"{each} each of {named}, all by different people"


def truth(proposal: "Proposal") -> str:
    """How a proposal stands: by whom, when, and what follows."""
    emoji, word = STATUSES[proposal.status]
    at = f" · {when(proposal.resolved_at)}" if proposal.resolved_at else ""
    can_object = objection(proposal)
    after = f"\n{can_object}" if can_object else ""
    match proposal.status:
        case Status.pending:
            return f"{emoji} *{word}* until {when(proposal.expires_at)}; unanswered means rejected."
        case Status.withdrawn:
            return f"{emoji} *{word}:* the agent took it back{at}"
        case Status.revoked if proposal.gate.tier is Tier.watch and proposal.resolved_by:
            return f"{emoji} *{word}:* {person(proposal.resolved_by)} objected before the agent took it{at}"
        case Status.rejected | Status.revoked:
            return f"{emoji} {ending(word, proposal.cause, proposal.resolved_by)}{_for_whom(proposal)}{at}"
        case Status.approved:
            return f"{state(proposal)[0]} *{word}* {_granted(proposal)}{at}\n{_became(proposal)}{after}"
        case Status.claimed if proposal.overdue:
            emoji = ":rotating_light:"
        case _:
            pass
    return f"{emoji} {_became(proposal)}\n:white_check_mark: *Approved* {_granted(proposal)}{at}{after}"


def _became(proposal: "Proposal") -> str:
    """What the agent has made of the approval."""
    due = f" {when(proposal.report_by)}" if proposal.report_by else ""
    reported = f" · {when(proposal.outcome.at)}" if proposal.outcome else ""
    match proposal.status:
        case Status.approved:
            lapses = f" After {when(proposal.execute_by)} it lapses." if proposal.execute_by else ""
            return f"{may_take(proposal)}{lapses}"
        case Status.lapsed:
            return "*Lapsed:* the agent did not take it in time, so it will not run."
        case Status.claimed if proposal.overdue:
            return (
                f"*Overdue:* the agent took it and did not report by{due or ' its deadline'}. "
                "*Somebody must look.* Nothing runs again by itself."
            )
        case Status.claimed:
            taken = f" · {when(proposal.claimed_at)}" if proposal.claimed_at else ""
            return f"*Running:* the agent took it{taken}. Its report is due{due or ' soon'}."
        case Status.succeeded:
            return f"*Succeeded*, the agent reports{reported}"
        case Status.failed:
            return f"*Failed*, the agent reports{reported}"
        case _:
            return f"*Outcome unknown:* the agent cannot tell whether it worked{reported}. *Somebody must look.*"


def _for_whom(proposal: "Proposal") -> str:
    """In whose place the no was said that ended the review."""
    noes = [each for each in proposal.decisions if each.verdict is Verdict.reject]
    return standing_in(noes[-1].stands_in_for) if noes else ""


def _granted(proposal: "Proposal") -> str:
    if proposal.cause is Cause.auto:
        return "by the policy alone; nobody was asked"
    if proposal.cause is Cause.watch:
        return "by the policy, which waits for nobody here"
    if proposal.cause is Cause.standing:
        return f"beforehand by {person(proposal.resolved_by or '')}, who approved one like it and the next"
    by = tally(proposal.standing_decisions, proposal.gate).approved_by
    changed = ", with changes" if proposal.edited else ""
    own = " (:warning: *self-review*)" if any(user in proposal.gate.excluded for user in by) else ""
    for_whom = {each.reviewer: standing_in(each.stands_in_for) for each in proposal.standing_decisions}
    named = [f"{person(user)}{for_whom[user]}" for user in by]
    return f"by {listed(named) or 'its reviewers'}{changed}{own}"
