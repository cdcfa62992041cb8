"""Files, announced, sent and completed: `files.getUploadURLExternal` and `files.completeUploadExternal`.

As in Slack, completing one answers before the file is looked at: its message stands a moment later.
"""

import asyncio
import secrets
from typing import Any

from aiohttp import web

from sandbox.errors import SlackError
from sandbox.web.arguments import Arguments
from sandbox.web.messages import bot_message, open_for_bot, put
from sandbox.web.methods import method
from sandbox.workspace import Channel, StoredFile, Workspace

Json = dict[str, Any]

ALT_CHARACTERS = 1000


@method("files.getUploadURLExternal", "files:write", takes_json=False)
def new_file(workspace: Workspace, arguments: Arguments) -> Json:
    """Announce a file: an address to send it to, which is good once."""
    name, length, alt = arguments.need("filename"), arguments.number("length", 0), arguments.text("alt_txt")
    if length <= 0 or len(alt) > ALT_CHARACTERS:
        raise SlackError("invalid_arguments")
    made = StoredFile(id=workspace.new_id("F"), key=secrets.token_urlsafe(16), name=name, length=length, alt=alt)
    workspace.files[made.id] = made
    return {"upload_url": f"{workspace.url}/_upload/{made.key}", "file_id": made.id}


@method("files.completeUploadExternal", "files:write")
def complete(workspace: Workspace, arguments: Arguments) -> Json:
    """Finish files that were sent, and show them in a channel if one is named."""
    said = arguments.structure("files", "invalid_arguments")
    if not isinstance(said, list) or not said or not all(isinstance(each, dict) for each in said):
        raise SlackError("invalid_arguments")
    found = [workspace.files.get(str(each.get("id"))) for each in said]
    ready = [each for each in found if each is not None and each.content is not None and not each.completed]
    if len(ready) < len(said):
        raise SlackError("file_not_found")
    channel_id = arguments.text("channel_id")
    channel = open_for_bot(workspace, channel_id) if channel_id else None
    for file, each in zip(ready, said, strict=True):
        file.title, file.completed = str(each.get("title") or file.name), True
    if channel is not None:
        loop = asyncio.get_running_loop()
        loop.call_later(workspace.file_seconds, _show, workspace, channel, ready, arguments.text("initial_comment"))
    return {"files": [{"id": file.id, "title": file.title} for file in ready]}


def _show(workspace: Workspace, channel: Channel, files: list[StoredFile], comment: str) -> None:
    message = bot_message(workspace, comment, None)
    message["files"] = [
        {
            "id": file.id,
            "name": file.name,
            "title": file.title,
            "mimetype": "image/png",
            "size": file.length,
            "alt_txt": file.alt,
            "url_private": f"{workspace.url}/_files/{file.id}",
        }
        for file in files
    ]
    put(workspace, channel, message, None)


class Uploads:
    """The addresses that files are sent to, and those at which the page finds them."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    async def take(self, request: web.Request) -> web.Response:
        """One POST of a file's bytes."""
        key = request.match_info["key"]
        found = next((each for each in self.workspace.files.values() if each.key == key), None)
        content = await request.read()
        if found is None or found.content is not None or len(content) != found.length:
            return web.Response(status=400, text="error")
        found.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def show(self, request: web.Request) -> web.Response:
        """The file, once it is completed."""
        found = self.workspace.files.get(request.match_info["file"])
        if found is None or not found.completed:
            return web.Response(status=404, text="no such file")
        return web.Response(body=found.content, content_type="image/png")
