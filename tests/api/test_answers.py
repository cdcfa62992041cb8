"""The sentence for the model: one, true to the status, with the reason quoted and what to do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.decision import Decision, Verdict
from approvals.gate import EarlierRejection, Escalation, Fact
from approvals.hours import Hours
from approvals.proposal import Action, Cause, Inquiry, Outcome, Revision, Rollback, RollbackStatus, Status
from bot.api.present import QUOTED, answer, message
from bot.api.responses import ProposalBody
from tests.making import START, make_gate, make_proposal

LATER = START + timedelta(hours=1)
CASES = [
    (Status.pending, None, "do not act"),
    (Status.approved, Cause.reviewer, "claim it before 2026-11-20T11:15:00.000Z"),
    (Status.approved, Cause.auto, "by the policy: claim it before"),
    (Status.approved, Cause.watch, "by the policy: claim it before"),
    (
        Status.approved,
        Cause.remembered_approval,
        "beforehand by U0ALICE, who allowed this and the next like it: claim it before",
    ),
    (Status.rejected, Cause.reviewer, "do not retry the same"),
    (Status.rejected, Cause.expired, "do not retry by yourself"),
    (Status.rejected, Cause.blocked, "do not retry"),
    (Status.rejected, Cause.policy_changed, "do not retry by yourself"),
    (Status.rejected, Cause.stopped, "propose nothing until the operators resume"),
    (Status.revoked, Cause.stopped, "propose nothing until the operators resume"),
    (Status.rejected, Cause.quorum_unreachable, "tell whoever keeps the policy"),
    (Status.withdrawn, Cause.agent, "do not act"),
    (Status.revoked, Cause.reviewer, "do not propose the same again"),
    (Status.revoked, Cause.policy_changed, "propose it again only if"),
    (Status.lapsed, Cause.reviewer, "propose it again only if"),
    (Status.claimed, Cause.reviewer, "nobody runs it again"),
    (Status.claimed, Cause.watch, "nobody runs it again"),
    (Status.succeeded, Cause.reviewer, "do not run it again"),
    (Status.failed, Cause.reviewer, "another attempt needs another proposal"),
    (Status.unknown, Cause.reviewer, "do not run it again"),
]


def proposal(status, cause, reason=None, **more):
    times = {"execute_by": LATER, "report_by": LATER, "resolved_at": START, "resolved_by": "U0ALICE"}
    return make_proposal(status=status, cause=cause, reason=reason, **times, **more)


def test_every_status_and_every_cause_has_a_case():
    assert {status for status, _, _ in CASES} == set(Status)
    assert {cause for _, cause, _ in CASES} == {*Cause, None} - {Cause.drill}  # no agent is answered about a drill


def decided(status, cause):
    """One with all that an answer may tell of it."""
    asked = Inquiry(number=1, text="Why?", asked_by="U0BOB", asked_at=START)
    agreed = Decision(reviewer="U0BOB", verdict=Verdict.approve, revision=1, round=1, at=START, roles=("support",))
    return proposal(
        status,
        cause,
        "No",
        decisions=(agreed, replace(agreed, retracted_at=START)),
        questions=(replace(asked, reply="Yes", replied_at=START), replace(asked, number=2)),
        outcome=Outcome(status=Status.failed, at=START, detail="Why"),
        rollback=Rollback(requested_by="U0ALICE", reason="No", requested_at=START),
        gate=replace(
            make_gate(),
            facts=(Fact(rule="r", name="rate", value="Many"),),
            remind=(60,),
            escalate=(Escalation(after=60, to="lead", channel="C0LEAD"),),
        ),
    )


@pytest.mark.parametrize(("status", "cause", "_says"), CASES)
def test_an_answer_is_as_its_model_describes_it(status, cause, _says):
    for made in (proposal(status, cause), decided(status, cause)):
        body = answer(made, permit="a.b.c")
        assert ProposalBody.model_validate(body, strict=True).model_dump() == body


def test_who_allowed_it_is_named_where_a_standing_approval_was_used_and_nowhere_else():
    for status, cause, _ in CASES:
        expected = "U0ALICE" if cause is Cause.remembered_approval else None
        assert answer(proposal(status, cause))["allowed_by"] == expected


@pytest.mark.parametrize(("status", "cause", "says"), CASES)
def test_the_sentence_names_the_status_and_says_what_to_do(status, cause, says):
    said = message(proposal(status, cause))
    assert f" is {status}" in said
    assert says in said
    assert said.endswith(".")
    assert ". " not in said
    assert "\n" not in said


@pytest.mark.parametrize(("status", "cause"), [
    (Status.rejected, Cause.reviewer), (Status.rejected, Cause.blocked), (Status.rejected, Cause.policy_changed),
    (Status.rejected, Cause.quorum_unreachable), (Status.rejected, Cause.stopped), (Status.revoked, Cause.stopped), (Status.revoked, Cause.reviewer), (Status.revoked, Cause.policy_changed), (Status.withdrawn, Cause.agent),
])  # fmt: skip
def test_the_sentence_quotes_the_reason(status, cause):
    assert '("Ask the customer first")' in message(proposal(status, cause, "Ask the\n customer  first"))


def test_of_what_was_rejected_before_it_says_by_whom_until_when_and_why_and_not_to_retry_before():
    held = EarlierRejection(proposal="prp_1", by="U0ALICE", until=LATER, reason="Ask the\n customer  first")
    made = proposal(Status.rejected, Cause.blocked, "Held", earlier_rejection=held)
    said = message(made)
    assert (
        'because U0ALICE rejected exactly this, remembered until 2026-11-20T11:15:00.000Z ("Ask the customer first")'
        in said
    )
    assert "do not retry before then" in said
    assert "never allows it" not in said
    assert answer(made)["rejected_until"] == "2026-11-20T11:15:00.000Z"
    assert answer(proposal(Status.rejected, Cause.blocked))["rejected_until"] is None


def test_a_long_reason_is_shortened_with_the_number_of_characters_that_are_missing():
    said = message(proposal(Status.rejected, Cause.reviewer, "x" * (QUOTED + 7)))
    assert "x" * QUOTED + "… (and 7 characters more)" in said


def test_an_edited_payload_is_said_to_be_another():
    made = proposal(Status.approved, Cause.reviewer)
    edit = Revision(number=2, action=Action(name="refund.create", payload={"amount": 1}), at=START, editor="U0CAROL")
    assert "as a reviewer changed it" in message(replace(made, revisions=(*made.revisions, edit)))
    assert "changed" not in message(made)


def test_what_was_reported_is_quoted_and_what_is_overdue_is_not_run_again():
    outcome = Outcome(status=Status.failed, detail="Card declined", at=START)
    assert '("Card declined")' in message(proposal(Status.failed, Cause.reviewer, outcome=outcome))
    late = message(proposal(Status.claimed, Cause.reviewer, overdue=True))
    assert "overdue" in late
    assert "do not run it again" in late


WATCHED = {"cause": Cause.watch, "object_within": 1800}


@pytest.mark.parametrize("status", [Status.approved, Status.claimed, Status.succeeded])
def test_what_runs_without_waiting_is_said_with_the_moment_until_which_people_can_object(status):
    said = message(proposal(status, **WATCHED))
    assert "people can object until 2026-11-20T10:45:00.000Z" in said
    assert "object" not in message(proposal(status, Cause.auto))


ROLLBACK = Rollback(requested_by="U0ALICE", reason="Wrong  address", requested_at=START)
REPORTED = {"reported_at": LATER, "detail": "It is read."}
OBJECTED = [
    (Status.claimed, ROLLBACK, 'do not run it if it has not run, else roll it back now ("Wrong address"); then report'),
    (Status.unknown, ROLLBACK, 'do not run it if it has not run, else roll it back now ("Wrong address"); then report'),
    (Status.succeeded, ROLLBACK, 'a person objects: roll it back now ("Wrong address"); then report'),
    (
        Status.succeeded,
        replace(ROLLBACK, status=RollbackStatus.done, **REPORTED),
        'rolled back because a person objected ("Wrong',
    ),
    (Status.claimed, replace(ROLLBACK, status=RollbackStatus.done, **REPORTED), "its outcome is still to be reported"),
    (
        Status.failed,
        replace(ROLLBACK, status=RollbackStatus.failed, **REPORTED),
        'rolling it back failed ("It is read.")',
    ),
]


@pytest.mark.parametrize(("status", "rollback", "says"), OBJECTED)
def test_an_objection_is_said_with_its_reason_and_what_to_do(status, rollback, says):
    said = message(proposal(status, rollback=rollback, **WATCHED))
    assert f" is {status}, " in said
    assert says in said
    assert said.count(". ") == 0
    assert "people can object" not in said
    if rollback.status is not RollbackStatus.requested:
        assert "do not run it again" in said
        assert "roll it back now" not in said


def test_the_answer_gives_the_objection_with_the_way_back_the_agent_named():
    made = proposal(Status.succeeded, rollback=ROLLBACK, rollback_plan="Send a correction.", **WATCHED)
    assert answer(made)["rollback"] == {
        "requested_by": "U0ALICE",
        "reason": "Wrong  address",
        "requested_at": "2026-11-20T10:15:00.000Z",
        "status": "requested",
        "detail": None,
        "reported_at": None,
        "plan": "Send a correction.",
    }
    assert answer(proposal(Status.succeeded, **WATCHED))["rollback"] is None


def test_the_moments_of_reminders_and_escalations_are_those_of_the_clock_that_the_deadline_runs_by():
    office = Hours(tz="Europe/Berlin", days=(0, 4), start=540, end=690, extend=True)
    closed = replace(office, end=600, extend=False)
    steps = (Escalation(after=1200, to="lead", channel="C0LEAD"), Escalation(after=1300, to="boss", channel="C0BOSS"))
    made = make_proposal(remind=(600, 1800), escalate=(steps[0], replace(steps[1], outside=(closed,))), hours=(office,))
    gate = answer(made)["gate"]
    assert gate["remind_at"] == ["2026-11-20T10:25:00.000Z", "2026-11-23T08:15:00.000Z"]
    assert [each["at"] for each in gate["escalate"]] == ["2026-11-23T08:05:00.000Z", "2026-11-20T10:15:00.000Z"]


def test_the_answer_gives_the_escalation_and_the_facts_that_the_gate_came_from():
    made = make_proposal(
        remind=(600, 1800),
        escalate=(Escalation(after=1200, to="lead", channel="C0LEAD", roles=("support",)),),
        second_person=True,
        facts=(Fact(rule="new-iban", name="first_time payload.to", value="payload.to was never approved before."),),
    )
    gate = answer(made)["gate"]
    assert {name: gate[name] for name in ("remind", "escalate", "second_person", "object_within", "facts")} == {
        "remind": [600, 1800],
        "escalate": [{"after": 1200, "to": "lead", "at": "2026-11-20T10:35:00.000Z"}],
        "second_person": True,
        "object_within": None,
        "facts": [
            {
                "rule": "new-iban",
                "name": "first_time payload.to",
                "value": "payload.to was never approved before.",
            }
        ],
    }
