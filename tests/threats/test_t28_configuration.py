"""T28: a configuration that fails open does not start: exit code 2, sentences, no traceback, nothing posted to Slack.

What each fault of a policy says and where: tests/policy. Here the real program, once for each.
"""

import asyncio
import base64
import os
import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sandbox import Sandbox
from tests import program
from tests.town import AGENT_TOKEN, OTHER_TOKEN, POLICY

ROOT = Path(__file__).parents[2]
SWAPPED = {
    "unknown key": ("owner: U0OWEN", "ownr: U0OWEN"),
    "unknown key at the top": ("version: 1", "version: 1\nanything: goes"),
    "unknown key in a rule": ("tier: auto}", "tier: auto, teir: block}"),
    "unknown role in a rule": ("role: finance\n", "role: finanse\n"),
    "unknown role of the default": ("role: support,", "role: suport,"),
    "unknown tier": ("tier: auto}", "tier: automatic}"),
    "unknown version": ("version: 1", "version: 2"),
    "no version": ("version: 1\n", ""),
    "empty role": ("members: [U0CAROL, U0DAVE], groups: [S0FINANCE]", "members: []"),
    "more approvals than people": ("    role: finance\n", "    role: support\n    approvals: 4\n"),
    "two places for one person": (
        "members: [U0ALICE, U0BOB, U0OWEN], notify: members}\n"  # noqa: ISC004
        "  finance: {channel: C0FINANCE, members: [U0CAROL, U0DAVE], groups: [S0FINANCE], notify: none}",
        "members: [U0ALICE]}\n  finance: {channel: C0FINANCE, members: [U0ALICE]}",
    ),
    "nobody but the owner": ("members: [U0ALICE, U0BOB, U0OWEN]", "members: [U0OWEN]"),
    "default auto": ("defaults: {tier: approve", "defaults: {tier: auto"),
    "default watch": ("defaults: {tier: approve", "defaults: {tier: watch"),
    "no defaults": ("defaults: {tier: approve, role: support, covered_by: [finance], expires_in: 1h, execute_within: 1h, report_within: 1h}\n", ""),
    "a rule nothing can reach": ('{id: no-drops, action: "db.drop*"', '{id: no-drops, action: "crm.drop*"'),
    "two rules of one id": ("id: refund-huge", "id: refund-large"),
    "a rule that contradicts itself": ("{id: searches-run,", "{id: searches-run, role: finance,"),
    "a rule that contradicts itself in its conditions": (
        'when: ["payload.amount > 100.0"]', 'when: ["1 > 2"]'
    ),
    "a CEL error": ("payload.amount > 100.0", "payload.amount >"),
    "a condition that is no bool": ("payload.amount > 100.0", "1 + 1"),
    "a name that CEL does not know": ("payload.amount > 100.0", "paylod.amount > 100.0"),
    "what the agent says loosens": ('action: "search.*", tier: auto', 'action: "search.*", when: ["confidence > 0.9"], tier: auto'),
    "the source loosens": ('action: "search.*", tier: auto', "action: \"search.*\", when: [\"source == 'trusted'\"], tier: auto"),
    "no actions": ('actions: ["email.*"]', "actions: []"),
    "no token": ("    token_env: OTHER_TOKEN\n", ""),
    "a token of another": ("token_env: OTHER_TOKEN", "token_env: SHOP_TOKEN"),
    "a token that is not set": ("token_env: OTHER_TOKEN", "token_env: NOT_SET"),
    "a token that is too short": ("token_env: OTHER_TOKEN", "token_env: SHORT_TOKEN"),
    "an empty token": ("token_env: OTHER_TOKEN", "token_env: EMPTY_TOKEN"),
    "a digest that is none": ("token_env: OTHER_TOKEN", "token_sha256: abc"),
    "a user that is none": ("members: [U0ALICE,", "members: [alice,"),
    "a channel that is none": ("channel: C0SUPPORT", "channel: '#support'"),
    "a deadline of nothing": ("expires_in: 1h", "expires_in: 0s"),
    "a deadline for ever": ("expires_in: 1h", "expires_in: never"),
    "a key twice": ("owner: U0ERIN", "owner: U0ERIN\n    owner: U0OWEN"),
    "a schema that is not there": ("rules:\n", "schemas: {refund.create: nowhere.json}\nrules:\n"),
    "callbacks without a secret": ("owner: U0ERIN", 'owner: U0ERIN\n    callbacks: ["https://a.example/*"]'),
    "yes where a bool belongs": ("notify: members}", "notify: members, allow_self_review: yes please}"),
    "nothing but a list": (POLICY, "[]"),
    "nothing": (POLICY, ""),
    "no YAML": (POLICY, "version: [1"),
}  # fmt: skip


