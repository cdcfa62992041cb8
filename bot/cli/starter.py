"""Starter files, `signoff init`: a policy, settings with fresh secrets, the app's manifest, and what is left to do."""

import base64
import os
import re
import secrets
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from policy.file.scalars import Channel, User
from policy.reference.editor_schema import policy_schema_text
from policy.report import check

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHANNEL, PERSON = "CHANNEL-ID", "MEMBER-ID"
"""Stand where an id is not known yet; the policy is refused as long as they do."""
_ROLE = "reviewers"
_AGENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class NotBegun(Exception):
    """Nothing was written; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a newcomer knows already."""

    channel: str
    """The id of the channel in which cards stand."""
    reviewers: "Sequence[str]"
    """The ids of the people who decide."""
    owner: str
    """The id of the person who answers for the agent."""
    agent: str
    """The agent's name."""

    @property
    def variable(self) -> str:
        """The variable that holds the agent's token."""
        return re.sub(r"[^A-Z0-9]", "_", self.agent.upper()) + "_TOKEN"


def begin(folder: Path, beginning: Beginning) -> tuple[str, ...]:
    """Writes the files and says what is left to do. Raises NotBegun where one is there already, and writes nothing."""
    if _AGENT.fullmatch(beginning.agent) is None or not beginning.agent[0].isalpha():
        raise NotBegun(f"{beginning.agent!r} is no name for an agent. Begin with a letter: letters, digits, _ . -")
    _require_ids(beginning)
    token = f"sgn_{secrets.token_urlsafe(32)}"
    files = {
        "policy.yml": _policy(beginning),
        ".env": _settings(beginning, token),
        "schemas/refund.json": _SCHEMA,
        "policy.schema.json": policy_schema_text(),
        "manifest.yml": _manifest(),
    }
    there = [name for name in files if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        raise NotBegun(
            f"{' and '.join(there)} {'is' if len(there) == 1 else 'are'} in {folder.resolve()} already, so nothing was "
            "written. Begin in another folder: signoff init NAME."
        )
    try:
        (folder / "schemas").mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            _write(folder / name, text)
    except OSError as error:
        raise NotBegun(f"{folder} cannot be written: {error.strerror}. Begin in another folder.") from None
    return _left(folder, beginning, {beginning.variable: token})


def _require_ids(beginning: Beginning) -> None:
    """Raises NotBegun for what is no id of Slack: a name would make a policy that is refused, or reads otherwise."""
    _require_id("--channel", Channel, beginning.channel, CHANNEL)
    for person in beginning.reviewers:
        _require_id("--reviewer", User, person, PERSON)
    _require_id("--owner", User, beginning.owner, PERSON)


def _require_id(option: str, shape: Any, value: str, placeholder: str) -> None:
    if value == placeholder:
        return
    try:
        TypeAdapter(shape).validate_python(value)
    except ValidationError as error:
        wrong = error.errors()[0]["ctx"]["error"]
        raise NotBegun(
            f"{option}: {wrong}. {wrong.remedy} Nothing was written; whoever you leave out is asked for later."
        ) from None


def _write(path: Path, text: str) -> None:
    """For its owner alone: one of the files holds secrets, and none replaces what came to be there meanwhile."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if path.name == ".env" else 0o644)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _policy(beginning: Beginning) -> str:
    alone = set(beginning.reviewers) == {beginning.owner}
    review = (
        "    # You are alone and answer for the agent, too. Leave this out once a second person can decide.\n"
        "    allow_self_review: true\n"
        if alone
        else ""
    )
    return f"""\
# yaml-language-server: $schema=policy.schema.json
# Who may propose, who decides, and what needs whom. `signoff policy check` says what is wrong with it.
version: 1

roles:
  {_ROLE}:
    channel: {beginning.channel}        # the channel's details, at the bottom; /invite @Signoff there
    members: [{", ".join(beginning.reviewers)}]   # a person's profile, the three dots, Copy member ID
{review}
# Who is told of trouble with Signoff itself.
ops:
  channel: {beginning.channel}
  members: [{beginning.owner}]

agents:
  {beginning.agent}:
    token_env: {beginning.variable}
    owner: {beginning.owner}        # answers for it, and never approves what it proposes
    actions: ["*"]

# What no rule knows waits for a person, and silence is a no.
defaults:
  tier: approve
  role: {_ROLE}
  expires_in: 1h

# With a schema a mistyped field is found here, and a wrong payload is sent back to the agent.
schemas:
  refund.create: schemas/refund.json

# Every rule that fits applies, in any order: the strictest tier wins, and the roles of all of them are asked.
rules:
  - {{id: reading-runs, action: "*.read", tier: auto}}
  - id: refunds
    action: refund.create
    tier: approve
    title: "Refund {{payload.amount}} {{payload.currency}} to {{payload.customer}}"
    reason: Money leaves the company
    edit: [amount]
  # One more of another role above 500: give that role a channel and members first.
  # - id: large-refunds
  #   action: refund.create
  #   when: ["payload.amount > 500.0"]
  #   tier: approve
  #   role: finance
  #   reason: Refund above 500
  - {{id: no-drops, action: "db.drop*", tier: block, reason: Tables are never dropped by agents}}
"""


_SCHEMA = """\
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "A refund",
  "type": "object",
  "required": ["customer", "amount", "currency"],
  "additionalProperties": false,
  "properties": {
    "customer": {"type": "string", "maxLength": 100},
    "amount": {"type": "number", "exclusiveMinimum": 0},
    "currency": {"enum": ["EUR", "USD", "GBP"]},
    "note": {"type": "string", "maxLength": 200}
  }
}
"""


def _settings(beginning: Beginning, token: str) -> str:
    seed = base64.b64encode(secrets.token_bytes(32)).decode()
    return f"""\
