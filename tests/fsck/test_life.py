"""The life that fsck tells is that of the lifecycle, step by step: told twice, so that one cannot be wrong alone."""

from approvals.effects import BY_TAG
from approvals.events import Drilled, Planted, Submitted
from approvals.states import FINAL, OF_DRILLS, TRANSITIONS
from fsck import life, rows


def test_what_may_follow_what_is_told_twice_alike():
    known = {
        str(status): {event.tag.partition(":")[2]: str(to) for event, to in follows.items()}
        for status, follows in TRANSITIONS.items()
    }
    begins = {event.tag.partition(":")[2]: "pending" for event in (Submitted, Planted)}
    known["pending"][Drilled.tag.partition(":")[2]] = "rejected"
    assert {"": begins, **known} == life.FOLLOWS
    assert {event.tag.partition(":")[2] for follows in OF_DRILLS.values() for event in follows} == life.OF_DRILLS
    assert {str(status) for status in FINAL} == life.FINAL


def test_what_agents_are_told_of_is_told_twice_alike():
    assert {each.strip("' ") for each in rows.TOLD.split(",")} == set(BY_TAG)
