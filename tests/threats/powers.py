"""Everything that gives power without a card, each with what it needs, how it is begun, and what it does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pyotp

from approvals.agent_stop import EVERYTHING
from approvals.events import Actor
from approvals.reviewer import Reviewer
from approvals.services.agent_stops import Stopping
from approvals.services.delegations import Delegating
from approvals.services.second_factors import SecondFactors
from bot.ids import RandomIds
from storage.second_factors import new_secret
from tests.threats.ground import Ground
from tests.town import OPS, POLICY, SUPPORT

ALICE = Reviewer(user="U0ALICE", team="T0SANDBOX", name="Alice", roles=frozenset({"support"}))
OWEN = Actor(kind="reviewer", id="U0OWEN", team="T0SANDBOX")
STANDING = (
    POLICY.replace('"db.*"', '"db.*", "gift.*"')
    + '  - {id: gifts, action: "gift.*", tier: approve, role: support, remember_approval: {may_differ: [payload.note], for: 24h, max: 2}}\n'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """How a person begins it: a command, or a button with this action id."""

    user: str
    text: str | None = None
    action_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """One power: `needs` makes what it ends or undoes and gives what the button carries."""

    purpose: str
    begin: Begin
    tag: str
    """The audit entry that it makes."""
    needs: Callable[[Ground], Awaitable[str]]
    values: dict[str, str] = field(default_factory=dict)
    """What its form wants, by label."""


async def nothing(_town):
    return ""


def delegating(town):
    return Delegating(store=town.bot.store, clock=town.bot.lifecycle.clock, ids=RandomIds())


async def delegated(town):
    until = town.bot.lifecycle.clock.now() + timedelta(days=1)
    return (await delegating(town).begin(ALICE, "U0STRAY", until)).id


async def stopped(town):
    await Stopping(town.bot.lifecycle).stop("other", OWEN, "it was taken over")
    return "other"


async def with_second_factor(town):
    store, secret = town.bot.store, new_secret()
    now = town.bot.lifecycle.clock.now()
    alice = Actor(kind="reviewer", id="U0ALICE", team="T0SANDBOX")
    code = pyotp.TOTP(secret).at(now)
    await SecondFactors(store=store, clock=town.bot.lifecycle.clock).enrol(
        alice, store.factors.seal(secret, "U0ALICE"), code
    )
    return ""


async def all_stopped(town):
    await Stopping(town.bot.lifecycle).stop(EVERYTHING, OWEN, "all were taken over")
    return ""


async def remembered_rejection(town):
    proposal, _ = await town.proposed()
    made = await town.bot.store.find(proposal["id"])
    await town.bot.lifecycle.reject(made.id, ALICE, "No.", made.nonce, remember=True)
    return f"reject {made.id}"


async def remembered_approval(town):
    proposal, _ = await town.proposed("gift.send", {"to": "mira", "note": "Hello"})
    made = await town.bot.store.find(proposal["id"])
    await town.bot.lifecycle.approve_and_next(made.id, ALICE, made.nonce)
    return f"approve {made.id}"


POWERS = {
    (each.needs.__name__ if each.purpose == "remembered_end" else each.purpose)
    + ("-button" if each.begin.action_id else ""): each
    for each in (
        Power(
            purpose="delegate",
            begin=Begin(user="U0ALICE", text="delegate <@U0STRAY|stray> for 3d"),
            tag="delegation:begun",
            needs=nothing,
        ),
        Power(
            purpose="delegation_end",
            begin=Begin(user="U0ALICE", text="delegate stop <@U0STRAY|stray>"),
            tag="delegation:ended",
            needs=delegated,
        ),
        Power(
            purpose="delegation_end",
            begin=Begin(user="U0ALICE", action_id="delegation_stop"),
            tag="delegation:ended",
            needs=delegated,
        ),
        Power(
            purpose="agent_stop",
            begin=Begin(user="U0OWEN", text="stop agent shop it was taken over"),
            tag="agent:stopped",
            needs=nothing,
        ),
        Power(
            purpose="agent_resume",
            begin=Begin(user="U0OWEN", text="resume agent other"),
            tag="agent:resumed",
            needs=stopped,
        ),
        Power(
            purpose="factor_reset",
            begin=Begin(user="U0OWEN", text="enrol reset <@U0ALICE>"),
            tag="second_factor:reset_requested",
            needs=with_second_factor,
        ),
        Power(
            purpose="everything_stop",
            begin=Begin(user="U0OWEN", text="stop everything all were taken over"),
            tag="agent:stopped",
            needs=nothing,
            values={"Type stop": "stop"},
        ),
        Power(
            purpose="everything_resume",
            begin=Begin(user="U0OWEN", text="resume everything"),
            tag="agent:resumed",
            needs=all_stopped,
        ),
        Power(
            purpose="remembered_end",
            begin=Begin(user="U0ALICE", action_id="end_remembered"),
            tag="remembered_rejection:ended",
            needs=remembered_rejection,
        ),
        Power(
            purpose="remembered_end",
            begin=Begin(user="U0ALICE", action_id="end_remembered"),
            tag="remembered_approval:ended",
            needs=remembered_approval,
        ),
    )
}


def command(town, user, text, **more):
    """A slash command in somebody's name, as Slack would send it but for its trigger."""
    return {
        "team_id": town.slack.team_id,
        "api_app_id": town.slack.app_id,
        "channel_id": OPS,
        "user_id": user,
        "command": "/approvals",
        "text": text,
        "trigger_id": "1234.5678.0123456789abcdef",
        **more,
    }


