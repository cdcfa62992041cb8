"""Retract: whoever approved undoes it, before it is enough or for a moment after, in which nobody can claim it."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from approvals.events import instant
from tests.journeys.deep import later
from tests.making import START, Clock
from tests.patience import PATIENCE
from tests.town import FINANCE, POLICY, SUPPORT, has_button, open_town, visible_text

SETTLING = (
    POLICY
    + """\
  - {id: mails-settle, action: "email.send", tier: approve, role: support, undo_window: 10s}
  - {id: refunds-settle, action: refund.create, tier: approve, undo_window: 30s}
  - {id: parcels, action: "email.parcel", tier: approve, role: support, undo_window: 10s, batch: {window: 5m, max: 4}}
"""
)


@asynccontextmanager
async def undo_town(folder, mode):
    async with open_town(folder, mode, policy=SETTLING, clock=Clock()) as town, town.serving():
        yield town


@pytest.fixture
async def undoable(mode, tmp_path):
    async with undo_town(tmp_path, mode) as town:
        yield town


async def approved(town, user="U0ALICE", **more):
    """A mail that somebody approved on its card, and the card as it then is."""
    proposal = await town.propose(**more)
    card = await town.card(SUPPORT, proposal)
    await town.click(user, SUPPORT, card, "approve")
    return proposal, await town.card_saying(SUPPORT, card["ts"], "can undo that until")


def slug(answer):
    return answer["type"].rpartition(":")[2]


async def test_a_slip_is_undone_approved_again_and_claimed_when_it_has_settled(undoable):
    proposal, card = await approved(undoable)
    said = visible_text(card)
    assert "*Approved* by <@U0ALICE>" in said
    assert "it can from <!date^1795169710^{date_short_pretty} {time_secs}|2026-11-20 10:15:10 UTC> on" in said
    answer = await undoable.get(proposal["id"])
    assert (answer["status"], answer["claimable_at"]) == ("approved", instant(START + timedelta(seconds=10)))
    assert answer["execute_by"] == instant(START + timedelta(seconds=3610))
    assert "claim it from 2026-11-20T10:15:10.000Z on" in answer["message"]
    assert slug(await undoable.claim(proposal, expect=409)) == "undo-window"

    await undoable.click("U0ALICE", SUPPORT, card, "retract")
    answer = await undoable.get(proposal["id"])
    assert (answer["status"], answer["cause"], answer["claimable_at"]) == ("pending", None, None)
    assert answer["expires_at"] == proposal["expires_at"]
    assert [each["retracted_at"] for each in answer["decisions"]] == [instant(START)]
    card = await undoable.card_saying(SUPPORT, card["ts"], "<@U0ALICE> approved this and undid it")
    assert has_button(card, "approve")
    assert not has_button(card, "retract")
    await undoable.thread_saying(SUPPORT, card["ts"], "<@U0ALICE> *undid their approval:*")
    assert "proposal:retracted" in await undoable.tags(proposal["id"])
    assert slug(await undoable.claim(proposal, expect=409)) == "not-approved"

    undoable.clock.forward(60)
    await undoable.click("U0ALICE", SUPPORT, card, "approve")
    await undoable.card_saying(SUPPORT, card["ts"], "can undo that until")
    undoable.clock.forward(milliseconds=9_999)
    assert slug(await undoable.claim(proposal, expect=409)) == "undo-window"
    undoable.clock.forward(milliseconds=1)
    assert (await undoable.claim(proposal))["status"] == "claimed"


async def test_a_refused_claim_says_when_to_come_again(undoable):
    proposal, _ = await approved(undoable)
    undoable.clock.forward(milliseconds=2_500)
    body = {"digest": proposal["digest"]}
    async with undoable.agent.post(f"/v1/proposals/{proposal['id']}/claim", json=body) as response:
        assert (response.status, response.headers["Retry-After"]) == (409, "8")
        assert "until 2026-11-20T10:15:10.000Z" in (await response.json(content_type=None))["detail"]


async def test_who_waits_is_answered_only_when_it_can_be_claimed(undoable):
    proposal = await undoable.propose()
    waiting = asyncio.create_task(undoable.get(proposal["id"], wait=55))
    card = await undoable.card(SUPPORT, proposal)
    await undoable.click("U0ALICE", SUPPORT, card, "approve")
    await undoable.card_saying(SUPPORT, card["ts"], "can undo that until")
    assert (await undoable.get(proposal["id"], wait=1))["status"] == "approved", "a second has passed by the machine"
    assert not waiting.done()
    undoable.clock.forward(10)
    async with asyncio.timeout(PATIENCE):
        assert (await waiting)["status"] == "approved"
    await undoable.claim(proposal)


async def test_once_it_has_settled_the_card_has_no_undo_any_more_without_a_new_version(undoable):
    proposal, card = await approved(undoable)
    version = (await undoable.get(proposal["id"]))["version"]
    await later(undoable, seconds=10)

    def changed():
        found = [each for each in undoable.slack.messages(SUPPORT) if each["ts"] == card["ts"]]
        return not has_button(found[0], "retract") and "can undo that" not in visible_text(found[0]) and found

    await undoable.slack.until(changed)
    assert "*Approved* by <@U0ALICE>" in visible_text(changed()[0])
    assert has_button(changed()[0], "details")
    assert (await undoable.get(proposal["id"]))["version"] == version


async def test_somebody_else_cannot_undo_it_and_is_told_of_revoke_which_works(undoable):
    proposal, card = await approved(undoable)
    await undoable.click("U0BOB", SUPPORT, card, "retract")
    assert "you have none here" in await undoable.told("U0BOB")
    await undoable.click("U0STRAY", SUPPORT, card, "retract")
    assert "`Revoke`" in await undoable.told("U0STRAY")
    assert (await undoable.get(proposal["id"]))["status"] == "approved"
    await undoable.click("U0BOB", SUPPORT, card, "more", selected="Revoke")
    await undoable.modal_saying("U0BOB", "Reason")
    await undoable.slack.submit("U0BOB", {"Reason": "Not today"})
    assert (await undoable.get(proposal["id"]))["status"] == "revoked"


async def test_too_late_an_undo_is_refused_and_points_to_revoke(undoable):
    proposal, card = await approved(undoable)
    undoable.clock.forward(10)
    await undoable.click("U0ALICE", SUPPORT, card, "retract", seen=card)
    assert "Too late to undo" in await undoable.told("U0ALICE")
    assert "`Revoke` in the menu" in await undoable.told("U0ALICE")
    assert (await undoable.get(proposal["id"]))["status"] == "approved"
    await undoable.claim(proposal)


@pytest.mark.parametrize(("early", "winner"), [(1, "pending"), (0, "claimed")])
async def test_an_undo_and_a_claim_at_the_same_moment_have_one_winner(undoable, early, winner):
    proposal, card = await approved(undoable)
    undoable.clock.forward(milliseconds=10_000 - early)
    await asyncio.gather(
        undoable.click("U0ALICE", SUPPORT, card, "retract", seen=card),
        undoable.claim(proposal, expect=200 if winner == "claimed" else 409),
        undoable.click("U0ALICE", SUPPORT, card, "retract", seen=card),
    )
    assert (await undoable.get(proposal["id"]))["status"] == winner
    tags = await undoable.tags(proposal["id"])
    assert tags.count("proposal:retracted") + tags.count("proposal:claimed") == 1


async def test_a_second_click_and_a_late_copy_of_the_approval_do_nothing_after_an_undo(undoable):
    proposal = await undoable.propose()
    waiting = await undoable.card(SUPPORT, proposal)
    await undoable.click("U0ALICE", SUPPORT, waiting, "approve")
    card = await undoable.card_saying(SUPPORT, waiting["ts"], "can undo that until")
    await undoable.click("U0ALICE", SUPPORT, card, "retract")
    await undoable.click("U0ALICE", SUPPORT, card, "retract", seen=card)
    assert "somebody undid an approval" in await undoable.told("U0ALICE", 1)
    await undoable.click("U0ALICE", SUPPORT, waiting, "approve", seen=waiting)
    assert "This changed since you looked" in await undoable.told("U0ALICE", 2)
    assert (await undoable.get(proposal["id"]))["status"] == "pending"
    assert (await undoable.tags(proposal["id"])).count("proposal:retracted") == 1


async def test_an_agent_that_claims_within_milliseconds_never_wins_inside_the_settle(undoable):
    proposal = await undoable.propose()
    card = await undoable.card(SUPPORT, proposal)
    await asyncio.gather(
        undoable.click("U0ALICE", SUPPORT, card, "approve"),
        *(undoable.claim(proposal, expect=409) for _ in range(20)),
    )
    for passed in (5_000, 4_999):
        undoable.clock.forward(milliseconds=passed)
        await asyncio.gather(*(undoable.claim(proposal, expect=409) for _ in range(5)))
    assert (await undoable.get(proposal["id"]))["status"] == "approved"
    undoable.clock.forward(milliseconds=1)
    assert (await undoable.claim(proposal))["status"] == "claimed"


async def test_what_others_approved_stands_when_one_of_two_undoes_theirs(undoable):
    proposal = await undoable.propose("refund.create", {"amount": 1500})
    finance, support = await undoable.card(FINANCE, proposal), await undoable.card(SUPPORT, proposal)
    await undoable.click("U0CAROL", FINANCE, finance, "approve")
    support = await undoable.card_saying(SUPPORT, support["ts"], "approvals* · <@U0CAROL>")
    await undoable.click("U0ALICE", SUPPORT, support, "approve")
    finance = await undoable.card_saying(FINANCE, finance["ts"], "can undo that until")
    await undoable.click("U0CAROL", FINANCE, finance, "retract")
    support = await undoable.card_saying(SUPPORT, support["ts"], "approvals* · <@U0ALICE>")
    assert "<@U0CAROL> approved this and undid it" in visible_text(support)
    await undoable.slack.command("U0CAROL", FINANCE, "/approvals", "")
    assert "refund.create" in str(undoable.slack.ephemerals("U0CAROL")[-1]), "it waits for her again"
    finance = await undoable.card_saying(FINANCE, finance["ts"], "Still needed: 1 of *finance*")
    await undoable.click("U0DAVE", FINANCE, finance, "approve")
    answer = await undoable.get(proposal["id"])
    assert (answer["status"], answer["claimable_at"]) == ("approved", instant(START + timedelta(seconds=30)))


async def test_an_undo_after_the_deadline_is_silence(undoable):
    proposal = await undoable.propose(expires_in=60)
    card = await undoable.card(SUPPORT, proposal)
    undoable.clock.forward(59)
    await undoable.click("U0ALICE", SUPPORT, card, "approve")
    card = await undoable.card_saying(SUPPORT, card["ts"], "can undo that until")
    undoable.clock.forward(1)
    await undoable.click("U0ALICE", SUPPORT, card, "retract")
    answer = await undoable.get(proposal["id"])
    assert (answer["status"], answer["cause"]) == ("rejected", "expired")
    await undoable.card_saying(SUPPORT, card["ts"], "*Expired:* nobody answered in time")


async def test_from_a_list_whoever_approved_can_undo_it_where_they_are_thanked_and_in_the_review(undoable):
    proposal = await undoable.propose()
    await undoable.slack.command("U0ALICE", SUPPORT, "/approvals", "")
    await undoable.slack.click_ephemeral("U0ALICE", -1, "open_review")
    await undoable.modal_saying("U0ALICE", "unchecked")
    await undoable.slack.click_modal("U0ALICE", "approve")
    assert has_button(await undoable.modal_saying("U0ALICE", "until then you can undo this"), "retract")
    await undoable.slack.click_modal("U0ALICE", "retract")
    await undoable.modal_saying("U0ALICE", "Your approval is undone")
    assert (await undoable.get(proposal["id"]))["status"] == "pending"

    card = await undoable.card_saying(SUPPORT, (await undoable.card(SUPPORT, proposal))["ts"], "undid it")
    await undoable.click("U0ALICE", SUPPORT, card, "approve")
    await undoable.slack.command("U0ALICE", SUPPORT, "/approvals", "all")
    await undoable.slack.click_ephemeral("U0ALICE", -1, "open_review")
    assert has_button(await undoable.modal_saying("U0ALICE", "can undo that until"), "retract")
    await undoable.slack.click_modal("U0ALICE", "retract")
    await undoable.modal_saying("U0ALICE", "Your approval is undone")
    assert (await undoable.get(proposal["id"]))["status"] == "pending"


async def test_what_is_approved_with_changes_settles_and_an_undo_keeps_the_changes(undoable):
    proposal = await undoable.propose()
    card = await undoable.card(SUPPORT, proposal)
    await undoable.click("U0ALICE", SUPPORT, card, "edit")
    await undoable.modal_saying("U0ALICE", "subject")
    await undoable.slack.submit("U0ALICE", {"subject": "Good morning"})
    await undoable.modal_saying("U0ALICE", "Approve with changes")
    await undoable.slack.submit("U0ALICE")
    edited = await undoable.get(proposal["id"])
    assert slug(await undoable.claim(edited, expect=409)) == "undo-window"
    card = await undoable.card_saying(SUPPORT, card["ts"], "can undo that until")
    await undoable.click("U0ALICE", SUPPORT, card, "retract")
    answer = await undoable.get(proposal["id"])
    assert (answer["status"], answer["revision"], answer["payload"]["subject"]) == ("pending", 2, "Good morning")


@pytest.mark.both_modes
async def test_a_shared_card_says_what_settles_and_each_is_undone_where_it_opens(undoable):
    proposals = [await undoable.propose("email.parcel", {"to": f"{name}@example.com"}) for name in ("mira", "noor")]
    card = await undoable.card_saying(SUPPORT, (await undoable.card(SUPPORT, proposals[0]))["ts"], "2 of 2 wait")
    await undoable.click("U0ALICE", SUPPORT, card, "batch_review")
    await undoable.modal_saying("U0ALICE", "What joins after this was opened")
    await undoable.slack.submit("U0ALICE")
    await undoable.modal_saying("U0ALICE", "The agent can take these after 10 seconds.")
    card = await undoable.card_saying(SUPPORT, card["ts"], "*2 were approved just now:*")
    for each in proposals:
        assert slug(await undoable.claim(each, expect=409)) == "undo-window"
    await undoable.slack.close_modal("U0ALICE")
    await undoable.click("U0ALICE", SUPPORT, card, "batch_review")
    await undoable.modal_saying("U0ALICE", "can from")
    await undoable.slack.click_modal("U0ALICE", "open_review", value=proposals[1]["id"])
    await undoable.modal_saying("U0ALICE", "can undo that until")
    await undoable.slack.click_modal("U0ALICE", "retract")
    await undoable.modal_saying("U0ALICE", "Your approval is undone")
    assert [(await undoable.get(each["id"]))["status"] for each in proposals] == ["approved", "pending"]
    await undoable.card_saying(SUPPORT, card["ts"], "1 of 2 wait")
    await later(undoable, seconds=10)
    await undoable.slack.until(lambda: "just now" not in visible_text(undoable.slack.messages(SUPPORT)[0]))
    await undoable.claim(proposals[0])


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_restart_while_it_settles_loses_nothing(tmp_path, mode):
    async with open_town(tmp_path, mode, policy=SETTLING, clock=Clock()) as town:
        async with town.serving():
            proposal, card = await approved(town)
        async with town.serving():
            assert slug(await town.claim(proposal, expect=409)) == "undo-window"
            await town.click("U0ALICE", SUPPORT, card, "retract")
            assert (await town.get(proposal["id"]))["status"] == "pending"


async def half_approved(town, amount=1500):
    """What finance and support have to approve, its cards once Carol of finance has, and her colleague's name."""
    proposal = await town.propose("refund.create", {"amount": amount})
    finance, support = await town.card(FINANCE, proposal), await town.card(SUPPORT, proposal)
    await town.click("U0CAROL", FINANCE, finance, "approve")
    finance = await town.card_saying(FINANCE, finance["ts"], "*1 of 2 approvals* · <@U0CAROL>")
    return proposal, finance, await town.card_saying(SUPPORT, support["ts"], "*1 of 2 approvals* · <@U0CAROL>")


