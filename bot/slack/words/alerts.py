"""Alerts: what calls people to a card, what operators read of trouble, and direct messages."""

# ruff: noqa: D103 - a sentence says itself what it is

from typing import TYPE_CHECKING

from bot.slack.blockkit.blocks import when
from bot.slack.blockkit.text import escape, one_line, shorten
from bot.slack.words.shared import name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.proposal import Proposal


TRIED_AGAIN = (
    "Fix the cause. It is given up until then: an `/invite @Signoff` into the channel tries it again, and so does a "
    "reload (`systemctl reload signoff`) or a restart."
)


def undeliverable(proposal_id: str, why: str) -> str:
    """What the operators read when a card or a line of history could not be delivered."""
    sample = why.startswith("sample to ")
    why = escape(shorten(one_line(why), 400)[0])
    if sample:
        return (
            f":rotating_light: *Not delivered:* Slack does not take the sample {name(proposal_id)} that people are to "
            f"look over ({why}). Nothing else depends on it. {TRIED_AGAIN}"
        )
    return (
        f":rotating_light: *Not delivered:* Slack does not take what {name(proposal_id)} has to show ({why}). "
        f"People may not see it, and unanswered it is rejected. {TRIED_AGAIN}"
    )


def policy_refused(file: str, since: "datetime", faults: "Sequence[str]", more: int) -> str:
    """What the operators read when a changed policy was not taken."""
    listed_faults = "\n".join(f"• {escape(shorten(one_line(fault), 400)[0])}" for fault in faults)
    others = f"\n{more} more are in the log." if more else ""
    return (
        f":warning: *{escape(one_line(file))} was changed but has faults,* so the policy from {when(since)} stays in "
        f"force.\n{listed_faults}{others}\nFix it and save; `signoff policy check` says when all is well."
    )


def policy_replaced(file: str, ours: str, theirs: str) -> str:
    """What readiness says of a process that has another policy than the one in force."""
    return (
        f"{file} is policy {ours}, and another bot on the database has put policy {theirs} in force: this one decides "
        f"nothing. Give it the same file. To go back to the one before, change it, be it by a comment."
    )


def overdue_alert(proposal: "Proposal") -> str:
    """What they read."""
    due = f" by {when(proposal.report_by)}" if proposal.report_by else " in time"
    return (
        f":rotating_light: *Overdue:* {name(proposal.ask.agent)} took {name(proposal.action.name)} "
        f"({name(proposal.id)}) to run it, which needed nobody's approval, and did not report{due}. "
        "*Somebody must look.* Nothing runs again by itself."
    )


def row_damaged(row: str, what: str) -> str:
    """What they read of a row that is not as it was written."""
    return (
        f":rotating_light: *The database was changed past Signoff,* or lost something: {name(row)}: "
        f"{escape(shorten(one_line(what), 400)[0])}. It is not shown, decided or claimed; everything else goes on. "
        "`signoff audit verify` lists every difference; put back what was there, or restore a backup."
    )


def retention_changed(times: str, holds_from: "datetime") -> str:
    """What they read when the policy's times for keeping what was written have changed."""
    if times == "for ever":
        return ":wastebasket: *What was written is kept for ever:* the policy has no `retention`, nothing is erased."
    return (
        f":wastebasket: *The policy has new times for what is kept:* `{escape(times)}`. From {when(holds_from)} on, "
        "what was written of older proposals is erased, and nobody can bring it back. If that is not meant, change "
        "`retention` before; `signoff erase --older-than 30d --dry-run` says what is so old."
    )


def checkpoint_taken(seq: int, at: "datetime", line: str) -> str:
    """What stands in the channel for checkpoints; the line is ours, so nothing of it is foreign text."""
    entries = "1 entry" if seq == 1 else f"{seq:,} entries"
    return (
        f"*Checkpoint of the audit log:* {entries} until {when(at)}. Who has read it can tell whether the log is cut "
        "or written anew: save the line as a file, for `signoff audit verify --checkpoints FILE`.\n"
        f"```{line}```"
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
        f":rotating_light: *{many} to Slack with this bot's app token:* each click goes to any one of "
        "them, and is lost there unless it is a bot of yours. While you restart or deploy, it is your other process; I "
        "look again and say when it is over. If not, somebody has `SLACK_APP_TOKEN`: revoke it in the Slack app, page "
        "Basic Information, and make a new one."
    )


def others_gone(since: "datetime") -> str:
    """What they read once it is over."""
    return f":white_check_mark: No other connection uses this bot's app token any more; it was there {when(since)}."


def joined_later(calling: str) -> str:
    """Calls those whom only what joined a flood later needs; `calling` is markup of ours."""
    return f":bell: Please decide: {calling}"


def still_waiting(count: int, soonest: "datetime", calling: str) -> str:
    """Reminds people of what waits on a flood; `calling` is markup of ours."""
    wait = "1 request still waits" if count == 1 else f"{count} requests still wait"
    return f":bell: {wait} here, and the first is rejected {when(soonest)}: {calling}"


IS_ARCHIVED = "is archived: cards cannot be posted. Name another one in the policy."
IS_SHARED = "is shared with another company: they would read every card. Name an internal one in the policy."
BOT_IS_MISSING = "does not have the bot in it. Type /invite @Signoff there."


def cannot_be_read(channel: str, purpose: str, error: str) -> str:
    return f"Channel {channel} ({purpose}) cannot be read: {error}. Invite the bot to it."


USAGE = (
    "`/approvals notify dm` has me write to you when something waits for you, and when something that you approved "
    "goes wrong. `/approvals notify off` ends that."
)
I_WRITE_TO_YOU_WHEN_SOMETHING = "I write to you when something waits for you."
I_DO_NOT_WRITE_TO_YOU = "I do not write to you."
WHAT_WAITS_ALREADY_IS_IN = " What waits already is in `/approvals`."
I_WRITE_TO_YOU_NO_MORE = "I will not write to you any more."
DID_NOT_WRITE_BEFORE = "I do not write to you, so nothing changed."
THIS_WAITS_FOR_YOU = ":bell: *This waits for you.*"


def i_write_to_you_from_now_on(there: str) -> str:
    return (
        "I write to you from now on when something waits for you, and when something that you approved goes "
        f"wrong. Several at once are one message.{there}"
    )


def waits_for_you(action: str) -> str:
    return f"{action} waits for you."


def requests_wait_for_you(count: int) -> str:
    return f":bell: *{count} requests wait for you:* `/approvals` lists them."


def none_of_these_requests_waits(count: int) -> str:
    return f":ballot_box_with_check: *None of these {count} requests waits for you any more.*"


def this_no_longer_waits(emoji: str, state: str) -> str:
    return f"{emoji} *This no longer waits for you.*{state}"


def you_let_this_run(word: str) -> str:
    return f":rotating_light: *{word}.* You let this run; please look."


def things_went_wrong(count: int) -> str:
    return f":rotating_light: *{count} things that you let run went wrong; please look:* `/approvals history`."
