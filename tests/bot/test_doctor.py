"""`signoff doctor`: each thing that can be wrong is found, named and comes with what to do; a sound set-up is well."""

import json
import socket
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from pydantic import SecretStr

from approvals.agent_stop import EVERYTHING
from approvals.events import Actor, instant
from approvals.services.agent_stops import Stopping
from approvals.services.second_factors import SecondFactors
from bot.cli.backup.archive import name_of
from bot.cli.doctor import all_findings, print_findings
from bot.cli.evidence.folder import FORM, MANIFEST
from bot.slack.doctor.checkup import SCOPES, Checkup, Level
from bot.slack.doctor.specimens import specimens
from bot.slack.web.client import slack_client
from storage.second_factors import new_secret
from tests.making import START
from tests.slack.limits import message_faults, view_faults
from tests.town import AGENT_TOKEN, FINANCE, OTHER_TOKEN, POLICY, SUPPORT, open_town

ENVIRON = {"SHOP_TOKEN": AGENT_TOKEN, "OTHER_TOKEN": OTHER_TOKEN}

NEW_KEY = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA="


async def looked_at(town, **changes):
    """All findings."""
    return [each async for each in all_findings(town.settings(**changes), ENVIRON)]


def faults(found):
    return [each for each in found if each.level is Level.fault]


def advice(found):
    return [each for each in found if each.level is Level.advice and each.about not in ("policy", "backups")]


@pytest.fixture
async def place(tmp_path):
    async with open_town(tmp_path) as town:
        yield town


async def test_a_sound_setup_is_well_and_says_what_was_looked_at(place):
    found = await looked_at(place)
    assert faults(found) == advice(found) == []
    told = {each.about for each in found}
    assert {"SLACK_BOT_TOKEN", "scopes", "clock", "SLACK_APP_TOKEN", "socket", "cards", "policy", "database"} <= told
    assert f"channel {SUPPORT} (role support)" in told
    assert "person U0OWEN (role support, owner of shop, ops)" in told
    assert "user group S0FINANCE (role finance)" in told


async def test_it_says_how_long_what_was_written_is_kept(place):
    def said(found):
        return [each.said for each in found if each.about == "retention"]

    (kept,) = said(await looked_at(place))
    assert kept.startswith("Nothing that was written is erased by itself")
    place.policy = POLICY + 'retention: {content: 400d, actions: {"email.*": 30d}}\n'
    (kept,) = said(await looked_at(place))
    assert kept == (
        "What was written is erased by itself once it is over for so long: 30d for email.*, 400d for all else."
    )


@pytest.mark.parametrize(
    ("said", "level", "told"),
    [
        ({}, Level.well, "leaves as log records and traces"),
        ({"OTEL_TRACES_EXPORTER": "none"}, Level.well, "leaves as log records."),
        ({"OTEL_SDK_DISABLED": "true"}, Level.well, "leaves as nothing"),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, Level.fault, "it is http/protobuf"),
    ],
)
async def test_whether_the_log_can_be_exported_is_said_where_it_is_to_be(place, said, level, told):
    found = [each async for each in all_findings(place.settings(signoff_otel="on"), {**ENVIRON, **said})]
    (about,) = [each for each in found if each.about == "SIGNOFF_OTEL"]
    assert (about.level, told in about.said) == (level, True)
    assert "SIGNOFF_OTEL" not in {each.about for each in await looked_at(place)}


async def test_nothing_is_posted_and_no_socket_taken(place):
    await looked_at(place)
    assert not place.slack.messages(SUPPORT)
    assert place.slack.socket_count == 0
    assert not place.database.exists()


async def test_every_fault_and_every_advice_says_what_to_do(place):
    place.slack.change_channel(SUPPORT, is_archived=True)
    place.slack.change_channel(FINANCE, is_private=False)
    found = await looked_at(place, slack_signing_secret=("x",), slack_app_token=None)
    assert all(each.mend.endswith(".") for each in faults(found) + advice(found))
    assert {each.about for each in advice(found)} == {"HTTP mode", f"channel {FINANCE} (role finance)"}


