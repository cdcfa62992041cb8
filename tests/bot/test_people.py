"""Who may decide: what Slack does not surely say counts as no, and what it said counts for a minute."""

import asyncio

import pytest

from approvals.refusals import NotEligible, Unverified
from bot.slack.people import FRESH, PATIENCE, People
from policy import Role
from tests.making import Clock
from tests.patience import PATIENCE as BUSY


def role(name, members=(), groups=()):
    return Role(
        name=name,
        channel="C0SUPPORT",
        members=tuple(members),
        groups=tuple(groups),
        notify="none",
        allow_self_review=False,
    )


ROLES = {
    "support": role("support", members=["U0ALICE"]),
    "finance": role("finance", groups=["S0FINANCE"]),
    "both": role("both", members=["U0ALICE"], groups=["S0FINANCE", "S0LEADS"]),
}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def people(client, identity, clock):
    return People(
        client=client,
        identity=lambda: identity,
        roles=lambda: ROLES,
        monotonic=lambda: clock.now().timestamp(),
        patience=BUSY,
    )


def looked_up(slack, method="users.info"):
    return [call.args for call in slack.calls if call.method == method]


async def test_a_member_has_the_role_and_the_proof_says_how(slack, people):
    reviewer = await people.reviewer("U0ALICE", slack.team_id, ["support"])
    assert (reviewer.user, reviewer.name, reviewer.roles) == ("U0ALICE", "Alice", {"support"})
    assert reviewer.proof == ("support: member",)


async def test_somebody_of_the_group_has_the_role_and_the_proof_names_the_group(slack, people):
    reviewer = await people.reviewer("U0ERIN", slack.team_id, ["finance", "support"])
    assert reviewer.roles == {"finance"}
    assert reviewer.proof == ("finance: group S0FINANCE",)


async def test_whoever_is_in_none_of_the_roles_gets_none(slack, people):
    slack.add_user("U0STRAY", "Stray")
    assert (await people.reviewer("U0STRAY", slack.team_id, ["support", "finance"])).roles == frozenset()


async def test_only_the_wanted_roles_are_looked_at(slack, people):
    reviewer = await people.reviewer("U0ALICE", slack.team_id, ["support"])
    assert reviewer.roles == {"support"}
    assert looked_up(slack, "usergroups.users.list") == []


@pytest.mark.parametrize(
    ("flags", "what"),
    [
        ({"deleted": True}, "deactivated"),
        ({"is_bot": True}, "bot"),
        ({"is_stranger": True}, "stranger"),
        ({"is_restricted": True}, "guest"),
        ({"is_restricted": True, "is_ultra_restricted": True}, "guest"),
        ({"team_id": "T0OTHER"}, "another workspace"),
    ],
)
async def test_an_account_that_may_decide_nothing_is_refused_by_its_kind(slack, people, flags, what):
    slack.change_user("U0ALICE", **flags)
    with pytest.raises(NotEligible, match=what):
        await people.reviewer("U0ALICE", slack.team_id, ["support"])


async def test_an_account_that_slack_does_not_know_is_refused(slack, people):
    with pytest.raises(NotEligible):
        await people.reviewer("U0NOBODY", slack.team_id, ["support"])


async def test_a_click_from_another_workspace_is_refused_without_asking_slack(slack, people):
    with pytest.raises(NotEligible, match="another workspace"):
        await people.reviewer("U0ALICE", "T0OTHER", ["support"])
    assert looked_up(slack) == []


async def test_before_we_know_who_we_are_nobody_is_verified(slack, client):
    people = People(client=client, identity=lambda: None, roles=lambda: ROLES)
    with pytest.raises(Unverified):
        await people.reviewer("U0ALICE", slack.team_id, ["support"])


@pytest.mark.parametrize("kind", ["429", "500", "html", "empty", "drop_before"])
async def test_a_person_who_cannot_be_looked_up_is_not_verified_and_the_next_click_asks_again(slack, people, kind):
    slack.faults.add("users.info", kind, times=2 if kind == "drop_before" else 1)
    with pytest.raises(Unverified):
        await people.reviewer("U0ALICE", slack.team_id, ["support"])
    assert (await people.reviewer("U0ALICE", slack.team_id, ["support"])).roles == {"support"}


@pytest.mark.parametrize("error", ["missing_scope", "account_inactive", "a_word_nobody_knows"])
async def test_a_denied_look_up_verifies_nobody(slack, people, error):
    slack.faults.add("users.info", "ok_false", error=error)
    with pytest.raises(Unverified):
        await people.reviewer("U0ALICE", slack.team_id, ["support"])


