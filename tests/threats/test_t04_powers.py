"""T4: the signing secret leaked, and what gives power is forged: as a command, as a click, as a form, again.

Whoever signs may name any person, and knows every id that is not a secret. What they cannot have is a trigger of that
person's, so Slack opens no form for them; and only forms that Slack opened act.
"""

import asyncio
import json

import pytest

from approvals.events import Mismatched
from bot.slack.app import FORMS, LISTENERS
from bot.slack.listeners import commands
from tests.threats.ground import ground
from tests.threats.powers import POWERS, STANDING, begun, click, command, view, within
from tests.town import FINANCE, SUPPORT

BEGUN = [pytest.param(power, id=name) for name, power in POWERS.items()]


@pytest.fixture
async def town(tmp_path):
    async with ground(tmp_path, policy=STANDING) as town, town.serving():
        yield town


async def effects(town):
    """All that ever happened, but refusals."""
    return [each.tag for each in await town.entries() if each.tag != "proposal:refused"]


async def forge(town, payload, kind="interactive"):
    """The answer to what was signed with the leaked secret."""
    return await town.slack.deliver(payload, kind)


def opened(town):
    return [each for each in town.slack.calls if each.method in ("views.open", "views.push")]


@pytest.mark.parametrize("power", BEGUN)
async def test_t04_a_forged_beginning_of_a_power_does_nothing_and_no_form_of_it_is_known(town, power):
    value = await power.needs(town)
    before, tried = await effects(town), len(opened(town))
    if power.begin.text is not None:
        delivery = await forge(town, command(town, power.begin.user, power.begin.text), "slash_commands")
        assert "opened no form" in json.dumps(delivery.body)
    else:
        await forge(town, click(town, power.begin.user, power.begin.action_id, value))
    await town.slack.until(lambda: len(opened(town)) > tried)
    assert await effects(town) == before
    assert town.rows("SELECT 1 FROM modals") == []
    assert town.slack.modal(power.begin.user) is None


@pytest.mark.parametrize("power", [each for each in BEGUN if POWERS[each.id].begin.text])
async def test_t04_a_command_without_any_trigger_is_not_even_tried(town, power):
    await power.needs(town)
    before, tried = await effects(town), len(opened(town))
    for trigger in ("", None):
        asked = command(town, power.begin.user, power.begin.text, trigger_id=trigger)
        if trigger is None:
            del asked["trigger_id"]
        delivery = await forge(town, asked, "slash_commands")
        assert "opened no form" in json.dumps(delivery.body)
    assert (await effects(town), len(opened(town))) == (before, tried)


@pytest.mark.parametrize("power", BEGUN)
async def test_t04_a_forged_submission_acts_on_no_form_but_the_persons_own_in_its_own_view(town, power):
    value = await power.needs(town)
    real = await begun(town, power, value)
    before = await effects(town)
    other = "U0BOB" if power.begin.user != "U0BOB" else "U0ALICE"
    for user, carried, shown in (
        (power.begin.user, "", real["id"]),
        (power.begin.user, "mdl_guess", real["id"]),
        (power.begin.user, value, real["id"]),
        (power.begin.user, real["private_metadata"], "V0FORGED"),
        (other, real["private_metadata"], real["id"]),
    ):
        delivery = await forge(town, within(town, user, view(power.purpose, carried, shown)))
        assert "was not opened for you" in json.dumps(delivery.body)
    for purpose in {each.purpose for each in POWERS.values()} - {power.purpose}:
        await forge(town, within(town, power.begin.user, view(purpose, real["private_metadata"], real["id"])))
    assert await effects(town) == before
    await town.slack.submit(power.begin.user, power.values)
    assert (await effects(town)).count(power.tag) == 1


@pytest.mark.parametrize("power", BEGUN)
async def test_t04_a_submission_that_was_seen_and_is_sent_again_does_nothing(town, power):
    value = await power.needs(town)
    await begun(town, power, value)
    await town.slack.submit(power.begin.user, power.values)
    seen = town.slack.last_payload
    assert (await effects(town)).count(power.tag) == 1
    if power.purpose == "agent_resume":
        await power.needs(town)  # stopped once more
    before = await effects(town)
    for _ in range(2):
        delivery = await forge(town, seen, "interactive")
        assert "was sent before" in json.dumps(delivery.body)
    assert await effects(town) == before


