"""T27: lists, reviews and the home tab show a person what they may decide or own, to them alone. The plain way: journeys/test_queue."""

import json

import pytest

from tests.making import Clock, Lots
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
    "approved",
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
    assert "a form that was not opened for you" in json.dumps(answer.body)
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


HIDDEN = "HIDDEN BEYOND THE CARD"
LONG = {"amount": 150, "note": "word " * 2_500 + HIDDEN}
"""For finance, whose members only a group tells: the policy's text alone says of nobody that they are outside."""


def views(town):
    """All that was ever put into somebody's modal, as we sent it."""
    found = [each.args for each in town.slack.calls if each.method in ("views.open", "views.push", "views.update")]
    return json.dumps(found, ensure_ascii=False)


async def answered(town, before):
    """Once whoever clicked has had an answer that is no promise."""
    user, shown = before
    await town.slack.until(
        lambda: (
            len(town.slack.ephemerals(user)) > shown
            or (town.slack.modal(user) and "One moment" not in json.dumps(town.slack.modal(user)))
        )
    )


@pytest.mark.parametrize("user", ["U0STRAY", "U0ALICE"])
@pytest.mark.parametrize(
    ("action_id", "more"),
    [
        ("more", {"selected": "Details"}),
        ("edit", {}),
        ("reject", {}),
        ("more", {"selected": "Hand over"}),
        ("ask", {}),
    ],
)
async def test_t27_a_button_on_a_card_in_the_channel_opens_nothing_of_it_to_an_outsider(either, user, action_id, more):
    _, card = await either.proposed("refund.create", LONG, summary="SECRET SUMMARY", channel=FINANCE)
    before = (user, len(either.slack.ephemerals(user)))
    await either.click(user, FINANCE, card, action_id, **more)
    await answered(either, before)
    assert HIDDEN not in views(either)
    assert "SECRET SUMMARY" not in views(either)


@pytest.mark.parametrize("user", ["U0ERIN", "U0CAROL", "U0OWEN"])
async def test_t27_details_are_whole_for_the_group_for_the_named_and_for_the_owner(either, user):
    _, card = await either.proposed("refund.create", LONG, channel=FINANCE)
    await either.click(user, FINANCE, card, "more", selected="Details")
    await either.modal_saying(user, "Page 1 of")
    while has_button(either.slack.modal(user), "details_next"):
        shown = either.slack.modal(user)["hash"]
        await either.slack.click_modal(user, "details_next")
        await either.slack.until(lambda: either.slack.modal(user)["hash"] != shown)  # noqa: B023 waited for at once
    assert HIDDEN in views(either)


async def test_t27_whoever_left_the_group_turns_no_further_page(tmp_path):
    clock = Clock()
    async with ground(tmp_path, clock=clock, monotonic=lambda: clock.now().timestamp()) as town, town.serving():
        _, card = await town.proposed("refund.create", {**LONG, "note": "word " * 30_000 + HIDDEN}, channel=FINANCE)
        await town.click("U0ERIN", FINANCE, card, "more", selected="Details")
        shown = await town.modal_saying("U0ERIN", "Page 1 of")
        assert HIDDEN not in json.dumps(shown)
        town.slack.change_group("S0FINANCE", [])
        clock.forward(minutes=2)
        await town.slack.click_modal("U0ERIN", "details_next")
        await town.modal_saying("U0ERIN", "is not yours to see")
        assert HIDDEN not in views(town)


async def test_t27_a_group_that_cannot_be_read_opens_nothing(either):
    _, card = await either.proposed("refund.create", LONG, channel=FINANCE)
    either.slack.faults.add("usergroups.users.list", "500", times=20)
    await either.click("U0ERIN", FINANCE, card, "more", selected="Details")
    await either.modal_saying("U0ERIN", "could not be looked up")
    assert HIDDEN not in views(either)


async def test_t27_details_of_what_is_looked_over_by_chance_are_for_its_people_too(tmp_path):
    sampled = POLICY.replace(
        '{id: searches-run, action: "search.*", tier: auto}',
        '{id: searches-run, action: "search.*", tier: auto, sample: 0.5, role: finance}',
    )
    async with ground(tmp_path, policy=sampled, randomness=Lots(*[0.0] * 5)) as town, town.serving():
        proposal = await town.propose("search.web", {"q": "word " * 2_500 + HIDDEN})
        card = await town.card(FINANCE, proposal)
        for user in ("U0STRAY", "U0ALICE"):
            for action_id in ("sample_details", "sample_not_fine"):
                before = (user, len(town.slack.ephemerals(user)))
                await town.click(user, FINANCE, card, action_id)
                await answered(town, before)
                await town.slack.close_modal(user) if town.slack.modal(user) else None
        assert HIDDEN not in views(town)
        await town.click("U0ERIN", FINANCE, card, "sample_details")
        await town.modal_saying("U0ERIN", "Page 1 of")
        await town.page_saying("U0ERIN", HIDDEN)
