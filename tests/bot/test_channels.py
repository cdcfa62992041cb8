"""What is wrong with a channel of the policy, said at the start."""

import pytest

from bot.slack.doctor.checkup import channel_findings

WANTED = {"C0SUPPORT": "role support"}


async def test_a_channel_that_works_is_no_finding(client, slack):
    assert await channel_findings(client, WANTED) == []


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"is_archived": True}, "is archived"),
        ({"is_ext_shared": True}, "is shared with another company"),
        ({"bot_is_member": False, "is_private": False}, "/invite"),
    ],
)
async def test_a_channel_that_cannot_be_used_is_named_with_what_to_do(client, slack, flags, said):
    slack.change_channel("C0SUPPORT", **flags)
    (finding,) = await channel_findings(client, WANTED)
    assert said in finding
    assert "C0SUPPORT" in finding
    assert "role support" in finding


async def test_a_channel_that_slack_does_not_show_us_is_a_finding_and_the_others_are_looked_at(client, slack):
    findings = await channel_findings(client, {"C0NOWHERE": "ops", **WANTED})
    assert len(findings) == 1
    assert "C0NOWHERE" in findings[0]


@pytest.mark.parametrize("kind", ["500", "429", "empty"])
async def test_a_slack_that_is_away_is_no_finding_about_a_channel(client, slack, kind):
    slack.faults.add("conversations.info", kind)
    assert await channel_findings(client, WANTED) == []
