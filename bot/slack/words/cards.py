"""Cards: titles, labels and lines of every kind of card and of `Details`."""

# ruff: noqa: D103 - a sentence says itself what it is

from typing import TYPE_CHECKING

from approvals.proposal import Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


THE_AGENT_SAYS = "The agent says"
TOO_LONG_BUT_OVER = ":page_facing_up: Too long for a card; everything is in *Details*."
TOO_MUCH_TO_SHOW = (
    ":warning: *There is so much in this proposal that no card of it could be made in time*, so nothing of it is "
    "shown and it cannot be approved here. `Details` may show it page by page. If you cannot read it, reject it."
)
TOO_LONG_TO_APPROVE_HERE = (
    ":no_entry_sign: *Too long for a card.* Read all of it in *Details*; `Approve` stands after its last page."
)
IN_ONE_LINE = "In one line"
IT_WAS_CHANGED_BACK = "It was changed back: nothing differs any more."
THE_WHOLE_DIFFERENCE_IS_IN_DETAILS = "The whole difference is in Details."
NO_RULE_FITS = "no rule fits"
FROM_OUR_RECORDS = "From our records: "
HIDDEN_CHARACTERS = "\u26a0\ufe0f Hidden characters:"
SPELLED_OUT = " spelled out in ⟨ ⟩."
SELF_REVIEW_IS_ALLOWED = "\u26a0\ufe0f Self-review is allowed:"
THE_SAME_AGAIN = "The same again:"
NO_VALUE_IS_IN_THE_EVIDENCE = "No value of it is in the agent's evidence"
NOT_IN_EVIDENCE = "Not in evidence: "
NOT_IN_THE_EVIDENCE = "not in evidence"
IT_HAS = "it has"
THE_AGENTS_EVIDENCE = "agent's evidence:"
CHECK_DIGITS_DO_NOT_MATCH = "check digits do not match"
UNTRUSTED_SOURCE_SMALL = "untrusted source"
ITS_CLAIMS_ARE_IN_DETAILS = "what the agent says is in *Details*"


def and_more_of_them(more: int) -> str:
    return f"and {more} more"


def new_to_our_records(field: str) -> str:
    return f" · from our records: {field} is new"


def acts_for(who: str) -> str:
    return f"acts for {who}"


def this_is_not_the_card_of(proposal_id: str) -> str:
    return f"This is not the card of {proposal_id}. Use the right one, or `/approvals`."


def by_its_owner(roles: str) -> str:
    return f" whoever owns the agent, or whom it acts for, may approve this alone as {roles}."


def redacted(count: int) -> str:
    return f"{so_many_fields(count)} redacted"


def more_reasons(left: int) -> str:
    return f"… and {left} more reason{'' if left == 1 else 's'} in Details"


def needed(emoji: str, what: str, until: str) -> str:
    return f"{emoji} {what} · until {until}"


def and_more_in_details(left: str) -> str:
    return f" … {left} more in Details"


def are_open_too(equals: str, more: str) -> str:
    return f" {equals}{more} are open too."


def asks_to_run(agent: str, action: str, amount: str) -> str:
    return f"{agent} asks to run {action}{amount}"


def rejected_unanswered(expires_at: "datetime") -> str:
    return f"Unanswered, it is rejected {expires_at:%Y-%m-%d %H:%M} UTC."


def you_can_object(until: str) -> str:
    return f"You can object{until}."


HOW_IT_WOULD_BE_ROLLED_BACK = "Rollback"
WHAT_MUST_HOLD_WHEN_IT_RUNS = "Must hold"
WHAT_THE_AGENT_MEASURED = "Measured"
CONFIDENCE = "Confidence"
EVIDENCE = "Evidence"
MORE_EVIDENCE = "+"
UNCHECKED = ", unchecked:"
THE_AGENTS_CLAIMS = "Agent's claims"
EMPTY = "(empty)"
SHORT_PREVIEW = "Preview"
PREVIEW_BY_THE_AGENT = "Preview, says the agent"


def more_words(count: int) -> str:
    return f"(+{count:,} words)"


def leads_nowhere(shown: str) -> str:
    return f"{shown} (leads nowhere: not an address)"


BACK_TO_THE_PAGE_BEFORE = "Back to the page before"
IT_ACTS_FOR = "It acts for "
SUMMARY_BY_THE_AGENT = "Summary by the agent"
DETAILS_FROM_OUR_RECORDS = "From our records"
WHY_IT_WAS_OBJECTED_TO = "Why it was objected to"
THE_AGENTS_ANSWER = "The agent's answer, checked by nobody"
SAYS_NO_TO = "says no to"
VOID_SINCE = " (void since then)"


