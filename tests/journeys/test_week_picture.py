"""The picture below a digest: the same as its alternative text, once, and never in the way of the digest."""

import io
import sys

import pytest
from PIL import Image
from structlog.testing import capture_logs

from bot.slack.outbound import week_pictures
from tests.journeys.test_digest import MONDAY, WANTED, approved
from tests.making import Clock
from tests.town import SUPPORT, open_town


@pytest.fixture
async def weekly(mode, tmp_path):
    async with open_town(tmp_path, mode, policy=WANTED, clock=Clock()) as town, town.serving():
        yield town


def shared(town):
    return [file for message in town.slack.messages(SUPPORT) for file in message.get("files", ())]


def digests(town):
    return [each for each in town.slack.messages(SUPPORT) if "The week of" in each["text"]]


def calls(town):
    return [each.method for each in town.slack.calls if each.method.startswith("files.")]


async def ended(town, logs, event):
    """Waits until the log says so: what comes of the picture then comes no more."""
    await town.slack.until(lambda: digests(town))
    while not [each for each in logs if each["event"].startswith(event)]:
        await town.call("GET", "/healthz")


async def test_it_stands_below_the_digest_once_and_says_what_its_text_says(weekly):
    await approved(weekly, 1)
    await approved(weekly, 2)
    weekly.clock.forward(days=1)
    await weekly.propose("email.send", {"to": "3@example.com"})
    weekly.clock.at = MONDAY
    await weekly.slack.until(lambda: shared(weekly))
    (file,) = shared(weekly)
    assert file["alt_txt"] == (
        "The week day by day. Mon: nothing. Tue: nothing. Wed: nothing. Thu: nothing. "
        "Fri: 2 approved untouched. Sat: 1 expired. Sun: nothing."
    )
    said = [m for m in weekly.slack.messages(SUPPORT) if m.get("files") or "The week of" in m["text"]]
    assert [bool(each.get("files")) for each in said] == [False, True]
    picture = Image.open(io.BytesIO(weekly.slack.workspace.files[file["id"]].content))
    picture.load()
    assert (picture.format, picture.size) == ("PNG", (1201, 720))
    assert calls(weekly) == ["files.getUploadURLExternal", "files.completeUploadExternal"]
    for secret in (weekly.slack.bot_token, "U0ALICE", "example.com"):
        assert secret not in str([each.args for each in weekly.slack.calls if each.method.startswith("files.")])


async def test_without_what_draws_the_digest_is_all_there_is(weekly, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    await approved(weekly, 1)
    weekly.clock.at = MONDAY
    await weekly.slack.until(lambda: digests(weekly))
    assert not weekly.bot.look_back.worker._under_way
    assert calls(weekly) == []


@pytest.mark.parametrize("fault", ["scope", "500", "drop_after", "refused"])
async def test_where_slack_takes_no_file_the_digest_stands_alone_and_the_log_says_so(weekly, fault):
    await approved(weekly, 1)
    match fault:
        case "scope":
            weekly.slack.scopes.discard("files:write")
        case "refused":
            weekly.slack.faults.add("files.getUploadURLExternal", "ok_false", error="internal_error")
        case _:
            weekly.slack.faults.add("files.completeUploadExternal", fault)
    with capture_logs() as logs:
        weekly.clock.at = MONDAY
        await ended(weekly, logs, "the picture of a digest was not sent")
    assert len(digests(weekly)) == 1
    assert calls(weekly).count("files.completeUploadExternal") <= 1


async def test_below_a_digest_that_cannot_be_posted_there_is_none(weekly, monkeypatch):
    monkeypatch.setattr(week_pictures, "TRIES", 1)
    await approved(weekly, 1)
    weekly.slack.change_channel(SUPPORT, is_archived=True)
    with capture_logs() as logs:
        weekly.clock.at = MONDAY
        while not [each for each in logs if each["event"].startswith("a digest does not stand")]:
            await weekly.call("GET", "/healthz")
    assert calls(weekly) == []


async def offered(town, user, text):
    assert (await town.slack.command(user, SUPPORT, "/approvals", text)).acknowledged
    return "stats_picture" in str(town.slack.ephemerals(user)[-1]["blocks"])


def sent_to(town, user):
    return [file for m in town.slack.messages(town.slack.direct(user)) for file in m.get("files", ())]


@pytest.mark.both_modes
async def test_a_roles_figures_come_as_a_picture_to_who_clicked_alone(weekly):
    await approved(weekly, 1)
    assert not await offered(weekly, "U0ALICE", "stats")
    assert await offered(weekly, "U0ALICE", "stats 7d role support")
    place = len(weekly.slack.ephemerals("U0ALICE")) - 1
    assert (await weekly.slack.click_ephemeral("U0ALICE", place, "stats_picture")).acknowledged
    assert "as a direct message" in await weekly.told("U0ALICE", place + 2)
    await weekly.slack.until(lambda: sent_to(weekly, "U0ALICE"))
    (file,) = sent_to(weekly, "U0ALICE")
    assert file["alt_txt"] == (
        "What was asked of support, by the day it came. 14 Nov: nothing. 15 Nov: nothing. 16 Nov: nothing. "
        "17 Nov: nothing. 18 Nov: nothing. 19 Nov: nothing. 20 Nov: 1 approved untouched."
    )
    assert Image.open(io.BytesIO(weekly.slack.workspace.files[file["id"]].content)).format == "PNG"
    assert shared(weekly) == []


async def test_who_may_see_the_role_is_asked_at_the_click(weekly):
    await approved(weekly, 1)
    assert await offered(weekly, "U0ALICE", "stats role support")
    blocks = weekly.slack.workspace.ephemerals[-1]["blocks"]
    for block in blocks:
        for element in block.get("elements", ()):
            if element.get("action_id") == "stats_picture":
                element["value"] = element["value"].replace("support", "finance")
    place = len(weekly.slack.ephemerals("U0ALICE")) - 1
    await weekly.slack.click_ephemeral("U0ALICE", place, "stats_picture")
    assert "You are not in a role *finance*" in await weekly.told("U0ALICE", place + 2)
    assert calls(weekly) == []


@pytest.mark.parametrize(("days", "bars"), [("1d", 1), ("11d", 6), ("30d", 6), ("365d", 7)])
async def test_a_long_time_is_told_in_spans_that_together_hold_all_of_it(weekly, days, bars):
    await approved(weekly, 1)
    assert await offered(weekly, "U0ALICE", f"stats {days} role support")
    await weekly.slack.click_ephemeral("U0ALICE", len(weekly.slack.ephemerals("U0ALICE")) - 1, "stats_picture")
    await weekly.slack.until(lambda: sent_to(weekly, "U0ALICE"))
    told = sent_to(weekly, "U0ALICE")[0]["alt_txt"]
    assert told.count(": ") == bars
    assert ("in spans of" in told) is (days != "1d")
    assert told.endswith(": 1 approved untouched.")


async def test_without_what_draws_there_is_no_such_button(weekly, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    await approved(weekly, 1)
    assert not await offered(weekly, "U0ALICE", "stats role support")
