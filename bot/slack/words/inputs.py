"""What stands below the inputs of the edit form."""
# ruff: noqa: D103 - a sentence says itself what it is

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
