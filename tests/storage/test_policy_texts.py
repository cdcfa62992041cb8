"""Texts of policies: kept once by their digest, and believed only where they have it."""

from storage.policy_texts import policy_digest
from tests.storage.town import by_hand

TEXT = "version: 1\n# für Müller\n"
DIGEST = policy_digest(TEXT.encode())


async def test_a_text_is_found_by_its_digest_and_keeping_it_again_changes_nothing(store):
    assert await store.policy_texts.of(DIGEST) is None
    for _ in range(2):
        await store.policy_texts.keep(DIGEST, TEXT)
    assert await store.policy_texts.of(DIGEST) == TEXT


async def test_a_text_that_a_hand_changed_is_none(store, tmp_path):
    await store.policy_texts.keep(DIGEST, TEXT)
    with by_hand(tmp_path) as hand:
        hand.execute("UPDATE policy_texts SET text = 'version: 2'")
    assert await store.policy_texts.of(DIGEST) is None
