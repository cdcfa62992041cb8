"""Screen: what one person sees, as the page asks for it."""

from typing import Any

from sandbox.workspace import Channel, OpenView, Workspace

Json = dict[str, Any]


def screen(workspace: Workspace, user_id: str) -> Json:
    """Everything on one person's screen."""
    me = workspace.users[user_id]
    home = workspace.homes.get(user_id)
    return {
        "team": {"id": workspace.team_id, "name": workspace.team_name, "domain": workspace.domain},
        "me": {"id": me.id, "name": me.name, "title": me.title},
        "users": [
            {"id": user.id, "name": user.name, "title": user.title, "is_bot": user.is_bot}
            for user in workspace.users.values()
        ],
        "groups": [{"id": group.id, "name": group.name} for group in workspace.groups.values()],
        "commands": sorted(workspace.commands),
        "channels": [_channel(workspace, user_id, channel) for channel in workspace.visible(user_id)],
        "ephemerals": [
            {key: message.get(key) for key in ("id", "ts", "channel", "thread_ts", "text", "blocks", "user")}
            for message in workspace.ephemerals
            if message["for"] == user_id
        ],
        "modals": [_view(shown) for shown in workspace.stacks.get(user_id, [])],
        "home": _view(home) if home else None,
        "notices": [notice for notice in workspace.notices if notice["user"] == user_id],
        "version": workspace.changes.version,
    }


def _view(shown: OpenView) -> Json:
    return {**shown.view, "errors": shown.errors}


def _channel(workspace: Workspace, user_id: str, channel: Channel) -> Json:
    threads: dict[str, list[Json]] = {}
    for message in channel.messages:
        threads.setdefault(message.get("thread_ts") or message["ts"], []).append(message)
    roots = [m for m in channel.messages if m.get("thread_ts", m["ts"]) == m["ts"]]
    last_read = workspace.read.get((user_id, channel.id), "")
    return {
        "id": channel.id,
        "name": channel.name or workspace.bot_name,
        "is_private": channel.is_private,
        "is_im": channel.is_im,
        "unread": sum(1 for m in channel.messages if m["ts"] > last_read and m["user"] != user_id),
        "messages": [_message(message, threads[message["ts"]]) for message in roots],
    }


def _message(message: Json, thread: list[Json]) -> Json:
    replies = [_message_json(m) for m in thread if m["ts"] != message["ts"]]
    return {**_message_json(message), "reply_count": len(replies), "replies": replies}


def _message_json(message: Json) -> Json:
    return {key: message.get(key) for key in ("ts", "user", "text", "blocks", "thread_ts", "edited", "files")}
