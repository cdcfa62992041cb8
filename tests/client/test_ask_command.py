"""`signoff ask` in a shell, against the whole bot and its Slack: what it prints, how it ends, and what runs after it."""

import json
import os
import stat

import pytest

from tests.client.shell import ASK, PAYLOAD, THEN, Shell
from tests.town import SUPPORT


async def test_approved_as_given_it_is_claimed_and_what_follows_runs(shell):
    code, said, told = await shell.run(f"{ASK} --wait 5m{THEN}", shell.approve)
    assert (code, said["decision"], said["exit"], said["claimed"]) == (0, "approved", 0, True)
    assert said["payload"] == {"service": "shop", "version": 42, "ratio": 1.5}
    assert "Waits for people to decide on deploy.production" in told
    assert shell.deployed
    (proposal,) = await shell.all()
    assert (proposal["id"], proposal["status"]) == (said["id"], "claimed")


async def test_rejected_is_3_and_nothing_follows(shell):
    code, said, _ = await shell.run(f"{ASK} --wait{THEN}", shell.reject)
    assert (code, said["decision"], said["reason"], said["payload"]) == (3, "rejected", "Not before the demo", None)
    assert "Not before the demo" in said["message"]
    assert not shell.deployed


async def test_blocked_is_3_and_nothing_follows(shell):
    code, said, _ = await shell.run(f"signoff ask --action deploy.friday --payload '{PAYLOAD}' --wait{THEN}")
    assert (code, said["cause"], said["claimed"]) == (3, "blocked", False)
    assert not shell.deployed


async def test_what_the_agent_may_not_ask_for_is_3_and_nothing_follows(shell):
    code, said, _ = await shell.run(f"signoff ask --action email.send --payload '{PAYLOAD}' --wait{THEN}")
    assert (code, said["decision"], said["id"]) == (3, "rejected", None)
    assert not shell.deployed


async def test_expired_is_4_and_nothing_follows(shell):
    code, said, _ = await shell.run(f"{ASK} --wait --expires-in 1s{THEN}")
    assert (code, said["decision"], said["cause"], said["claimed"]) == (4, "expired", "expired", False)
    assert not shell.deployed


async def test_out_of_reach_is_5_and_nothing_follows(tmp_path):
    shell = Shell(town=None, folder=tmp_path)
    code, said, _ = await shell.run(f"{ASK} --wait --patience 0s{THEN}")
    assert (code, said["decision"], said["claimed"]) == (5, "unreachable", False)
    assert not shell.deployed


async def test_changed_is_6_stays_unclaimed_and_nothing_follows(shell):
    code, said, _ = await shell.run(f"{ASK} --wait{THEN}", shell.change)
    assert (code, said["decision"], said["claimed"], said["payload"]) == (6, "changed", False, None)
    assert not shell.deployed
    (proposal,) = await shell.all()
    assert proposal["status"] == "approved"


async def test_changed_with_a_place_for_it_is_claimed_and_written_and_still_6(shell):
    code, said, _ = await shell.run(f"{ASK} --wait --payload-out approved.json{THEN}", shell.change)
    assert (code, said["claimed"], said["payload"]["version"], said["payload_file"]) == (6, True, 41, "approved.json")
    assert json.loads((shell.folder / "approved.json").read_text()) == {"service": "shop", "version": 41, "ratio": 1.5}
    assert not shell.deployed
    (proposal,) = await shell.all()
    assert proposal["status"] == "claimed"


async def test_approved_as_given_stands_in_the_file_too(shell):
    code, said, _ = await shell.run(f"{ASK} --wait --payload-out approved.json{THEN}", shell.approve)
    assert (code, said["claimed"]) == (0, True)
    assert json.loads((shell.folder / "approved.json").read_text()) == json.loads(PAYLOAD)
    assert shell.deployed


