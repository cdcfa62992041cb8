"""T43: a drill looks like any other card until it is decided, runs for nobody, and is there for no agent.

Told apart before its decision, claimed, leaked to an agent, or counted as work: each is tried.
"""

import json
import re
from contextlib import closing
from datetime import UTC, datetime

import pytest

from approvals.drill import DrillResult
from approvals.proposal import Status
from tests.databases import ON_SERVER, hand_at
from tests.journeys.test_queue import listed
from tests.threats.drilled import REAL, asked_before, planted, town_of_drills
from tests.town import POLICY, SUPPORT, has_button, visible_text


@pytest.fixture
async def town(tmp_path):
    async with town_of_drills(tmp_path) as town, town.serving():
        await asked_before(town)
        yield town


def alike(told, *ours):
    """What is told, without the ids and digests that differ between any two, and without what the agent wrote."""
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, sort_keys=True)
    for word in ours:
        text = text.replace(word, "WORD")
    text = re.sub(r"prp_[0-9a-f]+", "ID", text)
    text = re.sub(r"(sha256:)?[0-9a-f]{12,64}", "DIGEST", text)
    text = re.sub(r"ID\.[\w-]{22}", "ID.NONCE", text)
    text = re.sub(r"(frm|mdl)_[\w-]+", "FORM", text)
    text = re.sub(r"\b\d{10}\.\d{6}\b", "TS", text)
    return re.sub(r'"(view_id|hash|id|external_id|root_view_id|block_id|private_metadata)": "[^"]*"', "", text)


OF_REAL = ("Your receipt", "receipt-10.pdf")
OF_DRILL = ("Your voucher", "customers.csv")


async def decided(town, drill_id):
    """The drill once it is over."""
    while (found := await town.bot.store.find(drill_id)).status is Status.pending:
        await town.call("GET", "/healthz")
    return found


# Told apart before its decision --------------------------------------------------------------------------------------


async def test_t43_the_card_of_a_drill_cannot_be_told_from_that_of_a_proposal_but_by_its_content(town):
    _, card, _, other = await planted(town)
    assert alike(card["blocks"], *OF_REAL) == alike(other["blocks"], *OF_DRILL)
    assert alike(card["text"], *OF_REAL) == alike(other["text"], *OF_DRILL)
    assert set(card) == set(other)
    assert alike(card.get("metadata") or "") == alike(other.get("metadata") or "")
    assert "drill" not in json.dumps(other).lower()


async def test_t43_nor_can_whatever_opens_from_it_or_lists_it(town):
    real, card, drill, other = await planted(town)
    for action, shows in (("details", "subject"), ("edit", "subject"), ("reject", "Reason"), ("ask", "Question")):
        views = []
        for message in (card, other):
            if action == "details":
                await town.click("U0ALICE", SUPPORT, message, "more", selected="Details")
            else:
                await town.click("U0ALICE", SUPPORT, message, action)
            views.append(await town.form_saying("U0ALICE", shows))
            await town.slack.close_modal("U0ALICE")
        shown = [alike(view["blocks"], *words) for view, words in zip(views, (OF_REAL, OF_DRILL), strict=False)]
        assert len(set(shown)) <= 1, action
    for command in ("show {}", "history", "all", "waiting", "agent shop", "action email.send"):
        told = [
            alike(await listed(town, "U0ALICE", command.format(each)), *OF_REAL, *OF_DRILL)
            for each in (real["id"], drill.id)
        ]
        assert told[0] == told[1], command
    assert await listed(town, "U0ALICE", "agent shop")
    said = await listed(town, "U0ALICE")
    assert "Waiting for you: 2" in said
    assert "drill" not in said.lower()


@pytest.mark.parametrize("first", [True, False])
async def test_t43_nor_does_the_refusal_that_a_click_meets_tell(town, first):
    _, card, _, other = await planted(town)
    told = []
    for message in (card, other) if first else (other, card):
        await town.click("U0CAROL", SUPPORT, message, "approve")
        told.append(await town.told("U0CAROL", len(told) + 1))
    assert alike(told[0], *OF_REAL, *OF_DRILL) == alike(told[1], *OF_REAL, *OF_DRILL)
    assert "support" in told[0]


