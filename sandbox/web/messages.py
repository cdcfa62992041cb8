"""Messages, posted, changed and deleted: `chat.*`."""

from typing import Any

from sandbox.blockkit.blocks import check_blocks, too_long
from sandbox.blockkit.checks import Faults
from sandbox.blockkit.normalise import keep_markup, normalise
from sandbox.errors import SlackError, faulty
from sandbox.web.arguments import Arguments
from sandbox.web.conversations import find_channel
from sandbox.web.methods import method
from sandbox.workspace import Channel, Workspace

Json = dict[str, Any]

TEXT_CUT = 40_000
UPDATE_TEXT = 4000


def checked_blocks(blocks: Any) -> list[Json] | None:
    """Message blocks as Slack stores them; refuses with `invalid_blocks` and the faults."""
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    faults = Faults()
    check_blocks(blocks, "message", "/blocks", faults)
    if faults.found:
        raise faulty("invalid_blocks", faults.messages())
    if too_long(blocks):
        raise SlackError("msg_blocks_too_long")
    return normalise(blocks)


def _content(arguments: Arguments) -> tuple[str, list[Json] | None]:
    blocks = checked_blocks(arguments.structure("blocks", "invalid_blocks_format"))
    text = arguments.text("text")
    if not text and not blocks:
        raise SlackError("no_text")
    return keep_markup(text[:TEXT_CUT]), blocks


def _metadata(arguments: Arguments) -> Json | None:
    metadata = arguments.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
        raise SlackError("invalid_metadata_format")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}


def find_message(channel: Channel, ts: str) -> Json | None:
    """The message of a channel with this timestamp."""
    return next((message for message in channel.messages if message["ts"] == ts), None)


def open_for_bot(workspace: Workspace, channel_id: str) -> Channel:
    """The channel, if the bot may write there."""
    if channel_id in workspace.users:
        return workspace.direct(channel_id)
    channel = find_channel(workspace, channel_id)
    if channel.is_archived:
        raise SlackError("is_archived")
    public = "chat:write.public" in workspace.scopes and not channel.is_private
    if not channel.bot_is_member and not public:
        raise SlackError("not_in_channel")
    return channel


def bot_message(workspace: Workspace, text: str, blocks: list[Json] | None) -> Json:
    """A message of the bot as Slack keeps it."""
    ts = workspace.ts()
    message: Json = {
        "type": "message",
        "user": workspace.bot_user,
        "text": text,
        "ts": ts,
        "bot_id": workspace.bot_id,
        "app_id": workspace.app_id,
        "team": workspace.team_id,
        "bot_profile": {
            "id": workspace.bot_id,
            "app_id": workspace.app_id,
            "name": workspace.bot_name,
            "deleted": False,
            "updated": int(workspace.clock()),
            "team_id": workspace.team_id,
        },
    }
    if blocks:
        message["blocks"] = blocks
    return message


def put(workspace: Workspace, channel: Channel, message: Json, thread_ts: str | None) -> None:
    """Add a message to a channel, and to its thread's counts."""
    if thread_ts:
        parent = find_message(channel, thread_ts)
        if parent is None:
            raise SlackError("thread_not_found")
        root: str = parent.get("thread_ts") or thread_ts
        message["thread_ts"] = root
        _count_reply(find_message(channel, root) or parent, message)
    channel.messages.append(message)
    workspace.changes.bump()


def _count_reply(parent: Json, reply: Json) -> None:
    people = parent.setdefault("reply_users", [])
    if reply["user"] not in people:
        people.append(reply["user"])
    parent["thread_ts"] = parent["ts"]
    parent["reply_count"] = parent.get("reply_count", 0) + 1
    parent["reply_users_count"] = len(people)
    parent["latest_reply"] = reply["ts"]