def what_revision_changed(number: int) -> str:
    return f"What revision {number} changed"


def retracted_by(retracted_at: str) -> str:
    return f" (undone {retracted_at}, so it does not count)"


REMOVED_STRUCK_THROUGH = " · removed struck through, added in bold"
IS_ABSENT_NOW = ": is absent now"
COMPARED_ROUGHLY = " · too much differs to compare all of it: unchanged parts may appear twice, as removed and as added"


def more_changed_not_shown_here(rest: int) -> str:
    return f"{rest} more changed {'field' if rest == 1 else 'fields'} not shown here"


def characters_not_shown_here(missing: int) -> str:
    return f" · {missing} characters not shown here"


ASK = "Ask"


def ask_the_agent_about(what: str) -> str:
    return f"Ask the agent about {what}"


def details_of(what: str) -> str:
    return f"All details of {what}"


FINAL = "? It cannot be taken back once the agent has taken it."


def a_list_of(count: int) -> str:
    return f"(a list of {count})"


EXACTLY_WHAT_WILL_RUN = "Payload: exactly what will run"
_NOT_RUN = frozenset((Status.rejected, Status.withdrawn, Status.revoked, Status.lapsed))


def what_ran(status: Status) -> str:
    """What the payload of something decided is; after a no nothing says that it will run."""
    if status in _NOT_RUN:
        return "What was proposed"
    return {Status.approved: "What the agent may run", Status.claimed: "What runs"}.get(status, "What ran")


ERASED = "erased"


def erased(at: str) -> str:
    return (
        f":wastebasket: What the agent and people wrote of this was erased {at}: payload, reasoning and reasons. "
        "Who decided what and when stays on record."
    )


OTHER_FIELDS_AS_JSON = "other fields, as JSON"
AS_JSON = "as JSON"
MISSING = "(missing)"
NO_FIELDS = "(no fields)"
ONLY_THE_BEGINNING = " (only the beginning)"


def text_below(number: int) -> str:
    return f"⟨text {number}, below⟩"


def text_of(number: int) -> str:
    return f"text {number}"


def more_fields(more: int) -> str:
    return f"… and {more} more field{'' if more == 1 else 's'} in Details"


def more_texts(more: int) -> str:
    return f"… and {more} more long field{'' if more == 1 else 's'} in Details"


PREVIEW_COMPARED_ROUGHLY = "too much differs to compare every line: unchanged ones may appear twice, with - and with +"


def struck_through(what: str) -> str:
    return f" · {what}: ⟨- ⟩ struck through, ⟨+ ⟩ bold"


def unchanged_lines(count: int, seal: str) -> str:
    return f"{count} unchanged lines, whole in Details (sha256 {seal})"


def changed_and_counts(maker: str, revision: int) -> str:
    return f":pencil2: Changed by {maker}; revision {revision} counts."


def changed_and_void(by: str, needed: str) -> str:
    return f"Changed by {by}; approvals from before are void.{needed}"


THE_AGENT_GETS_YOUR_QUESTION = (
    "The agent gets your question and your name. Its answer comes below the card and calls you. "
    "Everybody can decide meanwhile."
)
WAITING_FOR_THE_AGENTS_ANSWER = "*Waiting for the agent's answer:*"
ASKED_AND_ANSWERED = "*Asked and answered:*"
THE_AGENT_ANSWERS = "The agent answers, checked by nobody:"
THE_AGENT_IN_ITS_REPLY = "the agent in its reply"
CHANGED_BY_THE_AGENT_IN_ITS = "Changed by the agent in its reply"
CHANGED_BY_A_REVIEWER = "Changed by a reviewer, and by the agent in its reply, since it was proposed"
CHANGED_BY_A_REVIEWER_SINCE = "Changed by a reviewer since the agent proposed it"
GIVE_MORE_TIME = "Give more time, up to what the policy allows"


def this_waits_until(expires_at: str) -> str:
    return f"This waits until {expires_at}; a question alone does not change that."


def with_more_time_it_waits_until(later: str) -> str:
    return f" With more time it waits until {later}."


def earlier_questions(earlier: int) -> str:
    return f"{earlier} earlier question{'' if earlier == 1 else 's'} in Details."


TRUE_OR_FALSE = "true or false"


def a_redacted_list_of(count: int) -> str:
    return f"a list of {count}"


def changed_in_revision(changed_in: int) -> str:
    return f", changed in revision {changed_in}"


def all_of_it(length: int) -> str:
    return f"redacted (all of {length} characters: too much is redacted to look for each of it here)"