@pytest.mark.both_modes
async def test_the_first_of_two_is_undone_by_who_gave_it_and_then_two_are_needed_again(undoable):
    proposal, finance, support = await half_approved(undoable)
    assert has_button(support, "retract"), "a card is the same for all who read it"
    await undoable.click("U0CAROL", FINANCE, finance, "retract")
    support = await undoable.card_saying(SUPPORT, support["ts"], "*2 approvals:* one each of")
    assert "<@U0CAROL> approved this and undid it" in visible_text(support)
    assert not has_button(support, "retract")
    await undoable.thread_saying(FINANCE, finance["ts"], "<@U0CAROL> *undid their approval:*")
    answer = await undoable.get(proposal["id"])
    assert (answer["status"], answer["expires_at"]) == ("pending", proposal["expires_at"])
    assert [each["retracted_at"] for each in answer["decisions"]] == [instant(START)]

    await undoable.click("U0ALICE", SUPPORT, support, "approve")
    finance = await undoable.card_saying(FINANCE, finance["ts"], "*1 of 2 approvals* · <@U0ALICE>")
    assert (await undoable.get(proposal["id"]))["status"] == "pending"
    await undoable.click("U0CAROL", FINANCE, finance, "approve")
    assert (await undoable.get(proposal["id"]))["status"] == "approved"


