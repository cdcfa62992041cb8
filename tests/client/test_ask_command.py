"""`signoff ask` in a shell, against the whole bot and its Slack: what it prints, how it ends, and what runs after it."""

import json
import signal

import pytest

from tests.client.shell import PAYLOAD, Shell, ended, open_shell
from tests.town import SUPPORT


@pytest.fixture
async def shell(tmp_path):
    async with open_shell(tmp_path) as shell:
        yield shell


ASK = "signoff ask --action deploy.production --payload @deploy.json --reasoning 'Release 42'"
THEN = " && deploy"


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


async def test_what_an_earlier_call_left_in_the_file_is_gone_when_the_answer_is_no(shell):
    (shell.folder / "approved.json").write_text('{"version": 40}')
    code, _, _ = await shell.run(f"{ASK} --wait --payload-out approved.json{THEN}", shell.reject)
    assert code == 3
    assert sorted(each.name for each in shell.folder.glob("*approved.json*")) == []


async def test_undecided_when_the_wait_is_over_is_7_and_a_second_call_goes_on_with_the_same_request(shell):
    code, said, _ = await shell.run(f"{ASK} --key release-42{THEN}")
    assert (code, said["decision"], said["status"], said["key"]) == (7, "pending", "pending", "release-42")
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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_cancelled_pipeline_takes_its_request_back(shell, number):
    process = await shell.start(f"exec {ASK} --wait")
    proposal, _ = await shell.asked()
    line = (await process.stderr.readline()).decode()
    assert proposal["id"] in line
    process.send_signal(number)
    code, said, _ = await ended(process)
    assert (code, said["decision"], said["claimed"]) == (128 + number, "cancelled", False)
    assert (await shell.town.get(proposal["id"]))["status"] == "withdrawn"


async def test_a_decision_that_cannot_be_written_is_2_and_what_was_claimed_is_reported_as_failed(shell):
    process = await shell.start(f"{ASK} --wait --payload-out approved.json > /dev/full{THEN}")
    await shell.approve()
    _, told = await process.communicate()
    assert process.returncode == 2
    assert not shell.deployed
    assert not (shell.folder / "approved.json").exists()
    (proposal,) = await shell.all()
    assert (proposal["status"], proposal["claimed_at"] is not None) == ("failed", True), told
    assert "Nothing ran" in proposal["outcome"]["detail"]


async def test_without_an_output_nobody_is_even_asked(shell):
    process = await shell.start(f"{ASK} --wait >&-{THEN}")
    _, told = await process.communicate()
    assert process.returncode == 2
    assert b"standard output" in told
    assert not shell.deployed
    assert await shell.all() == []


async def test_without_an_output_nothing_is_reported(shell):
    _, said, _ = await shell.run("signoff ask --action deploy.preview --payload '{}'")
    process = await shell.start(f"signoff report {said['id']} --status succeeded >&-")
    _, told = await process.communicate()
    assert (process.returncode, b"nothing was reported" in told) == (2, True)
    assert (await shell.town.get(said["id"]))["status"] == "claimed"


async def test_without_anywhere_to_complain_the_decision_is_still_one_document(shell):
    code, said, told = await shell.run(f"{ASK} --wait 2>&-", shell.approve)
    assert (code, said["decision"], told) == (0, "approved", "")


async def test_a_retry_in_the_same_job_is_the_same_request_and_another_attempt_is_another(shell):
    job = {
        "GITHUB_SERVER_URL": "https://github.example.com",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_RUN_ID": "77",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_JOB": "deploy",
        "GITHUB_WORKFLOW": "Release",
        "GITHUB_ACTOR": "mira",
    }
    line = "signoff ask --action deploy.production --payload @deploy.json"
    first = (await shell.run(line, **job))[1]
    retried = (await shell.run(line, **job))[1]
    other = (await shell.run(line, **{**job, "GITHUB_RUN_ATTEMPT": "2"}))[1]
    assert first["id"] == retried["id"] != other["id"]
    ask = (await shell.town.bot.store.find(first["id"])).ask
    assert ask.run_id == "acme/shop/runs/77/1"
    assert ask.reasoning == "The pipeline Release asks, started by mira."
    assert [each.url for each in ask.context] == ["https://github.example.com/acme/shop/actions/runs/77/attempts/1"]


async def test_a_question_is_shown_to_who_reads_the_pipeline(shell):
    process = await shell.start(f"{ASK} --wait{THEN}")
    _, card = await shell.asked()
    await shell.town.click("U0ALICE", SUPPORT, card, "more", selected="Ask the agent")
    await shell.town.modal_saying("U0ALICE", "The agent gets your question and your name")
    await shell.town.slack.submit("U0ALICE", {"Question": "Is the database ready?"})
    while "Is the database ready?" not in (line := (await process.stderr.readline()).decode()):
        assert line
    await shell.town.click("U0ALICE", SUPPORT, card, "approve")
    code, _, _ = await ended(process)
    assert code == 0
    assert shell.deployed