@method("chat.postMessage", "chat:write")
def post_message(workspace: Workspace, arguments: Arguments) -> Json:
    """Post to a channel, a thread or a person."""
    channel = open_for_bot(workspace, arguments.need("channel"))
    text, blocks = _content(arguments)
    message = bot_message(workspace, text, blocks)
    metadata = _metadata(arguments)
    if metadata:
        message["metadata"] = metadata
    put(workspace, channel, message, arguments.text("thread_ts") or None)
    return {"channel": channel.id, "ts": message["ts"], "message": dict(message)}


@method("chat.update", "chat:write")
def update(workspace: Workspace, arguments: Arguments) -> Json:
    """Change one of the bot's own messages; blocks that are not given stay."""
    channel = find_channel(workspace, arguments.need("channel"))
    message = find_message(channel, arguments.need("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.get("bot_id") != workspace.bot_id:
        raise SlackError("cant_update_message")
    if channel.is_archived:
        raise SlackError("is_archived")
    if len(arguments.text("text")) > UPDATE_TEXT:
        raise SlackError("msg_too_long")
    text, blocks = _content(arguments)
    metadata = _metadata(arguments)
    change(workspace, message, text, blocks)
    if metadata is not None:
        message["metadata"] = metadata
    return {"channel": channel.id, "ts": message["ts"], "text": text, "message": dict(message)}


def change(workspace: Workspace, message: Json, text: str, blocks: list[Json] | None) -> None:
    """Give a message new words and mark it as edited."""
    message["text"] = text
    if blocks:
        message["blocks"] = blocks
    elif blocks is not None:
        message.pop("blocks", None)
    message["edited"] = {"user": workspace.bot_user, "ts": workspace.ts()}
    workspace.changes.bump()


@method("chat.delete", "chat:write")
def delete(workspace: Workspace, arguments: Arguments) -> Json:
    """Take back one of the bot's own messages."""
    channel = find_channel(workspace, arguments.need("channel"))
    message = find_message(channel, arguments.need("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.get("bot_id") != workspace.bot_id:
        raise SlackError("cant_delete_message")
    remove(workspace, channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


def remove(workspace: Workspace, channel: Channel, message: Json) -> None:
    """Take a message out; its thread's counts shrink with it."""
    channel.messages.remove(message)
    root = message.get("thread_ts")
    parent = find_message(channel, root) if root else None
    if parent is not None and parent is not message:
        parent["reply_count"] -= 1
    workspace.changes.bump()


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(workspace: Workspace, arguments: Arguments) -> Json:
    """Show one person in a channel a message that nobody else sees and nothing keeps."""
    channel = open_for_bot(workspace, arguments.need("channel"))
    user = workspace.users.get(arguments.need("user"))
    if user is None or user.deleted:
        raise SlackError("user_not_found")
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    if arguments.structure("attachments", "invalid_attachments"):
        raise SlackError("invalid_attachments")
    text, blocks = _content(arguments)
    thread_ts = arguments.text("thread_ts") or None
    shown = show_ephemeral(workspace, channel.id, user.id, bot_message(workspace, text, blocks), thread_ts)
    return {"message_ts": shown["ts"]}


def show_ephemeral(workspace: Workspace, channel: str, user: str, message: Json, thread_ts: str | None = None) -> Json:
    """Put an ephemeral message before one person; its id is its timestamp."""
    shown = {
        **message,
        "id": message["ts"],
        "channel": channel,
        "for": user,
        "is_ephemeral": True,
        "thread_ts": thread_ts,
    }
    workspace.ephemerals.append(shown)
    workspace.changes.bump()
    return shown


@method("chat.getPermalink", takes_json=False)
def permalink(workspace: Workspace, arguments: Arguments) -> Json:
    """The address of a message."""
    channel = find_channel(workspace, arguments.need("channel"))
    message = find_message(channel, arguments.need("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    link = f"https://{workspace.domain}.slack.com/archives/{channel.id}/p{message['ts'].replace('.', '')}"
    if message.get("thread_ts", message["ts"]) != message["ts"]:
        link += f"?thread_ts={message['thread_ts']}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}
