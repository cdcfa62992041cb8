"""T26: no secret of the settings or the policy is in what the bot logs, answers, posts, keeps or exports; found by its kind,
so that a new one cannot be forgotten.
"""

import asyncio
import base64
import os
import re
from typing import get_args
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import pyotp
import pytest
from pydantic import SecretStr

from bot.keys import seal_key
from bot.settings import Settings
from policy.file.rulebook import PolicyFile, entry_in
from policy.file.scalars import Shape
from tests import program
from tests.faults.premises import ROOT, premises
from tests.journeys.test_second_factor import shown_key
from tests.postgresql import new_server_database
from tests.receiver import SECRET as CALLBACK_SECRET
from tests.receiver import receiving
from tests.town import AGENT_TOKEN, FINANCE, OTHER_TOKEN, POLICY, SUPPORT

SEED = bytes(range(100, 132))
AUDITOR_TOKEN = "auditor-token-canary-0123456789abcdef"
PASSWORD = "canary-of-the-database"
SECRETS = {
    "slack_bot_token": "its own of each town",
    "slack_app_token": "its own of each town",
    "slack_signing_secret": "its own of each town",
    "signoff_signing_key": base64.b64encode(SEED).decode(),
}
"""What each secret setting is in what follows: a new one is missing here until something drives it."""
PASSWORDS = {"signoff_database_url"}
"""Settings that may have a password within them."""
KEYS = {"token_env", "token_sha256", "callback_secret_env"}
"""Keys of the policy beside which a secret, or its name, stands."""
ENROLLED = "the key of a second factor"
"""Shown to the person who enrols, in the form for it, and nowhere else."""
SOUNDS_SECRET = re.compile(r"token|secret|key|password|credential|seed")


def policy_with(hooks):
    """The town's policy, with a secret beside every key that takes one."""
    named = f'    token_env: SHOP_TOKEN\n    callbacks: ["{hooks}/*"]\n    callback_secret_env: SHOP_CALLBACK\n'
    auditors = "auditors: {audit: {token_env: AUDITOR_TOKEN}}\nretention: {content: 400d}\n"
    return POLICY.replace("    token_env: SHOP_TOKEN\n", named) + auditors


def parts(annotation):
    """An annotation with all that stands within it."""
    yield annotation
    for part in (*get_args(annotation), *getattr(annotation, "__metadata__", ())):
        yield from parts(part)


def secret_settings():
    return {name for name, each in Settings.model_fields.items() if SecretStr in parts(each.annotation)}


def secret_keys(entry=PolicyFile):
    """The keys of the policy whose values are quoted nowhere."""
    for name, each in entry.model_fields.items():
        within = [*parts(each.annotation), *(part for held in each.metadata for part in parts(held))]
        if any(isinstance(part, Shape) and part.secret for part in within):
            yield name
        if (inner := entry_in(each.annotation)) is not None and inner is not entry:
            yield from secret_keys(inner)


def test_t26_every_secret_setting_is_one_by_its_kind_and_is_driven_here():
    assert secret_settings() == set(SECRETS)
    named = {name for name in Settings.model_fields if SOUNDS_SECRET.search(name)}
    assert named - secret_settings() == set(), "what sounds like a secret is a SecretStr"
    assert set(secret_keys()) == KEYS


def test_t26_no_settings_show_a_secret_however_they_are_printed():
    values = dict.fromkeys(SECRETS, "xoxb-canary") | {"slack_app_token": "xapp-canary"}
    values |= {"signoff_database_url": f"postgresql://signoff:{PASSWORD}@db.example.com/signoff"}
    settings = Settings(_env_file=None, **values)
    for shown in (repr(settings), str(settings), settings.model_dump_json(exclude=PASSWORDS), f"{settings!r:.2000}"):
        assert "canary" not in shown
    assert PASSWORD in settings.signoff_database_url


def forms_of(secret):
    """A secret as text, and as it may stand in something else."""
    raw = secret.encode() if isinstance(secret, str) else secret
    return {raw, base64.b64encode(raw), base64.urlsafe_b64encode(raw).rstrip(b"="), raw.hex().encode()}