def click(town, user, action_id, value, **more):
    """A click in somebody's name on a private list, with a trigger that Slack never gave out."""
    return {
        **acted(town, user, "block_actions"),
        "container": {"type": "message", "message_ts": "1.000001", "channel_id": SUPPORT, "is_ephemeral": True},
        "channel": {"id": SUPPORT},
        "actions": [{"type": "button", "action_id": action_id, "value": value, "text": {"text": "End"}}],
        **more,
    }


def within(town, user, view, *, action_id=None, value=""):
    """A click inside a modal, or its submission."""
    if action_id is None:
        return {**acted(town, user, "view_submission"), "view": view}
    acts = [{"type": "button", "action_id": action_id, "value": value, "text": {"text": "Review"}}]
    container = {"type": "view", "view_id": view["id"]}
    return {**acted(town, user, "block_actions"), "container": container, "view": view, "actions": acts}


def acted(town, user, kind):
    return {
        "type": kind,
        "user": {"id": user, "team_id": town.slack.team_id},
        "team": {"id": town.slack.team_id},
        "api_app_id": town.slack.app_id,
        "trigger_id": "1234.5678.0123456789abcdef",
    }


def view(callback_id, private_metadata, view_id="V0FORGED", **more):
    return {
        "id": view_id,
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": private_metadata,
        "root_view_id": view_id,
        "previous_view_id": None,
        "state": {"values": {}},
        **more,
    }


async def begun(town, power, value):
    """Begins it as the person would, up to the form; the form's view."""
    who = power.begin.user
    before = (town.slack.modal(who) or {}).get("id")
    if power.begin.text is not None:
        text = power.begin.text.replace("<@U0STRAY|stray>", "@stray")  # the sandbox makes a mention of the name
        await town.slack.command(who, SUPPORT, "/approvals", text)
    else:
        trigger = town.slack.workspace.new_trigger(who)  # the person did click
        await town.slack.deliver(click(town, who, power.begin.action_id, value, trigger_id=trigger), "interactive")

    def shown():
        top = town.slack.modal(who) or {}
        return top.get("submit") and top["id"] != before

    await town.slack.until(shown)
    return town.slack.modal(who)
