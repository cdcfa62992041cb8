"""fsck names each way in which a store can be damaged, and says nothing of one that is sound, on either database."""

import asyncio

import pytest

from approvals.proposal import Status
from fsck import Checkpoint, examine, opened
from tests.databases import KEY, ON_SERVER, url_at
from tests.fsck.shop import HOUR, NOW, decision, moment
from tests.storage.town import ALICE

UNGUARDED = ("proposals_final_stays", "proposals_claimed_once", "proposals_deadline_holds", "proposals_claimable_stays")
OLD = "UPDATE messages SET version = version - 1 WHERE subject = ? AND kind = 'card'"


def test_of_a_sound_store_nothing_is_found_and_all_of_it_was_looked_at(shop):
    head = shop.head()
    examined = shop.examined(noted=[Checkpoint(seq=head.seq, hash=head.hash, source="a note")])
    assert examined.sound, "\n".join(examined.lines())
    assert examined.totals == {
        "entries": head.seq,
        "proposals": 13,
        "pending": 1,
        "cards": 12,
        "cards waiting": 0,
        "cards given up": 0,
    }
    assert set(examined.unlooked) <= {"file"}


@pytest.mark.parametrize(
    ("check", "text", "says"),
    [
        ("chain", "UPDATE entries SET facts = facts || ' ' WHERE seq = 3", "its hash was made over"),
        ("chain", "UPDATE entries SET actor_id = 'U0BOB' WHERE seq = 3", "its hash was made over"),
        ("chain", "UPDATE entries SET previous = hash WHERE seq = 3", "does not follow"),
        ("chain", "UPDATE entries SET id = 'ent_other' WHERE seq = 3", "not that of its place"),
        ("chain", "DELETE FROM entries WHERE seq = 3", "3: it is missing"),
        ("chain", "DELETE FROM entries WHERE seq < 4", "1: it is missing, and so is all up to 3"),
        ("seals", "UPDATE entries SET seal = hash WHERE seq = 3", "not made with our key"),
    ],
)
def test_a_changed_log_is_named(shop, check, text, says):
    shop.by_hand((text,), without=("entries_unchanged", "entries_undeleted"))
    assert says in shop.found(check)


def test_an_entry_that_somebody_without_the_key_added_is_named(shop):
    shop.append("waiting", "reminded", after=900, key=bytes(32))
    assert "not made with our key" in shop.found("seals")
    assert shop.found("chain") == ""


def test_an_entry_sealed_with_a_key_that_had_been_replaced_is_named(shop):
    shop.append("waiting", "reminded", after=900, key=bytes(32))
    assert "replaced before" in shop.found("seals", keys=(KEY, bytes(32)))
    assert shop.found("seals", keys=(bytes(32), KEY)) == ""


def test_without_a_key_nothing_is_said_of_the_seals_and_that_is_no_pass(shop):
    shop.append("waiting", "reminded", after=900, key=bytes(32))
    examined = shop.examined(keys=())
    assert "seals" in examined.unlooked
    assert [each["holds"] for each in examined.as_json()["checks"] if each["check"] == "seals"] == [None]


def test_a_tail_that_was_cut_off_is_found_by_a_note_and_said_to_be_unprovable_without(shop):
    head = shop.head()
    shop.by_hand(("DELETE FROM entries WHERE seq = ?", head.seq), without=("entries_undeleted",))
    note = Checkpoint(seq=head.seq, hash=head.hash, source="the auditor")
    assert f"the auditor noted the entry {head.seq}, and the log ends at {head.seq - 1}" in shop.found(
        "end", noted=[note]
    )
    assert "cut at its end cannot show" in shop.examined().unlooked["end"]


def test_a_log_that_was_replaced_is_found_by_a_note(shop):
    note = Checkpoint(seq=3, hash="0" * 64, source="the auditor")
    assert "the log was replaced" in shop.found("end", noted=[note])


def test_a_second_resolution_is_named(shop):
    shop.append("rejected", "approved", cause="reviewer", by="U0BOB", execute_by=moment(NOW + HOUR))
    assert "approved cannot follow when it is rejected" in shop.found("life")


def test_a_life_that_begins_in_the_middle_is_named(shop):
    first = shop.rows("SELECT min(seq) FROM entries WHERE proposal_id = ?", shop.ids["waiting"])[0][0]
    text = "UPDATE entries SET tag = 'proposal:reminded' WHERE seq = ?"
    shop.by_hand((text, first), without=("entries_unchanged",))
    assert "reminded cannot follow when it is not there" in shop.found("life")


@pytest.mark.sqlite  # what is compared is the same text on a server, where each of these takes a second
@pytest.mark.parametrize("tag", ["decided", "approved", "edited", "extended", "asked", "revised", "withdrawn"])
@pytest.mark.parametrize(("late", "found"), [(-1, False), (0, True), (1, True)])
def test_what_was_done_at_or_after_the_deadline_is_named(shop, tag, late, found):
    shop.append("waiting", tag, at=NOW + HOUR + late, decision=decision())
    assert ("after its deadline" in shop.found("time")) is found