async def test_when_the_answer_is_no_nothing_is_left_where_the_payload_would_be(shell):
    code, _, _ = await shell.run(f"{ASK} --wait --payload-out approved.json{THEN}", shell.reject)
    assert code == 3
    assert sorted(each.name for each in shell.folder.glob("*approved.json*")) == []


THERE = {
    "a file": lambda place: place.write_text("kept"),
    "an empty file": lambda place: place.touch(),
    "a link to a file": lambda place: (place.parent / "other").write_text("kept") and place.symlink_to("other"),
    "a link to nothing": lambda place: place.symlink_to("nowhere"),
    "a folder": lambda place: place.mkdir(),
    "a pipe": os.mkfifo,
}


def found(place):
    """What is at a place and where it leads to, without opening a pipe."""
    known = place.lstat()
    leads = place.readlink() if place.is_symlink() else None
    return known.st_ino, known.st_mode, leads, place.read_text() if place.is_file() else None


@pytest.mark.parametrize("kind", THERE)
async def test_what_is_where_the_payload_would_be_stays_as_it_is_and_nobody_is_asked(shell, kind):
    place = shell.folder / "approved.json"
    THERE[kind](place)
    before = found(place)
    code, said, _ = await shell.run(f"{ASK} --wait --payload-out approved.json{THEN}")
    assert (code, said["decision"], "there already" in said["message"]) == (2, "wrong-use", True)
    assert found(place) == before
    assert await shell.all() == []
    assert [each.name for each in shell.folder.glob(".approved.json*")] == []


@pytest.mark.parametrize("kind", THERE)
async def test_what_comes_to_be_there_meanwhile_is_not_replaced_and_nothing_runs(shell, kind):
    place = shell.folder / "approved.json"
    before = []

    async def somebody_else_is_faster():
        _, card = await shell.asked()
        THERE[kind](place)
        before.append(found(place))
        await shell.town.click("U0ALICE", SUPPORT, card, "approve")

    code, said, _ = await shell.run(f"{ASK} --wait --payload-out approved.json{THEN}", somebody_else_is_faster)
    assert (code, said["claimed"], said["payload"]) == (2, False, None)
    assert [found(place)] == before
    assert not shell.deployed
    (proposal,) = await shell.all()
    assert (proposal["status"], "Nothing ran" in proposal["outcome"]["detail"]) == ("failed", True)
    assert [each.name for each in shell.folder.glob(".approved.json*")] == []


async def test_an_approved_payload_is_its_owners_alone_whatever_the_umask(shell):
    line = f"umask 0; signoff ask --action deploy.preview --payload '{PAYLOAD}' --payload-out approved.json"
    code, _, _ = await shell.run(line)
    assert (code, stat.filemode((shell.folder / "approved.json").stat().st_mode)) == (0, "-rw-------")


async def test_undecided_when_the_wait_is_over_is_7_and_a_second_call_goes_on_with_the_same_request(shell):
    code, said, told = await shell.run(f"{ASK} --key release-42{THEN}")
    assert (code, said["decision"], said["status"], said["key"]) == (7, "pending", "pending", "release-42")
    assert "The same call with --key release-42 goes on waiting." in told
    assert not shell.deployed
    await shell.approve()
    code, again, _ = await shell.run(f"{ASK} --key release-42{THEN}")
    assert (code, again["id"], again["claimed"]) == (0, said["id"], True)
    assert shell.deployed


async def test_a_call_after_the_claim_is_8_and_nothing_follows(shell):
    await shell.run(f"{ASK} --wait --key release-42", shell.approve)
    code, said, _ = await shell.run(f"{ASK} --wait --key release-42{THEN}")
    assert (code, said["decision"], said["claimed"], said["permit"]) == (8, "taken", False, None)
    assert not shell.deployed
    assert len(await shell.all()) == 1


async def test_what_runs_by_itself_needs_no_wait(shell):
    code, said, _ = await shell.run(f"signoff ask --action deploy.preview --payload '{PAYLOAD}'{THEN}")
    assert (code, said["cause"], said["claimed"]) == (0, "auto", True)
    assert shell.deployed
