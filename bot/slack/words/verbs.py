"""What to type behind `/approvals`, where what was typed cannot be answered."""
# ruff: noqa: D103 - a sentence says itself what it is

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


def that_is_no_name_of(which: str) -> str:
    return f"That is no name of {'an agent' if which == 'agent' else 'a role'}: it is too long."
