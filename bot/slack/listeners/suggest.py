"""Suggestions button, below `/approvals stats`: for who leads a role, of its rules; for the operators, of all.

The past takes minutes, and a trigger three seconds: the modal stands at once, and what was found follows. Who may see
it is asked at the click, and again of what is shown, for the policy may be another by then.
"""

from typing import TYPE_CHECKING

import structlog

from approvals.gate import Tier
from approvals.ports import WorkLimit, WorkRefused
from bot.slack.blockkit.modals import sentence_modal
from bot.slack.listeners.replies import Handler, Open, Reply, Say, View
from bot.slack.lists.suggestions import ALL, SUGGEST, suggestions_modal
from bot.slack.words import suggestions as say
from bot.suggestions import PastUnread, PolicyUnsound

if TYPE_CHECKING:
    from bot.slack.context import SlackContext
    from bot.slack.web.interaction import Interaction
    from policy import LoadedPolicy


def may_see_suggestions(context: "SlackContext", user: str, role: str) -> bool:
    """Whether suggestions are for this person, as the policy names them; of one role's rules, where it is named."""
    if user in context.policy().operators:
        return True
    led = context.led_by(user)
    return role in led if role else bool(led)


async def suggestions(context: "SlackContext", at: "Interaction") -> Reply:
    """`Suggestions`: opens the modal, then looks at the past. Raises Refusal for who is nobody of ours."""
    role = "" if at.value == ALL else at.value
    if not may_see_suggestions(context, at.user, role):
        return Say(text=say.NOT_YOURS)

    async def then(_: str) -> View:
        await context.known(at.user, at.team)
        try:
            found = await context.look_back()
        except (WorkLimit, WorkRefused):
            return sentence_modal(say.TOO_LONG, say.TITLE)
        except PolicyUnsound:
            return sentence_modal(say.UNSOUND, say.TITLE)
        except PastUnread as unread:
            structlog.get_logger("slack").warning("the past cannot be read for suggestions", why=str(unread))
            return sentence_modal(say.UNREAD, say.TITLE)
        if not may_see_suggestions(context, at.user, role):
            return sentence_modal(say.NOT_YOURS, say.TITLE)
        operator = at.user in context.policy().operators
        roles = frozenset({role}) if role else context.led_by(at.user)
        return suggestions_modal(found, None if operator and not role else rules_asking(context.policy(), roles))

    return Open(view=sentence_modal(say.LOOKING, say.TITLE), then=then)


def rules_asking(policy: "LoadedPolicy", roles: frozenset[str]) -> frozenset[str]:
    """The rules that ask one of the roles, be it by asking whom the default asks."""
    asked = {
        rule.id: rule.asks(policy.defaults.role) if rule.tier in (Tier.watch, Tier.approve) else rule.roles
        for rule in policy.rules
    }
    return frozenset(name for name, of in asked.items() if roles & set(of))


ACTIONS: dict[str, Handler] = {SUGGEST: suggestions}
