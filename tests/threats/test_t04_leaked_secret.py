"""T4: the signing secret leaked. Two hold while it is rotated; team, organisation and app are checked besides.

That the card's secret never leaves through the agents' door: test_t22_agents.
"""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from sandbox.web.methods import METHODS
from tests.threats.ground import ground
from tests.town import SUPPORT, has_button

OLD, NEW = "0ld" * 11, "n3w" * 11


async def test_t04_while_rotating_both_secrets_hold_and_afterwards_the_old_one_does_not(tmp_path):
    async with ground(tmp_path) as town:
        async with town.serving(slack_signing_secret=(SecretStr(OLD), SecretStr(NEW))):
            first, card = await town.proposed(payload={"to": "one@example.com"})
            payload = await town.made("U0ALICE", SUPPORT, card, "approve")
            assert await town.knock(*town.signed(payload, secret="neither")) == 401
            assert await town.knock(*town.signed(payload, secret=OLD)) == 200
            assert await town.status(first) == "approved"
            second, card = await town.proposed(payload={"to": "two@example.com"})
            payload = await town.made("U0ALICE", SUPPORT, card, "approve")
            assert await town.knock(*town.signed(payload, secret=NEW)) == 200
            assert await town.status(second) == "approved"
        async with town.serving(slack_signing_secret=(SecretStr(NEW),)):
            third, card = await town.proposed(payload={"to": "three@example.com"})
            payload = await town.made("U0ALICE", SUPPORT, card, "approve")
            assert await town.knock(*town.signed(payload, secret=OLD)) == 401
            assert await town.status(third) == "pending"
            assert await town.knock(*town.signed(payload, secret=NEW)) == 200


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"team": {"id": "T0OTHER", "domain": "other"}},
        {"team": None},
        {"team": {"id": None}, "team_id": None},
        {"team": {"id": ["T0SANDBOX"]}},
        {"team": "T0OTHER", "user": {"id": "U0ALICE", "team_id": "T0SANDBOX"}},
        {"team": None, "enterprise": {"id": "E0OTHER"}, "is_enterprise_install": True},
        {"api_app_id": "A0OTHER"},
    ],
)
async def test_t04_what_is_signed_for_another_team_or_app_does_nothing(either, elsewhere):
    proposal, card = await either.proposed()
    payload = await either.made("U0ALICE", SUPPORT, card, "approve")
    delivery = await either.slack.deliver({**payload, **elsewhere}, "interactive")
    assert delivery.status in (200, 401)
    assert await either.tags(proposal["id"]) == ["proposal:submitted", "card:posted"]


async def test_t04_a_forger_with_the_signing_secret_alone_does_not_know_the_secret_of_the_card(town):
    proposal, card = await town.proposed()
    payload = await town.made("U0ALICE", SUPPORT, card, "approve")
    for value in (proposal["id"], f"{proposal['id']}.", f"{proposal['id']}.{'A' * 22}", f".{proposal['id']}", ""):
        payload["actions"][0]["value"] = value
        assert await town.knock(*town.signed(payload)) == 200
    assert await town.status(proposal) == "pending"


@pytest.fixture
async def organisation(tmp_path, monkeypatch):
    """An app installed for a whole organisation of several workspaces; Bob's account is of another organisation."""
    whoami, person = METHODS["auth.test"], METHODS["users.info"]

    def auth_test(workspace, arguments):
        ours = {"team_id": "E0ORG", "enterprise_id": "E0ORG", "is_enterprise_install": True}
        return {**whoami.act(workspace, arguments), **ours}

    def users_info(workspace, arguments):
        user = person.act(workspace, arguments)["user"]
        org = "E0OTHER" if user["id"] == "U0BOB" else "E0ORG"
        return {"user": {**user, "team_id": "T0FIFTH", "enterprise_user": {"enterprise_id": org, "teams": ["T0FIFTH"]}}}

    monkeypatch.setitem(METHODS, "auth.test", replace(whoami, act=auth_test))
    monkeypatch.setitem(METHODS, "users.info", replace(person, act=users_info))
    async with ground(tmp_path) as town, town.serving():
        yield town


def within(payload, organisation):
    """The payload as Slack sends it where the app is installed for a whole organisation."""
    user = {**payload["user"], "team_id": "T0FIFTH"}
    enterprise = {"id": organisation, "name": "Org"}
    return {**payload, "team": None, "enterprise": enterprise, "is_enterprise_install": True, "user": user}


async def test_t04_in_an_organisation_the_payload_names_no_team_and_counts_by_its_organisation(organisation):
    town = organisation
    proposal, card = await town.proposed("refund.create", {"amount": 1500})
    payload = await town.made("U0ALICE", SUPPORT, card, "approve")
    await town.slack.deliver(within(payload, "E0OTHER"), "interactive")
    assert await town.count(proposal, "proposal:decided") == 0
    await town.slack.deliver(within(payload, "E0ORG"), "interactive")
    assert await town.count(proposal, "proposal:decided") == 1


async def test_t04_in_an_organisation_an_account_of_another_one_decides_nothing(organisation):
    town = organisation
    proposal, card = await town.proposed()
    payload = await town.made("U0BOB", SUPPORT, card, "approve")
    await town.slack.deliver(within(payload, "E0ORG"), "interactive")
    assert "belongs to another workspace" in await town.told("U0BOB")
    assert await town.status(proposal) == "pending"
    assert has_button(card, "approve")
