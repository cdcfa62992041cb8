"""Erasure: of what was written nothing is left, all else stays provable, and nothing that is still needed goes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.content import ERASED
from approvals.events import Actor, Erased, RetentionChanged
from approvals.moves import StillNeeded
from approvals.past import About, PastQuery
from approvals.proposal import Action, RollbackStatus, Status
from approvals.refusals import NotTyped
from approvals.services.erasures import Erasing
from storage import RowDamaged, scrub
from storage.erasure import BEGINNING
from storage.messages.forms import Form
from storage.messages.message import MessageKey, MessageKind
from tests.storage.town import ALICE, CAROL, CLAIMANT, by_hand, submission

CANARY = "canary-7f3a-ümlaut"
MALLORY = Actor(kind="reviewer", id="U0MALLORY")
PLAIN = "canary-7f3a"
"""The part of it that is the same bytes however it is encoded."""


@pytest.fixture
def erasing(store, lifecycle):
    return Erasing(store, lifecycle.clock)


async def lived(lifecycle, store, amount=2500):
    """Proposed, edited, approved by two, claimed, reported, with something written in every place."""
    asked = submission(amount, reasoning=f"{CANARY} said so", summary=CANARY)
    action = Action(name="refund.create", payload={"amount": amount, "order": CANARY, CANARY: 1})
    made, _ = await lifecycle.submit(replace(asked, action=action))
    question = await lifecycle.ask(made.id, ALICE, f"Who is {CANARY}?", made.nonce)
    await lifecycle.refused(made.id, "approve", NotTyped((CANARY,)), MALLORY)
    edited = await lifecycle.edit(made.id, ALICE, {"amount": amount - 1, "order": f"{CANARY}-2"}, question.nonce)
    form = Form(
        id=f"frm_{amount}",
        proposal_id=made.id,
        revision=2,
        nonce=edited.nonce,
        reviewer="U0ALICE",
        kind="edit",
        typed={"amount": CANARY},
        opened_at=lifecycle.clock.now(),
    )
    await store.forms.open(form)
    key = MessageKey(kind=MessageKind.card, subject=made.id, channel="C0SUPPORT")
    for words in (f"before {CANARY}", f"after {CANARY}"):
        await store.messages.intend(key, words=words, whole=True)
    approved = edited if edited.status is Status.approved else await lifecycle.approve(made.id, CAROL, edited.nonce)
    await lifecycle.claim(made.id, "support-bot", approved.digest, CLAIMANT)
    return await lifecycle.report(made.id, "support-bot", Status.succeeded, f"to {CANARY}", f"by {CANARY}")


async def whole(store):
    assert await store.audit.verify() is None
    assert await store.differences() == []


async def test_what_was_written_of_a_proposal_goes_and_what_happened_stays(lifecycle, store, erasing):
    before = await lived(lifecycle, store)
    erased = await erasing.erase(before.id, "alex", "asked for")
    assert await store.find(before.id) == erased
    assert erased.erased_at == lifecycle.clock.now()
    assert (erased.digest, erased.status, erased.claimed_at) == (before.digest, Status.succeeded, before.claimed_at)
    assert (dict(erased.action.payload), erased.ask.reasoning, erased.outcome.detail) == ({}, ERASED, ERASED)
    assert [each.reviewer for each in erased.decisions] == [each.reviewer for each in before.decisions]
    assert CANARY not in repr(erased)
    *_, last = await store.reads.trail(before.id)
    assert last.tag == Erased.tag
    assert (last.facts["by"], last.facts["why"], last.facts["contents"]) == ("alex", "asked for", 5)
    assert CANARY not in repr(await store.reads.trail(before.id))
    await whole(store)


@pytest.mark.sqlite
async def test_no_byte_of_it_is_left_in_any_file(lifecycle, store, erasing, url, tmp_path):
    made = [await lived(lifecycle, store, 2000 + number) for number in range(8)]

    def found():
        return {each.name for each in tmp_path.iterdir() if each.is_file() and PLAIN.encode() in each.read_bytes()}

    assert found(), "nothing was ever written"
    for each in made:
        await erasing.erase(each.id, "alex", "asked for")
    assert await scrub(url)
    assert found() == set()
    await whole(store)


async def test_what_was_not_erased_is_still_whole_and_its_change_still_found(lifecycle, store, erasing, tmp_path):
    gone, stays = await lived(lifecycle, store), await lived(lifecycle, store, 2600)
    await erasing.erase(gone.id, "alex", "asked for")
    assert await store.find(stays.id) == stays
    with by_hand(tmp_path, without=["contents_unchanged"]) as connection:
        connection.execute(f"UPDATE contents SET content = replace(content, '{CANARY}-2', 'other') WHERE true")
    assert (await store.audit.verify()) is not None


@pytest.mark.parametrize("tag", ["proposal:submitted", "proposal:refused"])
async def test_what_a_hand_deletes_is_no_erasure(lifecycle, store, tmp_path, tag):
    made = await lived(lifecycle, store)
    with by_hand(tmp_path, without=["contents_erased"]) as connection:
        connection.execute(f"DELETE FROM contents WHERE seq IN (SELECT seq FROM entries WHERE tag = '{tag}')")
    found = await store.differences()
    assert "it is gone, and no entry tells that it was erased" in {each.what for each in found}
    if tag == "proposal:submitted":
        assert "entries" in {each.table for each in found}, "its row is no longer believed either"
        with pytest.raises(RowDamaged):
            await store.find(made.id)


async def test_what_is_put_back_after_it_was_erased_is_found_and_told_to_nobody(lifecycle, store, erasing, tmp_path):
    made = await lived(lifecycle, store)
    with by_hand(tmp_path) as connection:
        kept = connection.execute("SELECT seq, content FROM contents ORDER BY seq").fetchall()
    await erasing.erase(made.id, "alex", "asked for")
    with by_hand(tmp_path) as connection:
        connection.execute(f"INSERT INTO contents (seq, content) VALUES ({kept[0][0]}, '{kept[0][1]}')")
    assert (await store.find(made.id)).ask.reasoning == ERASED
    assert {each.what for each in await store.differences()} == {"it is there, and an entry tells that it was erased"}


async def test_the_database_keeps_what_was_written_of_what_was_not_erased(lifecycle, store, tmp_path):
    await lived(lifecycle, store)
    with by_hand(tmp_path) as connection, pytest.raises(Exception, match="stays as it was, until it is erased"):
        connection.execute("DELETE FROM contents WHERE true")


async def test_nothing_that_is_still_needed_is_erased(lifecycle, store, erasing):
    waits, _ = await lifecycle.submit(submission(2500))
    with pytest.raises(StillNeeded, match="waits for people"):
        await erasing.erase(waits.id, "alex", "asked for")
    edited = await lifecycle.edit(waits.id, ALICE, {"amount": 100}, waits.nonce)
    approved = await lifecycle.approve(waits.id, CAROL, edited.nonce)
    with pytest.raises(StillNeeded, match="may still claim it"):
        await erasing.erase(waits.id, "alex", "asked for")
    await lifecycle.claim(waits.id, "support-bot", approved.digest, CLAIMANT)
    with pytest.raises(StillNeeded, match="at work on it"):
        await erasing.erase(waits.id, "alex", "asked for")
    await lifecycle.report(waits.id, "support-bot", Status.succeeded, None, None)
    assert (await erasing.erase(waits.id, "alex", "asked for")).erased_at is not None
    assert await erasing.erase(waits.id, "alex", "asked for") is None
    await whole(store)


async def test_what_ran_and_nobody_reported_is_erased_once_it_is_late(lifecycle, store, erasing, clock):
    made, _ = await lifecycle.submit(submission(10, claim=True))
    clock.forward(hours=2)
    erased = await erasing.erase(made.id, "alex", "asked for")
    assert (erased.overdue, erased.status) == (True, Status.claimed)
    told = await lifecycle.report(made.id, "support-bot", Status.failed, "something new", None)
    assert told.outcome.detail == ERASED, "what is written of it later is not kept either"
    await whole(store)


async def test_what_is_to_be_rolled_back_is_erased_once_that_was_reported_or_is_late(
    lifecycle, store, erasing, clock, policy
):
    policy.watched = 50
    made = [(await lifecycle.submit(submission(60 + number, claim=True)))[0] for number in range(2)]
    for each in made:
        await lifecycle.report(each.id, "support-bot", Status.succeeded, None, None)
        await lifecycle.object(each.id, ALICE, "Wrong.", each.nonce)
        with pytest.raises(StillNeeded, match="roll it back"):
            await erasing.erase(each.id, "alex", "asked for")
    await lifecycle.rollback(made[0].id, "support-bot", RollbackStatus.done, "Done.")
    assert (await erasing.erase(made[0].id, "alex", "asked for")).rollback.detail == ERASED
    clock.forward(hours=2)
    assert (await erasing.erase(made[1].id, "alex", "asked for")).rollback.reason == ERASED
    await whole(store)


async def test_what_a_remembered_decision_counts_by_is_erased_once_that_is_over(lifecycle, store, erasing, clock):
    no, _ = await lifecycle.submit(submission(2500))
    await lifecycle.reject(no.id, ALICE, f"Never, {CANARY}.", no.nonce, remember=True)
    with pytest.raises(StillNeeded, match="is remembered and counts"):
        await erasing.erase(no.id, "alex", "asked for")
    clock.forward(days=31)
    assert (await erasing.erase(no.id, "alex", "asked for")).reason == ERASED
    await lifecycle.sweep()
    assert CANARY not in repr(await store.reads.trail(no.id))
    await whole(store)


async def test_a_look_ahead_says_what_would_be_and_changes_nothing(lifecycle, store, erasing):
    made = await lived(lifecycle, store)
    head = await store.audit.head()
    assert (await erasing.foresee(made.id, "alex", "asked for")).erased_at is not None
    assert (await store.find(made.id), await store.audit.head()) == (made, head)


async def test_a_no_that_was_erased_still_counts_for_the_very_same(lifecycle, store, erasing, clock):
    no, _ = await lifecycle.submit(submission(2500))
    await lifecycle.reject(no.id, ALICE, "Never.", no.nonce)
    await erasing.erase(no.id, "alex", "asked for")
    await whole(store)
    question = PastQuery(about=About.repeat, agent="support-bot", action="refund.create", value=no.digest)
    answer = (await store.answers([question], clock.now()))[question]
    assert (answer.count, answer.by, answer.same, answer.reason) == (1, "U0ALICE", True, ERASED)


async def test_what_is_about_a_person_is_what_they_owned_and_what_names_them(lifecycle, store):
    named, _ = await lifecycle.submit(submission(10, reasoning="For ann@example.com, as agreed."))
    other, _ = await lifecycle.submit(submission(11, reasoning="For joann@example.com.au and ann@example.community."))
    acted, _ = await lifecycle.submit(submission(12, on_behalf_of="U0ANN"))
    assert await store.erasures.about("Ann@Example.com") == [named.id]
    assert await store.erasures.about("joann@example.com.au") == [other.id]
    assert await store.erasures.about("U0ANN") == [acted.id]
    assert await store.erasures.about("nobody@example.com") == []


async def test_what_was_over_by_a_moment_is_found_a_page_at_a_time(lifecycle, store, clock, erasing, monkeypatch):
    monkeypatch.setattr("storage.erasure.STRIDE", 2)
    made = []
    for amount in range(5):
        made.append((await lifecycle.submit(submission(amount, claim=True)))[0].id)
        clock.forward(seconds=1)
    clock.forward(days=3)
    waits, _ = await lifecycle.submit(submission(2500))
    await erasing.erase(made[1], "alex", "asked for")
    found, place = [], BEGINNING
    while place is not None:
        more, place = await store.erasures.over(clock.now() - timedelta(days=1), place)
        found += more
    assert found == [made[0], *made[2:]]
    assert waits.id not in found


async def test_what_is_over_is_erased_once_it_is_over_for_so_long(lifecycle, store, erasing, clock):
    made = await lived(lifecycle, store)
    clock.forward(days=30, seconds=-1)
    with pytest.raises(StillNeeded, match="is over since"):
        await erasing.erase_over(made.id, timedelta(days=30), "the policy says so")
    clock.forward(seconds=1)
    assert (await erasing.erase_over(made.id, timedelta(days=30), "the policy says so")).erased_at == clock.now()
    assert await erasing.erase_over(made.id, timedelta(days=30), "the policy says so") is None
    *_, last = await store.reads.trail(made.id)
    assert (last.facts["by"], last.facts["why"]) == ("retention", "the policy says so")
    await whole(store)


async def test_that_the_times_were_changed_is_noted(lifecycle, store, erasing, clock):
    changed = RetentionChanged(at=clock.now(), all_else=None, patterns={"mail.*": 86_400}, holds_from=clock.now())
    await erasing.note(changed, Actor(kind="policy", id="v1"))
    noted = await store.reads.newest_note(RetentionChanged.tag)
    assert (noted["all_else"], noted["patterns"]) == (None, {"mail.*": 86_400})
    await whole(store)


async def test_what_somebody_wrote_as_a_reviewer_is_found_and_what_they_only_clicked_is_not(lifecycle, store):
    asked, _ = await lifecycle.submit(submission(2500))
    await lifecycle.ask(asked.id, ALICE, "For whom?", asked.nonce)
    rejected, _ = await lifecycle.submit(submission(2501))
    await lifecycle.reject(rejected.id, ALICE, "Never.", rejected.nonce)
    edited, _ = await lifecycle.submit(submission(2502))
    await lifecycle.edit(edited.id, ALICE, {"amount": 100}, edited.nonce)
    clicked, _ = await lifecycle.submit(submission(250))
    await lifecycle.approve(clicked.id, ALICE, clicked.nonce)
    others, _ = await lifecycle.submit(submission(2503))
    await lifecycle.reject(others.id, CAROL, "Never.", others.nonce)
    drawn, _ = await lifecycle.submit(submission(10, claim=True, reasoning="U0ALICE wants it."))
    assert set(await store.erasures.written_by("U0ALICE")) == {asked.id, rejected.id, edited.id}
    assert await store.erasures.about("U0ALICE") == [drawn.id]
    assert await store.erasures.written_by("U0NOBODY") == []
