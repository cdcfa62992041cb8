"""T25: every table that decides, and a row added, changed and taken away by hand in each.

None of it gives power, and `signoff audit verify` names each; a table that is in neither list is a finding here.
"""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from approvals.digest import canonical
from approvals.proposal import Status
from approvals.reviewer import DelegatedRoles
from storage import RowDamaged
from storage.audit.facts import sha256
from tests.making import make_reviewer
from tests.storage.town import ALICE, submission
from tests.threats.attempts import (
    asked_no_more_than_before,
    covers_nothing,
    damaged,
    ends_with_what_it_approved,
    harmless,
    judged_again,
    no_card,
    no_code_of_the_hand,
    no_form,
    no_form_of_the_hand,
    no_modal,
    no_sample,
    not_enrolled_by_hand,
    not_lent,
    one_for_its_key,
    past_stands,
    polled,
    rejected_by_nobody,
    still_rejected,
    still_stopped,
    stopped_by_nobody,
    told_by_nobody,
    told_nothing,
    unknown,
)

DAVE = make_reviewer(user="U0DAVE", roles=frozenset(), proof=())


APPROVED = (
    "UPDATE proposals SET status = 'approved', cause = 'reviewer', resolved_at = created_at, resolved_by = 'U0BOB', "
    "execute_by = created_at + 3600000, due_at = created_at + 3600000 WHERE id = :waiting"
)
SUBMITTED = "SELECT seq FROM entries WHERE proposal_id = :waiting AND tag = 'proposal:submitted'"
COPY = "INSERT INTO {0} SELECT {1} FROM {0} WHERE {2}"
LENT = "INSERT INTO delegations VALUES ('dlg_x', 'U0ALICE', 'U0STRAY', 1, 9999999999999, NULL, NULL)"
VALUE = (
    "INSERT INTO approved_values VALUES ('support-bot', 'refund.create', 'order', "
    f"'{sha256(canonical('2002'))}', :waiting)"
)

