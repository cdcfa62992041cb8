"""History lines: a sentence for each audit tag, with what people or agents wrote kept out of markup."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from approvals.agent_stop import EVERYTHING
from approvals.events import RETENTION
from approvals.proposal import Cause, RollbackStatus
from approvals.sample import SampleVerdict
from bot.slack.blockkit.blocks import channel, json_size, ours, person, quote, rich, section, when
from bot.slack.blockkit.text import characters, escape, one_line, shorten, text_weight, visible
from bot.slack.words import drills, remembered
from bot.slack.words.shared import listed, name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from approvals.ports import Line
    from bot.slack.blockkit.blocks import Block

_QUOTED = 700
_MOST = 9_000
_MOST_BLOCKS = 45
_MOST_TEXT = 3500
_VERBS = {
    **{verb: verb for verb in ("approve", "edit", "reject", "revoke", "confirm", "claim", "withdraw", "report")},
    "object": "object",
    "extend": "move the deadline",
    "ask": "ask the agent",
    "reply": "reply to a question",
    "hand_over": "hand it over",
    "retract": "undo an approval",
    "rollback": "report a rollback",
    "judge": "judge a sample",
    "type": "approve",
    "details_approve": "approve",
    "batch_reject": "reject",
    "approve_next": "approve it and the next like it",
    "stop": "stop an agent",
    "resume": "resume an agent",
    "stop_everything": "stop everything",
    "resume_everything": "resume everything",
    "enrol": "enrol a second factor",
    "factor_reset": "reset a second factor",
    "end_remembered": "end a remembered decision",
}


def history_line(each: "Line") -> str:
    """One event, as our markup."""
    told = SENTENCES.get(each.tag)
    if told is None:
        return f":page_facing_up: {escape(one_line(each.tag))}"
    return told if isinstance(told, str) else told(each)


def written_words(each: "Line") -> str | None:
    """What somebody wrote with it (a reason, a report), visible, for where Slack parses nothing."""
    facts = each.facts
    outcome, rollback = _mapping(facts.get("outcome")), _mapping(facts.get("rollback"))
    told = rollback.get("reason" if each.tag == "proposal:objected" else "detail")
    question = _mapping(facts.get("question"))
    asked = question.get("reply" if each.tag == "proposal:replied" else "text")
    parts = (_mapping(facts.get("decision")).get("reason"), facts.get("reason"), told, asked)
    said = "\n".join(str(part) for part in (*parts, outcome.get("detail"), outcome.get("verification")) if part)
    return visible(said) or None


def lines(history: "Sequence[Line]", calling: str = "", approvers: str = "") -> "tuple[list[Block], str]":
    """Waiting lines joined into one message: its blocks, and its text for notifications.

    `calling` is markup of ours that calls those who can still decide, `approvers` those who approved what went wrong.
    """
    again = [each for each, later in zip(history, [*history[1:], None], strict=True) if _said_again(each, later)]
    # A no in somebody's place, or a rushed one, says so, and the line after it has the reason.
    repeated = {id(each) for each in again}
    told = [each for each in history if id(each) not in repeated or _says_more(_mapping(each.facts.get("decision")))]
    told = drills.without_who_missed(told)
    blocks: list[Block] = []
    shown = 0
    for each in reversed(told):
        more = with_words(history_line(each), None if id(each) in repeated else written_words(each))
        if json_size([*more, *blocks]) > _MOST or len(blocks) + len(more) > _MOST_BLOCKS:
            break
        blocks = [*more, *blocks]
        shown += 1
    if earlier := len(told) - shown:
        blocks.insert(0, section(ours(f"… and {earlier} earlier events: `/approvals show`")))
    said = [history_line(each) for each in told[len(told) - shown :]]
    for bell in (f":bell: Please decide: {calling}" if calling else "", must_look(approvers)):
        if bell:
            said.insert(0, bell)
            blocks.append(section(ours(bell)))
    text, _ = shorten("\n".join(said), _MOST_TEXT)
    return blocks, text


def must_look(approvers: str) -> str:
    """Calls those who let run what went wrong; nothing where nobody is to be called."""
    return f":bell: Please look, since you let it run: {approvers}" if approvers else ""


def with_words(sentence: str, words: str | None, limit: int = _QUOTED) -> "list[Block]":
    """A sentence of ours and, quoted below it, somebody's visible words, at most `limit` long."""
    blocks = [section(ours(sentence))]
    if words:
        shown, left = shorten(words, limit, text_weight)
        blocks.append(rich(quote(shown)))
        if left:
            blocks.append(section(ours(f"_… {characters(left)} more in Details._")))
    return blocks


