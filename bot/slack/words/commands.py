"""Commands: the answers of `/approvals delegate`, `stop` and `resume`, and what to type where nothing fits."""

# ruff: noqa: D103 - a sentence says itself what it is

from bot.slack.blockkit.text import escape, one_line, shorten

BACK_TO_THE_LIST = "Back to the list"
NEXT_IN_THE_LIST = "Next in the list that you came from"


DELEGATE_USAGE = (
    "Say whom and for how long: `/approvals delegate @NAME until friday`, `until 18:00`, `until tomorrow 12:00`, "
    "`until 2026-12-24`, `for 3d`, `for 4h`. A day without a time counts to its end; "
    "a weekday is today or one of the six after, so say the date for next week's."
)
NAME_NOBODY_BUT_THE_PERSON = "Name only the person: `/approvals delegate stop @NAME`."
TIME_ZONE_UNKNOWN = "Slack does not tell a time zone of yours that I know. Say `for 4h` or `for 3d` instead."
YOU_COUNT_TOGETHER_FOR_ONE = (
    "The two of you count as one: where they decide for you, you cannot approve as well. They cannot pass it on, "
    "and they may not decide where you may not. The channels of your roles are told."
)
NOBODY_DECIDES_FOR_YOU = "Nobody decides for you, and you decide for nobody."
END_THIS_DELEGATION = "End this delegation"
DELEGATE_TITLE = "Decide for you"
DELEGATE = "Let them decide"
END_TITLE = "End a delegation"
END_IT = "End it"


def you_decide_for_too(whom: str) -> str:
    return f":handshake: You decide for {whom} too; what waits for them is listed here."


def did_not_understand(usage: str) -> str:
    return f"I did not understand for how long. {usage}"


def delegation_announcement(delegate: str, user: str, until: str) -> str:
    return f":handshake: {delegate} may decide for {user} until {until}."


def no_longer_decides_for_you(delegate: str) -> str:
    return f"{delegate} no longer decides for you. What they decided stays decided."


def you_no_longer_decide_for(delegator: str) -> str:
    return f"You no longer decide for {delegator}. What you decided stays decided."


def end_of(delegation: str) -> str:
    return f"*End this?* {delegation} What was decided by then stays decided."


def your_time_zone(zone: str) -> str:
    return f" (your time zone is {zone})"


def may_decide_for_you(who: str, until: str, clock: str, roles: str) -> str:
    return f":handshake: {who} may decide for you until {until}{clock}, wherever you might as a member of {roles}."


def decides_for_you(delegate: str) -> str:
    return f"{delegate} decides for you"


def you_decide_for(delegator: str) -> str:
    return f"You decide for {delegator}"


def letters_alone(letters: str) -> str:
    return (
        f"Slack gave me the letters {letters} alone, not the person behind them. Type `@` and pick the name from the "
        "list that Slack offers, then send it again."
    )


STOP_USAGE = (
    "Say which agent and, if you like, why: `/approvals stop agent NAME it mails the wrong people`, or "
    "`/approvals stop everything`. `/approvals stop` alone lists what is stopped, `/approvals resume agent NAME` or "
    "`/approvals resume everything` takes it back."
)
RESUME_USAGE = (
    "Say which agent, or everything: `/approvals resume agent NAME`, `/approvals resume everything`. "
    "`/approvals stop` lists what is stopped."
)
THE_POLICY_HAS_NO_SUCH_AGENT = " The policy has no such agent any more, so it can propose nothing."
THE_DATABASE_IS_BUSY = "The database is busy; what is left is closed as soon as it can be."
ONE_PROPOSAL_WAS_CLOSED = "1 proposal was closed."
IT_HAD_NOTHING_OPEN = "It had nothing open."
NO_AGENT_IS_STOPPED = "No agent is stopped."
STOPPED = "Stopped"
EVERYTHING = "Everything"
THE_POLICY_NAMES_NO = "The policy names no `ops`, so nobody can resume anything until it does."
ONLY_THE_OPERATORS_CAN_RESUME_IT = (
    "Only the operators can resume: `/approvals resume agent NAME`, `/approvals resume everything`."
)