WRONG = {
    "no JSON": "--action deploy.production --payload '{oops'",
    "no object": "--action deploy.production --payload '[1]'",
    "a key twice": """--action deploy.production --payload '{"version": 42, "version": 43}'""",
    "too many digits": "--action deploy.production --payload '{\"x\": 0.12345678901234567891}'",
    "too large a number": "--action deploy.production --payload '{\"x\": 9007199254740993}'",
    "NaN": "--action deploy.production --payload '{\"x\": NaN}'",
    "no file": "--action deploy.production --payload @missing.json",
    "no payload": "--action deploy.production",
    "no action": "--payload @deploy.json",
    "an unknown option": "--action deploy.production --payload @deploy.json --yes",
    "a shortened option": "--action deploy.production --pay @deploy.json",
    "no duration": "--action deploy.production --payload @deploy.json --wait soon",
    "an action that cannot be": "--action 'Deploy Production' --payload @deploy.json",
    "the payload as its own place": "--action deploy.production --payload @deploy.json --payload-out ./deploy.json",
    "a place that cannot be": "--action deploy.production --payload @deploy.json --payload-out no/such/folder.json",
    "a context without a title": "--action deploy.production --payload @deploy.json --context text",
    "a field twice": "--action deploy.production --payload @deploy.json --summary One --json 'summary=\"Two\"'",
    "a claim": "--action deploy.production --payload @deploy.json --json claim=true",
    "an unknown field": "--action deploy.production --payload @deploy.json --json 'colour=\"red\"'",
}


@pytest.mark.parametrize("kind", WRONG)
async def test_wrong_use_is_2_says_why_as_json_and_nothing_follows(shell, kind):
    code, said, _ = await shell.run(f"signoff ask {WRONG[kind]}{THEN}")
    assert (code, said["decision"], said["claimed"]) == (2, "wrong-use", False)
    assert len(said["message"]) > 20
    assert not shell.deployed
    assert await shell.all() == []


@pytest.mark.parametrize("missing", ["SIGNOFF_URL", "SIGNOFF_TOKEN"])
async def test_without_address_or_token_it_is_2(shell, missing):
    code, said, _ = await shell.run(f"{ASK} --wait{THEN}", **{missing: ""})
    assert (code, missing in said["message"]) == (2, True)
    assert not shell.deployed


async def test_a_wrong_token_is_2(shell):
    code, said, _ = await shell.run(f"{ASK} --wait{THEN}", SIGNOFF_TOKEN="not-a-token-of-anybody-0123456789")
    assert (code, said["decision"]) == (2, "wrong-use")
    assert not shell.deployed


async def test_the_other_fields_reach_the_people(shell):
    line = f"""{ASK} --summary 'Ship 42' --run-id run-7 --context 'Tests=All green' --context 'Log=https://ci.example.com/7'
        --json 'rollback="Deploy 41"' --json confidence=0.9"""
    _, said, _ = await shell.run(line.replace("\n", " "))
    ask = (await shell.town.bot.store.find(said["id"])).ask
    assert (ask.summary, ask.run_id, ask.rollback, ask.confidence) == ("Ship 42", "run-7", "Deploy 41", 0.9)
    assert [each.text or each.url for each in ask.context] == ["All green", "https://ci.example.com/7"]


async def test_the_payload_can_come_from_standard_input(shell):
    code, said, _ = await shell.run("signoff ask --action deploy.preview --payload - < deploy.json")
    assert (code, said["payload"]) == (0, json.loads(PAYLOAD))


async def test_a_report_can_go_by_what_ask_printed_if_it_was_claimed(shell):
    await shell.run(f"signoff ask --action deploy.preview --payload '{PAYLOAD}' | tee decision.json")
    code, done, _ = await shell.run("signoff report @decision.json --status failed --detail 'No space left'")
    assert (code, done["status"]) == (0, "failed")
    await shell.run(f"{ASK} | tee decision.json")
    code, said, _ = await shell.run("signoff report @decision.json --status succeeded")
    assert (code, "nothing to report" in said["message"]) == (2, True)


async def test_a_report_says_how_it_went_once(shell):
    _, said, _ = await shell.run(f"signoff ask --action deploy.preview --payload '{PAYLOAD}'")
    report = f"signoff report {said['id']} --status"
    code, done, _ = await shell.run(f"{report} succeeded --detail 'Deployed 42'")
    assert (code, done["decision"], done["status"]) == (0, "reported", "succeeded")
    assert (await shell.run(f"{report} succeeded --detail 'Deployed 42'"))[0] == 0
    assert (await shell.run(f"{report} failed"))[0] == 3
    assert (await shell.run("signoff report prp_00000000000000000000000000000000 --status failed"))[0] == 2
    assert (await shell.run(f"{report} perhaps"))[0] == 2
    assert (await shell.town.get(said["id"]))["outcome"]["detail"] == "Deployed 42"