# Slack app, page "OAuth & Permissions", after "Install to Workspace": begins with xoxb-.
SLACK_BOT_TOKEN=
# Page "Basic Information", "App-Level Tokens", with connections:write: begins with xapp-.
SLACK_APP_TOKEN=

SIGNOFF_POLICY=policy.yml
SIGNOFF_DATABASE_URL=sqlite:///signoff.db
# The address that agents and tools reach the bot under, and the port that it opens.
SIGNOFF_URL=http://127.0.0.1:8080
SIGNOFF_PORT=8080

# Seals the audit log and signs permits and receipts. Keep a copy apart from the database.
SIGNOFF_SIGNING_KEY={seed}

# The token of {beginning.agent}: its programs know it as SIGNOFF_TOKEN.
{beginning.variable}={token}
"""


def _manifest() -> str:
    """The app's manifest, as it ships: beside the sources, or in the installed package."""
    installed = files("bot").joinpath("manifest.yml")
    if installed.is_file():
        return installed.read_text(encoding="utf-8")
    return (Path(__file__).parents[2] / "manifest.yml").read_text(encoding="utf-8")


def _left(folder: Path, beginning: Beginning, environ: "Mapping[str, str]") -> tuple[str, ...]:
    within = "" if folder == Path() else f"cd {folder}, then "
    unknown = [
        f"{what} for {placeholder}"
        for placeholder, what in ((CHANNEL, "the id of your channel"), (PERSON, "the ids of your people"))
        if placeholder in (beginning.channel, beginning.owner, *beginning.reviewers)
    ]
    steps = [
        "api.slack.com/apps, Create New App, From a manifest: paste manifest.yml.",
        "Basic Information: an app-level token with connections:write, into .env as SLACK_APP_TOKEN.",
        "OAuth & Permissions: Install to Workspace, then the bot token into .env as SLACK_BOT_TOKEN.",
        *(f"In policy.yml, write {' and '.join(unknown)}." for _ in unknown[:1]),
        f"In Slack, in the channel{'' if beginning.channel == CHANNEL else ' ' + beginning.channel}: /invite @Signoff",
        f"{within}signoff doctor: looks at all of it, and says how to mend what is wrong.",
        f"{within}signoff serve",
    ]
    report = check(folder / "policy.yml", environ)
    first = next((number for number, step in enumerate(steps, 1) if step.startswith("In policy.yml")), 0)
    state = (
        "policy.yml is sound."
        if report.sound
        else f"policy.yml wants what step {first} says; signoff policy check looks."
    )
    alone = set(beginning.reviewers) == {beginning.owner} and beginning.owner != PERSON
    note = ("You answer for the agent and decide, too: allow_self_review in policy.yml, until somebody joins you.",)
    trial = (
        f"{'The' if report.sound else f'After step {first} the'} policy can be tried on this machine, without Slack:"
    )
    return (
        f"Written to {folder.resolve()}: policy.yml, schemas/refund.json, policy.schema.json, manifest.yml,",
        f"and .env, with a token for {beginning.agent} and a key that seals the audit log.",
        state,
        *(note if alone else ()),
        "",
        "Left to do:",
        *(f"{number}. {step}" for number, step in enumerate(steps, 1)),
        "",
        f"{trial} {within}signoff demo --policy policy.yml",
    )
