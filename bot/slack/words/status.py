"""Status sentences: what is still asked of whom, by when, and what may still be undone. Our markup."""

# ruff: noqa: D103 - a sentence says itself what it is

from typing import TYPE_CHECKING

from approvals.decision import Verdict, tally
from approvals.gate import Tier
from approvals.moves.deadlines import reminders_ahead, step_at, steps_ahead, taken_at, undoable_until
from approvals.moves.reviewer import nobody_left, open_to_objection
from approvals.proposal import Cause, RollbackStatus, Status
from bot.slack.blockkit.blocks import person, when
from bot.slack.blockkit.text import escape, one_line, shorten
from bot.slack.words.drills import is_over, over
from bot.slack.words.history import ending, in_place_of
from bot.slack.words.shared import ROLLBACKS, STATUSES, listed, name, span, state

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from approvals.decision import Decision
    from approvals.gate import Gate
    from approvals.proposal import Proposal, Rollback, Suspension


LABEL = "Undo my approval"


def may_take(proposal: "Proposal") -> str:
    """From when on the agent can take what is approved, a sentence; as true afterwards as before."""
    if proposal.claimable_at is None:
        return "The agent has not taken it yet."
    return f"The agent has not taken it yet; it can from {when(proposal.claimable_at, seconds=True)} on."


def suspended(suspension: "Suspension") -> str:
    """That nobody can approve it, why, and what can be done; the words of the person in plain text."""
    why = f": {escape(shorten(one_line(suspension.reason), 300)[0])}" if suspension.reason else ""
    again = " What was approved before is asked again then." if suspension.again else ""
    return (
        f":octagonal_sign: *Everything is stopped* by {person(suspension.by)}, {when(suspension.since)}{why}\n"
        f"Nobody can approve this until the operators resume it; you can reject it.{again}"
    )


def who_retracted(proposal: "Proposal") -> str | None:
    """Who took their approval back, a sentence, as far as they have not approved again; None for nobody."""
    active = {each.reviewer for each in proposal.active_decisions}
    void = [each for each in proposal.decisions if each.retracted_at is not None and each.round == proposal.round]
    people = [person(user) for user in dict.fromkeys(each.reviewer for each in void) if user not in active]
    if not people:
        return None
    return f":leftwards_arrow_with_hook: {listed(people)} approved this and undid it; that does not count."


def still_undoable(proposals: "Iterable[Proposal]", now: "datetime | None") -> str:
    """How many of several still settle, a line of a card that they share; empty where none does."""
    moments = [] if now is None else [at for each in proposals if (at := undoable_until(each, now)) is not None]
    if not moments:
        return ""
    some = "*1 was approved just now:*" if len(moments) == 1 else f"*{len(moments)} were approved just now:*"
    what = "it" if len(moments) == 1 else "all of them"
    last = when(max(moments), seconds=True)
    told = f"the agent can take {what} from {last} on. Whoever approved one can open it and undo that."
    return f"\n:hourglass: {some} {told}"


def until_claimable(proposal: "Proposal") -> str:
    """What a person reads who just gave the last approval, after the thanks; empty where it does not settle."""
    if proposal.claimable_at is None:
        return ""
    return f" The agent can take it from {when(proposal.claimable_at, seconds=True)} on; until then you can undo this."


def after_several(longest: "timedelta") -> str:
    """What a person reads who just approved several from a list, a sentence."""
    return (
        f"The agent can take these after {span(longest)}. Until then: Review on the card, Open, and `{LABEL}` takes "
        "that of one back."
    )


def retract_your_approval_of(what: str) -> str:
    return f"Undo your approval of {what}"


def whoever_approved_this_can_undo(at: str) -> str:
    return f":hourglass: Whoever approved this can undo that until {at}."


_MOST_STEPS = 3
"""Steps of one kind that are named; the rest are counted."""
_MOST_STAND_INS = 8


def next_steps(proposal: "Proposal") -> str | None:
    """The steps still to come before the deadline, and the deadline; None where there are no steps."""
    moments = [step_at(proposal, each) for each in reminders_ahead(proposal)]
    reminders = [at for at in moments if at < proposal.expires_at]
    steps = [f"Reminder {when(at)}" for at in reminders[:_MOST_STEPS]]
    if len(reminders) > _MOST_STEPS:
        steps.append(f"{len(reminders) - _MOST_STEPS} more reminders")
    roles = [(each, taken_at(proposal, each)) for each in steps_ahead(proposal)]
    calls = [f"*{name(each.to)}* may step in {when(at)}" for each, at in roles if at < proposal.expires_at]
    steps += calls[:_MOST_STEPS]
    if len(calls) > _MOST_STEPS:
        steps.append(f"{len(calls) - _MOST_STEPS} more roles after that")
    return None if not steps else " · ".join([*steps, f"rejected {when(proposal.expires_at)}"])


def stand_ins(gate: "Gate") -> str | None:
    """Whose approval counts too, a sentence; None where nobody stands in."""
    places: dict[str, list[str]] = {}
    for each in gate.stand_ins:
        if each.role in gate.roles:
            places.setdefault(each.by, []).append(each.role)
    anywhere = [by for by, roles in places.items() if {*roles, by} >= set(gate.roles)]
    told = [f"*{name(by)}*" for by in anywhere]
    told += [
        f"*{name(by)}* for {listed([f'*{name(role)}*' for role in roles[:2]] + (['others'] if len(roles) > 2 else []))}"
        for by, roles in places.items()
        if by not in anywhere
    ]
    if len(told) > _MOST_STAND_INS:
        told = [*told[:_MOST_STAND_INS], f"{len(told) - _MOST_STAND_INS} more roles"]
    return f"{listed(told)} may decide too." if told else None