def _decided(each: "Line") -> str:
    decision = _mapping(each.facts.get("decision"))
    who = person(str(decision.get("reviewer")))
    if decision.get("verdict") == "reject":
        return f":no_entry: {who} says no{in_place_of(decision.get('stands_in_for'))}{rushed(decision)}."
    revision = decision.get("revision")
    version = f" revision {revision}" if isinstance(revision, int) and revision > 1 else ""
    roles = listed([name(str(role)) for role in decision.get("roles") or ()], "or")
    after = in_place_of(decision.get("stands_in_for")) + rushed(decision)
    return f":ballot_box_with_check: {who} approves{version}{f' as {roles}' if roles else ''}{after}."


def rushed(decision: "Mapping[str, Any]") -> str:
    """After how long somebody decided, after their name, if that was sooner than they can have read it."""
    if decision.get("rushed") is not True:
        return ""
    try:
        took = datetime.fromisoformat(str(decision.get("at"))) - datetime.fromisoformat(
            str(decision.get("first_seen_at"))
        )
    except ValueError:
        return ": sooner than it can be read"
    return f" (after {int(took.total_seconds())} s): sooner than it can be read"


def in_place_of(whom: object) -> str:
    """For whom somebody decided, after their name; nothing where it was for themself."""
    return f" for {person(str(whom))}" if whom else ""


def _delegated(each: "Line") -> str:
    who, whom = person(str(each.facts.get("delegate"))), person(str(each.facts.get("delegator")))
    return f":handshake: {who} may decide for {whom} until {_moment(each.facts.get('until'))}."


def _delegated_no_more(each: "Line") -> str:
    who, whom = person(str(each.facts.get("delegate"))), person(str(each.facts.get("delegator")))
    return f":handshake: {who} no longer decides for {whom}."


def _edited(each: "Line") -> str:
    revision = _mapping(each.facts.get("revision"))
    number = revision.get("number")
    which = f" (revision {number})" if isinstance(number, int) else ""
    return f":pencil2: {person(str(revision.get('editor')))} changed the payload{which}. Earlier approvals are void."


def _rejudged(each: "Line") -> str:
    if each.facts.get("nonce") is None:
        return ":scroll: The policy changed. Who must agree stays the same."
    return ":scroll: The policy changed and asks for other people: deciding begins anew."


def _approved(each: "Line") -> str:
    if each.facts.get("cause") == Cause.remembered_approval:
        by = f"beforehand by {person(str(each.facts.get('by')))}, who approved one like it and the next"
        return f":white_check_mark: *Approved* {by}."
    by = _GRANTED.get(str(each.facts.get("cause")), "in full")
    first = each.facts.get("claimable_at")
    begins = f"from {_moment(first, seconds=True)} on, " if first else ""
    until = _moment(each.facts.get("execute_by"))
    return f":white_check_mark: *Approved* {by}. The agent may take it {begins}until {until}."


def ending(word: str, cause: object, by: object) -> str:
    """How a review ended with a no, as our markup without its full stop."""
    match str(cause):
        case Cause.expired:
            return "*Expired:* nobody answered in time, so it was rejected"
        case Cause.blocked if by:
            return f"*{word}* at once because {person(str(by))} had rejected the same before; nobody was asked"
        case Cause.blocked:
            return f"*{word}* by the policy alone; nobody was asked"
        case Cause.policy_changed:
            return f"*{word}* because the policy changed"
        case Cause.stopped:
            return f"*{word}* because {person(str(by))} stopped the agent"
        case Cause.quorum_unreachable:
            return f"*{word}* because the policy leaves nobody who could agree"
        case _:
            return f"*{word}* by {person(str(by))}" if by else f"*{word}*"


