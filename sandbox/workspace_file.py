"""The workspace file: people, channels, groups, tokens and commands as JSON, checked key by key."""

import json
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.workspace import Channel, User

if TYPE_CHECKING:
    from sandbox.driver import Sandbox

Json = dict[str, Any]

TOKENS = ("bot_token", "app_token", "signing_secret")
PERSON = {field.name for field in fields(User)}
CHANNEL = {field.name for field in fields(Channel)} - {"created", "messages", "user"}
KEYS: dict[str, set[str]] = {
    "people": PERSON,
    "channels": CHANNEL,
    "groups": {"id", "name", "users"},
    "commands": {"command", "should_escape"},
}


class WorkspaceFileError(Exception):
    """The file cannot be used; the sentence says where and why."""


def read(path: Path) -> Json:
    """The file's content, every key known; raises WorkspaceFileError otherwise."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise WorkspaceFileError(f"{path}: {wrong.strerror}") from None
    except ValueError as wrong:
        raise WorkspaceFileError(f"{path} is no JSON: {wrong}") from None
    if not isinstance(found, dict):
        raise WorkspaceFileError(f"{path}: the file must hold one object")
    for key, value in found.items():
        if key in KEYS:
            _known(path, key, value)
        elif key not in TOKENS:
            allowed = ", ".join([*KEYS, *TOKENS])
            raise WorkspaceFileError(f"{path}: unknown key {key!r}; there is {allowed}")
        elif not isinstance(value, str) or not value:
            raise WorkspaceFileError(f"{path}: {key} must be a text")
    return found


def _known(path: Path, key: str, value: Any) -> None:
    if not isinstance(value, list):
        raise WorkspaceFileError(f"{path}: {key} must be a list")
    name = "command" if key == "commands" else "id"
    for place, entry in enumerate(value):
        where = f"{path}: {key}[{place}]"
        if not isinstance(entry, dict) or not isinstance(entry.get(name), str):
            raise WorkspaceFileError(f"{where} must be an object with {name!r}")
        unknown = sorted(entry.keys() - KEYS[key])
        if unknown:
            raise WorkspaceFileError(f"{where}: unknown key {unknown[0]!r}; there is {', '.join(sorted(KEYS[key]))}")
        if name == "id" and not isinstance(entry.get("name"), str):
            raise WorkspaceFileError(f"{where} must have a name")


def fill(slack: "Sandbox", content: Json) -> None:
    """Put what a file says into a workspace; channels without `members` hold everybody."""
    workspace = slack.workspace
    for token in TOKENS:
        if token in content:
            setattr(workspace, token, content[token])
    for person in content.get("people", []):
        flags = {key: value for key, value in person.items() if key not in ("id", "name")}
        slack.add_user(person["id"], person["name"], **flags)
    everybody = [user.id for user in workspace.users.values() if not user.is_bot]
    for channel in content.get("channels", []):
        flags = {key: value for key, value in channel.items() if key not in ("id", "name", "members")}
        slack.add_channel(channel["id"], channel["name"], members=channel.get("members", everybody), **flags)
    for group in content.get("groups", []):
        slack.add_group(group["id"], group["name"], users=group.get("users", []))
    if "commands" in content:
        workspace.commands = {c["command"]: c.get("should_escape", False) for c in content["commands"]}
