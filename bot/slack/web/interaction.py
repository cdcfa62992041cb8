"""Interactions: what Slack sends when somebody clicks, read tolerantly: it adds fields, drops some, reorders."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One click or submission, by whom and where."""

    user: str
    team: str
    trigger_id: str | None = None
    action_id: str = ""
    value: str = ""
    label: str = ""
    """What the pressed button says."""
    channel: str | None = None
    message_ts: str | None = None
    thread_ts: str | None = None
    ephemeral: bool = False
    blocks: tuple[Mapping[str, Any], ...] = ()
    """The blocks of the clicked message, as Slack stores them, and one for each attachment below them."""
    by_app: str | None = None
    """The app that posted the clicked message."""
    by_bot: str | None = None
    view_id: str | None = None
    view_type: str | None = None
    view: Mapping[str, Any] | None = None
    """The modal or home tab as Slack stores it."""
    root_view_id: str | None = None
    """The modal at the bottom of the stack; the view itself where nothing is below it."""
    previous_view_id: str | None = None
    """The modal right below, if there is one."""
    form_id: str | None = None
    """What the modal carries in private_metadata."""
    state: Mapping[str, Any] | None = None
    """Of a modal: block id → action id → the input's state."""
    response_url: str | None = None

    @property
    def in_modal(self) -> bool:
        """Whether it happened inside a modal."""
        return self.view_type == "modal"

    @property
    def is_third(self) -> bool:
        """Whether the modal has two below it: Slack takes none above it."""
        return self.in_modal and self.previous_view_id not in (None, self.view_id, self.root_view_id)


def interaction(body: Mapping[str, Any]) -> Interaction:
    """Reads the body of a block_actions or view_submission payload."""
    action = _mapping((body.get("actions") or [{}])[0])
    container = _mapping(body.get("container"))
    message = _mapping(body.get("message"))
    view = _mapping(body.get("view"))
    user = _mapping(body.get("user"))
    team = _mapping(body.get("team"))
    selected = _mapping(action.get("selected_option"))
    return Interaction(
        user=str(user.get("id") or ""),
        team=str(team.get("id") or user.get("team_id") or ""),
        trigger_id=body.get("trigger_id"),
        action_id=str(action.get("action_id") or ""),
        value=str(action.get("value") or selected.get("value") or ""),
        channel=_mapping(body.get("channel")).get("id") or container.get("channel_id"),
        message_ts=container.get("message_ts") or message.get("ts"),
        thread_ts=container.get("thread_ts") or message.get("thread_ts"),
        ephemeral=bool(container.get("is_ephemeral")),
        label=str(_mapping(action.get("text")).get("text") or ""),
        blocks=(
            *(_mapping(block) for block in message.get("blocks") or ()),
            *({"type": "attachment"} for _ in message.get("attachments") or ()),
        ),
        by_app=message.get("app_id"),
        by_bot=message.get("bot_id"),
        view_id=view.get("id"),
        view_type=view.get("type"),
        view=view or None,
        root_view_id=view.get("root_view_id"),
        previous_view_id=view.get("previous_view_id"),
        form_id=view.get("private_metadata") or None,
        state=_mapping(_mapping(view.get("state")).get("values")) if view else None,
        response_url=_response_url(body),
    )


def _response_url(body: Mapping[str, Any]) -> str | None:
    url = body.get("response_url")
    if isinstance(url, str) and url:
        return url
    listed = body.get("response_urls") or ()
    return str(_mapping(listed[0]).get("response_url") or "") or None if listed else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
