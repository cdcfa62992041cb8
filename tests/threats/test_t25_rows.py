"""T25: every table that decides, and a row added, changed and taken away by hand in each.

None of it gives power, and `signoff audit verify` names each; a table that is in neither list is a finding here.
"""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from approvals.digest import canonical, digest
from approvals.past import About, PastAnswer, PastQuery
from approvals.ports import Damaged
from approvals.proposal import Status
from approvals.refusals import EditRefused, NotFound, NotYourRole, Refusal, Stopped
from approvals.reviewer import DelegatedRoles
from approvals.sample import SampleVerdict
from approvals.services.sample_reviews import SampleReviews
from storage import RowDamaged
from storage.audit.facts import sha256
from tests.making import make_reviewer
from tests.storage.town import ALICE, BOB, notices, submission
from tests.threats.rows import OPERATOR

DAVE = make_reviewer(user="U0DAVE", roles=frozenset(), proof=())
INTERN = make_reviewer(user="U0INTERN", roles=frozenset({"interns"}))


# What is tried on the changed file: each raises where the hand gained something.


def damaged(name):
    """Nothing of it is shown, listed, decided or claimed, and the others go on."""

    async def tried(world):
        proposal_id, store, lifecycle = world.of[name], world.store, world.lifecycle
        with pytest.raises(Damaged):
            await lifecycle.get(proposal_id, "support-bot")
        with pytest.raises(NotFound):
            await lifecycle.get(proposal_id, "other-bot")
        with pytest.raises(Damaged):
            await lifecycle.approve(proposal_id, BOB, world.nonces[name])
        with pytest.raises(Damaged):
            await world.claimed(name)
        with pytest.raises(Damaged):
            await store.with_entries(proposal_id)
        page = await store.reads.of_agent("support-bot", now=world.clock.now(), limit=100)
        assert proposal_id not in [each.id for each in page.proposals]
        assert len(page.proposals) > 3
        told = await store.stream.after("support-bot", 0, 100)
        assert {each.proposal for each in told if each.proposal and each.proposal.id == proposal_id} == set()
        assert any(proposal_id in row for row in store.damage.rows)

    return tried


def not_lent(delegate="U0DAVE", *, delegators=()):
    async def tried(world):
        assert await world.store.delegations.delegators(delegate, world.clock.now()) == set(delegators)
        for delegator in {"U0ALICE", "U0BOB", "U0CAROL"} - set(delegators):
            stranger = replace(
                DAVE, user=delegate, delegated=(DelegatedRoles(by=delegator, roles=frozenset({"support"})),)
            )
            with pytest.raises((NotYourRole, Damaged)):
                await world.lifecycle.approve(world.of["waiting"], stranger, world.nonces["waiting"])
        assert [each.delegator for each in await world.store.delegations.in_force(delegate, world.clock.now())] == [
            *delegators
        ]

    return tried


async def still_stopped(world):
    with pytest.raises(Stopped):
        await world.lifecycle.submit(submission(5, agent="other-bot"))
    await world.stopping.resume("other-bot", OPERATOR)  # and who may still can, whatever became of the row
    made, _ = await world.lifecycle.submit(submission(5, agent="other-bot"))
    assert made.status is Status.approved


async def stopped_by_nobody(world):
    with pytest.raises(Damaged):
        await world.lifecycle.submit(submission(5))


async def still_rejected(world):
    made, _ = await world.lifecycle.submit(submission(290))
    assert (made.status, made.gate.earlier_rejection.proposal) == (Status.rejected, world.of["no"])
    payload = {"amount": 290, "order": "1001"}
    with pytest.raises(EditRefused):
        await world.lifecycle.edit(world.of["waiting"], ALICE, payload, world.nonces["waiting"])
    world.clock.forward(1)
    await world.lifecycle.sweep()
    made, _ = await world.lifecycle.submit(submission(290))
    assert made.status is Status.rejected


async def rejected_by_nobody(world):
    made, _ = await world.lifecycle.submit(submission(295))
    assert made.status is Status.pending