def test_what_was_claimed_after_it_had_lapsed_or_in_its_undo_window_is_named(shop):
    digest, by = shop.rows("SELECT digest, execute_by FROM proposals WHERE id = ?", shop.ids["granted"])[0]
    shop.append("granted", "claimed", at=by, digest=digest, report_by=moment(by + HOUR))
    assert "after it had lapsed" in shop.found("time")


def test_what_was_claimed_in_its_undo_window_is_named(shop):
    shop.append("waiting", "decided", decision=decision())
    shop.append(
        "waiting",
        "approved",
        cause="reviewer",
        by="U0ALICE",
        execute_by=moment(NOW + HOUR),
        claimable_at=moment(NOW + 30_000),
    )
    digest = shop.rows("SELECT digest FROM proposals WHERE id = ?", shop.ids["waiting"])[0][0]
    shop.append("waiting", "claimed", at=NOW + 29_999, digest=digest, report_by=moment(NOW + HOUR))
    assert "before its undo window was over" in shop.found("time")


def test_what_waits_long_past_its_deadline_is_named_where_a_bot_was_up_to_see_to_it(shop):
    late = NOW + 2 * HOUR
    assert "it still waits, 3,600 s after its deadline" in shop.found("time", now=late, running=True)
    assert shop.found("time", now=late) == ""
    shop.append("granted", "lapsed", at=late)
    assert "it still waits, 3,600 s after its deadline" in shop.found("time")


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (decision("U0OWNER"), "U0OWNER approved what is their own"),
        (decision("U0BOB", stands_in_for="U0OWNER"), "U0BOB approved what is their own"),
        (decision(round_=2), "another round"),
        (decision(revision=2), "another round"),
    ],
)
def test_an_approval_of_somebody_who_may_not_is_named(shop, made, says):
    shop.append("waiting", "decided", decision=made)
    assert says in shop.found("people")


@pytest.mark.parametrize("again", [decision(), decision("U0BOB", stands_in_for="U0ALICE")])
def test_a_place_that_was_filled_twice_is_named(shop, again):
    shop.append("waiting", "decided", decision=decision())
    assert shop.found("people") == ""
    shop.append("waiting", "decided", decision=again)
    assert "approved twice in one round" in shop.found("people")


def test_an_approval_that_was_taken_back_frees_its_place(shop):
    shop.append("waiting", "decided", decision=decision())
    shop.append("waiting", "retracted", at=NOW, nonce="n", by="U0ALICE")
    shop.append("waiting", "decided", decision=decision())
    assert shop.found("people") == ""


def test_what_was_approved_with_fewer_than_its_gate_asks_for_is_named(shop):
    shop.append("waiting", "approved", cause="reviewer", execute_by=moment(NOW + HOUR))
    assert "approved by 0 of the 1 that its gate asks for" in shop.found("people")


def test_a_claim_without_an_approval_and_an_outcome_without_a_claim_are_named(shop):
    digest = shop.rows("SELECT digest FROM proposals WHERE id = ?", shop.ids["waiting"])[0][0]
    shop.append("granted", "succeeded")
    shop.append("waiting", "claimed", digest=digest, report_by=moment(NOW + HOUR))
    found = shop.found("claims")
    assert "succeeded is reported, and nobody had claimed it" in found
    assert "claimed without being approved" in found


def test_a_second_claim_and_a_claim_of_another_payload_are_named(shop):
    shop.append("granted", "claimed", digest="sha256:other", report_by=moment(NOW + HOUR))
    assert "the digests differ" in shop.found("claims")
    digest = shop.rows("SELECT digest FROM proposals WHERE id = ?", shop.ids["granted"])[0][0]
    shop.append("granted", "claimed", digest=digest, report_by=moment(NOW + HOUR))
    assert "claimed twice" in shop.found("claims")


@pytest.mark.sqlite  # what is compared is the same text on a server, where each of these takes a second
@pytest.mark.parametrize(
    ("life", "change"),
    [
        ("waiting", "status = 'withdrawn', cause = 'agent', resolved_at = 1, due_at = NULL"),
        ("waiting", "version = version + 1"),
        ("waiting", "agent = 'other-bot'"),
        ("waiting", "idempotency_key = 'another'"),
        ("waiting", "revision = 2"),
        ("waiting", "digest = 'sha256:other'"),
        ("waiting", "round = 2"),
        ("waiting", "expires_at = expires_at + 1"),
        ("waiting", "extended = 1, expires_at = expires_at + 1"),
        ("granted", "cause = 'auto'"),
        ("granted", "resolved_at = resolved_at + 1"),
        ("granted", "resolved_by = 'U0BOB'"),
        ("granted", "execute_by = execute_by + 1, due_at = due_at + 1"),
        ("granted", "claimable_at = resolved_at + 1"),
        ("rejected", "reason = 'Another.'"),
        ("approved", "claimed_at = claimed_at + 1"),
        ("approved", "claimant = 'somebody'"),
        ("approved", "report_by = report_by + 1"),
        ("approved", "overdue = 1"),
    ],
)
def test_a_row_that_is_not_what_its_newest_entry_leaves_is_named_by_its_column(shop, life, change):
    text = f"UPDATE proposals SET {change} WHERE id = ?"
    shop.by_hand((text, shop.ids[life]), without=(*UNGUARDED, "proposals_extended_counts"))
    assert f"its row says {change.partition(' ')[0]} " in shop.found("state")


