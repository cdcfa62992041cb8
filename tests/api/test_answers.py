"""The sentence for the model: one, true to the status, with the reason quoted and what to do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.proposal import Action, Cause, Outcome, Revision, Status
from bot.api.answers import QUOTED, message
from tests.making import START, make_proposal

LATER = START + timedelta(hours=1)
CASES = [
    (Status.pending, None, "do not act"),
    (Status.approved, Cause.reviewer, "claim it before 2026-11-20T11:15:00.000Z"),
    (Status.approved, Cause.auto, "claim it before"),
    (Status.rejected, Cause.reviewer, "do not retry the same"),
    (Status.rejected, Cause.expired, "do not retry by yourself"),
    (Status.rejected, Cause.blocked, "do not retry"),
    (Status.rejected, Cause.policy_changed, "do not retry by yourself"),
    (Status.withdrawn, Cause.agent, "do not act"),
    (Status.revoked, Cause.reviewer, "do not propose the same again"),
    (Status.revoked, Cause.policy_changed, "propose it again only if"),
    (Status.lapsed, Cause.reviewer, "propose it again only if"),
    (Status.claimed, Cause.reviewer, "nobody runs it again"),
    (Status.succeeded, Cause.reviewer, "do not run it again"),
    (Status.failed, Cause.reviewer, "another attempt needs another proposal"),
    (Status.unknown, Cause.reviewer, "do not run it again"),
]


def proposal(status, cause, reason=None, **more):
    times = {"execute_by": LATER, "report_by": LATER, "resolved_at": START}
    return make_proposal(status=status, cause=cause, reason=reason, **times, **more)


def test_every_status_has_a_case():
    assert {status for status, _, _ in CASES} == set(Status)


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
    (Status.revoked, Cause.reviewer), (Status.revoked, Cause.policy_changed), (Status.withdrawn, Cause.agent),
])  # fmt: skip
def test_the_sentence_quotes_the_reason(status, cause):
    assert '("Ask the customer first")' in message(proposal(status, cause, "Ask the\n customer  first"))


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
