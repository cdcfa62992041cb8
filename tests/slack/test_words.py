"""The sentences: one for each no and for each event, free of markup that is not ours."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import agent_stop, events, second_factor
from approvals.agent_stop import AlreadyStopped
from approvals.decision import Decision, Verdict
from approvals.delegation import CannotStandIn, DelegationTooLong, NotAhead, TooManyDelegates
from approvals.events import (
    Actor,
    Decided,
    Escalated,
    Event,
    Extended,
    Objected,
    Rejected,
    Reminded,
    RolledBack,
    event_facts,
)
from approvals.moves.questions import QuestionUnfit
from approvals.ports import Line
from approvals.proposal import Cause, Outcome, Rollback, RollbackStatus, Status
from approvals.refusals import (
    AlreadyJudged,
    AlreadyResolved,
    EditBlocked,
    EditFaulty,
    EffectHeld,
    EverythingStopped,
    ExcludedDelegator,
    Expired,
    Fault,
    FieldLocked,
    NotEligible,
    NotFound,
    NotYourPlace,
    NotYourRole,
    ReviewerRefusal,
    RoleFull,
    SomebodyElseFirst,
    UndoWindowOver,
)
from approvals.remembered import approval, decision, rejection
from approvals.remembered.rejection import EditRejectedBefore
from approvals.second_factor import CodesLocked, CodeWrong
from bot.slack.blockkit.text import words_of
from bot.slack.words import alerts, answers, history, refusals
from bot.slack.words.history import SENTENCES as TOLD
from bot.slack.words.refusals import SENTENCES as REFUSED
from bot.slack.words.shared import STATUSES
from tests.making import START, make_proposal
from tests.slack.hostile import MARK, markup, texts
from tests.slack.limits import message_faults, sdk_accepts

ARGUMENTS = {
    NotEligible: ("guest",),
    NotYourRole: (("finance", "legal"),),
    NotYourPlace: (("finance", "legal"),),
    AlreadyStopped: ("U0BOB", START),
    EverythingStopped: ("U0BOB", START),
    EffectHeld: ("prp_0190c3e5a4b07cc2a1d6b3f0e4d5c6b7", Status.unknown),
    CodeWrong: (4,),
    SomebodyElseFirst: (START,),
    CodesLocked: (START,),
    AlreadyResolved: (Status.approved, "U0BOB", START),
    Expired: (START,),
    AlreadyJudged: ("U0BOB", START),
    EditRejectedBefore: (START,),
    FieldLocked: (("amount",),),
    EditBlocked: (("Tables are never dropped",),),
    ExcludedDelegator: ("U0BOB",),
    CannotStandIn: ("guest",),
    NotAhead: (START,),
    QuestionUnfit: (1000,),
    UndoWindowOver: (None,),
    RoleFull: (("finance",), ("U0BOB",), (("support", 1),)),
    DelegationTooLong: (60,),
    TooManyDelegates: (10,),
    EditFaulty: ((Fault("/amount", "must be a number"),),),
}


def kinds(base):
    return {base} | {kind for below in base.__subclasses__() for kind in kinds(below)}


def tags():
    return {
        each.tag
        for home in (events, decision, rejection, approval, agent_stop, second_factor)
        for each in vars(home).values()
        if isinstance(each, type) and issubclass(each, Event) and "tag" in vars(each)
    }


def line(tag, actor="reviewer", **told):
    return Line(tag=tag, facts=told, actor=Actor(kind=actor, id="U0BOB", team="T0TEAM"), at=START)


@pytest.mark.parametrize("kind", sorted(kinds(ReviewerRefusal) | {NotFound}, key=lambda kind: kind.__name__))
def test_every_no_to_a_person_has_its_own_sentence_that_says_what_happened(kind):
    assert kind in REFUSED
    sentence = refusals.refusal(kind(*ARGUMENTS.get(kind, ())))
    assert sentence.endswith((".", "`"))
    assert len(sentence) < 400


def test_no_two_refusals_sound_the_same():
    said = [refusals.refusal(kind(*ARGUMENTS.get(kind, ()))) for kind in kinds(ReviewerRefusal)]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("what", ["guest", "stranger", "bot", "deactivated", "another workspace"])
def test_whoever_may_decide_nothing_hears_why(what):
    assert refusals.refusal(NotEligible(what)) != refusals.refusal(NotEligible("something else"))


@pytest.mark.parametrize("what", ["guest", "stranger", "bot", "deactivated", "another workspace", "unverified"])
def test_whoever_may_decide_nothing_cannot_stand_in_and_the_sentence_says_why(what):
    assert refusals.refusal(CannotStandIn(what)) != refusals.refusal(CannotStandIn("something else"))


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.pending])
def test_who_comes_late_hears_by_whom_it_was_decided(status):
    sentence = refusals.refusal(AlreadyResolved(status, "U0BOB", START))
    assert "by <@U0BOB>" in sentence
    assert STATUSES[status][1].lower() in sentence


def test_an_expired_proposal_says_that_silence_was_a_no():
    assert "nobody answered until <!date^" in refusals.refusal(Expired(START))
    assert "rejected" in refusals.refusal(Expired(START))


@given(texts)
def test_names_and_reasons_in_a_refusal_are_never_markup(text):
    for refused in (NotYourRole((text,)), EditBlocked((text,))):
        assert not re.search(r"<[^!]|<!(?!date)", refusals.refusal(refused))
    for refused in (FieldLocked((text + MARK,)), EditFaulty((Fault(text + MARK, text + MARK),))):
        assert MARK not in refusals.refusal(refused)


def test_every_event_has_a_sentence():
    assert tags() == set(TOLD)
    assert all(history.history_line(line(tag)) for tag in tags())
    assert "new:happened" in history.history_line(line("new:happened"))


@given(st.sampled_from(sorted(TOLD)), texts)
def test_what_agents_wrote_never_stands_in_the_markup_of_history(tag, text):
    wrote = text + MARK
    told = line(
        tag,
        decision={"reviewer": "U0BOB", "verdict": "approve", "revision": 2, "roles": ["finance"], "reason": wrote},
        revision={"number": 2, "editor": "U0BOB", "action": {"payload": {wrote: wrote}}},
        outcome={"detail": wrote, "verification": wrote},
        rollback={"requested_by": "U0BOB", "reason": wrote, "detail": wrote, "status": "done"},
        to="lead",
        expires_at=wrote,
        reason=wrote,
        detail=wrote,
        verb=wrote,
        actual=wrote,
        by="U0BOB",
        cause="reviewer",
        channel="C0SUPPORT",
    )
    blocks, fallback = history.lines([told] * 3)
    assert not [each for each in [*markup(blocks), fallback] if MARK in each]
    assert message_faults(blocks, fallback) == []
    assert sdk_accepts(blocks)


def test_a_no_is_told_once_with_its_reason():
    no = Decision(reviewer="U0BOB", verdict=Verdict.reject, revision=1, round=1, at=START, reason="Wrong order")
    told = [
        line("proposal:decided", decision={"reviewer": "U0BOB", "verdict": "reject", "reason": no.reason}),
        line("proposal:rejected", by="U0BOB", cause="reviewer", reason=no.reason),
    ]
    blocks, fallback = history.lines(told)
    assert words_of(blocks).count("Wrong order") == 1
    assert fallback == ":no_entry: *Rejected* by <@U0BOB>."


def test_lines_are_joined_and_the_oldest_are_counted_when_there_are_too_many():
    report = {"outcome": {"detail": '"\\' * 3000, "verification": "v" * 3000}}
    blocks, fallback = history.lines([line("proposal:failed", **report) for _ in range(40)])
    assert message_faults(blocks, fallback) == []
    earlier = re.search(r"and (\d+) earlier events", words_of(blocks))
    assert words_of(blocks).count("*Failed*") + int(earlier[1]) == 40
    assert fallback.count("*Failed*") + int(earlier[1]) == 40


def test_a_report_is_told_in_the_agents_words_but_quoted():
    outcome = Outcome(status=Status.failed, at=START, detail="*Card* expired", verification="Read it again")
    told = line("proposal:failed", outcome={"detail": outcome.detail, "verification": outcome.verification})
    blocks, _ = history.lines([told])
    assert "*Card* expired Read it again" in words_of(blocks)
    assert "expired" not in " ".join(markup(blocks))


@pytest.mark.parametrize("tag", ["proposal:approved", "proposal:claimed"])
def test_deadlines_in_history_are_shown_in_the_readers_zone(tag):
    stamp = "2026-11-20T11:15:00.000Z"
    assert "<!date^1795173300^" in history.history_line(line(tag, execute_by=stamp, report_by=stamp))
    assert "its deadline" in history.history_line(line(tag))


def test_the_facts_that_events_write_are_the_ones_that_history_reads():
    yes = Decision(reviewer="U0BOB", verdict=Verdict.approve, revision=2, round=2, at=START, roles=("finance",))
    decided = Decided(at=START, decision=yes)
    assert (
        history.history_line(line(decided.tag, **event_facts(decided)))
        == ":ballot_box_with_check: <@U0BOB> approves revision 2 as finance."
    )
    expired = Rejected(at=START, cause=Cause.expired, by=None, reason=None)
    assert "nobody answered in time" in history.history_line(line(expired.tag, **event_facts(expired)))


def told(event):
    blocks, fallback = history.lines([line(event.tag, **event_facts(event))])
    return fallback, words_of(blocks)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Reminded(at=START, after=600), "*Reminder:* this still waits."),
        (
            Escalated(at=START, to="lead", channel="C0LEAD", by=None, roles=("support",)),
            "Nobody has decided yet, so *lead* may decide too.",
        ),
        (
            Escalated(at=START, to="lead", channel="C0LEAD", by="U0BOB", roles=("support",)),
            "<@U0BOB> handed it over: *lead* may decide too.",
        ),
        (Extended(at=START, expires_at=START, by="U0BOB"), "<@U0BOB> asked for more time: until <!date^1795169700^"),
    ],
)
def test_what_time_and_people_did_meanwhile_is_told_in_the_thread(event, said):
    assert said in told(event)[0]


def test_an_objection_is_told_with_its_reason_and_undoing_with_its_report():
    rollback = Rollback(requested_by="U0BOB", reason="Wrong customer", requested_at=START)
    fallback, whole = told(Objected(at=START, rollback=rollback))
    assert fallback == ":raised_hand: <@U0BOB> *objects:* the agent is asked to roll it back."
    assert "Wrong customer" in whole
    done = Rollback(
        requested_by="U0BOB", reason="Wrong customer", requested_at=START, status=RollbackStatus.done, detail="Gone"
    )
    assert (
        told(RolledBack(at=START, rollback=done))[0] == ":leftwards_arrow_with_hook: *Rolled back*, the agent reports."
    )
    assert "Gone" in told(RolledBack(at=START, rollback=done))[1]
    assert "Wrong customer" not in told(RolledBack(at=START, rollback=done))[1]
    failed = Rollback(requested_by="U0BOB", reason="No", requested_at=START, status=RollbackStatus.failed)
    assert (
        "*Rollback failed*, the agent reports. *Somebody must look.*" in told(RolledBack(at=START, rollback=failed))[0]
    )


def test_a_line_that_calls_people_calls_them_first_in_the_notification():
    blocks, fallback = history.lines([line("proposal:reminded", after=600)], "<@U0ALICE>")
    assert fallback.startswith(":bell: Please decide: <@U0ALICE>\n:alarm_clock: *Reminder:*")
    assert words_of(blocks).endswith("Please decide: <@U0ALICE>")
    assert "decide: " not in history.lines([line("proposal:reminded", after=600)])[1]


@pytest.mark.parametrize(
    ("cause", "said"),
    [("auto", "nobody was asked"), ("watch", "waits for nobody here; people can object"), ("reviewer", "in full")],
)
def test_an_approval_says_whose_it_is(cause, said):
    assert said in history.history_line(line("proposal:approved", cause=cause))


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("extend", "move the deadline"),
        ("hand_over", "hand it over"),
        ("object", "object"),
        ("ask", "ask the agent"),
        ("reply", "reply to a question"),
        ("<!channel>", "do something"),
    ],
)
def test_a_refusal_says_what_somebody_tried(verb, said):
    assert f"<@U0BOB> tried to {said} and was told no" in history.history_line(line("proposal:refused", verb=verb))


def test_thanks_say_what_is_still_missing():
    waiting = make_proposal(roles=("finance", "support"))
    assert "Still needed: 1 of *finance* and 1 of *support*." in answers.thanks(waiting)
    assert "It is approved now" in answers.thanks(make_proposal(status=Status.approved))


def test_operators_hear_what_was_not_delivered_and_what_to_do():
    told = alerts.undeliverable("prp_1", "<!channel> invalid_blocks")
    assert "prp_1" in told
    assert "&lt;!channel&gt; invalid_blocks" in told
    assert "Fix the cause" in told


def delegated(verdict, **told):
    decision = {
        "reviewer": "U0BOB",
        "verdict": verdict,
        "revision": 1,
        "roles": ["finance"],
        "stands_in_for": "U0ALICE",
    }
    return line("proposal:decided", decision={**decision, **told})


def test_a_line_says_for_whom_somebody_decided():
    assert history.history_line(delegated("approve")).endswith("<@U0BOB> approves as finance for <@U0ALICE>.")
    assert history.history_line(delegated("approve", stands_in_for=None)).endswith("<@U0BOB> approves as finance.")


def test_a_no_for_somebody_else_is_told_beside_the_end_with_its_reason_once():
    blocks, text = history.lines(
        [
            delegated("reject", reason="Too much."),
            line("proposal:rejected", cause="reviewer", by="U0BOB", reason="Too much."),
        ]
    )
    assert "<@U0BOB> says no for <@U0ALICE>." in text
    assert str(blocks).count("Too much.") == 1