STOP_TITLE = "Stop an agent"
STOP = "Stop it"
RESUME_TITLE = "Resume an agent"
RESUME = "Resume it"
WHY = "Why"
WHO_READS_WHY = "The agent, the cards and the audit log show it."
WHO_READS_WHY_EVERYTHING = "Every agent, every card and the audit log show it."
SAY_WHY = "Please say why: everybody whom this stops reads it."
WORD_TO_TYPE = "stop"
STOP_EVERYTHING_TITLE = "Stop everything"
STOP_EVERYTHING = "Stop everything"
RESUME_EVERYTHING_TITLE = "Resume everything"
RESUME_EVERYTHING = "Resume everything"
REALLY_STOP_EVERYTHING = (
    ":octagonal_sign: *Stop everything?*\nNo agent can propose or take anything and nobody can approve anything, from "
    "this moment on. What waits can be rejected, and is at its deadline. What was approved and not taken is asked "
    "again. What agents took already goes on."
)
EVERYTHING_IS_STOPPED_NOW = (
    ":octagonal_sign: *Everything is stopped.* The cards are brought up to date one after the other; how far that is "
    "is shown where you typed the command."
)
REALLY_RESUME_EVERYTHING = (
    ":arrow_forward: *Resume everything?*\nAgents may propose and take again, and people approve. What was approved "
    "before the stop is asked again. To begin with one agent: `/approvals resume agent NAME`."
)
THE_DATABASE_IS_BUSY_SUSPENDING = (
    ":octagonal_sign: *Everything is stopped.* The database is busy; the cards show it as soon as they can."
)


def type_the_word(word: str) -> str:
    return f"Type {word}"


def they_are_stopped_again(agents: str) -> str:
    return f"Everything is stopped already, and these were resumed since: {agents}. This stops them again."


def they_stay_stopped(agents: str) -> str:
    return f"Stopped for themselves, and so they stay: {agents}."


def resumed_since(agents: str) -> str:
    return f"Resumed since: {agents}."


def suspended_are(count: int) -> str:
    open_ones = "1 open proposal shows" if count == 1 else f"All {count} open proposals show"
    return (
        f":octagonal_sign: *Everything is stopped.* {open_ones if count else 'Nothing was open, so no card shows'} it."
    )


def everything_is_stopped(by: str, at: str, reason: str) -> str:
    why = f"\n>{escape(shorten(one_line(reason), 400)[0])}" if reason else ""
    return (
        f":octagonal_sign: *Everything is stopped* by {by}, {at}. No agent can propose or take anything, and nobody "
        f"can approve. What waits can be rejected. `/approvals resume everything` takes that back.{why}"
    )


def restored_from_backup(at: str) -> str:
    """Why everything is stopped once a backup was restored: agents, cards and the log have it as it is."""
    return (
        f"Restored from the backup of {at}. What was decided, taken or reported since is not known here: look whether "
        "it happened before you approve it again."
    )


def everything_is_resumed_by(user: str) -> str:
    return (
        f":arrow_forward: *Everything is resumed* by {user}: agents propose and take again. What was approved before "
        "the stop is asked again."
    )


def everything_goes_on(since: str) -> str:
    return (
        f":arrow_forward: *Everything goes on.* {since} What was approved before is asked again; agents that are "
        "stopped for themselves stay so."
    )


def everything_banner(by: str, at: str, reason: str, agents: str) -> str:
    why = f"\n>{escape(shorten(one_line(reason), 400)[0])}" if reason else ""
    but = f" But for {agents}, resumed since." if agents else ""
    return f":octagonal_sign: *Everything is stopped* by {by}, {at}. You can reject, and approve nothing.{but}{why}"


def really_resume_alone(agent: str) -> str:
    return (
        f":arrow_forward: *Resume {agent}, while everything else stays stopped?*\nIt may propose and claim again, and "
        "people approve for it. What was approved before the stop is asked again; what was closed stays closed."
    )


