"""What was typed into a form survives: kinds of numbers, order, restarts."""

from dataclasses import replace

import pytest

from approvals.decision import FirstSeen
from storage import Form, open_store
from storage.engine.database import Violation
from tests.databases import KEY
from tests.making import START, Clock
from tests.storage.town import submission

TYPED = {"amount": "250.0", "nested": {"b": 1, "a": [1.0, 1, None, "ä\u202e"]}}


@pytest.fixture
async def form(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    form = Form(
        id="frm_1", proposal_id=made.id, revision=1, nonce="n", reviewer="U0ALICE", kind="edit", opened_at=START
    )
    await store.forms.open(form)
    return form


async def test_a_form_is_found_as_it_was_opened(store, form):
    assert await store.forms.get(form.id) == form
    assert await store.forms.get("frm_none") is None


async def test_saving_changes_only_what_is_given(store, form):
    assert await store.forms.save(form.id, typed=TYPED)
    assert await store.forms.save(form.id, page=2)
    assert await store.forms.save(form.id, view_id="V1")
    assert await store.forms.get(form.id) == replace(form, typed=TYPED, page=2, view_id="V1")
    assert not await store.forms.save("frm_none", page=1)


async def test_what_was_typed_survives_a_restart_with_its_order_and_kinds(store, form, url):
    await store.forms.save(form.id, typed=TYPED)
    async with open_store(url, KEY, Clock()) as later:
        typed = await later.forms.typed_for(form.proposal_id, 1, "U0ALICE", "edit")
    assert list(typed["nested"]) == ["b", "a"]
    assert [type(value) for value in typed["nested"]["a"]] == [float, int, type(None), str]
    assert typed == TYPED


async def test_what_was_typed_is_the_newest_of_that_person_revision_and_kind(store, form, clock):
    newest = replace(form, id="frm_2", typed={"amount": "2"}, opened_at=clock.forward(60))
    await store.forms.save(form.id, typed={"amount": "1"})
    await store.forms.open(newest)
    await store.forms.open(replace(form, id="frm_3", opened_at=clock.forward(60)))
    assert await store.forms.typed_for(form.proposal_id, 1, "U0ALICE", "edit") == {"amount": "2"}
    assert await store.forms.typed_for(form.proposal_id, 2, "U0ALICE", "edit") == {}
    assert await store.forms.typed_for(form.proposal_id, 1, "U0BOB", "edit") == {}
    assert await store.forms.typed_for(form.proposal_id, 1, "U0ALICE", "reject") == {}


async def test_what_was_typed_for_an_earlier_revision_is_that_of_the_last_of_them(store, form, clock):
    assert await store.forms.typed_before(form.proposal_id, 3, "U0ALICE", "edit") is None
    await store.forms.save(form.id, typed={"amount": "1"})
    second = replace(form, id="frm_2", revision=2, typed={"amount": "2"}, opened_at=clock.forward(-60))
    await store.forms.open(second)
    await store.forms.open(replace(second, id="frm_3", typed={"amount": "3"}, opened_at=clock.forward(30)))
    await store.forms.open(replace(second, id="frm_4", typed={}, opened_at=clock.forward(30)))
    assert await store.forms.typed_before(form.proposal_id, 3, "U0ALICE", "edit") == (2, {"amount": "3"})
    assert await store.forms.typed_before(form.proposal_id, 2, "U0ALICE", "edit") == (1, {"amount": "1"})
    assert await store.forms.typed_before(form.proposal_id, 1, "U0ALICE", "edit") is None
    assert await store.forms.typed_before(form.proposal_id, 3, "U0BOB", "edit") is None
    assert await store.forms.typed_before(form.proposal_id, 3, "U0ALICE", "reject") is None


async def test_a_form_of_a_proposal_that_is_not_there_is_refused(store, form):
    with pytest.raises(Violation, match=r"(?i)foreign key"):
        await store.forms.open(replace(form, id="frm_9", proposal_id="prp_none"))


@pytest.mark.parametrize("kind", ["object", "hand_over", "type"])
async def test_forms_of_the_newer_kinds_are_kept_as_the_others(store, form, kind):
    other = replace(form, id="frm_2", kind=kind)
    await store.forms.open(other)
    assert await store.forms.get("frm_2") == other


async def test_what_somebody_had_before_them_is_kept_with_the_form_or_added_later(store, form, clock):
    seen = FirstSeen(at=clock.forward(5), words=70, text="Refund 1,500\nto mira")
    other = replace(form, id="frm_2", first_seen=seen)
    await store.forms.open(other)
    assert await store.forms.get("frm_2") == other
    await store.forms.save(form.id, first_seen=seen)
    await store.forms.save(form.id, page=1)
    assert await store.forms.get(form.id) == replace(form, first_seen=seen, page=1)


async def test_the_first_opening_of_details_or_a_review_of_a_revision_by_a_person_is_known(store, form, clock):
    assert await store.forms.first_opened(form.proposal_id, 1, "U0ALICE") is None, "an edit shows no whole"
    first = clock.forward(60)
    await store.forms.open(replace(form, id="frm_2", kind="review", opened_at=first))
    await store.forms.open(replace(form, id="frm_3", kind="details", opened_at=clock.forward(60)))
    assert await store.forms.first_opened(form.proposal_id, 1, "U0ALICE") == first
    assert await store.forms.first_opened(form.proposal_id, 2, "U0ALICE") is None
    assert await store.forms.first_opened(form.proposal_id, 1, "U0BOB") is None