DECIDES = [
    # table, what the hand does, what is tried, what verify names
    ("proposals", APPROVED, damaged("waiting"), "status"),
    ("proposals", "UPDATE proposals SET expires_at = expires_at + 1 WHERE id = :waiting", damaged("waiting"), "expires_at"),
    ("proposals", "UPDATE proposals SET gate = replace(gate, '\"approvals\":1', '\"approvals\":0') WHERE id = :waiting",
     damaged("waiting"), "gate"),
    ("proposals", "UPDATE proposals SET nonce = 'x' WHERE id = :waiting", damaged("waiting"), "nonce"),
    ("proposals", "UPDATE proposals SET claimable_at = NULL, execute_by = execute_by + 1 WHERE id = :approved",
     damaged("approved"), "execute_by"),
    ("proposals", "UPDATE proposals SET claimed_at = NULL, status = 'approved', report_by = NULL WHERE id = :worked0",
     damaged("worked0"), "status"),
    ("proposals", "UPDATE proposals SET due_at = due_at - 1 WHERE id = :waiting", harmless, "no entry tells of"),
    ("proposals", "UPDATE proposals SET judged_under = 'policy-2' WHERE id = :waiting", judged_again, None),
    ("proposals", "UPDATE proposals SET idempotency_key = NULL WHERE id = :waiting", one_for_its_key, "idempotency_key"),
    ("proposals", ("INSERT INTO proposals SELECT * FROM (SELECT 'prp_x' AS id, version, status, cause, reason, agent, "
     "action, run_id, ask, NULL, fingerprint, gate, judged_under, channels, revision, digest, round, nonce, created_at, "
     "expires_at, due_at, reminded, escalated, escalated_to, extended, resolved_at, resolved_by, claimable_at, execute_by, "
     "claimed_at, claimant, report_by, overdue, outcome, rollback, suspension, erased_at, drill FROM proposals WHERE id = :approved)"),
     harmless, "its revisions are not all there"),
    ("proposals", ("UPDATE proposals SET drill = '{\"origin\":\"library\",\"wrong\":\"w\",\"look_at\":\"l\",\"result\":null}' "
     "WHERE id = :approved"), damaged("approved"), "drill"),
    ("proposals", "DELETE FROM proposals WHERE id = :approved", damaged("approved"), "its row is gone"),
    ("proposals", "DELETE FROM proposals WHERE id = :waiting", one_for_its_key, "its row is gone"),
    ("revisions", "UPDATE revisions SET payload = '{\"amount\":1,\"order\":\"1001\"}' WHERE proposal_id = :approved",
     damaged("approved"), "not the recorded"),
    ("revisions", "UPDATE revisions SET editor = 'U0BOB' WHERE proposal_id = :approved", damaged("approved"), "revisions"),
    ("revisions", ("INSERT INTO revisions SELECT proposal_id, 2, action, payload, digest, at, editor, patch "
     "FROM revisions WHERE proposal_id = :approved"), damaged("approved"), "not all there"),
    ("revisions", "DELETE FROM revisions WHERE proposal_id = :approved", damaged("approved"), "not all there"),
    ("decisions", ("INSERT INTO decisions SELECT :waiting, number, reviewer, verdict, revision, round, at, roles, backup, "
     "reason, stands_in_for, rushed, first_seen_at, seen_words, opened_details, streak, retracted_at, retracted_from, over_at FROM decisions WHERE proposal_id = :approved"),
     damaged("waiting"), "decisions"),
    ("decisions", "UPDATE decisions SET reviewer = 'U0BOB' WHERE proposal_id = :approved", damaged("approved"), "decisions"),
    ("decisions", "UPDATE decisions SET retracted_at = at, retracted_from = 1 WHERE proposal_id = :approved",
     damaged("approved"), "decisions"),
    ("decisions", "DELETE FROM decisions WHERE proposal_id = :approved", damaged("approved"), "decisions"),
    ("questions", "UPDATE questions SET reply = 'The second.' WHERE proposal_id = :asked", damaged("asked"), "questions"),
    ("questions", ("INSERT INTO questions SELECT :waiting, number, text, asked_by, asked_at, reply, replied_at, digest "
     "FROM questions"), damaged("waiting"), "questions"),
    ("questions", "DELETE FROM questions WHERE proposal_id = :asked", damaged("asked"), "questions"),
    ("seats", "INSERT INTO seats VALUES (:waiting, 'interns', 0, 1, 1, 0, 0)", damaged("waiting"), "interns"),
    ("seats", "UPDATE seats SET role = 'interns' WHERE proposal_id = :waiting", damaged("waiting"), "interns"),
    ("seats", "UPDATE seats SET present = 0 WHERE proposal_id = :waiting", harmless, "support"),
    ("seats", "UPDATE seats SET open = 0 WHERE proposal_id = :waiting", harmless, "support"),
    ("seats", "DELETE FROM seats WHERE proposal_id = :waiting", harmless, "support"),
    ("seats", "UPDATE seats SET created_at = created_at + 1 WHERE proposal_id = :waiting", harmless, "lists place it"),
    ("seats", "UPDATE seats SET over_at = over_at - 1 WHERE proposal_id = :waiting", harmless, "lists place it"),
    ("exclusions", "UPDATE exclusions SET over_at = over_at - 1 WHERE proposal_id = :waiting", harmless, "lists place it"),
    ("decisions", "UPDATE decisions SET over_at = over_at - 1 WHERE proposal_id = :approved", harmless, "lists place it"),
    ("exclusions", "INSERT INTO exclusions VALUES (:waiting, 'U0STRAY', 1, 0, 0)", damaged("waiting"), "U0STRAY"),
    ("exclusions", "UPDATE exclusions SET person = 'U0STRAY' WHERE proposal_id = :waiting", damaged("waiting"), "U0STRAY"),
    ("exclusions", "DELETE FROM exclusions WHERE proposal_id = :waiting", harmless, "U0OWNER"),
    ("tallies", "UPDATE tallies SET count = count + 5 WHERE status = 'pending'", harmless, "there are"),
    ("tallies", "DELETE FROM tallies", harmless, "it says 0"),
    ("figures", "UPDATE figures SET count = count + 5 WHERE kind = 'untouched'", harmless, "there are"),
    ("figures", "UPDATE figures SET waited = waited + 5 WHERE kind = 'wait'", harmless, "waits differ by 5"),
    ("figures", "DELETE FROM figures", harmless, "it says 0"),
    ("delegations", LENT, not_lent("U0STRAY"), "no entry tells of it"),
    ("delegations", "UPDATE delegations SET delegate = 'U0STRAY' WHERE id = :delegated", not_lent("U0STRAY"), "delegate"),
    ("delegations", "UPDATE delegations SET until = until + 86400000 WHERE id = :delegated", not_lent(), "until"),
    ("delegations", "UPDATE delegations SET ended_at = NULL, ended_by = NULL WHERE id = :over",
     not_lent(delegators=["U0BOB"]), "ended_at"),
    ("delegations", "UPDATE delegations SET until = 9000000000000000000 WHERE id = :delegated", not_lent(), "cannot be a time"),
    ("delegations", "DELETE FROM delegations WHERE id = :delegated", not_lent(), "its row is gone"),
    ("stopped_agents", "INSERT INTO stopped_agents VALUES ('support-bot', 'U0OWNER', 'T', 1, NULL)", stopped_by_nobody,
     "no entry tells of it"),
    ("stopped_agents", "UPDATE stopped_agents SET agent = 'third-bot'", still_stopped, "its row is gone"),
    ("stopped_agents", "UPDATE stopped_agents SET person = 'U0BOB'", still_stopped, "by differ"),
    ("stopped_agents", "DELETE FROM stopped_agents", still_stopped, "its row is gone"),
    ("second_factors", ("UPDATE second_factors SET sealed = (SELECT b.sealed FROM second_factors AS b WHERE b.person = 'U0BOB') "
     "WHERE person = 'U0ALICE'"), no_code_of_the_hand, "its row is not what"),
    ("second_factors", "INSERT INTO second_factors SELECT 'U0STRAY', sealed, at FROM second_factors WHERE person = 'U0BOB'",
     not_enrolled_by_hand, "no entry tells of it"),
    ("second_factors", "DELETE FROM second_factors WHERE person = 'U0ALICE'", no_code_of_the_hand, "its row is gone"),
    ("remembered_decisions", ("INSERT INTO remembered_decisions SELECT :other_no, verdict, agent, action, person, at, until, "
     "most, 0, ended, ended_by, ended_at FROM remembered_decisions WHERE verdict = 'reject'"), rejected_by_nobody,
     "no entry tells of it"),
    ("remembered_decisions", "UPDATE remembered_decisions SET until = at + 1 WHERE verdict = 'reject'", still_rejected, "until"),
    ("remembered_decisions", "UPDATE remembered_decisions SET ended = 'expired', ended_at = at WHERE verdict = 'reject'",
     still_rejected, "ended"),
    ("proposals", "UPDATE proposals SET erased_at = 1 WHERE id = :approved", damaged("approved"), "erased_at"),
    ("contents", f"DELETE FROM contents WHERE seq = ({SUBMITTED})", damaged("waiting"), "no entry tells that it was erased"),
    ("contents", f"UPDATE contents SET content = content || ' ' WHERE seq = ({SUBMITTED})", damaged("waiting"),
     "is not what it holds the digest of"),
    ("remembered_decisions", "DELETE FROM remembered_decisions WHERE verdict = 'reject'", still_rejected, "its row is gone"),
    ("remembered_decisions", "UPDATE remembered_decisions SET most = 9000 WHERE verdict = 'approve'", covers_nothing,
     "most differ"),
    ("remembered_decisions", "UPDATE remembered_decisions SET until = until + 1 WHERE verdict = 'approve'", covers_nothing,
     "until differ"),
    ("remembered_decisions", "UPDATE remembered_decisions SET used = 0 WHERE verdict = 'approve'", covers_nothing,
     "used differ"),
    ("remembered_decisions", ("INSERT INTO remembered_decisions SELECT :approved, verdict, agent, action, person, at, until, "
     "most, 0, ended, ended_by, ended_at FROM remembered_decisions WHERE verdict = 'approve'"), harmless,
     "no entry tells of it"),
    ("remembered_decisions", "UPDATE remembered_decisions SET ended = 'never', ended_at = at WHERE verdict = 'approve'",
     covers_nothing, "'never' is not a valid RememberedEnding"),
    ("remembered_decisions", "DELETE FROM remembered_decisions WHERE verdict = 'approve'", covers_nothing,
     "its row is gone"),
    ("remembered_uses", "DELETE FROM remembered_uses", ends_with_what_it_approved, "stands in the entries alone"),
    ("remembered_uses", "UPDATE remembered_uses SET remembered_id = :approved", ends_with_what_it_approved, "alone"),
    ("remembered_uses", "INSERT INTO remembered_uses SELECT :approved, remembered_id, verdict, at FROM remembered_uses", harmless,
     "stands in the rows alone"),
    ("effects", "INSERT INTO effects VALUES ('e', :waiting, 'open')", harmless, "no entry tells of"),
    ("approved_values", VALUE, unknown(), "no entry tells of"),
    ("approved_values", "UPDATE approved_values SET value = 'x' WHERE field = 'order'", harmless, "no entry tells of"),
    ("approved_values", "DELETE FROM approved_values WHERE proposal_id = :approved", asked_no_more_than_before,
     "what is not there"),
    ("samples", "UPDATE samples SET roles = '[\"interns\"]', nonce = 'known-to-the-attacker' WHERE proposal_id = :drawn",
     no_sample(), "roles"),
    ("samples", "UPDATE samples SET judgement = NULL, judged_by = NULL, judged_at = NULL WHERE proposal_id = :judged",
     no_sample("judged"), "judged"),
    ("samples", ("INSERT INTO samples SELECT :approved, action, roles, channels, nonce, sampled_at, NULL, NULL, NULL, NULL "
     "FROM samples WHERE proposal_id = :drawn"), no_sample("approved"), "no entry tells of it"),
    ("samples", "DELETE FROM samples WHERE proposal_id = :drawn", no_sample(), "its row is gone"),
    ("stream", ("INSERT INTO stream SELECT 'other-bot', seq FROM stream WHERE seq IN "
     "(SELECT seq FROM entries WHERE proposal_id = :approved)"), told_nothing("other-bot"), "other-bot"),
    ("stream", "UPDATE stream SET agent = 'other-bot'", told_nothing("other-bot"), "other-bot"),
    ("stream", "DELETE FROM stream", polled, "what is not there"),
    ("callbacks", "UPDATE callbacks SET url = 'https://thief.example'", harmless, "wants it elsewhere"),
    ("callbacks", ("INSERT INTO callbacks (number, id, proposal_id, agent, url, lane, kind, at, state, attempts, due_at) "
     "VALUES (9, 'ent_x', :waiting, 'support-bot', 'https://thief.example', 'x', 'approved', 1, 'waiting', 0, 1)"),
     harmless, "wants it elsewhere"),
    ("messages", "UPDATE messages SET ts = '9.9', channel = 'C0STRAY' WHERE subject = :waiting", no_card("C0STRAY", "9.9"),
     "no entry tells that it was posted"),
    ("messages", ("INSERT INTO messages (kind, subject, channel, ts, version, words, previous_words, state) VALUES "
     "('card', :asked, 'C0STRAY', '9.9', 1, 'words', '', 'posted')"), no_card("C0STRAY", "9.9"),
     "no entry tells that it was posted"),
    ("messages", "UPDATE messages SET ts = '9.9', channel = 'C0STRAY' WHERE subject = :drawn", no_card("C0STRAY", "9.9"),
     "no entry tells that it was posted"),
    ("messages", "UPDATE messages SET kind = 'card' WHERE subject = :drawn", no_card("C0SUPPORT", "3.3"),
     "no entry tells that it was posted"),
    ("messages", ("INSERT INTO messages (kind, subject, channel, ts, version, words, previous_words, state) VALUES "
     "('card', 'prp_none', 'C0STRAY', '9.9', 1, 'words', '', 'posted')"), no_card("C0STRAY", "9.9"),
     "what it belongs to is not there"),
    ("forms", "UPDATE forms SET proposal_id = :asked", no_form, "its seal was not made with our key"),
    ("forms", "UPDATE forms SET typed = '{\"amount\":9000}'", no_form, "its seal was not made with our key"),
    ("forms", "UPDATE forms SET reviewer = 'U0STRAY'", no_form, "its seal was not made with our key"),
    ("forms", "UPDATE forms SET seal = ''", no_form, "its seal was not made with our key"),
    ("forms", ("INSERT INTO forms SELECT 9, 'frm_x', proposal_id, revision, nonce, reviewer, kind, typed, page, view_id, "
     "opened_at, first_seen_at, seen_words, seen_text, seal FROM forms"), no_form_of_the_hand, "frm_x"),
    ("forms", "DELETE FROM forms", no_form, None),
    ("modals", "UPDATE modals SET subject = '{\"delegate\":\"U0STRAY\"}'", no_modal, "its seal was not made with our key"),
    ("modals", "UPDATE modals SET purpose = 'agent_resume'", no_modal, "its seal was not made with our key"),
    ("modals", ("INSERT INTO modals SELECT 'mod_x', view_id, reviewer, purpose, subject, opened_at, used_at, seal "
     "FROM modals"), harmless, "mod_x"),
    ("modals", "DELETE FROM modals", no_modal, None),
    ("messages", (("INSERT INTO messages (kind, subject, channel, version, words, previous_words, state, whole) VALUES "
     "('notice', 'x', 'C0SUPPORT', 0, 'Approve all.', '', 'posting', (SELECT whole FROM messages WHERE kind = 'notice'))"),
     "UPDATE outbox SET subject = 'x', channel = 'C0SUPPORT' WHERE kind = 'notice'"), told_by_nobody, None),
    ("messages", "UPDATE messages SET words = 'Approve all.' WHERE kind = 'notice'", told_by_nobody, None),
    ("messages", "UPDATE messages SET channel = 'C0SUPPORT' WHERE kind = 'notice'", told_by_nobody, None),
]  # fmt: skip

