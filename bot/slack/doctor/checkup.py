"""Checks of Slack as the bot would use it: tokens, scopes, channels, people, groups, clock, cards."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.doctor.specimens import specimens
from bot.slack.people import barred
from bot.slack.web.client import Denied, Limited, SlackFault, call, call_with_headers
from bot.slack.web.identity import AppUnknown, Identity, TokenRefused, WhoWeAre
from bot.slack.words import alerts as say
from policy import LoadedPolicy


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


SCOPES = (
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:read",
    "im:write",
    "usergroups:read",
    "users:read",
)
"""What the manifest asks for."""
DRIFT, TOO_FAR = 60, 300
"""Seconds between our clock and Slack's that are worth a word, and from which on Slack's requests are refused."""
_BOT = "SLACK_BOT_TOKEN"
_PATIENCE = 3
"""How often a call is made again that Slack puts off."""


class Level(StrEnum):
    """How much a finding matters."""

    well = "well"
    advice = "advice"
    fault = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    about: str
    level: Level
    said: str
    mend: str = ""
    """What to do, a sentence; empty where all is well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What to look at, and with what."""

    client: AsyncWebClient
    app_token: str | None
    """None in HTTP mode."""
    policy: LoadedPolicy | None
    """None where it has faults: then there are no channels or people to look at."""
    now: Callable[[], datetime]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Waits so many seconds, when Slack puts a call off."""

    async def findings(self) -> AsyncIterator[Finding]:
        """One after the other, as they are found. Without a token that works, hardly anything can be looked at."""
        works = True
        async for finding in self._token():
            works = works and (finding.about, finding.level) != (_BOT, Level.fault)
            yield finding
        identity = await self._identity() if works else None
        async for finding in self._socket(identity):
            yield finding
        if identity is None:
            return
        if self.policy is not None:
            async for finding in self._named(self.policy, identity):
                yield finding
        async for finding in self._cards():
            yield finding

    async def _named(self, policy: LoadedPolicy, identity: Identity) -> AsyncIterator[Finding]:
        for channel, purpose in _channels(policy).items():
            async for finding in self._channel(channel, purpose):
                yield finding
        for user, purpose in _people(policy).items():
            yield await self._person(user, purpose, identity)
        for group, purpose in _groups(policy).items():
            yield await self._group(group, purpose)

    async def _identity(self) -> Identity | None:
        who = WhoWeAre(self.client)
        try:
            await who.ask()
        except (TokenRefused, AppUnknown):
            return None
        return who.known

    async def _token(self) -> AsyncIterator[Finding]:
        try:
            answer = await call_with_headers(self.client, "auth_test")
        except Denied as denied:
            yield _fault(_BOT, f"Slack refuses it: {denied}.", "Copy it anew: Slack app, page OAuth & Permissions.")
            return
        except SlackFault as fault:
            yield _fault(_BOT, f"Slack is out of reach: {fault}.", "Look at the network, a proxy, and SLACK_API_URL.")
            return
        yield _well(_BOT, f"is that of {answer.get('user')} in {answer.get('team')}")
        headers = {str(name).lower(): str(value) for name, value in dict(answer.headers).items()}
        yield _scopes(headers.get("x-oauth-scopes"))
        yield self._clock(headers.get("date"))

    def _clock(self, date: str | None) -> Finding:
        try:
            theirs = parsedate_to_datetime(date or "")
        except ValueError:
            return _advice("clock", "Slack's answer has no time to compare with.", "Look at this machine's clock.")
        apart = abs((self.now() - theirs).total_seconds())
        if apart < DRIFT:
            return _well("clock", "goes with Slack's")
        told = f"is {apart:.0f} s away from Slack's."
        mend = "Let the machine keep its time by NTP."
        if apart < TOO_FAR:
            return _advice("clock", told, mend)
        return _fault("clock", f"{told} Requests of Slack are refused, and deadlines fall at the wrong time.", mend)

    async def _socket(self, identity: Identity | None) -> AsyncIterator[Finding]:
        """Not connected to: of several sockets any one gets a click, and this one would swallow the bot's."""
        about = "SLACK_APP_TOKEN"
        if self.app_token is None:
            said = "is not set: HTTP mode. Whether Slack's requests arrive cannot be seen from here."
            yield _advice("HTTP mode", f"SLACK_APP_TOKEN {said}", "Open the home tab in Slack and look at the log.")
            return
        try:
            whose = await call(self.client, "auth_test", token=self.app_token)
            opened = await call(self.client, "apps_connections_open", app_token=self.app_token)
        except Denied as denied:
            mend = "Make one with connections:write: Slack app, page Basic Information, App-Level Tokens."
            yield _fault(about, f"Slack refuses it: {denied}.", mend)
            return
        except SlackFault as fault:
            yield _fault(about, f"Slack is out of reach: {fault}.", "Look at the network and try again.")
            return
        ours, theirs = identity.app_id if identity else None, whose.get("app_id")
        if ours and theirs and ours != theirs:
            mend = "Copy both tokens from the same Slack app."
            yield _fault(about, f"is of the app {theirs}, the bot token of {ours}: no click arrives.", mend)
            return
        yield _well(about, "opens a socket")
        yield await _reached(str(opened.get("url") or ""))

    async def _channel(self, channel: str, purpose: str) -> AsyncIterator[Finding]:
        about = f"channel {channel} ({purpose})"
        try:
            answer = await self._patiently("conversations_info", channel=channel)
        except Denied as denied:
            yield _fault(about, f"cannot be read: {denied}.", "Look at the id, and invite the bot: /invite @Signoff.")
            return
        except SlackFault as fault:
            yield _fault(about, f"could not be looked at: {fault}.", "Try again.")
            return
        found = answer.get("channel") or {}
        if (said := unusable(found)) is not None:
            what, _, mend = said.partition(": ") if ": " in said else said.partition(". ")
            yield _fault(about, f"{what}.", mend)
            return
        if found.get("is_private") is False:
            told = "is public: everyone in the workspace can read what stands on its cards."
            yield _advice(about, told, "Make it private, unless that is meant.")
        else:
            yield _well(about, "is private, and the bot is in it")
        async for finding in self._absent(channel, about):
            yield finding

    async def _absent(self, channel: str, about: str) -> AsyncIterator[Finding]:
        """Reviewers who would not see the card, or not be called by it."""
        assert self.policy is not None
        asked = sorted(
            {user for role in self.policy.roles.values() if role.channel == channel for user in role.members}
        )
        if not asked:
            return
        inside: set[str] = set()
        cursor = ""
        try:
            while True:
                answer = await self._patiently("conversations_members", channel=channel, limit=1000, cursor=cursor)
                inside.update(str(user) for user in answer.get("members") or ())
                cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
                if not cursor:
                    break
        except SlackFault as fault:
            yield _advice(about, f"does not show who is in it: {fault}.", "Try again.")
            return
        if missing := [user for user in asked if user not in inside]:
            told = f"lacks {', '.join(missing)}, who may decide there: a mention does not reach them."
            yield _advice(about, told, "Invite them to the channel.")

    async def _person(self, user: str, purpose: str, identity: Identity) -> Finding:
        about = f"person {user} ({purpose})"
        try:
            answer = await self._patiently("users_info", user=user)
        except Denied as denied:
            return _fault(about, f"is not to be found: {denied}.", "Copy the member id from their profile in Slack.")
        except SlackFault as fault:
            return _fault(about, f"could not be looked up: {fault}.", "Try again.")
        found = answer.get("user") or {}
        if (why := barred(found, identity)) is not None:
            return _fault(about, f"may decide nothing: {_WHY[why]}.", "Name somebody else in the policy.")
        return _well(about, f"is {found.get('real_name') or found.get('name')}")

    async def _group(self, group: str, purpose: str) -> Finding:
        about = f"user group {group} ({purpose})"
        try:
            answer = await self._patiently("usergroups_users_list", usergroup=group)
        except Denied as denied:
            paid = "User groups need a paid plan of Slack: name the members in the policy instead."
            mend = paid if "plan" in denied.error else "Copy the id from the group's page in Slack, or drop it."
            return _fault(about, f"cannot be read: {denied}. Nobody counts as being in it.", mend)
        except SlackFault as fault:
            return _fault(about, f"could not be looked at: {fault}.", "Try again.")
        count = len(answer.get("users") or ())
        if not count:
            return _fault(about, "has nobody in it.", "Add people to it in Slack.")
        return _well(about, f"has {count} {'person' if count == 1 else 'people'} in it")

    async def _cards(self) -> AsyncIterator[Finding]:
        taken = []
        for name, shown in specimens(self.now()):
            try:
                # In the body: the client's own method for it puts everything into the address, which is too long.
                await self._patiently("api_call", api_method="blocks.validate", json=shown)
            except Denied as denied:
                if denied.error == "unknown_method":
                    yield _advice("cards", "Slack does not check them here.", "Nothing is to be done.")
                    return
                yield _fault(f"the {name}", f"Slack would not take it: {denied}.", "Report it, with this sentence.")
            except SlackFault as fault:
                yield _advice(f"the {name}", f"could not be checked: {fault}.", "Try again.")
            else:
                taken.append(name)
        if taken:
            yield _well("cards", f"Slack takes the {', the '.join(taken)}")

    async def _patiently(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Calls, and waits as told when there were too many calls."""
        for _ in range(_PATIENCE):
            try:
                return await call(self.client, method, **arguments)
            except Limited as limited:
                await self.pause(limited.seconds)
        return await call(self.client, method, **arguments)


_WHY = {
    "deactivated": "the account is deactivated",
    "bot": "it is a bot",
    "stranger": "it belongs to another company",
    "guest": "it is a guest",
    "another workspace": "it belongs to another workspace",
}
"""What each reason for being barred means, in words."""


async def _reached(url: str) -> Finding:
    """Whether the address that Slack gave for sockets can be connected to, without speaking to it."""
    parts = urlsplit(url)
    secure = parts.scheme == "wss"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    try:
        async with asyncio.timeout(5):
            _, writer = await asyncio.open_connection(host, port, ssl=ssl.create_default_context() if secure else None)
    except (OSError, TimeoutError) as error:
        mend = f"Let connections to {host}:{port} out: a firewall or a proxy stands between."
        return _fault("socket", f"cannot be reached: {error or 'no answer within 5 s'}.", mend)
    writer.close()
    return _well("socket", "can be reached")


def _scopes(granted: str | None) -> Finding:
    if granted is None:
        return _advice("scopes", "Slack does not say which there are.", "Compare the app with manifest.yml.")
    missing = sorted(set(SCOPES) - {each.strip() for each in granted.split(",")})
    if missing:
        mend = "Take manifest.yml as the app's manifest, install the app again, and copy the token anew."
        return _fault("scopes", f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.", mend)
    return _well("scopes", "are those of the manifest")


def _channels(policy: LoadedPolicy) -> Mapping[str, str]:
    found = [(role.channel, f"role {name}") for name, role in policy.roles.items()]
    return _joined(found + ([(policy.ops.channel, "ops")] if policy.ops else []))


def _people(policy: LoadedPolicy) -> Mapping[str, str]:
    found = [(user, f"role {name}") for name, role in policy.roles.items() for user in role.members]
    found += [(user, f"lead of role {name}") for name, role in policy.roles.items() for user in role.lead]
    found += [(agent.owner, f"owner of {name}") for name, agent in policy.agents.items() if agent.owner]
    return _joined(found + [(user, "ops") for user in (policy.ops.members if policy.ops else ())])


def _groups(policy: LoadedPolicy) -> Mapping[str, str]:
    return _joined((group, f"role {name}") for name, role in policy.roles.items() for group in role.groups)


def _joined(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each id with all that it is for."""
    purposes: dict[str, list[str]] = {}
    for each, purpose in found:
        purposes.setdefault(each, []).append(purpose)
    return {each: ", ".join(named) for each, named in purposes.items()}


def _well(about: str, said: str) -> Finding:
    return Finding(about=about, level=Level.well, said=f"{said}.")


def _advice(about: str, said: str, mend: str) -> Finding:
    return Finding(about=about, level=Level.advice, said=said, mend=mend)


def _fault(about: str, said: str, mend: str) -> Finding:
    return Finding(about=about, level=Level.fault, said=said, mend=mend)
