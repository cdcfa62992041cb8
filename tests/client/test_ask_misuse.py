"""`signoff ask` where something is wrong: signals, closed outputs, wrong use, an environment that cannot be."""

import json
import os
import signal

import pytest

from tests.client.shell import ASK, PAYLOAD, THEN, Shell, ended
from tests.town import SUPPORT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_cancelled_pipeline_takes_its_request_back(shell, number):
    process = await shell.start(f"exec {ASK} --wait")
    proposal, _ = await shell.asked()
    line = (await process.stderr.readline()).decode()
    assert proposal["id"] in line
    process.send_signal(number)
    code, said, _ = await ended(process)
    assert (code, said["decision"], said["claimed"]) == (128 + number, "cancelled", False)
    assert (await shell.town.get(proposal["id"]))["status"] == "withdrawn"


async def test_two_signals_at_once_are_one_end(shell):
    """As of a session that goes away: the terminal's, and the runner's."""
    process = await shell.start(f"exec {ASK} --wait")
    proposal, _ = await shell.asked()
    await process.stderr.readline()
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        process.send_signal(number)
    code, said, _ = await ended(process)
    assert (code, said["decision"]) in [(128 + each, "cancelled") for each in (1, 2, 15)]
    assert (await shell.town.get(proposal["id"]))["status"] == "withdrawn"


async def test_who_is_not_to_notice_that_the_terminal_goes_away_goes_on_waiting(shell):
    """As nohup has it."""
    process = await shell.start(f"trap '' HUP; exec {ASK} --wait")
    _, card = await shell.asked()
    await process.stderr.readline()
    process.send_signal(signal.SIGHUP)
    await shell.town.click("U0ALICE", SUPPORT, card, "approve")
    code, said, _ = await ended(process)
    assert (code, said["decision"]) == (0, "approved")


async def test_who_is_cancelled_before_the_payload_has_come_says_so_and_has_asked_nobody(shell):
    os.mkfifo(shell.folder / "late.json")
    process = await shell.start("exec signoff ask --action deploy.production --payload @late.json --wait")
    with (shell.folder / "late.json").open("w"):  # opens once it is read at the other end
        process.send_signal(signal.SIGTERM)
        code, said, _ = await ended(process)
    assert (code, said["decision"], said["id"]) == (143, "cancelled", None)
    assert await shell.all() == []


async def test_whether_anybody_reads_the_notes_changes_nothing(shell):
    process = await shell.start(f"exec {ASK} --wait --payload-out approved.json")
    process._transport.get_pipe_transport(2).close()
    await shell.approve()
    out = (await process.stdout.read()).decode()
    assert (await process.wait(), json.loads(out)["decision"]) == (0, "approved")


async def test_where_nobody_reads_the_decision_what_was_claimed_is_reported_as_failed(shell):
    process = await shell.start(f"set -o pipefail; {ASK} --wait | true")
    await shell.approve()
    await process.communicate()
    assert process.returncode == 2
    (proposal,) = await shell.all()
    assert proposal["status"] == "failed"


async def test_a_closed_standard_input_is_no_payload_and_does_no_other_harm(shell):
    code, said, _ = await shell.run(f"signoff ask --action deploy.preview --payload '{PAYLOAD}' <&-")
    assert (code, said["decision"]) == (0, "approved")
    code, said, _ = await shell.run(f"signoff ask --action deploy.preview --payload - <&-{THEN}")
    assert (code, said["decision"], "closed" in said["message"]) == (2, "wrong-use", True)
    assert not shell.deployed


async def test_a_report_that_was_made_stands_whether_or_not_the_answer_can_be_written(shell):
    _, said, _ = await shell.run(f"signoff ask --action deploy.preview --payload '{PAYLOAD}'")
    process = await shell.start(f"signoff report {said['id']} --status succeeded > /dev/full")
    _, told = await process.communicate()
    assert (process.returncode, b"could not be written" in told, b"Traceback" in told) == (0, True, False)
    assert (await shell.town.get(said["id"]))["status"] == "succeeded"


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
    await shell.town.click("U0ALICE", SUPPORT, card, "ask")
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
    "a payload without end": "--action deploy.production --payload @/dev/zero",
    "a byte order mark": """--action deploy.production --payload $'\\xef\\xbb\\xbf{}'""",
    "half a character in the payload": """--action deploy.production --payload '{"note": "\\ud800"}'""",
    "an exponent beyond any number": """--action deploy.production --payload '{"x": 1e-99999999999999999999}'""",
    "a key of two lines": "--action deploy.production --payload @deploy.json --key $'a\\nb'",
    "a key that is no ASCII": "--action deploy.production --payload @deploy.json --key schlüssel",
    "a key with a blank at its end": "--action deploy.production --payload @deploy.json --key 'a '",
    "a summary of no text": "--action deploy.production --payload @deploy.json --summary $'\\xff'",
    "reasons of no text": "--action deploy.production --payload @deploy.json --reasoning $'\\xff'",
    "an action of no text": "--action $'deploy.\\xff' --payload @deploy.json",
    "a run of no text": "--action deploy.production --payload @deploy.json --run-id $'\\xff'",
    "no place at all": "--action deploy.production --payload @deploy.json --payload-out ''",
    "an address without a scheme": "--action deploy.production --payload @deploy.json --url signoff.example.com",
    "an address with a query": "--action deploy.production --payload @deploy.json --url 'https://x.example?a=b'",
}
"""Each said at once: the service would be tried for a minute, and no test has that much time."""


