"""Interaction payloads: what Slack sends the app when a person does something, key by key."""

import copy
from typing import Any

from sandbox.workspace import Channel, User, Workspace

Json = dict[str, Any]


def _shared(workspace: Workspace, user: User, kind: str) -> Json:
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.handle, "name": user.handle, "team_id": user.team_id},
        "api_app_id": workspace.app_id,
        "token": workspace.verification_token,
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_name(channel: Channel) -> str:
    """The name of a conversation in payloads; private ones stay unnamed."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def message_action(
    workspace: Workspace, user: User, channel: Channel, message: Json, action: Json, values: Json
) -> Json:
    """`block_actions` from a message; an ephemeral one comes without its content."""
    ephemeral = bool(message.get("is_ephemeral"))
    container: Json = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.get("thread_ts"):
        container["thread_ts"] = message["thread_ts"]
    payload = {
        **_shared(workspace, user, "block_actions"),
        "container": container,
        "trigger_id": workspace.new_trigger(user.id),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "state": {"values": values},
        "actions": [action],
    }
    if not ephemeral:
        payload["message"] = message
    return copy.deepcopy(payload)


def view_action(workspace: Workspace, user: User, view: Json, action: Json) -> Json:
    """`block_actions` from a modal or the home tab."""
    payload = {
        **_shared(workspace, user, "block_actions"),
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": workspace.new_trigger(user.id, view["id"]),
        "view": view,
        "actions": [action],
    }
    return copy.deepcopy(payload)


def submission(workspace: Workspace, user: User, view: Json) -> Json:
    """`view_submission`."""
    payload = {
        **_shared(workspace, user, "view_submission"),
        "trigger_id": workspace.new_trigger(user.id, view["id"]),
        "view": view,
        "response_urls": [],
    }
    return copy.deepcopy(payload)


def closed(workspace: Workspace, user: User, view: Json, *, cleared: bool) -> Json:
    """`view_closed`."""
    return copy.deepcopy({**_shared(workspace, user, "view_closed"), "view": view, "is_cleared": cleared})


def command(workspace: Workspace, user: User, channel: Channel, word: str, text: str) -> Json:
    """A slash command; every field is text, also what looks like a boolean."""
    return {
        "token": workspace.verification_token,
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.handle,
        "command": word,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "trigger_id": workspace.new_trigger(user.id),
    }


def home_opened(workspace: Workspace, user: User, view: Json | None) -> Json:
    """`app_home_opened` in its event wrapper."""
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": workspace.direct(user.id).id,
        "tab": "home",
        "event_ts": workspace.ts(),
    }
    if view is not None:
        event["view"] = copy.deepcopy(view)
    return _wrapped(workspace, event)


def joined(workspace: Workspace, user_id: str, channel: Channel, inviter: User) -> Json:
    """`member_joined_channel` in its event wrapper: of whoever joins, and of the bot itself."""
    event: Json = {
        "type": "member_joined_channel",
        "user": user_id,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": workspace.team_id,
        "inviter": inviter.id,
        "event_ts": workspace.ts(),
    }
    return _wrapped(workspace, event)


def _wrapped(workspace: Workspace, event: Json) -> Json:
    authorization = {
        "enterprise_id": None,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": workspace.verification_token,
        "team_id": workspace.team_id,
        "api_app_id": workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(workspace.clock()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
    }
