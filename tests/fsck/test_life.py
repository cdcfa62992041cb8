"""The life that fsck tells is that of the lifecycle, step by step: told twice, so that one cannot be wrong alone."""

from approvals.effects import BY_TAG
from approvals.events import Submitted
from approvals.states import FINAL, TRANSITIONS
from fsck import life, rows


def test_what_may_follow_what_is_told_twice_alike():
    known = {
        str(status): {event.tag.partition(":")[2]: str(to) for event, to in follows.items()}
        for status, follows in TRANSITIONS.items()
    }
    assert {"": {Submitted.tag.partition(":")[2]: "pending"}, **known} == life.FOLLOWS
    assert {str(status) for status in FINAL} == life.FINAL


def test_what_agents_are_told_of_is_told_twice_alike():
    assert {each.strip("' ") for each in rows.TOLD.split(",")} == set(BY_TAG)