async def test_t43_nor_does_an_approval_that_is_not_enough_yet(tmp_path):
    two = '  - {id: two, action: "email.*", tier: approve, role: support, approvals: 2, reason: Two look at mail}\n'
    async with town_of_drills(tmp_path) as town:
        town.policy = town.policy.replace("drills: {", two + "drills: {")
        async with town.serving():
            await asked_before(town)
            _, card, drill, other = await planted(town)
            shown = []
            for message in (card, other):
                await town.click("U0ALICE", SUPPORT, message, "approve")
                shown.append(await town.card_saying(SUPPORT, message["ts"], "1 of 2 approvals"))
            assert alike(shown[0]["blocks"], *OF_REAL) == alike(shown[1]["blocks"], *OF_DRILL)
            await town.click("U0BOB", SUPPORT, other, "approve")
            assert (await decided(town, drill.id)).drill.result is DrillResult.missed


# Claimed -------------------------------------------------------------------------------------------------------------


async def test_t43_whoever_approves_it_lets_nothing_run_and_it_is_never_approved(town):
    _, _, drill, card = await planted(town)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    over = await decided(town, drill.id)
    assert (over.status, over.drill.result) == (Status.rejected, DrillResult.missed)
    tags = await town.tags(drill.id)
    assert [tag for tag in tags if tag.startswith("proposal:")] == [
        "proposal:planted",
        "proposal:decided",
        "proposal:drilled",
    ]
    body = {"digest": drill.digest, "claimant": "me"}
    await town.call("POST", f"/v1/proposals/{drill.id}/claim", body, expect=404)
    assert town.rows("SELECT status, claimed_at, execute_by FROM proposals WHERE id = ?", drill.id) == [
        ("rejected", None, None)
    ]


WAYS = {
    "approved by hand": "UPDATE proposals SET status = 'approved', cause = 'reviewer', resolved_at = created_at + 1, "
    "execute_by = created_at + 3600000, due_at = created_at + 3600000 WHERE id = ?",
    "claimed by hand": "UPDATE proposals SET status = 'claimed', cause = 'reviewer', resolved_at = created_at + 1, "
    "claimed_at = created_at + 2, report_by = created_at + 9, due_at = created_at + 9 WHERE id = ?",
    "no longer a drill": "UPDATE proposals SET drill = NULL WHERE id = ?",
    "ended as an approval": "UPDATE proposals SET status = 'rejected', cause = 'reviewer', resolved_at = created_at, "
    "due_at = NULL WHERE id = ?",
    "told in the stream": "INSERT INTO stream (agent, seq) SELECT 'shop', seq FROM entries WHERE proposal_id = ? "
    "AND tag = 'proposal:planted'",
    "called back": "INSERT INTO callbacks (id, proposal_id, agent, url, lane, kind, at, state, attempts, due_at) "
    "SELECT 'c', id, agent, 'https://x', 'l', 'approved', 1, 'waiting', 0, 1 FROM proposals WHERE id = ?",
    "remembered": "INSERT INTO remembered_decisions (proposal_id, verdict, agent, action, person, at, until, most, used) "
    "SELECT id, 'approve', agent, action, 'U0ALICE', 1, 2, 1, 0 FROM proposals WHERE id = ?",
    "known as a value": "INSERT INTO approved_values (agent, action, field, value, proposal_id) "
    "SELECT agent, action, 'payload.to', 'x', id FROM proposals WHERE id = ?",
    "a sample": "INSERT INTO samples (proposal_id, action, roles, channels, nonce, sampled_at) "
    "SELECT id, action, '[]', '[]', 'n', 1 FROM proposals WHERE id = ?",
}


@pytest.mark.parametrize("way", WAYS)
async def test_t43_the_database_itself_lets_nobody_make_anything_else_of_it(town, way):
    _, _, drill, _ = await planted(town)
    said = r"(?i)check|a drill stays|told of a drill|remembered of a drill|of a drill makes nothing|drill is no sample"
    with closing(hand_at(town.database)) as hand, pytest.raises(Exception, match=said):
        hand.execute(WAYS[way], (drill.id,))


async def test_t43_no_proposal_is_made_a_drill_by_hand_to_hide_it_from_its_agent(town):
    real, *_ = await planted(town)
    with closing(hand_at(town.database)) as hand, pytest.raises(Exception, match="a drill stays one"):
        hand.execute("UPDATE proposals SET drill = '{}' WHERE id = ?", (real["id"],))