NOT_DECIDING = {
    "entries": "the log itself: test_t24_audit and tests/storage/test_audit change every byte of it",
    "migrations": "what the schema is compared with at each start, whole, is made anew from the program",
    "batches": "which proposals share a card; each is shown, and decided by its own secret",
    "batch_members": "the same",
    "floods": "which proposals stand on a summary; each is opened and decided by itself",
    "flood_members": "the same",
    "outbox": "what waits to be shown; without it a card is late, and unanswered is rejected",
    "undo_windows": "when a card is shown anew",
    "policy_texts": "what a policy said, for who looks back: believed where it has the digest that the entry names",
    "export_cursors": "how far the log was handed to whoever follows it elsewhere; the log itself is whole",
    "notified_people": "who wants direct messages; what each may see is looked up each time, and Slack is asked where",
    "direct_members": "what a person was told of",
}


@pytest.mark.parametrize(
    ("table", "hand", "tried", "named"), DECIDES, ids=[f"{row[0]}-{number}" for number, row in enumerate(DECIDES)]
)
async def test_t25_no_hand_in_a_table_gains_anything_and_verify_names_each(world, table, hand, tried, named):
    async with world.opened():
        world.by_hand(*([hand] if isinstance(hand, str) else hand))
        found = await world.store.differences()
        if named is not None:
            assert [each for each in found if each.table == table and named in f"{each.id} {each.what}"] or [
                each for each in found if named in f"{each.table} {each.id} {each.what}"
            ], found
        await tried(world)


