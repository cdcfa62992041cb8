"""Forms: labels, hints, and what is wrong with what was typed."""

# ruff: noqa: D103 - a sentence says itself what it is

YOU_HAVE_DECIDED_A_LOT = (
    "You have decided a lot in a short time, and this one is grave. Please read it once more and type the value that "
    "it asks for: that is not doubt in you, it happens to everybody."
)
THE_EVIDENCE_HAS_NO_SUCH_VALUE = "The agent's own evidence does not have this value: compare the two before you type."
APPROVE_WITH_CHANGES = "Approve with changes"
FILLED_IN_AGAIN = "What you typed before is filled in again."
SOMEBODY_ELSE_CHANGED_THIS_TOO = "Somebody else changed this too, and what you typed would replace it: "
TYPE_IT_AGAIN = "What you typed here does not fit any more; type it again: "
AND_WHOLE_IN_DETAILS = "Also locked, and whole in Details: "
NOTHING_WAS_CHANGED = "Nothing was changed."
APPROVES_AS_IT_STANDS = " Submitting approves the proposal as it stands."
AFTER_THIS_EDIT_IT_NEEDS = "After this edit it needs "
THE_APPROVAL_NO_LONGER_COUNTS = "The approval given so far no longer counts"
WHICH_IS_WHAT_IT_NEEDS_NOW = ", which is what it needs now: "
YOU_MAY_EDIT_THIS = "You may edit this, but your approval does not count"
IN_A_DELEGATED_PLACE = ", in the place that was lent to you"
YOUR_APPROVAL_COUNTS_FOR = "Your approval counts for "
WITH_IT_THE_PROPOSAL_IS_APPROVED = "With it the proposal is approved, and the agent may run it."
SOMEBODY_ELSE_WHO_DID_NOT_CHANGE = "somebody else who did not change it"
THEN_IT_WAITS_FOR = "Then it waits for "
AT_LEAST_ONE = ", at least one by somebody who did not change it"


def the_approvals_no_longer_count(void: int) -> str:
    return f"The {void} approvals no longer count"


def it_was_for_the_payload_before(verdict: str) -> str:
    return f"{verdict}: it was for the payload before this edit."


THE_POLICY_REDACTS_IT = "the policy redacts it, so nobody changes what nobody sees"
THERE_ARE_MORE_FIELDS_THAN_FIT = "there are more fields than fit one form"
THE_POLICY_DOES_NOT_LET_REVIEWERS = "the policy does not let reviewers change it"
NAME_TOO_LONG_FOR_AN_INPUT = "its name cannot stand over an input"
IT_HAS_INVISIBLE_CHARACTERS = "it has invisible characters"
IT_HAS_LOOK_ALIKES = "it has characters that pass for others"


def its_characters_do_not_fit(count: int) -> str:
    return f"its {count} characters do not fit an input"


THIS_FORM_IS_OUT_OF_DATE = "This form is out of date. Copy what you typed, close it and open Edit again."
THIS_FIELD_CANNOT_BE_CHANGED_HERE = "This field cannot be changed here any more. Close the form and open Edit again."


PARTS_OF_A_LONG_TEXT = "This text is longer than one input holds. Its parts are joined again as they were."
A_WHOLE_NUMBER = "A whole number"
ONE_PER_LINE = "One per line."
ONE_PER_LINE_AND = "One per line. "
EACH_A_WHOLE_NUMBER = "Each a whole number"
EACH_A_NUMBER = "Each a number"
HAS_TO_MATCH_THE_AGENTS = "Has to match the agent's own pattern, below."
THE_AGENTS_PATTERNS = "Patterns of the agent's own schema, in its words:"


def stands_there_now(before: str, more: str) -> str:
    return f"Stands there now: {before}{more} ·"


def one_per_line(initial: str, rest: str) -> str:
    return f"One per line. Each {initial}{rest}"


def a_multiple_of(number: str) -> str:
    return f"a multiple of {number}"


def has_to_match(pattern: str, more: str) -> str:
    return f"Has to match {pattern}{more}."


def more_patterns(left: int) -> str:
    return f"… and {left} more"