def agent_stopped(agent: str) -> str:
    return (
        f":octagonal_sign: *{agent} is stopped.* What it had open is being closed; "
        "its progress is shown where you typed the command."
    )


def really_resume(agent: str) -> str:
    return (
        f":arrow_forward: *Resume {agent}?*\nIt may propose and claim again. What was closed stays closed; "
        "remembered approvals count again, unless they ran out or were ended."
    )


def reason_too_long(most: int) -> str:
    return f"Please say why in at most {most} characters. Nothing is stopped yet."


def really_stop(agent: str) -> str:
    return (
        f":octagonal_sign: *Stop {agent}?*\nIts pending proposals are rejected, approved ones that it has not "
        "taken are revoked, and whatever it proposes or claims from then on is refused. What it took already goes on."
    )


def is_resumed_by(agent: str, user: str) -> str:
    return f":arrow_forward: *{agent} is resumed* by {user}: it may propose and claim again."


def had_stopped_it(by: str, at: str) -> str:
    return f"{by} had stopped it {at}."


def may_propose_and_claim_again(agent: str, since: str, unknown: str) -> str:
    return f":arrow_forward: *{agent} may propose and claim again.* {since} What was closed stays closed.{unknown}"


def is_stopped_by(agent: str, by: str, at: str, why: str) -> str:
    return (
        f":octagonal_sign: *{agent} is stopped* by {by}, {at}. "
        f"What it had open is being closed, and it may begin nothing. `/approvals resume agent {agent}` "
        f"takes that back.{why}"
    )


def proposals_are_being_closed(open_ones: int) -> str:
    return f"{open_ones} proposals are being closed …"


def some_are_closed(done: int, open_ones: int) -> str:
    return f"{done} of {open_ones} proposals are closed …"


def proposals_were_closed(open_ones: int) -> str:
    return f"{open_ones} proposals were closed."


def more_agents_in_the_audit_log(shown: str, left: int) -> str:
    return f"{shown}… ({left} characters more in the audit log)"


SAY_WHICH_ONE = "Say which one, by its id, by how its id begins, or by a link to its card: `/approvals show prp_…`."
AN_ACTION_IS_LETTERS = (
    "An action is letters, digits, `_`, `.` and `-`, with `*` for any run of them: `action refund.*`."
)
NAME_THE_PERSON_WITH_AND_PICK = "Name the person with `@` and pick them from the list that Slack offers: `by @NAME`."


def nothing_follows_here(kind: str) -> str:
    return f"Nothing follows here: type `/approvals {kind}`."


def say_which(kind: str, example: str) -> str:
    return f"Say which {kind}, in one word: `/approvals {kind} {example}`."


def did_you_mean(filter_: str) -> str:
    return f" Did you mean `{filter_}`?"


def there_is_no_filter_here(which: str, meant: str, forms: str) -> str:
    return f"There is no filter {which} here.{meant} What may follow: {forms}."


def something_must_follow(which: str, example: str) -> str:
    return f"Something must follow `{which}`: `{which} {example}`."


def may_be_given_once(which: str) -> str:
    return f"`{which}` may be given once."


def a_status_is(statuses: str) -> str:
    return f"A status is {statuses}."


def say_how_far_back_in_days(most_days: int) -> str:
    return f"Say how far back in days or weeks, at most {most_days} days: `7d` or `2w`."


def did_you_mean_command(verb: str) -> str:
    return f" Did you mean `/approvals {verb}`?"


def there_is_no_command(verb: str, meant: str) -> str:
    return f"There is no `/approvals` with {verb}.{meant}"


def there_is_none_of_this_name(kind: str, said: str, meant: str) -> str:
    return f"There is no {kind} {said}. Did you mean `/approvals {meant}`?"


def that_is_no_name_of(which: str) -> str:
    return f"That is no name of {'an agent' if which == 'agent' else 'a role'}: it is too long."
