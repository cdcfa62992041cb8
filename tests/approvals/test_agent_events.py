"""What an agent is told without asking."""

from approvals import moves
from approvals.effects import BY_TAG, FOLLOWS, AgentEvent
from approvals.proposal import Status
from approvals.states import FINAL, TRANSITIONS
from tests.approvals.situations import ALICE, NONCE, after, pending, submission

REPORTED = {Status.succeeded, Status.failed, Status.unknown}


def agent_told(events):
    return [FOLLOWS[type(event)].agent for event in events if FOLLOWS[type(event)].agent is not None]


def test_a_submission_that_waits_tells_the_agent_nothing():
    assert agent_told(submission()) == []


def test_an_approval_is_told_once_and_not_the_verdict_behind_it():
    assert agent_told(moves.approve(pending(), ALICE, NONCE, after(10))) == [AgentEvent.approved]


def test_every_kind_follows_from_exactly_one_fact_and_is_named_as_that_is():
    told = {event.tag: row.agent for event, row in FOLLOWS.items() if row.agent is not None}
    assert sorted(told.values()) == sorted(AgentEvent)
    assert told == BY_TAG
    assert {tag: f"signoff.{tag.replace(':', '.')}" for tag in told} == {
        tag: agent_event.type for tag, agent_event in told.items()
    }


def test_every_way_of_ending_but_the_agents_own_report_is_told():
    for follows in TRANSITIONS.values():
        for event, status in follows.items():
            if status in FINAL - REPORTED and TRANSITIONS[status] == {}:
                assert FOLLOWS[event].agent is not None, event