@pytest.mark.parametrize(
    ("flags", "said", "mend"),
    [
        ({"is_archived": True}, "is archived", "Name another one"),
        ({"is_ext_shared": True}, "is shared with another company", "they would read every card"),
        ({"bot_is_member": False, "is_private": False}, "does not have the bot in it", "/invite"),
    ],
)
async def test_a_channel_that_will_not_do(place, flags, said, mend):
    place.slack.change_channel(SUPPORT, **flags)
    (fault,) = faults(await looked_at(place))
    assert fault.about == f"channel {SUPPORT} (role support)"
    assert said in fault.said
    assert mend in fault.mend


async def test_a_channel_that_is_not_there(tmp_path):
    async with open_town(tmp_path, policy=POLICY.replace("channel: C0FINANCE", "channel: C0NOWHERE")) as town:
        (fault,) = faults(await looked_at(town))
        assert (fault.about, "channel_not_found" in fault.said) == ("channel C0NOWHERE (role finance)", True)


async def test_a_public_channel_is_worth_a_thought(place):
    place.slack.change_channel(FINANCE, is_private=False)
    (told,) = advice(await looked_at(place))
    assert "everyone in the workspace can read" in told.said


async def test_who_may_decide_and_is_not_in_the_channel_is_named(place):
    place.slack.change_channel(SUPPORT, members=["U0ALICE", "U0OWEN"])
    (told,) = advice(await looked_at(place))
    assert "lacks U0BOB" in told.said


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        ({"deleted": True}, "deactivated"),
        ({"is_bot": True}, "bot"),
        ({"is_restricted": True}, "guest"),
        ({"is_stranger": True}, "another company"),
        ({"team_id": "T0OTHER"}, "another workspace"),
    ],
)
async def test_a_member_who_may_decide_nothing(place, flags, why):
    place.slack.change_user("U0CAROL", **flags)
    (fault,) = faults(await looked_at(place))
    assert fault.about == "person U0CAROL (role finance)"
    assert why in fault.said


async def test_a_member_whom_slack_does_not_know(tmp_path):
    async with open_town(tmp_path, policy=POLICY.replace("U0CAROL", "U0NOBODY")) as town:
        found = await looked_at(town)
        (fault,) = faults(found)
        assert (fault.about, "user_not_found" in fault.said) == ("person U0NOBODY (role finance)", True)


async def test_an_empty_group_and_one_that_cannot_be_read(place):
    place.slack.change_group("S0FINANCE", users=[])
    (empty,) = faults(await looked_at(place))
    assert "has nobody in it" in empty.said
    place.slack.faults.add("usergroups.users.list", "ok_false", error="plan_upgrade_required")
    (unpaid,) = faults(await looked_at(place))
    assert "paid plan" in unpaid.mend


async def test_a_scope_that_is_missing_is_named(place):
    place.slack.workspace.scopes = {*SCOPES} - {"usergroups:read"}
    found = faults(await looked_at(place))
    assert "usergroups:read is missing." in {each.said for each in found}


@pytest.mark.parametrize(
    ("apart", "level"),
    [(0, Level.well), (59, Level.well), (90, Level.advice), (3600, Level.fault), (-3600, Level.fault)],
)
async def test_a_clock_that_is_off(place, apart, level):
    settings = place.settings()
    async with slack_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url) as client:
        look = Checkup(
            client=client, app_token=None, policy=None, now=lambda: datetime.now(UTC) + timedelta(seconds=apart)
        )
        (told,) = [each async for each in look.findings() if each.about == "clock"]
    assert told.level is level


async def test_a_bot_token_that_slack_refuses_ends_the_look_with_what_to_do(place):
    found = await looked_at(place, slack_bot_token=type(place.settings().slack_bot_token)("xoxb-wrong"))
    (fault,) = faults(found)
    assert fault.about == "SLACK_BOT_TOKEN"
    assert "invalid_auth" in fault.said
    assert "OAuth & Permissions" in fault.mend
    assert not [each for each in found if each.about.startswith("channel")]


