"""What the operators read: what could not be delivered, a policy that was not taken, what is overdue."""

from typing import TYPE_CHECKING

from bot.slack.blocks import when
from bot.slack.text import escape, one_line, shorten
from bot.slack.words.labels import name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.proposal import Proposal


def undeliverable(proposal_id: str, why: str) -> str:
    """What the operators read when a card or a line of history could not be delivered."""
    sample = why.startswith("sample to ")
    why = escape(shorten(one_line(why), 400)[0])
    if sample:
        return (
            f":rotating_light: *Not delivered:* Slack does not take the sample {name(proposal_id)} that people are to "
            f"look over ({why}). Nothing else depends on it. Mend the cause, then restart."
        )
    return (
        f":rotating_light: *Not delivered:* Slack does not take what {name(proposal_id)} has to show ({why}). "
        "People may not see it, and unanswered it is rejected. Mend the cause, then restart."
    )


def policy_refused(file: str, since: "datetime", faults: "Sequence[str]", more: int) -> str:
    """What the operators read when a changed policy was not taken."""
    listed_faults = "\n".join(f"• {escape(shorten(one_line(fault), 400)[0])}" for fault in faults)
    others = f"\n{more} more are in the log." if more else ""
    return (
        f":warning: *{escape(one_line(file))} was changed but has faults,* so the policy from {when(since)} stays in "
        f"force.\n{listed_faults}{others}\nMend it and save; `signoff policy check` says when all is well."
    )


def overdue(proposal: "Proposal") -> str:
    """What they read."""
    due = f" by {when(proposal.report_by)}" if proposal.report_by else " in time"
    return (
        f":rotating_light: *Overdue:* {name(proposal.ask.agent)} took {name(proposal.action.name)} "
        f"({name(proposal.id)}) to run it, which needed nobody's approval, and did not report{due}. "
        "*Somebody must look.* Nothing runs again by itself."
    )


def damaged(row: str, what: str) -> str:
    """What they read of a row that is not as it was written."""
    return (
        f":rotating_light: *The database was changed past Signoff,* or lost something: {name(row)}: "
        f"{escape(shorten(one_line(what), 400)[0])}. Nothing of it is shown, decided or claimed, and all else goes on. "
        "`signoff audit verify` names all that differs; put back what was there, or restore a backup."
    )


def damaged_rows(count: int, first: str) -> str:
    """What readiness says of such rows: no markup."""
    many = "1 row of the database is" if count == 1 else f"{count} rows of the database are"
    return f"{many} not as written and not served ({first}): signoff audit verify names all"


def callbacks_given_up(count: int) -> str:
    """For operators, above what waits: markup of ours."""
    many = "1 callback to an agent was" if count == 1 else f"{count} callbacks to agents were"
    return f"{many} given up: `signoff callbacks list` shows why, `signoff callbacks retry` begins anew."


def other_connections(count: int) -> str:
    """What readiness says of sockets of the app that are not ours: no markup."""
    many = "1 more connection is" if count == 1 else f"{count} more connections are"
    return f"{many} open with SLACK_APP_TOKEN: clicks that go there do not count unless it is a bot of yours"


def others_connected(count: int) -> str:
    """What the operators read of them."""
    many = "Another connection" if count == 1 else f"{count} other connections"
    return (
        f":rotating_light: *{many} to Slack with this bot's app token:* of several, any one gets a click, and what "
        "goes there is lost unless it is a bot of yours. While you restart or deploy, it is your other process; I look "
        "again and say when it is over. If not, somebody has `SLACK_APP_TOKEN`: revoke it in the Slack app, page Basic "
        "Information, and make a new one."
    )


def others_gone(since: "datetime") -> str:
    """What they read once it is over."""
    return f":white_check_mark: No other connection uses this bot's app token any more; it was there {when(since)}."
