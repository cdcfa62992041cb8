"""Whether the channels of the policy can be posted to, and stay inside the house: looked at once, at the start."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.web.client import Denied, SlackFault, call
from bot.slack.words import alerts as say


async def channel_findings(client: AsyncWebClient, channels: Mapping[str, str]) -> list[str]:
    """One sentence a channel that cannot be used; `channels` maps an id to what it is for. Empty is good."""
    findings = []
    for channel, purpose in channels.items():
        try:
            answer = await call(client, "conversations_info", channel=channel)
        except Denied as denied:
            findings.append(say.cannot_be_read(channel, purpose, denied.error))
            continue
        except SlackFault:
            return findings  # Slack is away; the courier finds out when it posts
        if said := unusable(answer.get("channel") or {}):
            findings.append(f"Channel {channel} ({purpose}) {said}")
    return findings


def unusable(channel: Mapping[str, Any]) -> str | None:
    """Why no card may or can be posted there, with what to do; None for a channel that will do."""
    if channel.get("is_archived"):
        return say.IS_ARCHIVED
    if channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"):
        return say.IS_SHARED
    if channel.get("is_member") is False:
        return say.BOT_IS_MISSING
    return None