async def test_an_app_token_that_slack_refuses(place):
    found = await looked_at(place, slack_app_token=type(place.settings().slack_bot_token)("xapp-wrong"))
    (fault,) = faults(found)
    assert (fault.about, "connections:write" in fault.mend) == ("SLACK_APP_TOKEN", True)


async def test_slack_out_of_reach_is_one_fault(place):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = faults(await looked_at(place, slack_api_url=f"http://127.0.0.1:{port}/api/"))
    assert [each.about for each in found] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
    assert all("out of reach" in each.said for each in found)


async def test_a_card_that_slack_does_not_take_is_named_with_slacks_words(place):
    place.slack.faults.add("blocks.validate", "ok_false", error="invalid_blocks")
    (fault,) = faults(await looked_at(place))
    assert (fault.about, "invalid_blocks" in fault.said) == ("the card", True)


async def test_a_call_that_slack_puts_off_is_made_again(place):
    place.slack.faults.add("users.info", "429", retry_after=1)
    assert faults(await looked_at(place)) == []


async def test_a_faulty_policy_is_found_and_slack_is_looked_at_all_the_same(tmp_path):
    async with open_town(tmp_path, policy="version: 1\nrules: 3\n") as town:
        found = await looked_at(town)
    assert {each.about for each in faults(found)} == {"policy"}
    assert "cards" in {each.about for each in found}


async def test_a_port_that_agents_are_sent_to_and_nobody_opens_is_worth_a_thought(place):
    found = await looked_at(place, signoff_url="http://127.0.0.1:81", signoff_port=8080)
    (other,) = [each for each in advice(found) if each.about == "settings"]
    assert "set SIGNOFF_PORT=81" in other.said


async def test_a_database_without_its_key_is_found(place):
    place.database.write_bytes(b"")
    (fault,) = faults(await looked_at(place))
    assert (fault.about, "key" in fault.said) == ("database", True)


@pytest.mark.parametrize(
    ("named", "level", "told"),
    [
        ("", Level.well, "signoff.db.checkpoints"),
        ("off", Level.advice, "could not be proven"),
        ("none/kept.jsonl", Level.fault, "cannot be written"),
        ("there/kept.jsonl", Level.well, "kept.jsonl"),
    ],
)
async def test_whether_a_cut_end_of_the_log_could_be_proven_is_said(place, tmp_path, named, level, told):
    (tmp_path / "there").mkdir()
    kept = named if named in ("", "off") else str(tmp_path / named)
    (found,) = [each for each in await looked_at(place, signoff_checkpoints=kept) if each.about == "checkpoints"]
    assert (found.level, told in found.said) == (level, True)
    assert bool(found.mend) == (level is not Level.well)


async def test_the_report_is_for_people_or_for_programs_and_tells_whether_all_is_well(place):
    said = []
    assert await print_findings(all_findings(place.settings(), ENVIRON), said.append, as_json=False)
    assert said[-1].startswith("0 to mend, ")
    place.slack.change_user("U0CAROL", deleted=True)
    said = []
    assert not await print_findings(all_findings(place.settings(), ENVIRON), said.append, as_json=False)
    assert any(line.startswith("fault   person U0CAROL") for line in said)
    assert any(line.strip().startswith("→ Name somebody else") for line in said)
    said = []
    assert not await print_findings(all_findings(place.settings(), ENVIRON), said.append, as_json=True)
    assert json.loads(said[0])["well"] is False
    assert {"about", "level", "said", "mend"} == set(json.loads(said[0])["findings"][0])


def test_what_slack_is_asked_to_look_at_is_within_its_limits():
    for name, shown in specimens(START):
        found = view_faults(shown["view"]) if "view" in shown else message_faults(**shown["message"])
        assert not found, name