WRITE_A_DATE_AS_YEAR_MONTH = "Write a date as year-month-day, such as 2026-11-30."
WRITE_A_TIME_WITH_ITS_OFFSET = "Write a time with its offset from UTC, such as 14:30:00Z or 14:30:00+01:00."
WRITE_DATE_AND_TIME = "Write date and time with the offset from UTC, such as 2026-11-30T14:30:00Z."
WRITE_ONE_E_MAIL_ADDRESS = "Write one e-mail address, such as mira@example.com."
WRITE_A_WHOLE_WEB_ADDRESS = "Write a whole web address, such as https://example.com/page."
NO_ENTRY_MAY_STAND_HERE_TWICE = "Each entry may be here only once: remove the others."
WRITE_A_WHOLE_NUMBER = "Write a whole number."
WRITE_A_NUMBER = "Write a number as JSON does, such as 250, -3.5 or 1e3."
WRITE_JSON_HERE = "Write JSON here; null stands for nothing."
HALF_OF_A_CHARACTER = "The text has half of a character in it; type it again."
PICK_ONE_OF_THE_OPTIONS = "Pick one of the options."
OR_LEAVE_IT_EMPTY = "Or leave it empty, for null."
NULL_OR_THE_TEXT_NULL = 'Leave it empty for null. The text null stands in quotes: "null".'
EMPTY_IS_NULL = "Empty means null: nothing."
EMPTY_IS_NULL_AND_QUOTES_ARE_A_TEXT = 'Empty means null: nothing. Write "" for an empty text.'
EMPTY_IS_NULL_AND_BRACKETS_ARE_A_LIST = "Empty means null: nothing. Write [] for an empty list."
NOTHING_PICKED_IS_NULL = "Nothing picked means null: nothing."
NOTHING_PICKED_IS_A_LIST = "Nothing picked means an empty list, not null."
ALL_PARTS_EMPTY_ARE_NULL = "All parts empty means null: nothing."
OR_TEXT = "Or text; what looks like a number is text in quotes."
THE_OFFSET_IS_MISSING = "The offset from UTC is missing"
WRITE_A_DURATION = "Write a duration as ISO 8601 does, such as P1DT2H30M."
WRITE_A_UUID = "Write a UUID, such as 123e4567-e89b-12d3-a456-426614174000."
WRITE_AN_IPV4_ADDRESS = "Write an IPv4 address, such as 192.0.2.1."
WRITE_AN_IPV6_ADDRESS = "Write an IPv6 address, such as 2001:db8::1."
WRITE_A_HOST_NAME = "Write the name of a host, such as shop.example.com."
WRITE_SO_THAT_IT_MATCHES_THE_AGENTS = "Make it match the agent's own pattern, below the fields."
WRITE_ONE_OF_THE_AGENTS = "Choose one of the values that the agent's own schema lists."
WRITE_ONE_OF_THE_AGENTS_OR_NULL = "Choose one of the values that the agent's own schema lists, or leave it empty."
NULL = "null: nothing"
ROWS_TO_KEEP = "rows to keep"
NEW_ROWS = "new rows"
NEW_FIELDS = "new fields"
NAMES_TO_KEEP = "fields to keep"
KEEP_OR_NULL = "keep or null"
NEW_ROW = "[new row]"
NULL_TAKES_THE_PLACE_OF_ALL_OF_IT = "With null, nothing of it stays."
A_FIELD_THAT_IS_NOT_PICKED_IS_TAKEN_OUT = "A field that is not picked is taken out."
NOT_THERE_YET = "Not there yet; empty leaves it out."
OF_A_NEW_ROW = "Of a new row; empty leaves it out."
OF_AN_OBJECT_THAT_IS_NULL = "What it is in is null now, and stays so while all of it is empty."
WRITE_NULL_FOR_NULL = "Write null for null."
JSON_OR_A_TEXT = "JSON, or a text."
WHAT_IS_NOT_PICKED_IS_TAKEN_OUT = "A row that is not picked is taken out."
THIS_IS_NEEDED = "This is needed: fill it in."
THIS_FIELD_IS_TAKEN_OUT = "You changed this, but it is taken out below: pick its field again, or leave this as it was."
ALL_OF_IT_BECOMES_NULL = "You changed this, but null is to take its place below: keep it, or leave this as it was."
THIS_ROW_IS_TAKEN_OUT = "You changed this, but its row is taken out below: pick the row again, or leave this as it was."
WRITE_A_NAME_A_COLON_AND_A_VALUE = "Write a name, a colon and a value, such as size: 5."
NEW_FIELDS_ONE_PER_LINE = "One per line: a name, a colon and a value, such as size: 5."
ONLY_WHAT_THE_AGENTS_SCHEMA_NAMES = "Only what the agent's own schema names."
BEFORE_THE_POINT = " before the point"
AFTER_IT = " after it"
TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}
"""What a JSON type is called."""
NOT_WHAT_THE_AGENTS_SCHEMA_ASKS = "This, or a field beside it, does not fit the schemas."
THIS_MUST_NOT_BE_EMPTY = "This must not be empty: write something."


def there_have_to_be_at_least(low: int, count: int) -> str:
    return f"Too few: there have to be at least {low}, and there are {count}."


def there_may_be_at_most(high: int, count: int) -> str:
    return f"Too many: there may be at most {high}, and there are {count}."


def more_are_wrong(left: int) -> str:
    return f"{left} more are wrong."


def write_or_more(low: str) -> str:
    return f"Too small: write {low} or more."


def write_more_than(above: str) -> str:
    return f"Too small: write more than {above}."


def write_or_less(high: str) -> str:
    return f"Too large: write {high} or less."


def write_less_than(below: str) -> str:
    return f"Too large: write less than {below}."


def write_a_multiple_of(multiple_of: str) -> str:
    return f"Write a multiple of {multiple_of}."


def write_at_least_characters(low: int, count: int) -> str:
    return f"Too short: write at least {low} characters; there are {count}."


def write_at_most_characters(high: int, count: int) -> str:
    return f"Too long: write at most {high} characters; there are {count}."