@pytest.mark.sqlite
@pytest.mark.skipif(ON_SERVER, reason="takes the guards out of a file")
async def test_t43_a_drill_whose_row_says_that_it_is_none_is_claimed_by_nobody(town):
    _, _, drill, card = await planted(town)
    await town.tampered(("UPDATE proposals SET drill = NULL WHERE id = ?", drill.id))
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await town.told("U0ALICE")
    await town.call("POST", f"/v1/proposals/{drill.id}/claim", {"digest": drill.digest}, expect=404)
    assert "proposal:approved" not in await town.tags(drill.id)
    code, said = await town.verified()
    assert code != 0
    assert drill.id in said


# Leaked to its agent -------------------------------------------------------------------------------------------------


async def all_an_agent_may_ask(town, drill):
    """What the agent is answered about all that is its own, and about the drill by its id."""
    found = {}
    for path in ("/v1/proposals", "/v1/proposals?status=pending", "/v1/proposals?status=rejected", "/v1/feedback"):
        async with town.agent.get(path) as response:
            assert response.status == 200
            found[path] = await response.text()
    found["events"] = [each.entry for each in await town.bot.store.stream.after("shop", 0, 1000)]
    for path in (f"/v1/proposals?run_id={drill.ask.run_id}", "/v1/proposals?action=email.send"):
        async with town.agent.get(path) as response:
            found[path] = await response.text()
    return found


async def test_t43_its_agent_is_answered_as_if_there_were_none(town):
    real = await town.propose(payload=REAL, run_id="run-1")
    found = await town.bot.store.find(real["id"])

    class Before:
        ask = found.ask
        id = real["id"]

    before = await all_an_agent_may_ask(town, Before)
    _, _, drill, card = await planted(town, like=real)
    assert drill.ask.run_id == "run-1"
    assert await all_an_agent_may_ask(town, drill) == before
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "The list of customers is attached"})
    await decided(town, drill.id)
    assert await all_an_agent_may_ask(town, drill) == before
    path, none = f"/v1/proposals/{drill.id}", f"/v1/proposals/prp_{'0' * 32}"
    bodies = {
        "": None,
        "/receipt": None,
        "/claim": {"digest": drill.digest},
        "/withdraw": {"reason": "mine"},
        "/outcome": {"status": "succeeded"},
        "/rollback": {"status": "done"},
        "/reply": {"text": "mine"},
    }
    for verb, body in bodies.items():
        method = "GET" if body is None else "POST"
        told = [json.dumps(await town.call(method, each + verb, body, expect=404)) for each in (path, none)]
        assert told[0].replace(drill.id, "ID") == told[1].replace(none[14:], "ID"), verb


async def test_t43_a_question_to_its_agent_reaches_nobody_and_ends_it_kindly(town):
    _, _, drill, card = await planted(town)
    await town.click("U0ALICE", SUPPORT, card, "ask")
    await town.form_saying("U0ALICE", "Question")
    await town.slack.submit("U0ALICE", {"Question": "Why the list?"})
    await town.modal_saying("U0ALICE", "You asked instead of letting it pass")
    over = await decided(town, drill.id)
    assert (over.drill.result, over.questions) == (DrillResult.asked, ())
    assert (
        town.rows("SELECT * FROM stream AS s JOIN entries AS e ON e.seq = s.seq WHERE e.proposal_id = ?", drill.id)
        == []
    )


async def test_t43_its_figures_say_nothing_of_it(town):
    async def metrics():
        async with town.agent.get("/metrics") as response:
            text = await response.text()
        return sorted(line for line in text.splitlines() if line.startswith(("signoff_proposals", "signoff_oldest")))

    real = await town.propose(payload=REAL)
    await town.card(SUPPORT, real)
    before = await metrics()
    assert any("pending" in line for line in before)
    _, _, drill, card = await planted(town, like=real)
    assert await metrics() == before
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await decided(town, drill.id)
    assert await metrics() == before


# Counted as work -----------------------------------------------------------------------------------------------------


async def test_t43_it_takes_no_room_of_its_agents_limit_and_makes_nothing_known_of_the_past(tmp_path):
    library_value = "customers.csv"
    async with town_of_drills(tmp_path) as town:
        rules = (
            "  - {id: first, action: email.send, first_time: [payload.attach], tier: approve, role: support, "
            "reason: Never attached before}\n"
            '  - {id: rate, action: "email.*", rate: {per: 1h, over: 2}, tier: approve, role: support, reason: Many}\n'
        )
        town.policy = town.policy.replace("drills: {", rules + "drills: {").replace(
            'actions: ["email.*", "refund.*"', 'pending_limit: 5\n    actions: ["email.*", "refund.*"'
        )
        async with town.serving():
            await asked_before(town)
            _, _, drill, card = await planted(town)
            await town.click("U0ALICE", SUPPORT, card, "approve")
            await decided(town, drill.id)
            real = await town.propose(payload=dict(drill.action.payload))
            assert [each["rule"] for each in real["risk"]] == ["first"]
            assert real["status"] == "pending"
            assert town.rows("SELECT * FROM approved_values WHERE value = ?", library_value) == []


