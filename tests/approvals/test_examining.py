"""What may take long is examined elsewhere, before the verb is done and outside of its transaction."""

import asyncio

import pytest

from approvals.examination import ATTEMPTS, REMEMBERED, TOO_LONG, Examiner, Nowhere, Unexamined
from approvals.ports import Examination, StoreBusy, WorkLimit, WorkRefused
from approvals.refusals import Fault

FAULT = Fault("/x", "is wrong")


def finds(*found):
    return found


def about(name, *found):
    return Examination(key=(name,), function=finds, args=found)


class Here:
    """Does it at once, and says for whom."""

    def __init__(self, error=None):
        self.error, self.asked = error, []

    async def run(self, function, *args, who=None):
        self.asked.append(who)
        if self.error is not None:
            raise self.error
        return function(*args)


class Verb:
    """Needs these examined, one after the other."""

    def __init__(self, examiner, *needed):
        self.examiner, self.needed, self.begun = examiner, needed, 0

    async def __call__(self):
        self.begun += 1
        return [self.examiner.faults(each) for each in self.needed]


async def test_what_was_found_at_once_is_not_asked_again():
    agents, people = Here(), Here()
    examiner = Examiner(agents=agents, people=people)
    assert await examiner.for_agent("shop", Verb(examiner, (), (FAULT,))) == [(), (FAULT,)]
    assert not agents.asked
    assert not people.asked


async def test_a_verb_begins_anew_once_it_is_known_and_what_is_known_stays_known():
    agents, people = Here(), Here()
    examiner = Examiner(agents=agents, people=people)
    verb = Verb(examiner, about("one", FAULT), about("two"))
    assert await examiner.for_agent("shop", verb) == [(FAULT,), ()]
    assert (verb.begun, agents.asked) == (3, ["shop", "shop"])
    assert await examiner.for_person("U0ALICE", verb) == [(FAULT,), ()]
    assert people.asked == []


async def test_people_are_not_kept_waiting_where_agents_are():
    agents, people = Here(WorkRefused()), Here()
    examiner = Examiner(agents=agents, people=people)
    assert await examiner.for_person("U0ALICE", Verb(examiner, about("one"))) == [()]
    with pytest.raises(WorkRefused):
        await examiner.for_agent("shop", Verb(examiner, about("two")))
    assert people.asked == ["U0ALICE"]


async def test_what_takes_too_long_is_a_fault():
    examiner = Examiner(agents=Here(WorkLimit()))
    assert await examiner.for_agent("shop", Verb(examiner, about("one"))) == [(TOO_LONG,)]


async def test_without_anybody_who_does_it_the_answer_is_no_and_to_try_again():
    examiner = Examiner()
    with pytest.raises(StoreBusy):
        await examiner.for_agent("shop", Verb(examiner, about("one")))
    with pytest.raises(WorkRefused):
        await Nowhere().run(finds)


async def test_a_verb_that_needs_something_else_each_time_is_refused_in_the_end():
    examiner, begun = Examiner(agents=Here()), []

    async def verb():
        begun.append(True)
        raise Unexamined(about(f"policy-{len(begun)}"))

    with pytest.raises(WorkRefused):
        await examiner.for_agent("shop", verb)
    assert len(begun) == ATTEMPTS


async def test_only_so_many_answers_are_remembered():
    agents = Here()
    examiner = Examiner(agents=agents)
    for number in range(REMEMBERED + 1):
        await examiner.for_agent("shop", Verb(examiner, about(str(number))))
    assert len(examiner._known) == REMEMBERED
    await examiner.for_agent("shop", Verb(examiner, about(str(REMEMBERED))))
    assert len(agents.asked) == REMEMBERED + 1
    await examiner.for_agent("shop", Verb(examiner, about("0")))
    assert len(agents.asked) == REMEMBERED + 2


async def test_what_ends_the_call_ends_the_verb():
    examiner = Examiner(agents=Here(asyncio.CancelledError()))
    with pytest.raises(asyncio.CancelledError):
        await examiner.for_agent("shop", Verb(examiner, about("one")))
