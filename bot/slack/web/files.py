"""Files in Slack: sent to the address that Slack gives for one, and then shown in a channel."""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp

from bot.slack.web.client import SECONDS, NeverSent, SlackFault, call

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

LONGEST_ALT = 1000
"""Characters that Slack takes of what is read out in place of a picture."""


async def share_picture(
    client: "AsyncWebClient", channel: str, content: bytes, *, name: str, title: str, alt: str
) -> None:
    """Shows a PNG in the channel; raises SlackFault. Slack looks at it first, so that it stands there moments later.

    None of it is repeated: of the last step nobody knows whether Slack did what it gave no answer to.
    """
    answer = await call(
        client, "files_getUploadURLExternal", filename=name, length=len(content), alt_txt=alt[:LONGEST_ALT]
    )
    url, file_id = str(answer.get("upload_url") or ""), str(answer.get("file_id") or "")
    if not takes_files(url, client.base_url):
        raise SlackFault("an address for a file that is not Slack's: nothing is sent there")
    await _put(client, url, content)
    files = [{"id": file_id, "title": title}]
    await call(client, "files_completeUploadExternal", files=files, channel_id=channel)


def takes_files(url: str, base_url: str) -> bool:
    """Whether files may be sent there: where the Web API is, or at its `files.` host."""
    try:
        there, api = urlsplit(url), urlsplit(base_url)
    except ValueError:
        return False
    if there.username is not None or there.password is not None:
        return False
    return (there.scheme, there.netloc) in ((api.scheme, api.netloc), ("https", f"files.{api.netloc}"))


async def _put(client: "AsyncWebClient", url: str, content: bytes) -> None:
    """The address is its own secret: the token does not go with it, nor further than it leads."""
    session = client.session
    assert session is not None
    kind = {"Content-Type": "image/png"}
    try:
        async with (
            asyncio.timeout(SECONDS),
            session.post(url, data=content, headers=kind, allow_redirects=False) as response,
        ):
            status = response.status
    except aiohttp.ClientConnectorError as error:
        raise NeverSent(f"cannot connect: {error.os_error}") from None
    except TimeoutError:
        raise SlackFault(f"no answer to a file within {SECONDS:g} s") from None
    except (aiohttp.ClientError, OSError) as error:
        raise SlackFault(f"{type(error).__name__} instead of an answer to a file") from None
    if status != 200:
        raise SlackFault(f"Slack answered a file with {status}")