async def test_wrong_use_is_2_says_why_as_json_and_nothing_follows(shell, subtests):
    """Of one service: to start it took as long as to be wrong."""
    for kind, arguments in WRONG.items():
        with subtests.test(kind):
            code, said, _ = await shell.run(f"signoff ask {arguments}{THEN}")
            assert (code, said["decision"], said["claimed"]) == (2, "wrong-use", False)
            assert len(said["message"]) > 20
            assert not shell.deployed
            assert await shell.all() == []


@pytest.mark.parametrize("missing", ["SIGNOFF_URL", "SIGNOFF_TOKEN"])
async def test_without_address_or_token_it_is_2(shell, missing):
    code, said, _ = await shell.run(f"{ASK} --wait{THEN}", **{missing: ""})
    assert (code, missing in said["message"]) == (2, True)
    assert not shell.deployed


ENVIRONMENTS = [
    {"SIGNOFF_URL": "\ufeffhttps://signoff.example.com"},
    {"SIGNOFF_URL": "https://signoff.example.com\nhttps://other.example.com"},
    {"SIGNOFF_URL": "https://me:swordfish@signoff.example.com"},
    {"SIGNOFF_URL": "https://signoff.example.com/#top"},
    {"SIGNOFF_TOKEN": "\ufefftoken-of-shop-0123456789"},
    {"SIGNOFF_TOKEN": "token-of-shop\n0123456789"},
    {"SIGNOFF_TOKEN": "t\u00f6ken-of-shop-0123456789"},
    {"SIGNOFF_TOKEN": "token-of-shop-\udcff0123456789"},
    {"SSL_CERT_FILE": "/no/such/file.pem"},
]


@pytest.mark.parametrize("environ", ENVIRONMENTS, ids=lambda each: repr(each)[1:-1])
@pytest.mark.parametrize("command", ["ask", "report", "hook"])
async def test_an_environment_that_cannot_be_is_2_at_once_in_every_command(tmp_path, environ, command):
    shell = Shell(town=None, folder=tmp_path)
    (name,) = environ
    use = {
        "hook_event_name": "PreToolUse",
        "tool_name": "Bash",
        "tool_input": {},
        "session_id": "s",
        "tool_use_id": "u",
    }
    (tmp_path / "event.json").write_text(json.dumps(use))
    lines = {
        "ask": f"{ASK} --wait",
        "report": "signoff report prp_1 --status failed",
        "hook": "signoff hook < event.json",
    }
    process = await shell.start(lines[command], **environ)
    out, told = await process.communicate()
    assert (process.returncode, name.encode() in told, b"swordfish" in told) == (2, True, False)
    assert command == "hook" or json.loads(out)["decision"] == "wrong-use"


async def test_a_pipeline_whose_names_are_no_text_asks_all_the_same(shell):
    job = {
        "CI_SERVER_URL": "https://gitlab.example.com",
        "CI_PROJECT_PATH": "acme/shop",
        "CI_JOB_ID": "77",
        "CI_JOB_NAME": "d\udcffploy",
    }
    code, said, _ = await shell.run("signoff ask --action deploy.production --payload @deploy.json", **job)
    assert (code, said["decision"]) == (7, "pending")
    ask = (await shell.town.bot.store.find(said["id"])).ask
    assert ask.reasoning == "The pipeline d\\udcffploy asks."


async def test_a_wrong_token_is_2(shell):
    code, said, _ = await shell.run(f"{ASK} --wait{THEN}", SIGNOFF_TOKEN="not-a-token-of-anybody-0123456789")
    assert (code, said["decision"]) == (2, "wrong-use")
    assert not shell.deployed


async def test_the_other_fields_reach_the_people(shell):
    line = f"""{ASK} --summary 'Ship 42' --run-id run-7 --context 'Tests=All green' --context 'Log=https://ci.example.com/7'
        --json 'rollback_plan="Deploy 41"' --json confidence=0.9"""
    _, said, _ = await shell.run(line.replace("\n", " "))
    ask = (await shell.town.bot.store.find(said["id"])).ask
    assert (ask.summary, ask.run_id, ask.rollback_plan, ask.confidence) == ("Ship 42", "run-7", "Deploy 41", 0.9)
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