def test_t25_every_table_is_in_the_list_or_has_a_reason_not_to_be(whole):
    with closing(sqlite3.connect(whole.path)) as file:
        tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables == {row[0] for row in DECIDES} | set(NOT_DECIDING)
    assert not {row[0] for row in DECIDES} & set(NOT_DECIDING)


async def test_t25_what_was_not_touched_is_as_it_is_told_and_decides_as_before(world):
    async with world.opened():
        assert await world.store.differences() == []
        assert await world.store.audit.verify() is None
        await past_stands(world)
        await still_rejected(world)
        assert (await world.claimed("approved")).status is Status.claimed
        delegated = replace(DAVE, delegated=(DelegatedRoles(by="U0BOB", roles=frozenset({"support"})),))
        assert (
            await world.lifecycle.approve(world.of["waiting"], delegated, world.nonces["waiting"])
        ).status is Status.approved
        assert await world.store.differences() == []


@pytest.mark.parametrize(
    "hand",
    [
        "DELETE FROM proposals WHERE id = :other_no",
        "UPDATE proposals SET status = 'withdrawn', cause = 'agent' WHERE id = :other_no",
        "UPDATE proposals SET digest = 'x' WHERE id = :other_no",
        "UPDATE proposals SET created_at = 1",
        (
            "UPDATE proposals SET digest = (SELECT digest FROM proposals WHERE id = :other_no), cause = 'reviewer', "
            "status = 'approved' WHERE id = :waiting"
        ),
        "DELETE FROM decisions",
        'UPDATE revisions SET payload = \'{"amount":9000,"order":"1001"}\'',
        "DELETE FROM approved_values",
    ],
)
async def test_t25_the_past_is_what_the_log_tells_whatever_became_of_the_rows(world, hand):
    async with world.opened():
        world.by_hand(hand)
        await past_stands(world)


async def test_t25_an_entry_without_our_seal_lends_frees_and_holds_nothing(world):
    async with world.opened():
        world.by_hand(
            "UPDATE entries SET seal = hash WHERE tag IN ('delegation:begun', 'agent:stopped', 'remembered_rejection:begun')"
        )
        await not_lent()(world)
        with pytest.raises(RowDamaged, match="seal"):
            await world.lifecycle.submit(submission(5, agent="other-bot"))
        with pytest.raises(RowDamaged, match="seal"):
            await world.lifecycle.submit(submission(290))
        assert (await world.lifecycle.submit(submission(299)))[0].status is Status.pending


async def test_t25_what_is_put_back_is_believed_again_and_no_longer_reported(world):
    world.by_hand("UPDATE proposals SET expires_at = expires_at + 1 WHERE id = :waiting")
    async with world.opened():
        await damaged("waiting")(world)
        world.by_hand("UPDATE proposals SET expires_at = expires_at - 1 WHERE id = :waiting")
        assert (await world.lifecycle.get(world.of["waiting"], "support-bot")).status is Status.pending
        assert world.store.damage.rows == {}
        assert (
            await world.lifecycle.approve(world.of["waiting"], ALICE, world.nonces["waiting"])
        ).status is Status.approved