def _ended(word: str) -> "Callable[[Line], str]":
    def line(each: "Line") -> str:
        return f":no_entry: {ending(word, each.facts.get('cause'), each.facts.get('by'))}."

    return line


def _claimed(each: "Line") -> str:
    return f":gear: The agent took it to run it. Its report is due {_moment(each.facts.get('report_by'))}."


def _objected(each: "Line") -> str:
    rollback = _mapping(each.facts.get("rollback"))
    return f":raised_hand: {person(str(rollback.get('requested_by')))} *objects:* the agent is asked to roll it back."


def _undone(each: "Line") -> str:
    if _mapping(each.facts.get("rollback")).get("status") == RollbackStatus.done:
        return ":leftwards_arrow_with_hook: *Rolled back*, the agent reports."
    return ":rotating_light: *Rollback failed*, the agent reports. *Somebody must look.*"


def _escalated(each: "Line") -> str:
    to, by = name(str(each.facts.get("to"))), each.facts.get("by")
    if by:
        return f":handshake: {person(str(by))} handed it over: *{to}* may decide too."
    return f":arrow_double_up: Nobody has decided yet, so *{to}* may decide too."


def _extended(each: "Line") -> str:
    until = _moment(each.facts.get("expires_at"))
    return f":hourglass: {person(str(each.facts.get('by')))} asked for more time: until {until} now."


def _asked(each: "Line") -> str:
    return f":speech_balloon: {person(str(_mapping(each.facts.get('question')).get('asked_by')))} asks the agent:"


def _retracted(each: "Line") -> str:
    who = person(str(each.facts.get("by")))
    return (
        f":leftwards_arrow_with_hook: {who} *undid their approval:* it waits without it, until its deadline as before."
    )


def _suspended(each: "Line") -> str:
    suspension = _mapping(each.facts.get("suspension"))
    again = " What was approved is asked again." if suspension.get("again") else ""
    return (
        f":octagonal_sign: {person(str(suspension.get('by')))} *stopped everything:* nobody can approve it now.{again}"
    )


def _going_on(each: "Line") -> str:
    again = " What was approved before the stop is asked again." if each.facts.get("again") else ""
    return f":arrow_forward: *Resumed:* it can be approved. Its deadline is as before.{again}"


def _stopped(each: "Line") -> str:
    return f":octagonal_sign: {person(str(each.facts.get('by')))} stopped {_of_whom(each)}."


def _resumed(each: "Line") -> str:
    return f":arrow_forward: {person(str(each.facts.get('by')))} resumed {_of_whom(each)}."


def _whose(each: "Line") -> str:
    return person(str(each.facts.get("person")))


def _of_whom(each: "Line") -> str:
    return "everything" if each.facts.get("agent") == EVERYTHING else "the agent"


def _replied(each: "Line") -> str:
    asker = person(str(_mapping(each.facts.get("question")).get("asked_by")))
    return f":speech_balloon: {asker}, the agent answers (checked by nobody):"


def _revised(each: "Line") -> str:
    number = _mapping(each.facts.get("revision")).get("number")
    which = f" (revision {number})" if isinstance(number, int) else ""
    return f":pencil2: The agent changed the payload in its reply{which}. Earlier approvals are void."


def _refused(each: "Line") -> str:
    what = _VERBS.get(str(each.facts.get("verb")), "do something")
    return f":raised_hand: {_actor(each)} tried to {what} and was told no."


def _posted(each: "Line") -> str:
    return f":pushpin: The card stands in {channel(str(each.facts.get('channel')))}."


def _judged(each: "Line") -> str:
    said = "*Fine*" if each.facts.get("judgement") == SampleVerdict.fine else "*Not fine*"
    return f":mag: {said}, says {person(str(each.facts.get('by')))}."


