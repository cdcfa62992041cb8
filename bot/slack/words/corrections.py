"""What to do about a value that the schemas do not take."""
# ruff: noqa: D103 - a sentence says itself what it is

WRITE_A_DATE_AS_YEAR_MONTH = "Write a date as year-month-day, such as 2026-11-30."
WRITE_A_TIME_WITH_ITS_OFFSET = "Write a time with its offset from UTC, such as 14:30:00Z or 14:30:00+01:00."
WRITE_DATE_AND_TIME = "Write date and time with the offset from UTC, such as 2026-11-30T14:30:00Z."
WRITE_ONE_E_MAIL_ADDRESS = "Write one e-mail address, such as mira@example.com."
WRITE_A_WHOLE_WEB_ADDRESS = "Write a whole web address, such as https://example.com/page."
NO_ENTRY_MAY_STAND_HERE_TWICE = "No entry may stand here twice: take the others out."
WRITE_A_WHOLE_NUMBER = "Write a whole number."
WRITE_SO_THAT_IT_MATCHES_THE_AGENTS = "Write it so that it matches the agent's own pattern, below the fields."
WRITE_ONE_OF_THE_AGENTS = "Write one of the values that the agent's own schema lists."
NOT_WHAT_THE_AGENTS_SCHEMA_ASKS = "This, or a field beside it, is not as the schemas want it."
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
    return f"Write it so that it matches {pattern}."


def write_one_of_these(values: str, more: str) -> str:
    return f"Write one of these: {values}{more}."