class Watch:
    """What must be found nowhere, and what was looked through."""

    def __init__(self, secrets):
        self.forms = {form: name for name, secret in secrets.items() for form in forms_of(secret)}
        self.looked = {}

    def add(self, name, secret):
        self.forms |= dict.fromkeys(forms_of(secret), name)

    def look(self, where, what, but=None):
        """Looks for each but the one that may stand there."""
        data = what if isinstance(what, bytes) else what.encode()
        self.looked[where] = self.looked.get(where, 0) + len(data)
        found = {name for form, name in self.forms.items() if name != but and form in data}
        assert not found, f"{where} has {sorted(found)}"

    async def ask(self, session, method, path, expect=200, **more):
        async with session.request(method, path, **more) as response:
            body = await response.read()
            self.look(f"{method} {path.split('?')[0]}", body + repr(response.headers).encode())
            assert response.status == expect, (path, response.status, body[:300])
            return body


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_t26_no_secret_is_in_any_log_answer_message_export_or_file(tmp_path, mode):
    async with receiving() as receiver, premises(tmp_path, mode, policy=policy_with(receiver.url)) as place:
        place.variables = {
            "SIGNOFF_SIGNING_KEY": SECRETS["signoff_signing_key"],
            "SIGNOFF_PRIVATE_CALLBACKS": "127.0.0.0/8",
            "SHOP_CALLBACK": CALLBACK_SECRET,
            "AUDITOR_TOKEN": AUDITOR_TOKEN,
            "PYTHONASYNCIODEBUG": "1",
        }
        secrets = {
            "slack_bot_token": place.slack.bot_token,
            "slack_app_token": place.slack.app_token,
            "slack_signing_secret": place.slack.signing_secret,
            "signoff_signing_key": SEED,
            "the seal key": seal_key(SEED),
            "SHOP_TOKEN": AGENT_TOKEN,
            "OTHER_TOKEN": OTHER_TOKEN,
            "AUDITOR_TOKEN": AUDITOR_TOKEN,
            "callback secret": CALLBACK_SECRET,
            "callback secret's bytes": base64.b64decode(CALLBACK_SECRET.removeprefix("whsec_")),
        }
        assert secret_settings() <= secrets.keys()
        watch = Watch(secrets)
        place.database.with_name("signoff.db.key").write_text(SECRETS["signoff_signing_key"])  # both may be there
        await place.start()
        over = await lived(place, watch, f"{receiver.url}/hooks/1")
        (got,) = await receiver.count(1)
        watch.look("callbacks", got.body + repr(got.headers).encode())
        await troubled(place)
        await asked(place, watch)
        for call in place.slack.calls:
            shown = {name: value for name, value in call.args.items() if name != "token"}
            told = repr(shown) + ("" if call.method == "apps.connections.open" else repr(call.answer))
            watch.look(f"Slack {call.method}", told, but=ENROLLED if "authenticator app" in told else None)
        assert await place.bot.end() == 0
        await commanded(place, watch, over)
        for process in place.started:
            watch.look("log", "".join(process.said))
        for path in tmp_path.rglob("*"):
            if path.is_file() and path.suffix != ".key":
                watch.look(path.suffix or path.name, path.read_bytes())
    kinds = {"log", ".db", "GET /metrics", "GET /v1/audit", "callbacks", "Slack chat.postMessage", "signoff doctor"}
    assert kinds <= watch.looked.keys()
    assert all(watch.looked[each] > 50 for each in kinds)