def test_a_click_that_waits_for_slack_is_answered_in_time(client):
    asked = People(client=client, identity=lambda: None, roles=lambda: ROLES)
    assert asked.patience == PATIENCE < 3


async def test_a_slack_that_hangs_verifies_nobody(slack, people):
    slack.faults.add("users.info", "hang")
    people.patience = 0.05
    with pytest.raises(Unverified):
        await people.reviewer("U0ALICE", slack.team_id, ["support"])


async def test_all_look_ups_of_one_click_together_have_the_time_of_one(slack, people):
    slack.add_user("U0STRAY", "Stray")
    await people.person("U0STRAY", slack.team_id)
    slack.faults.add("usergroups.users.list", "hang", times=5)
    people.patience = 0.05
    with pytest.raises(Unverified):
        await people.reviewer("U0STRAY", slack.team_id, ["finance", "both"])
    assert len(looked_up(slack, "usergroups.users.list")) == 1, "none is begun when time is up"


async def test_a_group_that_cannot_be_read_leaves_whom_it_might_hold_unverified(slack, people):
    slack.faults.add("usergroups.users.list", "500")
    with pytest.raises(Unverified):
        await people.reviewer("U0ERIN", slack.team_id, ["finance"])
    assert (await people.reviewer("U0ERIN", slack.team_id, ["finance"])).roles == {"finance"}


async def test_a_group_that_cannot_be_read_does_not_matter_to_a_member(slack, people):
    slack.faults.add("usergroups.users.list", "500", times=5)
    assert (await people.reviewer("U0ALICE", slack.team_id, ["support", "finance"])).roles == {"support"}


async def test_for_a_list_a_group_that_cannot_be_read_counts_as_not_theirs(slack, people):
    slack.faults.add("usergroups.users.list", "500", times=5)
    assert (await people.reviewer("U0ERIN", slack.team_id)).roles == frozenset()


async def test_on_a_free_plan_members_work_and_groups_verify_nobody(slack, people):
    slack.user_groups_paid = False
    assert (await people.reviewer("U0ALICE", slack.team_id, ["support"])).roles == {"support"}
    with pytest.raises(Unverified):
        await people.reviewer("U0ERIN", slack.team_id, ["finance"])


async def test_what_slack_said_counts_for_a_minute_and_not_a_moment_longer(slack, people, clock):
    await people.reviewer("U0ERIN", slack.team_id, ["finance"])
    slack.change_group("S0FINANCE", users=[])
    slack.change_user("U0ERIN", deleted=True)
    clock.forward(seconds=FRESH - 1)
    assert (await people.reviewer("U0ERIN", slack.team_id, ["finance"])).roles == {"finance"}
    assert (len(looked_up(slack)), len(looked_up(slack, "usergroups.users.list"))) == (1, 1)
    clock.forward(seconds=1)
    with pytest.raises(NotEligible, match="deactivated"):
        await people.reviewer("U0ERIN", slack.team_id, ["finance"])


async def test_somebody_taken_out_of_a_group_loses_the_role_within_a_minute(slack, people, clock):
    await people.reviewer("U0ERIN", slack.team_id, ["finance"])
    slack.change_group("S0FINANCE", users=["U0ALICE"])
    clock.forward(seconds=FRESH)
    assert (await people.reviewer("U0ERIN", slack.team_id, ["finance"])).roles == frozenset()


async def test_an_old_answer_does_not_stand_in_for_one_that_slack_refuses_now(slack, people, clock):
    await people.reviewer("U0ALICE", slack.team_id, ["support"])
    clock.forward(seconds=FRESH)
    slack.faults.add("users.info", "500")
    with pytest.raises(Unverified):
        await people.reviewer("U0ALICE", slack.team_id, ["support"])


def test_the_policy_alone_tells_who_is_surely_outside(people):
    assert people.surely_outside("U0ERIN", ["support"])
    assert not people.surely_outside("U0ALICE", ["support"])
    assert not people.surely_outside("U0ERIN", ["finance"])


async def test_a_hundred_clicks_at_once_all_get_the_same_answer(slack, people):
    found = await asyncio.gather(*(people.reviewer("U0ERIN", slack.team_id, ["finance"]) for _ in range(100)))
    assert {each.roles for each in found} == {frozenset({"finance"})}


def test_whoever_is_presumed_has_all_that_the_policy_does_not_rule_out_and_the_same_of_their_lenders(people):
    found = people.presumed("U0ERIN", "T0ACME", ["support", "finance"], ["U0ALICE"])
    assert found.roles == {"finance"}
    assert [(each.by, set(each.roles)) for each in found.delegated] == [("U0ALICE", {"support", "finance"})]