CODES = POLICY + "  - {id: payments, action: refund.pay, tier: approve, role: finance, confirmation: {code: totp}}\n"


def of_codes(found):
    return [(each.level, each.said) for each in found if each.about == "second factors"]


async def test_who_is_asked_for_a_code_and_has_none_is_named(tmp_path):
    async with open_town(tmp_path, policy=CODES) as town:
        assert of_codes(await looked_at(town)) == [
            ("advice", "rule payments: takes a code of a second factor, and U0CAROL, U0DAVE have none.")
        ]
        async with town.serving():
            await enrolled(town, "U0CAROL")
        (told,) = of_codes(await looked_at(town))
        assert told == ("advice", "rule payments: takes a code of a second factor, and U0DAVE have none.")
        async with town.serving():
            await enrolled(town, "U0DAVE")
        assert of_codes(await looked_at(town)) == [("well", "Whoever is asked for a code has one.")]


async def test_where_nobody_could_give_the_code_it_is_a_fault(tmp_path):
    alone = CODES.replace(", groups: [S0FINANCE]", "")
    async with open_town(tmp_path, policy=alone) as town:
        (told,) = of_codes(await looked_at(town))
    assert told == (
        "fault",
        "rule payments: takes a code of a second factor, and nobody who is asked has a second factor.",
    )


async def test_where_no_rule_takes_a_code_nothing_is_said_of_second_factors(place):
    assert of_codes(await looked_at(place)) == []


async def enrolled(town, user):
    """As the form does it, with a code of the new key."""
    secret = new_secret()
    store, clock = town.bot.store, town.clock
    actor = Actor(kind="reviewer", id=user, team="T0TEAM")
    code = pyotp.TOTP(secret).at(clock.now())
    await SecondFactors(store=store, clock=clock).enrol(actor, store.factors.seal(secret, user), code)


async def test_a_key_that_did_not_seal_the_log_is_a_fault(place):
    async with place.serving():
        pass
    assert [each.level for each in await looked_at(place) if each.about == "database"] == ["well"]
    seed = SecretStr(NEW_KEY)
    place.database.with_name("signoff.db.key").unlink(missing_ok=True)
    (told,) = [each for each in await looked_at(place, signoff_signing_key=seed) if each.about == "database"]
    assert (told.level, "this is not the key" in told.said) == ("fault", True)


async def test_a_key_that_was_replaced_and_is_no_longer_named_is_a_fault(place):
    async with place.serving():
        pass
    old, new = place.database.with_name("signoff.db.key").read_text(encoding="ascii").split()[0], NEW_KEY
    place.database.with_name("signoff.db.key").write_text(f"{new}\n{old}\n", encoding="ascii")
    async with place.serving():
        await place.propose()
    assert [each.level for each in await looked_at(place) if each.about == "database"] == ["well"]
    place.database.with_name("signoff.db.key").write_text(f"{new}\n", encoding="ascii")
    (told,) = [each for each in await looked_at(place) if each.about == "database"]
    assert (told.level, "names all keys that ever sealed it" in told.said, bool(told.mend)) == ("fault", True, True)


def of(found, about):
    """The findings about one thing."""
    return [(str(each.level), each.said, each.mend) for each in found if each.about == about]


async def test_that_everything_or_an_agent_is_stopped_is_said_with_how_it_is_resumed(place):
    async with place.serving():
        pass
    assert of(await looked_at(place), "stops") == [("well", "Nothing is stopped.", "")]
    async with place.serving():
        stopping = Stopping(place.bot.lifecycle)
        owen = Actor(kind="reviewer", id="U0OWEN", team="T0TEAM")
        await stopping.stop("shop", owen, "it floods", {})
        await stopping.stop(EVERYTHING, owen, "who\x1b[2J knows", {})
    agent, everything = of(await looked_at(place), "stops")
    assert (agent[0], everything[0]) == ("advice", "advice")
    assert "The agent shop is stopped since 20" in agent[1]
    assert "by U0OWEN: it floods." in agent[1]
    assert "`signoff resume agent shop`" in agent[2]
    assert "Everything is stopped since 20" in everything[1]
    assert "who\\u001b[2J knows" in everything[1], "what somebody typed steers no terminal"
    assert "then everything" in everything[2]