async def test_nobody_else_undoes_the_first_of_two(undoable):
    proposal, finance, support = await half_approved(undoable)
    for number, (user, channel, card) in enumerate(
        [("U0DAVE", FINANCE, finance), ("U0ALICE", SUPPORT, support), ("U0STRAY", SUPPORT, support)], start=1
    ):
        await undoable.click(user, channel, card, "retract")
        assert "you have none here" in await undoable.told(user), number
    answer = await undoable.get(proposal["id"])
    assert [each["retracted_at"] for each in answer["decisions"]] == [None]
    assert (await undoable.tags(proposal["id"])).count("proposal:refused") == 3


async def test_undone_twice_or_from_a_card_of_before_nothing_more_happens(undoable):
    proposal, finance, support = await half_approved(undoable)
    await undoable.click("U0CAROL", FINANCE, finance, "retract")
    await undoable.click("U0CAROL", FINANCE, finance, "retract", seen=finance)
    assert "somebody undid an approval" in await undoable.told("U0CAROL")
    await undoable.click("U0CAROL", FINANCE, finance, "approve", seen=finance)
    assert "This changed since you looked" in await undoable.told("U0CAROL", 2)
    await undoable.click("U0ALICE", SUPPORT, support, "approve", seen=support)
    assert "This changed since you looked" in await undoable.told("U0ALICE")
    assert (await undoable.get(proposal["id"]))["status"] == "pending"
    assert (await undoable.tags(proposal["id"])).count("proposal:retracted") == 1


