"""Conversations, found and read: `conversations.*`."""

from typing import Any

from sandbox.errors import SlackError
from sandbox.web.arguments import Arguments
from sandbox.web.methods import method
from sandbox.workspace import Channel, Workspace

Json = dict[str, Any]


def family(channel: Channel) -> str:
    """The family of scopes a conversation falls under."""
    if channel.is_im:
        return "im"
    return "groups" if channel.is_private else "channels"


def need_scope(workspace: Workspace, *scopes: str) -> None:
    """Refuse with `missing_scope` unless one of `scopes` is granted."""
    if not workspace.scopes.intersection(scopes):
        provided = ",".join(sorted(workspace.scopes))
        raise SlackError("missing_scope", needed=",".join(scopes), provided=provided)


def find_channel(workspace: Workspace, channel_id: str) -> Channel:
    """A conversation the bot can see; a private one it is not in does not exist for it."""
    channel = workspace.channels.get(channel_id)
    if channel is None or (channel.is_private and not channel.bot_is_member):
        raise SlackError("channel_not_found")
    return channel


def channel_object(workspace: Workspace, channel: Channel) -> Json:
    """Slack's conversation object."""
    shared = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.is_archived,
        "is_im": channel.is_im,
        "is_org_shared": False,
        "context_team_id": workspace.team_id,
        "updated": channel.created * 1000,
    }
    if channel.is_im:
        return {**shared, "user": channel.user, "is_user_deleted": False, "priority": 0}
    return {
        **shared,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_general": False,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_pending_ext_shared": False,
        "is_member": channel.bot_is_member,
        "unlinked": 0,
        "creator": workspace.bot_user,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
        "shared_team_ids": [workspace.team_id],
    }


def page(found: list[Any], arguments: Arguments, most: int = 100) -> tuple[list[Any], Json]:
    """One page of a list and the metadata that leads to the next."""
    cursor = arguments.text("cursor")
    start = int(cursor) if cursor.isdecimal() else 0
    if cursor and not cursor.isdecimal():
        raise SlackError("invalid_cursor")
    limit = arguments.number("limit", most)
    if not 1 <= limit <= 1000:
        raise SlackError("invalid_limit")
    following = str(start + limit) if start + limit < len(found) else ""
    return found[start : start + limit], {"next_cursor": following}


@method("conversations.info", takes_json=False)
def info(workspace: Workspace, arguments: Arguments) -> Json:
    """One conversation."""
    channel = find_channel(workspace, arguments.need("channel"))
    need_scope(workspace, f"{family(channel)}:read")
    shown = channel_object(workspace, channel)
    if arguments.flag("include_num_members"):
        shown["num_members"] = len(_members(workspace, channel))
    return {"channel": shown}


def _members(workspace: Workspace, channel: Channel) -> list[str]:
    return [*channel.members, *([workspace.bot_user] if channel.bot_is_member else [])]


@method("conversations.members", takes_json=False)
def members(workspace: Workspace, arguments: Arguments) -> Json:
    """The ids of a conversation's members, the bot among them."""
    channel = find_channel(workspace, arguments.need("channel"))
    need_scope(workspace, f"{family(channel)}:read")
    found, metadata = page(_members(workspace, channel), arguments)
    return {"members": found, "response_metadata": metadata}


@method("conversations.list", takes_json=False)
def listing(workspace: Workspace, arguments: Arguments) -> Json:
    """The conversations the bot can see, of the `types` asked for."""
    wanted = set(arguments.text("types", "public_channel").split(","))
    families = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
    if not wanted <= families.keys():
        raise SlackError("invalid_types")
    for kind in sorted(wanted):
        need_scope(workspace, f"{families[kind]}:read")
    asked = {families[kind] for kind in wanted}
    found = [
        channel_object(workspace, channel)
        for channel in workspace.channels.values()
        if family(channel) in asked
        and (channel.bot_is_member or not channel.is_private)
        and not (arguments.flag("exclude_archived") and channel.is_archived)
    ]
    shown, metadata = page(found, arguments)
    return {"channels": shown, "response_metadata": metadata}


@method("conversations.open")
def open_direct(workspace: Workspace, arguments: Arguments) -> Json:
    """Open the direct message with one person."""
    need_scope(workspace, "im:write")
    if arguments.text("channel"):
        channel = find_channel(workspace, arguments.text("channel"))
    else:
        people = [user for user in arguments.text("users").split(",") if user]
        if len(people) != 1:
            raise SlackError("users_list_not_supplied" if not people else "not_enough_users")
        user = workspace.users.get(people[0])
        if user is None:
            raise SlackError("user_not_found")
        if user.deleted:
            raise SlackError("user_disabled")
        channel = workspace.direct(user.id)
    shown = channel_object(workspace, channel) if arguments.flag("return_im") else {"id": channel.id}
    return {"channel": shown}


@method("conversations.join")
def join(workspace: Workspace, arguments: Arguments) -> Json:
    """Make the bot a member of a public channel."""
    need_scope(workspace, "channels:join")
    channel = find_channel(workspace, arguments.need("channel"))
    if channel.is_private or channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    channel.bot_is_member = True
    workspace.changes.bump()
    return {"channel": channel_object(workspace, channel)}


@method("conversations.history", takes_json=False)
def history(workspace: Workspace, arguments: Arguments) -> Json:
    """The messages of a conversation, newest first, without the replies in threads."""
    channel = _readable(workspace, arguments)
    found = [m for m in channel.messages if m.get("thread_ts", m["ts"]) == m["ts"]]
    return _slice(found[::-1], arguments)


@method("conversations.replies", takes_json=False)
def replies(workspace: Workspace, arguments: Arguments) -> Json:
    """A thread from its parent on."""
    channel = _readable(workspace, arguments)
    parent = arguments.need("ts")
    found = [m for m in channel.messages if parent in (m["ts"], m.get("thread_ts"))]
    if not found:
        raise SlackError("thread_not_found")
    return _slice(found, arguments)


def _readable(workspace: Workspace, arguments: Arguments) -> Channel:
    channel = find_channel(workspace, arguments.need("channel"))
    need_scope(workspace, f"{family(channel)}:history")
    if not channel.bot_is_member:
        raise SlackError("not_in_channel")
    return channel


def _slice(found: list[Json], arguments: Arguments) -> Json:
    oldest, latest = arguments.text("oldest", "0"), arguments.text("latest", "9" * 10)
    inclusive = arguments.flag("inclusive")

    def inside(ts: str) -> bool:
        at = _moment(ts)
        low, high = _moment(oldest), _moment(latest)
        return low <= at <= high if inclusive else low < at < high

    kept = [m for m in found if inside(m["ts"])]
    if not arguments.flag("include_all_metadata"):
        kept = [{key: value for key, value in m.items() if key != "metadata"} for m in kept]
    shown, metadata = page(kept, arguments)
    more = bool(metadata["next_cursor"])
    answer: Json = {"messages": shown, "has_more": more, "pin_count": 0}
    return {**answer, "response_metadata": metadata} if more else answer


def _moment(ts: str) -> tuple[int, int]:
    seconds, _, micros = ts.partition(".")
    if not seconds.isdecimal() or (micros and not micros.isdecimal()):
        raise SlackError("invalid_ts_latest")
    return int(seconds), int(micros.ljust(6, "0")[:6] or 0)
