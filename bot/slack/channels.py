"""Channels of the policy: looked at when we start, are given another policy, or are invited into one.

What was to stand in one that Slack refuses is given up until somebody mends that. An invite is the mending that Slack
tells us of; of a channel that is no longer archived it tells nothing, and a reload or a start tries again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from approvals.ports import Outbox
from bot.slack.doctor.checkup import channel_findings
from policy import LoadedPolicy

log = structlog.get_logger("signoff")


@dataclass(slots=True, kw_only=True)
class Channels:
    """What is wrong with them, and what to do once one is mended."""

    client: AsyncWebClient
    named: Callable[[], Mapping[str, str]]
    """Those of the policy in force and of the settings, with what each is for."""
    outbox: Outbox
    findings: list[str] = field(default_factory=list)
    """A sentence for each that cannot be used, as of the last look."""

    async def look(self) -> None:
        """Looks at each of them."""
        self.findings = await channel_findings(self.client, self.named())
        for finding in self.findings:
            log.warning(finding)

    async def joined(self, channel: str) -> None:
        """We were invited into it: what was given up there is tried again, once. Raises StoreBusy."""
        requeued = await self.outbox.requeue(channel)
        log.info("invited into a channel", channel=channel, tried_again=requeued)
        if channel in self.named():
            await self.look()


def channels_in(policy: LoadedPolicy, checkpoints: str | None) -> dict[str, str]:
    """Those of a policy, and the one that the settings name for checkpoints, with what each is for."""
    found = {role.channel: f"role {name}" for name, role in policy.roles.items()}
    if policy.ops is not None:
        found.setdefault(policy.ops.channel, "ops")
    if checkpoints is not None:
        found.setdefault(checkpoints, "SIGNOFF_CHECKPOINTS_CHANNEL")
    return found


def trouble_channel(policy: LoadedPolicy, failed: str) -> str | None:
    """Trouble with a channel is told in the operators' channel, unless that is the one in trouble."""
    ops = policy.ops
    return ops.channel if ops is not None and ops.channel != failed else None