async def test_undone_at_the_very_moment_the_second_approves_one_of_the_two_is_first(undoable):
    for more in range(4):  # the card of an equal one that still waits would name this one, too
        proposal, finance, support = await half_approved(undoable, 1500 + more)
        await asyncio.gather(
            undoable.click("U0ALICE", SUPPORT, support, "approve", seen=support),
            undoable.click("U0CAROL", FINANCE, finance, "retract", seen=finance),
        )
        answer = await undoable.get(proposal["id"])
        stand = {each["reviewer"] for each in answer["decisions"] if each["retracted_at"] is None}
        assert (answer["status"], stand) in [
            ("approved", {"U0ALICE", "U0CAROL"}),
            ("pending", {"U0ALICE"}),
            ("pending", set()),
        ]


async def test_the_first_of_two_is_undone_where_the_list_thanks_for_it_and_where_the_list_opens_it(undoable):
    proposal = await undoable.propose("refund.create", {"amount": 1500})
    await undoable.slack.command("U0CAROL", FINANCE, "/approvals", "")
    await undoable.slack.click_ephemeral("U0CAROL", -1, "open_review")
    await undoable.modal_saying("U0CAROL", "unchecked")
    await undoable.slack.click_modal("U0CAROL", "approve")
    thanks = await undoable.modal_saying("U0CAROL", "your approval counts. Still needed: 1 of *support*")
    assert has_button(thanks, "retract")
    await undoable.slack.click_modal("U0CAROL", "retract")
    await undoable.modal_saying("U0CAROL", "Your approval is undone: it waits until")

    card = await undoable.card_saying(FINANCE, (await undoable.card(FINANCE, proposal))["ts"], "undid it")
    await undoable.click("U0CAROL", FINANCE, card, "approve")
    await undoable.slack.command("U0CAROL", FINANCE, "/approvals", "all")
    assert "*1 of 2 approvals* · <@U0CAROL>" in str(undoable.slack.ephemerals("U0CAROL")[-1])
    await undoable.slack.click_ephemeral("U0CAROL", -1, "open_review")
    assert has_button(await undoable.modal_saying("U0CAROL", "1 of 2 approvals"), "retract")
    await undoable.slack.click_modal("U0CAROL", "retract")
    await undoable.modal_saying("U0CAROL", "Your approval is undone")
    answer = await undoable.get(proposal["id"])
    assert (answer["status"], [each["retracted_at"] is None for each in answer["decisions"]]) == (
        "pending",
        [False, False],
    )