def unknown(field="order", value="2002"):
    """The value was never approved by people."""

    async def tried(world):
        said = canonical(value).decode()
        asked = PastQuery(about=About.first_time, agent="support-bot", action="refund.create", field=field, value=said)
        answers = await world.store.answers([asked], world.clock.now())
        assert answers == {asked: PastAnswer(count=0)}

    return tried


async def asked_no_more_than_before(world):
    """A value that was known is asked about again: the hand gained more questions, no less."""
    said = canonical("1001").decode()
    asked = PastQuery(about=About.first_time, agent="support-bot", action="refund.create", field="order", value=said)
    known = (await world.store.answers([asked], world.clock.now()))[asked]
    assert 0 < known.count <= 20


async def past_stands(world):
    """What people said no to, what is usual and how many came are what the log tells."""
    payload = {"amount": 295, "order": "1001"}
    again = PastQuery(
        about=About.repeat, agent="support-bot", action="refund.create", value=digest("refund.create", payload)
    )
    usual = PastQuery(about=About.unusual, agent="support-bot", action="refund.create", field="amount")
    rate = PastQuery(about=About.rate, agent="support-bot", action="*", per=3600)
    known = await world.store.answers([again, usual, rate], world.clock.now())
    assert (known[again].by, known[again].reason, known[again].settled) == ("U0ALICE", "Not this.", False)
    assert known[usual] == PastAnswer(count=12, median=300.0)
    assert known[rate].count == 22


async def covers_nothing(world):
    world.policy.changes = {"remember_approval": None}
    made, _ = await world.lifecycle.submit(submission(350))
    assert made.status is Status.pending


async def ends_with_what_it_approved(world):
    await world.lifecycle.revoke(world.of["covered"], ALICE, "Wait.", await nonce(world, "covered"))
    open_ones = await world.store.remembered_approvals()
    assert world.of["remembered"] not in open_ones


async def nonce(world, name):
    found = await world.store.find(world.of[name])
    return found.nonce


def no_sample(name="drawn"):
    async def tried(world):
        with pytest.raises((Damaged, Refusal)):
            await SampleReviews(world.store, world.clock).judge(
                world.of[name], INTERN, SampleVerdict.fine, None, "known-to-the-attacker"
            )
        with pytest.raises(Damaged):
            await world.store.samples.get(world.of[name])

    return tried


def told_nothing(agent):
    async def tried(world):
        told = await world.store.stream.after(agent, 0, 100)
        assert all(each.proposal is None or each.proposal.ask.agent == agent for each in told)

    return tried


async def polled(world):
    """The stream is a convenience: the proposal itself still tells."""
    assert (await world.lifecycle.get(world.of["approved"], "support-bot")).status is Status.approved


def no_card(channel, ts):
    async def tried(world):
        assert await world.store.messages.at(channel, ts) is None

    return tried


async def no_form(world):
    """What a person had before them, or typed, is not changed beneath their hands: they open it again."""
    assert await world.store.forms.get("frm_1") is None
    assert await world.store.forms.save("frm_1", page=2) is False
    assert await world.store.forms.review_in("V1", "U0ALICE") is None
    assert await world.store.forms.typed_for(world.of["waiting"], 1, "U0ALICE", "review") == {}


async def no_form_of_the_hand(world):
    assert await world.store.forms.get("frm_x") is None
    assert await world.store.forms.get("frm_1") is not None


async def no_modal(world):
    assert await world.store.modals.get("mod_1") is None


async def told_by_nobody(world):
    """Nothing is said in our name that we did not write, and the rest is said."""
    await world.store.messages.notify("ours", "C0OPS", "Look.")
    told = await notices(world.store, world.clock.now())
    assert ("C0OPS", "Look.") in told
    assert not [text for _, text in told if text not in ("Look.", "Look here.")]
    assert [row for row in world.store.damage.rows if row.startswith("messages notice ")]


async def judged_again(world):
    """Of which policy a row says that it judged it, counts only while the log says that this one is in force."""
    world.policy.version = "policy-2"
    assert world.of["waiting"] in await world.store.to_rejudge("policy-2")


async def one_for_its_key(world):
    with pytest.raises(Damaged):
        await world.lifecycle.submit(submission(250, key="order-1"))


async def harmless(_world):
    """Only makes people be asked, or nothing be shown; verify says so."""