async def test_t04_a_form_to_resume_is_for_the_stop_it_showed_and_no_later_one(town):
    power = POWERS["agent_resume"]
    await power.needs(town)
    await begun(town, power, "")
    first = town.slack.modal(power.begin.user)
    await begun(town, power, "")
    await town.slack.submit(power.begin.user, power.values)
    await power.needs(town)
    sent = within(town, power.begin.user, view("agent_resume", first["private_metadata"], first["id"]))
    assert "stopped already" in json.dumps((await forge(town, sent)).body)
    assert (await effects(town)).count("agent:resumed") == 1
    assert town.rows("SELECT 1 FROM stopped_agents WHERE agent = 'other'") == [(1,)]


async def test_t04_the_way_on_in_a_list_is_no_way_to_a_review_and_its_secret(town):
    """A review carries the secret by which its buttons count; it is shown where Slack opened a modal, nowhere else."""
    proposal, _ = await town.proposed()
    listed = json.dumps({"kind": "waiting"})
    for carried in (listed, "", "mdl_guess"):
        for root in ("V0FORGED", "V0OTHER"):
            shown = view("next", carried, root_view_id=root)
            delivery = await forge(town, within(town, "U0ALICE", shown))
            assert proposal["id"] not in json.dumps(delivery.body)
            assert "frm_" not in json.dumps(delivery.body)
    assert town.rows("SELECT 1 FROM forms") == []


@pytest.mark.parametrize("action_id", ["open_review", "go_on", "open_list", "page_next"])
async def test_t04_a_modal_that_somebody_else_has_open_is_filled_with_nothing_of_mine(town, action_id):
    """Carol has a modal of her own, knows its id, and signs the name of Alice, who may decide what she may not."""
    proposal, _ = await town.proposed()
    await town.proposed("refund.create", {"amount": 150}, channel=FINANCE)
    await town.slack.open_home("U0CAROL")
    await town.slack.until(lambda: town.slack.home("U0CAROL"))
    await town.slack.click_home("U0CAROL", "open_list")
    await town.modal_saying("U0CAROL", "Review")
    theirs = town.slack.modal("U0CAROL")
    query = json.dumps({"kind": "waiting"})
    value = f"{proposal['id']}.{query}" if action_id == "open_review" else query
    for carried in (theirs["private_metadata"], "", "mdl_guess"):
        shown = view("", carried, theirs["id"])
        before = len(town.slack.calls)
        await forge(town, within(town, "U0ALICE", shown, action_id=action_id, value=value))
        await town.slack.until(lambda: len(town.slack.calls) > before)  # noqa: B023 looked at before the next round
    assert proposal["id"] not in json.dumps(town.slack.modal("U0CAROL"))
    assert "mira@example.com" not in json.dumps(town.slack.modal("U0CAROL"))
    assert town.rows("SELECT 1 FROM forms") == []


async def test_t04_the_way_on_that_was_seen_and_is_sent_again_answers_with_no_review(town):
    first, _ = await town.proposed()
    await town.proposed(payload={"to": "noor@example.com"})
    await town.slack.open_home("U0ALICE")
    await town.slack.until(lambda: first["id"] in json.dumps(town.slack.home("U0ALICE")))
    await town.slack.click_home("U0ALICE", "open_review")
    await town.modal_saying("U0ALICE", "Approve")
    await town.slack.click_modal("U0ALICE", "approve")
    await town.slack.until(lambda: (town.slack.modal("U0ALICE") or {}).get("callback_id") == "next")
    delivery = await town.slack.submit("U0ALICE")
    assert "frm_" in json.dumps(delivery.body)
    seen = town.slack.last_payload
    assert seen["view"]["callback_id"] == "next"
    again = await forge(town, seen)
    assert "frm_" not in json.dumps(again.body)


@pytest.mark.parametrize("named", ["A0OTHER", ["A0SANDBOX"], None])
@pytest.mark.parametrize("kind", ["click", "submission", "command", "event"])
async def test_t04_what_does_not_name_our_app_does_nothing_whatever_it_is(town, kind, named):
    how = {"command": "slash_commands", "event": "events_api"}.get(kind, "interactive")
    if kind == "command":
        sent = command(town, "U0ALICE", "show prp_0")
    elif kind == "event":
        await town.slack.open_home("U0BOB")
        sent = town.slack.last_payload
        sent["event"]["user"] = "U0ALICE"
    elif kind == "click":
        _, card = await town.proposed()
        sent = await town.made("U0ALICE", SUPPORT, card, "approve")
    else:
        real = await begun(town, POWERS["delegate"], "")
        sent = within(town, "U0ALICE", view("delegate", real["private_metadata"], real["id"]))
    before = await effects(town)
    sent["api_app_id"] = named
    if named is None:
        del sent["api_app_id"]
    delivery = await forge(town, sent, how)
    assert delivery.status in (200, 401)
    assert not delivery.body
    assert await effects(town) == before
    assert town.slack.home("U0ALICE") is None