async def lived(place, watch, url):
    """One is approved, claimed and reported, one rejected, one waits."""
    proposal = await place.propose("email.send", callback_url=url)
    card = await place.card(SUPPORT, proposal)
    await place.click("U0ALICE", SUPPORT, card, "approve")
    await place.card_saying(SUPPORT, card["ts"], "Approved")
    await place.claim(proposal)
    await place.report(proposal, "succeeded", detail="Sent.")
    other = await place.propose("refund.create", {"amount": 250, "note": "Broken"})
    card = await place.card(FINANCE, other)
    await place.click("U0CAROL", FINANCE, card, "reject")
    await place.modal_saying("U0CAROL", "Reason")
    await place.slack.submit("U0CAROL", {"Reason": "Not today"})
    await place.slack.command("U0ALICE", SUPPORT, "/approvals", "")
    await place.propose("email.send", {"to": "waits"})
    await place.slack.command("U0ALICE", SUPPORT, "/approvals", "enrol")
    key = await shown_key(place, "U0ALICE")
    watch.add(ENROLLED, key)
    watch.add(ENROLLED, base64.b32decode(key))
    await place.slack.submit("U0ALICE", {"The code that it shows now": pyotp.TOTP(key).now()})
    await place.modal_saying("U0ALICE", "You have a second factor.")
    for path in (f"/v1/proposals/{proposal['id']}", f"/v1/proposals/{proposal['id']}/receipt", "/v1/proposals"):
        await watch.ask(place.agent, "GET", path)
    return proposal["id"]


async def troubled(place):
    """What an operator meets: Slack refuses, and answers what is no JSON."""
    place.slack.faults.add("chat.postMessage", "ok_false", error="invalid_auth")
    await place.propose("email.send", {"to": "troubled"})
    await place.calling("chat.postMessage", 4)


async def asked(place, watch):
    """Every answer, with the right token, with none and with one that is another's or wrong."""
    for path in ("/healthz", "/readyz", "/metrics", "/.well-known/jwks.json", "/v1/openapi.json", "/v1/nothing"):
        async with place.agent.get(path) as response:
            watch.look(f"GET {path}", await response.read() + repr(response.headers).encode())
    auditor = {"Authorization": f"Bearer {AUDITOR_TOKEN}"}
    await watch.ask(place.agent, "GET", "/v1/audit", headers=auditor)
    async with aiohttp.ClientSession(base_url=place.bot.url) as nobody:
        wrong = [f"Bearer {AGENT_TOKEN}x", f"Basic {AGENT_TOKEN}", AGENT_TOKEN, f"Bearer {place.slack.bot_token}"]
        for said in wrong:
            headers = {"Authorization": said}
            await watch.ask(nobody, "GET", "/v1/proposals", 401, headers=headers)
            await watch.ask(nobody, "POST", "/v1/proposals", 401, headers=headers, data=b"{")
        await watch.ask(nobody, "GET", "/v1/audit", 403, headers={"Authorization": f"Bearer {AGENT_TOKEN}"})
        await watch.ask(nobody, "GET", f"/v1/proposals?token={AGENT_TOKEN[:-1]}", 401)


async def commanded(place, watch, over):
    """Every command that reads, for people and for programs."""

    folder = place.folder

    async def run(*words):
        env = {**place.environ(), "PYTHONPATH": str(ROOT)}
        done = await asyncio.to_thread(program.run, words, env=env, cwd=folder)
        assert "Traceback" not in done.stderr, done.stderr
        watch.look(f"signoff {words[0]}", done.stdout + done.stderr)

    policy = str(folder / "policy.yml")
    for words in (
        ("policy", "check", policy),
        ("policy", "lint", policy),
        ("audit", "verify"),
        ("fsck",),
        ("callbacks", "list"),
        ("erase", over, "--dry-run"),
        ("doctor",),
    ):
        await run(*words)
        await run(*words, "--json")
    for form in ("jsonl", "ocsf"):
        await run("audit", "export", "--format", form)
    await run("evidence", "--since", "2020-01-01", "--until", "2100-01-01", "--output", str(folder / "evidence"))
    assert list((folder / "evidence").iterdir())