def environ(slack, folder, **changes) -> dict[str, str]:
    """A complete environment; None takes a variable out."""
    complete = {
        "PATH": os.environ["PATH"],
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "SIGNOFF_POLICY": str(folder / "policy.yml"),
        "SIGNOFF_DATABASE_URL": f"sqlite:///{folder}/signoff.db",
        "SIGNOFF_PORT": "0",
        "SIGNOFF_LOG": "json",
        "SHOP_TOKEN": AGENT_TOKEN,
        "OTHER_TOKEN": OTHER_TOKEN,
        "SHORT_TOKEN": "short",
        "EMPTY_TOKEN": "",
        **changes,
    }
    return {name: value for name, value in complete.items() if value is not None}


async def served(environment) -> tuple[int, str]:
    """Exit code and words of `signoff serve`, which must end by itself; one that starts is stopped."""
    words = ("serve", "--env-file", os.devnull)
    finished = await asyncio.to_thread(program.run, words, env=environment, cwd=ROOT, ended_by='"event": "ready"')
    return finished.returncode, finished.stdout + finished.stderr


async def refused(slack, environment, *words):
    """It did not start, said why in sentences, and Slack has seen no message."""
    code, said = await served(environment)
    assert code == 2, said
    assert '"ready"' not in said
    assert "Traceback" not in said
    assert "The bot cannot start" in said
    lines = [line for line in said.splitlines() if line and not line.startswith("{")]
    assert len(lines) >= 2
    assert all(re.search(r"[a-z]", line) for line in lines)
    for word in words:
        assert word in said, said
    for secret in (slack.bot_token, slack.app_token, slack.signing_secret, AGENT_TOKEN):
        assert secret not in said
    assert not [call for call in slack.calls if call.method.startswith("chat.")]


@pytest.fixture
async def slack(tmp_path):
    (tmp_path / "policy.yml").write_text(POLICY, encoding="utf-8")
    async with Sandbox() as slack:
        yield slack


async def test_t28_the_configuration_that_the_others_spoil_starts(slack, tmp_path):
    code, said = await served(environ(slack, tmp_path))
    assert (code, '"ready"' in said) == (0, True), said


@pytest.mark.parametrize(("found", "put"), SWAPPED.values(), ids=SWAPPED.keys())
async def test_t28_a_policy_that_is_wrong_inert_or_contradictory_does_not_start(slack, tmp_path, found, put):
    assert found in POLICY
    (tmp_path / "policy.yml").write_text(POLICY.replace(found, put, 1), encoding="utf-8")
    await refused(slack, environ(slack, tmp_path), "policy.yml")
    assert not (tmp_path / "signoff.db").exists()


