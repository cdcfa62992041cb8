"""T27: lists, reviews and the home tab show a person what they may decide or own, to them alone. The plain way: journeys/test_queue."""

import json

import pytest

from tests.threats.ground import ground
from tests.town import FINANCE, OPS, POLICY, SUPPORT, has_button

EVERY = (
    "",
    "mine",
    "all",
    "history",
    "history agent shop action * since 9d",
    "role finance",
    "role support",
    "agent shop",
    "agent other",
    "action *",
    "overdue",
    "stats",
    "stats role support",
    "stats agent shop",
)


async def seen_by(town, user, *more):
    """All that one person is shown by the command and the home tab."""
    for text in (*EVERY, *more):
        assert (await town.slack.command(user, OPS, "/approvals", text)).acknowledged
    await town.slack.open_home(user)
    await town.slack.until(lambda: town.slack.home(user))
    return json.dumps([town.slack.ephemerals(user), town.slack.home(user)], ensure_ascii=False)


@pytest.mark.parametrize("resolved", [False, True])
async def test_t27_who_is_in_no_role_and_owns_nothing_sees_nothing_anywhere(either, resolved):
    proposal, card = await either.proposed(summary="SECRET SUMMARY", payload={"to": "SECRET PAYLOAD"})
    if resolved:
        await either.click("U0ALICE", SUPPORT, card, "approve")
    for user in ("U0STRAY", "U0CAROL", "U0ERIN"):
        shown = await seen_by(
            either, user, f"show {proposal['id']}", f"agent shop {proposal['id']}", "agent *", "role %"
        )
        assert "SECRET" not in shown, user
        assert proposal["digest"][7:20] not in shown
    assert "SECRET SUMMARY" in await seen_by(either, "U0BOB")
    assert "SECRET SUMMARY" in await seen_by(either, "U0OWEN")


async def test_t27_what_is_not_there_and_what_is_not_yours_sound_the_same(town):
    proposal, _ = await town.proposed()
    said = []
    for name in (proposal["id"], "prp_" + "0" * 32):
        await town.slack.command("U0STRAY", OPS, "/approvals", f"show {name}")
        said.append(json.dumps(town.slack.ephemerals("U0STRAY")[-1]["blocks"]).replace(name, "ID"))
    strip = [[part for part in each.split('"') if not part.startswith(("b", "B")) or len(part) < 5] for each in said]
    assert [part for part in strip[0] if len(part) > 12] == [part for part in strip[1] if len(part) > 12]


async def test_t27_the_review_of_anothers_proposal_shows_and_decides_nothing(town):
    proposal, _ = await town.proposed(summary="SECRET SUMMARY")
    refund = await town.propose("refund.create", {"amount": 150}, summary="Refund")
    await town.card(FINANCE, refund)
    await town.slack.command("U0CAROL", FINANCE, "/approvals")
    address, town.slack.deliverer.address = town.slack.deliverer.address, "http://127.0.0.1:9/nobody"
    await town.slack.click_ephemeral("U0CAROL", -1, "open_review")
    town.slack.deliverer.address = address
    payload = town.slack.last_payload
    payload["actions"][0]["value"] = proposal["id"]
    await town.slack.deliver(payload, "interactive")
    view = await town.modal_saying("U0CAROL", "not yours to see")
    assert "SECRET" not in json.dumps(town.slack.modals("U0CAROL"))
    assert not has_button(view, "approve")
    (form,) = [row[0] for row in town.rows("SELECT id FROM forms WHERE reviewer = 'U0CAROL'")]
    forged = {**payload, "view": {**view, "type": "modal", "private_metadata": form}, "container": {"type": "view"}}
    forged["actions"] = [
        {**payload["actions"][0], "action_id": "approve", "text": {"type": "plain_text", "text": "Approve"}}
    ]
    await town.slack.deliver(forged, "interactive")
    assert await town.slugs(proposal) == ["not-your-role"]
    assert await town.status(proposal) == "pending"