WRONG = {
    "SLACK_BOT_TOKEN": ["canary", "xapp-canary", "xoxb-canary"],
    "SLACK_APP_TOKEN": ["canary", "xoxb-canary"],
    "SIGNOFF_SIGNING_KEY": ["canary", "Y2FuYXJ5LWNhbmFyeQ==,canary"],
    "SIGNOFF_DATABASE_URL": [
        "postgresql://signoff:canary@127.0.0.1:9/signoff",
        "postgresql://signoff:canary@127.0.0.1:9/",
        "postgresql://signoff:canary@127.0.0.1:canary/signoff",
        "postgresql://signoff:canary@[::canary/signoff",
        "postgresql://signoff:canary/slash@127.0.0.1:9/signoff",
        "postgres://canary:canary:canary@[canary",
        "sqlite://[canary",
        "postgresql://signoff:canary@127.0.0.1:9/signoff?sslmode=canary",
        "mysql://signoff:canary@db.example.com/signoff",
        "sqlite://signoff:canary@db/signoff",
    ],
    "SLACK_API_URL": ["https://slack:canary@slack.com/api/"],
    "SIGNOFF_URL": ["https://signoff:canary@approvals.example.com"],
    "SHOP_TOKEN": ["canary", "canary canary canary canary canary canary"],
    "SHOP_CALLBACK": ["canary", "whsec_canary", "whsec_Y2FuYXJ5"],
    "AUDITOR_TOKEN": ["canary", AGENT_TOKEN],
    "SLACK_SIGNING_SECRET": ["canary"],
}
"""Settings and variables as they are mistyped, or those of another place."""


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_t26_no_error_quotes_a_wrong_value_of_a_secret(tmp_path, name, value):
    (tmp_path / "policy.yml").write_text(policy_with("https://agents.example.com"), encoding="utf-8")
    right = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "" if name == "SLACK_SIGNING_SECRET" else "xapp-1",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "SIGNOFF_PORT": "0",
        "SIGNOFF_SIGNING_KEY": base64.b64encode(SEED).decode(),
        "SHOP_TOKEN": AGENT_TOKEN,
        "OTHER_TOKEN": OTHER_TOKEN,
        "SHOP_CALLBACK": CALLBACK_SECRET,
        "AUDITOR_TOKEN": AUDITOR_TOKEN,
    }
    kept = {each: text for each, text in os.environ.items() if not each.startswith(("SLACK_", "SIGNOFF_"))}
    env = {**kept, "PYTHONPATH": str(ROOT), **right, name: value}
    commands = [("policy", "check", "--json"), ("audit", "verify", "--json"), ("doctor", "--json"), ("fsck", "--json")]
    for words in [("serve",), *commands]:
        done = program.run(words, env=env, cwd=tmp_path, ended_by='"ready"')
        said = done.stdout + done.stderr
        assert "canary" not in said.lower(), (words, said)
        assert AGENT_TOKEN not in said
        assert "Traceback" not in said, (words, said)


def test_t26_the_password_of_a_server_is_told_by_no_command_whether_it_lets_us_in_or_not(tmp_path):
    (tmp_path / "policy.yml").write_text(policy_with("https://agents.example.com"), encoding="utf-8")
    with new_server_database() as url:
        parts = urlsplit(url)
        known = parts._replace(netloc=f"{parts.username}:{PASSWORD}@{parts.netloc.rpartition('@')[2]}")
        for address in (known, known._replace(path="/none"), known._replace(netloc=f"nobody:{PASSWORD}@")):
            env = {
                **{each: text for each, text in os.environ.items() if not each.startswith(("SLACK_", "SIGNOFF_"))},
                "SIGNOFF_DATABASE_URL": urlunsplit(address),
                "SIGNOFF_SIGNING_KEY": base64.b64encode(SEED).decode(),
                "SLACK_BOT_TOKEN": "xoxb-1",
                "SLACK_APP_TOKEN": "xapp-1",
                "SLACK_API_URL": "http://127.0.0.1:9/api/",
                "SIGNOFF_PORT": "0",
                "SHOP_TOKEN": AGENT_TOKEN,
                "OTHER_TOKEN": OTHER_TOKEN,
                "SHOP_CALLBACK": CALLBACK_SECRET,
                "AUDITOR_TOKEN": AUDITOR_TOKEN,
            }
            commands = [("serve",), ("audit", "verify", "--json"), ("doctor", "--json"), ("fsck", "--json")]
            commands += [("audit", "export"), ("erase", "--older-than", "1d", "--dry-run"), ("callbacks", "list")]
            said = []
            for words in commands:
                done = program.run(words, env=env, cwd=tmp_path, ended_by='"ready"')
                said.append(done.stdout + done.stderr)
                assert PASSWORD not in said[-1], (words, said)
                assert "Traceback" not in said[-1], (words, said)
            assert all(said)
            assert ("The database server answers" in said[2]) == (address == known)
