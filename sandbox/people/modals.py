"""Modals and the home tab as a person uses them: press, fill, submit, close, and what comes back."""

from dataclasses import replace as with_fields
from typing import Any

from sandbox.blockkit import normalise
from sandbox.blockkit.checks import escape
from sandbox.blockkit.inputs import KEYS, objections, picked, stateful
from sandbox.deliver import UNSENT, Deliverer, Delivery
from sandbox.errors import SlackError
from sandbox.people import payloads
from sandbox.people.acts import act, find_element, goes_ahead, remember
from sandbox.web import views
from sandbox.workspace import OpenView, User, Workspace

Json = dict[str, Any]

TROUBLE = "We had some trouble connecting. Try again?"
TEXT_INPUTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")


class Modals:
    """What people do in views."""

    def __init__(self, workspace: Workspace, deliverer: Deliverer) -> None:
        self.workspace = workspace
        self.deliverer = deliverer

    def top(self, user_id: str) -> OpenView:
        """The modal a person looks at; LookupError if none is open."""
        stack = self.workspace.stacks.get(user_id)
        if not stack:
            raise LookupError(f"{user_id} has no modal open")
        return stack[-1]

    def home(self, user_id: str) -> OpenView:
        """A person's home tab; LookupError if the app never published one."""
        if user_id not in self.workspace.homes:
            raise LookupError(f"{user_id} has no home tab yet")
        return self.workspace.homes[user_id]

    async def click(self, user: User, shown: OpenView, press: Json, *, deliveries: int = 1) -> Delivery:
        """Press or choose something in a view."""
        block, element = find_element(
            shown.view["blocks"], press["action_id"], block_id=press.get("block_id"), value=press.get("value")
        )
        if not goes_ahead(element, sure=press.get("sure")):
            return UNSENT
        remember(shown.view["state"]["values"], block, element, press.get("chosen"))
        action = act(block, element, press.get("chosen"), at=self.workspace.ts())
        payload = payloads.view_action(self.workspace, user, shown.view, action)
        delivery = await self.deliverer.send("interactive", payload, deliveries=deliveries)
        if not delivery.acknowledged:
            self.workspace.notice(user.id, TROUBLE)
        return delivery

    def fill(self, user_id: str, values: dict[str, Any]) -> None:
        """Type or pick in the top modal; keys are block ids, or labels of inputs.

        Raises LookupError for a field or an option that is not there.
        """
        view = self.top(user_id).view
        for key, wanted in values.items():
            block, element = _field(view["blocks"], key)
            remember(view["state"]["values"], block, element, wanted)
        self.workspace.changes.bump()

    def set_state(self, user_id: str, state: dict[str, dict[str, Json]]) -> None:
        """Take over the state a page sends, in Slack's own shapes."""
        view = self.top(user_id).view
        for block, element in stateful(view["blocks"]):
            entry = state.get(block["block_id"], {}).get(element["action_id"])
            if entry is None:
                continue
            wanted = entry.get(KEYS[element["type"]][0])
            view["state"]["values"][block["block_id"]][element["action_id"]] = picked(element, wanted)
        self.workspace.changes.bump()

    def _typed(self, wanted: Any) -> Any:
        if not isinstance(wanted, str):
            return wanted
        text = wanted.replace("\r\n", "\n").replace("\r", "\n")
        if self.workspace.typed_blanks_trimmed:
            text = text.strip()
        return normalise.typed(text) if self.workspace.typed_emoji_as_colon else text

    async def submit(self, user: User, *, deliveries: int = 1) -> Delivery:
        """Press the modal's submit button; what Slack itself refuses never reaches the app."""
        shown = self.top(user.id)
        if shown.view["submit"] is None:
            raise LookupError("this modal has nothing to submit")
        self._normalise_texts(shown)
        refused = objections(shown.view["blocks"], shown.view["state"]["values"])
        if refused:
            shown.errors = refused
            self.workspace.changes.bump()
            return Delivery(status=None, body=None, seconds=0.0, acknowledged=False, payload={}, errors=refused)
        shown.errors = {}
        payload = payloads.submission(self.workspace, user, shown.view)
        delivery = await self.deliverer.send("interactive", payload, deliveries=deliveries)
        if not delivery.acknowledged:
            self.workspace.notice(user.id, TROUBLE)
            return delivery
        try:
            self._answered(shown, delivery.body)
        except SlackError as wrong:
            self.workspace.notice(user.id, TROUBLE)
            return with_fields(delivery, failure=wrong.error)
        return with_fields(delivery, errors=dict(shown.errors) or None)

    def _normalise_texts(self, shown: OpenView) -> None:
        for block, element in stateful(shown.view["blocks"]):
            if element["type"] not in TEXT_INPUTS:
                continue
            state = shown.view["state"]["values"][block["block_id"]][element["action_id"]]
            text = self._typed(state["value"]) or ""
            # a field of one line holds no line end, not even one it was prefilled with
            state["value"] = (text if element.get("multiline") else text.replace("\n", "")) or None

    def _answered(self, shown: OpenView, body: Any) -> None:
        stack = self.workspace.stacks.get(shown.user, [])
        if body in (None, "", {}):
            self._leave(stack, shown)
            return
        if not isinstance(body, dict):
            raise SlackError("invalid_response")
        action = body.get("response_action")
        if action == "clear":
            self.workspace.stacks.pop(shown.user, None)
        elif action == "errors":
            shown.errors = _field_errors(shown.view, body.get("errors"))
        elif action in ("update", "push"):
            view = views.check_view(body.get("view"), "modal")
            if action == "push":
                views.push(self.workspace, shown.user, view)
            elif shown in stack:
                views.replace(self.workspace, shown, view)
        else:
            raise SlackError("invalid_response_action")
        self.workspace.changes.bump()

    def _leave(self, stack: list[OpenView], shown: OpenView) -> None:
        if shown in stack:
            stack.remove(shown)
        self.workspace.changes.bump()

    async def close(self, user: User) -> Delivery | None:
        """Close the top modal; the app hears of it only if the view asked for it."""
        shown = self.top(user.id)
        cleared = bool(shown.view["clear_on_close"])
        if cleared:
            self.workspace.stacks.pop(user.id)
        else:
            self.workspace.stacks[user.id].remove(shown)
        self.workspace.changes.bump()
        if not shown.view["notify_on_close"]:
            return None
        payload = payloads.closed(self.workspace, user, shown.view, cleared=cleared)
        return await self.deliverer.send("interactive", payload)


def _field(blocks: list[Json], key: str) -> tuple[Json, Json]:
    labels: list[str] = []
    for block, element in stateful(blocks):
        label = block["label"]["text"] if block["type"] == "input" else None
        if key == block["block_id"] or escape(key) == label:
            return block, element
        labels.append(label or block["block_id"])
    raise LookupError(f"no field {key!r} in this modal; there is {labels}")


def _field_errors(view: Json, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_response_errors")
    if not all(isinstance(sentence, str) and sentence for sentence in errors.values()):
        raise SlackError("invalid_response_errors")
    if not errors.keys() <= inputs:
        raise SlackError("unknown_block_in_errors")
    return dict(errors)