async def test_t43_what_was_caught_rejects_no_proposal_and_marks_none_as_a_repeat(town):
    _, _, drill, card = await planted(town)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "The list of customers is attached"})
    await decided(town, drill.id)
    real = await town.propose(payload=dict(drill.action.payload))
    assert (real["status"], real["risk"]) == ("pending", [])


async def test_t43_it_counts_in_no_figure_of_work_and_by_itself_only_for_those_it_was_planted_among(town):
    work = "SELECT kind, sum(count) FROM figures WHERE kind <> 'missed' GROUP BY kind ORDER BY kind"
    real, *_ = await planted(town)
    before = town.rows(work)
    (drill_id,) = [row[0] for row in town.rows("SELECT id FROM proposals WHERE drill IS NOT NULL")]
    card = await town.card(SUPPORT, {"id": drill_id})
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await decided(town, drill_id)
    assert town.rows(work) == before
    counted = "SELECT person, action, roles, reviewer, count FROM figures WHERE kind = 'missed' AND days = 1"
    assert town.rows(counted) == [("", "email.send", '["support"]', "", 1)]
    assert town.rows("SELECT sum(count) FROM tallies") == [(6,)]
    assert real["status"] == "pending"


async def test_t43_the_digest_of_a_week_counts_one_that_still_waits_as_what_it_looks_like(tmp_path):
    weekly = POLICY.replace("notify: members}", "notify: members, digest: weekly}", 1)
    policy = weekly.replace("expires_in: 1h", "expires_in: 7d")
    async with town_of_drills(tmp_path, policy=policy) as town, town.serving():
        for _ in range(5):
            await town.card(SUPPORT, await town.propose(payload=REAL))
        await planted(town)
        town.clock.at = datetime(2026, 11, 23, 8, tzinfo=UTC)
        await town.slack.until(lambda: "The week of" in json.dumps(town.slack.messages(SUPPORT)))
        assert "*Asked:* 7: 7 still open" in json.dumps(town.slack.messages(SUPPORT))


# Told at once --------------------------------------------------------------------------------------------------------


async def test_t43_whoever_missed_it_is_told_at_once_and_alone_what_to_look_at_and_is_named_nowhere(town):
    _, _, drill, card = await planted(town)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    told = await town.told("U0ALICE")
    assert "This was a drill" in told
    assert "happens to everybody" in told
    assert "the list of all customers" in told
    assert "What is attached" in told
    after = await town.card_saying(SUPPORT, card["ts"], "This was a drill")
    thread = await town.thread_saying(SUPPORT, card["ts"], "What was wrong")
    for message in (after, thread):
        assert "U0ALICE" not in json.dumps(message["blocks"])
        assert "a real one would have run" in visible_text(message)
    assert not has_button(after, "approve")
    assert not has_button(after, "reject")
    assert visible_text(after).startswith("Drill: email.send")
    assert (await decided(town, drill.id)).drill.result is DrillResult.missed


async def test_t43_whoever_catches_it_is_thanked_and_named(town):
    _, _, drill, card = await planted(town)
    await town.click("U0BOB", SUPPORT, card, "reject")
    await town.modal_saying("U0BOB", "Reason")
    await town.slack.submit("U0BOB", {"Reason": "All customers are in there"})
    await town.modal_saying("U0BOB", "Well caught")
    after = await town.card_saying(SUPPORT, card["ts"], "<@U0BOB> caught it")
    assert "the list of all customers" in visible_text(after)
    assert (await decided(town, drill.id)).drill.result is DrillResult.caught


async def test_t43_whoever_changes_it_is_told_what_was_wrong(town):
    _, _, drill, card = await planted(town)
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.form_saying("U0ALICE", "attach")
    await town.slack.submit("U0ALICE", {"attach": "voucher.pdf"})
    await town.modal_saying("U0ALICE", "Approve with changes")
    await town.slack.submit("U0ALICE")
    await town.modal_saying("U0ALICE", "You changed it instead of letting it pass")
    over = await decided(town, drill.id)
    assert (over.drill.result, over.revision) == (DrillResult.edited, 2)
