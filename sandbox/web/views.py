"""Modals and the home tab: checked, stacked, replaced: `views.*` and `blocks.validate`."""

import json
import secrets
from typing import Any

from sandbox.blockkit.blocks import check_blocks
from sandbox.blockkit.checks import ID, Check, Faults, anything, boolean, each_of, shape, string
from sandbox.blockkit.inputs import initial
from sandbox.blockkit.normalise import normalise, normalise_text
from sandbox.blockkit.texts import plain
from sandbox.errors import SlackError, faulty
from sandbox.web.arguments import Arguments
from sandbox.web.methods import method
from sandbox.workspace import OpenView, Trigger, Workspace

Json = dict[str, Any]

VIEW_BYTES = 250_000
STACK = 3
SHARED: dict[str, Check] = {
    "callback_id": ID,
    "external_id": string(0, 255),
    "private_metadata": string(0, 3000),
}
MODAL = shape(
    {"type": anything, "title": plain(24), "blocks": anything},
    {
        **SHARED,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
    },
)
HOME = shape({"type": anything, "blocks": anything}, SHARED)


def _input_needs_submit(view: Any, at: str, faults: Faults) -> None:
    if "submit" in view or not isinstance(view.get("blocks"), list):
        return
    for index, block in enumerate(view["blocks"]):
        if isinstance(block, dict) and block.get("type") == "input":
            faults.add("must define `submit` to use an `input` block in modals", f"{at}/blocks/{index}/input")


SURFACES: dict[str, Check] = {"modal": each_of(MODAL, _input_needs_submit), "home": HOME}


def view_faults(view: Any, surface: str, at: str = "/view") -> Faults:
    """What is wrong with a view as a `modal` or `home`."""
    faults = Faults()
    if not isinstance(view, dict):
        faults.add("must be an object", at)
    elif view.get("type") != surface:
        faults.add(f"must be a valid enum value: {surface}", f"{at}/type")
    else:
        SURFACES[surface](view, at, faults)
        if "blocks" in view:
            check_blocks(view["blocks"], surface, f"{at}/blocks", faults)
    return faults


def check_view(view: Any, surface: str) -> Json:
    """The view itself if Slack would take it; refuses with `invalid_arguments` or `view_too_large`."""
    faults = view_faults(view, surface)
    if faults.found:
        raise faulty("invalid_arguments", faults.messages())
    if len(json.dumps(view, ensure_ascii=False).encode(errors="surrogatepass")) > VIEW_BYTES:
        raise SlackError("view_too_large")
    checked: Json = view
    return checked


