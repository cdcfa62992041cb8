"""Workspace state: people, channels, groups, messages, open views, tokens."""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.errors import SlackError


class Changes:
    """Counts changes; every waiter wakes at each."""

    def __init__(self) -> None:
        self.version = 0
        self.over = False
        self._next: asyncio.Event = asyncio.Event()

    def bump(self) -> None:
        """Note one change and wake all who wait."""
        self.version += 1
        self._next.set()
        self._next = asyncio.Event()

    def end(self) -> None:
        """Wake all who wait for the last time: the workspace closes."""
        self.over = True
        self.bump()

    async def wait(self) -> int:
        """Return the new version, at the next change."""
        await self._next.wait()
        return self.version


Json = dict[str, Any]

TRIGGER_SECONDS = 3.0
MANIFEST_SCOPES = frozenset(
    {
        "chat:write",
        "commands",
        "users:read",
        "channels:read",
        "groups:read",
        "usergroups:read",
        "im:write",
        "files:write",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person or a bot; the flags are those of Slack's `users.info`."""

    id: str
    name: str
    team_id: str
    title: str = ""
    tz: str = "Etc/UTC"
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False

    @property
    def handle(self) -> str:
        """The name in lower case without blanks, as in `user_name`."""
        return self.name.lower().replace(" ", ".")


@dataclass(slots=True, kw_only=True)
class Channel:
    """A conversation; `user` is the other side of a direct message."""

    id: str
    name: str
    created: int
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_ext_shared: bool = False
    is_archived: bool = False
    bot_is_member: bool = True
    user: str | None = None
    messages: list[Json] = field(default_factory=list)

    @property
    def is_im(self) -> bool:
        """Whether this is a direct message with the bot."""
        return self.user is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A user group."""

    id: str
    name: str
    users: tuple[str, ...]
    created: int


@dataclass(slots=True, kw_only=True)
class OpenView:
    """A view as one person sees it: Slack's view object, and the faults shown on its fields."""

    view: Json
    user: str
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Trigger:
    """One `trigger_id`: whose it is, since when, from which modal, whether it is used up."""

    user: str
    at: float
    view_id: str | None
    used: bool = False


@dataclass(slots=True, kw_only=True)
class StoredFile:
    """A file: announced, then sent to its address, then completed, which is when it gets into a channel."""

    id: str
    key: str
    """Of the address to which it is sent."""
    name: str
    length: int
    alt: str
    content: bytes | None = None
    title: str = ""
    completed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the Web API; `answer` and `status` are None where none was given."""

    at: float
    method: str
    args: Json
    answer: Any
    status: int | None


class Workspace:
    """The state behind the Web API and the person's side; all of it in memory."""

    team_id = "T0SANDBOX"
    team_name = "Sandbox"
    domain = "sandbox"
    app_id = "A0SIGNOFF"
    bot_user = "U0SIGNOFF"
    bot_id = "B0SIGNOFF"
    bot_name = "Signoff"

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.url = ""
        self.changes = Changes()
        self.bot_token = f"xoxb-{secrets.token_hex(12)}"
        self.app_token = f"xapp-1-{self.app_id}-{secrets.token_hex(12)}"
        self.signing_secret = secrets.token_hex(16)
        self.verification_token = secrets.token_hex(12)
        self.scopes: set[str] = set(MANIFEST_SCOPES)
        self.app_scopes: set[str] = {"connections:write"}
        self.commands: dict[str, bool] = {"/approvals": True}
        self.user_groups_paid = True
        self.rate_limits = False
        self.typed_emoji_as_colon = False
        self.typed_blanks_trimmed = False
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, Group] = {}
        self.ephemerals: list[Json] = []
        self.stacks: dict[str, list[OpenView]] = {}
        self.homes: dict[str, OpenView] = {}
        self.triggers: dict[str, Trigger] = {}
        self.trigger_seconds = TRIGGER_SECONDS
        self.notices: deque[Json] = deque(maxlen=200)
        self.calls: list[Call] = []
        self.files: dict[str, StoredFile] = {}
        self.file_seconds = 0.05
        self.read: dict[tuple[str, str], str] = {}
        self.tickets: set[str] = set()
        self._last_ts = 0
        self._serial = 0
        self.add_user(User(id=self.bot_user, name=self.bot_name, team_id=self.team_id, is_bot=True))

    # people, channels, groups

    def add_user(self, user: User) -> None:
        """Put a user in, or in place of the one with the same id."""
        self.users[user.id] = user
        self.changes.bump()

    def change_user(self, user_id: str, **flags: Any) -> None:
        """Replace fields of a user; KeyError for an unknown one."""
        self.add_user(replace(self.users[user_id], **flags))

    def add_channel(self, channel: Channel) -> None:
        """Put a channel in."""
        self.channels[channel.id] = channel
        self.changes.bump()

    def add_group(self, group_id: str, name: str, users: tuple[str, ...]) -> None:
        """Put a user group in, or in place of the one with the same id."""
        self.groups[group_id] = Group(id=group_id, name=name, users=users, created=int(self.clock()))
        self.changes.bump()

    def direct(self, user_id: str) -> Channel:
        """The direct message between a person and the bot, opened if need be."""
        channel_id = "D" + user_id[1:]
        if channel_id not in self.channels:
            self.add_channel(
                Channel(id=channel_id, name="", created=int(self.clock()), members=[user_id], user=user_id)
            )
        return self.channels[channel_id]

    def visible(self, user_id: str) -> list[Channel]:
        """The conversations a person sees: public ones and those they are in."""
        return [c for c in self.channels.values() if user_id in c.members or not (c.is_private or c.is_im)]

    # ids and times

    def ts(self) -> str:
        """A message timestamp: the clock in microseconds, never the same or an earlier one."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """A fresh id such as `V0000000001`."""
        self._serial += 1
        return f"{prefix}{self._serial:010d}"

    # triggers

    def new_trigger(self, user: str, view_id: str | None = None) -> str:
        """Mint a `trigger_id` for what a person just did."""
        trigger_id = f"{self.new_id('')}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self.triggers[trigger_id] = Trigger(user=user, at=self.clock(), view_id=view_id)
        return trigger_id

    def spend_trigger(self, trigger_id: str) -> Trigger:
        """Use a trigger up: it is good once, for `trigger_seconds`."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self.clock() - trigger.at > self.trigger_seconds:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    # what a person is told

    def notice(self, user: str, text: str, *, channel: str | None = None) -> None:
        """Show a person one of Slack's own warnings."""
        self.notices.append(
            {"id": self.new_id("N"), "user": user, "text": text, "channel": channel, "at": self.clock()}
        )
        self.changes.bump()

    def find_view(self, view_id: str) -> OpenView | None:
        """The open modal or home view with this id."""
        for stack in self.stacks.values():
            for shown in stack:
                if shown.view["id"] == view_id:
                    return shown
        return next((home for home in self.homes.values() if home.view["id"] == view_id), None)
