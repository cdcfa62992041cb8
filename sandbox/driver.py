"""Driver: `Sandbox`, a workspace as tests and the demo use it."""

import asyncio
import copy
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypedDict, Unpack

from aiohttp import web

from sandbox import deliver
from sandbox.deliver import Deliverer, Delivery
from sandbox.faults import Faults
from sandbox.parts import PartAttribute
from sandbox.people.person import Person
from sandbox.people.person_api import PersonApi
from sandbox.server import application
from sandbox.web.responses import ResponseUrls
from sandbox.web.sockets import Sockets
from sandbox.web.webapi import WebApi
from sandbox.workspace import Call, Channel, User, Workspace

Json = dict[str, Any]


class Press(TypedDict, total=False):
    """How a button is pressed, or something chosen."""

    value: str | None
    """Of several elements with one action id: which."""
    selected: Any
    """An option's value or label."""
    confirm: bool | None
    """Answers the dialog of an element that asks first: False sends nothing. LookupError where none asks."""


class Sandbox:
    """A Slack workspace on 127.0.0.1, with its server and its people.

    `clock` gives the seconds that timestamps, trigger ids, rates and signatures go by; the three
    seconds to acknowledge are real ones.
    """

    url = PartAttribute[str]()  # http://127.0.0.1:<port>
    bot_token = PartAttribute[str]()  # xoxb-…
    app_token = PartAttribute[str]()  # xapp-…
    signing_secret = PartAttribute[str]()
    team_id = PartAttribute[str]()
    app_id = PartAttribute[str]()
    bot_user = PartAttribute[str]()
    bot_id = PartAttribute[str]()
    scopes = PartAttribute[set[str]]()  # granted to the bot token; change them as you like
    app_scopes = PartAttribute[set[str]]()  # granted to the app token
    rate_limits = PartAttribute[bool]()  # whether Slack's rates hold
    user_groups_paid = PartAttribute[bool]()  # whether the plan has user groups
    typed_emoji_as_colon = PartAttribute[bool]()  # whether emoji in inputs come as `:name:`
    typed_blanks_trimmed = PartAttribute[bool]()  # whether inputs lose the blanks at their ends
    calls = PartAttribute[list[Call]]()  # every call of the Web API so far
    ack_seconds = PartAttribute[float]("deliverer")  # three real ones, unless a test is in a hurry or has patience
    trigger_seconds = PartAttribute[float]()  # how long a trigger id is good: three, by `clock`

    def __init__(self, port: int = 0, clock: Callable[[], float] = time.time) -> None:
        self.workspace = Workspace(clock)
        self.faults = Faults()
        self.sockets = Sockets(self.workspace)
        self.deliverer = Deliverer(self.workspace, self.sockets, self.faults)
        self.responses = ResponseUrls(self.workspace)
        self.person = Person(self.workspace, self.deliverer, self.responses)
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        api = WebApi(self.workspace, self.faults)
        app = application(api, self.sockets, self.responses, PersonApi(self.person))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.workspace.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.faults.release()
        self.workspace.changes.end()
        await self.deliverer.close()
        await self.sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # where and who

    @property
    def api_url(self) -> str:
        """What to give slack_sdk as `base_url`."""
        return f"{self.workspace.url}/api/"

    # setting up

    def add_user(self, user_id: str, name: str, **flags: Any) -> None:
        """Add a person; `flags` are fields of `User` such as `deleted` or `is_restricted`."""
        flags.setdefault("team_id", self.team_id)
        self.workspace.add_user(User(id=user_id, name=name, **flags))

    def change_user(self, user_id: str, **flags: Any) -> None:
        """Change fields of a person."""
        self.workspace.change_user(user_id, **flags)

    def add_channel(self, channel_id: str, name: str, *, members: list[str], **flags: Any) -> None:
        """Add a channel; `flags` are fields of `Channel` such as `is_private` or `bot_is_member`."""
        channel = Channel(id=channel_id, name=name, created=int(self.workspace.clock()), members=list(members), **flags)
        self.workspace.add_channel(channel)

    def change_channel(self, channel_id: str, **flags: Any) -> None:
        """Change fields of a channel."""
        channel = self.workspace.channels[channel_id]
        for key, value in flags.items():
            setattr(channel, key, value)
        self.workspace.changes.bump()

    def add_group(self, group_id: str, name: str, users: list[str]) -> None:
        """Add a user group."""
        self.workspace.add_group(group_id, name, tuple(users))

    def change_group(self, group_id: str, users: list[str]) -> None:
        """Change who is in a user group."""
        self.workspace.add_group(group_id, self.workspace.groups[group_id].name, tuple(users))

    def deliver_to(self, address: str | None) -> None:
        """Send everything to this URL from now on; None for Socket Mode."""
        self.deliverer.address = address

    # looking

    def messages(self, channel: str, thread_ts: str | None = None) -> list[Json]:
        """A channel's messages outside threads, oldest first; with `thread_ts` that thread's replies."""
        everything = self.workspace.channels[channel].messages
        if thread_ts is None:
            found = [m for m in everything if m.get("thread_ts", m["ts"]) == m["ts"]]
        else:
            found = [m for m in everything if m.get("thread_ts") == thread_ts != m["ts"]]
        return copy.deepcopy(found)

    def direct(self, user: str) -> str:
        """The id of the direct message between a person and the bot."""
        return self.workspace.direct(user).id

    def ephemerals(self, user: str) -> list[Json]:
        """What only this person sees, oldest first."""
        return copy.deepcopy([m for m in self.workspace.ephemerals if m["for"] == user])

    def modals(self, user: str) -> list[Json]:
        """A person's stack of modals, each with `errors`; the last is on top."""
        stack = self.workspace.stacks.get(user, [])
        return [copy.deepcopy({**shown.view, "errors": shown.errors}) for shown in stack]

    def modal(self, user: str) -> Json | None:
        """The modal a person looks at, with `errors`."""
        stack = self.modals(user)
        return stack[-1] if stack else None

    def home(self, user: str) -> Json | None:
        """A person's home tab."""
        shown = self.workspace.homes.get(user)
        return copy.deepcopy(shown.view) if shown else None

    def notices(self, user: str) -> list[str]:
        """Slack's own warnings to this person, oldest first."""
        return [notice["text"] for notice in self.workspace.notices if notice["user"] == user]

    async def until(self, condition: Callable[[], Any], timeout: float = 45) -> Any:  # noqa: ASYNC109 - a test's patience
        """Wait for `condition` to be true, looking again at each change; what it returned.

        Raises TimeoutError after `timeout` seconds.
        """
        async with asyncio.timeout(timeout):
            while not (found := condition()):
                await self.workspace.changes.wait()
        return found

    # acting

    async def click(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        *,
        seen: Json | None = None,
        deliveries: int = 1,
        **how: Unpack[Press],
    ) -> Delivery:
        """Press a button or choose in a message.

        `seen` is an older copy of the message, for a screen that has not heard of a change.
        """
        press = {**_press(action_id, how), "seen": seen}
        return await self.person.click_message(user, channel, ts, press, deliveries=deliveries)

    async def click_ephemeral(
        self, user: str, which: int | str, action_id: str, *, deliveries: int = 1, **how: Unpack[Press]
    ) -> Delivery:
        """The same in an ephemeral message, by its place in `ephemerals(user)` or its id."""
        ephemeral_id = self.ephemerals(user)[which]["id"] if isinstance(which, int) else which
        return await self.person.click_ephemeral(user, ephemeral_id, _press(action_id, how), deliveries=deliveries)

    async def click_modal(self, user: str, action_id: str, *, deliveries: int = 1, **how: Unpack[Press]) -> Delivery:
        """The same in the top modal."""
        modals, who = self.person.modals, self.person.user(user)
        return await modals.click(who, modals.top(user), _press(action_id, how), deliveries=deliveries)

    async def click_home(self, user: str, action_id: str, *, deliveries: int = 1, **how: Unpack[Press]) -> Delivery:
        """The same in the home tab."""
        modals, who = self.person.modals, self.person.user(user)
        return await modals.click(who, modals.home(user), _press(action_id, how), deliveries=deliveries)

    async def fill(self, user: str, values: dict[str, Any]) -> None:
        """Type or pick in the top modal, by block id or label."""
        self.person.modals.fill(user, values)

    async def submit(self, user: str, values: dict[str, Any] | None = None, *, deliveries: int = 1) -> Delivery:
        """Submit the top modal, filled with `values` first."""
        if values:
            self.person.modals.fill(user, values)
        return await self.person.modals.submit(self.person.user(user), deliveries=deliveries)

    async def close_modal(self, user: str) -> Delivery | None:
        """Close the top modal; None where the app is not told."""
        return await self.person.modals.close(self.person.user(user))

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Delivery:
        """Type a slash command."""
        return await self.person.command(user, channel, command, text)

    async def open_home(self, user: str) -> Delivery:
        """Open the app's home tab."""
        return await self.person.open_home(user)

    async def invite(self, user: str, channel: str, who: str | None = None) -> Delivery:
        """Invite the bot into a channel, or somebody else."""
        return await self.person.invite(user, channel, who or self.bot_user)

    def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> str:
        """Write a message as a person; its timestamp."""
        return self.person.say(user, channel, text, thread_ts)

    # forging, replaying, failing

    @property
    def last_payload(self) -> Json | None:
        """The last payload that was sent, for replays."""
        return copy.deepcopy(self.deliverer.last_payload)

    def sign(self, body: bytes, timestamp: int | str) -> dict[str, str]:
        """The headers that make a body look like Slack's."""
        return deliver.sign(self.signing_secret, body, timestamp)

    async def deliver(self, payload: Json, kind: str | None = None) -> Delivery:
        """Send any payload as it is: a replay or a forgery; `kind` as the last one's unless given."""
        return await self.deliverer.send(kind or self.deliverer.last_kind, payload)

    def drop_sockets(self) -> None:
        """Cut all sockets."""
        self.sockets.drop()

    async def refresh_sockets(self, reason: str = "refresh_requested") -> None:
        """Ask all clients to reconnect."""
        await self.sockets.refresh(reason)

    @property
    def socket_count(self) -> int:
        """How many sockets are open."""
        return self.sockets.count


def _press(action_id: str, how: Press) -> Json:
    """As the person's side takes it."""
    return {
        "action_id": action_id,
        "value": how.get("value"),
        "chosen": how.get("selected"),
        "sure": how.get("confirm"),
    }