def write_so_that_it_matches(pattern: str) -> str:
    return f"Make it match {pattern}."


def write_so_that_it_does_not_match(pattern: str) -> str:
    return f"Make it not match {pattern}."


def write_one_of_these(values: str, more: str, *, null: bool) -> str:
    return f"Choose one of {values}{more}{', or leave it empty' if null else ''}."


def add_the_offset(typed: str) -> str:
    return f"{THE_OFFSET_IS_MISSING}: write {typed}Z for UTC, or such as {typed}+01:00."


def a_decimal_number(limits: str) -> str:
    return f"A decimal number, such as 12.50{limits}."


def write_a_decimal_number(limits: str) -> str:
    return f"Write a decimal number, such as 12.50{limits}."


def digits(count: int, where: str) -> str:
    return f", at most {count} {'digit' if count == 1 else 'digits'}{where}"


def this_has_to_be(kinds: str, *, null: bool) -> str:
    return f"This has to be {kinds}{', or empty for null' if null else ''}."


IT_STILL_WAITS = (
    "It still waits. Press *Edit* on the card again: what you typed is filled in, on top of what stands now."
)
EDITED_MEANWHILE = "This was edited while you had it open, so nothing of yours was decided."
NOTHING_IS_DIFFERENT = "In the end nothing is different from before."


def changed_in_its_reply(at: str) -> str:
    return f"The agent changed this in its reply, {at}."


def edits_before_that(left: int) -> str:
    return f"{left} edits before that."


REJECTING = "One no ends the review. The agent is told your reason and can learn from it."
REVOKING = "This takes the approval back, if the agent has not claimed it by then. The agent is told your reason."
OBJECTING = (
    "If the agent has not taken it by then, it will not run. If it has, the agent is asked to roll it back. "
    "The agent is told your reason."
)
HOW_THE_AGENT_SAYS_IT_WOULD = "How the agent says it would be rolled back"
HANDING_OVER = (
    "People of the other role may decide as well from then on, and it gets a card in its channel. "
    "Those asked before stay asked, and the deadline stays."
)
WHAT_YOU_TYPED = "What you typed, so that it is not lost:"


def to_edit_it(proposal_id: str) -> str:
    return f"To edit it: /approvals show {proposal_id}"


USE_STRAIGHT_QUOTES = " Use straight quotes."


EITHER = "Choose one above, write here, or both. The agent is told."
REJECTED_AT_ONCE = "If it is proposed again by then, it is rejected and nobody is asked."
WHAT_IS_WRONG = "What is wrong"
IF_THE_AGENT_TRIES_AGAIN = "If the agent tries again"


def the_policy_has_more(left: int) -> str:
    return f"The policy has {left} more; write what it is."


def remember_for(span: str) -> str:
    return f"Remember this rejection for {span}"


YOU_HAVE_READ_IT_WHOLE = "You have read it whole in Details."
IT_RUNS_ONCE_ENOUGH_PEOPLE_AGREE = (
    "It runs once enough people agree. It cannot be taken back once the agent has taken it."
)
TYPE_THE_ACTIONS_NAME = "Type the action's name"
AS_IT_STANDS_ABOVE = "As it stands above."


def without_its_last_digits(number: str) -> str:
    return f"{number} is enough: the other digits need not be typed."


def type_the_value_of(field: str) -> str:
    return f"Type the value of {field}"


THE_SAME_IN_ALL_OF_THEM = "The same in all of them: part of what will run"
NOTHING_CAN_BE_APPROVED_HERE = "Nothing here can be approved from this list; open one to see it whole."
WHAT_IS_NOT_TICKED_STAYS = "What is not ticked stays as it is. What joins after this was opened is not in it."
TICK_WHAT_TO_REJECT = "Nothing can be approved while everything is stopped. Tick what you want to reject."
REJECT_THE_TICKED = "Reject the ticked"
EACH_IS_REJECTED_WITH_THIS_REASON = "Each is rejected with this reason. The agent is told it and can learn from it."
NOTHING_WAS_TICKED = "Nothing was ticked, so nothing was decided."
TOO_LONG_FOR_THIS_LIST = "Too long for this list, so it cannot be ticked here: open it."
NOTHING_OF_ITS_OWN = "Nothing of its own: it is all above."


def joined_after_opening(some: str) -> str:
    return f"{some} joined after you had opened the list: press Review again to see."


def more_than_a_menu_lists(left: int) -> str:
    return f" A menu of Slack's lists 100: {left} more could go, and cannot be picked here."


def row(number: int) -> str:
    return f"[row {number}]"


def in_line(number: int, wrong: str) -> str:
    return f"Line {number}: {wrong}"


def write_each_row_as(example: str) -> str:
    return f"Write each new row on a line, as JSON: {example}"


def it_is_there_already(name: str) -> str:
    return f"{name} is there already: change it in its own input."


def only_these(names: str, more: str) -> str:
    return f"Only these: {names}{more}."


def these_or_others(names: str, more: str) -> str:
    return f"Such as {names}{more}."


def new_row(number: int, below: str) -> str:
    return f"New row {number}{', ' if below else ''}{below}: "