async def test_t27_every_answer_to_a_command_is_for_the_asker_alone(either):
    await either.proposed(summary="SECRET SUMMARY")
    before = {channel: len(either.slack.messages(channel)) for channel in (SUPPORT, FINANCE, OPS)}
    await seen_by(either, "U0ALICE", "help", "nonsense", "show x")
    assert {channel: len(either.slack.messages(channel)) for channel in before} == before
    others = [each for user in ("U0BOB", "U0CAROL", "U0STRAY") for each in either.slack.ephemerals(user)]
    assert others == []
    posts = [call for call in either.slack.calls if call.method == "chat.postMessage"]
    assert len(posts) == 1, "the card alone"


@pytest.mark.parametrize("barred", [{"is_restricted": True}, {"is_stranger": True}, {"is_ultra_restricted": True}])
async def test_t27_guests_and_strangers_get_one_sentence_whatever_they_ask(town, barred):
    await town.proposed(summary="SECRET SUMMARY")
    town.slack.change_user("U0BOB", **barred)
    shown = await seen_by(town, "U0BOB", "help")
    assert "SECRET" not in shown
    assert "email.send" not in shown
    assert len({json.dumps(each.get("text")) for each in town.slack.ephemerals("U0BOB")}) == 1


def published(town):
    return len([call for call in town.slack.calls if call.method == "views.publish"])


async def test_t27_a_button_that_was_written_by_hand_shows_no_more_than_the_command_does(town):
    proposal, _ = await town.proposed(summary="SECRET SUMMARY")
    await town.slack.open_home("U0STRAY")
    await town.slack.until(lambda: town.slack.home("U0STRAY"))
    await town.slack.command("U0STRAY", OPS, "/approvals", "help")
    view = {"id": "V1", "type": "home", "private_metadata": ""}
    person = {"id": "U0STRAY", "team_id": town.slack.team_id}
    forged = {
        "type": "block_actions",
        "team": {"id": town.slack.team_id},
        "user": person,
        "api_app_id": town.slack.app_id,
        "view": view,
        "container": {"type": "view", "view_id": "V1"},
    }
    for action_id, value in (
        ("page_next", '{"kind":"waiting","home":true,"role":"support"}'),
        ("page_next", '{"kind":"all","home":true}'),
    ):
        button = {"action_id": action_id, "value": value, "type": "button", "block_id": "b"}
        before = published(town)
        await town.slack.deliver({**forged, "actions": [button], "trigger_id": "1.1"}, "interactive")
        await town.slack.until(lambda before=before: published(town) > before)
        assert "SECRET" not in json.dumps(town.slack.home("U0STRAY"))
    submitted = {
        **forged,
        "type": "view_submission",
        "view": {**view, "type": "modal", "callback_id": "next", "root_view_id": "V1", "state": {"values": {}}},
    }
    submitted["view"]["private_metadata"] = '{"kind":"waiting","role":"support"}'
    answer = await town.slack.deliver(submitted, "interactive")
    assert "SECRET" not in json.dumps(answer.body)
    assert "Nothing more waits" in json.dumps(answer.body)
    assert await town.status(proposal) == "pending"


async def test_t27_a_page_turned_by_somebody_who_may_no_longer_see_it_is_empty(tmp_path):
    now = [0.0]
    async with ground(tmp_path, monotonic=lambda: now[0]) as town, town.serving():
        for number in range(10):
            await town.propose("refund.create", {"amount": 150 + number}, summary=f"SECRET {number}")
        await town.slack.command("U0ERIN", FINANCE, "/approvals")
        assert "SECRET" in json.dumps(town.slack.ephemerals("U0ERIN"))
        town.slack.change_group("S0FINANCE", [])
        now[0] = 61
        await town.slack.click_ephemeral("U0ERIN", -1, "page_next")
        await town.slack.until(lambda: "page_next" not in json.dumps(town.slack.ephemerals("U0ERIN")[-1]))
        assert "SECRET" not in json.dumps(town.slack.ephemerals("U0ERIN")[-1])


async def test_t27_who_it_acts_for_sees_it_and_nobody_else_beside_the_role(tmp_path):
    async with ground(tmp_path, policy=POLICY) as town, town.serving():
        await town.proposed(summary="SECRET SUMMARY", on_behalf_of="U0STRAY")
        assert "SECRET SUMMARY" in await seen_by(town, "U0STRAY")
        assert "SECRET SUMMARY" not in await seen_by(town, "U0DAVE")