WAITS_HERE_NO_MORE = " waits here any more."
DECIDED = "Decided: many requests at once"
WHAT_BECAME_OF_EACH = "What became of each: `/approvals all` lists them."
APPROVAL_NEEDED = "Approval needed: many requests at once"
REVIEW_WHAT_WAITS_HERE = "Review what waits here, one by one"
NOTHING_THAT_YOU_MAY_SEE_WAITS = "Nothing that you may see waits here any more."
NOTHING_HERE_IS_YOURS_TO_SEE = "Nothing here is yours to see."
THE_SOONEST_DEADLINE_FIRST = " wait, the soonest deadline first."
OPEN_ONE_TO_SEE_IT_WHOLE = "Open one to see it whole and decide it. Nothing is decided on this list."


def nothing_waits_any_more(agent: str) -> str:
    return f"Nothing of {agent} waits on this summary any more"


def so_many_fields(count: int) -> str:
    return f"{count} field{'' if count == 1 else 's'}"


def more_in_review(left: str) -> str:
    return f"… {left} more in Review"


def requests_wait(count: int, soonest: str) -> str:
    some = "1 request of one agent* waits" if count == 1 else f"{count} requests of one agent* wait"
    return f":large_yellow_circle: *{some} · the first until {soonest}, else rejected"


CAME_FASTER_THAN_CARDS = "came faster than cards can be posted: each is opened and decided on its own"


def ends(soonest: "datetime") -> str:
    return f"The first is rejected {soonest:%Y-%m-%d %H:%M} UTC unless somebody decides."


def of_other_kinds(rest: int) -> str:
    return f"{rest} of other kinds"


TO_LOOK_OVER = "To look over"
EXACTLY_WHAT_WAS_LET_RUN = "Payload: exactly what was let run"
IT_RAN_ALREADY = (
    "It ran already, and this changes nothing about it. Your reason is for whoever writes the policy: "
    "it is kept in the audit log and on the card, and the agent never learns of it."
)
WHAT_WAS_NOT_FINE_ABOUT = "What was not fine about "
PAGE_BY_PAGE = "Details: everything, page by page"
FINE = "Fine: it was right to let this run"
NOT_FINE = "Not fine: people should have been asked"


def ran_without_anyone_asked(title: str, action: str, agent: str) -> str:
    return f"{title}: {action} of {agent}, which ran without anyone asked."


def drawn_at_random(roles: str) -> str:
    return (
        ":mag: *Drawn at random.* The policy let this run at once, and nobody was asked. Was that right? "
        f"One person of {roles} says so, once. It changes nothing for the agent, which never learns of it."
    )


def not_fine(by: str, at: str) -> str:
    return f":x: *Not fine*, says {by} · {at}"


def more_in_the_audit_log(left: str) -> str:
    return f"… {left} more in the audit log"


def let_run_by(proposal_id: str, digest: str, rules: str) -> str:
    return f"{proposal_id} · digest {digest} · let run by {rules}"


BATCH_TOO_MUCH_TO_SHOW = (
    ":warning: *There is so much in these proposals that no card of them could be made in time*, so nothing of them is "
    "shown here. `/approvals` lists each by itself. If you cannot read one, reject it."
)
THE_SAME_IN_ALL_OF_THEM = "The same in all of them"
ONE_BY_ONE = "One by one"
NOTHING_OF_ITS_OWN = "nothing of its own"


def others_of_the_kind_may_join(closes_at: str) -> str:
    return f"Others of the kind may join this card until {closes_at}."


def none_of_these_waits_any_more(settles: str) -> str:
    return f":ballot_box_with_check: None of these waits any more.{settles}"


def needs_a_person(roles: str, waiting: int, count: int, soonest: str, settles: str) -> str:
    return (
        f":large_yellow_circle: *{waiting} of {count} wait*, one approval of {roles} each · the first until {soonest}, "
        f"else rejected{settles}"
    )


def they_are_rejected(soonest: "datetime") -> str:
    return f"Unanswered, they are rejected, the first {soonest:%Y-%m-%d %H:%M} UTC."


def batch_asks_to_run(agent: str, title: str, waiting: int, ends: str) -> str:
    return f"{agent} asks to run {title}, {waiting} of them wait. {ends}"


PART_OF_WHO_ASKS = "who asks for what"
PART_OF_OVERVIEW = "an overview"
PART_OF_WHAT_WILL_RUN = "exactly what will run"
PART_OF_WHY = "why a person is asked"
PART_OF_CLAIMS = "the agent's claims"
PART_OF_HISTORY = "history and marks"


def page_of(page: int, pages: int) -> str:
    return f"Page {page} of {pages}"


def page_about(place: str, parts: "Sequence[str]") -> str:
    return f"*{place}* · {', '.join(parts)}"