async def test_what_slack_would_not_take_is_a_fault_with_its_number_since_when_why_and_what_to_do(place):
    async with place.serving():
        pass
    assert [level for level, _, _ in of(await looked_at(place), "messages")] == ["well"]
    async with place.serving():
        place.slack.change_channel(SUPPORT, bot_is_member=False)
        for _ in range(2):
            await place.card("C0OPS", await place.propose())
        due = min(each.due_at for each in await place.bot.store.reads.dead_letters())
    ((level, said, mend),) = of(await looked_at(place), "messages")
    assert (level, said) == (
        "fault",
        f"2 messages to Slack were given up, the first due at {instant(due)}: card to C0SUPPORT: channel_not_found.",
    )
    assert "/invite @Signoff" in mend
    assert "SIGHUP" in mend


@pytest.fixture
async def kept(place, tmp_path):
    """Finds what the doctor says of backups in a folder, of a bot that ran."""
    async with place.serving():
        pass

    async def found(folder=tmp_path / "kept"):
        return [each[:2] for each in of(await looked_at(place, signoff_backups=str(folder)), "backups")]

    return found


def manifest(folder, age, *, damage=()):
    """A backup as far as its manifest says."""
    made = datetime.now(UTC) - age
    (folder / name_of(made)).mkdir(parents=True)
    told = {"form": FORM, "made_at": instant(made), "log": {"entries": 1234, "head": None}, "rows": {}, "keys": []}
    (folder / name_of(made) / MANIFEST).write_text(json.dumps({**told, "damage": list(damage)}))
    return folder / name_of(made)


async def test_whether_there_is_a_backup_is_not_known_where_no_setting_names_their_folder(kept):
    ((level, said),) = await kept("")
    assert (level, "SIGNOFF_BACKUPS names no folder" in said) == ("advice", True)


async def test_that_there_is_no_backup_or_an_old_one_is_worth_a_thought_and_a_new_one_is_well(kept, tmp_path):
    folder = tmp_path / "kept"
    nothing = ("advice", f"There is no backup in {folder} that could be restored.")
    assert await kept() == [nothing]
    folder.mkdir()
    assert await kept() == [nothing]
    manifest(folder, timedelta(days=40))
    made = manifest(folder, timedelta(days=3, hours=1))
    assert await kept() == [("advice", f"The newest, {made}, is 3 days old and has 1,234 entries of the log.")]
    made = manifest(folder, timedelta(hours=7))
    assert await kept() == [("well", f"The newest, {made}, is 7 hours old and has 1,234 entries of the log.")]


async def test_a_newest_one_that_is_damaged_or_cannot_be_read_is_a_fault_and_the_one_before_is_named(kept, tmp_path):
    folder = tmp_path / "kept"
    manifest(folder, timedelta(hours=1), damage=["entry 3"])
    (manifest(folder, timedelta(hours=2)) / MANIFEST).write_text("{}")
    (fault, none) = await kept()
    assert (fault[0], "is of a database that was damaged" in fault[1], "cannot be read" in fault[1]) == (
        "fault",
        True,
        True,
    )
    assert none[1].startswith("There is no backup")
    manifest(folder, timedelta(hours=5))
    assert "5 hours old" in (await kept())[1][1]


async def test_a_folder_of_backups_that_is_none_is_a_fault(kept, tmp_path):
    (tmp_path / "file").touch()
    assert await kept(tmp_path / "file") == [("fault", f"{tmp_path / 'file'} cannot be read: Not a directory.")]


async def test_before_the_first_start_nothing_is_said_of_what_a_bot_would_have_done(place):
    told = {each.about for each in await looked_at(place)}
    assert not told & {"stops", "messages", "backups"}
