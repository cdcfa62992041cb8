"""Lent places are looked up as one's own are: what Slack does not surely say is not lent."""

import asyncio

import pytest

from approvals.refusals import NotEligible, Unverified
from bot.slack.people import People, with_delegated
from tests.bot.test_people import ROLES
from tests.patience import PATIENCE


@pytest.fixture
def people(slack, client, identity):
    slack.add_user("U0DAVE", "Dave")
    return People(client=client, identity=lambda: identity, roles=lambda: ROLES)


async def dave(slack, people, *delegators, wanted=("support", "finance")):
    return await with_delegated(people, "U0DAVE", slack.team_id, delegators, wanted)


async def test_the_roles_of_the_lenders_are_lent_with_how_they_are_known(slack, people):
    found = await dave(slack, people, "U0ALICE", "U0ERIN")
    assert found.roles == frozenset()
    assert [(each.by, set(each.roles), each.proof) for each in found.delegated] == [
        ("U0ALICE", {"support"}, ("support: member",)),
        ("U0ERIN", {"finance"}, ("finance: group S0FINANCE",)),
    ]


async def test_a_lender_who_lost_the_role_lends_nothing(slack, people):
    slack.change_group("S0FINANCE", users=[])
    assert (await dave(slack, people, "U0ERIN")).delegated == ()


@pytest.mark.parametrize("flags", [{"deleted": True}, {"is_restricted": True}, {"team_id": "T0OTHER"}])
async def test_a_lender_who_may_decide_nothing_any_more_lends_nothing(slack, people, flags):
    slack.change_user("U0ALICE", **flags)
    assert (await dave(slack, people, "U0ALICE")).delegated == ()


async def test_a_lender_who_cannot_be_looked_up_leaves_the_delegate_unverified(slack, people):
    await people.person("U0DAVE", slack.team_id)
    slack.faults.add("users.info", "500")
    with pytest.raises(Unverified):
        await dave(slack, people, "U0ALICE")


async def test_a_lenders_group_that_cannot_be_read_leaves_the_delegate_unverified(slack, people):
    slack.faults.add("usergroups.users.list", "500", times=5)
    with pytest.raises(Unverified):
        await dave(slack, people, "U0ERIN", wanted=["finance"])


async def test_what_is_surely_lent_counts_beside_what_is_not(slack, people):
    slack.faults.add("usergroups.users.list", "500", times=5)
    assert [each.by for each in (await dave(slack, people, "U0ALICE", "U0ERIN")).delegated] == ["U0ALICE"]


async def test_a_delegate_who_may_decide_nothing_borrows_nothing(slack, people):
    slack.change_user("U0DAVE", deleted=True)
    with pytest.raises(NotEligible):
        await dave(slack, people, "U0ALICE")


async def test_for_a_list_what_cannot_be_looked_up_is_left_out(slack, people):
    slack.faults.add("usergroups.users.list", "500", times=50)
    found = await with_delegated(people, "U0DAVE", slack.team_id, ["U0ALICE", "U0ERIN"])
    assert [each.by for each in found.delegated] == ["U0ALICE"]


async def test_lenders_whom_the_policy_alone_rules_out_are_not_looked_up(slack, people):
    assert (await dave(slack, people, "U0ERIN", wanted=["support"])).delegated == ()
    assert [call.args["user"] for call in slack.calls if call.method == "users.info"] == ["U0DAVE"]


async def test_all_are_looked_up_at_the_same_time(slack, people):
    slack.faults.add("users.info", "hang", times=5)
    people.patience = 10 * PATIENCE
    looking = asyncio.create_task(dave(slack, people, "U0ALICE", "U0ERIN"))
    await slack.until(lambda: len([call for call in slack.calls if call.method == "users.info"]) == 3)
    slack.faults.release()
    await asyncio.gather(looking, return_exceptions=True)