W, A = "'waiting'", "'approved'"
APPROVED = (
    "UPDATE proposals SET status = 'approved', cause = 'reviewer', resolved_at = created_at, resolved_by = 'U0BOB', "
    "execute_by = created_at + 3600000, due_at = created_at + 3600000 WHERE id = :waiting"
)
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
     "claimed_at, claimant, report_by, overdue, outcome, rollback FROM proposals WHERE id = :approved)"),
     harmless, "its revisions are not all there"),
    ("proposals", "DELETE FROM proposals WHERE id = :approved", damaged("approved"), "its row is gone"),
    ("proposals", "DELETE FROM proposals WHERE id = :waiting", one_for_its_key, "its row is gone"),
    ("revisions", "UPDATE revisions SET payload = '{\"amount\":1,\"order\":\"1001\"}' WHERE proposal_id = :approved",
     damaged("approved"), "not the recorded"),
    ("revisions", "UPDATE revisions SET editor = 'U0BOB' WHERE proposal_id = :approved", damaged("approved"), "revisions"),
    ("revisions", ("INSERT INTO revisions SELECT proposal_id, 2, action, payload, digest, at, editor, patch "
     "FROM revisions WHERE proposal_id = :approved"), damaged("approved"), "not all there"),
    ("revisions", "DELETE FROM revisions WHERE proposal_id = :approved", damaged("approved"), "not all there"),
    ("decisions", ("INSERT INTO decisions SELECT :waiting, number, reviewer, verdict, revision, round, at, roles, backup, "
     "reason, stands_in_for, rushed, first_seen_at, retracted_at, retracted_from FROM decisions WHERE proposal_id = :approved"),
     damaged("waiting"), "decisions"),
    ("decisions", "UPDATE decisions SET reviewer = 'U0BOB' WHERE proposal_id = :approved", damaged("approved"), "decisions"),
    ("decisions", "DELETE FROM decisions WHERE proposal_id = :approved", damaged("approved"), "decisions"),
    ("questions", "UPDATE questions SET reply = 'The second.' WHERE proposal_id = :asked", damaged("asked"), "questions"),
    ("questions", ("INSERT INTO questions SELECT :waiting, number, text, asked_by, asked_at, reply, replied_at, digest "
     "FROM questions"), damaged("waiting"), "questions"),
    ("questions", "DELETE FROM questions WHERE proposal_id = :asked", damaged("asked"), "questions"),
    ("seats", "INSERT INTO seats VALUES (:waiting, 'interns', 0, 1)", damaged("waiting"), "interns"),
    ("seats", "UPDATE seats SET role = 'interns' WHERE proposal_id = :waiting", damaged("waiting"), "interns"),
    ("seats", "UPDATE seats SET present = 0 WHERE proposal_id = :waiting", harmless, "support"),
    ("seats", "DELETE FROM seats WHERE proposal_id = :waiting", harmless, "support"),
    ("exclusions", "INSERT INTO exclusions VALUES (:waiting, 'U0STRAY', 1)", damaged("waiting"), "U0STRAY"),
    ("exclusions", "UPDATE exclusions SET person = 'U0STRAY' WHERE proposal_id = :waiting", damaged("waiting"), "U0STRAY"),
    ("exclusions", "DELETE FROM exclusions WHERE proposal_id = :waiting", harmless, "U0OWNER"),
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
    ("remembered_decisions", ("INSERT INTO remembered_decisions SELECT :other_no, verdict, agent, action, person, at, until, "
     "most, 0, ended, ended_by, ended_at FROM remembered_decisions WHERE verdict = 'reject'"), rejected_by_nobody,
     "no entry tells of it"),
    ("remembered_decisions", "UPDATE remembered_decisions SET until = at + 1 WHERE verdict = 'reject'", still_rejected, "until"),
    ("remembered_decisions", "UPDATE remembered_decisions SET ended = 'expired', ended_at = at WHERE verdict = 'reject'",
     still_rejected, "ended"),
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
    ("forms", ("INSERT INTO forms SELECT 'frm_x', proposal_id, revision, nonce, reviewer, kind, typed, page, view_id, "
     "opened_at, first_seen_at, seen_words, seal FROM forms"), no_form_of_the_hand, "frm_x"),
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