def stored_view(workspace: Workspace, view: Json, before: Json | None = None) -> Json:
    """Slack's view object for a valid view; with `before`, its successor under the same id."""
    blocks = normalise(view["blocks"])
    view_id = before["id"] if before else workspace.new_id("V")
    kept = before["state"]["values"] if before else None

    def words(key: str) -> Json | None:
        return normalise_text(view[key]) if key in view else None

    return {
        "id": view_id,
        "team_id": workspace.team_id,
        "type": view["type"],
        "blocks": blocks,
        "private_metadata": view.get("private_metadata", ""),
        "callback_id": view.get("callback_id", ""),
        "state": {"values": initial(blocks, kept)},
        "hash": f"{int(workspace.clock())}.{secrets.token_hex(4)}",
        "title": words("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": view.get("clear_on_close", False),
        "notify_on_close": view.get("notify_on_close", False),
        "close": words("close"),
        "submit": words("submit"),
        "previous_view_id": before["previous_view_id"] if before else None,
        "root_view_id": before["root_view_id"] if before else view_id,
        "app_id": workspace.app_id,
        "external_id": view.get("external_id", ""),
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot_id,
    }


def replace(workspace: Workspace, shown: OpenView, view: Json) -> None:
    """Put a valid view in place of an open one."""
    _external_id_free(workspace, view, shown)
    shown.view = stored_view(workspace, view, shown.view)
    shown.errors = {}
    workspace.changes.bump()


def push(workspace: Workspace, user: str, view: Json) -> Json:
    """Put a valid view on top of a person's stack."""
    stack = workspace.stacks.get(user, [])
    if len(stack) >= STACK:
        raise SlackError("push_limit_reached")
    _external_id_free(workspace, view, None)
    stored = stored_view(workspace, view)
    if stack:
        stored["previous_view_id"] = stack[-1].view["id"]
        stored["root_view_id"] = stack[0].view["id"]
    workspace.stacks[user] = [*stack, OpenView(view=stored, user=user)]
    workspace.changes.bump()
    return stored


def _external_id_free(workspace: Workspace, view: Json, but: OpenView | None) -> None:
    external_id = view.get("external_id")
    taken = _by_external_id(workspace, external_id) if external_id else None
    if taken is not None and taken is not but:
        raise SlackError("duplicate_external_id")


def _by_external_id(workspace: Workspace, external_id: str) -> OpenView | None:
    shown = [*(one for stack in workspace.stacks.values() for one in stack), *workspace.homes.values()]
    return next((one for one in shown if one.view["external_id"] == external_id), None)


def _asked(arguments: Arguments, surface: str) -> Json:
    view = arguments.structure("view", "invalid_arguments")
    if view is None:
        message = "[ERROR] missing required field: view"
        raise SlackError("invalid_arguments", response_metadata={"messages": [message]})
    return check_view(view, surface)


def _trigger(workspace: Workspace, arguments: Arguments) -> Trigger:
    return workspace.spend_trigger(arguments.need("trigger_id"))


@method("views.open")
def views_open(workspace: Workspace, arguments: Arguments) -> Json:
    """Open a modal for the person of the trigger, in place of any that is open."""
    view = _asked(arguments, "modal")
    trigger = _trigger(workspace, arguments)
    before = workspace.stacks.pop(trigger.user, [])
    try:
        return {"view": push(workspace, trigger.user, view)}
    except SlackError:
        workspace.stacks[trigger.user] = before
        raise


@method("views.push")
def views_push(workspace: Workspace, arguments: Arguments) -> Json:
    """Put a modal on top of the one the trigger came from."""
    view = _asked(arguments, "modal")
    trigger = _trigger(workspace, arguments)
    stack = workspace.stacks.get(trigger.user, [])
    if not any(shown.view["id"] == trigger.view_id for shown in stack):
        sentence = "must match the `type` of the root view whose stack we're pushing onto"
        raise faulty("invalid_arguments", [f"{sentence} [json-pointer:/view/type]"])
    return {"view": push(workspace, trigger.user, view)}


@method("views.update")
def views_update(workspace: Workspace, arguments: Arguments) -> Json:
    """Replace an open view; `hash` guards against overwriting a newer one."""
    view_id, external_id = arguments.text("view_id"), arguments.text("external_id")
    if not view_id and not external_id:
        raise faulty("invalid_arguments", ["missing required field: view_id"])
    shown = workspace.find_view(view_id) if view_id else _by_external_id(workspace, external_id)
    view = _asked(arguments, shown.view["type"] if shown else "modal")
    if shown is None:
        raise SlackError("not_found")
    _same_hash(arguments, shown)
    replace(workspace, shown, view)
    return {"view": shown.view}


@method("views.publish")
def views_publish(workspace: Workspace, arguments: Arguments) -> Json:
    """Set a person's home tab."""
    view = _asked(arguments, "home")
    user = workspace.users.get(arguments.need("user_id"))
    if user is None or user.deleted:
        raise SlackError("user_not_found")
    shown = workspace.homes.get(user.id)
    if shown is not None:
        _same_hash(arguments, shown)
        replace(workspace, shown, view)
        return {"view": shown.view}
    _external_id_free(workspace, view, None)
    shown = workspace.homes[user.id] = OpenView(view=stored_view(workspace, view), user=user.id)
    workspace.changes.bump()
    return {"view": shown.view}


def _same_hash(arguments: Arguments, shown: OpenView) -> None:
    guard = arguments.text("hash")
    if guard and guard != shown.view["hash"]:
        raise SlackError("hash_conflict")


@method("blocks.validate")
def blocks_validate(_workspace: Workspace, arguments: Arguments) -> Json:
    """Look at blocks, a message or a view without showing them to anyone."""
    keys = [key for key in ("blocks", "message", "view") if arguments.get(key) is not None]
    if len(keys) != 1:
        raise faulty("invalid_arguments", ["must provide exactly one of `blocks`, `message` or `view`"])
    value = arguments.structure(keys[0], "invalid_arguments")
    faults = Faults()
    if keys[0] == "view":
        surface = value.get("type") if isinstance(value, dict) else None
        faults = view_faults(value, "home" if surface == "home" else "modal", "")
    elif keys[0] == "message":
        if isinstance(value, dict):
            check_blocks(value.get("blocks", []), "message", "/blocks", faults)
        else:
            faults.add("must be an object", "")
    else:
        check_blocks(value, "message", "", faults)
    if faults.found:
        errors = [{"pointer": at, "code": "failed_constraint", "message": text} for text, at in faults.found]
        raise SlackError(f"invalid_{keys[0]}", errors=errors)
    return {}
