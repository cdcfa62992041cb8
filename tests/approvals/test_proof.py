"""Whether a receipt holds: nothing is said of one that is right."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from approvals import moves
from approvals.agent_stop import EVERYTHING, Stop
from approvals.events import Escalated, Objected, Rejudged, Reminded
from approvals.gate import Tier
from approvals.json_text import compact
from approvals.proposal import Cause, Rollback, RollbackStatus
from approvals.states import FINAL
from tests.approvals.stories import one, overdue, said, second_person, two_of_two_roles
from tests.making import make_gate, make_reviewer
from tests.recording import (
    AGENT,
    ALICE,
    BOB,
    SYSTEM,
    Story,
    changed,
    edited_and_run,
    entry,
    hashed,
)

# what holds


def reviewed(gate=None, **changes):
    return Story(gate=gate or make_gate(**changes))


def asked():
    story = Story()
    events = moves.ask(story.proposal, ALICE, "Why so much?", story.proposal.nonce, story.now)
    story.of(ALICE, events)
    replied = moves.reply(
        story.proposal, moves.AgentReply(text="Two lamps.", payload=None, question=None), None, story.now
    )
    return story.take(AGENT, replied)


def revised():
    story = asked_only = Story()
    asked_only.of(ALICE, moves.ask(story.proposal, ALICE, "Less?", story.proposal.nonce, story.now))
    action = replace_amount(story, 99)
    offered = moves.Offered(action=action, gate=story.gate, faults=(), nonce="nonce-2")
    said_so = moves.AgentReply(text="Yes.", payload=action.payload, question="q1")
    return story.take(AGENT, moves.reply(story.proposal, said_so, offered, story.now)).approve()


def replace_amount(story, amount):
    action = story.proposal.action
    return type(action)(name=action.name, payload={**action.payload, "amount": amount})


def retracted():
    story = reviewed(undo_window=10).approve()
    events = moves.retract(story.proposal, ALICE.user, story.proposal.nonce, "nonce-2", story.now)
    return story.of(ALICE, events).approve(BOB)


def retracted_before_it_was_enough():
    story = reviewed(approvals=2).approve()
    events = moves.retract(story.proposal, ALICE.user, story.proposal.nonce, "nonce-2", story.now)
    return story.of(ALICE, events).approve(BOB)


def rejudged(*, anew):
    story = Story()
    gate = replace(story.gate, policy_version="policy-2", approvals=2 if anew else 1)
    story.take(SYSTEM, [Rejudged(at=story.now, gate=gate, nonce="nonce-2" if anew else None)])
    return story.approve().approve(BOB) if anew else story.approve()


def handed_over():
    story = Story()
    story.of(ALICE, [Escalated(at=story.now, to="lead", channel="C0LEAD", by="U0ALICE", roles=("support",))])
    return story.approve(make_reviewer("U0LEAD", roles=frozenset({"lead"})))


def extended():
    story = reviewed(max_expires_in=10_000)
    return story.of(ALICE, moves.extend(story.proposal, ALICE, story.proposal.nonce, story.now))


def objected():
    story = reviewed(tier=Tier.watch, object_within=600).claim()
    rollback = Rollback(requested_by=ALICE.user, reason="No.", requested_at=story.now)
    story.of(ALICE, [Objected(at=story.now, rollback=rollback)])
    return story.take(AGENT, moves.rollback(story.proposal, RollbackStatus.done, None, story.now))


def beforehand():
    story = Story()
    (approved,) = [each for each in replayed_approval(story) if type(each).tag == "proposal:approved"]
    return story.take(SYSTEM, [replace(approved, cause=Cause.remembered_approval, by="U0ALICE")])


def replayed_approval(story):
    return moves.approve(story.proposal, ALICE, story.proposal.nonce, story.now)


def withdrawn():
    story = Story()
    return story.take(AGENT, moves.withdraw(story.proposal, "No longer needed.", story.now))


def lapsed():
    story = Story().approve()
    story.now += timedelta(hours=2)
    return story.take(SYSTEM, moves.due(story.proposal, story.now))


def expired():
    story = Story()
    story.now += timedelta(hours=2)
    return story.take(SYSTEM, moves.due(story.proposal, story.now))


def reminded():
    story = Story()
    return story.take(SYSTEM, [Reminded(at=story.now, after=600)])


def owner_allowed():
    owner = make_reviewer("U0OWNER")
    return reviewed(self_review=frozenset({"support"})).approve(owner)


def stopped_after(*steps):
    """Approved, stopped with everything, asked again and approved by whoever follows."""
    story = Story().approve()
    stop = Stop(agent=EVERYTHING, by="U0OPS", team="T0TEAM", at=story.now, reason="All were taken over.")
    story.take(SYSTEM, moves.suspend(story.proposal, stop, "nonce-after-the-stop", story.now))
    story.take(SYSTEM, moves.resume(story.proposal, story.now))
    for step in steps:
        story = step(story)
    return story


HOLDING = {
    "stopped, asked again and run": lambda: stopped_after(Story.approve, Story.claim, Story.report),
    "stopped, and asked again": stopped_after,
    "erased": lambda: edited_and_run().erase(),
    "rejected and erased": lambda: Story().reject().erase(),
    "pending": Story,
    "edited and run": edited_and_run,
    "rejected": lambda: Story().reject(),
    "revoked": lambda: Story().approve().reject(BOB),
    "withdrawn": withdrawn,
    "lapsed": lapsed,
    "expired": expired,
    "overdue": overdue,
    "reported late": lambda: overdue().report("failed"),
    "settled doubt": lambda: Story().approve().claim().report("unknown").report("succeeded"),
    "auto": lambda: reviewed(tier=Tier.auto).claim(),
    "blocked": lambda: reviewed(tier=Tier.block),
    "objected and undone": objected,
    "asked": asked,
    "revised by the agent": revised,
    "taken back, and approved by another": retracted,
    "taken back before it was enough": retracted_before_it_was_enough,
    "taken back before it was enough, and given again": lambda: retracted_before_it_was_enough().approve(),
    "rejudged": lambda: rejudged(anew=False),
    "rejudged into another round": lambda: rejudged(anew=True),
    "handed over": handed_over,
    "extended": extended,
    "reminded": reminded,
    "approved beforehand": beforehand,
    "approved by its owner where that is allowed": owner_allowed,
    "two roles": two_of_two_roles,
    "a second person": second_person,
}


@pytest.mark.parametrize("story", HOLDING)
def test_nothing_is_said_of_what_is(story):
    assert said(HOLDING[story]().receipt()) == []


@pytest.mark.parametrize("story", HOLDING)
def test_it_says_whether_the_status_is_the_end(story):
    told = HOLDING[story]()
    assert told.receipt()["final"] == (told.proposal.status in FINAL)


@pytest.mark.parametrize("story", HOLDING)
def test_nothing_is_said_of_what_does_not_tell_its_places(story):
    receipt = HOLDING[story]().receipt(places=False)
    assert said(receipt) == []
    assert not {name for each in receipt["entries"] for name in each} & {"seq", "id", "previous", "hash"}


def test_without_places_the_story_is_held_to_account_all_the_same():
    receipt = edited_and_run().receipt(places=False)
    assert one(changed(receipt, ("entries", 1, "proposal_id"), "prp_other")) == (
        "Entry 2 is about prp_other, not about this proposal."
    )
    del receipt["entries"][entry(receipt, "decided")]
    assert "Entry 4: its decisions do not fill the gate: a place of support is empty." in said(receipt)


def test_what_a_later_program_knows_more_of_breaks_no_older_entry():
    receipt = edited_and_run().receipt()
    for number, facts in enumerate(json.loads(each["facts"]) for each in receipt["entries"]):
        if "gate" in facts:
            del facts["gate"]["remember_rejection"], facts["gate"]["confirmation"]
            receipt["entries"][number]["facts"] = compact(facts)
    assert said(hashed(receipt)) == []


def test_an_approval_of_before_a_stop_of_everything_fills_no_place_after_it():
    receipt = stopped_after(Story.approve, Story.claim).receipt()
    before, after = (number for number, each in enumerate(receipt["entries"]) if each["tag"].endswith(":decided"))
    assert before < after
    del receipt["entries"][after]
    assert [each for each in said(hashed(receipt)) if "a place of support is empty" in each]


def test_of_what_was_erased_a_receipt_has_digests_alone_and_says_when():
    receipt = edited_and_run().erase().receipt()
    assert [each["action"]["payload"] for each in receipt["revisions"]] == [None, None]
    assert all(each["content"] is None for each in receipt["entries"])
    assert receipt["proposal"]["erased_at"] is not None


def test_what_is_gone_and_no_entry_tells_the_erasure_of_is_said():
    receipt = edited_and_run().receipt()
    told = [f"Entry {number + 1}" for number, each in enumerate(receipt["entries"]) if each["content"] is not None]
    for each in receipt["entries"]:
        each["content"] = None
    gone = [each for each in said(hashed(receipt)) if "and no later entry tells that it was erased" in each]
    assert told
    assert len(gone) == len(told)