_GRANTED: "Mapping[str, str]" = {
    Cause.auto: "by the policy alone; nobody was asked",
    Cause.watch: "by the policy, which waits for nobody here; people can object",
}
SENTENCES: "Mapping[str, str | Callable[[Line], str]]" = {
    **dict.fromkeys(("proposal:submitted", "proposal:planted"), ":inbox_tray: The agent proposed it."),
    "proposal:drilled": drills.line,
    "proposal:decided": _decided,
    "proposal:retracted": _retracted,
    "proposal:suspended": _suspended,
    "proposal:resumed": _going_on,
    "proposal:edited": _edited,
    "proposal:rejudged": _rejudged,
    "proposal:approved": _approved,
    "proposal:rejected": _ended("Rejected"),
    "proposal:withdrawn": ":leftwards_arrow_with_hook: *Withdrawn:* the agent took it back.",
    "proposal:revoked": _ended("Revoked"),
    "proposal:claimed": _claimed,
    "proposal:lapsed": ":hourglass: *Lapsed:* the agent did not take it in time, so it will not run.",
    "proposal:overdue": (
        ":rotating_light: *Overdue:* the agent took it and did not report in time. *Somebody must look.* "
        "Nothing runs again by itself."
    ),
    "proposal:succeeded": ":heavy_check_mark: *Succeeded*, the agent reports.",
    "proposal:failed": ":x: *Failed*, the agent reports.",
    "proposal:unknown": ":grey_question: The agent cannot tell whether it worked. *Somebody must look.*",
    "proposal:objected": _objected,
    "proposal:rolled_back": _undone,
    "proposal:reminded": ":alarm_clock: *Reminder:* this still waits. Unanswered, it is rejected at its deadline.",
    "proposal:escalated": _escalated,
    "proposal:extended": _extended,
    "proposal:asked": _asked,
    "proposal:replied": _replied,
    "proposal:revised": _revised,
    "proposal:refused": _refused,
    "proposal:erased": lambda each: f":wastebasket: *What was written of it was erased* by {_eraser(each)}.",
    **remembered.SENTENCES,
    "card:mismatched": (
        ":warning: *Somebody rewrote our message:* the words on a clicked card were not ours. It is being restored."
    ),
    "card:posted": _posted,
    "sample:drawn": ":mag: It was drawn at random, to be looked over.",
    "sample:posted": _posted,
    "sample:judged": _judged,
    "delegation:begun": _delegated,
    "delegation:ended": _delegated_no_more,
    "agent:stopped": _stopped,
    "agent:resumed": _resumed,
    "second_factor:enrolled": lambda each: f":closed_lock_with_key: {_whose(each)} enrolled a second factor.",
    "second_factor:reset_requested": lambda each: (
        f":closed_lock_with_key: {person(str(each.facts.get('by')))} asks for the reset of the second factor of "
        f"{_whose(each)}."
    ),
    "second_factor:reset": lambda each: f":closed_lock_with_key: The second factor of {_whose(each)} was reset.",
    "code:accepted": lambda each: f":closed_lock_with_key: {_whose(each)} typed a code of their second factor.",
    "code:refused": lambda each: f":closed_lock_with_key: {_whose(each)} typed a code that does not count.",
    "retention:changed": ":wastebasket: The policy has other times after which what was written is erased.",
    "policy:begun": ":scroll: Another policy came into force.",
    "policy:loaded": ":scroll: What waits was judged under the policy.",
    "policy:refused": ":warning: A changed policy has faults; the one before it stays in force.",
}
"""By audit tag."""


def _eraser(each: "Line") -> str:
    by = str(each.facts.get("by"))
    return "time, as the policy says" if by == RETENTION else f"the operator {escape(one_line(by))}"


def _says_more(decision: "Mapping[str, Any]") -> bool:
    return bool(decision.get("stands_in_for") or decision.get("rushed"))


def _said_again(each: "Line", later: "Line | None") -> bool:
    """Whether it is a verdict of no that the next line says again."""
    verdict = _mapping(each.facts.get("decision")).get("verdict")
    return verdict == "reject" and later is not None and later.tag in ("proposal:rejected", "proposal:revoked")


def _actor(each: "Line") -> str:
    match each.actor.kind:
        case "reviewer":
            return person(each.actor.id)
        case "agent":
            return "The agent"
        case _:
            return "The program"


def _moment(instant: object, *, seconds: bool = False) -> str:
    try:
        return when(datetime.fromisoformat(str(instant)), seconds=seconds)
    except ValueError:
        return "its deadline"


def _mapping(value: object) -> "Mapping[str, Any]":
    return value if isinstance(value, dict) else {}
