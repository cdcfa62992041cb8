"""A modal that Slack opened is known by its name, for one person and one view, and is used once."""

from dataclasses import replace
from datetime import timedelta

from storage import Modal, open_store
from storage.messages.modals import USABLE_FOR
from tests.databases import KEY
from tests.making import START, Clock

MODAL = Modal(
    id="mdl_1",
    view_id="V1",
    reviewer="U0ALICE",
    purpose="delegate",
    subject={"delegate": "U0BOB", "list": None},
    opened_at=START,
)


async def test_a_modal_is_found_as_it_was_opened_and_after_a_restart(store, url):
    await store.modals.open(MODAL)
    async with open_store(url, KEY, Clock()) as later:
        assert await later.modals.get("mdl_1") == MODAL
        assert await later.modals.get("mdl_2") is None


async def test_a_modal_is_used_once_and_stays_what_it_was(store):
    await store.modals.open(MODAL)
    assert await store.modals.use("mdl_1", START)
    assert not await store.modals.use("mdl_1", START)
    assert not await store.modals.use("mdl_2", START)
    assert await store.modals.get("mdl_1") == MODAL


async def test_a_modal_is_used_within_an_hour_of_being_opened_and_not_later(store):
    await store.modals.open(MODAL)
    await store.modals.open(replace(MODAL, id="mdl_2"))
    assert not await store.modals.use("mdl_1", START + USABLE_FOR)
    assert await store.modals.get("mdl_1") == MODAL
    assert await store.modals.use("mdl_2", START + USABLE_FOR - timedelta(milliseconds=1))