@pytest.mark.parametrize(
    ("texts", "without", "says"),
    [
        (["UPDATE revisions SET digest = 'sha256:o' WHERE proposal_id = ?"], ["revisions_stay"], "its revisions"),
        (["DELETE FROM decisions WHERE proposal_id = ?"], [], "its decisions"),
        (["DELETE FROM proposals WHERE id = ?"], [], "its row is gone, though entry"),
        (["UPDATE proposals SET id = 'prp_new' WHERE id = ?"], ["proposals_final_stays"], "prp_new: no entry tells"),
    ],
)
def test_rows_that_are_gone_or_that_nobody_wrote_are_named(shop, texts, without, says):
    shop.by_hand(*((text, shop.ids["approved"]) for text in texts), without=without)
    assert says in shop.found("state")


def test_a_key_that_stands_for_two_is_named(shop):
    shop.by_hand(
        ("DROP INDEX proposals_of_idempotency_key",),
        ("UPDATE proposals SET idempotency_key = 'key-1' WHERE id = ?", shop.ids["granted"]),
    )
    assert "2 proposals of support-bot have the key 'key-1'" in shop.found("keys")


@pytest.mark.parametrize(
    ("life", "text", "says"),
    [
        ("rejected", OLD, "its card shows version 2 of 3 in C0SUPPORT"),
        ("approved_by_two", OLD, "its card shows version"),
        ("rejected", "UPDATE messages SET shown = NULL WHERE subject = ?", "nobody knows what its card shows"),
        ("rejected", "DELETE FROM outbox WHERE subject = ?", "nothing was ever to be sent"),
        ("rejected", "UPDATE outbox SET sent = version + 1 WHERE subject = ?", "more was sent"),
        ("waiting", "DELETE FROM messages WHERE subject = ?", "it waits for people and has no card"),
        ("waiting", "UPDATE messages SET ts = NULL, state = 'posting' WHERE subject = ?", "has no card"),
    ],
)
def test_a_card_that_is_not_true_and_that_nothing_brings_up_to_date_is_named(shop, life, text, says):
    shop.by_hand((text, shop.ids[life]))
    assert says in shop.found("cards")


def test_a_card_that_waits_to_be_brought_up_to_date_or_was_given_up_is_counted_and_no_finding(shop):
    shop.by_hand(
        (OLD, shop.ids["rejected"]),
        ("UPDATE outbox SET version = version + 1 WHERE subject = ? AND kind = 'card'", shop.ids["rejected"]),
        ("DELETE FROM messages WHERE subject = ?", shop.ids["waiting"]),
        ("UPDATE outbox SET dead_letter = 1 WHERE subject = ? AND kind = 'card'", shop.ids["waiting"]),
    )
    examined = shop.examined()
    assert examined.sound, "\n".join(examined.lines())
    assert (examined.totals["cards waiting"], examined.totals["cards given up"]) == (1, 1)


def test_an_event_that_its_agent_is_not_told_or_that_is_none_of_its_own_is_named(shop):
    first = shop.rows("SELECT min(seq) FROM entries WHERE proposal_id = ?", shop.ids["waiting"])[0][0]
    told = shop.rows("SELECT max(seq) FROM stream WHERE agent = 'support-bot'")[0][0]
    shop.by_hand(
        ("DELETE FROM stream WHERE seq = ?", told),
        ("INSERT INTO stream (agent, seq) VALUES ('support-bot', ?)", first),
        ("INSERT INTO stream (agent, seq) VALUES ('other-bot', ?)", told),
    )
    found = shop.found("events")
    assert f"entry {told} is not in the stream of its agent" in found
    assert f"{first}: support-bot is told an entry that is no event" in found
    assert f"{told}: other-bot is told an entry that is no event" in found


async def test_a_store_is_read_as_it_was_at_one_moment_while_somebody_writes(shop, lifecycle, store):
    loop, waits = asyncio.get_running_loop(), await store.find(shop.ids["waiting"])

    def read():
        with opened(url_at(shop.path), None if ON_SERVER else shop.path) as source:
            before = examine(source, keys=(KEY,), now=NOW)
            asyncio.run_coroutine_threadsafe(lifecycle.approve(waits.id, ALICE, waits.nonce), loop).result()
            return before, examine(source, keys=(KEY,), now=NOW)

    before, after = await asyncio.to_thread(read)
    assert (after, after.sound) == (before, True)
    assert (await store.find(waits.id)).status is Status.approved


def test_what_was_written_and_changed_or_taken_away_by_a_hand_is_named(shop):
    text = "UPDATE contents SET content = content || ' ' WHERE seq = 1"
    shop.by_hand((text,), without=("contents_unchanged",))
    assert "entry 1 is not what the entry holds the digest of" in shop.found("content")
    shop.by_hand(("DELETE FROM contents WHERE seq = 1",), without=("contents_erased",))
    assert "entry 1 is gone, and no entry tells that it was erased" in shop.found("content")
