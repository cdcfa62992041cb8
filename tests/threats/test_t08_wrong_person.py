"""T8: who is not surely a reviewer is none: guests, strangers, bots, accounts that are gone, and whom Slack cannot name."""

import pytest

from tests.threats.ground import ground
from tests.town import FINANCE, SUPPORT, has_button

BARRED = {
    "guest": ({"is_restricted": True}, "Guests"),
    "guest of one channel": ({"is_ultra_restricted": True}, "Guests"),
    "stranger": ({"is_stranger": True, "team_id": "T0OTHER"}, "another organisation"),
    "another team": ({"team_id": "T0OTHER"}, "another workspace"),
    "bot": ({"is_bot": True}, "Bots cannot decide"),
}


@pytest.mark.parametrize(("flags", "said"), BARRED.values(), ids=BARRED.keys())
async def test_t08_a_member_of_the_role_whose_account_may_not_decide_is_told_so_whatever_they_press(town, flags, said):
    proposal, card = await town.proposed()
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    town.slack.change_user("U0BOB", **flags)
    await town.click("U0BOB", SUPPORT, card, "approve")
    assert said in await town.told("U0BOB")
    await town.click("U0BOB", SUPPORT, card, "edit")
    await town.modal_saying("U0BOB", said)
    await town.slack.close_modal("U0BOB")
    await town.click("U0BOB", SUPPORT, card, "reject")
    await town.modal_saying("U0BOB", said)
    assert (await town.slugs(proposal)) == ["not-eligible"] * 3
    assert await town.status(proposal) == "pending"


@pytest.mark.parametrize(("flags", "said"), BARRED.values(), ids=BARRED.keys())
async def test_t08_they_get_no_list_either(town, flags, said):
    await town.proposed(summary="Write to Mira")
    town.slack.change_user("U0BOB", **flags)
    await town.slack.command("U0BOB", SUPPORT, "/approvals", "all")
    shown = str(town.slack.ephemerals("U0BOB")[-1])
    assert said in shown
    assert "Mira" not in shown


async def test_t08_a_form_that_was_filled_in_before_the_account_was_barred_is_refused_when_it_is_sent(tmp_path):
    now = [0.0]
    async with ground(tmp_path, monotonic=lambda: now[0]) as town, town.serving():
        proposal, card = await town.proposed()
        await town.click("U0BOB", SUPPORT, card, "reject")
        await town.modal_saying("U0BOB", "Reason")
        await town.asked(lambda: [each for each in town.slack.calls if each.method == "users.info"])
        town.slack.change_user("U0BOB", is_restricted=True)
        now[0] = 61
        answer = await town.slack.submit("U0BOB", {"Reason": "No."})
        assert "Guests" in str(answer.body)
        assert await town.status(proposal) == "pending"


async def test_t08_an_account_that_is_gone_decides_nothing(town):
    proposal, card = await town.proposed()
    town.slack.change_user("U0BOB", deleted=True)
    for action in ("approve", "edit", "reject"):
        await town.click("U0BOB", SUPPORT, card, action)
    assert await town.status(proposal) == "pending"
    assert (await town.slugs(proposal))[0] == "not-eligible"


@pytest.mark.parametrize("kind", ["500", "html", "empty", "429"])
async def test_t08_whom_slack_cannot_name_just_now_is_told_no_and_may_try_again(either, kind):
    proposal, card = await either.proposed()
    either.slack.faults.add("users.info", kind)
    delivery = await either.click("U0ALICE", SUPPORT, card, "approve")
    assert delivery.acknowledged
    assert "could not be looked up" in await either.told("U0ALICE")
    assert await either.slugs(proposal) == ["unverified"]
    assert await either.status(proposal) == "pending"
    await either.click("U0ALICE", SUPPORT, card, "approve")
    assert await either.status(proposal) == "approved"


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_t08_a_slack_that_says_nothing_names_nobody_and_the_next_click_asks_again(tmp_path, mode):
    async with ground(tmp_path, mode, patience=1.5) as town, town.serving():
        proposal, card = await town.proposed()
        town.slack.faults.add("users.info", "hang")
        assert (await town.click("U0ALICE", SUPPORT, card, "approve")).acknowledged
        assert "could not be looked up" in await town.told("U0ALICE")
        assert await town.status(proposal) == "pending"
        for _ in range(20):  # a busy machine may again take longer than the bot waits
            await town.click("U0ALICE", SUPPORT, card, "approve")
            if await town.status(proposal) == "approved":
                break
        else:
            pytest.fail("nobody could approve any more")


@pytest.mark.parametrize("error", ["user_not_found", "missing_scope", "account_inactive", "not_authed", "odd"])
async def test_t08_whom_slack_refuses_to_name_is_told_no(town, error):
    proposal, card = await town.proposed()
    town.slack.faults.add("users.info", "ok_false", error=error)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert await town.told("U0ALICE")
    assert await town.status(proposal) == "pending"


async def test_t08_a_role_known_by_its_group_alone_is_no_role_while_the_group_cannot_be_read(town):
    proposal, card = await town.proposed("refund.create", {"amount": 150}, channel=FINANCE)
    town.slack.faults.add("usergroups.users.list", "500")
    await town.click("U0ERIN", FINANCE, card, "approve")
    assert "could not be looked up" in await town.told("U0ERIN")
    town.slack.user_groups_paid = False
    await town.click("U0ERIN", FINANCE, card, "approve")
    assert "could not be looked up" in await town.told("U0ERIN", 2)
    assert await town.status(proposal) == "pending"
    town.slack.faults.add("usergroups.users.list", "500")
    await town.click("U0CAROL", FINANCE, card, "approve")
    assert await town.status(proposal) == "approved", "whom the policy names needs no group"


async def test_t08_nobody_decides_for_a_role_that_is_not_in_the_gate(either):
    proposal, card = await either.proposed("refund.create", {"amount": 150}, channel=FINANCE)
    for user in ("U0ALICE", "U0STRAY"):
        await either.click(user, FINANCE, card, "approve")
        assert "people in *finance*" in await either.told(user)
        for action in ("edit", "reject"):
            await either.click(user, FINANCE, card, action)
            await either.modal_saying(user, "people in *finance*")
            await either.slack.close_modal(user)
    assert await either.slugs(proposal) == ["not-your-role"] * 6
    assert has_button(card, "approve")
    assert await either.status(proposal) == "pending"


async def test_t08_before_slack_has_said_who_we_are_no_click_counts(tmp_path):
    async with ground(tmp_path) as town:
        async with town.serving():
            proposal, card = await town.proposed()
        town.slack.faults.add("auth.test", "500", times=20)
        async with town.serving():
            assert (await town.click("U0ALICE", SUPPORT, card, "approve")).acknowledged
            assert await town.status(proposal) == "pending"
