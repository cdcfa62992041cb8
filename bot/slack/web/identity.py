"""Identity: who Slack says we are. A refused token stops the start; Slack out of reach only degrades it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.web.client import Denied, SlackFault, call

AGAIN = 5.0
"""Seconds until Slack is asked again after it was out of reach."""


class TokenRefused(Exception):
    """Slack does not accept the bot token."""


class AppUnknown(Exception):
    """Slack does not say whose app the bot is, so what is signed for another app could not be told from ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are, as `auth.test` says."""

    team_id: str
    enterprise_id: str | None
    app_id: str
    bot_id: str | None
    bot_user: str
    org_wide: bool = False
    """Installed for a whole organisation, not for one of its workspaces."""


@dataclass(slots=True)
class WhoWeAre:
    """Our identity in Slack, once known."""

    client: AsyncWebClient
    known: Identity | None = field(default=None)

    async def ask(self) -> bool:
        """Whether Slack answered. Raises TokenRefused, AppUnknown."""
        try:
            answer = await call(self.client, "auth_test")
            app_id = await self._app(answer)
        except Denied as denied:
            raise TokenRefused(denied.error) from None
        except SlackFault as fault:
            structlog.get_logger("slack").warning("Slack is out of reach; trying again", why=str(fault))
            return False
        self.known = Identity(
            team_id=str(answer["team_id"]),
            enterprise_id=answer.get("enterprise_id"),
            app_id=app_id,
            bot_id=answer.get("bot_id"),
            bot_user=str(answer["user_id"]),
            org_wide=bool(answer.get("is_enterprise_install")),
        )
        return True

    async def until_known(self) -> None:
        """Asks until Slack answers."""
        while self.known is None:
            await asyncio.sleep(AGAIN)
            try:
                await self.ask()
            except (TokenRefused, AppUnknown) as refused:
                structlog.get_logger("slack").error("Slack refuses the bot token", error=str(refused))

    async def _app(self, answer: dict[str, Any]) -> str:
        """Whose app the bot is: `auth.test` does not say."""
        try:
            told = await call(self.client, "bots_info", bot=answer.get("bot_id"))
        except Denied as denied:
            raise AppUnknown(denied.error) from None
        found = told.get("bot")
        if not isinstance(found, dict) or not found.get("app_id"):
            raise AppUnknown("no app_id")
        return str(found["app_id"])
