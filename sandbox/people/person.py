"""Person: presses, fills, submits, types commands, opens the home tab."""

import re
from typing import TYPE_CHECKING, Any

from sandbox.blockkit.checks import escape
from sandbox.deliver import UNSENT, Deliverer, Delivery
from sandbox.errors import SlackError
from sandbox.people import payloads
from sandbox.people.acts import act, current, find_element, goes_ahead, remember
from sandbox.people.modals import Modals
from sandbox.web.messages import find_message, put
from sandbox.web.responses import ResponseUrls
from sandbox.workspace import Channel, User, Workspace

if TYPE_CHECKING:
    from sandbox.blockkit.inputs import Values

Json = dict[str, Any]

MENTION = re.compile(r"(?<!\S)([@#])([\w.-]+)")


class Person:
    """Does what people do; each act ends in what the app answered."""

    def __init__(self, workspace: Workspace, deliverer: Deliverer, responses: ResponseUrls) -> None:
        self.workspace = workspace
        self.deliverer = deliverer
        self.responses = responses
        self.modals = Modals(workspace, deliverer)
        self._picked: dict[tuple[str, str], Values] = {}

    def user(self, user_id: str) -> User:
        """A person of the workspace; LookupError for an unknown one."""
        if user_id not in self.workspace.users:
            raise LookupError(f"no user {user_id} in this workspace")
        return self.workspace.users[user_id]

    def channel(self, user_id: str, channel_id: str) -> Channel:
        """A conversation this person sees; LookupError otherwise."""
        for channel in self.workspace.visible(user_id):
            if channel.id == channel_id:
                return channel
        raise LookupError(f"{user_id} sees no channel {channel_id}")

    async def click_message(
        self, user_id: str, channel_id: str, ts: str, press: Json, *, deliveries: int = 1
    ) -> Delivery:
        """Press or choose something in a message.

        `press` is `{action_id, block_id?, value?, chosen?, sure?, seen?}`; `sure` answers the dialog of an
        element that has one; `seen` is the message as a screen still shows it that has not heard of a change.
        """
        message = press.get("seen") or find_message(self.channel(user_id, channel_id), ts)
        if message is None:
            raise LookupError(f"no message {ts} in {channel_id}")
        return await self._click(user_id, channel_id, message, press, deliveries)

    async def click_ephemeral(self, user_id: str, ephemeral_id: str, press: Json, *, deliveries: int = 1) -> Delivery:
        """The same in an ephemeral message."""
        for message in self.workspace.ephemerals:
            if message["id"] == ephemeral_id and message["for"] == user_id:
                return await self._click(user_id, message["channel"], message, press, deliveries)
        raise LookupError(f"{user_id} has no ephemeral message {ephemeral_id}")

    async def _click(self, user_id: str, channel_id: str, message: Json, press: Json, deliveries: int) -> Delivery:
        user, channel = self.user(user_id), self.workspace.channels[channel_id]
        blocks = message.get("blocks", [])
        block, element = find_element(
            blocks, press["action_id"], block_id=press.get("block_id"), value=press.get("value")
        )
        if not goes_ahead(element, sure=press.get("sure")):
            return UNSENT
        values = current(blocks, self._picked.get((user_id, message["ts"])))
        remember(values, block, element, press.get("chosen"))
        self._picked[user_id, message["ts"]] = values
        action = act(block, element, press.get("chosen"), at=self.workspace.ts())
        payload = payloads.message_action(self.workspace, user, channel, message, action, values)
        payload["response_url"] = self.responses.new(user_id, channel_id, message)
        delivery = await self.deliverer.send("interactive", payload, deliveries=deliveries)
        if not delivery.acknowledged:
            self.workspace.notice(user_id, "This app did not respond. Try again.", channel=channel_id)
        return delivery

    async def command(self, user_id: str, channel_id: str, word: str, text: str) -> Delivery:
        """Type a slash command; LookupError for one that the app does not have."""
        user, channel = self.user(user_id), self.channel(user_id, channel_id)
        if word not in self.workspace.commands:
            raise LookupError(f"{word} is not a valid command")
        if self.workspace.commands[word]:
            text = self._mentions(text)
        payload = payloads.command(self.workspace, user, channel, word, text.strip())
        payload["response_url"] = self.responses.new(user_id, channel_id)
        delivery = await self.deliverer.send("slash_commands", payload)
        if not delivery.acknowledged:
            said = f'{word} failed with the error "{delivery.failure}"'
            self.workspace.notice(user_id, said, channel=channel_id)
        elif delivery.body:
            self._command_answer(user_id, channel_id, word, delivery.body)
        return delivery

    def _command_answer(self, user_id: str, channel_id: str, word: str, body: Any) -> None:
        answer = body if isinstance(body, dict) else {"text": str(body)}
        try:
            self.responses.command_answer(user_id, channel_id, answer)
        except SlackError as refused:
            self.workspace.notice(user_id, f'{word} failed with the error "{refused.error}"', channel=channel_id)

    def _mentions(self, text: str) -> str:
        people = {user.handle: f"<@{user.id}|{user.handle}>" for user in self.workspace.users.values()}
        places = {c.name: f"<#{c.id}|{c.name}>" for c in self.workspace.channels.values() if c.name}

        def mention(found: re.Match[str]) -> str:
            names = people if found[1] == "@" else places
            return names.get(found[2], found[0])

        return MENTION.sub(mention, text)

    async def open_home(self, user_id: str) -> Delivery:
        """Open the app's home tab."""
        user = self.user(user_id)
        shown = self.workspace.homes.get(user_id)
        event = payloads.home_opened(self.workspace, user, shown.view if shown else None)
        return await self.deliverer.send_event(event)

    async def invite(self, user_id: str, channel_id: str, who: str) -> Delivery:
        """Invite the bot, or somebody else, into a channel one sees."""
        user, channel = self.user(user_id), self.channel(user_id, channel_id)
        if who == self.workspace.bot_user:
            channel.bot_is_member = True
        else:
            channel.members.append(self.user(who).id)
        self.workspace.changes.bump()
        return await self.deliverer.send_event(payloads.joined(self.workspace, who, channel, user))

    def say(self, user_id: str, channel_id: str, text: str, thread_ts: str | None = None) -> str:
        """Write a message as a person; its timestamp."""
        user, channel = self.user(user_id), self.channel(user_id, channel_id)
        spoken = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        ts = self.workspace.ts()
        message = {
            "type": "message",
            "user": user.id,
            "text": escape(text),
            "ts": ts,
            "team": user.team_id,
            "blocks": [{"type": "rich_text", "block_id": self.workspace.new_id("b"), "elements": [spoken]}],
        }
        put(self.workspace, channel, message, thread_ts)
        return ts