async def test_t04_what_people_may_read_is_posted_to_slack_alone(tmp_path):
    met = []

    async def listen(_reader, writer):
        met.append(1)
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server, ground(tmp_path) as town:
        port = server.sockets[0].getsockname()[1]
        async with town.serving():
            await town.proposed()
            asked = click(town, "U0ALICE", "page_next", json.dumps({"kind": "waiting"}))
            for url in (
                f"http://127.0.0.1:{port}/",
                f"https://127.0.0.1:{port}/",
                f"{town.slack.url}@127.0.0.1:{port}/",
                f"{town.slack.url.rpartition(':')[0]}:{port}/",
            ):
                await forge(town, {**asked, "response_url": url})
    assert met == []  # the bot has stopped: what it began is done


async def test_t04_notify_forged_writes_to_the_person_alone_and_says_nothing_of_what_waits(town):
    proposal, _ = await town.proposed()
    delivery = await forge(town, command(town, "U0ALICE", "notify dm"), "slash_commands")
    assert proposal["id"] not in json.dumps(delivery.body)
    assert "mira@example.com" not in json.dumps(delivery.body)


async def test_t04_a_forged_wish_for_a_second_factor_opens_no_form_and_makes_none(town):
    delivery = await forge(town, command(town, "U0ALICE", "enrol"), "slash_commands")
    assert "opened no form" in json.dumps(delivery.body)
    forged = within(town, "U0ALICE", view("enrol", "mdl_guess", "V0FORGED"))
    forged["view"]["state"] = {"values": {"code": {"input_code": {"value": "123456"}}}}
    assert "was not opened for you" in json.dumps((await forge(town, forged)).body)
    assert town.rows("SELECT 1 FROM second_factors") == []


def test_t04_the_table_has_every_power_there_is():
    assert {each.purpose for each in POWERS.values()} == set(commands.POWERS) - {"enrol"}


EVERY = sorted(LISTENERS)


@pytest.mark.parametrize("action_id", EVERY)
async def test_t04_no_click_counts_without_a_secret_that_only_the_card_or_its_form_holds(town, action_id):
    """On the real card, in a modal of nobody's, on a private list: with all that a forger can know."""
    proposal, card = await town.proposed(summary="SECRET SUMMARY")
    before = await effects(town)
    place = {"container": {"type": "message", "message_ts": card["ts"], "channel_id": SUPPORT}, "message": card}
    query = json.dumps({"kind": "all"})
    for value in (proposal["id"], f"{proposal['id']}.{'A' * 22}", f"revoke:{proposal['id']}.x", query, ""):
        forged = [
            click(town, "U0ALICE", action_id, value, **place),
            click(town, "U0ALICE", action_id, value),
            within(town, "U0ALICE", view("", value), action_id=action_id, value=value),
        ]
        for each in forged:
            delivery = await forge(town, each)
            assert not delivery.body
    assert [each for each in await effects(town) if each != Mismatched.tag] == before
    assert await town.status(proposal) == "pending"
    assert town.slack.modal("U0ALICE") is None


@pytest.mark.parametrize("callback_id", sorted({*FORMS, "details", "review", ""}))
async def test_t04_no_form_is_answered_with_more_than_a_sentence_unless_slack_opened_it(town, callback_id):
    proposal, _ = await town.proposed(summary="SECRET SUMMARY")
    before = await effects(town)
    for carried in (proposal["id"], "frm_guess", "mdl_guess", json.dumps({"kind": "waiting"}), ""):
        delivery = await forge(town, within(town, "U0ALICE", view(callback_id, carried)))
        said = json.dumps(delivery.body)
        for secret in ("SECRET", proposal["id"], "mira@example.com", "private_metadata", "value"):
            assert secret not in said, secret
    assert await effects(town) == before