def objection(proposal: "Proposal") -> str | None:
    """Who can object to what ran without waiting, and until when, a sentence; None where nobody can."""
    until = proposal.object_until
    if not open_to_objection(proposal) or until is None:
        return None
    roles = listed([f"*{name(role)}*" for role in proposal.gate.roles], "or") or "its reviewers"
    if proposal.claimed_at is None:
        return f"Whoever is in {roles} can object until {span(until - proposal.created_at)} after the agent takes it."
    return f"Whoever is in {roles} can object until {when(until)}."


def rollback_line(rollback: "Rollback") -> str:
    """What was objected to, and what came of the rollback."""
    emoji, word = ROLLBACKS[rollback.status]
    asked = f"{person(rollback.requested_by)} objected after the agent took it · {when(rollback.requested_at)}"
    reported = f" · {when(rollback.reported_at)}" if rollback.reported_at else ""
    match rollback.status:
        case RollbackStatus.requested:
            return f"{emoji} *{word}:* {asked}\nThe agent is asked to roll it back, and has not reported yet."
        case RollbackStatus.done:
            return f"{emoji} *{word}*, the agent reports{reported}\n{asked}"
        case RollbackStatus.failed:
            return f"{emoji} *{word}*, the agent reports{reported}. *Somebody must look.*\n{asked}"


def missing(proposal: "Proposal") -> str:
    """Whose approval is still missing, a sentence."""
    counted = tally(proposal.active_decisions, proposal.gate, proposal.editors)
    escalated_to = [each.to for each in proposal.escalated_to]
    gone = counted.second_person and nobody_left(proposal.gate, proposal.editors, escalated_to)
    return still_needed(counted.missing, second_person=counted.second_person, nobody_left=gone)


def still_needed(missing: "Iterable[tuple[str, int]]", *, second_person: bool, nobody_left: bool = False) -> str:
    """The same of so many for each role, and whether by somebody who did not change it."""
    named = listed([f"{count} of *{name(role)}*" for role, count in missing])
    if second_person:
        left = ", and nobody who may approve it is left" if nobody_left else ""
        return f"Still needed: {named + ', with ' if named else ''}somebody who did not change it{left}."
    return f"Still needed: {named}." if named else "Nothing more is needed."


def approved_so_far(proposal: "Proposal") -> str | None:
    """How many of how many approvals there are and by whom, a phrase; None where one is enough or none is missing."""
    counted = tally(proposal.active_decisions, proposal.gate, proposal.editors)
    if proposal.status is not Status.pending or (counted.places == 1 and not counted.approved_by):
        return None
    made = [_approval(proposal, each) for each in proposal.active_decisions]
    by = f" · {listed(made)}" if made else ""
    return f"*{counted.taken} of {counted.places} approvals*{by}"


def _approval(proposal: "Proposal", decision: "Decision") -> str:
    own = " (:warning: *self-review*)" if decision.reviewer in proposal.gate.excluded else ""
    return f"{person(decision.reviewer)}{in_place_of(decision.stands_in_for)}{own}"


def second_person(proposal: "Proposal") -> str | None:
    """That whoever changes the payload is not enough, a sentence; None where they are."""
    if not proposal.gate.second_person:
        return None
    return "*Second person:* whoever changes the payload is not enough; somebody else has to agree as well."


def severity(gate: "Gate") -> str:
    """How much the policy asks, as an emoji; the words beside it say how much that is."""
    return ":red_circle:" if places(gate) > 1 else ":large_yellow_circle:"


def places(gate: "Gate") -> int:
    """How many people have to agree."""
    return max(len(gate.roles), 1) * gate.approvals


def approvals_needed(proposal: "Proposal") -> str:
    """How many approvals it takes and of whom; once there are some, how many by whom: a phrase."""
    gate, roles = proposal.gate, listed([f"*{name(role)}*" for role in proposal.gate.roles])
    if proposal.active_decisions and (told := approved_so_far(proposal)) is not None:
        return told
    many = places(gate)
    if len(gate.roles) < 2:
        return f"*{many} approval{'' if many == 1 else 's'}*{f' of {roles}' if roles else ''}"
    each = "one" if gate.approvals == 1 else str(gate.approvals)
    return f"*{many} approvals:* {each} each of {roles}, all by different people"


def status_sentence(proposal: "Proposal") -> str:
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
        case Status.rejected if is_over(proposal):
            return over(proposal)
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
    return in_place_of(noes[-1].stands_in_for) if noes else ""


def _granted(proposal: "Proposal") -> str:
    if proposal.cause is Cause.auto:
        return "by the policy alone; nobody was asked"
    if proposal.cause is Cause.watch:
        return "by the policy, which waits for nobody here"
    if proposal.cause is Cause.remembered_approval:
        return f"beforehand by {person(proposal.resolved_by or '')}, who approved one like it and the next"
    by = tally(proposal.active_decisions, proposal.gate).approved_by
    changed = ", with changes" if proposal.edited else ""
    own = " (:warning: *self-review*)" if any(user in proposal.gate.excluded for user in by) else ""
    for_whom = {each.reviewer: in_place_of(each.stands_in_for) for each in proposal.active_decisions}
    named = [f"{person(user)}{for_whom[user]}" for user in by]
    return f"by {listed(named) or 'its reviewers'}{changed}{own}"