WRONG = {
    "no bot token": {"SLACK_BOT_TOKEN": None},
    "an empty bot token": {"SLACK_BOT_TOKEN": ""},
    "a token of another kind": {"SLACK_BOT_TOKEN": "xoxp-123"},
    "no way in": {"SLACK_APP_TOKEN": None},
    "an empty way in": {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": " , "},
    "an app token of another kind": {"SLACK_APP_TOKEN": "xoxb-123"},
    "an address without encryption": {"SLACK_API_URL": "http://slack.example/api/"},
    "an address that plays this machine": {"SLACK_API_URL": "http://localhost:80@slack.example/api/"},
    "an address with a password": {"SLACK_API_URL": "https://me:secret@slack.com/api/"},
    "no address": {"SLACK_API_URL": "slack"},
    "no such policy": {"SIGNOFF_POLICY": "/nowhere/policy.yml"},
    "a directory for a policy": {"SIGNOFF_POLICY": "/"},
    "another database": {"SIGNOFF_DATABASE_URL": "mysql://root@localhost/x"},
    "a database in memory": {"SIGNOFF_DATABASE_URL": "sqlite:///:memory:"},
    "no database": {"SIGNOFF_DATABASE_URL": ""},
    "a database that cannot be made": {"SIGNOFF_DATABASE_URL": "sqlite:////proc/nowhere/signoff.db"},
    "a directory for a database": {"SIGNOFF_DATABASE_URL": "sqlite:////tmp"},
    "a host that is no address": {"SIGNOFF_HOST": "everywhere"},
    "a host of another machine": {"SIGNOFF_HOST": "203.0.113.7"},
    "no port": {"SIGNOFF_PORT": "http"},
    "a port too large": {"SIGNOFF_PORT": "70000"},
    "no key": {"SIGNOFF_SIGNING_KEY": "not base64!"},
    "the same key twice": {"SIGNOFF_SIGNING_KEY": ",".join([base64.b64encode(b"k" * 32).decode()] * 2)},
    "a second key that is none": {"SIGNOFF_SIGNING_KEY": base64.b64encode(b"k" * 32).decode() + ",hunter2"},
    "an issuer that is no address": {"SIGNOFF_URL": "signoff.example.com"},
    "a short key": {"SIGNOFF_SIGNING_KEY": base64.b64encode(b"short").decode()},
    "a mismatch that is neither": {"SIGNOFF_CARD_MISMATCH": "ignore"},
    "a sweep that is neither": {"SIGNOFF_SWEEP": "maybe"},
    "a log that is neither": {"SIGNOFF_LOG": "xml"},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
async def test_t28_a_wrong_setting_does_not_start_and_is_named(slack, tmp_path, wrong):
    (name, *_) = wrong
    await refused(slack, environ(slack, tmp_path, **wrong), "SLACK_" if name.startswith("SLACK_") else "")


async def test_t28_a_token_that_slack_refuses_does_not_start(slack, tmp_path):
    slack.faults.add("auth.test", "ok_false", error="invalid_auth", times=5)
    await refused(slack, environ(slack, tmp_path), "SLACK_BOT_TOKEN")


async def test_t28_a_bot_that_does_not_learn_its_own_app_does_not_start(slack, tmp_path):
    slack.scopes.discard("users:read")
    await refused(slack, environ(slack, tmp_path), "whose app the bot is", "users:read")


@pytest.mark.parametrize("spoil", ["key is gone", "other key", "file is empty", "no database", "database is gone"])
async def test_t28_a_database_that_is_not_the_one_it_was_does_not_start(slack, tmp_path, spoil):
    code, said = await served(environ(slack, tmp_path))
    assert code == 0, said
    database, key = tmp_path / "signoff.db", tmp_path / "signoff.db.key"
    with closing(sqlite3.connect(database)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sealed = file.execute("SELECT count(*) FROM entries").fetchone()[0]
    more = {}
    match spoil:
        case "key is gone":
            key.unlink()
        case "other key":
            assert sealed, "the start itself leaves an entry"
            more = {"SIGNOFF_SIGNING_KEY": base64.b64encode(b"k" * 32).decode()}
        case "file is empty":
            database.write_bytes(b"")
        case "no database":
            database.write_bytes(b"This is no database. " * 500)
        case _:
            database.unlink()
    await refused(slack, environ(slack, tmp_path, **more))


async def test_t28_a_key_that_was_replaced_and_is_no_longer_named_does_not_start(slack, tmp_path):
    old, new = (base64.b64encode(each * 32).decode() for each in (b"o", b"n"))
    for named in (old, f"{old},{new}", f"{new},{old}"):
        code, said = await served(environ(slack, tmp_path, SIGNOFF_SIGNING_KEY=named))
        assert code == 0, said
    await refused(
        slack, environ(slack, tmp_path, SIGNOFF_SIGNING_KEY=new), "names all keys that ever sealed it, the newest first"
    )


async def test_t28_a_port_that_is_taken_does_not_start(slack, tmp_path):
    port = slack.url.rpartition(":")[2]
    await refused(slack, environ(slack, tmp_path, SIGNOFF_PORT=port), port)


async def test_t28_settings_that_are_no_text_do_not_start(slack, tmp_path):
    (tmp_path / "bad.env").write_bytes(b"SLACK_BOT_TOKEN=\xff\xfe\n")
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", "--env-file", str(tmp_path / "bad.env"),
        env=environ(slack, tmp_path, SLACK_BOT_TOKEN=None), cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await child.communicate()
    assert child.returncode == 2, said
    assert b"Traceback" not in said
