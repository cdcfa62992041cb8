"""Stop forms: who may, the reason that is typed, and how both show; the same for one agent and for everything."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from approvals.events import Actor
from approvals.refusals import NotEligible
from bot.slack.blockkit.blocks import Block, plain_text, quote, rich
from bot.slack.blockkit.text import shorten, visible
from bot.slack.words import commands as say

if TYPE_CHECKING:
    from bot.slack.context import SlackContext
    from bot.slack.web.interaction import Interaction

LONGEST_REASON = 1000
"""Characters, as Slack counts them."""
REASON = "why"
_REASON_ACTION = "input_why"


async def require_account(context: "SlackContext", at: "Interaction") -> None:
    """Raises NotEligible for an account that may decide nothing, Unverified where Slack does not say."""
    found = await context.people.person(at.user, at.team)
    if found.barred is not None:
        raise NotEligible(found.barred)


def actor(context: "SlackContext", at: "Interaction") -> Actor:
    """The person, with what lets them stop or resume."""
    operates = at.user in context.policy().operators
    return Actor(kind="reviewer", id=at.user, team=at.team, proof=("ops: member" if operates else "owner",))


def reason_input(typed: str, *, wanted: bool) -> Block:
    """Where the reason is typed; `wanted` says that it may not be left out."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": _REASON_ACTION,
        "multiline": True,
        "max_length": LONGEST_REASON,
    }
    if typed:
        element["initial_value"] = typed
    return {
        "type": "input",
        "block_id": REASON,
        "label": plain_text(say.WHY),
        "hint": plain_text(say.WHO_READS_WHY_EVERYTHING if wanted else say.WHO_READS_WHY),
        "element": element,
        "optional": not wanted,
    }


def reason_in(at: "Interaction") -> str:
    """The reason in the form that was sent."""
    return typed_in(at, REASON, _REASON_ACTION).strip()[:LONGEST_REASON]


def typed_in(at: "Interaction", block: str, action: str) -> str:
    """What was typed into an input; empty for nothing."""
    state = (at.state or {}).get(block)
    typed = state.get(action) if isinstance(state, Mapping) else None
    said = typed.get("value") if isinstance(typed, Mapping) else None
    return said if isinstance(said, str) else ""


def why(reason: str | None, limit: int = LONGEST_REASON) -> list[Block]:
    """The reason as its person wrote it; nothing where there is none."""
    if not reason:
        return []
    shown, left = shorten(visible(reason), limit)
    return [rich(quote(say.more_agents_in_the_audit_log(shown, left) if left else shown))]


def resumed_by(context: "SlackContext") -> str:
    """Who can resume it."""
    if not context.policy().operators:
        return say.THE_POLICY_NAMES_NO
    return say.ONLY_THE_OPERATORS_CAN_RESUME_IT
